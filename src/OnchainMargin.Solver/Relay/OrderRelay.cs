using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Relay;

/// <summary>The order relay: takes signed orders, keeps their books, matches them by price and then time, and hands matches to the role that settles them. A relay can fill no order at a worse price than was signed: the chain checks every one.</summary>
internal sealed partial class OrderRelay(Broadcast<IndexedBook> books, ILiveInputs live, IRelayChain chain, SolverStore store, SolverKeys keys, SolverOptions options, TimeProvider time)
{
    private const int MostOrdersOfAnAccount = 200;
    private const int KeptOver = 1000;
    private const int MostTries = 3;

    /// <summary>How often the node may find nothing of a match: with the waits between them, each twice as long, 127 blocks.</summary>
    private const int MostUnanswered = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, InstrumentBook> _books = [];
    private readonly Dictionary<(ulong Account, ulong Nonce), RestingOrder> _orders = [];
    private readonly Queue<(ulong Account, ulong Nonce)> _over = new();
    private readonly List<OrderMatch> _pending = [];
    private long _arrivals;

    /// <summary>How many orders rest or settle.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _orders.Values.Count(static order => !order.IsOver);
            }
        }
    }

    /// <summary>Takes an order, or says in a sentence why not.</summary>
    public async Task<OrderOutcome> SubmitAsync(Clearinghouse.SignedOrder signed, string? session, CancellationToken cancellationToken)
    {
        if (books.Current?.Book is not { } book)
        {
            return Refuse("The relay has not read the chain yet; ask again in a moment.");
        }

        if (!_isOpen)
        {
            return Refuse("The relay was started anew and takes up its orders of before, once none of them is being settled; hand this one in again in a moment.");
        }

        if (OrderAdmission.Defect(signed, book, Math.Max(Now, book.BlockTimeSeconds)) is { } defect)
        {
            return Refuse(defect);
        }

        if (!await chain.IsSignedAsync(signed, cancellationToken).ConfigureAwait(false))
        {
            return Refuse($"The signature is not {signed.Signer}'s over this order; sign it again on this chain and for this deployment.");
        }

        var order = new RestingOrder(signed, Interlocked.Increment(ref _arrivals), session);
        (bool isDone, ulong filled) = (await chain.StatusesAsync([order], cancellationToken).ConfigureAwait(false))[0];
        if (isDone || filled >= order.WholeE8)
        {
            return Refuse($"Nonce {signed.Order.Nonce} of account {signed.Order.Account} is filled or cancelled on chain; use another nonce.");
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
        if (books.Current?.Book is not { } book || !book.Accounts.TryGetValue(account, out BookAccount? known) || Find(account, nonce) is not { IsOver: false } order)
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

        End(order, OrderStatus.Cancelled, by == known.Owner ? "cancelled by its owner" : $"cancelled by the delegate {by}");
        return new OrderOutcome(order, "");
    }

    /// <summary>Cancels what hangs on a session.</summary>
    public void CancelSession(string session)
    {
        foreach (RestingOrder order in Orders(null).Where(order => !order.IsOver && string.Equals(order.Session, session, StringComparison.Ordinal)))
        {
            End(order, OrderStatus.Cancelled, "its session ended");
        }
    }

    /// <summary>Orders, newest first; those of one account when one is named.</summary>
    public IReadOnlyList<RestingOrder> Orders(ulong? account)
    {
        lock (_gate)
        {
            return [.. _orders.Values.Where(order => account is null || order.Account == account).OrderByDescending(static order => order.Arrival)];
        }
    }

    /// <summary>An order; null when the relay does not know it.</summary>
    public RestingOrder? Find(ulong account, ulong nonce)
    {
        lock (_gate)
        {
            return _orders.GetValueOrDefault((account, nonce));
        }
    }

    /// <summary>The levels of an instrument's book, best first.</summary>
    public (IReadOnlyList<BookLevel> Bids, IReadOnlyList<BookLevel> Asks) Levels(Instrument instrument)
    {
        lock (_gate)
        {
            return _books.TryGetValue(instrument.Packed, out InstrumentBook? book) ? (Group(book.Bids), Group(book.Asks)) : ([], []);
        }
    }

    /// <summary>Ends an order: nothing more of it is matched. What it had met and was not sent yet is matched anew without it.</summary>
    public void End(RestingOrder order, OrderStatus status, string reason)
    {
        lock (_gate)
        {
            if (order.IsOver)
            {
                return;
            }

            order.Status = status;
            Book(order).Remove(order);
            OrderMatch[] undone = TakeBack(order);
            order.Reason = order.InFlightE8 == 0 ? reason : $"{reason}; what was on its way into a block may be filled all the same";
            foreach (OrderMatch match in undone)
            {
                MatchAgain(match);
            }

            if (status == OrderStatus.Cancelled)
            {
                store.CancelOrder(order.Account, order.Nonce, order.Signed.Order.Expiry, Now);
            }

            Forget(order);
        }
    }

    /// <summary>The matches that wait to be settled, in order; they stay the caller's until <see cref="Settled"/>, <see cref="Return"/>, <see cref="Retry"/> or <see cref="Drop"/>. One that was tried in vain comes alone, so that it hinders none.</summary>
    /// <param name="most">So many at most.</param>
    /// <param name="block">The block of the book that they are settled on.</param>
    public IReadOnlyList<OrderMatch> TakePending(int most, ulong block)
    {
        lock (_gate)
        {
            OrderMatch[] ready = [.. _pending.Where(match => match.NotBeforeBlock <= block).Take(most)];
            OrderMatch[] taken = ready is [{ ComesAlone: true } again, ..] ? [again] : [.. ready.TakeWhile(static match => !match.ComesAlone)];
            _pending.RemoveAll(match => taken.Any(one => ReferenceEquals(one, match)));
            return taken;
        }
    }

    /// <summary>A match is in a block.</summary>
    public void Settled(OrderMatch match)
    {
        lock (_gate)
        {
            foreach (RestingOrder order in (ReadOnlySpan<RestingOrder>)[match.Maker, match.Taker])
            {
                order.InFlightE8 -= match.SizeE8;
                EndIfFilled(order);
            }
        }
    }

    /// <summary>Matches that were taken and not sent wait again, before all others; those with an order that came to its end meanwhile are undone.</summary>
    public void Return(IEnumerable<OrderMatch> matches)
    {
        lock (_gate)
        {
            ILookup<bool, OrderMatch> byEnd = matches.ToLookup(static match => match.IsOver);
            _pending.InsertRange(0, byEnd[false]);
            foreach (OrderMatch match in byEnd[true])
            {
                Undo(match);
            }
        }
    }

    /// <summary>A match that was refused for what happened between two blocks waits again, behind all others. One that failed so too often is dropped, and one with an order that came to its end meanwhile is undone.</summary>
    /// <param name="match">The match.</param>
    /// <param name="behindBlock">The block whose book is behind the chain; 0 when the book has what happened.</param>
    /// <param name="suspect">Who is at fault if it happens too often.</param>
    /// <param name="reason">What is said then.</param>
    public void Retry(OrderMatch match, ulong behindBlock, RestingOrder suspect, string reason)
    {
        lock (_gate)
        {
            if (match.IsOver || match.Tries + 1 >= MostTries)
            {
                Drop(match, suspect, reason);
            }
            else
            {
                _pending.Add(match with { Tries = match.Tries + 1, NotBeforeBlock = behindBlock == 0 ? 0 : behindBlock + 1 });
            }
        }
    }

    /// <summary>A match of which the node found nothing, while it answered others, waits again, behind all others, alone, and twice as long each time: whoever makes such matches has little of the relay's time. At last one order ends for it.</summary>
    /// <param name="match">The match.</param>
    /// <param name="block">The block of the book that it was tried on.</param>
    /// <param name="suspect">Who is at fault if it happens too often.</param>
    /// <param name="reason">What is said then.</param>
    public void Postpone(OrderMatch match, ulong block, RestingOrder suspect, string reason)
    {
        lock (_gate)
        {
            if (match.IsOver || match.Unanswered + 1 >= MostUnanswered)
            {
                Drop(match, suspect, reason);
            }
            else
            {
                _pending.Add(match with { Unanswered = match.Unanswered + 1, NotBeforeBlock = block + (1UL << match.Unanswered) });
            }
        }
    }

    /// <summary>A match that the chain refused: the order at fault ends, the other has its size back at its old place. When one of them came to its end meanwhile, that is fault enough.</summary>
    public void Drop(OrderMatch match, RestingOrder atFault, string reason)
    {
        lock (_gate)
        {
            bool wasOver = match.IsOver;
            GiveBack(match);
            if (!wasOver)
            {
                End(atFault, OrderStatus.Refused, reason);
            }

            MatchAgain(match);
        }
    }

    /// <summary>Ends orders whose time is over.</summary>
    public void Expire(ulong nowSeconds)
    {
        foreach (RestingOrder order in Orders(null).Where(order => !order.IsOver && order.InFlightE8 == 0 && order.Signed.Order.Expiry < nowSeconds))
        {
            End(order, OrderStatus.Expired, "its time is over");
        }
    }

    private ulong Now => (ulong)time.GetUtcNow().ToUnixTimeSeconds();

    private static OrderOutcome Refuse(string sentence) => new(null, sentence);

    private static BookLevel[] Group(IEnumerable<RestingOrder> orders)
    {
        return [.. orders.GroupBy(static order => order.PriceE8).Select(static level =>
        {
            ulong size = 0;
            foreach (RestingOrder order in level)
            {
                size += order.LeftE8;
            }

            return new BookLevel(level.Key, size, level.Count());
        })];
    }

    private OrderOutcome Place(RestingOrder order, ProtocolBook book, CheckpointInputs inputs, (ulong OpenE8, ulong LargestE8) openOptions)
    {
        if (PriceBand.Of(order.Instrument, inputs.View, book.Parameters.Clearing) is not { } band)
        {
            return Refuse("The market of this instrument is not listed; take one of /api/instruments.");
        }

        if (SpotOrders.IsSpot(order.Instrument) && Quotes.State(order.Instrument, inputs.View) is not MarketState.Normal and var state)
        {
            return Refuse($"The market of this token is {state}; it is swapped in a normal market only.");
        }

        BookAccount account = book.Accounts[order.Account];
        if (OrderAdmission.TooSmall(order, account, band, inputs.View, options.Relay.LeastNotionalE8) is { } small)
        {
            return Refuse(small);
        }

        lock (_gate)
        {
            if (_orders.TryGetValue((order.Account, order.Nonce), out RestingOrder? known) && !known.IsOver)
            {
                return Refuse($"Account {order.Account} has an open order with nonce {order.Nonce}; use another nonce.");
            }

            // What was signed stays good on chain, and whoever saw it in a fill has it: who took it off this relay did not mean it to come back.
            if (store.IsOrderCancelled(order.Account, order.Nonce))
            {
                return Refuse($"The order of account {order.Account} with nonce {order.Nonce} was cancelled at this relay; use another nonce.");
            }

            if (_orders.Values.Count(open => open.Account == order.Account && !open.IsOver) >= MostOrdersOfAnAccount)
            {
                return Refuse($"Account {order.Account} has {MostOrdersOfAnAccount} open orders, the most that the relay takes; cancel some.");
            }

            InstrumentBook target = Book(order);
            EndPassed(target, order, band);
            if ((order.Signed.Order.Flags & RestingOrder.PostOnly) != 0 && target.Meets(order) is { } met)
            {
                return Refuse($"The order is post-only and would trade at once at {OrderAdmission.Price(met.PriceE8)}; lower or raise its price.");
            }

            if (order.IsFillOrKill && target.FillsWhole(order) is null)
            {
                return Refuse("The order is fill-or-kill and no resting order fills all of it at its limit or better; lower the size, change the price or clear the flag.");
            }

            if (target.AllMet(order).Any(resting => book.Accounts.TryGetValue(resting.Account, out BookAccount? other) && other.Owner == account.Owner))
            {
                return Refuse("The order would trade with another of the same owner; cancel that one first.");
            }

            if ((order.Signed.Order.Flags & RestingOrder.ReduceOnly) != 0 && !Fees.Reduces(account.State.SizeOf(order.Instrument), order.Signed.Order.SizeE8))
            {
                return Refuse("The order is reduce-only and would not make the position smaller; lower its size or clear the flag.");
            }

            if ((order.IsFillOrKill ? target.FillsWhole(order) : target.Meets(order)) is { } maker && !band.Holds(maker.PriceE8))
            {
                return Refuse($"The best price is {OrderAdmission.Price(maker.PriceE8)}, further from the mark of {OrderAdmission.Price((ulong)band.MarkE8)} than trades may be; wait or change the price.");
            }

            if (order.Instrument.IsOption && OptionGrowth.OfE8(order, target, book) is > 0 and var growth && (Int128)openOptions.OpenE8 + growth > openOptions.LargestE8)
            {
                return Refuse($"The trade would leave {OrderAdmission.Price(openOptions.OpenE8 + (ulong)growth)} options of this underlying open, more than the {OrderAdmission.Price(openOptions.LargestE8)} that the attesters' bonds stand for now; lower the size, or wait until others close theirs.");
            }

            IEnumerable<PreTradeCheck.Possible> fills = _orders.Values
                .Where(open => !open.IsOver && open.Account == order.Account && open.IsBuy == order.IsBuy && open.Signed.Order.Instrument == order.Signed.Order.Instrument)
                .Append(order)
                .Select(open => new PreTradeCheck.Possible(open.Instrument, open.Signed64(open.LeftE8 + open.InFlightE8), (long)open.PriceE8, book.Parameters.Clearing.TakerFeeE8, open.Signed.Order.MaxFeeRateE8));
            PreTradeVerdict verdict = PreTradeCheck.Judge(account, fills, book, inputs);
            if (!verdict.IsAllowed)
            {
                return Refuse(verdict.Reason);
            }

            store.AddOrder(StoredOrder.Of(order));
            _orders[(order.Account, order.Nonce)] = order;
            _pending.AddRange(target.Add(order));
            return new OrderOutcome(order, "");
        }
    }

    /// <summary>Ends the orders that the new one would meet and the mark has passed: the chain fills them no more, and they would stand before all others.</summary>
    private void EndPassed(InstrumentBook target, RestingOrder order, PriceBand band)
    {
        foreach (RestingOrder passed in target.AllMet(order).TakeWhile(resting => band.IsPassedBy(resting.IsBuy, resting.PriceE8)).ToArray())
        {
            End(passed, OrderStatus.Refused, $"the mark of {OrderAdmission.Price((ulong)band.MarkE8)} has passed its limit by more than trades may be from it");
        }
    }

    private InstrumentBook Book(RestingOrder order)
    {
        UInt128 key = order.Signed.Order.Instrument;
        if (!_books.TryGetValue(key, out InstrumentBook? book))
        {
            _books[key] = book = new InstrumentBook();
        }

        return book;
    }

    /// <summary>What an order had met and was not sent yet, given back to both sides.</summary>
    private OrderMatch[] TakeBack(RestingOrder order)
    {
        OrderMatch[] undone = [.. _pending.Where(match => ReferenceEquals(match.Maker, order) || ReferenceEquals(match.Taker, order))];
        _pending.RemoveAll(undone.Contains);
        Array.ForEach(undone, GiveBack);
        return undone;
    }

    private void Undo(OrderMatch match)
    {
        GiveBack(match);
        MatchAgain(match);
    }

    private void GiveBack(OrderMatch match)
    {
        foreach (RestingOrder order in (ReadOnlySpan<RestingOrder>)[match.Maker, match.Taker])
        {
            order.InFlightE8 -= match.SizeE8;
            Book(order).Remove(order);
            order.LeftE8 += match.SizeE8;
            Book(order).Rest(order);
        }
    }

    /// <summary>Both sides of a match that was given back look for others: the taker takes again, and from the maker takes who came while it was in flight.</summary>
    private void MatchAgain(OrderMatch match)
    {
        MatchAgain(match.Taker);
        if (match.Maker is { IsOver: false, LeftE8: > 0 } maker)
        {
            foreach (RestingOrder later in Book(maker).AllMet(maker).Where(other => other.Arrival > maker.Arrival && !other.IsPostOnly).ToArray())
            {
                MatchAgain(later);
            }
        }
    }

    private void MatchAgain(RestingOrder taker)
    {
        if (taker is { IsOver: false, LeftE8: > 0 })
        {
            Book(taker).Remove(taker);
            _pending.AddRange(Book(taker).Add(taker));
            EndUnlessFilledWhole(taker);
        }
    }

    private void EndIfFilled(RestingOrder order)
    {
        if (order is { LeftE8: 0, InFlightE8: 0, IsOver: false })
        {
            order.Status = OrderStatus.Filled;
            Forget(order);
        }
    }

    private void EndUnlessFilledWhole(RestingOrder order)
    {
        if (order is { IsFillOrKill: true, IsOver: false, LeftE8: > 0 })
        {
            order.Status = OrderStatus.Cancelled;
            order.Reason = "it is fill-or-kill, and the order that would have filled it whole is gone";
            Forget(order);
        }
    }

    private void Forget(RestingOrder order)
    {
        store.RemoveOrder(order.Account, order.Nonce);
        _over.Enqueue((order.Account, order.Nonce));
        while (_over.Count > KeptOver)
        {
            (ulong, ulong) oldest = _over.Dequeue();
            if (_orders.TryGetValue(oldest, out RestingOrder? old) && old.IsOver)
            {
                _orders.Remove(oldest);
            }
        }
    }
}
