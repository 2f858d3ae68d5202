namespace OnchainMargin.Margin;

/// <summary>Shocks of volatility.</summary>
public static class Volatility
{
    /// <summary>The clamp of log-moneyness, in Q32.</summary>
    internal const long LogClampQ32 = 6L << 32;

    private const long DownFactorMinE8 = 5_000_000;

    private static ReadOnlySpan<long> KappaSeconds => [86_400, 604_800, 2_592_000, 7_776_000, 31_536_000];

    private static ReadOnlySpan<long> KappasE8 => [200_000_000, 150_000_000, 100_000_000, 70_000_000, 40_000_000];

    /// <summary>κ(τ), the scale of volatility shocks, E8.</summary>
    /// <param name="tau">Time to expiry, seconds.</param>
    [SpecRule("MRG-023")]
    public static long Kappa(long tau)
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
    internal static long Down(long volQ32, long shiftE8) => Scaled(volQ32, Math.Max(Rounding.One - shiftE8, DownFactorMinE8));

    /// <summary>The volatility after the shock upwards, Q32.</summary>
    [SpecRule("MRG-023")]
    internal static long Up(long volQ32, long shiftE8, uint volUpFloorE8) =>
        Math.Max(Scaled(volQ32, Rounding.One + shiftE8), ((long)volUpFloorE8 << 32) / Rounding.One);

    /// <summary>⌊vol·factor/10⁸⌋; a volatility below 4 and a factor of at most 5 keep the product in 64 bits.</summary>
    private static long Scaled(long volQ32, long factorE8) => volQ32 < 1L << 34
        ? (long)(unchecked((ulong)(volQ32 * factorE8)) / (ulong)Rounding.One)
        : (long)Rounding.DivFloor(Math.BigMul(volQ32, factorE8), Rounding.One);
}
