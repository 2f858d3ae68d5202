using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>Nobody fills the relay with what costs him nothing, and keeps others out.</summary>
public sealed class RelayRoomTests : RelayWorld
{
    private long _arrival;

    /// <summary>The fuller the relay, the fewer an owner may have, of all his accounts: anybody opens any number of them.</summary>
    [Fact]
    public void Take_RelayIsNineTenthsFull_TakesFewOfAnOwner()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, Places(1000), TimeProvider.System);
        books.TakeUp(Enumerable.Range(1, 900).Select(account => Order((ulong)account, Owner(account))));
        for (ulong account = 5001; account <= 5006; account++)
        {
            Assert.Null(Take(books, Order(account, Owner(5000))));
        }

        Assert.Equal("The owner of account 5007 has 6 open orders, and while the relay has 906 it takes 6 of one owner; cancel some.", Take(books, Order(5007, Owner(5000))));
        Assert.Null(Take(books, Order(6000, Owner(6000))));

        books.End(books.Find(5001, 1)!, OrderStatus.Cancelled, "cancelled");
        Assert.Null(Take(books, Order(5007, Owner(5000))));
    }

    /// <summary>Whoever fills the relay leaves those who hold positions a way out of them.</summary>
    [Fact]
    public void Take_RelayIsFull_KeepsTheLastPlacesForReductions()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, Places(1000), TimeProvider.System);
        books.TakeUp(Enumerable.Range(1, 938).Select(account => Order((ulong)account, Owner(account))));
        Assert.Equal("The relay has 938 open orders, and the last 62 of its 1000 places (relay:mostOrders) are for reduce-only ones; hand this one in again later.", Take(books, Order(5000, Owner(5000))));
        for (int account = 5001; account <= 5062; account++)
        {
            Assert.Null(Take(books, Order((ulong)account, Owner(account), RestingOrder.ReduceOnly)));
        }

        Assert.Equal("The relay has 1000 open orders, the most that it takes (relay:mostOrders), and none of those that reduce is about less than this one; hand it in again later.", Take(books, Order(6000, Owner(6000), RestingOrder.ReduceOnly)));
    }

    /// <summary>A place is worth what its order is about: with dust nobody keeps others in their positions, and those of less keep out none of more.</summary>
    [Fact]
    public void Take_RelayIsFullOfDustThatReduces_EndsTheLeastForAReductionOfMore()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, Places(1000), TimeProvider.System);
        books.TakeUp(Enumerable.Range(1, 938).Select(account => Order((ulong)account, Owner(account), notional: 1_000 * One)));
        RestingOrder[] dust = [.. Enumerable.Range(5001, 62).Select(account => Order((ulong)account, Owner(account), RestingOrder.ReduceOnly, (account - 5000) * One))];
        foreach (RestingOrder order in dust)
        {
            Assert.Null(Take(books, order));
        }

        // What is refused for something else ends nothing.
        RestingOrder honest = Order(6000, Owner(6000), RestingOrder.ReduceOnly, 50 * One);
        Assert.Equal("no", books.Take(honest, static _ => null, static (_, _) => "no"));
        Assert.All(dust, static order => Assert.Equal(OrderStatus.Resting, order.Status));

        Assert.Null(Take(books, honest));
        Assert.Equal((OrderStatus.Refused, OrderBooks.OutOfPlace), (dust[0].Status, dust[0].Reason));
        Assert.Equal(1000, books.Open);
        Assert.Equal((999, true), (store.OpenOrders().Count + 938 - 1, dust[1..].All(static order => order.Status == OrderStatus.Resting)));
        Assert.EndsWith("none of those that reduce is about less than this one; hand it in again later.", Take(books, Order(6001, Owner(6001), RestingOrder.ReduceOnly, 2 * One)), StringComparison.Ordinal);

        // An owner has two of a full relay, whatever they are about; and what does not reduce has none.
        Assert.Null(Take(books, Order(6002, Owner(6000), RestingOrder.ReduceOnly, 50 * One)));
        Assert.StartsWith("The owner of account 6003 has 2 open orders", Take(books, Order(6003, Owner(6000), RestingOrder.ReduceOnly, 50 * One)), StringComparison.Ordinal);
        Assert.Contains("are for reduce-only ones", Take(books, Order(6004, Owner(6004), notional: 5_000 * One)), StringComparison.Ordinal);
    }

    /// <summary>Money that carried an order is moved on to the next account: in a crowded relay the order goes with it. What a pause forbids for a while stays, and so does what makes a position smaller.</summary>
    [Fact]
    public async Task RunOnce_RelayIsCrowded_TakesOffWhatIsNotCarried()
    {
        var orders = ActivatorUtilities.CreateInstance<OrderBooks>(World.Services, Places(6));
        Use(orders, ActivatorUtilities.CreateInstance<OrderRelay>(World.Services, orders));
        Assert.True(await Relay.OpenAsync(CancellationToken.None));
        RestingOrder sale = await TakenAsync(World.Sign(1, -One, Btc, 1));
        RestingOrder reduction = await TakenAsync(World.Sign(2, Tenth, Btc / 100 * 99, 1));
        RestingOrder flagged = await TakenAsync(World.Sign(2, Tenth, Btc / 100 * 98, 2, RestingOrder.ReduceOnly));
        World.Change(before => before with { IsPaused = true, Accounts = before.Accounts.With(WithCash(before.Accounts[1], 0)) });
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OrderStatus.Resting, sale.Status);

        World.Change(before => before with { IsPaused = false, Accounts = before.Accounts.With(WithCash(before.Accounts[1], 1_000_000)) });
        RestingOrder another = await TakenAsync(World.Sign(1, -One, Btc / 100 * 101, 2));
        World.Change(static before => before with { IsPaused = true });
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OrderStatus.Resting, OrderStatus.Resting), (sale.Status, another.Status));

        World.Change(before => before with { IsPaused = false, Accounts = before.Accounts.With(WithCash(before.Accounts[1], 0)) });
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal([(OrderStatus.Refused, OrderBooks.NotCarried), (OrderStatus.Refused, OrderBooks.NotCarried)], new[] { sale, another }.Select(static order => (order.Status, order.Reason)));
        Assert.Equal([OrderStatus.Resting, OrderStatus.Resting], new[] { reduction, flagged }.Select(static order => order.Status));
        Assert.Equal(2, World.Services.GetRequiredService<SolverStore>().OpenOrders().Count);
    }

    /// <summary>A reduction without its position can never be filled. Each round looks at some, and goes on behind them.</summary>
    [Fact]
    public void EndUncarried_OfMany_LooksAtSomeInTurn()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        var books = new OrderBooks(store, Places(300), TimeProvider.System);
        RestingOrder[] orders = [.. Enumerable.Range(1, 150).Select(account => Order((ulong)account, Owner(account), RestingOrder.ReduceOnly))];
        books.TakeUp(orders);
        Assert.False(books.IsCrowded);
        books.TakeUp([Order(151, Owner(151))]);
        Assert.True(books.IsCrowded);

        List<ulong> looked = [];
        for (int round = 0; round < 4; round++)
        {
            books.EndUncarried(order =>
            {
                looked.Add(order.Account);
                return order.Account != 100;
            });
        }

        Assert.Equal([.. Ids(1, 151), .. Ids(1, 64)], looked);
        Assert.Equal((OrderStatus.Refused, 150), (orders[99].Status, books.Open));
        Assert.False(PreTradeCheck.Carries(orders[0], World.Books.Current!.Book, World.Books.Current.Book.LatestCheckpoint!));

        static IEnumerable<ulong> Ids(int first, int count) => Enumerable.Range(first, count).Select(static id => (ulong)id);
    }

    private static string? Take(OrderBooks books, RestingOrder order) => books.Take(order, static _ => null, static (_, _) => null);

    private static SolverOptions Places(int most) => new() { Relay = new RelayOptions { MostOrders = most } };

    private static Address Owner(int number) => new(Keccak256.HashUtf8($"owner {number}").ToArray().AsSpan(12));

    private static BookAccount WithCash(BookAccount account, long cash)
    {
        AccountState state = account.State with { CashE8 = (Int128)cash * One };
        byte[] packed = state.Pack();
        return account with { State = state, StateBytes = packed, StateHash = Keccak256.Hash(packed) };
    }

    private RestingOrder Order(ulong account, Address owner, byte flags = 0, long notional = 0) =>
        new(new Clearinghouse.SignedOrder(new Clearinghouse.Order(account, Instrument.Perpetual(1).Packed, 1, 100, 1, 10_000_000, 0, flags), default, [1]), owner, ++_arrival, null) { NotionalE8 = notional };
}
