namespace OnchainMargin.Margin;

/// <summary>Fees and limits of a fill.</summary>
public static class Fees
{
    private const long LeastOptionBandE8 = 1000;

    /// <summary>The fee of a fill, rounded up.</summary>
    /// <param name="sizeE8">Signed size.</param>
    /// <param name="priceE8">Price.</param>
    /// <param name="rateE8">Maker's or taker's rate.</param>
    [SpecRule("CLR-012")]
    public static Int128 FeeUp(long sizeE8, long priceE8, long rateE8) =>
        Rounding.DivCeil(Rounding.DivCeil(Math.BigMul(Math.Abs(sizeE8), priceE8), Rounding.One) * rateE8, Rounding.One);

    /// <summary>What the order of a fill leaves for a fee on credit: what it allows beyond both rates, whichever it pays.</summary>
    /// <param name="sizeE8">Signed size.</param>
    /// <param name="priceE8">Price.</param>
    /// <param name="largestRateE8">The largest rate that was signed.</param>
    /// <param name="makerRateE8">Maker's rate.</param>
    /// <param name="takerRateE8">Taker's rate.</param>
    [SpecRule("CLR-054")]
    public static Int128 LeftForCreditE8(long sizeE8, long priceE8, long largestRateE8, long makerRateE8, long takerRateE8) =>
        Rounding.DivCeil(Math.BigMul(Math.Abs(sizeE8), priceE8), Rounding.One) * Math.Max(0, largestRateE8 - Math.Max(makerRateE8, takerRateE8)) / Rounding.One;

    /// <summary>How far from the mark the price of a fill may be.</summary>
    /// <param name="markE8">Live mark, at least 0.</param>
    /// <param name="priceBandE8">The band, of the mark.</param>
    [SpecRule("CLR-013")]
    public static Int128 BandE8(Int128 markE8, uint priceBandE8) => priceBandE8 * markE8 / Rounding.One;

    /// <summary>The same of an option, whose mark may be next to nothing.</summary>
    /// <param name="markE8">Live mark, at least 0.</param>
    /// <param name="forwardE8">Present forward.</param>
    /// <param name="vegaE8">Value of one, volatility up less volatility down.</param>
    /// <param name="priceBandE8">The band, of the mark.</param>
    /// <param name="volBandE8">The band, of half the vega.</param>
    [SpecRule("CLR-013")]
    public static Int128 OptionBandE8(Int128 markE8, long forwardE8, Int128 vegaE8, uint priceBandE8, uint volBandE8)
    {
        Int128 ofVegaE8 = volBandE8 * Int128.Abs(vegaE8) / (2 * Rounding.One);
        Int128 leastE8 = (Int128)forwardE8 * LeastOptionBandE8 / Rounding.One;
        return Rounding.Max(Rounding.Max(BandE8(markE8, priceBandE8), ofVegaE8), leastE8);
    }

    /// <summary>Whether a fill only reduces.</summary>
    /// <param name="heldE8">Size held before.</param>
    /// <param name="sizeE8">Signed size of the fill.</param>
    [SpecRule("CLR-014")]
    public static bool Reduces(long heldE8, long sizeE8) => heldE8 != 0 && (heldE8 > 0) != (sizeE8 > 0) && Math.Abs(sizeE8) <= Math.Abs(heldE8);

    /// <summary>What a fill adds to open interest for one of its accounts.</summary>
    /// <param name="beforeE8">Size before.</param>
    /// <param name="afterE8">Size after.</param>
    [SpecRule("CLR-015")]
    public static long OpenInterestChange(long beforeE8, long afterE8) => Math.Max(afterE8, 0) - Math.Max(beforeE8, 0);
}
