using System.Globalization;
using System.Text;
using OnchainMargin.Cli.Plots;
using OnchainMargin.Cli.Text;
using OnchainMargin.Models.Backtesting;

namespace OnchainMargin.Cli.Backtests;

/// <summary>What a backtest found, for programs and for people.</summary>
internal static class BacktestReport
{
    private const double Percent = 100;

    private static readonly string[] Headings =
    [
        "portfolio", "parameters", "MM", "IM", "saving", "MM breach 1d", "IM breach 1d", "worst year", "worst month", "worst shortfall", "Kupiec p", "indep. p", "peak/trough", "EWMA p/t",
        "rise 1d", "rise 5d", "liquidated", "needless",
    ];

    private static readonly string[] AimHeadings =
    [
        "parameters", "portfolios", "every year ≤ 0.5 %", "every month ≤ 1.5 %", "independence kept", "peak/trough ≤ ½ EWMA", "MM", "liquidated", "needless",
    ];

    private static readonly string[] ChargeHeadings = ["underlying", "charge", "parameters", "average", "needed by 99.5 %", "worst need", "at", "moments", "needed more"];

    /// <summary>Everything but the daily paths, as JSON.</summary>
    public static void WriteJson(TextWriter output, IMarketHistory market, BacktestOptions options, IReadOnlyList<PortfolioResult> results, IReadOnlyList<ChargeResult> charges) => Reply.WriteJson(output, new
    {
        underlyings = market.Underlyings,
        from = Day(Math.Max(options.From, market.Time(0))),
        to = Day(Math.Min(options.To, market.Time(market.Count - 1))),
        horizonsHours = options.Horizons,
        testedBreachChance = options.BreachChance,
        results = results.Select(r => new
        {
            r.Portfolio,
            r.Policy,
            breaches = r.Breaches.Select(b => new { b.Hours, b.Observations, b.Maintenance, b.Initial, b.WorstShortfall, worstTime = b.WorstTime == 0 ? null : Day(b.WorstTime) }),
            breachShareByYear = r.ByYear,
            worstMonth = new { month = r.WorstMonth.Month, share = r.WorstMonth.Share },
            kupiec = new { r.Kupiec.Statistic, r.Kupiec.PValue },
            independence = new { r.Independence.Statistic, r.Independence.PValue },
            joint = new { r.Joint.Statistic, r.Joint.PValue },
            r.AverageMaintenance,
            r.AverageInitial,
            savingAgainstStandard = r.Saving,
            procyclicality = r.Requirement,
            ewmaAtEqualCoverage = new { average = r.EwmaAverage, procyclicality = r.Ewma },
            r.Liquidations,
            r.NeedlessLiquidations,
        }),
        aims = BacktestAims.Of(results),
        charges = charges.Select(c => new { c.Underlying, c.Charge, c.Policy, c.Observations, c.Breaches, c.Average, c.Needed, c.Worst, worstTime = Day(c.WorstTime) }),
    });

    /// <summary>Tables.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<PortfolioResult> results, IReadOnlyList<ChargeResult> charges)
    {
        Reply.WriteTable(output, Headings, [.. results.Select(Row)]);
        output.WriteLine();
        Reply.WriteTable(output, AimHeadings, [.. BacktestAims.Of(results).Select(Row)]);
        if (charges.Count > 0)
        {
            output.WriteLine();
            Reply.WriteTable(output, ChargeHeadings, [.. charges.Select(Row)]);
        }
    }

    /// <summary>A page of Markdown and plots.</summary>
    public static void WriteFolder(string folder, IMarketHistory market, IReadOnlyList<ParameterTrack> tracks, IReadOnlyList<PortfolioResult> results, IReadOnlyList<ChargeResult> charges)
    {
        var page = new StringBuilder("# Backtest\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{string.Join(", ", market.Underlyings)}, {Day(market.Time(0))} to {Day(market.Time(market.Count - 1))}.\n\n");
        Table(page, Headings, [.. results.Select(Row)]);
        page.Append("\n## Portfolios that reach the aims\n\n");
        Table(page, AimHeadings, [.. BacktestAims.Of(results).Select(Row)]);
        page.Append("\n## Breaches of maintenance margin over the last horizon, by year\n\n");
        string[] years = [.. results.SelectMany(r => r.ByYear.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Table(page, ["portfolio", "parameters", .. years, "worst month"], [.. results.Select(r => (string[])
            [r.Portfolio, r.Policy, .. years.Select(y => r.ByYear.TryGetValue(y, out var share) ? Share(share) : "-"), $"{r.WorstMonth.Month} {Share(r.WorstMonth.Share)}"])]);
        page.Append('\n');
        if (charges.Count > 0)
        {
            page.Append("## What basis and vega charges had to hold over the last horizon\n\n");
            Table(page, ChargeHeadings, [.. charges.Select(Row)]);
            page.Append('\n');
        }

        for (var u = 0; u < market.Underlyings.Count; u++)
        {
            var plot = new Plot($"{market.Underlyings[u]}: price range R", "time", "% of spot") { IsTime = true, FromZero = true };
            foreach (var track in tracks)
            {
                plot.Add(new PlotSeries(track.Name, [.. Enumerable.Range(0, market.Count).Select(i => ((double)market.Time(i), track.Parameters(u, i).PriceRangeE8 / 1e6))]));
            }

            Save(page, folder, $"range-{market.Underlyings[u]}.svg", plot);
        }

        foreach (var group in results.GroupBy(r => r.Portfolio, StringComparer.Ordinal))
        {
            var plot = new Plot($"{group.Key}: maintenance margin and loss of a day", "time", "% of notional") { IsTime = true };
            plot.Add(new PlotSeries("loss", [.. group.First().Losses.Select(p => ((double)p.Time, Percent * p.Value))], IsLine: false));
            foreach (var result in group)
            {
                plot.Add(new PlotSeries(result.Policy, [.. result.Path.Select(p => ((double)p.Time, Percent * p.Value))]));
            }

            plot.Add(new PlotSeries("EWMA VaR at equal coverage", [.. group.Last().EwmaPath.Select(p => ((double)p.Time, Percent * p.Value))]));
            Save(page, folder, $"{string.Concat(group.Key.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'))}.svg", plot);
        }

        FileText.Write(Path.Combine(folder, "report.md"), page.ToString(), "report");
    }

    private static void Save(StringBuilder page, string folder, string name, Plot plot)
    {
        FileText.Write(Path.Combine(folder, name), plot.ToSvg(), "plot");
        page.Append(CultureInfo.InvariantCulture, $"![]({name})\n\n");
    }

    private static void Table(StringBuilder page, string[] headings, string[][] rows)
    {
        page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", headings)} |\n|{string.Concat(headings.Select(_ => "---|"))}\n");
        foreach (var row in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        }
    }

    private static string[] Row(PortfolioResult r)
    {
        var last = r.Breaches[^1];
        var worst = r.ByYear.Count == 0 ? new KeyValuePair<string, double>("-", 0) : r.ByYear.MaxBy(p => p.Value);
        return
        [
            r.Portfolio, r.Policy, Share(r.AverageMaintenance), Share(r.AverageInitial), Text($"{Percent * r.Saving:F0} %"), Share((double)last.Maintenance / Math.Max(last.Observations, 1)),
            Share((double)last.Initial / Math.Max(last.Observations, 1)), $"{worst.Key} {Share(worst.Value)}", $"{r.WorstMonth.Month} {Share(r.WorstMonth.Share)}", Share(last.WorstShortfall),
            Text($"{r.Kupiec.PValue:F3}"), Text($"{r.Independence.PValue:F3}"), Text($"{r.Requirement.PeakToTrough:F2}"), Text($"{r.Ewma.PeakToTrough:F2}"),
            Text($"{Percent * r.Requirement.RiseOneDay:F0} %"), Text($"{Percent * r.Requirement.RiseFiveDays:F0} %"), Text($"{r.Liquidations}"), Text($"{r.NeedlessLiquidations}"),
        ];
    }

    private static string[] Row(BacktestAims a) =>
    [
        a.Policy, Text($"{a.Portfolios}"), Text($"{a.Year}"), Text($"{a.Month}"), Text($"{a.Independent}"), Text($"{a.Steady}"), Share(a.AverageMaintenance), Text($"{a.Liquidations}"), Text($"{a.NeedlessLiquidations}"),
    ];

    private static string[] Row(ChargeResult c) =>
    [
        c.Underlying, c.Charge, c.Policy, Text($"{c.Average:F4}"), Text($"{c.Needed:F4}"), Text($"{c.Worst:F4}"), Day(c.WorstTime), Text($"{c.Observations}"), Share((double)c.Breaches / c.Observations),
    ];

    private static string Share(double part) => Text($"{Percent * part:F2} %");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static string Day(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
