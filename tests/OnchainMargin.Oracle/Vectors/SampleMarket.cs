using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>A small market with round numbers for vectors and properties: one or two underlyings at 2000, flat volatility of 60 %, the parameters of ETH.</summary>
public static class SampleMarket
{
    /// <summary>Its time.</summary>
    public static readonly BigInteger Now = 1_700_000_000;

    private static readonly BigInteger One = SpecConstants.One;

    /// <summary>The parameters of ETH.</summary>
    public static readonly RiskParameters Eth = new(16_000_000, 50_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);

    /// <summary>A flat surface of a volatility in per cent.</summary>
    public static Surface Flat(BigInteger forward, int percent) => new(forward * One, forward * One, (BigInteger)percent * percent * 100_000_000, 0, 0, 0, 10_000_000);

    /// <summary>An expiry with a fresh flat surface, undiscounted, every second of whose window is observed.</summary>
    public static ExpiryRecord Expiry(BigInteger tau, int percent = 60, int forward = 2000) =>
        new(Now + tau, Now, SpecConstants.OneE12, Flat(forward, percent), Flat(forward, percent)) { FollowSeconds = Integers.Clamp(tau, 0, 1800) };

    /// <summary>An underlying at 2000 in a group.</summary>
    public static UnderlyingRecord Underlying(int number, int group, params IEnumerable<ExpiryRecord> expiries) => new(
        number, group, 0, 2000 * One, 2000 * One, 0, 0, 2000 * One, 0, 5000 * One, Eth, [.. expiries.OrderBy(expiry => expiry.Expiry)]);

    /// <summary>A checkpoint: token 0 at a dollar, token 1 is underlying 1, token 2 a plain token at 10.</summary>
    public static Checkpoint Market(params UnderlyingRecord[] underlyings) => new(
        1, Now, 130_000_000, SpecConstants.OneE12, SpecConstants.OneE12,
        [new CollateralRecord(0, 0, 6, 0, One), new CollateralRecord(1, 1, 18, 5_000_000, One), new CollateralRecord(2, 0, 8, 15_000_000, 10 * One)], underlyings);

    /// <summary>A perpetual position.</summary>
    public static Position Perpetual(decimal size, int underlying = 1, int cost = 0) => new(new Instrument(underlying, 0, 0, Kind.Perpetual), E8(size), cost * One);

    /// <summary>A future.</summary>
    public static Position Future(decimal size, BigInteger tau, int underlying = 1, int cost = 0) => new(new Instrument(underlying, Now + tau, 0, Kind.Future), E8(size), cost * One);

    /// <summary>A call.</summary>
    public static Position Call(decimal size, decimal strike, BigInteger tau, int underlying = 1) => new(new Instrument(underlying, Now + tau, (BigInteger)(strike * 10_000m), Kind.Call), E8(size), 0);

    /// <summary>A put.</summary>
    public static Position Put(decimal size, decimal strike, BigInteger tau, int underlying = 1) => new(new Instrument(underlying, Now + tau, (BigInteger)(strike * 10_000m), Kind.Put), E8(size), 0);

    /// <summary>A decimal in E8.</summary>
    public static BigInteger E8(decimal value) => (BigInteger)(value * 100_000_000m);
}
