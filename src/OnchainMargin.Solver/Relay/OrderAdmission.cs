using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Relay;

/// <summary>Which orders the relay takes up at all, whatever else rests in its books.</summary>
internal static class OrderAdmission
{
    private const long One = 100_000_000;

    /// <summary>Thirty owners of one wallet sign in as much, or a passkey with all that it hashes. What is larger is room for whoever fills settlements and memory with it: a contract that always agrees takes any bytes.</summary>
    private const int MostSignatureBytes = 2048;

    /// <summary>An order that was cancelled here is remembered until it expires: for as long as its signer chose, were there no end to it.</summary>
    private const ulong LongestSeconds = 90 * 86_400;

    private const ulong DelegateLookSeconds = 60;

    /// <summary>What is wrong with an order as it is signed, in a sentence; null when nothing is.</summary>
    /// <param name="signed">The order.</param>
    /// <param name="book">The book.</param>
    /// <param name="now">The second that it is, by whichever is later of the chain's clock and this one.</param>
    /// <param name="leastSecondsLeft">How long it has to last at least.</param>
    public static string? Defect(Clearinghouse.SignedOrder signed, ProtocolBook book, ulong now, ulong leastSecondsLeft)
    {
        Clearinghouse.Order order = signed.Order;
        var instrument = Instrument.Unpack(order.Instrument);
        return !book.Accounts.TryGetValue(order.Account, out BookAccount? account) ? $"Account {order.Account} was never opened; open one first."
            : !account.May(signed.Signer, DelegateRights.Trade, book.BlockTimeSeconds) ? $"{signed.Signer} neither owns account {order.Account} nor may trade for it now; have its owner appoint it as a delegate, or sign with {account.Owner}."
            : account.MayUntil(signed.Signer, DelegateRights.Trade) is { } until && until - book.BlockTimeSeconds < leastSecondsLeft ? $"{signed.Signer} may trade for account {order.Account} for {Left(until, book)} s more, and it takes some to bring an order into a block: have its owner appoint it for longer, or sign with {account.Owner}."
            : account.OpenLot != 0 ? InLot(account)
            : signed.Signature.Length > MostSignatureBytes ? $"The signature has {signed.Signature.Length} bytes, and this relay takes {MostSignatureBytes} at most; sign with a key, or with a contract whose signatures are shorter."
            : order.SizeE8 is 0 or long.MinValue ? "The order's size is zero; give a size."
            : order.LimitPriceE8 is 0 or > long.MaxValue ? "The order's limit price is zero or too large; give a price."
            : order.Flags > (RestingOrder.ReduceOnly | RestingOrder.PostOnly | RestingOrder.FillOrKill) ? $"The order's flags are {order.Flags}; only bit 0 (reduce-only), bit 1 (post-only) and bit 2 (fill-or-kill) mean something."
            : (order.Flags & RestingOrder.PostOnly) != 0 && (order.Flags & RestingOrder.FillOrKill) != 0 ? "The order is post-only and fill-or-kill, so it could never be filled; clear one of the flags."
            : order.Expiry <= now ? $"The order expired at {order.Expiry.ToString(CultureInfo.InvariantCulture)}, and it is {now.ToString(CultureInfo.InvariantCulture)}; sign one that lasts longer."
            : order.Expiry - now < leastSecondsLeft ? $"The order expires in {(order.Expiry - now).ToString(CultureInfo.InvariantCulture)} s, and it takes some to bring it into a block: sign one that lasts {leastSecondsLeft.ToString(CultureInfo.InvariantCulture)} s or more."
            : order.Expiry - now > LongestSeconds ? $"The order expires at {order.Expiry.ToString(CultureInfo.InvariantCulture)}, more than 90 days from now, and the relay takes none that lasts longer; sign one that expires by {(now + LongestSeconds).ToString(CultureInfo.InvariantCulture)}."
            : SpotOrders.IsSpot(instrument) && (order.Flags & RestingOrder.ReduceOnly) != 0 ? "The order is reduce-only and swaps a token, of which there is no position; clear the flag."
            : !instrument.IsValid && !SpotOrders.IsSpot(instrument) ? "The order names no valid instrument; take the number from /api/instruments."
            : instrument.Expiry > book.BlockTimeSeconds && instrument.Expiry - book.BlockTimeSeconds <= leastSecondsLeft ? $"The instrument expires in {Left(instrument.Expiry, book)} s, and it takes some to bring an order into a block; others are in /api/instruments."
            : book.IsPaused && !SpotOrders.IsSpot(instrument) && !Fees.Reduces(account.State.SizeOf(instrument), order.SizeE8) ? "Trading is paused by the guardian: until it goes on orders can only make a position smaller; deposits and withdrawals without positions go on."
            : LeastFeeE8(order, book) is var leastE8 && order.MaxFeeRateE8 < leastE8 ? $"The order allows a fee of {Price(order.MaxFeeRateE8)} of what is traded, and {Price(leastE8)} is taken; sign one with a maxFeeRateE8 of {leastE8} or more."
            : null;
    }

    /// <summary>Whether an order ends so soon that it could be filled no more: its own time is over, by whichever clock is later, or by the chain's its signer's right (CLR-019) or its instrument (CLR-017).</summary>
    /// <param name="order">The order.</param>
    /// <param name="book">The book.</param>
    /// <param name="now">The second that it is, by whichever is later of the chain's clock and this one.</param>
    /// <param name="leastSecondsLeft">How long it has to last at least.</param>
    public static bool Ends(RestingOrder order, ProtocolBook book, ulong now, ulong leastSecondsLeft) =>
        order.Signed.Order.Expiry < now + leastSecondsLeft
        || (order.Instrument.Expiry != 0 && order.Instrument.Expiry <= book.BlockTimeSeconds + leastSecondsLeft)
        || (book.Accounts.TryGetValue(order.Account, out BookAccount? account) && !account.May(order.Signed.Signer, DelegateRights.Trade, book.BlockTimeSeconds + leastSecondsLeft));

    /// <summary>The second before which <see cref="Ends"/> says no of an order, by whichever clock is later. A delegate's right is looked at every minute: a reorganisation tells nobody that it is another.</summary>
    /// <inheritdoc cref="Ends" path="/param"/>
    public static ulong MayEndAt(RestingOrder order, ProtocolBook book, ulong now, ulong leastSecondsLeft)
    {
        ulong right = book.Accounts.TryGetValue(order.Account, out BookAccount? account) ? account.MayUntil(order.Signed.Signer, DelegateRights.Trade) ?? 0 : 0;
        ulong last = Math.Min(Math.Min(order.Signed.Order.Expiry, right), order.Instrument.Expiry == 0 ? ulong.MaxValue : order.Instrument.Expiry);
        return Math.Min(last - Math.Min(last, leastSecondsLeft), right == ulong.MaxValue ? ulong.MaxValue : now + DelegateLookSeconds);
    }

    /// <summary>Why an account in an open lot trades nothing.</summary>
    public static string InLot(BookAccount account) => $"Account {account.Id} is being liquidated and cannot trade; it can only receive deposits now.";

    /// <summary>Why nothing of an instrument is filled any more, at any price (CLR-017); null before its expiry.</summary>
    public static string? Expired(Instrument instrument, long now) => instrument.Expiry == 0 || now < instrument.Expiry ? null
        : $"The instrument expired at {instrument.Expiry.ToString(CultureInfo.InvariantCulture)}, and it is {now.ToString(CultureInfo.InvariantCulture)}; its positions are settled, and others are in /api/instruments.";

    /// <summary>Why nothing new is opened in an instrument's expiry now, by an old surface (CLR-017); null where something is.</summary>
    public static string? TooOldToOpen(Instrument instrument, CheckpointInputs inputs) =>
        instrument.Expiry != 0 && Quotes.Record(instrument.Underlying, inputs.View)?.Expiries.FirstOrDefault(record => record.Expiry == instrument.Expiry) is { } known
            && OpeningSurfaces.IsTooOld(known.SurfaceTime, known.Expiry, inputs.Checkpoint.Header.Time)
            ? string.Create(CultureInfo.InvariantCulture, $"The volatilities of the expiry {DateTimeOffset.FromUnixTimeSeconds(instrument.Expiry):yyyy-MM-dd HH:mm} UTC were published more than an hour ago: until they are published again nothing new is opened in it, and what is held can be closed or handed on.")
            : null;

    /// <summary>Why nothing is filled at a price outside its band (CLR-013).</summary>
    /// <param name="which">Which price it is, as the beginning of a sentence.</param>
    /// <param name="priceE8">The price.</param>
    /// <param name="band">The band that does not hold it.</param>
    public static string TooFar(string which, ulong priceE8, PriceBand band) =>
        $"{which} is {Price(priceE8)}, further from the mark of {Price((ulong)band.MarkE8)} than trades may be; wait or change the price.";

    private static string Left(ulong until, ProtocolBook book) => (until - book.BlockTimeSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>The largest rate that the chain may take of an order's fills: one that may only rest pays the maker's, one that never does the taker's, and any other may come to pay either.</summary>
    private static uint LeastFeeE8(Clearinghouse.Order order, ProtocolBook book)
    {
        (uint maker, uint taker) = (book.Parameters.Clearing.MakerFeeE8, book.Parameters.Clearing.TakerFeeE8);
        return (order.Flags & RestingOrder.PostOnly) != 0 ? maker
            : (order.Flags & RestingOrder.FillOrKill) != 0 ? taker
            : Math.Max(maker, taker);
    }

    /// <summary>Why an order is too small for what its settlement costs whoever runs the relay; null when it is not, or closes a position wholly. What counts is the price of what it is about: of an option not its premium, of any not its limit, which its signer chooses.</summary>
    public static string? TooSmall(RestingOrder order, BookAccount account, PriceBand band, CheckpointView view, long leastNotionalE8)
    {
        Int128 notional = SpotOrders.IsSpot(order.Instrument) ? (Int128)band.MarkE8 * order.WholeE8 / One : NotionalE8(order, view);
        bool closes = order.IsReduceOnly && account.State.SizeOf(order.Instrument) == -order.Signed.Order.SizeE8;
        return notional >= leastNotionalE8 || closes
            ? null
            : $"The order is about {Price((ulong)notional)} of its underlying or token, less than the {Price((ulong)leastNotionalE8)} for which this relay pays gas (relay:leastNotionalE8); raise its size, or close a whole position by a reduce-only order of its size.";
    }

    /// <summary>What an order is about, E8: its size at the price of its underlying; 0 of a token, or where there is no such market.</summary>
    public static Int128 NotionalE8(RestingOrder order, CheckpointView view) =>
        SpotOrders.IsSpot(order.Instrument) ? 0 : (Int128)(Quotes.Record(order.Instrument.Underlying, view)?.SpotE8 ?? 0) * order.WholeE8 / One;

    /// <summary>Why the chain would fill an order that rests no more, at any size; null when it would.</summary>
    public static string? Spent(RestingOrder resting, PriceBand band, ProtocolBook book, CheckpointView view) =>
        band.IsPassedBy(resting.IsBuy, resting.PriceE8) ? $"the mark of {Price((ulong)band.MarkE8)} has passed its limit by more than trades may be from it"
        : PreTradeCheck.ReductionsOnly(resting.Instrument, book, view) is { Length: > 0 } only && !resting.Reduces(1, book) ? $"{only}, and it would make one larger"
        : null;

    /// <summary>A price or an amount of money, as sentences have it.</summary>
    public static string Price(ulong priceE8) => ((decimal)priceE8 / One).ToString("0.########", CultureInfo.InvariantCulture);
}
