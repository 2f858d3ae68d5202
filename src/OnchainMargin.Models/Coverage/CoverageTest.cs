namespace OnchainMargin.Models.Coverage;

/// <summary>A likelihood-ratio test of breaches.</summary>
/// <param name="Statistic">Its statistic, χ² under the hypothesis.</param>
/// <param name="PValue">The chance of a larger statistic under the hypothesis.</param>
public readonly record struct CoverageTest(double Statistic, double PValue);
