using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Relay;

/// <summary>Two orders that meet; the price is the maker's limit.</summary>
/// <param name="Maker">The order that rested.</param>
/// <param name="Taker">The order that came.</param>
/// <param name="SizeE8">How much.</param>
internal sealed record OrderMatch(RestingOrder Maker, RestingOrder Taker, ulong SizeE8)
{
    /// <summary>How often it was handed to the chain in vain, since an account changed or a price moved in between.</summary>
    public int Tries { get; init; }

    /// <summary>How often the node found nothing of it, alone, in time.</summary>
    public int Unanswered { get; init; }

    /// <summary>The first block on whose book it may be tried again; 0 when it need not wait.</summary>
    public ulong NotBeforeBlock { get; init; }

    /// <summary>Whether a batch was refused for what may be in it.</summary>
    public bool IsSuspect { get; init; }

    /// <summary>Whether it came back from a batch that was reverted, as it seemed for an account that it does not touch.</summary>
    public bool WasSpared { get; init; }

    /// <summary>Whether a batch with it was reverted that rested on attestations, so that it comes with computed proofs from now on.</summary>
    public bool IsComputed { get; init; }

    /// <summary>Whether it may hinder others, so that it comes alone.</summary>
    public bool ComesAlone => IsSuspect || Tries > 0 || Unanswered > 0 || IsByContract || Array.Exists(Orders, static order => order.TimesAside > 0);

    /// <summary>Whether a contract judges a signature of it.</summary>
    public bool IsByContract => Maker.IsByContract || Taker.IsByContract;

    /// <summary>Whether one of the two came to its end, so that nothing of the match may be sent any more.</summary>
    public bool IsOver => Maker.IsOver || Taker.IsOver;

    /// <summary>Both.</summary>
    public RestingOrder[] Orders => [Maker, Taker];

    /// <summary>The price.</summary>
    public ulong PriceE8 => Maker.PriceE8;

    /// <summary>Which of the two a refusal of the chain speaks of: the account that it names, the limit that the mark has passed, the side that does not reduce where it must; null when it names none. The taker where both do: a maker whose order ends for that of another loses his place to him, and the next one does after him.</summary>
    public RestingOrder? Named(IContractError error, ProtocolBook book) => error switch
    {
        // Of another market it speaks where an account has a position there, while it is halted.
        Clearinghouse.MarketNotNormalError { Underlying: var underlying } when SpotOrders.IsSpot(Maker.Instrument) || underlying != (UInt256)(ulong)Maker.Instrument.Underlying =>
            HasToReduce(Taker, underlying, book) ? Taker : HasToReduce(Maker, underlying, book) ? Maker : NotRepaying(book),
        Clearinghouse.PausedError when SpotOrders.IsSpot(Maker.Instrument) => NotRepaying(book),
        // Open interest grows where neither side reduces.
        Clearinghouse.MarketNotNormalError or Clearinghouse.PausedError or Clearinghouse.OpenInterestTooHighError or Clearinghouse.OptionInterestTooHighError or Clearinghouse.SurfaceTooOldError => !Taker.Reduces(SizeE8, book) ? Taker : !Maker.Reduces(SizeE8, book) ? Maker : null,
        Clearinghouse.PriceOutOfBandError { PriceE8: var price, MarkE8: var mark } => Maker.IsBuy == price > mark ? Maker : Taker,
        _ => error.Arguments.Select(argument => argument is { Name: "account", Value: ulong account } ? Of(account) : null).FirstOrDefault(static order => order is not null),
    };

    /// <summary>Whether a refusal speaks of one of its accounts, of its instrument or of its underlying.</summary>
    public bool IsNamedBy(IContractError error) => error.Arguments.Any(argument => argument switch
    {
        { Name: "account", Value: ulong account } => Of(account) is not null,
        { Name: "instrument", Value: UInt128 instrument } => instrument == Maker.Signed.Order.Instrument,
        { Name: "underlying", Value: UInt256 underlying } => underlying == (UInt256)(ulong)Maker.Instrument.Underlying,
        _ => false,
    });

    /// <summary>The order of an account; null when neither is.</summary>
    public RestingOrder? Of(ulong account) => account == Maker.Account ? Maker : account == Taker.Account ? Taker : null;

    /// <summary>Which of the two has the account that takes more gas: that of more options, or of more positions; otherwise the order that came.</summary>
    public RestingOrder Heavier(ProtocolBook book) => Weight(Maker, book).CompareTo(Weight(Taker, book)) > 0 ? Maker : Taker;

    private bool HasToReduce(RestingOrder order, UInt256 underlying, ProtocolBook book) =>
        !order.Reduces(SizeE8, book) && book.Accounts.TryGetValue(order.Account, out BookAccount? account) && account.State.Positions.Any(position => underlying == (UInt256)(ulong)position.Instrument.Underlying);

    /// <summary>Of a token's fill that only who owes may make (CLR-025): the seller who owes nothing, or less than it brings; else the buyer. Null where no token is sold.</summary>
    private RestingOrder? NotRepaying(ProtocolBook book)
    {
        (RestingOrder buyer, RestingOrder seller) = Maker.IsBuy ? (Maker, Taker) : (Taker, Maker);
        return !SpotOrders.IsSpot(Maker.Instrument) ? null : Repays(seller, book) ? buyer : seller;
    }

    /// <summary>Whether a seller owes when the fill finds it, with what it had deposited swept, and has no more than nothing after it.</summary>
    private bool Repays(RestingOrder seller, ProtocolBook book)
    {
        if (book.LatestCheckpoint is not { } inputs || !book.Accounts.TryGetValue(seller.Account, out BookAccount? account))
        {
            return false;
        }

        var before = Holding.Of(account, book, inputs);
        uint feeRateE8 = seller == Maker ? book.Parameters.Clearing.MakerFeeE8 : book.Parameters.Clearing.TakerFeeE8;
        return before.State.CashE8 < 0 && before.Trade(Maker.Instrument, seller.Signed64(SizeE8), (long)PriceE8, feeRateE8, inputs).After is { } after && after.State.CashE8 <= 0;
    }

    private static (int Options, int Positions) Weight(RestingOrder order, ProtocolBook book) =>
        book.Accounts.TryGetValue(order.Account, out BookAccount? account) ? (account.State.Positions.Count(static position => position.Instrument.IsOption), account.State.Positions.Length) : default;
}
