using System.Numerics;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Properties;

/// <summary>An account and fills of it, for the properties of headroom.</summary>
/// <param name="View">The market.</param>
/// <param name="Balances">Its collateral.</param>
/// <param name="Before">The account before.</param>
/// <param name="After">The account after.</param>
/// <param name="Fills">Net sizes, an instrument once.</param>
internal sealed record Trade(CheckpointView View, Balance[] Balances, AccountState Before, AccountState After, (Instrument Instrument, long SizeE8)[] Fills)
{
    private const long SizeMaxE8 = 10_000_000_000_000;

    /// <summary>One to three fills, half of them in an expiry that the account holds; null where they make a position too many, or nothing.</summary>
    public static Trade? Make(AccountGenerator generator, Checkpoint market, Balance[] balances, Random random)
    {
        AccountState before = Accounts.State(generator, market);
        Oracle.Checkpoint source = Accounts.Source(market);
        var fills = new Dictionary<Instrument, long>();
        for (int i = random.Next(3); i >= 0; i--)
        {
            Position held = before.Positions[random.Next(before.Positions.Length)];
            var drawn = Instrument.Unpack((UInt128)generator.Instrument(source.Underlyings.First(u => u.Underlying == held.Instrument.Underlying)).Packed);
            Instrument instrument = random.Next(2) == 0 || held.Instrument.Expiry == 0 ? drawn : random.Next(3) == 0 || !drawn.IsOption ? held.Instrument : drawn with { Expiry = held.Instrument.Expiry };
            long size = random.Next(4) == 0 ? -held.SizeE8 : (long)BigInteger.Max(-SizeMaxE8, BigInteger.Min(SizeMaxE8, generator.FillSize()));
            fills[instrument] = size;
        }

        AccountState after = Accounts.State(before.Positions.Concat(fills.Select(fill => new Position(fill.Key, fill.Value, 0))));
        return after.Positions.Length > AccountState.PositionsMax || fills.ContainsValue(0)
            ? null
            : new Trade(new CheckpointView(market), balances, before, after, [.. fills.Select(fill => (fill.Key, fill.Value))]);
    }

    /// <summary>How much of the least cash is missing with the cash that headroom admits the fills with, all on the surfaces that it takes for each; null where it shows nothing.</summary>
    public Int128? Missing()
    {
        Int128 rise = 0;
        foreach ((Instrument instrument, long sizeE8) in Fills)
        {
            if (Headroom.ChoiceFor(Before.Positions.AsSpan(), After.Positions.AsSpan(), instrument, sizeE8, View) is not { } choice)
            {
                return null;
            }

            rise += RiseOf(instrument, sizeE8, choice);
        }

        return Missing(rise, SurfaceChoice.Worse);
    }

    /// <summary>The same with one choice for every fill and for the account.</summary>
    public Int128 Missing(SurfaceChoice choice) =>
        Missing(Fills.Aggregate(Int128.Zero, (sum, fill) => sum + RiseOf(fill.Instrument, fill.SizeE8, choice)), choice);

    private Int128 Missing(Int128 rise, SurfaceChoice choice)
    {
        AccountFigures old = MarginEngine.Compute(Before, Balances, View, choice);
        AccountFigures now = MarginEngine.Compute(After, Balances, View, choice);
        Int128 restBefore = old.EquityE8 - Before.CashE8;
        Int128 restAfter = now.EquityE8 - After.CashE8;
        Int128 cash = old.LeastCashE8 + rise + Int128.Max(0, restBefore - restAfter);
        Assert.True(Headroom.Shows(cash, old.LeastCashE8, rise, restBefore, restAfter));
        Assert.False(Headroom.Shows(cash - 1, old.LeastCashE8, rise, restBefore, restAfter));
        return Int128.Max(0, now.LeastCashE8 - cash);
    }

    private Int128 RiseOf(Instrument instrument, long sizeE8, SurfaceChoice choice)
    {
        Assert.Equal(MarginError.None, Headroom.Rise(instrument, sizeE8, View, choice, out Int128 rise));
        return rise;
    }
}
