using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Simulation;

/// <summary>Draws joint moves from a <see cref="MarketModel"/>. The same seed gives the same paths on one platform: what logarithms and cosines are rounded to is the library's.</summary>
public static class MonteCarlo
{
    private const double FactorLeast = 0.2;
    private const double FactorMost = 5;

    /// <summary>Draws scenarios at a horizon.</summary>
    /// <exception cref="ArgumentException">The model's sizes do not agree, its correlations are none, or its degrees of freedom are 2 or less.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static MarketPaths Draw(MarketModel model, double horizonYears, int scenarios, int seed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(scenarios, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizonYears);
        var markets = model.Volatilities.Count;
        var lower = Factor(model, markets);
        var random = new Random(seed);
        var spare = double.NaN;
        double Gaussian()
        {
            if (!double.IsNaN(spare))
            {
                (var kept, spare) = (spare, double.NaN);
                return kept;
            }

            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
            spare = radius * sin;
            return radius * cos;
        }

        var chiSquare = new ChiSquared(model.CopulaDegrees, random);
        var unit = Math.Sqrt((model.MarginDegrees - 2) / model.MarginDegrees);
        var sameDegrees = Math.Abs(model.CopulaDegrees - model.MarginDegrees) < 1e-12;
        var root = Math.Sqrt(horizonYears);
        var moves = Enumerable.Range(0, markets).Select(_ => new double[scenarios]).ToArray();
        var factors = Enumerable.Range(0, markets).Select(_ => new double[scenarios]).ToArray();
        var z = new double[markets];
        for (var s = 0; s < scenarios; s++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < markets; i++)
            {
                z[i] = Gaussian();
            }

            var mixing = Math.Sqrt(model.CopulaDegrees / chiSquare.Sample());
            var jumps = model.Jumps.PerYear > 0 ? Poisson.Sample(random, model.Jumps.PerYear * horizonYears) : 0;
            var jump = jumps == 0 ? 0 : (jumps * model.Jumps.Mean) + (Math.Sqrt(jumps) * model.Jumps.Deviation * Gaussian());
            for (var i = 0; i < markets; i++)
            {
                double t = 0;
                for (var j = 0; j <= i; j++)
                {
                    t += lower[i, j] * z[j];
                }

                t *= mixing;

                // Copula and margin of the same law need no detour over ranks.
                var margin = sameDegrees ? t : StudentT.InvCDF(0, 1, model.MarginDegrees, Math.Clamp(StudentT.CDF(0, 1, model.CopulaDegrees, t), 1e-12, 1 - 1e-12));
                var deviation = model.Volatilities[i] * root;
                moves[i][s] = (deviation * unit * margin) + jump - (deviation * deviation / 2);
                var relative = deviation > 0 ? moves[i][s] / deviation : 0;
                factors[i][s] = Math.Clamp(Math.Exp((-model.VolatilityLeverage * relative) + (model.VolatilityNoise * Gaussian())), FactorLeast, FactorMost);
            }
        }

        return new MarketPaths(moves, factors);
    }

    private static Matrix<double> Factor(MarketModel model, int markets)
    {
        if (model.Correlation.RowCount != markets || model.Correlation.ColumnCount != markets)
        {
            throw new ArgumentException($"{markets} markets need {markets} × {markets} correlations: give as many", nameof(model));
        }

        if (!(model.CopulaDegrees > 2 && model.MarginDegrees > 2))
        {
            throw new ArgumentException($"{Math.Min(model.CopulaDegrees, model.MarginDegrees)} degrees of freedom have no variance: give more than 2", nameof(model));
        }

        var eigen = model.Correlation.Evd(Symmetricity.Symmetric);
        if (eigen.EigenValues.Any(v => v.Real < -1e-9))
        {
            throw new ArgumentException("the correlations are none: the matrix has a negative eigenvalue", nameof(model));
        }

        // Correlations of exactly one have no Cholesky factor: a hair of independence gives them one.
        return (model.Correlation + (Matrix<double>.Build.DenseIdentity(markets) * 1e-10)).Cholesky().Factor;
    }
}
