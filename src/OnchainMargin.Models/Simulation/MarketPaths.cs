namespace OnchainMargin.Models.Simulation;

/// <summary>Simulated states of all markets at a horizon.</summary>
/// <param name="LogMoves">Log move of spot, [market][scenario].</param>
/// <param name="VolatilityFactors">What implied volatility is multiplied by, [market][scenario].</param>
public sealed record MarketPaths(double[][] LogMoves, double[][] VolatilityFactors)
{
    /// <summary>Number of scenarios.</summary>
    public int Count => LogMoves.Length == 0 ? 0 : LogMoves[0].Length;
}
