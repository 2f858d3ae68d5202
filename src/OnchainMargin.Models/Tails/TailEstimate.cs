namespace OnchainMargin.Models.Tails;

/// <summary>Value at risk and expected shortfall of a loss, each with its confidence interval. Losses are positive.</summary>
/// <param name="Level">The level, such as 0.99.</param>
/// <param name="ValueAtRisk">The quantile of the loss.</param>
/// <param name="ValueAtRiskLow">Lower end of its interval.</param>
/// <param name="ValueAtRiskHigh">Upper end.</param>
/// <param name="Shortfall">The mean loss beyond the quantile.</param>
/// <param name="ShortfallLow">Lower end of its interval.</param>
/// <param name="ShortfallHigh">Upper end.</param>
public readonly record struct TailEstimate(
    double Level, double ValueAtRisk, double ValueAtRiskLow, double ValueAtRiskHigh, double Shortfall, double ShortfallLow, double ShortfallHigh);
