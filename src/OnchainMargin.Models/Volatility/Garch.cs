using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace OnchainMargin.Models.Volatility;

/// <summary>
/// Gaussian maximum likelihood of GARCH(1,1). The variance and the squared residual before the first return are the mean squared residual, as in the benchmark of
/// Fiorentini, Calzolari and Panattoni (1996). Nelder-Mead finds the hill, Newton's steps its top.
/// </summary>
public static class Garch
{
    private const int FewestReturns = 100;
    private const int NewtonSteps = 20;

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
        var hill = NelderMeadSimplex.Minimum(ObjectiveFunction.Value(Objective), start, 1e-8, 5000).MinimizingPoint;
        var (top, covariance) = Climb(Objective, hill);

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

    private static (Vector<double> Top, Matrix<double> Covariance) Climb(Func<Vector<double>, double> objective, Vector<double> x)
    {
        for (var step = 0; ; step++)
        {
            var (gradient, hessian) = Derivatives(objective, x);
            var inverse = hessian.Inverse();
            if (hessian.Evd(Symmetricity.Symmetric).EigenValues.Any(v => !(v.Real > 0)))
            {
                throw new InvalidOperationException("the likelihood of these returns has no interior maximum: use a longer history or an exponentially weighted variance");
            }

            var move = inverse * gradient;
            if (step == NewtonSteps || move.InfinityNorm() < 1e-9)
            {
                return (x, inverse);
            }

            x -= move;
        }
    }

    // Central differences of fourth order: the estimate is where the gradient is zero and its errors are the curvature there, and an error of second order would move the sixth digit of either.
    // The steps are wide enough that the rounding of a log-likelihood of some thousand terms does not.
    private static (Vector<double> Gradient, Matrix<double> Hessian) Derivatives(Func<Vector<double>, double> f, Vector<double> x)
    {
        var steps = x.Map(v => 5e-4 * Math.Max(0.05, Math.Abs(v)));
        double At(int i, double a, int k, double b)
        {
            var moved = x.Clone();
            moved[i] += a * steps[i];
            moved[k] += b * steps[k];
            return f(moved);
        }

        double Slope(int i, double width) => (At(i, width, i, 0) - At(i, -width, i, 0)) / (2 * width * steps[i]);
        double Curvature(int i, int k, double width) => i == k
            ? (At(i, width, i, 0) - (2 * f(x)) + At(i, -width, i, 0)) / (width * width * steps[i] * steps[i])
            : (At(i, width, k, width) - At(i, width, k, -width) - At(i, -width, k, width) + At(i, -width, k, -width)) / (4 * width * width * steps[i] * steps[k]);
        return (
            Vector<double>.Build.Dense(x.Count, i => ((4 * Slope(i, 1)) - Slope(i, 2)) / 3),
            Matrix<double>.Build.Dense(x.Count, x.Count, (i, k) => ((4 * Curvature(i, k, 1)) - Curvature(i, k, 2)) / 3));
    }
}
