using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Volatility;

/// <summary>
/// Gaussian maximum likelihood of GARCH(1,1). The variance and the squared residual before the first return are the mean squared residual, as in the benchmark of
/// Fiorentini, Calzolari and Panattoni (1996).
/// </summary>
public static class Garch
{
    private const int FewestReturns = 100;

    /// <summary>Fits the model to returns in order of time.</summary>
    /// <exception cref="ArgumentException">Fewer than 100 returns, a return that is not finite, or returns that are all equal.</exception>
    /// <exception cref="InvalidOperationException">The likelihood has no interior maximum, so there are no standard errors.</exception>
    public static GarchFit Fit(ReadOnlySpan<double> returns)
    {
        if (returns.Length < FewestReturns)
        {
            throw new ArgumentException($"{returns.Length} returns are too few to fit a GARCH model: give at least {FewestReturns}", nameof(returns));
        }

        var sample = returns.ToArray();
        var mean = sample.Average();
        var variance = sample.Sum(r => (r - mean) * (r - mean)) / sample.Length;
        if (!(variance > 0 && double.IsFinite(variance)))
        {
            throw new ArgumentException("the returns are all equal or not finite: nothing can be fitted to them", nameof(returns));
        }

        // Searched in units of the sample's own deviation, so that the search does not depend on whether returns are fractions or percent.
        var scale = Math.Sqrt(variance);
        var scaled = Array.ConvertAll(sample, r => r / scale);
        double Objective(Vector<double> x) => -LogLikelihood(scaled, FromVector(x));
        var start = Vector<double>.Build.Dense([mean / scale, 0.05, 0.1, 0.85]);
        var (top, covariance) = MaximumLikelihood.Find(Objective, start);

        var found = FromVector(top);
        var parameters = new GarchParameters(found.Mean * scale, found.Omega * variance, found.Alpha, found.Beta);
        var errors = covariance.Diagonal().Map(Math.Sqrt);
        var h = LastVariance(sample, parameters);
        return new GarchFit(
            parameters,
            new GarchParameters(errors[0] * scale, errors[1] * variance, errors[2], errors[3]),
            LogLikelihood(sample, parameters),
            parameters.Next(h, sample[^1]));
    }

    /// <summary>The Gaussian log-likelihood of returns; −1e300 outside the admissible parameters.</summary>
    public static double LogLikelihood(ReadOnlySpan<double> returns, GarchParameters parameters)
    {
        if (!parameters.IsAdmissible)
        {
            return -1e300;
        }

        var h = parameters.Omega + ((parameters.Alpha + parameters.Beta) * MeanSquaredResidual(returns, parameters.Mean));
        double sum = 0;
        foreach (var r in returns)
        {
            var residual = r - parameters.Mean;
            sum += Math.Log(h) + (residual * residual / h);
            h = parameters.Next(h, r);
        }

        return -0.5 * ((returns.Length * Math.Log(2 * Math.PI)) + sum);
    }

    private static double LastVariance(ReadOnlySpan<double> returns, GarchParameters parameters)
    {
        var h = parameters.Omega + ((parameters.Alpha + parameters.Beta) * MeanSquaredResidual(returns, parameters.Mean));
        foreach (var r in returns[..^1])
        {
            h = parameters.Next(h, r);
        }

        return h;
    }

    private static double MeanSquaredResidual(ReadOnlySpan<double> returns, double mean)
    {
        double sum = 0;
        foreach (var r in returns)
        {
            sum += (r - mean) * (r - mean);
        }

        return sum / returns.Length;
    }

    private static GarchParameters FromVector(Vector<double> x) => new(x[0], x[1], x[2], x[3]);
}
