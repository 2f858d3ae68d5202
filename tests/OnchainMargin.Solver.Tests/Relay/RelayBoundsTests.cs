using System.Collections.Immutable;
using System.Data.Common;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What strangers hand in, and what is over, leaves no room filled and nobody else's work undone.</summary>
public sealed class RelayBoundsTests
{
    private const ulong Later = 10_000_000;
    private readonly KnownOrders _orders = new();
    private long _arrival;

    [Fact]
    public void Leave_ThousandsThatAreOver_KeepsTheLastOfThemAndWhatIsOpen()
    {
        RestingOrder open = Added(1, 1);
        for (ulong nonce = 2; nonce <= 3000; nonce++)
        {
            RestingOrder order = Added(nonce % 2, nonce, "session");
            order.Status = OrderStatus.Cancelled;
            _orders.Leave(order);
        }

        Assert.Equal((1, null, 1000 + 1), (_orders.Open, _orders.Find(0, 2), _orders.NewestBefore(long.MaxValue).Count()));
        Assert.Equal((501, 500), (_orders.Of(1).Count, _orders.Of(0).Count));
        Assert.Empty(_orders.BySession);
        Assert.Same(open, Assert.Single(_orders.ToLookAt(Later)));
    }

    /// <summary>Its block is gone: what was filled is open again, and what came under its nonce in between is told no more.</summary>
    [Fact]
    public void Add_OfOneThatWasOver_IsOpenAgainInPlaceOfWhatFollowed()
    {
        RestingOrder filled = Added(1, 7);
        filled.Status = OrderStatus.Filled;
        _orders.Leave(filled);
        RestingOrder following = Added(1, 7);
        following.Status = OrderStatus.Cancelled;
        _orders.Leave(following);

        filled.Status = OrderStatus.Settling;
        _orders.Add(filled);
        Assert.Same(filled, _orders.Find(1, 7));
        Assert.Same(filled, Assert.Single(_orders.Of(1)));
        Assert.Same(filled, Assert.Single(_orders.NewestBefore(long.MaxValue)));
        Assert.Same(filled, Assert.Single(_orders.ToLookAt(Later)));
    }

    [Fact]
    public void NewestBefore_OfAnArrival_BeginsBelowIt()
    {
        RestingOrder[] orders = [Added(1, 1), Added(2, 2), Added(3, 3), Added(4, 4)];
        Assert.Equal([orders[1], orders[0]], _orders.NewestBefore(orders[2].Arrival));
        Assert.Empty(_orders.NewestBefore(long.MinValue + 1));
    }

    /// <summary>Four times a second every order that anybody has was looked at, twice.</summary>
    [Fact]
    public void Expire_OrdersWhoseTimeIsFar_AreLookedAtOnce()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, new SolverOptions(), TimeProvider.System);
        books.TakeUp([Order(1, 1), Order(2, 2)]);
        List<ulong> looked = [];
        for (ulong now = 100; now < 110; now++)
        {
            books.Expire(now, order => Look(order), order => order.Account == 1 ? 105UL : Later);
        }

        Assert.Equal([1UL, 2UL, 1UL, 1UL, 1UL, 1UL, 1UL], looked);
        books.LookAgain(new OrderNews(2, 0, ulong.MaxValue, Order(2, 2).Signed.Signer));
        books.Expire(110, order => Look(order) && order.Account == 2, static _ => Later);
        Assert.Equal((OrderStatus.Expired, 1), (books.Find(2, 2)!.Status, books.Open));

        bool Look(RestingOrder order)
        {
            looked.Add(order.Account);
            return looked.Count > 7;
        }
    }

    /// <summary>What is refused leaves no book behind, and neither does what was there.</summary>
    [Fact]
    public void Take_RefusedOrOver_LeavesNoBook()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, new SolverOptions(), TimeProvider.System);
        Assert.Equal("no", books.Take(Order(1, 1), static _ => null, static (_, _) => "no"));
        Assert.Equal(0, books.Books);
        RestingOrder taken = Order(1, 1);
        Assert.Null(books.Take(taken, static _ => null, static (_, _) => null));
        Assert.Equal(1, books.Books);
        books.End(taken, OrderStatus.Cancelled, "cancelled");
        Assert.Equal(0, books.Books);
    }

    [Fact]
    public void Levels_OfManyPrices_AreTheBestOfEachSide()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, new SolverOptions(), TimeProvider.System);
        RestingOrder[] orders = [Order(1, 1, 100), Order(1, 2, 90), Order(2, 1, 100), Order(2, 2, 80), Order(3, 1, -200), Order(3, 2, -190)];
        books.TakeUp(orders);
        books.MatchAll(orders);
        (IReadOnlyList<BookLevel> bids, IReadOnlyList<BookLevel> asks) = books.Levels(Instrument.Perpetual(1), 2);
        Assert.Equal([new BookLevel(100, 2, 2), new BookLevel(90, 1, 1)], bids);
        Assert.Equal([new BookLevel(190, 1, 1), new BookLevel(200, 1, 1)], asks);
        Assert.Equal(3, books.Levels(Instrument.Perpetual(1)).Bids.Count);
    }

    /// <summary>Two orders that may only rest never stand across each other: the later one would have been refused, had the other not been aside.</summary>
    [Fact]
    public void TakePending_PostOnlyComesBackAcrossAPostOnly_TheLaterOneEnds()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, new SolverOptions(), TimeProvider.System);
        RestingOrder bid = Order(1, 1, 100, RestingOrder.PostOnly, size: 2);
        Assert.Null(Take(bid));
        Assert.Null(Take(Order(2, 1, -100)));
        books.SetAside(Assert.Single(books.TakePending(8, 1)), bid, 1, "its account waits", yields: false);
        RestingOrder ask = Order(3, 1, -99, RestingOrder.PostOnly);
        Assert.Null(Take(ask));

        Assert.Single(books.TakePending(8, 3));
        Assert.Equal((OrderStatus.Resting, OrderStatus.Refused), (bid.Status, ask.Status));
        Assert.Equal("it is post-only and would trade with an order that came before it and was aside", ask.Reason);

        string? Take(RestingOrder order) => books.Take(order, static _ => null, static (_, _) => null);
    }

    /// <summary>Where the store fails while one comes back, that one and those behind it stay aside, and come with what is taken next.</summary>
    [Fact]
    public void TakePending_StoreFailsWhileOneComesBack_TheyComeBackLater()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, new SolverOptions(), TimeProvider.System);
        RestingOrder first = Aside(1, 100, RestingOrder.PostOnly);
        RestingOrder second = Aside(2, 98);
        RestingOrder ask = Order(3, 1, -99, RestingOrder.PostOnly);
        Assert.Null(Take(ask));

        Execute("ALTER TABLE relay_orders RENAME TO away");
        Assert.ThrowsAny<DbException>(() => books.TakePending(8, 3));
        Assert.Equal((true, true, "its account waits", OrderStatus.Resting), (first.IsAside, second.IsAside, first.Reason, ask.Status));
        Assert.Empty(books.Levels(Instrument.Perpetual(1)).Bids);

        Execute("ALTER TABLE away RENAME TO relay_orders");
        Assert.Empty(books.TakePending(8, 3));
        Assert.Equal((false, false, "", OrderStatus.Refused), (first.IsAside, second.IsAside, first.Reason, ask.Status));
        Assert.Equal([100UL, 98UL], books.Levels(Instrument.Perpetual(1)).Bids.Select(static level => level.PriceE8));

        string? Take(RestingOrder order) => books.Take(order, static _ => null, static (_, _) => null);

        RestingOrder Aside(ulong account, long price, byte flags = 0)
        {
            RestingOrder bid = Order(account, 1, price, flags);
            RestingOrder seller = Order(account + 10, 1, -price);
            Assert.Null(Take(bid));
            Assert.Null(Take(seller));
            books.SetAside(Assert.Single(books.TakePending(8, 1)), bid, 1, "its account waits", yields: false);
            books.End(seller, OrderStatus.Cancelled, "cancelled");
            return bid;
        }

        void Execute(string statement)
        {
            using DbCommand command = store.Connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Of a clock that has jumped ahead no order is over, and nothing that was cancelled is forgotten; one that goes on while no block comes is believed, and so is one that the chain bears out.</summary>
    [Fact]
    public void Now_ClockJumpsAhead_GoesOnFromBefore()
    {
        var time = new FakeTime();
        const ulong Start = 1_770_000_000;
        ProtocolBook book = ProtocolBook.Empty with { BlockTimeSeconds = Start };
        var blocks = new Broadcast<IndexedBook>();
        blocks.Publish(Indexed(book));
        var clock = new RelayClock(blocks, time);
        Assert.Equal(Start, clock.Now);

        time.Pass(86_400);
        Assert.Equal(Start + 86_400, clock.Now);
        time.Set(90 * 86_400);
        time.Pass(10);
        Assert.Equal(Start + 86_410, clock.Now);
        time.Set(-90 * 86_400);
        Assert.Equal(Start + 86_410, clock.Now);

        time.Set(7200);
        blocks.Publish(Indexed(book with { BlockTimeSeconds = Start + 86_410 + 7000 }));
        Assert.Equal(Start + 86_410 + 7200, clock.Now);
        time.Set(-86_400);
        Assert.Equal(Start + 86_410 + 7000, clock.Now);

        static IndexedBook Indexed(ProtocolBook book) => new(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, book.BlockNumber);
    }

    private RestingOrder Added(ulong account, ulong nonce, string? session = null)
    {
        RestingOrder order = new(Order(account, nonce).Signed, default, ++_arrival, session);
        _orders.Add(order);
        return order;
    }

    private RestingOrder Order(ulong account, ulong nonce, long price = 100, byte flags = 0, long size = 1) => new(
        new Clearinghouse.SignedOrder(new Clearinghouse.Order(account, Instrument.Perpetual(1).Packed, size * Math.Sign(price), (ulong)Math.Abs(price), nonce, Later, 0, flags), default, [1]),
        default,
        ++_arrival,
        null);
}
