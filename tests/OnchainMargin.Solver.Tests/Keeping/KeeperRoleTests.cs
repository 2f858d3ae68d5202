using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Tests.Transactions;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Keeping;

public sealed class KeeperRoleTests : IDisposable
{
    private const int Sinking = 12;
    private static readonly DeploymentRecord Deployment = new() { ChainId = 31337, Block = 1, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [] };

    private readonly PrivateKey _key = PrivateKey.Parse("0x" + new string('1', 64), "a test");
    private readonly SolverStore _store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
    private readonly FakeTransactionNode _node = new();
    private readonly CheckpointInputs _live = Books.Inputs(1, Books.Start, 100);

    public void Dispose()
    {
        _store.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task RunOnce_BiddingAccountIsAnothers_IsSaidAtOnceAndOnce()
    {
        var lines = new Lines();
        await LookAsync(Book(), options: new KeeperOptions { BidderAccount = 99 }, logger: lines);
        Assert.Equal($"Keeper, all lots: no-bid: account 99 is not owned by {_key.Address}; open one and set keeper:bidderAccount", Assert.Single(lines.Said, static line => line.Contains("no-bid", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RunOnce_NodeFailsToEstimateOneStart_SendsTheOthers()
    {
        int asked = 0;
        _node.BeforeEstimate = (_, _) => Interlocked.Increment(ref asked) == 1 ? throw new RpcErrorException("eth_estimateGas", new RpcError(-32000, "gas required exceeds allowance", null)) : Task.CompletedTask;
        await LookAsync(Book());
        Assert.Equal(Sinking - 1, _node.Broadcasts.Count);
    }

    [Fact]
    public async Task RunOnce_NodeDoesNotAnswerForOneStart_SendsTheOthersMeanwhile()
    {
        int asked = 0;
        var hanging = new TaskCompletionSource();
        _node.BeforeEstimate = (_, _) => Interlocked.Increment(ref asked) == 1 ? hanging.Task : Task.CompletedTask;
        Task looking = LookAsync(Book());
        for (int i = 0; i < 600 && _node.Broadcasts.Count < Sinking - 1; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal((Sinking - 1, false), (_node.Broadcasts.Count, looking.IsCompleted));
        hanging.SetResult();
        await looking;
        Assert.Equal(Sinking, _node.Broadcasts.Count);
    }

    [Fact]
    public async Task RunOnce_NodeHangsInOneStart_GivesItUpAndGoesOn()
    {
        int asked = 0;
        _node.BeforeEstimate = (_, token) => Interlocked.Increment(ref asked) == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        await LookAsync(Book()).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Sinking - 1, _node.Broadcasts.Count);
    }

    [Fact]
    public async Task RunOnce_NodeHangsInOneLot_TheNextRoundGoesOnBehindIt()
    {
        (BookAccount first, BookLot hanging) = Lot(7, 1, 19, -1);
        (BookAccount second, BookLot other) = Lot(8, 2, 19, -1);
        string never = HexData.Encode(new ProtocolCalls(Deployment.Contracts).Deleverage(hanging).Data.ToArray());
        _node.BeforeEstimate = (data, token) => string.Equals(HexData.Encode(data), never, StringComparison.Ordinal) ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        await LookAsync(BookOf([hanging, other], first, second)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal([HexData.Encode(new ProtocolCalls(Deployment.Contracts).Deleverage(other).Data.ToArray())], _node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.ToArray())));
    }

    [Fact]
    public async Task RunOnce_OneLotBreaksOnSomethingUnforeseen_TheOthersAreSeenTo()
    {
        (BookAccount first, BookLot broken) = Lot(7, 1, 19, -1);
        (BookAccount second, BookLot other) = Lot(8, 2, 19, -1);
        string never = HexData.Encode(new ProtocolCalls(Deployment.Contracts).Deleverage(broken).Data.ToArray());
        _node.BeforeEstimate = (data, _) => string.Equals(HexData.Encode(data), never, StringComparison.Ordinal) ? throw new InvalidOperationException("a defect") : Task.CompletedTask;
        var lines = new Lines();
        await LookAsync(BookOf([broken, other], first, second), logger: lines);
        Assert.Equal([HexData.Encode(new ProtocolCalls(Deployment.Contracts).Deleverage(other).Data.ToArray())], _node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.ToArray())));
        Assert.Contains("Keeper, lot 7 of account 1: refused: look cannot be tried: a defect", lines.Said);
    }

    [Fact]
    public async Task RunOnce_StartsThatAreRevertedOnChain_RestLongerEachTimeUnlessTheAccountSinksFurther()
    {
        _node.RevertsWhenMined = true;
        var time = new FakeTime();
        foreach ((int seconds, int expected) in new[] { (0, Sinking), (9, 0), (1, Sinking), (19, 0), (1, Sinking), (39, 0), (1, Sinking) })
        {
            time.Pass(seconds);
            Assert.Equal((seconds, expected), (seconds, await StartedAsync(Book(cash: 100), time)));
        }

        // What an owner buys by healing before each start ends where his account is no more worth half of what is asked of it.
        Assert.Equal(Sinking, await StartedAsync(Book(cash: 60), time));

        // And it is forgotten.
        time.Pass(3601);
        Assert.Equal(Sinking, await StartedAsync(Book(cash: 100), time));
        time.Pass(10);
        Assert.Equal(Sinking, await StartedAsync(Book(cash: 100), time));
    }

    [Fact]
    public async Task RunOnce_StateWhoseHashBeginsLikeOneThatWasStarted_IsStartedAllTheSame()
    {
        await LookAsync(Book());

        // Eight digits of a hash are found by trying four thousand million states: minutes, of any machine.
        await LookAsync(Book(2));
        Assert.Equal(2 * Sinking, _node.Broadcasts.Count);
    }

    [Theory]
    [InlineData(15, 5, true)] // -5 as a whole; the unsold half with proceeds of 5 has 2.5, which is no margin for it.
    [InlineData(25, 0, false)] // 5 as a whole: bids take it.
    [InlineData(19, -1, true)] // -1 as a whole, and no proceeds: the account owes.
    public async Task RunOnce_LotThatIsInsolventByItself_IsTakenOver(int cash, int proceeds, bool isTakenOver)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, cash, proceeds);
        await LookAsync(BookOf([lot], account));
        string expected = HexData.Encode(new ProtocolCalls(Deployment.Contracts).Deleverage(lot).Data.ToArray());
        Assert.Equal(isTakenOver ? [expected] : [], _node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.ToArray())));
    }

    /// <summary>While insurance can pay nothing is taken over: then what bidders are paid begins to rise, which nobody else has shown.</summary>
    [Theory]
    [InlineData(0UL, true)]
    [InlineData(1UL, false)]
    public async Task RunOnce_LotThatLacksSomething_IsShownOnce(ulong since, bool isShown)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 19, -1);
        lot = lot with { InsolventSinceSeconds = since };
        var calls = new ProtocolCalls(Deployment.Contracts);
        _node.Refused.Add(Hex(calls.Deleverage(lot)));
        await LookAsync(BookOf([lot], account));
        Assert.Equal(isShown ? [Hex(calls.ShowLoss(lot))] : [], Sent());
    }

    /// <summary>Its account owes what any holder owes; who bids at the marks would inherit it.</summary>
    [Theory]
    [InlineData(-500_000, false, true)] // A hundredth of what is left of the leg.
    [InlineData(-500_000, true, false)] // Too young yet: nobody bids meanwhile.
    [InlineData(-499_999, false, false)] // Dust.
    [InlineData(500_000, false, false)] // Of its own side.
    public async Task RunOnce_LotWhoseLegFacesANeed_Serves(long need, bool isYoung, bool serves)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        var lines = new Lines();
        string serve = Hex(new ProtocolCalls(Deployment.Contracts).Deleverage(lot));
        if (isYoung)
        {
            _node.Refused.Add(serve);
        }

        ProtocolBook book = BookOf([lot], account, Bidding()) with { Needs = ImmutableSortedDictionary<Instrument, long>.Empty.Add(account.State.Positions[0].Instrument, need) };
        await LookAsync(book, options: new KeeperOptions { BidderAccount = 99, NativePriceE8 = Books.One, DutyCostE8 = long.MaxValue }, logger: lines);
        Assert.Equal(serves ? [serve] : [], Sent().Where(sent => sent == serve));
        Assert.Equal(isYoung, lines.Said.Any(static line => line.Contains("faces an open need", StringComparison.Ordinal)));
    }

    /// <summary>What has expired serves before it settles, and stops bids until then.</summary>
    [Fact]
    public async Task RunOnce_LotWhoseExpiredLegFacesANeed_Serves()
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, -1);
        var future = Instrument.Future(1, (uint)(Books.Start - 60));
        lot = lot with { State = (account.State with { CashE8 = 25 * Books.One, Positions = [account.State.Positions[0] with { Instrument = future, SizeE8 = Books.One, CostE8 = 120 * Books.One }] }).Pack() };
        ProtocolBook book = BookOf([lot], account) with { Needs = ImmutableSortedDictionary<Instrument, long>.Empty.Add(future, -Books.One) };
        await LookAsync(book with { Settlements = book.Settlements.With(1, future.Expiry, 100 * Books.One) });
        Assert.Equal(Hex(new ProtocolCalls(Deployment.Contracts).Deleverage(lot)), Assert.Single(Sent()));
    }

    /// <summary>It pays no incentive, so that it is worth nobody's gas, and until it is booked nobody bears it.</summary>
    [Fact]
    public async Task RunOnce_LotOfNothingButADebt_IsWrittenOff()
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, -1);
        lot = lot with { State = (account.State with { CashE8 = -5 * Books.One, Positions = [] }).Pack(), InsolventSinceSeconds = 1 };
        (BookAccount second, BookLot other) = Lot(8, 2, 25, -1);
        other = other with { State = lot.State, InsolventSinceSeconds = 1 };
        BookAccount bidder = Bidding();

        // One at a time: the other names a state that this one changes.
        await LookAsync(BookOf([lot, other], account, second, bidder), options: new KeeperOptions { BidderAccount = 99, NativePriceE8 = Books.One, DutyCostE8 = long.MaxValue });
        Assert.Equal([Hex(new ProtocolCalls(Deployment.Contracts).Bid(lot, 100_000_000, Int256.Zero, bidder, Proofs.Computed))], Sent());
    }

    [Theory]
    [InlineData(-86_400, true)]
    [InlineData(-86_399, false)] // Its holders have a day.
    public async Task RunOnce_NeedThatNobodyServed_IsSettledADayAfterExpiry(int expired, bool isSettled)
    {
        var future = Instrument.Future(1, (uint)(Books.Start + expired));
        ProtocolBook book = BookOf([]) with { Needs = ImmutableSortedDictionary<Instrument, long>.Empty.Add(future, -3) };
        book = book with { Settlements = book.Settlements.With(1, future.Expiry, 100 * Books.One) };
        await LookAsync(book);
        Assert.Equal(isSettled ? [Hex(new ProtocolCalls(Deployment.Contracts).SettleNeed(future))] : [], Sent());
    }

    private IEnumerable<string> Sent() => _node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.ToArray()));

    private static string Hex(TransactionRequest request) => HexData.Encode(request.Data.ToArray());

    /// <summary>An account that may bid.</summary>
    private BookAccount Bidding()
    {
        BookAccount bidder = Books.Account(99, 1000 * Books.One, 0, 0);
        return bidder with { Owner = _key.Address, State = bidder.State with { InterestIndexE12 = 1_000_000_000_000, Positions = [] } };
    }

    /// <summary>Gas rose tenfold, and with it what the chain pays for a start.</summary>
    [Fact]
    public async Task RunOnce_StartWaitsAtItsFirstWorthAndItsRewardGrows_IsRaised()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        UInt256 first = await WaitAtWorthAsync(manager, time);
        await LookAsync(PayingBook(), time, Paying, manager: manager);
        await manager.RunOnceAsync(CancellationToken.None);

        IReadOnlyList<OutboxEntry> starts = _store.UnsettledOf(_key.Address);
        Assert.Equal(Sinking, starts.Count);
        Assert.All(starts, start => Assert.True(start.MostFeePerGasWei > _node.Asked.MaxFeePerGasWei && first < start.MostFeePerGasWei));
        Assert.All(starts, start => Assert.Equal(_node.Asked.MaxFeePerGasWei, Offered(start)));
        Assert.All(starts, start => Assert.False(_store.AttemptsOf(start.Intent)[^1].IsEmpty));

        // The forms of before are told by their hashes still.
        Assert.Equal(Sinking, _node.Mine().Count);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.All(_store.UnsettledOf(_key.Address), static start => Assert.Equal(OutboxState.Mined, start.State));
    }

    /// <summary>Its witness was the cheapest at the prices of then; another one shows the account still.</summary>
    [Fact]
    public async Task RunOnce_StartWaitsAtItsFirstWorthAndItsWitnessIsStale_IsGivenBackAndProvedAnew()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await WaitAtWorthAsync(manager, time);
        OutboxEntry stale = _store.UnsettledOf(_key.Address)[3];
        _node.Refused.Add(HexData.Encode(stale.Data));
        await LookAsync(PayingBook(), time, Paying, manager: manager);
        Assert.Equal([stale.Intent], _store.UnsettledOf(_key.Address).Where(start => _store.AttemptsOf(start.Intent)[^1].IsEmpty).Select(static start => start.Intent));

        _node.Mine(_node.Asked.MaxFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        _node.Mine(_node.Asked.MaxFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Withdrawn, _store.FindInOutbox(stale.Intent)!.State);
        Assert.False(manager.IsUnderWay(stale.Intent));
    }

    /// <summary>The accounts have changed: nothing reckons the starts anew, and what comes later would wait behind their nonces.</summary>
    [Fact]
    public async Task RunOnce_StartWaitsAtItsFirstWorthAndItsAccountIsAnother_IsGivenBack()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await WaitAtWorthAsync(manager, time);
        ProtocolBook book = PayingBook();
        BookAccount kept = book.Accounts[4];
        await LookAsync(book with { Accounts = AccountTable.Of([kept]) }, time, Paying, manager: manager);
        IReadOnlyList<OutboxEntry> starts = _store.UnsettledOf(_key.Address);
        Assert.Equal([KeeperRole.KeyOf("start", kept)], starts.Where(start => !_store.AttemptsOf(start.Intent)[^1].IsEmpty).Select(static start => start.Intent));
        Assert.Equal(Sinking, starts.Count);
    }

    /// <summary>The lot's discount grows while the bid waits at what it was worth first. Its limit price leaves the least profit at that gas and no more, so it makes room for another.</summary>
    [Fact]
    public async Task RunOnce_BidWaitsAtItsFirstWorthAndTheLotGetsCheaper_IsGivenBackAndMadeAnewOnce()
    {
        var time = new FakeTime();
        var options = new KeeperOptions { BidderAccount = 99, NativePriceE8 = 1000 * Books.One, MinimumProfitE8 = Books.One / 10, DutyCostE8 = 0 };
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        ProtocolBook book = BookOf([lot], account, Bidding());
        using TransactionManager manager = Manager(time);
        _node.Asked = new GasOffer(2_000_000_000UL, 100_000_000UL);
        await LookAsync(book, time, options, manager: manager, pay: 0);
        OutboxEntry bid = Assert.Single(_store.UnsettledOf(_key.Address));

        _node.Asked = new GasOffer(80_000_000_000UL, 1_000_000_000UL);
        for (int i = 0; i < 2; i++)
        {
            time.Pass(30);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        // As long as it is worth no more it waits as it is.
        await LookAsync(book, time, options, manager: manager, pay: 0);
        Assert.False(_store.AttemptsOf(bid.Intent)[^1].IsEmpty);
        time.Pass(30);
        await LookAsync(book, time, options, manager: manager, pay: -30);
        Assert.True(_store.AttemptsOf(bid.Intent)[^1].IsEmpty);
        Assert.Single(_store.UnsettledOf(_key.Address));

        _node.Mine(_node.Asked.MaxFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        await LookAsync(book, time, options, manager: manager, pay: -30);
        OutboxEntry again = Assert.Single(_store.UnsettledOf(_key.Address));
        Assert.Equal(($"{bid.Intent} (try 2)", true), (again.Intent, again.MostFeePerGasWei >= _node.Asked.MaxFeePerGasWei));
        Assert.NotEqual(bid.Data, again.Data);
        _node.Mine(_node.Asked.MaxFeePerGasWei);
        Assert.Equal([true, false], _node.Mined.Select(static mined => mined.Transaction.Data.IsEmpty));
    }

    /// <summary>Somebody showed nothing of a lot that is all for sale: until more is shown the chain takes no bid.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(14, false)] // Bids are taken.
    public async Task RunOnce_LotOfWhichTooLittleWasShown_IsEnlarged(int shown, bool isEnlarged)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, cash: 21, proceeds: -1);
        await LookAsync(BookOf([lot with { MaintenanceE8 = (UInt128)(shown * Books.One) }], account));
        Assert.Equal(isEnlarged ? [Selector("enlarge(uint64,(uint64,bytes,bytes),bytes)")] : [], _node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.Span[..4])));
    }

    private static string Selector(string function) => HexData.Encode(Keccak256.HashUtf8(function).ToArray().AsSpan(0, 4));

    /// <summary>A lot that is half sold for some proceeds, or not sold at all where those are negative.</summary>
    private static (BookAccount Account, BookLot Lot) Lot(ulong id, ulong of, int cash, int proceeds)
    {
        BookAccount account = UnderWater(of, 1) with { OpenLot = id };
        AccountState state = account.State with { CashE8 = cash * Books.One, Positions = [account.State.Positions[0] with { SizeE8 = Books.One, CostE8 = 120 * Books.One }] };
        bool isSold = proceeds >= 0;
        return (account, new BookLot
        {
            Id = id,
            Account = of,
            Keeper = default,
            LotHash = Keccak256.HashUtf8($"lot {id}"),
            State = state.Pack(),
            Balances = [],
            EquityE8 = 0,
            MaintenanceE8 = 14 * (UInt128)Books.One,
            ForSaleE8 = 100_000_000,
            SoldE8 = isSold ? 50_000_000UL : 0,
            ProceedsE8 = isSold ? (UInt128)(proceeds * Books.One) : 0,
            BiddingFromSeconds = 0,
            StartedInBlock = 4,
        });
    }

    private static ProtocolBook Book(byte last = 1, int cash = 1) => BookOf([], [.. Enumerable.Range(1, Sinking).Select(id => UnderWater((ulong)id, last, cash))]);

    private static ProtocolBook BookOf(IEnumerable<BookLot> lots, params BookAccount[] accounts) => Books.Of([Books.Inputs(1, Books.Start, 100)], accounts) with
    {
        BlockNumber = 5,
        BlockHash = Keccak256.HashUtf8("block 5"),
        Lots = lots.ToImmutableSortedDictionary(static lot => lot.Id, static lot => lot),
        Parameters = ProtocolBook.Empty.Parameters with { Liquidation = ProtocolBook.Empty.Parameters.Liquidation with { TargetE8 = 110_000_000 } },
    };

    /// <summary>How many starts a look sends, which are then mined.</summary>
    private async Task<int> StartedAsync(ProtocolBook book, FakeTime time)
    {
        int before = _node.Broadcasts.Count;
        await LookAsync(book, time);
        _node.Mine();
        using TransactionManager manager = Manager(time);
        await manager.RunOnceAsync(CancellationToken.None);
        return _node.Broadcasts.Count - before;
    }

    private static KeeperOptions Paying { get; } = new() { DutyCostE8 = Books.One / 100, NativePriceE8 = 100 * Books.One };

    /// <summary>A book whose starts are paid for.</summary>
    private static ProtocolBook PayingBook()
    {
        ProtocolBook book = Book(cash: 100);
        return book with { Parameters = book.Parameters with { Liquidation = book.Parameters.Liquidation with { NativeUnderlying = 1, RewardGas = 200_000, RewardMaxE8 = 5_000_000, RewardMostE8 = 1000 * (ulong)Books.One } } };
    }

    /// <summary>Sends starts, and has them wait at what they were worth then.</summary>
    private async Task<UInt256> WaitAtWorthAsync(TransactionManager manager, FakeTime time)
    {
        await LookAsync(PayingBook(), time, Paying, manager: manager);
        _node.Asked = new GasOffer(80_000_000_000UL, 1_000_000_000UL);
        for (int i = 0; i < 2; i++)
        {
            time.Pass(30);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        OutboxEntry start = _store.UnsettledOf(_key.Address)[0];
        Assert.True(start.MostFeePerGasWei < _node.Asked.MaxFeePerGasWei);
        Assert.Equal(start.MostFeePerGasWei, Offered(start));
        return start.MostFeePerGasWei!.Value;
    }

    private UInt256 Offered(OutboxEntry entry) => _store.AttemptsOf(entry.Intent)[^1].MaxFeePerGasWei;

    private TransactionManager Manager(TimeProvider time) => new(_node, new SigningKey(_key, 31337), _store, new TransactionOptions(), time, NullLogger<TransactionManager>.Instance);

    private static BookAccount UnderWater(ulong id, byte last, int cash = 1)
    {
        BookAccount account = Books.Account(id, cash * Books.One, 10 * Books.One, 100 * Books.One);
        return account with { State = account.State with { InterestIndexE12 = 1_000_000_000_000 }, StateHash = new Hash32([.. Keccak256.HashUtf8($"state {id}").ToArray()[..31], last]) };
    }

    private async Task LookAsync(ProtocolBook book, TimeProvider? clock = null, KeeperOptions? options = null, ILogger<KeeperRole>? logger = null, TransactionManager? manager = null, int pay = 0)
    {
        TimeProvider time = clock ?? TimeProvider.System;
        ProtocolClient client = await ProtocolClient.ConnectAsync(new EthereumNode(new PricesNode(_live, pay)), Deployment);
        using TransactionManager own = Manager(time);
        var books = new Broadcast<IndexedBook>();
        using var keeper = new KeeperRole(
            books, new Broadcast<HeadTick>(), client, manager ?? own, _node, options ?? new KeeperOptions { DutyCostE8 = long.MaxValue, NativePriceE8 = Books.One }, time, logger ?? NullLogger<KeeperRole>.Instance);
        books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, book.BlockNumber));
        await keeper.RunOnceAsync(CancellationToken.None);
        await keeper.WholeLook!;
        await keeper.RunOnceAsync(CancellationToken.None);
    }

    private sealed class Lines : ILogger<KeeperRole>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add(formatter(state, exception));
    }

    /// <summary>A node that has the contracts, live prices and what bids pay, nothing else.</summary>
    private sealed class PricesNode(CheckpointInputs live, int pay) : IRpcClient
    {
        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.ASCII.GetBytes(request.Method switch
        {
            "eth_chainId" => "\"0x7a69\"",
            "eth_getCode" => "\"0x01\"",
            "eth_call" when Encoding.UTF8.GetString(request.Parameters.Span).Contains($"0x{LiquidationHouse.BidCall.Selector:x8}", StringComparison.Ordinal) => $"\"0x{new string(pay < 0 ? 'f' : '0', 32)}{(Int128)(pay * Books.One):x32}\"",
            "eth_call" => $"\"{HexData.Encode([.. Word(64), .. Word(96 + Padded(live.Head).Length), .. Bytes(live.Head), .. Bytes(live.AllRecords)])}\"",
            _ => throw new NotSupportedException($"The keeper asked for {request.Method}."),
        }));

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("The keeper asked for a batch.");

        private static byte[] Bytes(byte[] bytes) => [.. Word(bytes.Length), .. Padded(bytes)];

        private static byte[] Word(int value) => [.. new byte[30], (byte)(value / 256), (byte)(value % 256)];

        private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(32 - (bytes.Length % 32)) % 32]];
    }
}
