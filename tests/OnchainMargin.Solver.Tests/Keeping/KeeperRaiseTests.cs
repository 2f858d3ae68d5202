using System.Buffers.Binary;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>Lots whose owner showed less than they ask for, so that one bid takes little of them: a long of 40,000 that has an equity of 3,299 under a margin of 5,600 and more, of which 3,000 was shown; a bid takes 5 % of the 12.6 % that were put up.</summary>
public sealed class KeeperRaiseTests : KeeperWorld
{
    private const uint LeastBidE8 = 5_000_000;

    private static KeeperOptions Bidder { get; } = new() { BidderAccount = 99, NativePriceE8 = Books.One, DutyCostE8 = long.MaxValue };

    /// <summary>By a keeper whose bid would not pay, and by one that bids for nothing.</summary>
    [Theory]
    [InlineData(99, 1000)]
    [InlineData(0, 0)]
    public async Task RunOnce_BidTakesTooLittleToPay_ShowsTheMarginOnce(long bidder, int pay)
    {
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        KeeperOptions options = Bidder with { BidderAccount = bidder };
        (ProtocolBook book, BookLot lot) = Weak();
        await LookAsync(book, time, options, pay: pay);
        (AccountState rest, _) = LotParts.Rest(lot, book.Accounts[lot.Account], Live.Checkpoint.Header, book.Settlements);
        (byte[] witness, Int128 equity, Int128 shown) = Liquidations.FindLargest(rest, [], Live)!.Value;
        Assert.Equal([Hex(new ProtocolCalls(Deployment.Contracts).Enlarge(lot, witness))], Sent());
        // With the charges, for which another enlargement would be due otherwise.
        Assert.Equal(Liquidations.Figures(rest, [], Live)!.Value.MaintenanceE8, shown);

        await LookAsync(book, time, options, pay: pay);
        await MineAsync(manager);
        await LookAsync(book, time, options, pay: pay);
        BookLot larger = LotParts.Enlarged(lot, equity, shown, book.Parameters.Liquidation);
        await LookAsync(book with { Lots = book.Lots.SetItem(lot.Id, larger) }, time, options, pay: pay);
        Assert.Single(Node.Broadcasts, IsEnlargement);
    }

    [Fact]
    public async Task RunOnce_BidOfLittlePays_Bids()
    {
        (ProtocolBook book, BookLot lot) = Weak();
        await LookAsync(book, options: Bidder, pay: -30);
        Assert.Equal((lot.Id, LeastBidE8), Call(Assert.Single(Node.Broadcasts).Transaction.Data.ToArray()));

        static (ulong Lot, ulong FractionE8) Call(byte[] data) => LiquidationHouse.BidCall.Decode(data) is var bid ? (bid.Lot, bid.FractionE8) : default;
    }

    /// <summary>What was shown is nearly what the lot asks for; its owner has time to pay in; or a leg of it has to serve first.</summary>
    [Theory]
    [InlineData(5_500, 0, false)]
    [InlineData(3_000, 1, false)]
    [InlineData(3_000, 0, true)]
    public async Task RunOnce_EnlargingWouldNotHaveABidTakeMore_ShowsNothing(int shown, int grace, bool owes)
    {
        (ProtocolBook book, BookLot lot) = Weak(shown);
        book = book with { Lots = book.Lots.SetItem(lot.Id, lot with { BiddingFromSeconds = Books.Start + (ulong)grace }) };
        book = owes ? book with { Needs = book.Needs.Add(Instrument.Perpetual(1), -500 * Books.One) } : book;
        await LookAsync(book, options: Bidder, pay: 2000);
        Assert.DoesNotContain(Node.Broadcasts, IsEnlargement);
    }

    [Fact]
    public void Enlarged_ShowsLess_KeepsWhatWasShown()
    {
        (ProtocolBook book, BookLot lot) = Weak();
        Assert.Equal(lot, LotParts.Enlarged(lot, 3_299 * Books.One, 2_999 * Books.One, book.Parameters.Liquidation));
    }

    /// <summary>Half sold: what is shown is of the other half, and counts double.</summary>
    [Fact]
    public void Enlarged_LotWasSoldInPart_CountsOfTheWhole()
    {
        (ProtocolBook book, BookLot lot) = Weak();
        BookLot larger = LotParts.Enlarged(lot with { SoldE8 = 50_000_000, ForSaleE8 = 50_000_000 }, 0, 3_000 * Books.One, book.Parameters.Liquidation);
        Assert.Equal((100_000_000UL, 6_000 * (UInt128)Books.One), (larger.ForSaleE8, larger.MaintenanceE8));
    }

    private static bool IsEnlargement(SignedTransaction sent) => BinaryPrimitives.ReadUInt32BigEndian(sent.Transaction.Data.Span) == LiquidationHouse.EnlargeCall.Selector;

    private (ProtocolBook Book, BookLot Lot) Weak(int shown = 3_000)
    {
        (BookAccount account, BookLot lot) = Lot(7, 1, 0, -1);
        AccountState state = account.State with { CashE8 = 11_299 * Books.One, Positions = [account.State.Positions[0] with { SizeE8 = 400 * Books.One, CostE8 = 48_000 * Books.One }] };
        lot = lot with { State = state.Pack(), MaintenanceE8 = (UInt128)(shown * Books.One), ForSaleE8 = shown == 3_000 ? 12_600_000UL : 55_000_000 };
        BookAccount bidder = Bidding();
        ProtocolBook book = BookOf([lot], account, bidder with { State = bidder.State with { CashE8 = 1_000_000 * Books.One } });
        return (book with { Parameters = book.Parameters with { Liquidation = book.Parameters.Liquidation with { DiscountMaxE8 = 20_000_000, BidMinE8 = LeastBidE8 } } }, lot);
    }
}
