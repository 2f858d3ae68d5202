namespace OnchainMargin.Models.Volatility;

/// <summary>Two regimes of volatility, each Gaussian without drift, with constant chances of staying (Hamilton, 1989).</summary>
/// <param name="CalmDeviation">Deviation of a return in the calm regime.</param>
/// <param name="StressDeviation">Deviation in the stressed one, larger.</param>
/// <param name="StayCalm">Chance that a calm period follows a calm one.</param>
/// <param name="StayStressed">Chance that a stressed period follows a stressed one.</param>
public readonly record struct RegimeModel(double CalmDeviation, double StressDeviation, double StayCalm, double StayStressed)
{
    /// <summary>The share of periods that are stressed in the long run.</summary>
    public double StressShare => (1 - StayCalm) / (2 - StayCalm - StayStressed);

    /// <summary>The chance of stress after a return, given the chance before it: one step of Hamilton's filter, which sees no future.</summary>
    public double Next(double stressChance, double periodReturn)
    {
        var before = ((1 - stressChance) * (1 - StayCalm)) + (stressChance * StayStressed);
        var stressed = before * Density(periodReturn, StressDeviation);
        var calm = (1 - before) * Density(periodReturn, CalmDeviation);

        // So far out that both densities vanish only the wide one can have made it.
        return stressed + calm > 0 ? stressed / (stressed + calm) : 1;
    }

    internal static double Density(double x, double deviation) => Math.Exp(-0.5 * x * x / (deviation * deviation)) / deviation;
}
