using OnchainMargin.Models.Policy;
using OnchainMargin.Models.Tails;

namespace OnchainMargin.Models.Backtesting;

/// <summary>Looks whether basis and vega charges held what premiums, forwards and surfaces then did over the last horizon: the charge at the moment, the move after it.</summary>
public static class ChargeBacktest
{
    private const double Level = 0.995;
    private const double E8 = 1e8;

    /// <summary>Runs over the moments of a backtest. A charge of which a history records nothing has no result.</summary>
    public static IReadOnlyList<ChargeResult> Run(IMarketHistory market, IReadOnlyList<ParameterTrack> tracks, BacktestOptions options)
    {
        ArgumentNullException.ThrowIfNull(market);
        ArgumentNullException.ThrowIfNull(tracks);
        ArgumentNullException.ThrowIfNull(options);
        int[] moments = [.. options.Moments(market).Where(i => market.Ahead(i, options.Horizons[^1]) >= 0)];
        var results = new List<ChargeResult>();
        for (var u = 0; u < market.Underlyings.Count; u++)
        {
            var moves = moments.Select(i => (Then: market.Hour(u, i), Now: market.Hour(u, market.Ahead(i, options.Horizons[^1])))).ToArray();
            foreach (var track in tracks)
            {
                Add(results, market, u, track, moments, "basis", i => track.Parameters(u, moments[i]).BasisChargeE8 / E8, i => ChargeMoves.Basis(moves[i].Then, moves[i].Now, track.Parameters(u, moments[i]).BasisRateE8 / E8));
                Add(
                    results, market, u, track, moments, "vega", i => track.Parameters(u, moments[i]).VegaChargeE8 / E8,
                    i => ChargeMoves.Vega(moves[i].Then, moves[i].Now) / (track.Parameters(u, moments[i]).VolRangeE8 / E8));
            }
        }

        return results;
    }

    private static void Add(
        List<ChargeResult> results, IMarketHistory market, int underlying, ParameterTrack track, int[] moments, string name, Func<int, double> charge, Func<int, double?> needed)
    {
        var known = Enumerable.Range(0, moments.Length).Select(i => (Moment: moments[i], Charge: charge(i), Needed: needed(i))).Where(one => one.Needed is not null).ToArray();
        if (known.Length == 0)
        {
            return;
        }

        var worst = known.MaxBy(one => one.Needed);
        results.Add(new ChargeResult(
            market.Underlyings[underlying], name, track.Name, known.Length, known.Count(one => one.Needed > one.Charge), known.Average(one => one.Charge),
            EmpiricalTail.Estimate(known.Select(one => one.Needed!.Value).ToArray(), Level).ValueAtRisk, worst.Needed!.Value, market.Time(worst.Moment)));
    }
}
