using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests;

[Collection(SharedChain.Name)]
public sealed class CheckpointRebuildTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;
    private const ulong Window = 1800;

    [Fact]
    public async Task Rebuild_FromEventsAndCalls_HashesToWhatTheHubStored()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader taker = await world.TraderAsync(1_000_000);
        await world.TradeAsync(taker, maker, 1, Deployed.Unit, Btc * 1002 / 1000);
        uint near = (uint)(((await world.NowAsync() / Window) + 4) * Window);
        uint far = near + 86_400;

        // Two publications of the nearer expiry, so that there is one that was set aside.
        await world.PublishSurfaceAsync(near, 280_000_000_000);
        await world.PublishSurfaceAsync(far, 280_000_000_000);
        await world.Chain.PassAsync(600);
        await world.SetPriceAsync(1, Btc * 103 / 100);
        await world.PublishSurfaceAsync(near, 282_000_000_000);
        Checkpoint first = await AssertRebuildsAsync(world);
        Assert.True(first.Underlyings[0].PerpetualMarkE8 > first.Underlyings[0].SpotE8);

        // A market that moved too far, and a surface that is past its half hour.
        await world.SetPriceAsync(2, 200_000000000);
        await world.Chain.PassAsync(1900);
        Checkpoint moved = await AssertRebuildsAsync(world);
        Assert.Equal(MarketState.Halted, moved.Underlyings[1].MarketState);
        Assert.Equal(moved.Underlyings[0].Expiries[0].Present, moved.Underlyings[0].Expiries[0].Delayed);

        // Inside the settlement window of the nearer, and after it.
        while (await world.NowAsync() < near - Window)
        {
            await world.Chain.PassAsync(240);
            await world.SendAsync((world.Record.Contracts.PriceHub, new PriceHub.RefreshCall()));
        }

        Assert.Equal(2, (await AssertRebuildsAsync(world)).Underlyings[0].Expiries.Length);
        while (await world.NowAsync() < near)
        {
            await world.Chain.PassAsync(240);
            await world.SendAsync((world.Record.Contracts.PriceHub, new PriceHub.RefreshCall()));
        }

        Checkpoint settled = await AssertRebuildsAsync(world);
        Assert.Equal(far, Assert.Single(settled.Underlyings[0].Expiries).Expiry);
    }

    private static async Task<Checkpoint> AssertRebuildsAsync(Deployed world)
    {
        await world.Chain.PassAsync(61);
        ulong block = await world.SendAsync((world.Record.Contracts.PriceHub, new PriceHub.CheckpointCall()));
        Checkpoint rebuilt = await new CheckpointRebuild(world.Chain.Node, world.Record).RebuildAsync(block);
        CheckpointInputs taken = await world.Client.GetCheckpointAsync(rebuilt.Header.Id);
        Assert.Equal(taken.Checkpoint.Header, rebuilt.Header);
        Assert.Equal(taken.Checkpoint.Collaterals.AsEnumerable(), rebuilt.Collaterals.AsEnumerable());
        Assert.Equal(taken.Checkpoint.Underlyings.AsEnumerable(), rebuilt.Underlyings.AsEnumerable());
        (byte[] head, Hash32 hash) = CheckpointRebuild.Hash(rebuilt);
        Assert.Equal(taken.Head, head);
        Assert.Equal(await world.Chain.Node.CallAsync(world.Record.Contracts.PriceHub, new PriceHub.InputsHashCall(rebuilt.Header.Id)), hash);
        return rebuilt;
    }
}
