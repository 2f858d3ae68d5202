using Microsoft.AspNetCore.Builder;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Nodes that do not trust each other: two attesters that need each other's signatures, and a watchtower that nobody asked.</summary>
[Collection(SharedChain.Name)]
public sealed class AttesterNodesTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;

    [Fact]
    public async Task TwoNodes_WithAKeyEach_PostEpochsTogether()
    {
        using PrivateKey second = await Deployed.FundedKeyAsync(fixture.Chain);
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain, second);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader bold = await world.TraderAsync(60_000);
        await world.TradeAsync(bold, maker, 1, Deployed.Unit, Btc);
        string[] urls = [FreePort.Url(), FreePort.Url()];
        await using WebApplication one = await StartAsync(world, "one.db", Deployed.KeyOf("NODE_ONE", world.Attester), urls[0], urls[1], SolverRoles.Pricer);
        await using WebApplication two = await StartAsync(world, "two.db", Deployed.KeyOf("NODE_TWO", second), urls[1], urls[0]);

        await world.Chain.PassAsync(61);
        await Eventually.TrueAsync(async () => (await world.Client.ReplayAsync()).LatestEpoch is { Signatures: 2, Accounts: 2 }, "an epoch that both nodes signed");

        await one.StopAsync();
        await two.StopAsync();
    }

    [Fact]
    public async Task Watchtower_SeesARootThatIsNotItsOwn_DemandsTheLeafAndRefutesIt()
    {
        using PrivateKey second = await Deployed.FundedKeyAsync(fixture.Chain);
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain, second);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader bold = await world.TraderAsync(60_000);
        await world.TradeAsync(bold, maker, 1, Deployed.Unit, Btc);
        await world.Chain.PassAsync(61);
        await world.Client.TakeCheckpointAsync();
        SolverOptions options = world.Options(0, null, "tower.db", SolverRoles.Indexer, SolverRoles.Watchtower);
        await using WebApplication tower = await SolverHost.CreateAsync(options);
        await tower.StartAsync();

        // The quorum posts a book in which one account needs next to nothing, and serves it to nobody.
        ProtocolBook book = await world.Client.ReplayAsync();
        AttestedBook lie = new(
            book.LatestCheckpoint!.Id,
            [Lie(book, maker.Account, leastCash: 1), Lie(book, bold.Account, leastCash: -1_000_000 * Deployed.Unit)]);
        RiskRegistry.RiskEpoch epoch = lie.ToEpoch(1);
        Hash32 inputs = book.LatestCheckpoint.InputsHash;
        await world.Client.PostEpochAsync(epoch, book.LatestCheckpoint, [world.Client.Digests.Sign(epoch, inputs, world.Attester), world.Client.Digests.Sign(epoch, inputs, second)]);

        await Eventually.TrueAsync(async () => (await world.Client.ReplayAsync()).Demands.ContainsKey((1, bold.Account)), "a demand of the leaf");
        (RiskRegistry.RiskAttestation attestation, Hash32[] path) = lie.Find(bold.Account)!.Value;
        await world.Client.SendAsync(world.Client.Calls.Supply(Challenges.RiskAttestation.Decode(attestation.Encode()), 1, path));

        await Eventually.TrueAsync(async () => (await world.Client.ReplayAsync()).Attesters.IsEmpty, "the votes of the liars to be gone");
        Assert.True((await world.Client.ReplayAsync()).LatestEpoch!.IsVoid);
        Assert.Equal((UInt256)200_000_000_000UL, await world.RewardsOfAsync(world.Pricer.Address));
        await tower.StopAsync();
    }

    private static RiskRegistry.RiskAttestation Lie(ProtocolBook book, ulong id, long leastCash) =>
        new(id, book.Accounts[id].PositionsHash, Ethereum.Hashing.Keccak256.Hash([]), leastCash, 0, 0, book.LatestCheckpoint!.Id, book.ModelHash, (ulong)book.LatestCheckpoint.Checkpoint.Header.Time + 600);

    private static async Task<WebApplication> StartAsync(Deployed world, string store, KeyOptions key, string url, string peer, params string[] more)
    {
        SolverOptions options = world.Options(0, null, store, [SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Attester, SolverRoles.Api, .. more]);
        WebApplication host = await SolverHost.CreateAsync(options with
        {
            Attester = new AttesterOptions { Keys = [key], Peers = [peer], PollMilliseconds = 100 },
            Api = options.Api with { Url = url },
        });
        await host.StartAsync();
        return host;
    }
}
