using System.Globalization;
using OnchainMargin.Models.Coverage;

namespace OnchainMargin.Models.Backtesting;

/// <summary>What the observations of a portfolio come to.</summary>
internal static class BacktestStatistics
{
    private const long DaySeconds = 86_400;
    private const double EwmaDecayADay = 0.94;
    private const int EwmaBurnInDays = 10;
    private const double Bound = 1e-4;

    internal static PortfolioResult Of(string portfolio, string policy, long[] times, Observation[] observations, BacktestOptions options)
    {
        var last = options.Horizons.Count - 1;
        var breaches = options.Horizons.Select((hours, h) => Count(times, observations, h, hours)).ToArray();
        var known = Enumerable.Range(0, times.Length).Where(i => !double.IsNaN(observations[i].Loss(last))).ToArray();
        bool IsBreach(int i) => observations[i].Loss(last) > observations[i].Maintenance + 1e-12;
        var months = known.GroupBy(i => Text(times[i], "yyyy-MM"), StringComparer.Ordinal).Select(g => (Month: g.Key, Share: Share(g, IsBreach))).ToList();
        var worst = months.Count == 0 ? (Month: "", Share: 0) : months.MaxBy(m => m.Share);
        var spans = Spans(times, known, (long)(options.Horizons[last] * 3600));
        var (kupiec, independence, joint) = spans.Length > 1 ? CoverageTests.Of(spans.Select(IsBreach).ToArray(), options.BreachChance) : default;
        int liquidated = 0, needless = 0;
        foreach (var i in known)
        {
            for (var h = 0; h < last; h++)
            {
                if (observations[i].Initial - observations[i].Loss(h) < observations[i].Later(h))
                {
                    liquidated++;
                    needless += observations[i].Initial - observations[i].Loss(last) >= observations[i].Later(last) ? 1 : 0;
                    break;
                }
            }
        }

        var days = Days(times);
        var average = observations.Average(o => o.Maintenance);
        var standards = observations.Where(o => !double.IsNaN(o.Standard)).ToArray();
        var ewma = Ewma(times, observations, last, options.Horizons[last], known.Count(IsBreach));
        var ewmaDays = days.Where(i => !double.IsNaN(ewma[i])).ToArray();
        return new PortfolioResult
        {
            Portfolio = portfolio,
            Policy = policy,
            Breaches = breaches,
            ByYear = known.GroupBy(i => Text(times[i], "yyyy"), StringComparer.Ordinal).ToDictionary(g => g.Key, g => Share(g, IsBreach), StringComparer.Ordinal),
            WorstMonth = (worst.Month, worst.Share),
            Kupiec = kupiec,
            Independence = independence,
            Joint = joint,
            AverageMaintenance = average,
            AverageInitial = observations.Average(o => o.Initial),
            Saving = standards.Length == 0 ? 0 : 1 - (standards.Average(o => o.Maintenance) / standards.Average(o => o.Standard)),
            Requirement = Cycle([.. days.Select(i => observations[i].Maintenance)]),
            Ewma = Cycle([.. ewmaDays.Select(i => ewma[i])]),
            EwmaAverage = ewmaDays.Length == 0 ? 0 : ewmaDays.Average(i => ewma[i]),
            Liquidations = liquidated,
            NeedlessLiquidations = needless,
            Path = [.. days.Select(i => (times[i], observations[i].Maintenance))],
            EwmaPath = [.. ewmaDays.Select(i => (times[i], ewma[i]))],
            Losses = [.. days.Where(i => !double.IsNaN(observations[i].Loss(last))).Select(i => (times[i], observations[i].Loss(last)))],
        };
    }

    /// <summary>Peak to trough and the largest rises of a daily series.</summary>
    internal static Procyclicality Cycle(double[] daily)
    {
        if (daily.Length == 0)
        {
            return default;
        }

        double Rise(int days)
        {
            var most = 0.0;
            for (var i = 0; i < daily.Length; i++)
            {
                for (var j = i + 1; j <= Math.Min(i + days, daily.Length - 1); j++)
                {
                    most = Math.Max(most, (daily[j] / Math.Max(daily[i], Bound)) - 1);
                }
            }

            return most;
        }

        return new Procyclicality(daily.Max() / Math.Max(daily.Min(), Bound), Rise(1), Rise(5), Rise(30));
    }

    private static BreachCount Count(long[] times, Observation[] observations, int horizon, double hours)
    {
        int n = 0, maintenance = 0, initial = 0;
        double worst = 0;
        long when = 0;
        for (var i = 0; i < times.Length; i++)
        {
            var loss = observations[i].Loss(horizon);
            if (double.IsNaN(loss))
            {
                continue;
            }

            n++;
            initial += loss > observations[i].Initial + 1e-12 ? 1 : 0;
            var beyond = loss - observations[i].Maintenance;
            maintenance += beyond > 1e-12 ? 1 : 0;
            (worst, when) = beyond > Math.Max(worst, 1e-12) ? (beyond, times[i]) : (worst, when);
        }

        return new BreachCount(hours, n, maintenance, initial, worst, when);
    }

    /// <summary>
    /// A plain EWMA value at risk of the portfolio's own losses over the last horizon, known when they were, scaled so that it is breached as often as the requirement: the scale sees the
    /// future, which makes the comparison harder to win.
    /// </summary>
    private static double[] Ewma(long[] times, Observation[] observations, int horizon, double hours, int breaches)
    {
        var deviations = new double[times.Length];
        var ratios = new List<double>();
        double variance = 0;
        var past = 0;
        var step = times.Length > 1 ? (double)(times[^1] - times[0]) / (times.Length - 1) : DaySeconds;
        var decay = Math.Pow(EwmaDecayADay, step / DaySeconds);
        for (var i = 0; i < times.Length; i++)
        {
            while (times[past] + (hours * 3600) <= times[i])
            {
                var loss = observations[past].Loss(horizon);
                variance = double.IsNaN(loss) ? variance : past == 0 ? loss * loss : (decay * variance) + ((1 - decay) * loss * loss);
                past++;
            }

            var isWarm = times[i] - times[0] >= EwmaBurnInDays * DaySeconds || times[^1] - times[0] < 3 * EwmaBurnInDays * DaySeconds;
            deviations[i] = past > 0 && isWarm ? Math.Sqrt(variance) : double.NaN;
            var next = observations[i].Loss(horizon);
            if (deviations[i] > 0 && !double.IsNaN(next))
            {
                ratios.Add(next / deviations[i]);
            }
        }

        ratios.Sort();
        var scale = ratios.Count == 0 ? 0 : Math.Max(0, ratios[Math.Max(0, ratios.Count - 1 - breaches)]);
        return Array.ConvertAll(deviations, d => d * scale);
    }

    private static int[] Spans(long[] times, int[] known, long seconds)
    {
        var spans = new List<int>();
        foreach (var i in known)
        {
            if (spans.Count == 0 || times[i] - times[spans[^1]] >= seconds)
            {
                spans.Add(i);
            }
        }

        return [.. spans];
    }

    private static int[] Days(long[] times)
    {
        var days = new List<int>();
        for (var i = 0; i < times.Length; i++)
        {
            if (days.Count == 0 || times[i] / DaySeconds != times[days[^1]] / DaySeconds)
            {
                days.Add(i);
            }
        }

        return [.. days];
    }

    private static double Share(IEnumerable<int> items, Func<int, bool> holds)
    {
        int all = 0, some = 0;
        foreach (var i in items)
        {
            all++;
            some += holds(i) ? 1 : 0;
        }

        return all == 0 ? 0 : (double)some / all;
    }

    private static string Text(long seconds, string format) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString(format, CultureInfo.InvariantCulture);
}
