using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Volatility;

/// <summary>A model of the variance fitted by Gaussian maximum likelihood.</summary>
/// <typeparam name="TModel">The model's parameters.</typeparam>
/// <param name="Parameters">The estimates.</param>
/// <param name="StandardErrors">Their standard errors, from the inverse Hessian of the log-likelihood.</param>
/// <param name="LogLikelihood">At the estimates.</param>
/// <param name="NextVariance">The variance forecast for the period after the last return.</param>
public sealed record VarianceFit<TModel>(TModel Parameters, TModel StandardErrors, double LogLikelihood, double NextVariance)
    where TModel : struct, IVarianceModel<TModel>;

/// <summary>
/// Gaussian maximum likelihood of a model of the variance. The variance and the squared residual before the first return are the mean squared residual, as in the
/// benchmark of Fiorentini, Calzolari and Panattoni (1996).
/// </summary>
internal static class VarianceFit
{
    private const int FewestReturns = 100;

    /// <summary>Fits the model to returns in order of time.</summary>
    /// <param name="returns">At least 100, finite and not all equal.</param>
    /// <param name="model">The model's name, as an error says it.</param>
    /// <param name="start">Where the search starts: the parameters after μ, for returns whose deviation is one.</param>
    public static VarianceFit<TModel> Find<TModel>(ReadOnlySpan<double> returns, string model, ReadOnlySpan<double> start)
        where TModel : struct, IVarianceModel<TModel>
    {
        if (returns.Length < FewestReturns)
        {
            throw new ArgumentException($"{returns.Length} returns are too few to fit a {model} model: give at least {FewestReturns}", nameof(returns));
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
        double Objective(Vector<double> x) => -LogLikelihood(scaled, TModel.FromVector(x));
        var (top, covariance) = MaximumLikelihood.Find(Objective, Vector<double>.Build.Dense([mean / scale, .. start]));
        var parameters = TModel.FromVector(top).InUnitsOf(scale);
        var errors = TModel.FromVector(covariance.Diagonal().Map(Math.Sqrt)).InUnitsOf(scale);
        var h = First(sample, parameters);
        foreach (var r in sample)
        {
            h = parameters.NextVariance(h, r);
        }

        return new VarianceFit<TModel>(parameters, errors, LogLikelihood(sample, parameters), h);
    }

    /// <summary>The Gaussian log-likelihood of returns; −1e300 outside the admissible parameters.</summary>
    public static double LogLikelihood<TModel>(ReadOnlySpan<double> returns, TModel parameters)
        where TModel : struct, IVarianceModel<TModel>
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
            h = parameters.NextVariance(h, r);
        }

        return -0.5 * ((returns.Length * Math.Log(2 * Math.PI)) + sum);
    }

    private static double First<TModel>(ReadOnlySpan<double> returns, TModel parameters)
        where TModel : struct, IVarianceModel<TModel>
    {
        double sum = 0;
        foreach (var r in returns)
        {
            sum += (r - parameters.Mean) * (r - parameters.Mean);
        }

        return parameters.Omega + (parameters.Persistence * sum / returns.Length);
    }
}
