using System.Globalization;
using OnchainMargin.Cli.Text;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Cli.Surfaces;

/// <summary>What a run of fits came to.</summary>
internal static class SurfaceReport
{
    private const double DayYears = 1 / 365.0;
    private const double Widened = 0.005;
    private const int ParityShown = 12;

    /// <summary>Every expiry as JSON.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyList<SurfaceRun> runs) => Reply.WriteJson(output, new
    {
        summary = runs.GroupBy(r => (r.File, r.Surface.Underlying)).Select(g => Summary($"{g.Key.File} {g.Key.Underlying}", [.. g])).Append(Summary("all", runs)),
        surfaces = runs.Select(r => new
        {
            file = r.File,
            underlying = r.Surface.Underlying,
            time = Time(r.Surface.Time),
            spot = r.Surface.Spot,
            quotes = r.Quotes,
            milliseconds = r.Milliseconds,
            expiries = r.Surface.Expiries.Select((e, i) => new
            {
                expiry = Day(e.Expiry),
                e.Years,
                e.Forward,
                svi = new { a = e.Slice.A, b = e.Slice.B, rho = e.Slice.Rho, m = e.Slice.M, sigma = e.Slice.Sigma },
                strikes = e.Points.Count,
                rmsVolPointsByVega = 100 * e.RmsByVega,
                rmsVolPointsByVegaBefore = 100 * e.RawRmsByVega,
                rmsVolPoints = 100 * e.RmsPlain,
                inside = e.Inside(0),
                insideWidened = e.Inside(Widened),
                freeOfButterfliesBefore = e.RawFreeOfButterflies,
                freeOfCalendarsBefore = e.RawFreeOfCalendars,
                freeOfButterflies = e.Slice.IsFreeOfButterflies,
                freeOfCalendars = i == 0 || SurfaceFit.IsFreeOfCalendars(r.Surface.Expiries[i - 1], e),
            }),
            parity = r.Surface.Parity.Select(p => new { expiry = Day(p.Expiry), p.Strikes, p.Outside, p.ForwardDeviation, p.WorstStrike, p.WorstDeviation, flagged = p.IsFlagged }),
        }),
    });

    /// <summary>A summary for people.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<SurfaceRun> runs)
    {
        string[] headings =
        [
            "chain", "surfaces", "expiries > 1 d", "median RMS by vega", "median RMS plain", "inside quotes", "inside + 0.5", "no butterfly before", "no calendar before", "free after", "median ms", "max ms",
        ];
        var groups = runs.GroupBy(r => $"{r.File} {r.Surface.Underlying}", StringComparer.Ordinal).Select(g => (g.Key, Runs: (IReadOnlyList<SurfaceRun>)[.. g])).ToList();
        groups.Add(("all", runs));
        Reply.WriteTable(output, headings, [.. groups.Select(g => Row(Summary(g.Key, g.Runs)))]);
        var flagged = runs.SelectMany(r => r.Surface.Parity.Where(p => p.IsFlagged).Select(p => (r, p))).ToList();
        output.WriteLine();
        output.WriteLine($"Put-call parity: {flagged.Count} of {runs.Sum(r => r.Surface.Parity.Count)} expiries flagged.");
        foreach (var (run, p) in flagged.OrderByDescending(f => f.p.WorstDeviation).Take(ParityShown))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {run.Surface.Underlying} {Time(run.Surface.Time)} expiry {Day(p.Expiry)}: {p.Outside} of {p.Strikes} strikes outside, implied forward {100 * p.ForwardDeviation:+0.00;-0.00} %, worst {100 * p.WorstDeviation:F2} % at {p.WorstStrike}"));
        }
    }

    private static SurfaceSummary Summary(string name, IReadOnlyList<SurfaceRun> runs)
    {
        var all = runs.SelectMany(r => r.Surface.Expiries.Select((e, i) => (e, Before: i == 0 ? null : r.Surface.Expiries[i - 1]))).ToList();
        var longer = all.Where(p => p.e.Years > DayYears).Select(p => p.e).ToList();
        var strikes = longer.Sum(e => e.Points.Count);
        return new SurfaceSummary
        {
            Name = name,
            Surfaces = runs.Count,
            Expiries = longer.Count,
            MedianRmsByVega = 100 * Quantile(longer.Select(e => e.RmsByVega), 0.5),
            MedianRms = 100 * Quantile(longer.Select(e => e.RmsPlain), 0.5),
            Inside = (double)longer.Sum(e => e.Inside(0)) / Math.Max(strikes, 1),
            InsideWidened = (double)longer.Sum(e => e.Inside(Widened)) / Math.Max(strikes, 1),
            NoButterflyBefore = Share(all, p => p.e.RawFreeOfButterflies),
            NoCalendarBefore = Share(all, p => p.e.RawFreeOfCalendars),
            FreeAfter = Share(all, p => p.e.Slice.IsFreeOfButterflies && (p.Before is null || SurfaceFit.IsFreeOfCalendars(p.Before, p.e))),
            MedianMilliseconds = Quantile(runs.Select(r => r.Milliseconds), 0.5),
            NinetiethMilliseconds = Quantile(runs.Select(r => r.Milliseconds), 0.9),
            MostMilliseconds = runs.Count == 0 ? 0 : runs.Max(r => r.Milliseconds),
        };
    }

    private static string[] Row(SurfaceSummary s) =>
    [
        s.Name, Text($"{s.Surfaces}"), Text($"{s.Expiries}"), Text($"{s.MedianRmsByVega:F2}"), Text($"{s.MedianRms:F2}"), Text($"{100 * s.Inside:F1} %"), Text($"{100 * s.InsideWidened:F1} %"),
        Text($"{100 * s.NoButterflyBefore:F1} %"), Text($"{100 * s.NoCalendarBefore:F1} %"), Text($"{100 * s.FreeAfter:F1} %"), Text($"{s.MedianMilliseconds:F2}"), Text($"{s.MostMilliseconds:F2}"),
    ];

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static double Share<T>(List<T> items, Func<T, bool> holds) => items.Count == 0 ? 1 : (double)items.Count(holds) / items.Count;

    private static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[(int)(part * (sorted.Length - 1))];
    }

    private static string Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Day(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
