namespace OnchainMargin.Margin;

/// <summary>The risk parameters of an underlying, each E8 in 32 bits.</summary>
/// <param name="PriceRangeE8">R, the range of prices of the grid.</param>
/// <param name="VolRangeE8">V, the shock of volatility.</param>
/// <param name="VolUpFloorE8">The least volatility after a shock upwards.</param>
/// <param name="ShortOptionMinimumE8">The least requirement of a short option, of spot.</param>
/// <param name="BasisChargeE8">The least basis charge.</param>
/// <param name="BasisRateE8">The basis charge a year.</param>
/// <param name="SlippageE8">Slippage at depth.</param>
/// <param name="SlippageCapE8">The largest slippage.</param>
/// <param name="CrowdingE8">The share of open interest that counts as one's own.</param>
/// <param name="VegaChargeE8">The charge of vega.</param>
/// <param name="RateChargeE8">The charge of rates a year.</param>
/// <param name="FloorRateE8">The floor on notional.</param>
/// <param name="NettingFloorE8">The part of the sum of losses that netting across underlyings cannot remove.</param>
[SpecRule("MRG-004")]
public sealed record RiskParameters(
    uint PriceRangeE8,
    uint VolRangeE8,
    uint VolUpFloorE8,
    uint ShortOptionMinimumE8,
    uint BasisChargeE8,
    uint BasisRateE8,
    uint SlippageE8,
    uint SlippageCapE8,
    uint CrowdingE8,
    uint VegaChargeE8,
    uint RateChargeE8,
    uint FloorRateE8,
    uint NettingFloorE8)
{
    private const uint ShortMinimumLeastE8 = 1_000_000;
    private const uint ShortMinimumParts = 16;
    private const long TenorYears = 2;

    /// <summary>The least requirement of a short option that goes with a price range: a sixteenth of it, rounded down, and 1 % at least.</summary>
    /// <param name="priceRangeE8">R.</param>
    [SpecRule("PAR-004")]
    public static uint ShortMinimumOf(uint priceRangeE8) => Math.Max(ShortMinimumLeastE8, priceRangeE8 / ShortMinimumParts);

    /// <summary>What a unit of collateral asks for at most, as a part of its worth in E16: the setters take no parameters that make it more than all of that.</summary>
    /// <param name="underlying">The parameters of the underlying that a token is; null for any other token.</param>
    /// <param name="haircutMaxE8">Its largest haircut.</param>
    /// <param name="initialFactorE8">From maintenance to initial margin.</param>
    [SpecRule("PAR-004")]
    public static Int128 AskedOfCollateralE16(RiskParameters? underlying, uint haircutMaxE8, long initialFactorE8)
    {
        long riskE8 = haircutMaxE8;
        if (underlying is not null)
        {
            long basisE8 = Math.Min(Math.Max(underlying.BasisChargeE8, underlying.BasisRateE8 * TenorYears), Rounding.One);
            riskE8 += underlying.PriceRangeE8 + basisE8 + (2L * underlying.SlippageCapE8);
        }

        return (Int128)initialFactorE8 * riskE8;
    }

    /// <summary>The largest price range under which collateral asks for no more than it is worth, all else being as it is; below zero when nothing but the rest asks for more.</summary>
    /// <param name="haircutMaxE8">The largest haircut of a token that is the underlying.</param>
    /// <param name="initialFactorE8">From maintenance to initial margin.</param>
    [SpecRule("PAR-004")]
    public long PriceRangeMostE8(uint haircutMaxE8, long initialFactorE8) =>
        (long)((((Int128)Rounding.One * Rounding.One) - AskedOfCollateralE16(this with { PriceRangeE8 = 0 }, haircutMaxE8, initialFactorE8)) / initialFactorE8);

    internal void Write(ref WordWriter writer)
    {
        ReadOnlySpan<uint> fields =
        [
            PriceRangeE8, VolRangeE8, VolUpFloorE8, ShortOptionMinimumE8, BasisChargeE8, BasisRateE8, SlippageE8, SlippageCapE8,
            CrowdingE8, VegaChargeE8, RateChargeE8, FloorRateE8, NettingFloorE8,
        ];
        foreach (uint field in fields)
        {
            writer.Unsigned(field, 4);
        }

        writer.Zero(12);
    }

    internal static RiskParameters? Read(ref WordReader reader)
    {
        Span<uint> f = stackalloc uint[13];
        for (int i = 0; i < f.Length; i++)
        {
            f[i] = (uint)reader.Unsigned(4);
        }

        return reader.Zero(12) ? new RiskParameters(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12]) : null;
    }
}
