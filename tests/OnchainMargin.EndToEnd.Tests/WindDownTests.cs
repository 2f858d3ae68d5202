using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>A market whose oracle died: the book makes of every account what the chain makes of it, at each step of the wind-down.</summary>
[Collection(SharedChain.Name)]
public sealed class WindDownTests(ChainFixture fixture)
{
    private const ulong Window = 1800;
    private const int DeadSeconds = 7 * 86_400;

    [Fact]
    public async Task LastPrice_FixedBeforeTheWindDown_SettlesWhatHasExpiredAndTheRestFollows()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader buyer = await world.TraderAsync(1_000_000);
        Trader seller = await world.TraderAsync(1_000_000);
        uint early = (uint)(((await world.NowAsync() / Window) + 4) * Window);
        uint late = early + (30 * 86_400);
        await world.PublishSurfaceAsync(early, 280_000_000_000);
        await world.PublishSurfaceAsync(late, 280_000_000_000);
        Instrument perpetual = Instrument.Perpetual(1);
        Instrument[] held = [perpetual, Instrument.Future(1, early), Instrument.Future(1, late)];
        foreach (Instrument instrument in held)
        {
            await world.TradeAsync(buyer, seller, instrument, Deployed.Unit);
        }

        await world.SetPriceAsync(1, 0);
        await world.SendAsync((world.Record.Contracts.PriceHub, new PriceHub.RefreshCall()));
        Assert.Contains("This market is not wound down: that takes seven days", await CommandLine.RefusalAsync(world, buyer.Key, "wind-down", "BTC"), StringComparison.Ordinal);
        Assert.Contains("The deployment has no underlying 'DOGE': give one of BTC", await CommandLine.RefusalAsync(world, buyer.Key, "wind-down", "DOGE"), StringComparison.Ordinal);
        await world.Chain.PassAsync(DeadSeconds);

        // Anybody may fix the last price by itself: what has expired settles at it from then on, the rest waits for the wind-down.
        await world.SendAsync((world.Record.Contracts.PriceHub, new PriceHub.FixSettlementCall(1, 0)));
        Assert.Equal([perpetual, Instrument.Future(1, late)], await AssertSettledAlikeAsync(world, buyer));

        JsonElement closed = await CommandLine.RunAsync(world, buyer.Key, "wind-down", "btc");
        Assert.Equal("BTC", closed.GetProperty("underlying").GetString());
        Assert.Empty(await AssertSettledAlikeAsync(world, buyer));
        Assert.Empty(await AssertSettledAlikeAsync(world, seller));
    }

    /// <summary>What is left in the account after the chain settled it, which is what the book said before.</summary>
    private static async Task<Instrument[]> AssertSettledAlikeAsync(Deployed world, Trader trader)
    {
        ProtocolBook book = await world.Client.ReplayAsync();
        BookAccount before = book.Accounts[trader.Account];
        AccountState expected = AccountTouch.Touched(before, book, book.LatestCheckpoint!.Checkpoint.Header).State;
        Assert.NotEqual(before.State.Positions.Length, expected.Positions.Length);
        await world.SendAsync((world.Record.Contracts.Clearinghouse, new Clearinghouse.SettleExpiredCall(trader.Account, before.StateBytes)));
        AccountState settled = (await world.Client.ReplayAsync()).Accounts[trader.Account].State;
        Assert.Equal(expected.Positions.AsEnumerable(), settled.Positions.AsEnumerable());
        Assert.Equal(expected.CashE8, settled.CashE8);
        return [.. settled.Positions.Select(static position => position.Instrument)];
    }
}
