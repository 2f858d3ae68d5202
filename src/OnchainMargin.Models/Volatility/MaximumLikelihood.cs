using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace OnchainMargin.Models.Volatility;

/// <summary>The top of a likelihood and the curvature there: Nelder-Mead finds the hill, Newton's steps its top.</summary>
internal static class MaximumLikelihood
{
    private const int NewtonSteps = 20;
    private const int SearchSteps = 5000;

    /// <summary>Minimises a negative log-likelihood.</summary>
    /// <exception cref="InvalidOperationException">There is no interior maximum.</exception>
    internal static (Vector<double> Top, Matrix<double> Covariance) Find(Func<Vector<double>, double> objective, Vector<double> start)
    {
        try
        {
            Vector<double> hill = NelderMeadSimplex.Minimum(ObjectiveFunction.Value(objective), start, 1e-8, SearchSteps).MinimizingPoint;
            return Climb(objective, hill);
        }
        catch (MaximumIterationsException exception)
        {
            throw new InvalidOperationException("the likelihood of these returns is too flat to climb: use a longer history or an exponentially weighted variance", exception);
        }
    }

    private static (Vector<double> Top, Matrix<double> Covariance) Climb(Func<Vector<double>, double> objective, Vector<double> x)
    {
        for (var step = 0; ; step++)
        {
            var (gradient, hessian) = Derivatives(objective, x);
            if (!hessian.Enumerate().All(double.IsFinite) || hessian.Evd(Symmetricity.Symmetric).EigenValues.Any(v => !(v.Real > 0)))
            {
                throw new InvalidOperationException("the likelihood of these returns has no interior maximum: use a longer history or an exponentially weighted variance");
            }

            var inverse = hessian.Inverse();
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
