using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>The node's chain is taken back under the running solver and grows on in another way.</summary>
[Collection(SharedChain.Name)]
public sealed class ReorganisationTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Solver_ChainTakenBackAndGrownAnew_FollowsAndPostsAgain(int trades)
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader taker = await world.TraderAsync(500_000);
        await using WebApplication host = await SolverHost.CreateAsync(world.Options(0, null, "reorg.db", SolverRoles.Pricer, SolverRoles.Attester, SolverRoles.Api));
        await host.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        string snapshot = await world.Chain.SnapshotAsync();

        await world.Chain.PassAsync(61);
        for (int i = 0; i < trades; i++)
        {
            await world.TradeAsync(taker, maker, 1, Deployed.Unit, Btc);
        }

        await Eventually.TrueAsync(async () => await SizeAsync(http, taker) == trades * Deployed.Unit, "the trades in the index");
        await Eventually.TrueAsync(async () => (await world.Client.ReplayAsync()).LatestEpoch is not null, "an epoch");

        await world.RevertAsync(snapshot);
        Trader other = await world.TraderAsync(500_000);
        await world.TradeAsync(other, maker, 2, Deployed.Unit, 3001_27000000);
        await world.Chain.PassAsync(61);

        await Eventually.TrueAsync(async () => await SizeAsync(http, taker) == 0 && await SizeAsync(http, other) == Deployed.Unit, "the other chain in the index");
        await Eventually.TrueAsync(
            async () =>
            {
                ProtocolBook book = await world.Client.ReplayAsync();
                return book.LatestEpoch is { Accounts: 3 } epoch && epoch.Checkpoint == book.LatestCheckpoint!.Id;
            },
            "an epoch of the other chain over its three accounts");
        ProtocolBook now = await world.Client.ReplayAsync();
        foreach (BookAccount account in now.Accounts.Values)
        {
            JsonElement shown = await http.GetFromJsonAsync<JsonElement>($"/api/accounts/{account.Id}");
            Assert.Equal(account.StateHash.ToString(), shown.GetProperty("stateHash").GetString());
        }

        await world.AssertSameFiguresAsync();
        await host.StopAsync();
    }

    private static async Task<long> SizeAsync(HttpClient http, Trader trader)
    {
        using HttpResponseMessage reply = await http.GetAsync(new Uri($"/api/accounts/{trader.Account}", UriKind.Relative));
        if (!reply.IsSuccessStatusCode)
        {
            return -1;
        }

        JsonElement positions = (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("positions");
        return positions.GetArrayLength() == 0 ? 0 : long.Parse(positions[0].GetProperty("sizeE8").GetString()!, CultureInfo.InvariantCulture);
    }
}
