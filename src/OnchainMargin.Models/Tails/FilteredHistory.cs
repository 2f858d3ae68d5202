using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Tails;

/// <summary>
/// Filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper, 1999): past returns divided by the variance that was forecast for them, drawn anew and carried
/// forward through the variance recursion from today's variance.
/// </summary>
public sealed class FilteredHistory
{
    private const int FewestReturns = 30;

    private readonly GjrParameters _model;
    private readonly double[] _residuals;

    /// <summary>Filters returns in order of time. An EWMA is the model ω ≈ 0, α = 1 − λ, γ = 0, β = λ; it may be given here although it has no long-run variance.</summary>
    /// <exception cref="ArgumentException">Fewer than 30 returns.</exception>
    public FilteredHistory(ReadOnlySpan<double> returns, GjrParameters model)
    {
        if (returns.Length < FewestReturns)
        {
            throw new ArgumentException($"{returns.Length} returns are too few to filter: give at least {FewestReturns}", nameof(returns));
        }

        _model = model;
        _residuals = new double[returns.Length];
        double variance = 0;
        foreach (var r in returns[..FewestReturns])
        {
            variance += (r - model.Mean) * (r - model.Mean) / FewestReturns;
        }

        for (var i = 0; i < returns.Length; i++)
        {
            _residuals[i] = (returns[i] - model.Mean) / Math.Sqrt(Math.Max(variance, 1e-300));
            variance = model.NextVariance(variance, returns[i]);
        }

        NextVariance = variance;
    }

    /// <summary>The variance forecast for the period after the last return.</summary>
    public double NextVariance { get; }

    /// <summary>The filtered returns.</summary>
    public ReadOnlySpan<double> Residuals => _residuals;

    /// <summary>Sums of returns over a horizon.</summary>
    public double[] Simulate(int periods, int paths, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(periods, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(paths, 1);
        var random = new Random(seed);
        var sums = new double[paths];
        for (var path = 0; path < paths; path++)
        {
            var variance = NextVariance;
            for (var i = 0; i < periods; i++)
            {
                var r = _model.Mean + (Math.Sqrt(variance) * _residuals[random.Next(_residuals.Length)]);
                sums[path] += r;
                variance = _model.NextVariance(variance, r);
            }
        }

        return sums;
    }
}
