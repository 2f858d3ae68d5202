namespace OnchainMargin.Margin;

/// <summary>Total deviation σ√τ in cells of the table.</summary>
internal static class Deviation
{
    /// <summary>Least deviation in cells, Q28.</summary>
    internal const long Min = 2_560;

    /// <summary>Largest deviation in cells, Q28.</summary>
    internal const long Max = 160L << 31;

    private const long InverseScale = 25_600L << 44;

    /// <summary>160·√τ in Q40.</summary>
    /// <param name="tau">Time to expiry, seconds.</param>
    [SpecRule("MRG-024")]
    internal static long RootTau(long tau) => (long)Kernel.Isqrt(((UInt128)(tau * 25_600) << 80) / (UInt128)Rounding.Year);

    /// <summary>σ√τ·160 in Q28, held between 2⁻²⁴ and 8 deviations.</summary>
    /// <param name="volQ32">Volatility.</param>
    /// <param name="rootTau">160·√τ in Q40.</param>
    [SpecRule("MRG-024")]
    internal static long Cells(long volQ32, long rootTau)
    {
        // vol < 2³⁹ and rootTau < 2⁵¹, so the shifted sum has 47 bits.
        Int128 cells = (Math.BigMul(volQ32, rootTau) + (1L << 43)) >> 44;
        return cells < Min ? Min : cells > Max ? Max : (long)cells;
    }

    /// <summary>⌊25600·2⁴⁴/S⌋.</summary>
    /// <param name="s">S of <see cref="Cells"/>.</param>
    [SpecRule("MRG-024")]
    internal static long Inverse(long s) => InverseScale / s;
}
