using System.Globalization;
using OnchainMargin.Cli.Plots;
using OnchainMargin.Cli.Text;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Cli.Surfaces;

/// <summary>Plots of quotes against fit.</summary>
internal static class SurfacePlots
{
    private const int Shown = 4;
    private const int Steps = 80;
    private const double DayYears = 1 / 365.0;
    private const double Percent = 100;

    /// <summary>Writes a plot of the best, the middle and the worst surface of each underlying, and a page with all of them.</summary>
    public static void Write(string folder, IReadOnlyList<SurfaceRun> runs)
    {
        var page = new System.Text.StringBuilder("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Quotes against fit</title>\n<h1>Quotes against fit</h1>\n");
        foreach (var group in runs.Where(r => r.Surface.Expiries.Count > 0).GroupBy(r => r.Surface.Underlying, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var sorted = group.OrderBy(r => r.Surface.Expiries.Where(e => e.Years > DayYears).Select(e => e.RmsByVega).DefaultIfEmpty(0).Average()).ToList();
            foreach (var (name, run) in (ReadOnlySpan<(string, SurfaceRun)>)[("best", sorted[0]), ("middle", sorted[sorted.Count / 2]), ("worst", sorted[^1])])
            {
                var file = $"surface-{group.Key.ToLowerInvariant()}-{name}.svg";
                var svg = Of(run.Surface, name).ToSvg();
                FileText.Write(Path.Combine(folder, file), svg, "plot");
                page.Append(CultureInfo.InvariantCulture, $"<img src=\"{file}\" alt=\"{group.Key}, {name} fit\" width=\"760\">\n");
            }
        }

        FileText.Write(Path.Combine(folder, "surfaces.html"), page.ToString(), "page");
    }

    private static Plot Of(FittedSurface surface, string name)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(surface.Time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var plot = new Plot($"{surface.Underlying} {time} UTC, {name} fit: dots are bids and asks, lines the surface", "ln(strike/forward)", "volatility, %");
        var longer = surface.Expiries.Where(e => e.Years > DayYears).ToList();
        var chosen = Enumerable.Range(0, Math.Min(Shown, longer.Count)).Select(i => longer[i * (longer.Count - 1) / Math.Max(1, Math.Min(Shown, longer.Count) - 1)]).ToList();
        foreach (var expiry in chosen)
        {
            double low = expiry.Points[0].K, high = expiry.Points[^1].K;
            plot.Add(new PlotSeries(
                DateTimeOffset.FromUnixTimeSeconds(expiry.Expiry).ToString("dMMMyy", CultureInfo.InvariantCulture),
                [.. Enumerable.Range(0, Steps + 1).Select(i => low + ((high - low) * i / Steps)).Select(k => (k, Percent * expiry.Slice.Volatility(k, expiry.Years)))]));
        }

        foreach (var expiry in chosen)
        {
            plot.Add(new PlotSeries("quotes", [.. expiry.Points.SelectMany(p => new[] { (p.K, Percent * p.Bid), (p.K, Percent * p.Ask) })], IsLine: false));
        }

        return plot;
    }
}
