using System.CommandLine;
using System.Diagnostics;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Cli.Surfaces;

/// <summary><c>omargin surface</c>: fits surfaces to option chains and says how well.</summary>
internal static class SurfaceCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var chains = new Option<string[]>("--surfaces")
        {
            Description = "Option chains (CSV, .gz or not): snapshot_utc, instrument_name, underlying_price, index_price, bid_price, ask_price; several separated by commas.",
            Required = true,
            CustomParser = r => r.Tokens.SelectMany(t => t.Value.Split(',')).ToArray(),
        };
        var json = new Option<bool>("--json") { Description = "Reply as JSON, every expiry of every surface." };
        var plots = new Option<string?>("--plots") { Description = "A folder for plots of quotes against fit (SVG, and a page of all)." };
        var command = new Command("surface", "Fit volatility surfaces to option chains: errors, arbitrage, put-call parity.") { chains, json, plots };
        command.SetAction(parsed =>
        {
            var runs = new List<SurfaceRun>();
            foreach (var path in parsed.GetValue(chains)!)
            {
                runs.AddRange(Fit(path));
            }

            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                SurfaceReport.WriteJson(output, runs);
            }
            else
            {
                SurfaceReport.WriteTable(output, runs);
            }

            if (parsed.GetValue(plots) is { } folder)
            {
                SurfacePlots.Write(folder, runs);
            }

            return 0;
        });
        return command;
    }

    private static List<SurfaceRun> Fit(string path)
    {
        var runs = new List<SurfaceRun>();
        var before = new Dictionary<string, FittedSurface>(StringComparer.Ordinal);
        foreach (var snapshot in ChainFile.Read(path))
        {
            foreach (var rows in snapshot.Quotes.GroupBy(q => q.Underlying, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                OptionQuote[] quotes = [.. rows];
                var previous = before.GetValueOrDefault(rows.Key);
                var began = Stopwatch.GetTimestamp();
                var surface = SurfaceFit.Fit(quotes, snapshot.Time, previous);
                var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                before[rows.Key] = surface;
                runs.Add(new SurfaceRun(Path.GetFileName(path), surface, quotes.Length, milliseconds));
            }
        }

        return runs;
    }
}
