namespace OnchainMargin.Models.Backtesting;

/// <summary>What a backtest does.</summary>
public sealed record BacktestOptions
{
    /// <summary>First moment that counts, unix seconds; what lies before only feeds models.</summary>
    public long From { get; init; }

    /// <summary>Last moment that counts.</summary>
    public long To { get; init; } = long.MaxValue;

    /// <summary>Three horizons, hours; the last is the one that tests and requirements are about.</summary>
    public IReadOnlyList<double> Horizons { get; init; } = [1, 4, 24];

    /// <summary>Every how many moments portfolios are taken.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Initial over maintenance margin.</summary>
    public long InitialFactorE8 { get; init; } = 130_000_000;

    /// <summary>The chance of a breach of maintenance margin over the last horizon that is tested.</summary>
    public double BreachChance { get; init; } = 0.005;

    /// <summary>The moments of a history that count.</summary>
    internal IEnumerable<int> Moments(IMarketHistory market) =>
        Enumerable.Range(0, market.Count).Where(i => market.Time(i) >= From && market.Time(i) <= To).Where((_, i) => i % Every == 0);
}
