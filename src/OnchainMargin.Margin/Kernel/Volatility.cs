namespace OnchainMargin.Margin;

/// <summary>Implied volatility of a strike and its shocks.</summary>
internal static class Volatility
{
    /// <summary>The clamp of log-moneyness, in Q32.</summary>
    internal const long LogClampQ32 = 6L << 32;

    private const long FiveToTwelve = 244_140_625;
    private const long DownFactorMinE8 = 5_000_000;

    private static readonly Int128 VarianceMinQ64 = (Int128.One << 64) / 1_000_000;
    private static readonly Int128 VarianceMaxQ64 = Int128.One << 72;

    private static ReadOnlySpan<long> KappaSeconds => [86_400, 604_800, 2_592_000, 7_776_000, 31_536_000];

    private static ReadOnlySpan<long> KappasE8 => [200_000_000, 150_000_000, 100_000_000, 70_000_000, 40_000_000];

    /// <summary>Annualised volatility of a strike in Q32, between 0.1 % and 1600 %.</summary>
    /// <param name="surface">The surface.</param>
    /// <param name="kRaw">ln(strike, published forward), Q32.</param>
    [SpecRule("MRG-022")]
    internal static long Implied(in Surface surface, long kRaw)
    {
        long k = Math.Clamp(kRaw, -LogClampQ32, LogClampQ32);
        long mQ = Rounding.DivFloor((long)surface.ME8 << 32, Rounding.One);
        long sQ = Rounding.DivFloor(surface.SigmaE8 << 32, Rounding.One);
        long y = k - mQ;
        long root = (long)Kernel.Isqrt((UInt128)(Math.BigMul(y, y) + Math.BigMul(sQ, sQ)));
        long inner = Math.Max(0, Rounding.DivFloor(surface.RhoE8 * y, Rounding.One) + root);

        // 2³²/10¹² = 2²⁰/5¹², and 2⁶⁴/10¹² = 2⁵²/5¹²: the same floors on shorter numbers.
        Int128 v = Rounding.DivFloor((Int128)surface.AE12 << 52, FiveToTwelve) + Rounding.DivFloor(Math.BigMul(surface.BE12, inner) << 20, FiveToTwelve);
        v = v < VarianceMinQ64 ? VarianceMinQ64 : v > VarianceMaxQ64 ? VarianceMaxQ64 : v;
        return (long)Kernel.Isqrt((UInt128)v);
    }

    /// <summary>κ(τ), the scale of volatility shocks, E8.</summary>
    /// <param name="tau">Time to expiry, seconds.</param>
    [SpecRule("MRG-023")]
    internal static long Kappa(long tau)
    {
        ReadOnlySpan<long> seconds = KappaSeconds;
        ReadOnlySpan<long> kappas = KappasE8;
        if (tau <= seconds[0])
        {
            return kappas[0];
        }

        for (int i = 1; i < seconds.Length; i++)
        {
            if (tau < seconds[i])
            {
                return kappas[i - 1] - ((kappas[i - 1] - kappas[i]) * (tau - seconds[i - 1]) / (seconds[i] - seconds[i - 1]));
            }
        }

        return kappas[^1];
    }

    /// <summary>The shift of an expiry, ⌊volRange·κ/10⁸⌋, E8.</summary>
    /// <param name="volRangeE8">The range of volatility.</param>
    /// <param name="tau">Time to expiry, seconds.</param>
    [SpecRule("MRG-023")]
    internal static long Shift(uint volRangeE8, long tau) => volRangeE8 * Kappa(tau) / Rounding.One;

    /// <summary>The volatility after the shock downwards, Q32.</summary>
    [SpecRule("MRG-023")]
    internal static long Down(long volQ32, long shiftE8) => (long)Rounding.DivFloor(Math.BigMul(volQ32, Math.Max(Rounding.One - shiftE8, DownFactorMinE8)), Rounding.One);

    /// <summary>The volatility after the shock upwards, Q32.</summary>
    [SpecRule("MRG-023")]
    internal static long Up(long volQ32, long shiftE8, uint volUpFloorE8) =>
        Math.Max((long)Rounding.DivFloor(Math.BigMul(volQ32, Rounding.One + shiftE8), Rounding.One), ((long)volUpFloorE8 << 32) / Rounding.One);
}
