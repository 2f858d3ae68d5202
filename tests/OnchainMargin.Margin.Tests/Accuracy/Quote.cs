using System.Collections.Immutable;
using System.Numerics;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Accuracy;

/// <summary>Prices one option by the engine's public interface: an account that holds one unit of it.</summary>
internal static class Quote
{
    private const long Now = 1_700_000_000;
    private const long One = 100_000_000;

    /// <summary>Values at the 37 scenarios, in E8.</summary>
    public static long[] Values(bool call, long forwardE8, long strikeE8, long tau, long varianceE12, long discountE12 = 1_000_000_000_000)
    {
        var surface = new Surface(forwardE8, forwardE8, varianceE12, 0, 0, 0, 10_000_000);
        var parameters = new RiskParameters(16_000_000, 50_000_000, 50_000_000, 1_000_000, 0, 0, 0, 0, 0, 0, 0, 0, 50_000_000);
        uint expiry = (uint)(Now + tau);
        var record = new UnderlyingRecord(1, 1, MarketState.Normal, One, One, 0, 0, One, 0, One, parameters, [new ExpiryRecord(expiry, Now, discountE12, surface, surface) { FollowSeconds = Forwards.FollowSecondsByClock(tau, 0) }]);
        var view = new CheckpointView(new Checkpoint(new CheckpointHeader(1, Now, One, 1_000_000_000_000, 1_000_000_000_000), [], [record]));
        Instrument instrument = call ? Instrument.Call(1, expiry, strikeE8 / 10_000) : Instrument.Put(1, expiry, strikeE8 / 10_000);
        var state = new AccountState { Positions = [new Position(instrument, One, 0)] };
        MarginReport report = MarginEngine.Report(state, [], view);
        long mark = (long)report.Figures.EquityE8;
        ImmutableArray<Int128> weighted = report.Underlyings[0].Weighted24E8;
        return [.. Enumerable.Range(0, Scenarios.Count).Select(s => (long)(weighted[s] / Scenarios.Scenario(s).Weight24) + mark)];
    }

    /// <summary>The mark.</summary>
    public static long Mark(bool call, long forwardE8, long strikeE8, long tau, long varianceE12, long discountE12 = 1_000_000_000_000) =>
        Values(call, forwardE8, strikeE8, tau, varianceE12, discountE12)[Scenarios.Mark];

    /// <summary>The undiscounted call to many digits, in E8 with 2⁻¹⁹² below.</summary>
    public static BigInteger Reference(BigInteger forwardE8, BigInteger strikeE8, long tau, long varianceE12)
    {
        BigInteger deviation = Precise.Root(Precise.Ratio((BigInteger)varianceE12 * tau, SpecConstants.OneE12 * SpecConstants.Year));
        return Precise.Call(forwardE8 << Precise.Bits, strikeE8 << Precise.Bits, deviation);
    }

    /// <summary>How far a value is off, in E8 units, as a double for reports and bounds.</summary>
    public static double Error(BigInteger value, BigInteger reference) => (double)((value << Precise.Bits) - reference) / Math.Pow(2, Precise.Bits);
}
