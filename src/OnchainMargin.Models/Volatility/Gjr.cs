using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Volatility;

/// <summary>Gaussian maximum likelihood of GJR(1,1): falls raise the variance more than rises. Started as <see cref="Garch"/> is.</summary>
public static class Gjr
{
    private const int FewestReturns = 100;

    /// <summary>Fits the model to returns in order of time.</summary>
    /// <exception cref="ArgumentException">Fewer than 100 returns, a return that is not finite, or returns that are all equal.</exception>
    /// <exception cref="InvalidOperationException">The likelihood has no interior maximum, so there are no standard errors.</exception>
    public static GjrFit Fit(ReadOnlySpan<double> returns)
    {
        if (returns.Length < FewestReturns)
        {
            throw new ArgumentException($"{returns.Length} returns are too few to fit a GJR model: give at least {FewestReturns}", nameof(returns));
        }

        var sample = returns.ToArray();
        var mean = sample.Average();
        var variance = sample.Sum(r => (r - mean) * (r - mean)) / sample.Length;
        if (!(variance > 0 && double.IsFinite(variance)))
        {
            throw new ArgumentException("the returns are all equal or not finite: nothing can be fitted to them", nameof(returns));
        }

        var scale = Math.Sqrt(variance);
        var scaled = Array.ConvertAll(sample, r => r / scale);
        double Objective(Vector<double> x) => -LogLikelihood(scaled, FromVector(x));
        var (top, covariance) = MaximumLikelihood.Find(Objective, Vector<double>.Build.Dense([mean / scale, 0.05, 0.08, 0.05, 0.85]));
        var found = FromVector(top);
        var parameters = found with { Mean = found.Mean * scale, Omega = found.Omega * variance };
        var errors = FromVector(covariance.Diagonal().Map(Math.Sqrt));
        var h = First(sample, parameters);
        foreach (var r in sample)
        {
            h = parameters.Next(h, r);
        }

        return new GjrFit(parameters, errors with { Mean = errors.Mean * scale, Omega = errors.Omega * variance }, LogLikelihood(sample, parameters), h);
    }

    /// <summary>The Gaussian log-likelihood of returns; −1e300 outside the admissible parameters.</summary>
    public static double LogLikelihood(ReadOnlySpan<double> returns, GjrParameters parameters)
    {
        if (!parameters.IsAdmissible)
        {
            return -1e300;
        }

        var h = First(returns, parameters);
        double sum = 0;
        foreach (var r in returns)
        {
            var residual = r - parameters.Mean;
            sum += Math.Log(h) + (residual * residual / h);
            h = parameters.Next(h, r);
        }

        return -0.5 * ((returns.Length * Math.Log(2 * Math.PI)) + sum);
    }

    private static double First(ReadOnlySpan<double> returns, GjrParameters parameters)
    {
        double sum = 0;
        foreach (var r in returns)
        {
            sum += (r - parameters.Mean) * (r - parameters.Mean);
        }

        return parameters.Omega + (parameters.Persistence * sum / returns.Length);
    }

    private static GjrParameters FromVector(Vector<double> x) => new(x[0], x[1], x[2], x[3], x[4]);
}
