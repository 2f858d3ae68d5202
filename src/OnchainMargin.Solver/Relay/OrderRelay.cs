using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Relay;

/// <summary>The order relay's door: takes signed orders and cancellations for the <see cref="OrderBooks"/>, which match them by price and then time, or says why not. A relay can fill no order at a worse price than was signed: the chain checks every one.</summary>
internal sealed partial class OrderRelay(OrderBooks orders, Broadcast<IndexedBook> books, ILiveInputs live, IRelayChain chain, SolverStore store, SolverKeys keys, SolverOptions options, RelayClock clock)
{
    /// <summary>So many cancelled orders of an account are remembered that last longer than <see cref="ShortSeconds"/>: placing and cancelling costs nothing, and each is kept until it expires.</summary>
    private const int MostCancelled = 10_000;

    private const ulong ShortSeconds = 3600;

    /// <summary>Takes an order, or says in a sentence why not.</summary>
    public async Task<OrderOutcome> SubmitAsync(Clearinghouse.SignedOrder signed, string? session, CancellationToken cancellationToken)
    {
        if (books.Current?.Book is not { } book)
        {
            return new OrderOutcome(null, "The relay has not read the chain yet; ask again in a moment.", IsEarly: true);
        }

        if (!_isOpen)
        {
            return new OrderOutcome(null, "The relay was started anew and takes up its orders of before, once none of them is being settled; hand this one in again in a moment.", IsEarly: true);
        }

        // Whoever did not hear the answer may hand in the very same order again: it is the one that is known.
        if (Known(signed, session) is { } known)
        {
            return known;
        }

        if (OrderAdmission.Defect(signed, book, clock.Now, 2 * (ulong)options.Relay.LeastSecondsLeft) is { } defect)
        {
            return Refuse(defect);
        }

        if (await chain.FindSignatureAsync(signed, cancellationToken).ConfigureAwait(false) is not { } taken)
        {
            return Refuse($"The signature is not {signed.Signer}'s over this order; sign it again on this chain and for this deployment.");
        }

        // In the form in which the chain takes it, which need not be the one that the wallet gave.
        signed = signed with { Signature = taken.Bytes };
        if (Known(signed, session) is { } same)
        {
            return same;
        }

        // Of who signed, and of nobody else: it is a look at so many rows of the store.
        ulong soon = clock.Now + ShortSeconds;
        if (signed.Order.Expiry > soon && store.CancelledOf(signed.Order.Account, soon, MostCancelled) == MostCancelled)
        {
            return Refuse($"Account {signed.Order.Account} has cancelled {MostCancelled} orders at this relay that are good on chain for more than an hour, and it remembers no more of one account for so long; sign orders that expire within the hour, or wait until those others do.");
        }

        Address owner = book.Accounts[signed.Order.Account].Owner;
        RestingOrder order = new(signed, owner, orders.NextArrival(), session) { IsByContract = taken.IsByContract };

        // Code can be taken off an address and set again (EIP-7702), so that whoever rests does whatever stands there.
        if (Math.Max(orders.Rests.SecondsLeft(signed.Signer), order.IsByContract ? orders.Rests.SecondsLeft(owner) : 0) is > 0 and var seconds)
        {
            return Refuse($"A settlement was reverted that nothing but a contract's signature explains, of {signed.Signer} or for an account of {owner}: the relay takes orders of the one, and those that contracts sign for the other, again in {seconds} s; have a key without code sign as a delegate until then.");
        }

        (bool isDone, ulong filled) = (await chain.StatusesAsync([order], cancellationToken).ConfigureAwait(false))[0];
        if (isDone || filled >= order.WholeE8)
        {
            return new OrderOutcome(null, $"Nonce {signed.Order.Nonce} of account {signed.Order.Account} is filled or cancelled on chain; use another nonce.", IsOver: true);
        }

        order.LeftE8 = order.WholeE8 - filled;
        CheckpointInputs inputs = await live.GetAsync(cancellationToken).ConfigureAwait(false);
        (ulong Open, ulong Largest) openOptions = order.Instrument.IsOption
            ? await chain.OptionInterestAsync(order.Instrument.Underlying, cancellationToken).ConfigureAwait(false)
            : default;
        return Place(order, book, inputs, openOptions);
    }

    /// <summary>Takes an order off the relay for its owner or a delegate. The signed order itself stays good on chain until it expires or its nonce is cancelled there.</summary>
    /// <param name="account">The account.</param>
    /// <param name="nonce">The order's nonce.</param>
    /// <param name="signer">Who signed the cancellation; null for the owner.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<OrderOutcome> CancelAsync(ulong account, ulong nonce, Address? signer, byte[] signature, CancellationToken cancellationToken)
    {
        if (books.Current?.Book is not { } book || !book.Accounts.TryGetValue(account, out BookAccount? known) || orders.Find(account, nonce) is not { IsOver: false } order)
        {
            return Refuse($"The relay has no open order of account {account} with nonce {nonce}.");
        }

        Address by = signer ?? known.Owner;
        if (!known.May(by, DelegateRights.Cancel, book.BlockTimeSeconds))
        {
            return Refuse($"{by} neither owns account {account} nor may cancel for it now; sign with {known.Owner}, or have it appoint {by} as a delegate.");
        }

        if (!await chain.IsCancelSignedAsync(account, nonce, by, signature, cancellationToken).ConfigureAwait(false))
        {
            return Refuse($"The signature is not {by}'s over this cancellation; sign it with the account's owner, or name the delegate who signed.");
        }

        orders.End(order, OrderStatus.Cancelled, by == known.Owner ? "cancelled by its owner" : $"cancelled by the delegate {by}");
        return new OrderOutcome(order, "");
    }

    /// <summary>While the relay is crowded, takes off some of what rests and whose accounts could not carry it, round after round: what costs nothing to hold must not keep others out.</summary>
    public async Task MakeRoomAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        if (orders.IsCrowded)
        {
            CheckpointInputs inputs = await live.GetAsync(cancellationToken).ConfigureAwait(false);
            orders.EndUncarried(order => PreTradeCheck.Carries(order, book, inputs));
        }
    }

    private OrderOutcome? Known(Clearinghouse.SignedOrder signed, string? session) =>
        orders.Find(signed.Order.Account, signed.Order.Nonce) is { IsOver: false } known && known.IsOf(signed, session) ? new OrderOutcome(known, "") : null;

    private static OrderOutcome Refuse(string sentence) => new(null, sentence);

    private OrderOutcome Place(RestingOrder order, ProtocolBook book, CheckpointInputs inputs, (ulong OpenE8, ulong LargestE8) openOptions)
    {
        if (PriceBand.Of(order.Instrument, inputs.View, book.Parameters.Clearing) is not { } band)
        {
            return Refuse("The market of this instrument is not listed; take one of /api/instruments.");
        }

        if (OrderAdmission.Expired(order.Instrument, inputs.Checkpoint.Header.Time) is { } expired)
        {
            return Refuse(expired);
        }

        BookAccount account = book.Accounts[order.Account];
        if (!order.Reduces(order.LeftE8, book) && PreTradeCheck.ReductionsOnly(order.Instrument, book, inputs.View) is { Length: > 0 } only)
        {
            return Refuse($"{only}, and this order would make account {order.Account}'s larger; wait until the market is open again.");
        }

        if (OrderAdmission.TooSmall(order, account, band, inputs.View, options.Relay.LeastNotionalE8) is { } small)
        {
            return Refuse(small);
        }

        order.NotionalE8 = OrderAdmission.NotionalE8(order, inputs.View);
        string? refusal = orders.Take(order, resting => OrderAdmission.Spent(resting, band, book, inputs.View), (met, own) => Objection(order, met, own, account, band, book, inputs, openOptions));
        return refusal is null ? new OrderOutcome(order, "") : Refuse(refusal);
    }

    /// <summary>What speaks against an order, given what rests already; null when nothing does.</summary>
    private static string? Objection(RestingOrder order, IReadOnlyList<RestingOrder> met, IReadOnlyList<RestingOrder> own, BookAccount account, PriceBand band, ProtocolBook book, CheckpointInputs inputs, (ulong OpenE8, ulong LargestE8) openOptions)
    {
        RestingOrder? maker = order.IsFillOrKill ? InstrumentBook.FillsWhole(order, met) : met is [var best, ..] ? best : null;
        if (order.IsPostOnly && maker is not null)
        {
            return $"The order is post-only and would trade at once at {OrderAdmission.Price(maker.PriceE8)}; lower or raise its price.";
        }

        if (order.IsFillOrKill && maker is null)
        {
            return "The order is fill-or-kill and no resting order fills all of it at its limit or better; lower the size, change the price or clear the flag.";
        }

        if (met.Any(resting => book.Accounts.TryGetValue(resting.Account, out BookAccount? other) && other.Owner == account.Owner))
        {
            return "The order would trade with another of the same owner; cancel that one first.";
        }

        if (order.IsReduceOnly && !Fees.Reduces(account.State.SizeOf(order.Instrument), order.Signed.Order.SizeE8))
        {
            return "The order is reduce-only and would not make the position smaller; lower its size or clear the flag.";
        }

        if (maker is not null && !band.Holds(maker.PriceE8))
        {
            return OrderAdmission.TooFar("The best price", maker.PriceE8, band);
        }

        IReadOnlyList<long> growths = InterestGrowth.OfFillsE8(order, order.IsFillOrKill && maker is not null ? [maker] : met, book);
        if (growths.Any(static one => one > 0) && OrderAdmission.TooOldToOpen(order.Instrument, inputs) is { } old)
        {
            return old;
        }

        if (order.Instrument.IsOption && growths.Sum() is > 0 and var growth && (Int128)openOptions.OpenE8 + growth > openOptions.LargestE8)
        {
            return $"The trade would leave {OrderAdmission.Price(openOptions.OpenE8 + (ulong)growth)} options of this underlying open, more than the {OrderAdmission.Price(openOptions.LargestE8)} that the attesters' bonds stand for now; lower the size, or wait until others close theirs.";
        }

        IEnumerable<PreTradeCheck.Possible> fills = own
            .Where(open => open.IsBuy == order.IsBuy && open.Signed.Order.Instrument == order.Signed.Order.Instrument)
            .Append(order)
            .Select(open => new PreTradeCheck.Possible(open.Instrument, open.Signed64(open.LeftE8 + open.InFlightE8), (long)open.PriceE8, book.Parameters.Clearing.TakerFeeE8, open.Signed.Order.MaxFeeRateE8));
        PreTradeVerdict verdict = PreTradeCheck.Judge(account, fills, book, inputs);
        return verdict.IsAllowed ? null : verdict.Reason;
    }
}
