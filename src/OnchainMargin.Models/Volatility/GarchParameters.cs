namespace OnchainMargin.Models.Volatility;

/// <summary>GARCH(1,1): <c>r = μ + e</c>, <c>h' = ω + α·e² + β·h</c> (Bollerslev, 1986). In the units of the returns.</summary>
/// <param name="Mean">μ.</param>
/// <param name="Omega">ω &gt; 0.</param>
/// <param name="Alpha">α ≥ 0, the weight of the last squared residual.</param>
/// <param name="Beta">β ≥ 0, the weight of the last variance; α + β &lt; 1.</param>
public readonly record struct GarchParameters(double Mean, double Omega, double Alpha, double Beta)
{
    /// <summary>The variance that forecasts tend to: ω/(1 − α − β).</summary>
    public double LongRunVariance => Omega / (1 - Alpha - Beta);

    /// <summary>The variance of the next period.</summary>
    /// <param name="variance">The variance of the period just over.</param>
    /// <param name="periodReturn">Its return.</param>
    public double Next(double variance, double periodReturn)
    {
        var residual = periodReturn - Mean;
        return Omega + (Alpha * residual * residual) + (Beta * variance);
    }

    internal bool IsAdmissible => Omega > 0 && Alpha >= 0 && Beta >= 0 && Alpha + Beta < 1;
}
