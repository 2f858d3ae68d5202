using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>What a keeper does for all: fees pay losses, and dead markets are wound down.</summary>
public sealed class KeeperUpkeepTests : KeeperWorld
{
    private const ulong DeadSeconds = 604_800;

    /// <summary>Once that pays more than a duty may cost, here a cent.</summary>
    [Theory]
    [InlineData(300, 200, 0, 1)]
    [InlineData(300, 0, 200, 1)]
    [InlineData(300, 1, 1, 1)]
    [InlineData(300, 1, 0, 0)]
    [InlineData(1, 200, 200, 0)]
    [InlineData(300, 0, 0, 0)]
    public async Task RunOnce_FeesAndLosses_FeesAreMadeToPayThem(int fees, int deficit, int lost, int expected)
    {
        ProtocolBook book = BookOf([]);
        book = book with { Ledger = book.Ledger with { FeesE8 = Cents(fees), DeficitE8 = Cents(deficit) }, LostE8 = Cents(lost) };
        using TransactionManager manager = Manager(TimeProvider.System);
        using KeeperLooks keeper = await KeeperAsync(manager, TimeProvider.System, new KeeperOptions { DutyCostE8 = Books.One / 100, NativePriceE8 = Books.One });
        await keeper.LookAsync(book);

        // In the next block it is under way still, and not sent twice.
        await keeper.LookAsync(book with { BlockHash = default });
        Assert.Equal(Enumerable.Repeat(Hex(Calls.CoverLosses()), expected), Sent());
    }

    [Fact]
    public async Task RunOnce_MarketIsDead_IsWoundDownWhenItsSevenDaysAreOver()
    {
        const uint LeftSeconds = 100;
        CheckpointInputs Halted(uint passed) => Books.Inputs(1, Books.Start + passed, 100, record: static record => record with { MarketState = MarketState.Halted });
        List<string> asked = RefuseOnce(Calls.WindDown(1), new SpotMarkets.MarketAliveError(1, (byte)MarketState.Halted, (ulong)Books.Start + LeftSeconds - DeadSeconds));
        var prices = new PricesNode(Halted(0), 0, 0);
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, prices: prices);
        ProtocolBook book = BookOf([]);
        foreach (uint passed in (uint[])[0, LeftSeconds - 1])
        {
            prices.Live = Halted(passed);
            await keeper.LookAsync(book);
            time.Pass(60);
            Assert.Single(asked);
        }

        prices.Live = Halted(LeftSeconds);
        await keeper.LookAsync(book);
        Assert.Equal([Hex(Calls.WindDown(1))], Sent());

        await keeper.LookAsync(book with { Settlements = book.Settlements.WithLast(1, 100 * Books.One, 0) });
        Assert.Single(Sent());
    }

    [Fact]
    public async Task RunOnce_MarketIsWell_IsNotAskedAbout()
    {
        List<string> asked = RefuseOnce(Calls.WindDown(1), new SpotMarkets.MarketAliveError(1, 0, 0));
        await LookAsync(BookOf([]));
        Assert.Empty(asked);
    }

    private static ProtocolCalls Calls => new(Deployment.Contracts);

    private static UInt128 Cents(int cents) => (UInt128)(ulong)(cents * (Books.One / 100));
}
