using MathNet.Numerics.LinearAlgebra;
using OnchainMargin.Models.Dependence;
using OnchainMargin.Models.Simulation;

namespace OnchainMargin.Models.Tests.Dependence;

public sealed class DependenceTests
{
    private static readonly Matrix<double> Seventy = Matrix<double>.Build.DenseOfArray(new[,] { { 1, 0.7 }, { 0.7, 1 } });

    [Fact]
    public void Pearson_KnownSeries_IsItsCorrelation()
    {
        Assert.Equal(0.8, Correlations.Pearson([1, 2, 3, 4], [1, 3, 2, 4]), 1e-12);
        Assert.Equal(-1, Correlations.Pearson([1, 2, 3], [3, 2, 1]), 1e-12);
        Assert.Throws<ArgumentException>(() => Correlations.Pearson([1, 1], [1, 2]));
    }

    [Fact]
    public void Kendall_OneSwap_IsTwoThirds() => Assert.Equal(2.0 / 3, Correlations.Kendall([1, 2, 3, 4], [1, 3, 2, 4]), 1e-12);

    [Fact]
    public void StressedTowardsOne_AnyPart_StaysACorrelationMatrix()
    {
        var c = Matrix<double>.Build.DenseOfArray(new[,] { { 1, 0.3, -0.6 }, { 0.3, 1, 0.1 }, { -0.6, 0.1, 1 } });
        foreach (var part in (double[])[0, 0.25, 0.5, 1])
        {
            var stressed = Correlations.StressedTowardsOne(c, part);
            Assert.All(stressed.Diagonal(), d => Assert.Equal(1, d, 1e-15));
            Assert.All(stressed.Evd(Symmetricity.Symmetric).EigenValues, v => Assert.True(v.Real > -1e-12));
            Assert.Equal(part + ((1 - part) * -0.6), stressed[0, 2], 1e-15);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Correlations.StressedTowardsOne(c, 1.1));
    }

    [Fact]
    public void MonteCarlo_StudentCopula_HasItsCorrelationTailsAndVolatility()
    {
        var model = new MarketModel { Volatilities = [0.6, 0.8], Correlation = Seventy, CopulaDegrees = 3, MarginDegrees = 3, VolatilityNoise = 0 };
        var paths = MonteCarlo.Draw(model, 1.0 / 365, 40_000, 11);

        // Kendall over 2,000 of them has a standard error of 1 %.
        var tau = Correlations.Kendall(paths.LogMoves[0].AsSpan(0, 2000), paths.LogMoves[1].AsSpan(0, 2000));
        Assert.Equal(0.7, Correlations.FromKendall(tau), 0.05);

        // The empirical share at 1 % lies above its limit, which is 0.40 here; a Gaussian copula would have 0.2 there.
        var tail = TailDependence.Lower(paths.LogMoves[0], paths.LogMoves[1], 0.01);
        Assert.Equal(0.448, TailDependence.OfStudent(0.7, 3), 1e-3);
        Assert.InRange(tail, 0.38, 0.58);
        Assert.Equal(0.6 / Math.Sqrt(365), Deviation(paths.LogMoves[0]), 0.006);
        Assert.All(paths.LogMoves[0].Zip(paths.VolatilityFactors[0]).Take(100), p => Assert.Equal(p.First < 0, p.Second > 1));
    }

    [Fact]
    public void MonteCarlo_Jumps_FallTogether()
    {
        var model = new MarketModel { Volatilities = [0.01, 0.01], Correlation = Matrix<double>.Build.DenseIdentity(2), Jumps = new JumpModel(36.5, -0.2, 0) };
        var paths = MonteCarlo.Draw(model, 1.0 / 365, 20_000, 2);
        var fallen = paths.LogMoves[0].Count(m => m < -0.1);
        Assert.Equal(0.0952 * 20_000, fallen, 4 * Math.Sqrt(0.0952 * 20_000));
        Assert.Equal(fallen, paths.LogMoves[0].Zip(paths.LogMoves[1]).Count(p => p.First < -0.1 && p.Second < -0.1));
    }

    [Fact]
    public void MonteCarlo_SameSeed_SamePaths()
    {
        var model = new MarketModel { Volatilities = [0.6, 0.8], Correlation = Seventy, MarginDegrees = 5 };
        Assert.Equal(MonteCarlo.Draw(model, 0.1, 50, 3).LogMoves[1], MonteCarlo.Draw(model, 0.1, 50, 3).LogMoves[1]);
    }

    [Fact]
    public void MonteCarlo_NoCorrelationMatrix_IsRefused()
    {
        var wrong = Matrix<double>.Build.DenseOfArray(new[,] { { 1, 1.5 }, { 1.5, 1 } });
        Assert.Throws<ArgumentException>(() => MonteCarlo.Draw(new MarketModel { Volatilities = [1, 1], Correlation = wrong }, 1, 1, 1));
    }

    [Fact]
    public void FitDegrees_SimulatedCopula_FindsThem()
    {
        var fat = MonteCarlo.Draw(new MarketModel { Volatilities = [0.6, 0.8], Correlation = Seventy, CopulaDegrees = 3, MarginDegrees = 6 }, 0.01, 1500, 4);
        var thin = MonteCarlo.Draw(new MarketModel { Volatilities = [0.6, 0.8], Correlation = Seventy, CopulaDegrees = 40, MarginDegrees = 6 }, 0.01, 1500, 4);
        Assert.InRange(TailDependence.FitDegrees(fat.LogMoves[0], fat.LogMoves[1]), 2.3, 4.2);
        Assert.True(TailDependence.FitDegrees(thin.LogMoves[0], thin.LogMoves[1]) > 12);
    }

    [Fact]
    public void Lower_PerfectDependence_IsOne()
    {
        double[] x = [.. Enumerable.Range(0, 100).Select(i => (double)i)];
        Assert.Equal(1, TailDependence.Lower(x, x, 0.1));
        Assert.Equal(1, TailDependence.Upper(x, x, 0.1));
        Assert.Equal(0, TailDependence.Lower(x, [.. x.Reverse()], 0.1));
    }

    [Fact]
    public void Ewma_JumpInDependence_IsFollowed()
    {
        var random = new Random(6);
        double[] x = [.. Enumerable.Range(0, 1000).Select(_ => random.NextDouble() - 0.5)];
        double[] y = [.. x.Select((v, i) => i < 500 ? random.NextDouble() - 0.5 : v)];
        var correlations = Correlations.Ewma(x, y, 0.97);
        Assert.InRange(correlations[499], -0.5, 0.5);
        Assert.True(correlations[^1] > 0.99);
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / values.Length);
    }
}
