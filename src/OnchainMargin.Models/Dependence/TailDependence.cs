using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace OnchainMargin.Models.Dependence;

/// <summary>How often two markets crash together: measured, and in a Student-t copula.</summary>
public static class TailDependence
{
    private const double DegreesLeast = 2.1;
    private const double DegreesMost = 60;

    /// <summary>The share of the worst falls of the first series that are among the worst of the second: P(U₂ ≤ q | U₁ ≤ q) by ranks.</summary>
    public static double Lower(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double quantile)
    {
        var (u, v) = Ranks(x, y);
        int first = 0, both = 0;
        for (var i = 0; i < u.Length; i++)
        {
            first += u[i] <= quantile ? 1 : 0;
            both += u[i] <= quantile && v[i] <= quantile ? 1 : 0;
        }

        return first == 0
            ? throw new ArgumentException($"no rank lies under {quantile}: give a larger quantile or more returns", nameof(quantile))
            : (double)both / first;
    }

    /// <summary>The same of the best rises.</summary>
    public static double Upper(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double quantile)
    {
        var minusX = new double[x.Length];
        var minusY = new double[y.Length];
        for (var i = 0; i < x.Length; i++)
        {
            minusX[i] = -x[i];
        }

        for (var i = 0; i < y.Length; i++)
        {
            minusY[i] = -y[i];
        }

        return Lower(minusX, minusY, quantile);
    }

    /// <summary>The limit of both in a Student-t copula: 2·T<sub>ν+1</sub>(−√((ν + 1)(1 − ρ)/(1 + ρ))).</summary>
    public static double OfStudent(double correlation, double degrees) =>
        2 * StudentT.CDF(0, 1, degrees + 1, -Math.Sqrt((degrees + 1) * (1 - correlation) / (1 + correlation)));

    /// <summary>Degrees of freedom of a Student-t copula by maximum pseudo-likelihood, its correlation from Kendall's τ; between 2.1 and 60, where it is as good as Gaussian.</summary>
    public static double FitDegrees(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var correlation = Math.Clamp(Correlations.FromKendall(Correlations.Kendall(x, y)), -0.999, 0.999);
        var (u, v) = Ranks(x, y);
        return FindMinimum.OfScalarFunctionConstrained(d => -LogLikelihood(u, v, correlation, Math.Clamp(d, DegreesLeast, DegreesMost)), DegreesLeast, DegreesMost, 1e-3, 200);
    }

    private static double LogLikelihood(double[] u, double[] v, double correlation, double degrees)
    {
        var remainder = 1 - (correlation * correlation);
        var constant = SpecialFunctions.GammaLn((degrees + 2) / 2) + SpecialFunctions.GammaLn(degrees / 2) - (2 * SpecialFunctions.GammaLn((degrees + 1) / 2)) - (0.5 * Math.Log(remainder));
        double sum = 0;
        for (var i = 0; i < u.Length; i++)
        {
            var a = StudentT.InvCDF(0, 1, degrees, u[i]);
            var b = StudentT.InvCDF(0, 1, degrees, v[i]);
            var joint = ((a * a) - (2 * correlation * a * b) + (b * b)) / (degrees * remainder);
            sum += constant - ((degrees + 2) / 2 * Math.Log(1 + joint)) + ((degrees + 1) / 2 * (Math.Log(1 + (a * a / degrees)) + Math.Log(1 + (b * b / degrees))));
        }

        return sum;
    }

    private static (double[] U, double[] V) Ranks(ReadOnlySpan<double> x, ReadOnlySpan<double> y) =>
        x.Length == y.Length && x.Length > 1
            ? (RanksOf(x), RanksOf(y))
            : throw new ArgumentException($"series of {x.Length} and {y.Length} returns cannot be ranked together: give two of the same length, at least 2", nameof(x));

    private static double[] RanksOf(ReadOnlySpan<double> values)
    {
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(values.ToArray(), order);
        var ranks = new double[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            ranks[order[i]] = (i + 1.0) / (order.Length + 1);
        }

        return ranks;
    }
}
