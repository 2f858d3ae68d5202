namespace OnchainMargin.Margin;

/// <summary>Funding of perpetuals: longs pay while the premium of trades over spot is positive.</summary>
[SpecRule("CLR-031")]
public static class Funding
{
    private const long LimitE8 = 1L << 62;

    /// <summary>The premium of the trades since the last checkpoint, held within the clamp.</summary>
    /// <param name="premiumNotionalE8">Σ premium·size since then.</param>
    /// <param name="notionalE8">Σ notional since then.</param>
    /// <param name="clampE8">The clamp.</param>
    public static Int128 Sample(Int128 premiumNotionalE8, Int128 notionalE8, long clampE8) =>
        notionalE8 == 0 ? 0 : Int128.Clamp(Wide.MulDivTrunc(premiumNotionalE8, Rounding.One, notionalE8), -clampE8, clampE8);

    /// <summary>Cumulative funding after a time.</summary>
    /// <param name="cumulativeE8">Before.</param>
    /// <param name="premiumE8">The averaged premium.</param>
    /// <param name="spotE8">Spot.</param>
    /// <param name="elapsedSeconds">Seconds since the last checkpoint.</param>
    /// <param name="rateMaxE8">The largest rate an interval.</param>
    /// <param name="intervalSeconds">The interval.</param>
    public static long Next(long cumulativeE8, Int128 premiumE8, long spotE8, long elapsedSeconds, long rateMaxE8, long intervalSeconds)
    {
        Int128 rateE8 = Int128.Clamp(premiumE8, -rateMaxE8, rateMaxE8);
        return (long)Int128.Clamp(cumulativeE8 + Wide.MulDivTrunc(spotE8 * rateE8, elapsedSeconds, (Int128)Rounding.One * intervalSeconds), -LimitE8, LimitE8);
    }
}
