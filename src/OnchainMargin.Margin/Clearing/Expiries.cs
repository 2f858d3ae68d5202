namespace OnchainMargin.Margin;

/// <summary>Settlement at expiry.</summary>
[SpecRule("CLR-018")]
public static class Expiries
{
    /// <summary>What one unit pays at a settlement price: a future the price, an option what it is in the money.</summary>
    /// <param name="instrument">A future or an option; a perpetual of a market that was wound down.</param>
    /// <param name="priceE8">The settlement price.</param>
    public static long PayoffE8(Instrument instrument, long priceE8) => instrument.Kind switch
    {
        InstrumentKind.Call => Math.Max(priceE8 - instrument.StrikeE8, 0),
        InstrumentKind.Put => Math.Max(instrument.StrikeE8 - priceE8, 0),
        _ => priceE8,
    };

    /// <summary>Closes a position at its payoff, rounded against the holder.</summary>
    /// <param name="position">The position.</param>
    /// <param name="priceE8">The settlement price.</param>
    /// <param name="fundingE8">The funding that a perpetual's cost is kept against; 0 for others.</param>
    /// <returns>What the cash rises by, and what cash − cost falls by, which the ledger's <c>oneSided</c> rises by.</returns>
    [SpecRule("CLR-027")]
    public static (Int128 RealisedE8, Int128 ValueE8) Close(Position position, long priceE8, long fundingE8 = 0)
    {
        Int128 value = Rounding.DivCeil(-(Int128)position.SizeE8 * (PayoffE8(position.Instrument, priceE8) - fundingE8), Rounding.One);
        return (-value - position.CostE8, value);
    }

    /// <summary>A state with every position closed whose settlement price is fixed; the gain is locked.</summary>
    /// <param name="state">The state, after interest and sweep.</param>
    /// <param name="priceOf">The settlement price of an instrument, 0 while there is none; of a perpetual only in a market that was wound down (CLR-027).</param>
    /// <param name="fundingOf">The funding that a perpetual's cost is kept against; none where no perpetual has a price.</param>
    public static AccountState Settle(AccountState state, Func<Instrument, long> priceOf, Func<Instrument, long>? fundingOf = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(priceOf);
        Int128 realised = 0;
        bool any = false;
        foreach (Position position in state.Positions)
        {
            if (priceOf(position.Instrument) is > 0 and long price)
            {
                realised += Close(position, price, fundingOf?.Invoke(position.Instrument) ?? 0).RealisedE8;
                any = true;
            }
        }

        return any
            ? Touches.Lock(
                state with
                {
                    CashE8 = state.CashE8 + realised,
                    Positions = [.. state.Positions.Where(position => priceOf(position.Instrument) == 0)],
                },
                realised)
            : state;
    }
}
