using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.EndToEnd.Tests.Guides;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Ether against cash through the relay: named and marked by the API, refused when the seller has less, settled on chain.</summary>
[Collection(SharedChain.Name)]
public sealed class SpotRelayTests(ChainFixture fixture)
{
    private const ulong Five = 5_000_000_000_000_000_000;

    [Fact]
    public async Task EtherAgainstCash_ThroughTheRelay_ChangesHands()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader seller = await world.TraderAsync(1_000);
        Trader buyer = await world.TraderAsync(100_000);
        await world.MintAsync(seller.Key.Address, Five, token: 1);
        await seller.Client.DepositAsync(seller.Account, seller.Client.Sender, 1, Five);
        SolverOptions options = world.Options(0, null, "solver.db", SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Relay, SolverRoles.Api);
        await using WebApplication host = await SolverHost.CreateAsync(options);
        await host.StartAsync();
        string url = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        ulong mark;
        await Eventually.TrueAsync(
            async () =>
            {
                using HttpResponseMessage reply = await http.GetAsync(new Uri($"/api/accounts/{buyer.Account}", UriKind.Relative));
                return reply.IsSuccessStatusCode;
            },
            "an index that knows the accounts");
        using (JsonDocument listed = JsonDocument.Parse(await http.GetStringAsync(new Uri("/api/instruments/weth-spot", UriKind.Relative))))
        {
            Assert.Equal(("WETH-SPOT", "Spot"), (listed.RootElement.GetProperty("name").GetString(), listed.RootElement.GetProperty("kind").GetString()));
            mark = ulong.Parse(listed.RootElement.GetProperty("markE8").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        }

        UInt128 spot = SpotOrders.Of(1).Packed;
        ulong expiry = await world.NowAsync() + 3600;
        Clearinghouse.Order Order(Trader trader, long sizeE8, ulong nonce) => new(trader.Account, spot, sizeE8, mark, nonce, expiry, 1_000_000, 0);
        string refused = await OrderExample.PlaceAsync(seller.Client, http, seller.Key, Order(seller, -6 * Deployed.Unit, 1));
        Assert.Contains("less of the token than it would sell", refused, StringComparison.Ordinal);
        string placed = await OrderExample.PlaceAsync(seller.Client, http, seller.Key, Order(seller, -5 * Deployed.Unit, 2));
        Assert.Contains("resting", placed, StringComparison.OrdinalIgnoreCase);
        string taken = await OrderExample.PlaceAsync(buyer.Client, http, buyer.Key, Order(buyer, 2 * Deployed.Unit, 1));
        Assert.True(taken.Contains("settling", StringComparison.OrdinalIgnoreCase), taken);

        await Eventually.TrueAsync(
            async () =>
            {
                string orders = await http.GetStringAsync(new Uri($"/api/orders?account={buyer.Account}", UriKind.Relative));
                Assert.DoesNotContain("\"refused\"", orders, StringComparison.Ordinal);
                return (await world.Client.ReplayAsync()).Accounts[buyer.Account].Balances is [{ Token: 1, AmountRaw: var raw }] && raw == 2 * (UInt128)Five / 5;
            },
            "the ether in the buyer's account");
        ProtocolBook book = await world.Client.ReplayAsync();
        Assert.Equal([new Balance(1, 3 * (UInt128)Five / 5)], book.Accounts[seller.Account].Balances.Where(static balance => balance.Token == 1));
        Int128 cost = 2 * (Int128)mark;
        Assert.Equal(100_000 * (Int128)Deployed.Unit - cost - Fees.FeeUp(2 * Deployed.Unit, (long)mark, book.Parameters.Clearing.TakerFeeE8), book.Accounts[buyer.Account].State.CashE8);
        await world.AssertSameFiguresAsync();
        await host.StopAsync();
    }
}
