namespace OnchainMargin.Models.Simulation;

/// <summary>Jumps that hit all markets at once (Merton, 1976, with one Poisson clock).</summary>
/// <param name="PerYear">How many a year.</param>
/// <param name="Mean">Mean of a jump's log size.</param>
/// <param name="Deviation">Its deviation.</param>
public readonly record struct JumpModel(double PerYear, double Mean, double Deviation)
{
    /// <summary>No jumps.</summary>
    public static JumpModel None => default;
}
