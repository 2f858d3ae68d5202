using OnchainMargin.Margin;

namespace OnchainMargin.Models.Backtesting;

/// <summary>
/// Margins portfolios with the protocol's own integer engine at every moment of a history, and looks ahead only to see what was lost. Requirements at a moment rest on prices, surfaces and
/// parameters up to it.
/// </summary>
public static class Backtest
{
    private const int StandardEvery = 24;

    /// <summary>Runs all portfolios under all sets of parameters.</summary>
    /// <exception cref="ArgumentException">No moment of the history lies in the span.</exception>
    public static IReadOnlyList<PortfolioResult> Run(
        IMarketHistory market, IReadOnlyList<BacktestPortfolio> portfolios, IReadOnlyList<ParameterTrack> tracks, BacktestOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(market);
        ArgumentNullException.ThrowIfNull(portfolios);
        ArgumentNullException.ThrowIfNull(tracks);
        ArgumentNullException.ThrowIfNull(options);
        int[] moments = [.. options.Moments(market)];
        if (moments.Length < 2)
        {
            throw new ArgumentException("the history has fewer than two moments between --from and --to: widen the span", nameof(options));
        }

        var observations = tracks.Select(_ => portfolios.Select(_ => new Observation[moments.Length]).ToArray()).ToArray();
        Parallel.For(0, moments.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
            Observe(market, portfolios, tracks, options, moments[i], i, observations));
        var times = Array.ConvertAll(moments, market.Time);
        return
        [
            .. tracks.SelectMany((track, t) => portfolios.Select((p, j) => BacktestStatistics.Of(p.Name, track.Name, times, observations[t][j], options))),
        ];
    }

    private static void Observe(
        IMarketHistory market, IReadOnlyList<BacktestPortfolio> portfolios, IReadOnlyList<ParameterTrack> tracks, BacktestOptions options, int moment, int place, Observation[][][] observations)
    {
        var held = portfolios.Select(p => p.At(market, moment)).ToArray();
        var expiries = Enumerable.Range(0, market.Underlyings.Count).Select(_ => new SortedSet<uint>()).ToArray();
        foreach (var position in held.SelectMany(h => h.State.Positions).Where(p => p.Instrument.Expiry != 0))
        {
            expiries[position.Instrument.Underlying - 1].Add(position.Instrument.Expiry);
        }

        var ahead = options.Horizons.Select(h => market.Ahead(moment, h)).ToArray();
        for (var t = 0; t < tracks.Count; t++)
        {
            var view = tracks[t].View(market, moment, expiries, options.InitialFactorE8);
            var later = ahead.Select(a => a < 0 ? null : tracks[t].View(market, a, expiries, options.InitialFactorE8)).ToArray();
            for (var j = 0; j < held.Length; j++)
            {
                Observe(held[j], view, later, place % StandardEvery == 0, ref observations[t][j][place]);
            }
        }
    }

    private static void Observe(
        HeldPortfolio held, CheckpointView view, CheckpointView?[] later, bool standard, ref Observation observation)
    {
        Span<Balance> balances = stackalloc Balance[held.SpotUnits.Length];
        var count = 0;
        for (var u = 0; u < held.SpotUnits.Length; u++)
        {
            if (held.SpotUnits[u] > 0)
            {
                balances[count++] = new Balance((ushort)(u + 1), (UInt128)held.SpotUnits[u]);
            }
        }

        // A leg is about a hundred thousand: that is the notional, whatever the portfolio nets to.
        const double Notional = 100_000 * Units.E8;
        var figures = MarginEngine.Compute(held.State, balances[..count], view);
        observation.Maintenance = (double)figures.MaintenanceE8 / Notional;
        observation.Initial = (double)figures.InitialE8 / Notional;
        observation.Standard = standard ? (double)MarginEngine.Standard(held.State, balances[..count], view) / Notional : double.NaN;
        for (var h = 0; h < later.Length; h++)
        {
            if (later[h] is not { } then)
            {
                observation.Set(h, double.NaN, double.NaN);
                continue;
            }

            var after = MarginEngine.Compute(held.State, balances[..count], then);
            observation.Set(h, (double)(figures.EquityE8 - after.EquityE8) / Notional, (double)after.MaintenanceE8 / Notional);
        }
    }
}
