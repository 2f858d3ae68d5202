using System.CommandLine;
using System.Globalization;
using OnchainMargin.Cli.Backtests;
using OnchainMargin.Cli.Plots;
using OnchainMargin.Cli.Text;
using OnchainMargin.Models.Cascades;
using OnchainMargin.Models.Data;

namespace OnchainMargin.Cli.Cascades;

/// <summary><c>omargin cascade</c>: a leveraged book in a real crash, liquidated by dumping and by auction.</summary>
internal static class CascadeCommand
{
    private const int MostBars = 10_000;
    private const int MostAccounts = 100_000;
    private const double Percent = 100;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var prices = new Option<string>("--prices") { Description = "Candles of the crash (CSV, .gz or not): timestamp,open,high,low,close; the path runs open, low or high, close.", Required = true };
        var from = new Option<string?>("--from") { Description = "First bar, like 2020-03-12." };
        var to = new Option<string?>("--to") { Description = "Last bar." };
        var accounts = new Option<int>("--accounts") { Description = "Accounts.", DefaultValueFactory = _ => 2000 };
        var interest = new Option<double>("--open-interest") { Description = "Open interest, in multiples of the depth.", DefaultValueFactory = _ => 12 };
        var capital = new Option<double>("--keeper-capital") { Description = "Capital of all keepers, as a part of the open interest's value.", DefaultValueFactory = _ => 0.05 };
        var json = new Option<bool>("--json") { Description = "Reply as JSON." };
        var report = new Option<string?>("--report") { Description = "A folder for the plots (SVG)." };
        var command = new Command("cascade", "Simulate a crash: liquidation by auction against dumping on the market.") { prices, from, to, accounts, interest, capital, json, report };
        command.SetAction(parsed =>
        {
            Require("--accounts", parsed.GetValue(accounts), 1, MostAccounts);
            Require("--open-interest", parsed.GetValue(interest), 0.01, 1000);
            Require("--keeper-capital", parsed.GetValue(capital), 0, 10);
            var file = PriceFile.Read(parsed.GetValue(prices)!);
            var (start, end) = (Time(parsed.GetValue(from), long.MinValue, "--from"), Time(parsed.GetValue(to), long.MaxValue, "--to"));
            List<PriceBar> bars = [.. file.Bars.Where(b => b.Time >= start && b.Time <= end)];
            if (bars.Count is < 2 or > MostBars)
            {
                throw new CliException($"The crash has {bars.Count} bars: choose 2 to {MostBars} by --from and --to.");
            }

            // Three points a bar, so that a fall inside it is met.
            double[] path = [.. bars.SelectMany(b => new[] { b.Bar.Open, b.Bar.Close < b.Bar.Open ? b.Bar.Low : b.Bar.High, b.Bar.Close })];
            var results = new Cascade(path, file.SecondsPerBar / 3.0, BacktestCommand.Parameters(file.Underlying), new CascadeOptions
            {
                Accounts = parsed.GetValue(accounts),
                OpenInterestOverDepth = parsed.GetValue(interest),
                KeeperCapital = parsed.GetValue(capital),
            }).Run();
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                Reply.WriteJson(output, results.Select(r => new
                {
                    r.Name,
                    r.WorstImpact,
                    r.Liquidated,
                    r.HedgedLiquidated,
                    r.Lost,
                    r.BadDebt,
                    r.InsuranceUsed,
                    r.EquityLeft,
                    r.KeeperGain,
                    soldOnMarket = r.Sold[^1],
                }));
            }
            else
            {
                Reply.WriteTable(
                    output,
                    ["liquidation by", "worst impact", "accounts hit", "hedged hit", "accounts lost", "bad debt", "insurance used", "equity left", "keepers' gain", "sold on market"],
                    [.. results.Select(r => (string[])[r.Name, Share(r.WorstImpact), Text($"{r.Liquidated}"), Text($"{r.HedgedLiquidated}"), Text($"{r.Lost}"), Share(r.BadDebt), Share(r.InsuranceUsed), Share(r.EquityLeft), Share(r.KeeperGain), Share(r.Sold[^1])])]);
            }

            if (parsed.GetValue(report) is { } folder)
            {
                Write(folder, file, bars[0].Time, path, results);
            }

            return 0;
        });
        return command;
    }

    private static void Write(string folder, PriceFile file, long start, double[] path, IReadOnlyList<CascadeResult> results)
    {
        var hours = file.SecondsPerBar / 3.0 / 3600;
        var day = DateTimeOffset.FromUnixTimeSeconds(start).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var price = new Plot($"{file.Underlying} {day}: price without liquidations, dumped, auctioned", "hours", "price");
        price.Add(new PlotSeries("path", [.. path.Select((p, i) => (i * hours, p))]));
        var sold = new Plot($"{file.Underlying} {day}: sold on the market so far", "hours", "% of open interest") { FromZero = true };
        foreach (var result in results)
        {
            price.Add(new PlotSeries(result.Name, [.. result.Prices.Select((p, i) => (i * hours, p))]));
            sold.Add(new PlotSeries(result.Name, [.. result.Sold.Select((s, i) => (i * hours, Percent * s))]));
        }

        FileText.Write(Path.Combine(folder, $"cascade-{file.Underlying.ToLowerInvariant()}-{day}-price.svg"), price.ToSvg(), "plot");
        FileText.Write(Path.Combine(folder, $"cascade-{file.Underlying.ToLowerInvariant()}-{day}-sold.svg"), sold.ToSvg(), "plot");
    }

    private static void Require(string option, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new CliException(string.Create(CultureInfo.InvariantCulture, $"The value {value} of {option} is out of range: give {least} to {most}."));
        }
    }

    private static long Time(string? text, long otherwise, string option) => text is null ? otherwise
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds()
        : throw new CliException($"The value '{text}' of {option} is not a time: write it like 2020-03-12 or 2020-03-12T10:00:00Z.");

    private static string Share(double part) => Text($"{Percent * part:F2} %");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
