using OnchainMargin.Models.Data;
using OnchainMargin.Models.Dependence;
using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Simulation;

/// <summary>A <see cref="MarketModel"/> from candles: what the last years say of volatility, fat tails and of falling together.</summary>
public static class ModelFit
{
    private const double DaySeconds = 86_400;
    private const double DecayADay = 0.94;
    private const int MostDays = 3 * 365;
    private const int FewestDays = 60;
    private const double KurtosisFloor = 0.1;
    private const double MostMarginDegrees = 30;

    /// <summary>
    /// Fits to the days that all files share, at most the last three years. Volatility is exponentially weighted (λ = 0.94 a day); correlation Pearson's, moved a part of the way towards one;
    /// the copula's degrees of freedom by pseudo-likelihood of the first two, 4 for one market; those of the margins by kurtosis, 4 + 6/k of an excess of k, over 4 and at most 30.
    /// </summary>
    /// <exception cref="DataFileException">Fewer than 60 days in common.</exception>
    public static MarketModel Of(IReadOnlyList<PriceFile> files, double stress)
    {
        ArgumentNullException.ThrowIfNull(files);
        var start = files.Max(f => f.Bars[0].Time);
        var end = files.Min(f => f.Bars[^1].Time);
        var returns = files.Select(f => Daily(f, start, end)).ToList();
        if (returns[0].Length < FewestDays)
        {
            throw new DataFileException($"The price files share {returns[0].Length} days: give files that overlap for at least {FewestDays}.");
        }

        var volatilities = returns.Select(r => Math.Sqrt(r.Aggregate(r.Average(x => x * x), (v, x) => Ewma.Next(v, x, DecayADay)) * 365)).ToArray();
        var correlation = Correlations.Matrix(returns);
        return new MarketModel
        {
            Volatilities = volatilities,
            Correlation = Correlations.StressedTowardsOne(correlation, stress),
            CopulaDegrees = returns.Count > 1 ? TailDependence.FitDegrees(returns[0], returns[1]) : 4,
            MarginDegrees = Math.Min(4 + (6 / Math.Max(returns.Average(ExcessKurtosis), KurtosisFloor)), MostMarginDegrees),
        };
    }

    private static double[] Daily(PriceFile file, long start, long end)
    {
        var closes = file.Bars.Where(b => b.Time >= start && b.Time <= end && (b.Time - start) % (long)DaySeconds == 0).Select(b => Math.Log(b.Bar.Close)).ToArray();
        var returns = new double[Math.Max(closes.Length - 1, 0)];
        for (var i = 0; i < returns.Length; i++)
        {
            returns[i] = closes[i + 1] - closes[i];
        }

        return returns.Length > MostDays ? returns[^MostDays..] : returns;
    }

    private static double ExcessKurtosis(double[] returns)
    {
        var mean = returns.Average();
        var variance = returns.Average(r => (r - mean) * (r - mean));
        return (returns.Average(r => Math.Pow(r - mean, 4)) / (variance * variance)) - 3;
    }
}
