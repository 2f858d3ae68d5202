using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Simulation;

/// <summary>A joint model of log moves: volatilities, a Student-t copula with Student-t margins, common jumps, and volatilities that rise as prices fall.</summary>
public sealed record MarketModel
{
    /// <summary>Volatility of each market a year, without jumps.</summary>
    public required IReadOnlyList<double> Volatilities { get; init; }

    /// <summary>Correlations of the copula.</summary>
    public required Matrix<double> Correlation { get; init; }

    /// <summary>Degrees of freedom of the copula: how often all crash together. Above 2.</summary>
    public double CopulaDegrees { get; init; } = 4;

    /// <summary>Degrees of freedom of each margin: how fat its tails are. Above 2.</summary>
    public double MarginDegrees { get; init; } = 4;

    /// <summary>Jumps.</summary>
    public JumpModel Jumps { get; init; }

    /// <summary>How much implied volatility rises, as a part of itself, for a move of one standard deviation of the horizon down.</summary>
    public double VolatilityLeverage { get; init; } = 0.06;

    /// <summary>Deviation of the part of implied volatility's relative move that price does not explain.</summary>
    public double VolatilityNoise { get; init; } = 0.06;
}
