using System.CommandLine;
using System.Globalization;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Policies;
using OnchainMargin.Margin;
using OnchainMargin.Models.Backtesting;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Cli.Backtests;

/// <summary><c>omargin backtest</c>: how well the margin covered, what it cost and how procyclical it was, on real history.</summary>
internal static class BacktestCommand
{
    private const string StaticName = "static";
    private const string AllName = "all";
    private const string TightestName = "tightest";
    private const int WarmUpDays = 30;
    private const int HourSeconds = 3600;
    private const long DaySeconds = 86_400;
    private const double FewSeconds = 3600.5;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var prices = Files("--prices", "Candles, one file an underlying (CSV, .gz or not): timestamp,open,high,low,close,volume; the underlying is the file's name up to its first '_'. Several separated by commas.");
        var surfaces = Files("--surfaces", "Option chains (CSV, .gz or not): the history is then that of the chains, with real volatilities; hourly candles that cover it let the policy forecast.");
        var funding = Files("--funding", "Funding of the perpetuals every eight hours (CSV, .gz or not), from which their premiums follow: the basis charge then moves, and is tested.");
        var from = new Option<string?>("--from") { Description = "First moment that counts, like 2020-02-01; thirty days after the start when left out (the first of a chain)." };
        var to = new Option<string?>("--to") { Description = "Last moment that counts." };
        var policy = new Option<string>("--policy") { Description = "static, adaptive (hourly candles only), or all: both side by side; tightest: standing at the end of the corridor that asks for most.", DefaultValueFactory = _ => AllName };
        var every = new Option<int>("--every") { Description = "Take portfolios at every so many moments.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Reply as JSON; the keys are documented in docs/risk-quality.md." };
        var report = new Option<string?>("--report") { Description = "A folder for the report: a table and plots (Markdown, SVG)." };
        var log = new Option<string?>("--log") { Description = "A file for the policy's decisions, one JSON object a line; they are replayed first, and must come out the same." };
        var command = new Command("backtest", "Margin fixed portfolios through real history and look what was lost.") { prices, surfaces, funding, from, to, policy, every, json, report, log };
        command.SetAction((parsed, cancellation) =>
        {
            PriceFile[] files = [.. parsed.GetValue(prices)!.Select(PriceFile.Read)];
            IMarketHistory market = Market(files, parsed.GetValue(surfaces)!, [.. parsed.GetValue(funding)!.Select(FundingFile.Read)]);
            var options = Options(market, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(every));
            StaticParameters[] parameters = [.. market.Underlyings.Select(Parameters)];
            Corridor[] corridors = [.. market.Underlyings.Select((name, u) => PolicyCorridor.Of(name, parameters[u]))];
            var tracks = Tracks(market, parameters, corridors, parsed.GetValue(policy)!, files);
            if (parsed.GetValue(log) is { } path)
            {
                PolicyLog.Write(path, tracks, corridors, market.Underlyings);
            }

            IReadOnlyList<PortfolioResult> results;
            IReadOnlyList<ChargeResult> charges = ChargeBacktest.Run(market, tracks, options);
            try
            {
                results = Backtest.Run(market, BacktestPortfolio.All(market), tracks, options, cancellation);
            }
            catch (ArgumentException exception) when (exception.Message.Contains("--from", StringComparison.Ordinal))
            {
                throw new CliException("The span between --from and --to holds fewer than two moments of the history: widen it.", exception);
            }

            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                BacktestReport.WriteJson(output, market, options, results, charges);
            }
            else
            {
                BacktestReport.WriteTable(output, results, charges);
            }

            if (parsed.GetValue(report) is { } folder)
            {
                BacktestReport.WriteFolder(folder, market, tracks, results, charges);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>The parameters that the specification starts with.</summary>
    internal static StaticParameters Parameters(string name)
    {
        var range = (uint)BookDefaults.Of(name, "priceRangeE8");
        return new StaticParameters(
            new RiskParameters(
                range, (uint)BookDefaults.Of(name, "volRangeE8"), (uint)BookDefaults.Of(name, "volUpFloorE8"), RiskParameters.ShortMinimumOf(range),
                (uint)BookDefaults.Common("basisChargeE8"), (uint)BookDefaults.Common("basisRateE8"), (uint)BookDefaults.Common("slippageE8"), (uint)BookDefaults.Common("slippageCapE8"),
                (uint)BookDefaults.Common("crowdingE8"), (uint)BookDefaults.Common("vegaChargeE8"), (uint)BookDefaults.Common("rateChargeE8"), (uint)BookDefaults.Common("floorRateE8"),
                (uint)BookDefaults.Common("nettingFloorE8")),
            BookDefaults.Common("depthE8"),
            name is "BTC" or "ETH" ? 5_000_000 : 15_000_000);
    }

    private static Option<string[]> Files(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "file[,file…]",
        CustomParser = r => r.Tokens.SelectMany(t => t.Value.Split(',')).ToArray(),
        DefaultValueFactory = _ => [],
    };

    private static IMarketHistory Market(PriceFile[] prices, string[] surfaces, FundingFile[] funding) => surfaces.Length > 0
        ? new ChainMarket([.. surfaces.SelectMany(ChainFile.Read).OrderBy(s => s.Time)])
        : prices.Length > 0
            ? new PriceMarket(prices, funding)
            : throw new CliException("There is no history: give --prices with candles, or --surfaces with option chains.");

    /// <summary>Hourly candles of every underlying that reach into the history; null when they do not, so that no policy can follow them.</summary>
    private static PriceFile[]? Candles(IMarketHistory market, PriceFile[] prices)
    {
        var found = market.Underlyings.Select(name => Array.Find(prices, f => string.Equals(f.Underlying, name, StringComparison.Ordinal))).ToArray();
        return Array.TrueForAll(found, f => f is not null && f.SecondsPerBar == HourSeconds && f.Bars[0].Time < market.Time(0) && f.Bars[^1].Time >= market.Time(market.Count - 1) - DaySeconds)
            ? [.. found.Select(f => f!)]
            : null;
    }

    private static BacktestOptions Options(IMarketHistory market, string? from, string? to, int every)
    {
        if (every < 1)
        {
            throw new CliException($"The value {every} of --every is out of range: give 1 or more.");
        }

        var isFine = (market.Time(1) - market.Time(0)) < FewSeconds;
        var start = from is null ? market.Time(0) + (isFine ? WarmUpDays * 86_400L : 0) : Time(from, "--from");
        return new BacktestOptions
        {
            From = start,
            To = to is null ? long.MaxValue : Time(to, "--to"),
            Every = every,
            Horizons = isFine ? [1, 4, 24] : [6, 12, 24],
            InitialFactorE8 = BookDefaults.Common("initialFactorE8"),
        };
    }

    private static long Time(string text, string option) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time.ToUnixTimeSeconds()
        : throw new CliException($"The value '{text}' of {option} is not a time: write it like 2020-03-12 or 2020-03-12T10:00:00Z.");

    private static List<ParameterTrack> Tracks(IMarketHistory market, StaticParameters[] parameters, Corridor[] corridors, string policy, PriceFile[] files)
    {
        var tracks = new List<ParameterTrack>();
        if (policy is StaticName or AllName)
        {
            tracks.Add(ParameterTrack.Static(market, parameters));
        }

        if (policy is TightestName)
        {
            tracks.Add(ParameterTrack.Static(market, [.. parameters.Select((p, u) => p.Tightest(corridors[u]))], TightestName));
        }

        var adaptive = new PolicyOptions();
        var isHourly = market.Time(1) - market.Time(0) == HourSeconds;
        PriceFile[]? candles = isHourly ? null : Candles(market, files);
        var canFollow = isHourly || candles is not null;
        if (string.Equals(policy, adaptive.Name, StringComparison.Ordinal) && !canFollow)
        {
            throw new CliException($"The policy {policy} forecasts from hourly candles: give --prices of hours for every underlying that cover the history, or --policy {StaticName}.");
        }

        if (canFollow && (string.Equals(policy, adaptive.Name, StringComparison.Ordinal) || policy is AllName))
        {
            tracks.Add(ParameterTrack.Of(market, parameters, adaptive, corridors, candles));
        }

        return tracks.Count > 0 ? tracks : throw new CliException($"The policy '{policy}' is not known: give {StaticName}, {adaptive.Name}, {TightestName} or {AllName}.");
    }
}
