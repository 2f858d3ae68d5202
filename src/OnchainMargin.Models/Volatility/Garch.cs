namespace OnchainMargin.Models.Volatility;

/// <summary>Gaussian maximum likelihood of GARCH(1,1). The variance and the squared residual before the first return are the mean squared residual.</summary>
public static class Garch
{
    /// <summary>Fits the model to returns in order of time.</summary>
    /// <exception cref="ArgumentException">Fewer than 100 returns, a return that is not finite, or returns that are all equal.</exception>
    /// <exception cref="InvalidOperationException">The likelihood has no interior maximum, so there are no standard errors.</exception>
    public static VarianceFit<GarchParameters> Fit(ReadOnlySpan<double> returns) => VarianceFit.Find<GarchParameters>(returns, "GARCH", [0.05, 0.1, 0.85]);

    /// <summary>The Gaussian log-likelihood of returns; −1e300 outside the admissible parameters.</summary>
    public static double LogLikelihood(ReadOnlySpan<double> returns, GarchParameters parameters) => VarianceFit.LogLikelihood(returns, parameters);
}
