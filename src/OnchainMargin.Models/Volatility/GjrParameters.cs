using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Volatility;

/// <summary>GJR(1,1): <c>h' = ω + (α + γ·[e &lt; 0])·e² + β·h</c> (Glosten, Jagannathan and Runkle, 1993). In the units of the returns.</summary>
/// <param name="Mean">μ.</param>
/// <param name="Omega">ω &gt; 0.</param>
/// <param name="Alpha">α ≥ 0.</param>
/// <param name="Gamma">γ, what a fall adds to α; α + γ ≥ 0.</param>
/// <param name="Beta">β ≥ 0; α + ½γ + β &lt; 1.</param>
public readonly record struct GjrParameters(double Mean, double Omega, double Alpha, double Gamma, double Beta) : IVarianceModel<GjrParameters>
{
    /// <summary>The share of a shock that is left a period later, when falls and rises are alike in number.</summary>
    public double Persistence => Alpha + (Gamma / 2) + Beta;

    /// <summary>The variance that forecasts tend to.</summary>
    public double LongRunVariance => Omega / (1 - Persistence);

    /// <inheritdoc/>
    public double NextVariance(double variance, double periodReturn)
    {
        var residual = periodReturn - Mean;
        return Omega + ((residual < 0 ? Alpha + Gamma : Alpha) * residual * residual) + (Beta * variance);
    }

    /// <inheritdoc/>
    public bool IsAdmissible => Omega > 0 && Alpha >= 0 && Alpha + Gamma >= 0 && Beta >= 0 && Persistence < 1;

    /// <inheritdoc/>
    public static GjrParameters FromVector(Vector<double> parameters) => new(parameters[0], parameters[1], parameters[2], parameters[3], parameters[4]);

    /// <inheritdoc/>
    public GjrParameters InUnitsOf(double scale) => this with { Mean = Mean * scale, Omega = Omega * scale * scale };
}
