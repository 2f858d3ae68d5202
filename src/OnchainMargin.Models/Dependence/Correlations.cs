using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Dependence;

/// <summary>How series of returns move together: over the whole sample, by rank, and lately.</summary>
public static class Correlations
{
    /// <summary>Pearson's correlation.</summary>
    /// <exception cref="ArgumentException">Series of different or too small length, or one without variance.</exception>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        double meanX = 0, meanY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            meanX += x[i] / x.Length;
            meanY += y[i] / x.Length;
        }

        double xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }

        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : throw new ArgumentException("a series that never moves has no correlation: drop it", nameof(x));
    }

    /// <summary>Kendall's τ-a: concordant less discordant pairs, over all pairs.</summary>
    public static double Kendall(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        long balance = 0;
        for (var i = 1; i < x.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                balance += Math.Sign((x[i] - x[j]) * (y[i] - y[j]));
            }
        }

        return balance / (0.5 * x.Length * (x.Length - 1));
    }

    /// <summary>The correlation of an elliptical distribution with this τ: sin(½πτ).</summary>
    public static double FromKendall(double tau) => Math.Sin(Math.PI * tau / 2);

    /// <summary>The correlation after each pair of returns, exponentially weighted, without means.</summary>
    public static double[] Ewma(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double decay)
    {
        Check(x, y);
        if (!(decay > 0 && decay < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "the decay of an exponentially weighted correlation lies between 0 and 1");
        }

        var correlations = new double[x.Length];
        double xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xx = (decay * xx) + ((1 - decay) * x[i] * x[i]);
            yy = (decay * yy) + ((1 - decay) * y[i] * y[i]);
            xy = (decay * xy) + ((1 - decay) * x[i] * y[i]);
            correlations[i] = xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : 0;
        }

        return correlations;
    }

    /// <summary>Correlations of several series of equal length.</summary>
    public static Matrix<double> Matrix(IReadOnlyList<double[]> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return Matrix<double>.Build.Dense(series.Count, series.Count, (i, j) => i == j ? 1 : Pearson(series[i], series[j]));
    }

    /// <summary>Every correlation moved a part of the way towards one, as in a crash: (1 − part)·C + part·1. Stays a correlation matrix for any part from 0 to 1.</summary>
    public static Matrix<double> StressedTowardsOne(Matrix<double> correlations, double part)
    {
        ArgumentNullException.ThrowIfNull(correlations);
        return part is >= 0 and <= 1
            ? correlations.Map(c => ((1 - part) * c) + part)
            : throw new ArgumentOutOfRangeException(nameof(part), part, "correlations are moved by a part of the way between 0 and 1");
    }

    private static void Check(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length || x.Length < 2)
        {
            throw new ArgumentException($"series of {x.Length} and {y.Length} returns cannot be compared: give two of the same length, at least 2", nameof(x));
        }
    }
}
