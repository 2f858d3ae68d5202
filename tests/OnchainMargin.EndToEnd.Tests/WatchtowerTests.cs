using Microsoft.AspNetCore.Builder;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Lies that nobody shows to the watchtower: it finds them where they were used, and takes the bonds with nobody's help. It demands no leaves here, so that uses alone tell it.</summary>
[Collection(SharedChain.Name)]
public sealed class WatchtowerTests(AttackWorld world) : IClassFixture<AttackWorld>, IAsyncLifetime
{
    private const long Lie = 1_000_000;

    private readonly ProtocolBook _book = world.Book;
    private string _snapshot = "";

    private Deployed Chain => world.Deployed;

    public async Task InitializeAsync() => _snapshot = await Chain.Chain.SnapshotAsync();

    public Task DisposeAsync() => world.RevertAsync(_snapshot, _book);

    [Fact]
    public async Task FalseAttestationOnDemand_UsedByAWithdrawal_IsRefuted()
    {
        RiskRegistry.RiskAttestation truth = world.True(world.Bold);
        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(truth));
        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(truth with { LeastCashE8 = truth.LeastCashE8 - Lie }));
        // What was signed stays refutable when the account has moved on.
        await Chain.TradeAsync(world.Maker, world.Bold, 1, Deployed.Unit / 2, AttackWorld.Btc);

        await RefutedAsync();
    }

    [Fact]
    public async Task FalseAttestationOnDemand_AsHeadroomOfATrade_IsRefuted()
    {
        RiskRegistry.RiskAttestation lie = world.True(world.Bold) with { MaintenanceMarginE8 = 1 };
        await Chain.TradeAsync(world.Bold, world.Maker, 1, Deployed.Unit / 100, AttackWorld.Btc, Proofs.Headroom(world.OnDemand(lie)));

        await RefutedAsync();
    }

    [Fact]
    public async Task LeafOfPositionsThatTheAccountGotLater_OnceUsed_IsRefuted()
    {
        // What the account is going to be is known before it is.
        string before = await Chain.Chain.SnapshotAsync();
        await TradeAsync();
        BookAccount later = (await Chain.Client.ReplayAsync()).Accounts[world.Bold.Account];
        await world.RevertAsync(before, _book);
        RiskRegistry.RiskAttestation truth = world.True(later);
        AttestedBook book = await world.PostAsync(truth with { LeastCashE8 = truth.LeastCashE8 - Lie });
        await TradeAsync();

        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.Leaf(book, world.Bold));

        await RefutedAsync();
        Assert.True((await Chain.Client.ReplayAsync()).LatestEpoch!.IsVoid);

        Task TradeAsync() => Chain.TradeAsync(world.Maker, world.Bold, 1, Deployed.Unit / 2, AttackWorld.Btc);
    }

    [Fact]
    public async Task TrueAndTooStrictAttestations_OnceUsed_CostNobodyABond()
    {
        RiskRegistry.RiskAttestation truth = world.True(world.Bold);
        RiskRegistry.RiskAttestation strict = truth with { LeastCashE8 = truth.LeastCashE8 + 1 };
        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(truth));
        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(strict));

        await using WebApplication tower = await StartAsync();
        await Eventually.TrueAsync(async () => (await Chain.Client.ReplayAsync()).Voided.Contains(AttestedBook.HashOf(strict)), "the correction of the strict one");
        ProtocolBook after = await Chain.Client.ReplayAsync();
        Assert.Equal((2, 1, 2), (after.Attesters.Count, after.Voided.Count, after.Used.Count));
        await tower.StopAsync();
    }

    private async Task RefutedAsync()
    {
        await using WebApplication tower = await StartAsync();
        await Eventually.TrueAsync(async () => (await Chain.Client.ReplayAsync()).Attesters.IsEmpty, "the votes of the liars to be gone");
        Assert.Equal((UInt256)200_000_000_000UL, await Chain.RewardsOfAsync(Chain.Pricer.Address));
        await tower.StopAsync();
    }

    private async Task<WebApplication> StartAsync()
    {
        SolverOptions options = Chain.Options(0, null, $"tower-{Guid.NewGuid():N}.db", SolverRoles.Indexer, SolverRoles.Watchtower);
        WebApplication tower = await SolverHost.CreateAsync(options with { Watchtower = options.Watchtower with { MaximumDemands = 0 } });
        await tower.StartAsync();
        return tower;
    }
}
