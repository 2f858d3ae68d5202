using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Relay;

/// <content>What becomes of matches: they wait, are settled, come back, are undone.</content>
internal sealed partial class OrderBooks
{
    private const int MostTries = 3;

    /// <summary>How often the node may find nothing of a match: with the waits between them, each twice as long, 127 blocks.</summary>
    private const int MostUnanswered = 8;

    /// <summary>After so many times an order stays aside no longer than the time before: 128 blocks.</summary>
    private const int LongestAside = 7;

    private readonly List<OrderMatch> _pending = [];
    private readonly List<(RestingOrder Order, ulong UntilBlock)> _aside = [];
    private readonly HashSet<ulong> _awaiting = [];
    private bool _isContractsTurn = true;

    /// <summary>Whose signatures by contracts are not taken up now.</summary>
    public ContractRests Rests { get; } = new(time);

    /// <summary>The matches that wait to be settled, in order; they stay the caller's until <see cref="Settled"/>, <see cref="Return"/>, <see cref="Retry"/> or <see cref="Drop"/>. One that was tried in vain comes alone, so that it hinders none; so does one that a contract signed, and not twice in a row while others wait.</summary>
    /// <param name="most">So many at most.</param>
    /// <param name="block">The block of the book that they are settled on.</param>
    public IReadOnlyList<OrderMatch> TakePending(int most, ulong block)
    {
        lock (_gate)
        {
            ComeBack(block);
            OrderMatch[] ready = [.. _pending.Where(match => match.NotBeforeBlock <= block)];
            ready = [.. (!_isContractsTurn && Array.Exists(ready, static match => !match.IsByContract) ? ready.Where(static match => !match.IsByContract) : ready).Take(most)];
            _isContractsTurn = ready is not [{ IsByContract: true }, ..];
            OrderMatch[] taken = ready is [{ ComesAlone: true } again, ..] ? [again] : [.. ready.TakeWhile(static match => !match.ComesAlone)];
            _pending.RemoveAll(match => taken.Any(one => ReferenceEquals(one, match)));
            return taken;
        }
    }

    /// <summary>Writes down which orders of matches contracts sign.</summary>
    public void Mark(IReadOnlyCollection<OrderMatch> matches, IReadOnlySet<Address> contracts)
    {
        lock (_gate)
        {
            foreach (RestingOrder order in matches.SelectMany(static match => match.Orders))
            {
                order.IsByContract = contracts.Contains(order.Signed.Signer);
            }
        }
    }

    /// <summary>Matches are in a block.</summary>
    public void Settled(IReadOnlyCollection<OrderMatch> matches)
    {
        lock (_gate)
        {
            var filled = new List<RestingOrder>();
            foreach (OrderMatch match in matches)
            {
                foreach (RestingOrder order in match.Orders)
                {
                    order.InFlightE8 -= match.SizeE8;
                    order.TimesAside = 0;
                    if (order is { LeftE8: 0, InFlightE8: 0, IsOver: false })
                    {
                        order.Status = OrderStatus.Filled;
                        Leave(order);
                        filled.Add(order);
                    }
                }
            }

            // Last, and not first as where one is ended: of what the store keeps too long the chain says at the next start that it is filled.
            store.RemoveOrders(filled.Select(static order => (order.Account, order.Nonce)));
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

    /// <summary>Matches for which a batch may have been refused wait again, behind all others and each alone; those with an order that came to its end meanwhile are undone.</summary>
    public void Suspect(IEnumerable<OrderMatch> matches)
    {
        lock (_gate)
        {
            foreach (OrderMatch match in matches)
            {
                if (match.IsOver)
                {
                    Undo(match);
                }
                else
                {
                    _pending.Add(match with { IsSuspect = true });
                }
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

    /// <summary>An order that cannot be filled for a while goes out of its book, twice as long each time, and comes back to its old place: its account waits for a settlement price, and then it comes at the latest when it waits no more, gas is too dear for it, or it would open something by an old surface. It is not at fault, but it is no depth, and who met it must not wait for it beside others who stand behind. One that is filled whole or not at all ends.</summary>
    /// <param name="match">What it had met, which is undone.</param>
    /// <param name="order">The order.</param>
    /// <param name="block">The block of the book that it was tried on.</param>
    /// <param name="reason">Why.</param>
    /// <param name="yields">Whether it ends where it may only rest and comes back across others that may only rest: nobody takes off others' orders by one that he knows will wait.</param>
    public void SetAside(OrderMatch match, RestingOrder order, ulong block, string reason, bool yields)
    {
        lock (_gate)
        {
            if (match.IsOver || order.IsFillOrKill)
            {
                Drop(match, order, reason);
                return;
            }

            (order.IsAside, order.YieldsPlace, order.Reason) = (true, yields, reason);
            _aside.Add((order, block + (1UL << Math.Min(order.TimesAside++, LongestAside))));
            GiveBack(match);
            foreach (OrderMatch undone in TakeBack(order).Append(match))
            {
                MatchAgain(undone);
            }
        }
    }

    /// <summary>Accounts with orders aside that awaited a settlement price, and do so no more by the book: all that they have aside comes back with what is taken next, and another wait begins anew. Of one whose wait the book never showed, time alone brings it back.</summary>
    public void EndWaits(ProtocolBook book)
    {
        lock (_gate)
        {
            ulong[] over = [.. _awaiting.Where(account => !AwaitsPrice(account, book))];
            _awaiting.ExceptWith(over);
            _awaiting.UnionWith(_aside.Select(static one => one.Order.Account).Distinct().Where(account => AwaitsPrice(account, book)));
            foreach (RestingOrder order in over.SelectMany(_orders.Of))
            {
                order.TimesAside = 0;
            }

            for (int i = 0; i < _aside.Count; i++)
            {
                _aside[i] = over.Contains(_aside[i].Order.Account) ? (_aside[i].Order, 0) : _aside[i];
            }
        }
    }

    private static bool AwaitsPrice(ulong account, ProtocolBook book) =>
        book.Accounts.TryGetValue(account, out BookAccount? known)
        && known.State.Positions.Any(position => position.Instrument.Expiry is > 0 and var expiry && expiry <= book.BlockTimeSeconds && book.Settlements.PriceE8(position.Instrument) == 0);

    /// <summary>Those whose time aside is over stand at their places again: whoever came meanwhile takes from them, and they from whom they had come after.</summary>
    private void ComeBack(ulong block)
    {
        HashSet<RestingOrder> back = [];
        try
        {
            foreach ((RestingOrder order, _) in _aside.Where(one => one.UntilBlock <= block || one.Order.IsOver))
            {
                ComeBack(order);
                back.Add(order);
            }
        }
        finally
        {
            // Where the store fails amid them, those that are not back stay aside, and come with what is taken next.
            _aside.RemoveAll(one => back.Contains(one.Order));
        }
    }

    private void ComeBack(RestingOrder order)
    {
        (string reason, order.Reason, order.IsAside) = (order.Reason, order.IsOver ? order.Reason : "", false);
        if (order.IsOver)
        {
            return;
        }

        Book(order).Rest(order);
        TakeFrom(order);
        if (!order.IsPostOnly)
        {
            MatchAgain(order);
        }
        else if (!order.IsOver && order.LeftE8 > 0)
        {
            try
            {
                EndCrossed(order);
            }
            catch
            {
                // It must not stand across others. What took from it meanwhile has it.
                Book(order).Remove(order);
                (order.Reason, order.IsAside) = (reason, true);
                throw;
            }
        }
    }

    /// <summary>While an order that may only rest was aside others came to rest that it meets, and none of them may take: the later ones end, as they would have been refused.</summary>
    private void EndCrossed(RestingOrder order)
    {
        RestingOrder[] met = [.. Book(order).AllMet(order)];
        bool isLater = order.YieldsPlace || Array.Exists(met, other => other.Arrival < order.Arrival);
        End(isLater && met.Length > 0 ? [order] : met, OrderStatus.Refused, order.YieldsPlace ? "it is post-only and was aside, and would trade with an order that came to rest meanwhile" : "it is post-only and would trade with an order that came before it and was aside");
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
            Refuse(match, match.IsOver ? [] : [atFault], reason);
        }
    }

    /// <summary>A match is undone and orders end, of it or not: all of that, or nothing where the store fails.</summary>
    /// <param name="match">The match.</param>
    /// <param name="ending">The orders; those that are over stay as they are.</param>
    /// <param name="reason">Why.</param>
    public void Refuse(OrderMatch match, IReadOnlyCollection<RestingOrder> ending, string reason)
    {
        lock (_gate)
        {
            // Written down first: where the store fails nothing has happened, and the match is the caller's still.
            RestingOrder[] open = [.. ending.Where(static order => !order.IsOver)];
            store.RemoveOrders(open.Select(static order => (order.Account, order.Nonce)));
            GiveBack(match);
            Close(open, OrderStatus.Refused, reason);
            MatchAgain(match);
        }
    }

    /// <summary>Tells how far the orders of a match are filled on chain. When that is further than is known here, the match is undone and what is left is matched anew.</summary>
    /// <param name="match">The match.</param>
    /// <param name="maker">Whether its maker is done, and how much of it is filled.</param>
    /// <param name="taker">The same of its taker.</param>
    /// <returns>Whether it was undone; the match stays the caller's otherwise.</returns>
    public bool Reconcile(OrderMatch match, (bool IsDone, ulong FilledE8) maker, (bool IsDone, ulong FilledE8) taker)
    {
        lock (_gate)
        {
            // Of an order that is done the chain does not say whether it was filled or cancelled: a cancellation is among the events of the next block.
            bool isDone = maker.IsDone || taker.IsDone;
            bool isFurther = isDone || maker.FilledE8 > match.Maker.FilledE8 || taker.FilledE8 > match.Taker.FilledE8;
            if (!isFurther || (isDone && match.Tries == 0))
            {
                return false;
            }

            GiveBack(match);
            Correct(match.Maker, maker.IsDone, maker.FilledE8);
            Correct(match.Taker, taker.IsDone, taker.FilledE8);
            MatchAgain(match);
            return true;
        }
    }

    /// <summary>Writes down how far an order is filled. What it had met and was not sent yet is given back.</summary>
    public void Correct(RestingOrder order, bool isDone, ulong filledE8)
    {
        lock (_gate)
        {
            if (order.IsOver || (!isDone && filledE8 <= order.FilledE8))
            {
                return;
            }

            Fill(order, isDone ? order.WholeE8 : filledE8);
        }
    }

    /// <summary>Matches that had been settled are in no block any more: their orders are filled as far as the chain says by now, open again where they had been filled whole, and look for others.</summary>
    /// <param name="matches">The matches, nothing of which is on its way.</param>
    /// <param name="statuses">Of each order of theirs whether it is done, and how much of it is filled.</param>
    public void Unsettle(IReadOnlyCollection<OrderMatch> matches, IReadOnlyDictionary<RestingOrder, (bool IsDone, ulong FilledE8)> statuses)
    {
        lock (_gate)
        {
            foreach ((RestingOrder order, (bool isDone, ulong filled)) in statuses.Where(static one => !one.Value.IsDone))
            {
                RestingOrder? other = _orders.Find(order.Account, order.Nonce) is { IsOver: false } open && open != order ? open : null;
                if (order.Status == OrderStatus.Filled && other is null)
                {
                    RemoveForgotten();
                    store.AddOrder(StoredOrder.Of(order));
                    order.Status = OrderStatus.Settling;
                    _orders.Add(order);
                }

                // Whoever handed the same in again has it open under another arrival.
                Fill(other ?? order, filled);
            }

            foreach (OrderMatch match in matches)
            {
                MatchAgain(match);
            }
        }
    }

    /// <summary>Writes down how far an order is filled, beside what of it is on its way. What it had met and was not sent yet is given back.</summary>
    private void Fill(RestingOrder order, ulong filledE8)
    {
        if (order.IsOver)
        {
            return;
        }

        OrderMatch[] undone = TakeBack(order);
        Book(order).Remove(order);
        order.LeftE8 = order.WholeE8 - Math.Min(order.WholeE8, filledE8 + order.InFlightE8);
        Book(order).Rest(order);
        EndIfFilled(order);
        foreach (OrderMatch match in undone)
        {
            MatchAgain(match);
        }
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
        foreach (RestingOrder order in match.Orders)
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
        TakeFrom(match.Maker);
    }

    private void TakeFrom(RestingOrder maker)
    {
        if (maker is { IsOver: false, IsAside: false, LeftE8: > 0 })
        {
            foreach (RestingOrder later in Book(maker).AllMet(maker).Where(other => other.Arrival > maker.Arrival && !other.IsPostOnly).ToArray())
            {
                MatchAgain(later);
            }
        }
    }

    private void MatchAgain(RestingOrder taker)
    {
        if (taker is { IsOver: false, IsAside: false, LeftE8: > 0 })
        {
            Book(taker).Remove(taker);
            _pending.AddRange(Book(taker).Add(taker));
            EndUnlessFilledWhole(taker);
        }
    }
}
