using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
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

/// <summary>What the account that bids is used for: one transaction at a time, since each changes the state that the next one names.</summary>
public sealed class KeeperBidTests : KeeperWorld
{
    private static KeeperOptions Bidder { get; } = new() { BidderAccount = 99, NativePriceE8 = Books.One, DutyCostE8 = long.MaxValue };

    [Fact]
    public async Task RunOnce_TwoLotsPay_TheBetterIsBidForAndTheOtherOnceTheBookShowsIt()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        ProtocolBook book = TwoLots();
        await LookAsync(book, time, Bidder, pay: -30);
        Assert.StartsWith("bid lot 8 ", Assert.Single(Store.UnsettledOf(Key.Address)).Intent, StringComparison.Ordinal);

        // Another process goes on from the store.
        await LookAsync(book, time, Bidder, pay: -30);
        await MineAsync(manager);
        await LookAsync(book, time, Bidder, pay: -30);
        Assert.Single(Node.Broadcasts);

        // The book has the block that it is in.
        await LookAsync(book with { BlockNumber = 1 }, time, Bidder, pay: -30);
        Assert.StartsWith("bid lot 7 ", Store.UnsettledOf(Key.Address)[1].Intent, StringComparison.Ordinal);
        Assert.Equal(2, Node.Broadcasts.Count);
    }

    [Fact]
    public async Task RunOnce_BidWaits_SaysOfOtherLotsWhatTheyWaitFor()
    {
        var time = new FakeTime();
        await LookAsync(TwoLots(), time, Bidder, pay: -30);
        var lines = new LogLines<KeeperRole>();
        await LookAsync(TwoLots(), time, Bidder, lines, pay: -30);
        Assert.Contains(lines.Said, static line => line.StartsWith("Keeper, lot 7 of account 1: no-bid: account 99 waits for 'bid lot 8'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunOnce_BidIsRevertedOnChain_ItsLotRestsAndTheOtherIsBidFor()
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        Node.RevertsWhenMined = true;
        foreach ((int seconds, string expected) in new[] { (0, "bid lot 8 "), (1, "bid lot 7 "), (1, ""), (8, "bid lot 8 "), (1, "bid lot 7 "), (10, "") })
        {
            time.Pass(seconds);
            int before = Node.Broadcasts.Count;
            await LookAsync(TwoLots(), time, Bidder, pay: -30);
            Assert.Equal(expected.Length == 0 ? 0 : 1, Node.Broadcasts.Count - before);
            if (expected.Length > 0)
            {
                Assert.StartsWith(expected, Store.UnsettledOf(Key.Address)[^1].Intent, StringComparison.Ordinal);
            }

            await MineAsync(manager);
        }
    }

    [Fact]
    public async Task RunOnce_DebtIsBooked_TheNextIsOnceTheBookShowsIt()
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, -1);
        lot = lot with { State = (account.State with { CashE8 = -5 * Books.One, Positions = [] }).Pack(), InsolventSinceSeconds = 1 };
        (BookAccount second, BookLot other) = Lot(8, 2, 25, -1);
        other = other with { State = lot.State, InsolventSinceSeconds = 1 };
        BookAccount bidder = Bidding();
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, Bidder);
        await keeper.LookAsync(BookOf([lot, other], account, second, bidder) with { BlockNumber = 0 });
        await MineAsync(manager);
        await keeper.LookAsync(BookOf([other], second, bidder) with { BlockNumber = 0 });
        Assert.Single(Node.Broadcasts);

        BookAccount after = bidder with { StateHash = Keccak256.HashUtf8("after the first") };
        await keeper.LookAsync(BookOf([other], second, after) with { BlockNumber = 1 });
        var calls = new ProtocolCalls(Deployment.Contracts);
        Assert.Equal([Hex(calls.Bid(lot, 100_000_000, Int256.Zero, bidder, Proofs.Computed)), Hex(calls.Bid(other, 100_000_000, Int256.Zero, after, Proofs.Computed))], Sent());
    }

    /// <summary>A debt of 500 with 5 dollars of the lot's own tokens, of which a bidder is never paid more than a few cents, or with 2 dollars that a stranger sent after the start: neither brings a bid, and both are booked.</summary>
    [Theory]
    [InlineData(5, 0)]
    [InlineData(0, 2)]
    public async Task RunOnce_DebtBesideTokensThatBringNoBid_IsBooked(int own, int later)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, -1);
        // Coins at 100 dollars.
        ImmutableArray<Balance> tokens = own == 0 ? [] : [new Balance(1, (UInt128)own * 10_000_000_000_000_000)];
        lot = lot with { State = (account.State with { CashE8 = -500 * Books.One, Positions = [] }).Pack(), Balances = Balances.Pack(tokens), InsolventSinceSeconds = 1 };
        account = account with { Balances = [new Balance(1, (UInt128)(own + later) * 10_000_000_000_000_000)] };
        BookAccount bidder = Bidding();
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, Bidder);
        ProtocolBook book = BookOf([lot], account, bidder);
        book = book with { Parameters = book.Parameters with { Liquidation = book.Parameters.Liquidation with { InsolventPayMaxE8 = 3_000_000 } } };
        await keeper.LookAsync(book with { BlockNumber = 0 });
        Assert.Equal([Hex(new ProtocolCalls(Deployment.Contracts).Bid(lot, 100_000_000, Int256.Zero, bidder, Proofs.Computed))], Sent());
    }

    /// <summary>The chain refuses bids and takings over then; what it takes goes on.</summary>
    [Theory]
    [InlineData(19, 1, "")]
    [InlineData(19, 0, "showLoss")]
    [InlineData(25, 0, "")]
    public async Task RunOnce_LotInItsGrace_IsAskedForNothingThatTheChainRefuses(int cash, ulong since, string expected)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, cash, -1);
        lot = lot with { BiddingFromSeconds = Books.Start + 1, InsolventSinceSeconds = since };
        int asked = 0;
        Node.BeforeEstimate = (_, _) =>
        {
            asked++;
            return Task.CompletedTask;
        };
        await LookAsync(BookOf([lot], account, Bidding()), options: Bidder, pay: -30);
        Assert.Equal(expected.Length == 0 ? [] : [Hex(new ProtocolCalls(Deployment.Contracts).ShowLoss(lot))], Sent());
        Assert.Equal(expected.Length == 0 ? 0 : 1, asked);
    }

    /// <summary>What the account could carry by its coins alone while their market is halted: the chain is asked, and only what it takes is sent.</summary>
    [Theory]
    [InlineData(1, 25_000_000)]
    [InlineData(2, 12_500_000)]
    [InlineData(30, 0)]
    public async Task RunOnce_ChainRefusesTheLargerParts_BidsForTheLargestThatItTakes(int refused, int expected)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        BookAccount bidder = Bidding();
        var calls = new ProtocolCalls(Deployment.Contracts);
        foreach (ulong fraction in BidSizes.Of(lot.LeftE8, 0).Take(refused))
        {
            Node.Refused.Add(Hex(calls.Bid(lot, fraction, Int256.MaxValue, bidder, Proofs.Computed)));
        }

        var lines = new LogLines<KeeperRole>();
        await LookAsync(BookOf([lot], account, bidder), options: Bidder, logger: lines, pay: -30);
        string[] fractions = [.. Sent().Select(static data => data.Substring(2 + 8 + (2 * 64), 64))];
        Assert.Equal(expected == 0 ? [] : [expected.ToString("x64", CultureInfo.InvariantCulture)], fractions);
        Assert.Equal(expected == 0, lines.Said.Any(static line => line.Contains("refused by the chain", StringComparison.Ordinal)));
    }

    /// <summary>Started with an equity of 870 under a margin of 1,450, of which 51 % restore it; with 1,370 now the chain gives a bid no more than (1,595 - 1,370) / (1,595 - 274), and what a bid brings is reckoned of that.</summary>
    [Fact]
    public async Task RunOnce_LotWasShownAtAWorseMoment_BidsForWhatRestoresItNow()
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, -1);
        AccountState state = account.State with { CashE8 = 3_370 * Books.One, Positions = [account.State.Positions[0] with { SizeE8 = 100 * Books.One, CostE8 = 12_000 * Books.One }] };
        lot = lot with { State = state.Pack(), MaintenanceE8 = 1_450 * (UInt128)Books.One, ForSaleE8 = 51_020_409 };
        ProtocolBook book = BookOf([lot], account, Bidding());
        book = book with { Parameters = book.Parameters with { Liquidation = book.Parameters.Liquidation with { DiscountMaxE8 = 20_000_000, BidMinE8 = 5_000_000 } } };
        await LookAsync(book, options: Bidder, pay: -30);
        Assert.Equal([17_032_552.ToString("x64", CultureInfo.InvariantCulture)], Sent().Select(static data => data.Substring(2 + 8 + (2 * 64), 64)));
    }

    [Fact]
    public async Task RunOnce_NoPartOfALotPays_AsksForFeesOnceARound()
    {
        await LookAsync(TwoLots(), options: Bidder with { MinimumProfitE8 = 1_000_000 * Books.One });
        Assert.Equal(2, Node.FeesAsked);
    }

    /// <summary>What waits does not pay at the gas of now; the other lot does.</summary>
    [Fact]
    public async Task RunOnce_BidWaitsForCheaperGasAndAnotherLotPays_MakesRoomForIt()
    {
        var time = new FakeTime();
        KeeperOptions options = Bidder with { NativePriceE8 = 1000 * Books.One, MinimumProfitE8 = Books.One / 10 };
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        using TransactionManager manager = Manager(time);
        Node.Asked = new GasOffer(2_000_000_000UL, 100_000_000UL);
        await LookAsync(BookOf([lot], account, Bidding()), time, options, manager: manager);
        OutboxEntry bid = Assert.Single(Store.UnsettledOf(Key.Address));
        Node.Asked = new GasOffer(80_000_000_000UL, 1_000_000_000UL);
        for (int i = 0; i < 2; i++)
        {
            time.Pass(30);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        await LookAsync(TwoLots(), time, options, manager: manager, pay: -30);
        Assert.Equal((bid.Intent, true), (Assert.Single(Store.UnsettledOf(Key.Address)).Intent, Store.AttemptsOf(bid.Intent)[^1].IsEmpty));
        Node.Mine(Node.Asked.MaxFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        await LookAsync(TwoLots(), time, options, manager: manager, pay: -30);
        Assert.StartsWith("bid lot 8 ", Assert.Single(Store.UnsettledOf(Key.Address)).Intent, StringComparison.Ordinal);
    }

    /// <summary>The node estimates in a block that has updated the price of the lot's market; the one that takes the bid updates it again, for 91,000 gas where it has three sources.</summary>
    [Fact]
    public async Task RunOnce_NextBlockUpdatesThePriceThatTheEstimateLeftOut_LeavesTheLeastProfitAllTheSame()
    {
        (Node.Gas, Node.GasWhenMined) = (182_000, 273_000);
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        ProtocolBook book = BookOf([lot], account, Bidding());
        KeeperOptions options = Bidder with { NativePriceE8 = 3000 * Books.One, MinimumProfitE8 = Books.One };
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await LookAsync(book, time, options, manager: manager, pay: -30);
        await MineAsync(manager);

        OutboxEntry bid = Assert.Single(Store.UnsettledOf(Key.Address));
        LiquidationHouse.BidCall call = LiquidationHouse.BidCall.Decode(bid.Data);
        LotWorth part = LotWorth.Of(lot, book, Live)!.Part(call.FractionE8);
        Int128 hedge = HedgeCosts.OfE8(part.GrossE8, part.DeltasE8, options.HedgeCostBps, Live);
        Int128 gas = BidModel.GasE8(Node.GasWhenMined, bid.MostFeePerGasWei!.Value, options.NativePriceE8);
        Assert.Equal(OutboxState.Mined, bid.State);
        Assert.True(part.EquityE8 - (Int128)call.MaxPayE8 - hedge - gas >= options.MinimumProfitE8);
    }

    /// <summary>Of several nodes behind one address one tells its newest block, and the next does not have it yet.</summary>
    [Fact]
    public async Task RunOnce_NextNodeIsABlockBehind_BidsByTheBlockBefore()
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        var prices = new PricesNode(Books.Inputs(1, Books.Start, 103), pay: 2, heldUntil: 0) { Lacks = "0x7" };
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, Bidder with { MinimumProfitE8 = Books.One }, prices: prices);
        await keeper.LookAsync(BookOf([lot], account, Bidding()));
        Assert.Single(Sent());
        Assert.Equal(["0x6"], prices.QuotedAt);
    }

    /// <summary>What a lot is worth is told by prices, and what it costs by the chain: of two moments, the fall between them would look like a profit.</summary>
    [Theory]
    [InlineData(100, 0)]
    [InlineData(103, 1)]
    public async Task RunOnce_PriceFallsWhileStartsAreSent_WorthAndQuoteAreOfOneBlock(int price, int expected)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        var prices = new PricesNode(Books.Inputs(1, Books.Start, price), pay: 2, heldUntil: 0) { Before = Books.Inputs(1, Books.Start, 103) };
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, Bidder with { MinimumProfitE8 = Books.One }, prices: prices);
        await keeper.LookAsync(BookOf([lot], account, Bidding()));

        // Half of it is for sale: worth 4 at 103, and 2.5 at 100.
        Assert.Equal(expected, Sent().Count());
        Assert.Equal(["0x7"], prices.QuotedAt);
    }

    [Fact]
    public async Task RunOnce_AccountThatBidsFacesANeed_IsNotAskedToServeBesideItsBidOfTheSameRound()
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        var expired = Instrument.Future(1, (uint)(Books.Start - 60));
        BookAccount bidder = Bidding();
        bidder = bidder with { State = bidder.State with { Positions = [new Position(expired, Books.One, 100 * Books.One)] } };
        ProtocolBook before = BookOf([], UnderWater(1, 1, 100_000), bidder);
        ProtocolBook book = BookOf([lot], account, bidder) with { Needs = before.Needs.Add(expired, -5 * Books.One) };
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, Bidder, pay: -30);
        await keeper.LookAsync(before, book);

        Assert.StartsWith("bid lot 7 ", Assert.Single(Store.UnsettledOf(Key.Address)).Intent, StringComparison.Ordinal);
    }

    /// <summary>Two lots that pay, the second more.</summary>
    private ProtocolBook TwoLots()
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 25, 0);
        (BookAccount second, BookLot better) = Lot(8, 2, 29, 0);
        return BookOf([lot, better], account, second, Bidding()) with { BlockNumber = 0 };
    }
}
