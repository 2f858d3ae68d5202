namespace OnchainMargin.Models.Volatility;

/// <summary>Gaussian maximum likelihood of GJR(1,1): falls raise the variance more than rises. Started as <see cref="Garch"/> is.</summary>
public static class Gjr
{
    /// <summary>Fits the model to returns in order of time.</summary>
    /// <exception cref="ArgumentException">Fewer than 100 returns, a return that is not finite, or returns that are all equal.</exception>
    /// <exception cref="InvalidOperationException">The likelihood has no interior maximum, so there are no standard errors.</exception>
    public static VarianceFit<GjrParameters> Fit(ReadOnlySpan<double> returns) => VarianceFit.Find<GjrParameters>(returns, "GJR", [0.05, 0.08, 0.05, 0.85]);

    /// <summary>The Gaussian log-likelihood of returns; −1e300 outside the admissible parameters.</summary>
    public static double LogLikelihood(ReadOnlySpan<double> returns, GjrParameters parameters) => VarianceFit.LogLikelihood(returns, parameters);
}
