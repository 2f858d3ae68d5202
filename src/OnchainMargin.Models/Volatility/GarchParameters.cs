using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Volatility;

/// <summary>GARCH(1,1): <c>r = μ + e</c>, <c>h' = ω + α·e² + β·h</c> (Bollerslev, 1986). In the units of the returns.</summary>
/// <param name="Mean">μ.</param>
/// <param name="Omega">ω &gt; 0.</param>
/// <param name="Alpha">α ≥ 0, the weight of the last squared residual.</param>
/// <param name="Beta">β ≥ 0, the weight of the last variance; α + β &lt; 1.</param>
public readonly record struct GarchParameters(double Mean, double Omega, double Alpha, double Beta) : IVarianceModel<GarchParameters>
{
    /// <inheritdoc/>
    public double Persistence => Alpha + Beta;

    /// <summary>The variance that forecasts tend to: ω/(1 − α − β).</summary>
    public double LongRunVariance => Omega / (1 - Persistence);

    /// <inheritdoc/>
    public double NextVariance(double variance, double periodReturn)
    {
        var residual = periodReturn - Mean;
        return Omega + (Alpha * residual * residual) + (Beta * variance);
    }

    /// <inheritdoc/>
    public bool IsAdmissible => Omega > 0 && Alpha >= 0 && Beta >= 0 && Persistence < 1;

    /// <inheritdoc/>
    public static GarchParameters FromVector(Vector<double> parameters) => new(parameters[0], parameters[1], parameters[2], parameters[3]);

    /// <inheritdoc/>
    public GarchParameters InUnitsOf(double scale) => this with { Mean = Mean * scale, Omega = Omega * scale * scale };
}
