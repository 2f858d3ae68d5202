namespace OnchainMargin.Margin;

/// <summary>Fees and limits of a fill.</summary>
public static class Fees
{
    /// <summary>The fee of a fill, rounded up.</summary>
    /// <param name="sizeE8">Signed size.</param>
    /// <param name="priceE8">Price.</param>
    /// <param name="rateE8">Maker's or taker's rate.</param>
    [SpecRule("CLR-012")]
    public static Int128 FeeUp(long sizeE8, long priceE8, long rateE8) =>
        Rounding.DivCeil(Rounding.DivCeil(Math.BigMul(Math.Abs(sizeE8), priceE8), Rounding.One) * rateE8, Rounding.One);

    /// <summary>Whether a price is within the band around the mark.</summary>
    /// <param name="priceE8">Price.</param>
    /// <param name="markE8">Live mark.</param>
    /// <param name="bandE8">The band, of the mark.</param>
    [SpecRule("CLR-013")]
    public static bool InBand(long priceE8, long markE8, long bandE8) => Math.BigMul(Math.Abs(priceE8 - markE8), Rounding.One) <= Math.BigMul(bandE8, markE8);

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
