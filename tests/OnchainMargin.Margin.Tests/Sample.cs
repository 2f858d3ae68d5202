using System.Collections.Immutable;

namespace OnchainMargin.Margin.Tests;

/// <summary>Small checkpoints with round numbers.</summary>
internal static class Sample
{
    public const long Time = 1_584_000_000;

    public static RiskParameters Parameters { get; } = new(
        PriceRangeE8: 16_000_000, VolRangeE8: 50_000_000, VolUpFloorE8: 50_000_000, ShortOptionMinimumE8: 1_000_000, BasisChargeE8: 400_000, BasisRateE8: 7_500_000,
        SlippageE8: 1_000_000, SlippageCapE8: 10_000_000, CrowdingE8: 5_000_000, VegaChargeE8: 10_000_000, RateChargeE8: 1_000_000, FloorRateE8: 1_000_000, NettingFloorE8: 50_000_000);

    public static Surface Flat(long forwardE8, long aE12) => new(forwardE8, forwardE8, aE12, 0, 0, 0, 1);

    public static UnderlyingRecord Underlying(ushort number, long spotE8, params ImmutableArray<ExpiryRecord> expiries) =>
        new(number, 1, MarketState.Normal, spotE8, spotE8, 0, 0, spotE8, 0, 5000_00000000, Parameters, expiries);

    public static ExpiryRecord Expiry(long tau, long forwardE8, long aE12 = 810_000_000_000) =>
        new((uint)(Time + tau), Time, 1_000_000_000_000, Flat(forwardE8, aE12), Flat(forwardE8, aE12)) { FollowSeconds = Forwards.FollowSecondsByClock(tau, 0) };

    public static ExpiryTerms Terms(long tau, long forwardE8, long aE12)
    {
        var expiry = new ExpiryRecord((uint)tau, 0, 1_000_000_000_000, Flat(forwardE8, aE12), Flat(forwardE8, aE12)) { FollowSeconds = Forwards.FollowSecondsByClock(tau, 0) };
        return new ExpiryTerms(Underlying(1, forwardE8, expiry), expiry, delayed: false, 0, range => new RangeNodes(range));
    }

    public static CheckpointView View(params ImmutableArray<UnderlyingRecord> underlyings) => new(Checkpoint(underlyings));

    public static Checkpoint Checkpoint(params ImmutableArray<UnderlyingRecord> underlyings) => new(
        new CheckpointHeader(1, Time, 130_000_000, 1_000_000_000_000, 1_000_000_000_000),
        [new CollateralRecord(0, 0, 6, 0, 1_00000000), new CollateralRecord(1, 1, 18, 5_000_000, 1_00000000)],
        underlyings);

    public static AccountState State(long cashE8, params ImmutableArray<Position> positions) => new() { CashE8 = cashE8, Positions = positions };

    public static double Black(double forward, double strike, double vol, double years)
    {
        double deviation = vol * Math.Sqrt(years);
        double d1 = (Math.Log(forward / strike) / deviation) + (deviation / 2);
        return (forward * Normal(d1)) - (strike * Normal(d1 - deviation));
    }

    /// <summary>The normal distribution by its series of one sign.</summary>
    public static double Normal(double x)
    {
        if (Math.Abs(x) > 8)
        {
            return x > 0 ? 1 : 0;
        }

        double term = x;
        double sum = x;
        for (int k = 1; Math.Abs(term) > 1e-18; k++)
        {
            term *= x * x / ((2 * k) + 1);
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}
