namespace OnchainMargin.Margin;

/// <summary>Charges beyond the scenarios.</summary>
internal static class AddOns
{
    private const long SurfaceMaxAgeSeconds = 600;
    private const long StaleRampSeconds = 86_400;
    private const int RatioBits = 32;

    /// <summary>The most units that liquidity is reckoned with.</summary>
    internal static readonly Int128 UnitsMax = Int128.One << 90;

    /// <summary>The basis charge of a bucket, c_b.</summary>
    [SpecRule("MRG-042")]
    internal static long BasisRate(RiskParameters parameters, long tau) =>
        Math.Min(Rounding.One, Math.Max(parameters.BasisChargeE8, (long)Rounding.DivCeil(Math.BigMul(parameters.BasisRateE8, tau), Rounding.Year)));

    /// <summary>The basis charge of an underlying.</summary>
    /// <param name="sumE8">X, the charges of the buckets.</param>
    /// <param name="hedgedE8">gross − net.</param>
    /// <param name="grossE8">Sum of the buckets' magnitudes.</param>
    [SpecRule("MRG-042")]
    internal static Int128 Basis(Int128 sumE8, Int128 hedgedE8, Int128 grossE8)
    {
        if (grossE8 == 0 || hedgedE8 == 0)
        {
            return 0;
        }

        Int128 r = Rounding.DivCeil(hedgedE8 << RatioBits, grossE8);
        return Rounding.DivCeil(sumE8 * r, 1L << (RatioBits + 1));
    }

    /// <summary>The liquidity charge of an underlying.</summary>
    /// <param name="record">The underlying.</param>
    /// <param name="openE8">net + half of what is hedged.</param>
    [SpecRule("MRG-043")]
    internal static Int128 Liquidity(UnderlyingRecord record, Int128 openE8)
    {
        RiskParameters p = record.Parameters;
        Int128 units = Rounding.Min(Rounding.DivCeil(openE8 * Rounding.One, record.SpotE8), UnitsMax);
        Int128 crowd = Rounding.DivFloor(Math.BigMul(p.CrowdingE8, record.OpenInterestE8), Rounding.One);
        Int128 rate = Rounding.Min(p.SlippageCapE8, Rounding.DivCeil(p.SlippageE8 * Rounding.Max(units, crowd), record.DepthE8));
        return Rounding.DivCeil(openE8 * rate, Rounding.One);
    }

    /// <summary>The vega charge of an expiry whose surface has an age: rises to one over a day past the age that is allowed.</summary>
    [SpecRule("MRG-044")]
    internal static long StaleCharge(long vegaChargeE8, long age)
    {
        long late = Math.Clamp(age - SurfaceMaxAgeSeconds, 0, StaleRampSeconds);
        return vegaChargeE8 + (long)Rounding.DivCeil((Int128)(Rounding.One - vegaChargeE8) * late, StaleRampSeconds);
    }

    /// <summary>What an expiry adds to the sum that the rate charge is taken of.</summary>
    /// <param name="optionsE16">Σ size·value of its options.</param>
    /// <param name="tau">Time to expiry, seconds.</param>
    [SpecRule("MRG-045")]
    internal static Int128 RateYears(Int128 optionsE16, long tau) => Rounding.DivCeil(Rounding.DivCeil(Rounding.Abs(optionsE16), Rounding.One) * tau, Rounding.Year);

    /// <summary>The spread of an underlying as a part of spot.</summary>
    [SpecRule("MRG-052")]
    internal static Int128 SpreadRate(UnderlyingRecord record) => Rounding.DivCeil((Int128)record.SpreadE8 * Rounding.One, record.SpotE8);

    /// <summary>What spot collateral does not cover: how far 0 is from what lies between the delta without it and that with it.</summary>
    /// <param name="deltaE8">The delta with it.</param>
    /// <param name="spotDeltaE8">Its own.</param>
    [SpecRule("MRG-052")]
    internal static Int128 Uncovered(Int128 deltaE8, Int128 spotDeltaE8) => Rounding.Max(Rounding.Max(deltaE8 - spotDeltaE8, -deltaE8), 0);
}
