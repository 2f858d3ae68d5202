using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>Who is asked to serve a need, and who is left alone meanwhile.</summary>
public sealed class KeeperNeedTests : KeeperWorld
{
    private static readonly Instrument Perpetual = Instrument.Perpetual(1);
    private static readonly Instrument Expired = Instrument.Future(1, (uint)(Books.Start - 60));

    [Theory]
    [InlineData(-10, 1)]
    [InlineData(-15, 2)]
    [InlineData(-31, 3)]
    [InlineData(10, 0)]
    public async Task RunOnce_NeedFacesManyHolders_AsksAsManyAsItTakes(int need, int expected)
    {
        BookAccount[] holders = [Holder(1), Holder(2), Holder(3)];
        ProtocolBook book = With(need, holders);
        await LookAsync(book);

        // And no others while those are under way, whoever goes on.
        await LookAsync(book);
        Assert.Equal(holders[..expected].Select(Serve), Sent());
    }

    [Fact]
    public async Task RunOnce_AccountIsStarted_IsNotAskedToServe()
    {
        BookAccount sinking = UnderWater(1, 1);
        await LookAsync(With(-10, sinking));
        Assert.Equal([Intent("start", sinking)], Store.UnsettledOf(Key.Address).Select(static entry => entry.Intent));
    }

    [Fact]
    public async Task RunOnce_AccountServes_IsNotSettledBeside()
    {
        BookAccount holder = Holder(1);
        holder = holder with { State = holder.State with { Positions = [holder.State.Positions[0] with { Instrument = Expired }] } };
        ProtocolBook book = With(0, holder) with { Needs = ImmutableSortedDictionary<Instrument, long>.Empty.Add(Expired, -Books.One) };
        Node.Refused.Add(SettleNeed());
        await LookAsync(book with { Settlements = book.Settlements.With(1, Expired.Expiry, 100 * Books.One) });
        Assert.Equal([Intent("serve", holder)], Store.UnsettledOf(Key.Address).Select(static entry => entry.Intent));
    }

    /// <summary>A day after the youngest part of a need, or after a wind-down: only the chain knows when that is, and says so once.</summary>
    [Fact]
    public async Task RunOnce_NeedIsNotDueYet_IsAskedForAgainWhenItIs()
    {
        const uint DueInSeconds = 100;
        ProtocolBook book = With(0, Holder(1)) with { Needs = ImmutableSortedDictionary<Instrument, long>.Empty.Add(Expired, Books.One) };
        book = book with { Settlements = book.Settlements.With(1, Expired.Expiry, 100 * Books.One) };
        List<string> asked = RefuseOnce(new ProtocolCalls(Deployment.Contracts).SettleNeed(Expired), new Clearinghouse.NeedNotDueError(Expired.Packed, (ulong)Books.Start + DueInSeconds));
        var prices = new PricesNode(Live, 0, 0);
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, prices: prices);
        foreach (uint passed in (uint[])[0, DueInSeconds - 1])
        {
            prices.Live = Books.Inputs(1, Books.Start + passed, 100);
            await keeper.LookAsync(book);
            time.Pass(60);
            Assert.Single(asked);
            Assert.Empty(Sent());
        }

        prices.Live = Books.Inputs(1, Books.Start + DueInSeconds, 100);
        await keeper.LookAsync(book);
        Assert.Equal([SettleNeed()], Sent());
    }

    /// <summary>What was mined first, the keeper's own, changed the state that its start named.</summary>
    [Theory]
    [InlineData("serve", Sinking)]
    [InlineData("look at", Sinking - 1)]
    public async Task RunOnce_StartIsRevertedForTheKeepersOwnServe_CountsNotAgainstTheAccount(string before, int expected)
    {
        ProtocolBook book = Book(cash: 100);
        BookAccount first = book.Accounts[1];
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await manager.SubmitAsync(new TransactionIntent(Intent(before, first), Deployment.Contracts.Clearinghouse, [1]), CancellationToken.None);
        await MineAsync(manager);
        await manager.SubmitAsync(new TransactionIntent(Intent("start", first), Deployment.Contracts.LiquidationHouse, [1]), CancellationToken.None);
        Node.RevertsWhenMined = true;
        await MineAsync(manager);
        int sent = Node.Broadcasts.Count;
        await LookAsync(book, time, manager: manager);
        Assert.Equal(expected, Node.Broadcasts.Count - sent);
    }

    [Fact]
    public async Task RunOnce_ServeIsRevertedOnChain_RestsLongerEachTime()
    {
        Node.RevertsWhenMined = true;
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        foreach ((int seconds, int expected) in new[] { (0, 1), (9, 0), (1, 1), (19, 0), (1, 1), (39, 0) })
        {
            time.Pass(seconds);
            int before = Node.Broadcasts.Count;
            await LookAsync(With(-10, Holder(1)), time);
            Assert.Equal((seconds, expected), (seconds, Node.Broadcasts.Count - before));
            await MineAsync(manager);
        }
    }

    [Fact]
    public async Task RunOnce_ChainRefusesAServe_TheAccountCanBeStarted()
    {
        BookAccount holder = Holder(1);
        Node.Refused.Add(Serve(holder));
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time);
        await keeper.LookAsync(With(-10, holder));
        BookAccount sinking = UnderWater(1, 2);
        await keeper.LookAsync(With(-10, sinking));
        Assert.Equal([Intent("start", sinking)], Store.UnsettledOf(Key.Address).Select(static entry => entry.Intent));
    }

    [Fact]
    public async Task RunOnce_NodeIsSlow_TheNextRoundGoesOnBehindTheLastHolder()
    {
        BookAccount[] holders = [Holder(1), Holder(2), Holder(3)];
        var time = new FakeTime();
        List<string> asked = Slowly(time);
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time);
        for (int i = 1; i <= 3; i++)
        {
            await keeper.LookAsync(With(-100, holders));
            Assert.Equal(holders[..i].Select(Serve), asked);
        }
    }

    [Fact]
    public async Task RunOnce_NodeIsSlow_TheNextRoundGoesOnBehindTheLastLot()
    {
        (BookAccount Account, BookLot Lot)[] lots = [Lot(7, 1, 19, -1), Lot(8, 2, 19, -1), Lot(9, 3, 19, -1)];
        lots = [.. lots.Select(static one => (one.Account, one.Lot with { InsolventSinceSeconds = 1 }))];
        ProtocolBook book = BookOf(lots.Select(static one => one.Lot), [.. lots.Select(static one => one.Account)]);
        string[] takings = [.. lots.Select(static one => Hex(new ProtocolCalls(Deployment.Contracts).Deleverage(one.Lot)))];
        var time = new FakeTime();
        List<string> asked = Slowly(time);
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time);
        await keeper.LookAsync(book);
        Assert.Equal(takings[..2], asked);
        await keeper.LookAsync(book);
        Assert.Equal(takings, asked.Take(3));
    }

    [Fact]
    public async Task RunOnce_NodeHangsInOneHolder_TheNextLookGoesOnBehindHim()
    {
        BookAccount[] holders = [Holder(1), Holder(2)];
        Node.BeforeEstimate = (data, token) => string.Equals(HexData.Encode(data), Serve(holders[0]), StringComparison.Ordinal) ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        using TransactionManager manager = Manager(TimeProvider.System);
        using KeeperLooks keeper = await KeeperAsync(manager, TimeProvider.System);
        await keeper.LookAsync(With(-100, holders)).WaitAsync(TimeSpan.FromSeconds(60));
        await keeper.LookAsync(With(-100, holders)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal([Serve(holders[1])], Sent());
    }

    /// <summary>An account that is well and holds ten of the perpetual.</summary>
    private static BookAccount Holder(ulong id) => UnderWater(id, 1, 100_000);

    private static string Serve(BookAccount account) => Hex(new ProtocolCalls(Deployment.Contracts).ServeNeed(account));

    private static string SettleNeed() => Hex(new ProtocolCalls(Deployment.Contracts).SettleNeed(Expired));

    private static ProtocolBook With(int need, params BookAccount[] accounts)
    {
        ProtocolBook book = BookOf([], accounts);
        return need == 0 ? book : book with { Needs = book.Needs.Add(Perpetual, need * Books.One) };
    }

    /// <summary>Has each question about gas take a second and be answered by a refusal.</summary>
    /// <returns>What is asked.</returns>
    private List<string> Slowly(FakeTime time)
    {
        var asked = new List<string>();
        Node.RefusesInSimulation = true;
        Node.BeforeEstimate = (data, _) =>
        {
            asked.Add(HexData.Encode(data));
            time.Pass(1);
            return Task.CompletedTask;
        };
        return asked;
    }
}
