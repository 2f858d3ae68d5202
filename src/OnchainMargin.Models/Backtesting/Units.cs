namespace OnchainMargin.Models.Backtesting;

/// <summary>From doubles to the engine's integers.</summary>
internal static class Units
{
    internal const double E8 = 1e8;
    internal const double E12 = 1e12;
    internal const long YearSeconds = 365 * 86_400L;

    internal static long ToE8(double value) => (long)Math.Round(value * E8);

    internal static uint ToRateE8(double value) => (uint)Math.Round(value * E8);
}
