using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Keeping;

public sealed class KeeperRoleTests : KeeperWorld
{
    [Fact]
    public async Task RunOnce_BiddingAccountIsAnothers_IsSaidAtOnceAndOnce()
    {
        var lines = new LogLines<KeeperRole>();
        await LookAsync(Book(), options: new KeeperOptions { BidderAccount = 99 }, logger: lines);
        Assert.Equal($"Keeper, all lots: no-bid: account 99 is not owned by {Key.Address}; open one and set keeper:bidderAccount", Assert.Single(lines.Said, static line => line.Contains("no-bid", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RunOnce_NodeFailsToEstimateOneStart_SendsTheOthers()
    {
        int asked = 0;
        Node.BeforeEstimate = (_, _) => Interlocked.Increment(ref asked) == 1 ? throw new RpcErrorException("eth_estimateGas", new RpcError(-32000, "gas required exceeds allowance", null)) : Task.CompletedTask;
        await LookAsync(Book());
        Assert.Equal(Sinking - 1, Node.Broadcasts.Count);
    }

    [Fact]
    public async Task RunOnce_NodeDoesNotAnswerForOneStart_SendsTheOthersMeanwhile()
    {
        int asked = 0;
        var hanging = new TaskCompletionSource();
        Node.BeforeEstimate = (_, _) => Interlocked.Increment(ref asked) == 1 ? hanging.Task : Task.CompletedTask;
        Task looking = LookAsync(Book());
        for (int i = 0; i < 600 && Node.Broadcasts.Count < Sinking - 1; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal((Sinking - 1, false), (Node.Broadcasts.Count, looking.IsCompleted));
        hanging.SetResult();
        await looking;
        Assert.Equal(Sinking, Node.Broadcasts.Count);
    }

    [Fact]
    public async Task RunOnce_NodeHangsInOneStart_GivesItUpAndGoesOn()
    {
        int asked = 0;
        Node.BeforeEstimate = (_, token) => Interlocked.Increment(ref asked) == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        await LookAsync(Book()).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Sinking - 1, Node.Broadcasts.Count);
    }

    /// <summary>In a crash the node falls silent for some seconds: those that it was not asked about yet come as soon as it answers.</summary>
    [Fact]
    public async Task RunOnce_NodeHangsInAllStarts_LeavesAloneWhomItWasAskedAbout()
    {
        const int All = 1500;
        int asked = 0;
        Node.BeforeEstimate = (_, token) =>
        {
            Interlocked.Increment(ref asked);
            return Task.Delay(Timeout.Infinite, token);
        };
        ProtocolBook book = BookOf([], [.. Enumerable.Range(1, All).Select(static id => UnderWater((ulong)id, 1))]);
        using TransactionManager manager = Manager(TimeProvider.System);
        using KeeperLooks keeper = await KeeperAsync(manager, TimeProvider.System, new KeeperOptions { DutyCostE8 = long.MaxValue, NativePriceE8 = Books.One, CoolDownSeconds = 3600 });
        await keeper.LookAsync(book).WaitAsync(TimeSpan.FromSeconds(120));
        Assert.InRange(asked, 1, All - 1);
        Assert.Empty(Node.Broadcasts);

        Node.BeforeEstimate = null;
        await keeper.LookAsync(book).WaitAsync(TimeSpan.FromSeconds(120));
        Assert.Equal(All - asked, Node.Broadcasts.Count);
    }

    [Fact]
    public async Task RunOnce_NodeHangsInOneLot_TheNextRoundGoesOnBehindIt()
    {
        (BookAccount first, BookLot hanging) = Lot(7, 1, 19, -1);
        (BookAccount second, BookLot other) = Lot(8, 2, 19, -1);
        string never = HexData.Encode(new ProtocolCalls(SampleDeployment.Contracts).Deleverage(hanging).Data.ToArray());
        Node.BeforeEstimate = (data, token) => string.Equals(HexData.Encode(data), never, StringComparison.Ordinal) ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        await LookAsync(BookOf([hanging, other], first, second)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal([HexData.Encode(new ProtocolCalls(SampleDeployment.Contracts).Deleverage(other).Data.ToArray())], Node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.ToArray())));
    }

    [Fact]
    public async Task RunOnce_OneLotBreaksOnSomethingUnforeseen_TheOthersAreSeenTo()
    {
        (BookAccount first, BookLot broken) = Lot(7, 1, 19, -1);
        (BookAccount second, BookLot other) = Lot(8, 2, 19, -1);
        string never = HexData.Encode(new ProtocolCalls(SampleDeployment.Contracts).Deleverage(broken).Data.ToArray());
        Node.BeforeEstimate = (data, _) => string.Equals(HexData.Encode(data), never, StringComparison.Ordinal) ? throw new InvalidOperationException("a defect") : Task.CompletedTask;
        var lines = new LogLines<KeeperRole>();
        await LookAsync(BookOf([broken, other], first, second), logger: lines);
        Assert.Equal([HexData.Encode(new ProtocolCalls(SampleDeployment.Contracts).Deleverage(other).Data.ToArray())], Node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.ToArray())));
        Assert.Contains("Keeper, lot 7 of account 1: refused: look cannot be tried: a defect", lines.Said);
    }

    [Fact]
    public async Task RunOnce_StartsThatAreRevertedOnChain_RestLongerEachTimeUnlessTheAccountSinksFurther()
    {
        Node.RevertsWhenMined = true;
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
        Assert.Equal(2 * Sinking, Node.Broadcasts.Count(static sent => !sent.Transaction.Data.IsEmpty));
    }

    [Theory]
    [InlineData(15, 5, true)] // -5 as a whole; the unsold half with proceeds of 5 has 2.5, which is no margin for it.
    [InlineData(25, 0, false)] // 5 as a whole: bids take it.
    [InlineData(19, -1, true)] // -1 as a whole, and no proceeds: the account owes.
    public async Task RunOnce_LotThatIsInsolventByItself_IsTakenOver(int cash, int proceeds, bool isTakenOver)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, cash, proceeds);
        await LookAsync(BookOf([lot], account));
        string expected = HexData.Encode(new ProtocolCalls(SampleDeployment.Contracts).Deleverage(lot).Data.ToArray());
        Assert.Equal(isTakenOver ? [expected] : [], Node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.ToArray())));
    }

    /// <summary>While insurance can pay nothing is taken over: then what bidders are paid begins to rise, which nobody else has shown.</summary>
    [Theory]
    [InlineData(0UL, true)]
    [InlineData(1UL, false)]
    public async Task RunOnce_LotThatLacksSomething_IsShownOnce(ulong since, bool isShown)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 19, -1);
        lot = lot with { InsolventSinceSeconds = since };
        var calls = new ProtocolCalls(SampleDeployment.Contracts);
        Node.Refused.Add(Hex(calls.Deleverage(lot)));
        await LookAsync(BookOf([lot], account));
        Assert.Equal(isShown ? [Hex(calls.ShowLoss(lot))] : [], Sent());
    }

    /// <summary>A loss that is over is told, before anybody bids: else the incentive of the next one would begin with its age.</summary>
    [Theory]
    [InlineData(25, 1UL, true)]
    [InlineData(25, 0UL, false)] // Nothing was ever shown.
    [InlineData(20, 1UL, true)] // At nothing it lacks nothing.
    public async Task RunOnce_LossThatIsOver_IsShownToBe(int cash, ulong since, bool isShown)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, cash, -1);
        lot = lot with { InsolventSinceSeconds = since };
        await LookAsync(BookOf([lot], account));
        Assert.Equal(isShown ? [Hex(new ProtocolCalls(SampleDeployment.Contracts).ShowLoss(lot))] : [], Sent());
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
        var lines = new LogLines<KeeperRole>();
        string serve = Hex(new ProtocolCalls(SampleDeployment.Contracts).Deleverage(lot));
        if (isYoung)
        {
            Node.Refused.Add(serve);
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
        Node.Refused.Add(Hex(new ProtocolCalls(SampleDeployment.Contracts).SettleNeed(future)));
        await LookAsync(book with { Settlements = book.Settlements.With(1, future.Expiry, 100 * Books.One) });
        Assert.Equal(Hex(new ProtocolCalls(SampleDeployment.Contracts).Deleverage(lot)), Assert.Single(Sent()));
    }

    /// <summary>It pays no incentive, so that it is worth nobody's gas, and until it is booked nobody bears it. A unit of a token that a stranger sends makes it worth no more.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task RunOnce_LotOfNothingButADebt_IsWrittenOff(int units)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, -1);
        account = units == 0 ? account : account with { Balances = [new Balance(1, (UInt128)units)] };
        lot = lot with { State = (account.State with { CashE8 = -5 * Books.One, Positions = [] }).Pack(), InsolventSinceSeconds = 1 };
        (BookAccount second, BookLot other) = Lot(8, 2, 25, -1);
        other = other with { State = lot.State, InsolventSinceSeconds = 1 };
        BookAccount bidder = Bidding();

        // One at a time: the other names a state that this one changes.
        await LookAsync(BookOf([lot, other], account, second, bidder), options: new KeeperOptions { BidderAccount = 99, NativePriceE8 = Books.One, DutyCostE8 = long.MaxValue });
        Assert.Equal([Hex(new ProtocolCalls(SampleDeployment.Contracts).Bid(lot, 100_000_000, Int256.Zero, bidder, Proofs.Computed))], Sent());
    }

    /// <summary>Stakes are held for a day from when a loss was shown: before they are free to leave it to others, it is shown again.</summary>
    [Theory]
    [InlineData(43_200, 43_199, 5_000, true)]
    [InlineData(43_200, 43_200, 5_000, false)] // Held long enough.
    [InlineData(43_199, 0, 5_000, false)] // Shown a moment ago.
    [InlineData(43_200, 43_199, 5_001, false)] // Too little to hold anybody.
    public async Task RunOnce_LossThatIsNotBooked_IsShownAgainBeforeStakesAreFree(int since, int heldFor, int insurance, bool isShown)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 15, -1);
        lot = lot with { InsolventSinceSeconds = (ulong)(Books.Start - since) };
        ProtocolBook book = BookOf([lot], account);
        book = book with { Ledger = book.Ledger with { InsuranceE8 = (UInt128)(insurance * (Int128)Books.One) } };
        var calls = new ProtocolCalls(SampleDeployment.Contracts);
        Node.Refused.Add(Hex(calls.Deleverage(lot)));

        await LookAsync(book, heldUntil: (ulong)(Books.Start + heldFor));

        Assert.Equal(isShown ? [Hex(calls.ShowLoss(lot))] : [], Sent());
    }

    /// <summary>That it is shown again, now or since before, keeps no bid away: one whose loss fell below what holds stakes was mined and moved nothing, for ever.</summary>
    [Fact]
    public async Task RunOnce_LossIsShownAgain_IsBidOnAsWell()
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 15, -1);
        lot = lot with { InsolventSinceSeconds = (ulong)(Books.Start - 43_200) };
        BookAccount bidder = Bidding();
        ProtocolBook book = BookOf([lot], account, bidder);
        book = book with { Ledger = book.Ledger with { InsuranceE8 = (UInt128)(5_000 * (Int128)Books.One) } };
        var calls = new ProtocolCalls(SampleDeployment.Contracts);
        Node.Refused.Add(Hex(calls.Deleverage(lot)));

        await LookAsync(book, options: new KeeperOptions { BidderAccount = 99, NativePriceE8 = Books.One, DutyCostE8 = long.MaxValue, MinimumProfitE8 = long.MinValue }, heldUntil: (ulong)Books.Start + 43_199);

        Assert.Equal(2, Sent().Count());
        Assert.Equal(Hex(calls.ShowLoss(lot)), Sent().First());
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(0, false)]
    public async Task RunOnce_NeedThatNobodyServed_IsSettledOnceItHasAPrice(int price, bool isSettled)
    {
        var future = Instrument.Future(1, (uint)(Books.Start - 86_400));
        ProtocolBook book = BookOf([]) with { Needs = ImmutableSortedDictionary<Instrument, long>.Empty.Add(future, -3) };
        book = book with { Settlements = book.Settlements.With(1, future.Expiry, price * Books.One) };
        await LookAsync(book);
        Assert.Equal(isSettled ? [Hex(new ProtocolCalls(SampleDeployment.Contracts).SettleNeed(future))] : [], Sent());
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

        IReadOnlyList<OutboxEntry> starts = Store.UnsettledOf(Key.Address);
        Assert.Equal(Sinking, starts.Count);
        Assert.All(starts, start => Assert.True(start.MostFeePerGasWei > Node.Asked.MaxFeePerGasWei && first < start.MostFeePerGasWei));
        Assert.All(starts, start => Assert.Equal(Node.Asked.MaxFeePerGasWei, Offered(start)));
        Assert.All(starts, start => Assert.False(Store.AttemptsOf(start.Intent)[^1].IsEmpty));

        // The forms of before are told by their hashes still.
        Assert.Equal(Sinking, Node.Mine().Count);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.All(Store.UnsettledOf(Key.Address), static start => Assert.Equal(OutboxState.Mined, start.State));
    }

    /// <summary>An earlier version made limits by another rule, and options change: what a start is worth follows from what it uses alone.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public async Task RunOnce_StartThatWaitsHasALimitOfAnotherRoom_IsRaisedToWhatItIsWorth(int gasRoom)
    {
        var time = new FakeTime();
        using (TransactionManager former = Manager(time, gasRoom))
        {
            await WaitAtWorthAsync(former, time);
        }

        using TransactionManager manager = Manager(time, gasRoom: 120_000);
        time.Pass(30);
        await manager.RunOnceAsync(CancellationToken.None);
        ProtocolBook book = PayingBook();
        await LookAsync(book, time, Paying, manager: manager);
        UnderWater found = Liquidations.Look(book, book.Accounts[1], Live)!;
        Int128 worth = (Int128.Max(found.ShownE8, Int128.Abs(found.EquityE8)) / 20) + Liquidations.RewardE8(book, found, Live, Node.Asked.MostBaseFeePerGasWei);
        Assert.Equal(BidModel.PriceFor(Node.Gas, worth, Paying.NativePriceE8, manager.CapWei), Store.FindInOutbox(Intent("start", found.Account))!.MostFeePerGasWei);
    }

    /// <summary>Its witness was the cheapest at the prices of then; another one shows the account still.</summary>
    [Fact]
    public async Task RunOnce_StartWaitsAtItsFirstWorthAndItsWitnessIsStale_IsGivenBackAndProvedAnew()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await WaitAtWorthAsync(manager, time);
        OutboxEntry stale = Store.UnsettledOf(Key.Address)[3];
        int asked = 0;
        Node.BeforeEstimate = (data, _) => data.AsSpan().SequenceEqual(stale.Data) && asked++ == 0
            ? throw new RevertException("The start of before", new CustomErrorReason([], new LiquidationHouse.NotLiquidatableError(4, default, default)))
            : Task.CompletedTask;
        await LookAsync(PayingBook(), time, Paying, manager: manager);
        Assert.Equal([stale.Intent], Store.UnsettledOf(Key.Address).Where(start => Store.AttemptsOf(start.Intent)[^1].IsEmpty).Select(static start => start.Intent));

        Node.Mine(Node.Asked.MaxFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        Node.Mine(Node.Asked.MaxFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Withdrawn, Store.FindInOutbox(stale.Intent)!.State);
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
        IReadOnlyList<OutboxEntry> starts = Store.UnsettledOf(Key.Address);
        Assert.Equal([KeeperKeys.Of("start", kept)], starts.Where(start => !Store.AttemptsOf(start.Intent)[^1].IsEmpty).Select(static start => start.Intent));
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
        Node.Asked = new GasOffer(2_000_000_000UL, 100_000_000UL);
        await LookAsync(book, time, options, manager: manager, pay: 0);
        OutboxEntry bid = Assert.Single(Store.UnsettledOf(Key.Address));

        Node.Asked = new GasOffer(80_000_000_000UL, 1_000_000_000UL);
        for (int i = 0; i < 2; i++)
        {
            time.Pass(30);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        // As long as it is worth no more it waits as it is.
        await LookAsync(book, time, options, manager: manager, pay: 0);
        Assert.False(Store.AttemptsOf(bid.Intent)[^1].IsEmpty);
        time.Pass(30);
        await LookAsync(book, time, options, manager: manager, pay: -30);
        Assert.True(Store.AttemptsOf(bid.Intent)[^1].IsEmpty);
        Assert.Single(Store.UnsettledOf(Key.Address));

        Node.Mine(Node.Asked.MaxFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        await LookAsync(book, time, options, manager: manager, pay: -30);
        OutboxEntry again = Assert.Single(Store.UnsettledOf(Key.Address));
        Assert.Equal(($"{bid.Intent} (try 2)", true), (again.Intent, again.MostFeePerGasWei >= Node.Asked.MaxFeePerGasWei));
        Assert.NotEqual(bid.Data, again.Data);
        Node.Mine(Node.Asked.MaxFeePerGasWei);
        Assert.Equal([true, false], Node.Mined.Select(static mined => mined.Transaction.Data.IsEmpty));
    }

    /// <summary>Somebody showed nothing of a lot that is all for sale: until more is shown the chain takes no bid.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(14, false)] // Bids are taken.
    public async Task RunOnce_LotOfWhichTooLittleWasShown_IsEnlarged(int shown, bool isEnlarged)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, cash: 21, proceeds: -1);
        await LookAsync(BookOf([lot with { MaintenanceE8 = (UInt128)(shown * Books.One) }], account));
        Assert.Equal(isEnlarged ? [Selector("enlarge(uint64,(uint64,bytes,bytes),bytes)")] : [], Node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.Span[..4])));
    }

    private static string Selector(string function) => HexData.Encode(Keccak256.HashUtf8(function).ToArray().AsSpan(0, 4));

    /// <summary>How many starts a look sends, which are then mined.</summary>
    private async Task<int> StartedAsync(ProtocolBook book, FakeTime time)
    {
        int before = Node.Broadcasts.Count;
        await LookAsync(book, time);
        Node.Mine();
        using TransactionManager manager = Manager(time);
        await manager.RunOnceAsync(CancellationToken.None);
        return Node.Broadcasts.Count - before;
    }

    /// <summary>Sends starts, and has them wait at what they were worth then.</summary>
    private async Task<UInt256> WaitAtWorthAsync(TransactionManager manager, FakeTime time)
    {
        await LookAsync(PayingBook(), time, Paying, manager: manager);
        Node.Asked = new GasOffer(80_000_000_000UL, 1_000_000_000UL);
        for (int i = 0; i < 2; i++)
        {
            time.Pass(30);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        OutboxEntry start = Store.UnsettledOf(Key.Address)[0];
        Assert.True(start.MostFeePerGasWei < Node.Asked.MaxFeePerGasWei);
        Assert.Equal(start.MostFeePerGasWei, Offered(start));
        return start.MostFeePerGasWei!.Value;
    }

    private UInt256 Offered(OutboxEntry entry) => Store.AttemptsOf(entry.Intent)[^1].MaxFeePerGasWei;
}
