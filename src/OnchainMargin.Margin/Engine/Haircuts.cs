namespace OnchainMargin.Margin;

/// <summary>Haircut of a collateral token at a checkpoint.</summary>
public static class Haircuts
{
    /// <summary>The base haircut, growing with the vault's total above a threshold, up to the largest. Rounded up: a haircut is a requirement.</summary>
    /// <param name="haircutBaseE8">The base.</param>
    /// <param name="haircutMaxE8">The largest.</param>
    /// <param name="thresholdE8">The total at which growth begins; 0 means none.</param>
    /// <param name="totalE8">The vault's total, smoothed, at most 2⁷⁰.</param>
    [SpecRule("MRG-013")]
    public static long HaircutUp(long haircutBaseE8, long haircutMaxE8, Int128 thresholdE8, Int128 totalE8)
    {
        Int128 grown = thresholdE8 == 0 || totalE8 <= thresholdE8 ? haircutBaseE8 : Rounding.DivCeil(haircutBaseE8 * totalE8, thresholdE8);
        return (long)Rounding.Min(Math.Max(haircutMaxE8, haircutBaseE8), grown);
    }
}
