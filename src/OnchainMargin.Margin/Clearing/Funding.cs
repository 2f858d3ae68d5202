using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>The traded premium of perpetuals: their mark, and what longs pay while it is positive.</summary>
[SpecRule("CLR-031")]
public static class Funding
{
    private const long MarkLimitE8 = 1L << 48;
    private const long LeastShare = 1000;
    private static readonly Int128 _limitE16 = (Int128)Rounding.One << 62;

    /// <summary>The notional that trades between two checkpoints must reach to count in full: a thousandth of the market's depth.</summary>
    public static Int128 LeastNotional(long depthE8, long spotE8) => (Int128)depthE8 * spotE8 / (Rounding.One * LeastShare);

    /// <summary>The premium of the trades since the last checkpoint, held within the clamp.</summary>
    /// <param name="premiumNotionalE8">Σ premium·size since then.</param>
    /// <param name="notionalE8">Σ notional since then.</param>
    /// <param name="leastE8">The notional below which they count in proportion.</param>
    /// <param name="clampE8">The clamp.</param>
    public static Int128 Sample(Int128 premiumNotionalE8, Int128 notionalE8, Int128 leastE8, long clampE8) =>
        notionalE8 == 0 ? 0 : (Int128)BigInteger.Clamp((BigInteger)premiumNotionalE8 * Rounding.One / Int128.Max(notionalE8, leastE8), -clampE8, clampE8);

    /// <summary>The mark: spot and the averaged premium on it, in the domain of a price.</summary>
    [SpecRule("CLR-030")]
    public static long Mark(long spotE8, Int128 premiumE8) =>
        (long)Int128.Clamp(spotE8 + (spotE8 * premiumE8 / Rounding.One), 1, MarkLimitE8);

    /// <summary>Cumulative funding in E16 after a time: a minute of a cheap coin is less than a unit of E8.</summary>
    /// <param name="cumulativeE16">Before.</param>
    /// <param name="premiumE8">The averaged premium.</param>
    /// <param name="spotE8">Spot.</param>
    /// <param name="elapsedSeconds">Seconds since the last checkpoint.</param>
    /// <param name="rateMaxE8">The largest rate an interval.</param>
    /// <param name="intervalSeconds">The interval.</param>
    public static Int128 Next(Int128 cumulativeE16, Int128 premiumE8, long spotE8, long elapsedSeconds, long rateMaxE8, long intervalSeconds)
    {
        Int128 rateE8 = Int128.Clamp(premiumE8, -rateMaxE8, rateMaxE8);
        return Int128.Clamp(cumulativeE16 + Wide.MulDivTrunc(spotE8 * rateE8, elapsedSeconds, intervalSeconds), -_limitE16, _limitE16);
    }

    /// <summary>What records tell of cumulative funding, and positions pay by.</summary>
    public static long Told(Int128 cumulativeE16) => (long)(cumulativeE16 / Rounding.One);
}
