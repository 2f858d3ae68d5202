using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.EndToEnd.Tests.Guides;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>What happens to matches when accounts change between their sending and their block.</summary>
[Collection(SharedChain.Name)]
public sealed class RelayTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;
    private const long Tenth = Deployed.Unit / 10;

    [Fact]
    public async Task AnAccountThatChangesBeforeItsFillIsMined_CostsNobodyAnOrder()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader[] traders = [await world.TraderAsync(100_000), await world.TraderAsync(100_000), await world.TraderAsync(100_000), await world.TraderAsync(100_000)];
        await using WebApplication host = await SolverHost.CreateAsync(world.Options(0, null, "solver.db", SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Relay, SolverRoles.Api));
        await host.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        await Eventually.TrueAsync(
            async () =>
            {
                using HttpResponseMessage reply = await http.GetAsync(new Uri($"/api/accounts/{traders[3].Account}", UriKind.Relative));
                return reply.IsSuccessStatusCode;
            },
            "an index that knows the accounts");
        ulong expiry = await world.NowAsync() + 3600;
        Clearinghouse.Order Order(Trader trader, long sizeE8) => new(trader.Account, Instrument.Perpetual(1).Packed, sizeE8, Btc, 1, expiry, 1_000_000, 0);
        foreach (Trader maker in traders[..2])
        {
            Assert.Contains("resting", await OrderExample.PlaceAsync(maker.Client, http, maker.Key, Order(maker, -Tenth)), StringComparison.OrdinalIgnoreCase);
        }

        // The first taker will touch his account for a higher fee, so that his is the earlier one in the block.
        using TransactionSender sender = Deployed.Sender(world.Chain, traders[2].Key);
        ProtocolBook book = await world.Client.ReplayAsync();
        TransactionRequest touch = traders[2].Client.Calls.Touch(book.Accounts[traders[2].Account], Proofs.Computed);
        SignedTransaction first = await sender.PrepareAsync(touch);
        for (int i = 0; i < 20; i++)
        {
            first = await sender.BumpAsync(first);
        }

        await world.Chain.SetAutomineAsync(false);
        try
        {
            foreach (Trader taker in traders[2..])
            {
                Assert.Contains("settling", await OrderExample.PlaceAsync(taker.Client, http, taker.Key, Order(taker, Tenth)), StringComparison.OrdinalIgnoreCase);
            }

            SolverStore store = host.Services.GetRequiredService<SolverStore>();
            await Eventually.TrueAsync(() => Task.FromResult(store.NewestInOutbox(10).Any(static entry => entry.Intent.StartsWith("settle", StringComparison.Ordinal))), "a settlement on its way");

            await sender.BroadcastAsync(first);
            await world.Chain.MineAsync();
        }
        finally
        {
            await world.Chain.SetAutomineAsync(true);
        }

        await world.Chain.MineAsync();
        Assert.True((await world.Client.ReplayAsync()).Accounts[traders[2].Account].State.Positions.IsEmpty, "the touch came first, so that the settlement was reverted");
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.DoesNotContain("\"refused\"", await http.GetStringAsync(new Uri("/api/orders", UriKind.Relative)), StringComparison.Ordinal);
                ProtocolBook after = await world.Client.ReplayAsync();
                return traders[2..].All(taker => after.Accounts[taker.Account].State.Positions is [{ SizeE8: Tenth }]);
            },
            "both fills, sent once more");
        await world.AssertSameFiguresAsync();
        await host.StopAsync();
    }

    /// <summary>Code at a key's address agrees while the relay estimates, and takes all gas in the block.</summary>
    [Fact]
    public async Task CodeThatAgreesInTheEstimateAlone_IsPaidForOnceAndRests()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader[] traders = [await world.TraderAsync(100_000), await world.TraderAsync(100_000)];
        (Trader spoiler, Trader honest) = (traders[0], traders[1]);
        await using WebApplication host = await SolverHost.CreateAsync(world.Options(0, null, "solver.db", SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Relay, SolverRoles.Api));
        await host.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        ulong expiry = await world.NowAsync() + 3600;
        Clearinghouse.Order Order(Trader trader, long sizeE8, ulong nonce) => new(trader.Account, Instrument.Perpetual(1).Packed, sizeE8, Btc, nonce, expiry, 1_000_000, 0);
        await Eventually.TrueAsync(
            async () => (await OrderExample.PlaceAsync(honest.Client, http, honest.Key, Order(honest, -Tenth, 1))).Contains("resting", StringComparison.OrdinalIgnoreCase),
            "an index that knows the accounts");

        await world.Chain.SetCodeAsync(spoiler.Key.Address, "0x631626ba7e60e01b5f5260205ff3");
        SolverStore store = host.Services.GetRequiredService<SolverStore>();
        await world.Chain.SetAutomineAsync(false);
        try
        {
            Assert.Contains("settling", await OrderExample.PlaceAsync(spoiler.Client, http, spoiler.Key, Order(spoiler, Tenth, 1)), StringComparison.OrdinalIgnoreCase);
            await Eventually.TrueAsync(() => Task.FromResult(Settlements().Length > 0), "a settlement on its way");
            await world.Chain.SetCodeAsync(spoiler.Key.Address, "0xfe");
            await world.Chain.MineAsync();
        }
        finally
        {
            await world.Chain.SetAutomineAsync(true);
        }

        await world.Chain.MineAsync();
        await Eventually.TrueAsync(
            async () => (await http.GetStringAsync(new Uri($"/api/orders?account={spoiler.Account}", UriKind.Relative))).Contains("reverted on chain, and nothing but that explains it", StringComparison.Ordinal),
            "the end of the order that spoilt the settlement");
        Assert.Contains("\"resting\"", await http.GetStringAsync(new Uri($"/api/orders?account={honest.Account}", UriKind.Relative)), StringComparison.OrdinalIgnoreCase);
        await world.Chain.SetCodeAsync(spoiler.Key.Address, "0x");
        Assert.Contains("have a key without code sign", await OrderExample.PlaceAsync(spoiler.Client, http, spoiler.Key, Order(spoiler, Tenth, 2)), StringComparison.Ordinal);
        Assert.Equal(OutboxState.Reverted, Assert.Single(Settlements()).State);
        await host.StopAsync();

        OutboxEntry[] Settlements() => [.. store.NewestInOutbox(10).Where(static entry => entry.Intent.StartsWith("settle", StringComparison.Ordinal))];
    }
}
