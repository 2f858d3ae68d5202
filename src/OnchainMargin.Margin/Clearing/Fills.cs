using System.Collections.Immutable;

namespace OnchainMargin.Margin;

/// <summary>Fills on a state. An option keeps no cost: its premium moves cash.</summary>
[SpecRule("CLR-011")]
public static class Fills
{
    /// <summary>What a fill costs at a price against its cumulative funding, rounded up: a buyer pays more, a seller gets less.</summary>
    /// <param name="sizeE8">Signed size.</param>
    /// <param name="priceE8">Price.</param>
    /// <param name="fundingE8">Cumulative funding of a perpetual, 0 for other kinds.</param>
    public static Int128 ValueUp(long sizeE8, long priceE8, long fundingE8) => Rounding.DivCeil((Int128)sizeE8 * ((Int128)priceE8 - fundingE8), Rounding.One);

    /// <summary>Applies a fill to a state: size, cost and the realised part in cash.</summary>
    /// <param name="state">The state, touched already.</param>
    /// <param name="instrument">The instrument.</param>
    /// <param name="sizeE8">Signed size, not zero.</param>
    /// <param name="valueE8">Its value, of <see cref="ValueUp"/> or the cost slice of a lot.</param>
    /// <returns>The state after it, or null when the position leaves the domain. How many positions there are counts once a state is written (CLR-005).</returns>
    public static FillOutcome? Add(AccountState state, Instrument instrument, long sizeE8, Int128 valueE8)
    {
        ArgumentNullException.ThrowIfNull(state);
        int index = state.IndexOf(instrument);
        Position position = index >= 0 ? state.Positions[index] : new Position(instrument, 0, 0);
        (Position after, Int128 realisedE8) = instrument.IsOption
            ? (position with { SizeE8 = position.SizeE8 + sizeE8 }, -valueE8)
            : Add(position, sizeE8, valueE8);
        ImmutableArray<Position> positions = index < 0 ? state.Positions.Insert(~index, after)
            : after.SizeE8 == 0 ? state.Positions.RemoveAt(index)
            : state.Positions.SetItem(index, after);
        return MarginDomain.IsPositionHeld(after.SizeE8, after.CostE8) ? new FillOutcome(state with { CashE8 = state.CashE8 + realisedE8, Positions = positions }, realisedE8, valueE8) : null;
    }

    /// <summary>Adds size and value to a position: the part that closes is realised pro rata, rounded down; cash − cost falls by exactly the value.</summary>
    /// <param name="position">The position before, size 0 when there is none.</param>
    /// <param name="sizeE8">Signed size, not zero.</param>
    /// <param name="valueE8">Its value.</param>
    public static (Position After, Int128 RealisedE8) Add(Position position, long sizeE8, Int128 valueE8)
    {
        long s = position.SizeE8;
        Int128 c = position.CostE8;
        if (s == 0 || (s > 0) == (sizeE8 > 0))
        {
            return (position with { SizeE8 = s + sizeE8, CostE8 = c + valueE8 }, 0);
        }

        long magnitude = Math.Abs(s);
        long traded = Math.Abs(sizeE8);
        long closed = Math.Min(traded, magnitude);
        Int128 closedCost = closed == magnitude ? c : Wide.MulDivCeil(c, closed, magnitude);
        Int128 closedValue = closed == traded ? valueE8 : Wide.MulDivCeil(valueE8, closed, traded);
        return (position with { SizeE8 = s + sizeE8, CostE8 = c - closedCost + valueE8 - closedValue }, -closedValue - closedCost);
    }
}
