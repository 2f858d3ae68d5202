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

    /// <summary>The least requirement of a short option that goes with a price range: a sixteenth of it, rounded down, and 1 % at least.</summary>
    /// <param name="priceRangeE8">R.</param>
    [SpecRule("PAR-004")]
    public static uint ShortMinimumOf(uint priceRangeE8) => Math.Max(ShortMinimumLeastE8, priceRangeE8 / ShortMinimumParts);

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
