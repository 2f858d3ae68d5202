using System.Globalization;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests.Guides;

/// <summary>What the guides tell people to write does what they say.</summary>
[Collection(SharedChain.Name)]
public sealed class GuideTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;

    [Theory]
    [InlineData("keeper.md", "KeeperExample.cs")]
    [InlineData("integrator.md", "OrderExample.cs")]
    public void Guide_CodeBlock_IsWhatTheTestsRun(string guide, string source)
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestFiles.Root, "tests", "OnchainMargin.EndToEnd.Tests", "Guides", source));
        string code = string.Join('\n', lines.SkipWhile(static line => line.Trim() != "// guide: begin").Skip(1).TakeWhile(static line => line.Trim() != "// guide: end")
            .Select(static line => line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : line)).Trim();
        Assert.Contains($"```csharp\n{code}\n```", File.ReadAllText(Path.Combine(TestFiles.Root, "docs", "guides", guide)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeeperOfTheGuide_AccountUnderWater_StartsWaitsAndBids()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader bold = await world.TraderAsync(20_000);
        Trader keeper = await world.TraderAsync(1_000_000);
        await world.TradeAsync(bold, maker, 1, Deployed.Unit, Btc);
        await world.SetPriceAsync(1, Btc * 84 / 100);
        await Eventually.TrueAsync(
            async () =>
            {
                await world.Chain.PassAsync(60);
                await world.SetPriceAsync(1, Btc * 84 / 100);
                using var log = new StringWriter();
                await KeeperExample.RoundAsync(keeper.Client, keeper.Account, log);
                return log.ToString().Contains("started lot 1", StringComparison.Ordinal);
            },
            "a lot, once the chain believes the fall");

        // In the first minutes the discount pays for nothing; later it does.
        using var lines = new StringWriter();
        await Eventually.TrueAsync(
            async () =>
            {
                await world.Chain.PassAsync(60);
                await KeeperExample.RoundAsync(keeper.Client, keeper.Account, lines);
                return (await world.Client.ReplayAsync()).Lots.Values.Any(static lot => lot.Bids > 0);
            },
            "a bid");
        Assert.Matches("lot 1: bids [0-9.]+, at most [0-9.]+, for a profit of [0-9.]+", lines.ToString());
        BookAccount held = await world.Client.GetAccountAsync(keeper.Account);
        Assert.NotEmpty(held.State.Positions);
    }

    [Fact]
    public async Task OrdersOfTheGuide_InBothLanguages_MeetAndSettle()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader buyer = await world.TraderAsync(1_000_000);
        Trader seller = await world.TraderAsync(1_000_000);
        SolverOptions options = world.Options(0, null, "solver.db", SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Relay, SolverRoles.Api);
        await using WebApplication host = await SolverHost.CreateAsync(options);
        await host.StartAsync();
        string url = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        await Eventually.TrueAsync(
            async () =>
            {
                using HttpResponseMessage reply = await http.GetAsync(new Uri($"/api/accounts/{seller.Account}", UriKind.Relative));
                return reply.IsSuccessStatusCode;
            },
            "an index that knows the accounts");

        JsonElement deployment = await http.GetFromJsonAsync<JsonElement>("/api/deployment");
        uint takerFeeE8 = uint.Parse(deployment.GetProperty("parameters").GetProperty("takerFeeE8").GetString()!, CultureInfo.InvariantCulture);
        Clearinghouse.Order order = OrderExample.BuyOne(buyer.Account, (ulong)Btc, takerFeeE8, nonce: 1, await world.NowAsync());
        string placed = await OrderExample.PlaceAsync(buyer.Client, http, buyer.Key, order);
        Assert.Equal("resting", JsonDocument.Parse(placed).RootElement.GetProperty("status").GetString()!.ToLowerInvariant());

        string output = await RunTypeScriptAsync(url, seller);
        Assert.True(JsonDocument.Parse(output).RootElement.TryGetProperty("status", out _), output);
        await Eventually.TrueAsync(async () => (await world.Client.GetAccountAsync(seller.Account)).State.Positions is [{ SizeE8: -Deployed.Unit }], "the trade on chain");
        await host.StopAsync();
    }

    private static async Task<string> RunTypeScriptAsync(string url, Trader seller)
    {
        var start = new ProcessStartInfo(Path.Combine(TestFiles.Root, "node_modules", ".bin", "node"))
        {
            WorkingDirectory = Path.Combine(TestFiles.Root, "web"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["examples/order.ts", url, seller.Account.ToString(), "BTC-PERP", "-1", (Btc / Deployed.Unit).ToString()])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["OMARGIN_KEY"] = Environment.GetEnvironmentVariable(Deployed.KeyOf("SELLER", seller.Key).Variable)!;
        var log = new StringBuilder();
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        log.Append(await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, log.ToString() + output);
        return output;
    }
}
