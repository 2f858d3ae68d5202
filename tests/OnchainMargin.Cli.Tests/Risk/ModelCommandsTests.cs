using System.Text.Json;

namespace OnchainMargin.Cli.Tests.Risk;

public sealed class ModelCommandsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("backtest", "error: There is no history: give --prices with candles, or --surfaces with option chains.")]
    [InlineData("backtest --prices none_1h.csv", "error: The file 'none_1h.csv' does not exist: check the path, its permissions, and that only compressed files end in .gz.")]
    [InlineData("backtest --surfaces b.csv", "error: The file 'b.csv' does not exist: check the path, its permissions, and that only compressed files end in .gz.")]
    [InlineData("risk --book none.json", "error: The book 'none.json' does not exist: check the path and its permissions.")]
    [InlineData("risk --book none.json --level 2", "error: The value 2 of --level is out of range: give 0.5 to 0.9999.")]
    [InlineData("cascade --prices none.csv --accounts 0", "error: The value 0 of --accounts is out of range: give 1 to 100000.")]
    [InlineData("surface --surfaces none.csv", "error: The file 'none.csv' does not exist: check the path, its permissions, and that only compressed files end in .gz.")]
    public async Task BadInput_IsOneSentence(string line, string expected)
    {
        (int code, string output, string error) = await RunAsync(line.Split(' '));

        Assert.Equal((1, string.Empty, expected), (code, output, error.Trim()));
    }

    [Theory]
    [InlineData("--policy brave", "error: The policy 'brave' is not known: give static, adaptive, tightest or all.")]
    [InlineData("--from soon", "error: The value 'soon' of --from is not a time: write it like 2020-03-12 or 2020-03-12T10:00:00Z.")]
    [InlineData("--from 2040-01-01", "error: The span between --from and --to holds fewer than two moments of the history: widen it.")]
    [InlineData("--every 0", "error: The value 0 of --every is out of range: give 1 or more.")]
    public async Task Backtest_BadOption_IsOneSentence(string options, string expected)
    {
        (int code, string output, string error) = await RunAsync(["backtest", "--prices", Candles(800), .. options.Split(' ')]);

        Assert.Equal((1, string.Empty, expected), (code, output, error.Trim()));
    }

    [Fact]
    public async Task Backtest_Candles_RepliesReportsAndLogs()
    {
        string report = Path.Combine(_folder, "report");
        string log = Path.Combine(_folder, "log.jsonl");
        (int code, string output, string error) = await RunAsync(["backtest", "--prices", Candles(900), "--every", "6", "--json", "--report", report, "--log", log]);

        Assert.Equal((0, string.Empty), (code, error));
        JsonElement[] results = [.. JsonDocument.Parse(output).RootElement.GetProperty("results").EnumerateArray()];
        Assert.Equal(26, results.Length);
        Assert.All(results, r => Assert.True(r.GetProperty("averageMaintenance").GetDouble() > 0));
        Assert.Contains("X long perpetual", results.Select(r => r.GetProperty("portfolio").GetString()));
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(Path.Combine(report, "x-short-straddle.svg")), StringComparison.Ordinal);
        Assert.Contains("| X short straddle | adaptive |", await File.ReadAllTextAsync(Path.Combine(report, "report.md")), StringComparison.Ordinal);
        string[] decisions = await File.ReadAllLinesAsync(log);
        Assert.NotEmpty(decisions);
        Assert.Equal("adaptive", JsonDocument.Parse(decisions[0]).RootElement.GetProperty("policy").GetString());
        JsonElement[] aims = [.. JsonDocument.Parse(output).RootElement.GetProperty("aims").EnumerateArray()];
        Assert.Equal(["static", "adaptive"], aims.Select(a => a.GetProperty("policy").GetString()));
        Assert.All(aims, a => Assert.Equal(13, a.GetProperty("portfolios").GetInt32()));
    }

    [Fact]
    public async Task Backtest_Tightest_StandsAtTheEndOfTheCorridor()
    {
        (int code, string output, string error) = await RunAsync(["backtest", "--prices", Candles(900), "--every", "24", "--json", "--policy", "tightest"]);

        // An underlying that no plan lists: a range of 32 %, and about 1,000 units in a depth of 500, of which each costs 1 % a depth: 2 %.
        Assert.Equal((0, string.Empty), (code, error));
        JsonElement perpetual = JsonDocument.Parse(output).RootElement.GetProperty("results")[0];
        Assert.Equal(("X long perpetual", "tightest"), (perpetual.GetProperty("portfolio").GetString(), perpetual.GetProperty("policy").GetString()));
        Assert.InRange(perpetual.GetProperty("averageMaintenance").GetDouble(), 0.33, 0.35);
    }

    [Fact]
    public async Task Backtest_Funding_MovesAndTestsTheBasisCharge()
    {
        // Premiums that go from −0.4 % to 0.5 % and back every other day ask for 0.9 %; the launch's charge is 0.4 %.
        string funding = Path.Combine(_folder, "x_funding.csv");
        await File.WriteAllLinesAsync(funding, ["timestamp,funding_rate", .. Enumerable.Range(0, 200).Select(i => $"{1_599_998_400 + (28_800 * i)},{(i / 3 % 2 == 0 ? "0.0045" : "-0.0035")}")]);
        (int code, string output, string error) = await RunAsync(["backtest", "--prices", Candles(1600), "--funding", funding, "--every", "6", "--json"]);

        Assert.Equal((0, string.Empty), (code, error));
        JsonElement[] charges = [.. JsonDocument.Parse(output).RootElement.GetProperty("charges").EnumerateArray()];
        Assert.Equal(["basis", "basis"], charges.Select(c => c.GetProperty("charge").GetString()));
        Assert.Equal(["static", "adaptive"], charges.Select(c => c.GetProperty("policy").GetString()));
        Assert.All(charges, c => Assert.Equal(0.009, c.GetProperty("worst").GetDouble(), 1e-9));
        Assert.Equal(0.004, charges[0].GetProperty("average").GetDouble(), 1e-9);
        Assert.True(charges[0].GetProperty("breaches").GetInt32() > 100);
        Assert.Equal(0, charges[1].GetProperty("breaches").GetInt32());
    }

    [SharedDataFact("options/deribit_chain_6h_2026-01-28_2026-02-12.csv.gz")]
    public async Task Backtest_ChainsAndCandlesOfAnotherTime_RunsStaticAndRefusesThePolicy()
    {
        string chains = TestFiles.SharedData("options/deribit_chain_6h_2026-01-28_2026-02-12.csv.gz");
        string candles = TestFiles.SharedData("prices/btc_usdt_perp_1h_binance_2020-2024.csv.gz");
        string[] line = ["backtest", "--prices", candles, "--surfaces", chains, "--from", "2026-01-28", "--to", "2026-01-29", "--json"];
        (int code, string output, string error) = await RunAsync(line);
        (int refused, _, string why) = await RunAsync([.. line, "--policy", "adaptive"]);

        Assert.Equal((0, string.Empty), (code, error));
        Assert.All(JsonDocument.Parse(output).RootElement.GetProperty("results").EnumerateArray(), r => Assert.Equal("static", r.GetProperty("policy").GetString()));
        Assert.Equal(
            ["BTC basis", "BTC vega", "ETH basis", "ETH vega"],
            JsonDocument.Parse(output).RootElement.GetProperty("charges").EnumerateArray().Select(c => $"{c.GetProperty("underlying").GetString()} {c.GetProperty("charge").GetString()}"));
        Assert.Equal(1, refused);
        Assert.Contains("cover the history", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Surface_Chain_RepliesAndPlots()
    {
        string chain = Path.Combine(_folder, "chain.csv");
        var lines = new List<string> { "snapshot_utc,instrument_name,underlying_price,index_price,bid_price,ask_price" };
        foreach (int strike in Enumerable.Range(6, 9).Select(i => i * 10))
        {
            double mid = Math.Max(100 - strike, 0) / 100.0;
            double time = 0.08 * Math.Exp(-Math.Pow((strike - 100) / 25.0, 2));
            lines.Add($"2026-01-28T04:00:47Z,X-27FEB26-{strike}-C,100,100,{mid + (time * 0.98):F6},{mid + (time * 1.02):F6}");
            lines.Add($"2026-01-28T04:00:47Z,X-27FEB26-{strike}-P,100,100,{Math.Max(strike - 100, 0) / 100.0 + (time * 0.98):F6},{Math.Max(strike - 100, 0) / 100.0 + (time * 1.02):F6}");
        }

        await File.WriteAllLinesAsync(chain, lines);
        (int code, string output, string error) = await RunAsync(["surface", "--surfaces", chain, "--json", "--plots", _folder]);

        Assert.Equal((0, string.Empty), (code, error));
        JsonElement surface = JsonDocument.Parse(output).RootElement.GetProperty("surfaces")[0];
        Assert.True(surface.GetProperty("expiries")[0].GetProperty("freeOfButterflies").GetBoolean());
        Assert.True(surface.GetProperty("expiries")[0].GetProperty("strikes").GetInt32() >= 8);
        Assert.False(surface.GetProperty("parity")[0].GetProperty("flagged").GetBoolean());
        Assert.True(File.Exists(Path.Combine(_folder, "surface-x-best.svg")));
        Assert.Contains("surface-x-worst.svg", await File.ReadAllTextAsync(Path.Combine(_folder, "surfaces.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Risk_Book_ContributionsAddUpAndTheSeedDecides()
    {
        string book = Path.Combine(TestFiles.Root, "docs", "risk-quality", "peers.json");
        (int code, string output, string error) = await RunAsync(["risk", "--book", book, "--scenarios", "2000", "--json"]);
        (_, string again, _) = await RunAsync(["risk", "--book", book, "--scenarios", "2000", "--json"]);
        (_, string other, _) = await RunAsync(["risk", "--book", book, "--scenarios", "2000", "--json", "--seed", "2"]);

        Assert.Equal((0, string.Empty), (code, error));
        Assert.Equal(output, again);
        Assert.NotEqual(output, other);
        JsonElement[] accounts = [.. JsonDocument.Parse(output).RootElement.GetProperty("accounts").EnumerateArray()];
        Assert.Equal(9, accounts.Length);
        Assert.All(accounts, a => Assert.Equal(
            a.GetProperty("expectedShortfall").GetProperty("estimate").GetDouble(), a.GetProperty("contributions").EnumerateArray().Sum(c => c.GetProperty("value").GetDouble()), 1e-6));
    }

    [Fact]
    public async Task Risk_UnderlyingWithoutPrices_IsOneSentence()
    {
        (int code, string output, string error) = await RunAsync(["risk", "--book", Path.Combine(TestFiles.Root, "docs", "risk-quality", "peers.json"), "--prices", Candles(1600)]);

        Assert.Equal((1, string.Empty, "error: The underlying BTC of the book has no price file: add one whose name begins with BTC_ to --prices."), (code, output, error.Trim()));
    }

    [Fact]
    public async Task Propose_ABookAtTheBrink_NamesWhomTheStepWouldLiquidate()
    {
        // A market of 3 % an hour asks for more than the range that is in force; the second account has a cent to spare.
        string book = Path.Combine(_folder, "book.json");
        await File.WriteAllTextAsync(book, """
            { "time": "2020-09-13T12:00:00Z", "underlyings": { "X": { "spot": "100" } }, "parameters": { "X": { "priceRange": "0.2" } },
              "accounts": [ { "id": "safe", "cash": "100", "positions": [ { "instrument": "X-PERP", "size": "1", "entry": "100" } ] },
                            { "id": "brink", "cash": "20.02", "positions": [ { "instrument": "X-PERP", "size": "1", "entry": "100" } ] } ] }
            """);
        (int code, string output, string error) = await RunAsync(["propose", "--book", book, "--prices", Candles(900, 0.06), "--json"]);

        Assert.Equal((0, string.Empty), (code, error));
        JsonElement reply = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0.21, reply.GetProperty("decisions")[0].GetProperty("after").GetProperty("range").GetDouble(), 1e-9);
        Assert.Equal("brink", Assert.Single(reply.GetProperty("madeLiquidatable").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Propose_OtherUnderlying_IsOneSentence()
    {
        (int code, string output, string error) = await RunAsync(["propose", "--book", Path.Combine(TestFiles.Root, "docs", "risk-quality", "peers.json"), "--prices", Candles(400)]);

        Assert.Equal((1, string.Empty, "error: The price file of X names no underlying of the book: use one whose name begins with one of BTC, ETH."), (code, output, error.Trim()));
    }

    [Fact]
    public async Task Cascade_Candles_RepliesAndPlots()
    {
        (int code, string output, string error) = await RunAsync(["cascade", "--prices", Candles(48), "--accounts", "50", "--json", "--report", _folder]);

        Assert.Equal((0, string.Empty), (code, error));
        Assert.Equal(["dumping", "auction"], JsonDocument.Parse(output).RootElement.EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        Assert.Equal(2, Directory.GetFiles(_folder, "cascade-x-*.svg").Length);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Omargin.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private string Candles(int hours, double width = 0.02)
    {
        string path = Path.Combine(_folder, "x_1h.csv");
        var random = new Random(1);
        double price = 100;
        File.WriteAllLines(path, Enumerable.Range(0, hours).Select(i => FormattableString.Invariant($"{1_600_000_000L / 3600 * 3600 + (3600L * i)},{price:R},{price:R},{price:R},{price *= Math.Exp(width * (random.NextDouble() - 0.5)):R},10"))
            .Select(Sane).Prepend("timestamp,open,high,low,close,volume"));
        return path;

        // High and low hold open and close.
        static string Sane(string line)
        {
            string[] f = line.Split(',');
            double open = double.Parse(f[1]), close = double.Parse(f[4]);
            return FormattableString.Invariant($"{f[0]},{open:R},{Math.Max(open, close):R},{Math.Min(open, close):R},{close:R},{f[5]}");
        }
    }
}
