using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>A private relay drops what would be reverted, and all that comes later waits behind its nonce.</summary>
public sealed class KeeperReturnTests : KeeperWorld
{
    [Fact]
    public async Task RunOnce_AnotherStartedTheAccountFirst_TheStartIsGivenBackInPublic()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await LookAsync(Book(), time, manager: manager);
        Assert.All(Node.Private, Assert.True);
        await LookAsync(Started(Book()), time, manager: manager);
        OutboxEntry[] starts = [.. Store.UnsettledOf(Key.Address)];
        string unwanted = Intent("start", Book().Accounts[4]);
        Assert.Equal([unwanted], starts.Where(start => Store.AttemptsOf(start.Intent)[^1].IsEmpty).Select(static start => start.Intent));
        Assert.Equal((Sinking + 1, false), (Node.Private.Count, Node.Private[^1]));

        // Broadcast again later it is public, too.
        time.Pass(20);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(starts.Select(start => !string.Equals(start.Intent, unwanted, StringComparison.Ordinal)), Node.Private[(Sinking + 1)..]);
    }

    /// <summary>The book shows it before the transaction's own round does.</summary>
    [Fact]
    public async Task RunOnce_StartIsMinedAndNotYetSeen_IsNotGivenBack()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await LookAsync(Book(), time, manager: manager);
        Node.Mine();
        await LookAsync(Started(Book()), time, manager: manager);
        Assert.All(Store.UnsettledOf(Key.Address), start => Assert.Single(Store.AttemptsOf(start.Intent)));
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.All(Store.UnsettledOf(Key.Address), static start => Assert.Equal(OutboxState.Mined, start.State));
    }

    /// <summary>Its account is as it was, but prices are others; and while a bid waits no other is made.</summary>
    [Fact]
    public async Task RunOnce_ChainWouldRefuseABidThatWaits_IsGivenBack()
    {
        var time = new FakeTime();
        var options = new KeeperOptions { BidderAccount = 99, NativePriceE8 = Books.One, DutyCostE8 = long.MaxValue };
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        ProtocolBook book = BookOf([lot], account, Bidding());
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, options, pay: -30);
        await keeper.LookAsync(book);
        OutboxEntry bid = Assert.Single(Store.UnsettledOf(Key.Address));
        time.Pass(30);
        await keeper.LookAsync(book);
        Assert.False(Store.AttemptsOf(bid.Intent)[^1].IsEmpty);
        time.Pass(30);
        Node.Refused.Add(HexData.Encode(bid.Data));
        await keeper.LookAsync(book);
        Assert.Equal((true, false), (Store.AttemptsOf(bid.Intent)[^1].IsEmpty, Node.Private[^1]));
    }

    /// <summary>Starts of accounts that are healthy again. The first are asked about, and the last, behind which nothing waits, is left to be of use.</summary>
    [Fact]
    public async Task RunOnce_ChainWouldRefuseStartsThatWait_ThoseThatHoldOthersUpAreGivenBack()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await LookAsync(Book(), time, manager: manager);
        Node.RefusesInSimulation = true;
        time.Pass(29);
        await LookAsync(Book(), time, manager: manager);
        Assert.Equal(Sinking, Node.Broadcasts.Count);
        time.Pass(1);
        await LookAsync(Book(), time, manager: manager);
        Assert.Equal([.. Enumerable.Repeat(true, 8), .. Enumerable.Repeat(false, 4)], Store.UnsettledOf(Key.Address).Select(start => Store.AttemptsOf(start.Intent)[^1].IsEmpty));

        // Blocks take the empty ones, which offer more.
        Assert.Equal(8, Node.Mine(10_500_000_000UL).Count);
        await manager.RunOnceAsync(CancellationToken.None);
        await LookAsync(Book(), time, manager: manager);
        Assert.Equal([true, true, true, false], Store.UnsettledOf(Key.Address).Select(start => Store.AttemptsOf(start.Intent)[^1].IsEmpty));
    }

    private static ProtocolBook Started(ProtocolBook book) => book with { Accounts = book.Accounts.With(book.Accounts[4] with { OpenLot = 3 }) };
}
