using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Keeping;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>What a lot leaves of its account, how its owner ends it from the command line, and how old the one is that comes after it.</summary>
[Collection(SharedChain.Name)]
public sealed class LotEndTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;

    [Fact]
    public async Task Finish_LotSoldInPart_LeavesWhatWasTold_AndTheNextLotResumesItsAge()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader bold = await world.TraderAsync(20_000);
        Trader keeper = await world.TraderAsync(1_000_000);
        await world.TradeAsync(bold, maker, 1, Deployed.Unit, Btc);
        await world.Chain.PassAsync(61);
        await world.SetPriceAsync(1, Btc * 84 / 100);
        ulong first = await StartAsync(keeper, bold);

        Assert.Contains(
            $"The lot {first} cannot end yet, as account {bold.Account} has an equity of", await CommandLine.RefusalAsync(world, bold.Key, "finish", $"{first}"), StringComparison.Ordinal);
        Assert.Contains("The lot 77 is not open: give one that", await CommandLine.RefusalAsync(world, bold.Key, "finish", "77"), StringComparison.Ordinal);

        await world.Chain.PassAsync(360);
        ProtocolBook book = await world.Client.ReplayAsync();
        await keeper.Client.BidAsync(book.Lots[first], 10_000_000, Int256.MaxValue, book.Accounts[keeper.Account]);
        await world.MintAsync(bold.Key.Address, 8_000_000_000);
        await bold.Client.DepositAsync(bold.Account, bold.Client.Sender, 0, 8_000_000_000);

        ProtocolBook before = await world.Client.ReplayAsync();
        JsonElement shown = await CommandLine.RunAsync(world, bold.Key, "account", "show", $"{bold.Account}");
        JsonElement listed = (await CommandLine.RunAsync(world, bold.Key, "account", "list")).GetProperty("accounts").EnumerateArray().Single(account => account.GetProperty("account").GetUInt64() == bold.Account);
        Assert.All([shown, listed], static account => Assert.Equal("0.9", account.GetProperty("positions").GetProperty("BTC-PERP").GetProperty("size").GetString()));
        Assert.True((await CommandLine.RunAsync(world, bold.Key, "health", $"{bold.Account}")).GetProperty("accounts")[0].GetProperty("agrees").GetBoolean());
        JsonElement ended = await CommandLine.RunAsync(world, bold.Key, "finish", $"{first}");
        ProtocolBook after = await world.Client.ReplayAsync();
        (AccountState told, var balances) = LotParts.RestOf(before.Accounts[bold.Account], before, after.LatestCheckpoint!.Checkpoint.Header)!.Value;
        BookAccount left = after.Accounts[bold.Account];
        Assert.Equal(($"{bold.Account}", "0.1"), (ended.GetProperty("account").GetString(), ended.GetProperty("sold").GetString()));
        Assert.Equal((0UL, Deployed.Unit * 9 / 10), (left.OpenLot, left.State.Positions[0].SizeE8));
        Assert.Equal(told.Positions.AsEnumerable(), left.State.Positions.AsEnumerable());
        Assert.Equal(told.CashE8 + AccountTouch.SweptE8(balances, 6), left.State.CashE8 + AccountTouch.SweptE8(left.Balances, 6));

        // A second fall within the hour: the discount goes on where it was.
        await world.Chain.PassAsync(400);
        await world.SetPriceAsync(1, Btc * 76 / 100);
        ulong second = await StartAsync(keeper, bold);
        BookLot resumed = (await TimedAsync(world)).Lots[second];
        Assert.InRange(resumed.StartSeconds, 1UL, resumed.BiddingFromSeconds - 300);
        foreach (int seconds in (int[])[1, 130, 5_000])
        {
            await world.Chain.PassAsync(seconds);
            ulong chain = await world.Client.GetDiscountAsync(bold.Account);
            Assert.Equal(chain, resumed.DiscountE8(await world.NowAsync(), before.Parameters.Liquidation));
            Assert.NotEqual(0UL, chain);
        }
    }

    private static async Task<ulong> StartAsync(Trader keeper, Trader bold)
    {
        ProtocolBook book = await keeper.Client.ReplayAsync();
        CheckpointInputs live = await keeper.Client.GetLiveInputsAsync();
        UnderWater found = Assert.IsType<UnderWater>(Liquidations.Look(book, book.Accounts[bold.Account], live));
        return await keeper.Client.StartLiquidationAsync(found.Account, found.Witness);
    }

    /// <summary>The book of logs that carry the times of their blocks, as the solver's index has them.</summary>
    private static async Task<ProtocolBook> TimedAsync(Deployed world)
    {
        IReadOnlyList<LogEntry> logs = await world.Chain.Node.GetLogsAsync(new LogFilter { Addresses = ProtocolEmitters.Of(world.Record.Contracts), FromBlock = BlockTag.Number(world.Record.Block), ToBlock = BlockTag.Latest });
        var timed = new List<LogEntry>();
        foreach (LogEntry log in logs)
        {
            timed.Add(log with { BlockTimestampSeconds = (await world.Chain.Node.GetBlockAsync(BlockTag.Number(log.BlockNumber)))!.TimestampSeconds });
        }

        var replay = new BookReplay(world.Record);
        replay.Apply(timed, timed[^1].BlockNumber, timed[^1].BlockHash, timed[^1].BlockTimestampSeconds);
        return replay.Book;
    }
}
