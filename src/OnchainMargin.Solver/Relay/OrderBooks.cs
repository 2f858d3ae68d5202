using System.Data.Common;
using System.Runtime.ExceptionServices;
using OnchainMargin.Margin;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Relay;

/// <summary>The relay's orders, the books in which they rest and the matches that wait to be settled: what changes with them changes under one lock. What an order must be to come in, <see cref="OrderRelay"/> says.</summary>
internal sealed partial class OrderBooks(SolverStore store, TimeProvider time)
{
    private const int MostOrdersOfAnAccount = 200;
    private const int KeptOver = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, InstrumentBook> _books = [];
    private readonly Dictionary<(ulong Account, ulong Nonce), RestingOrder> _orders = [];
    private readonly Queue<(ulong Account, ulong Nonce)> _over = new();
    private readonly Dictionary<string, int> _sessions = [];
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

    /// <summary>The next place in time.</summary>
    public long NextArrival() => Interlocked.Increment(ref _arrivals);

    /// <summary>Takes an order and matches it, or says in a sentence why not.</summary>
    /// <param name="order">The order.</param>
    /// <param name="spent">Why the chain would not fill an order that rests, null when it would: what the new order meets of such ends first, since it stands before all that can be filled.</param>
    /// <param name="objection">What speaks against it, given the book that it would enter and the open orders of its account; null when nothing does.</param>
    public string? Take(RestingOrder order, Func<RestingOrder, string?> spent, Func<InstrumentBook, IReadOnlyList<RestingOrder>, string?> objection)
    {
        lock (_gate)
        {
            if (_orders.TryGetValue((order.Account, order.Nonce), out RestingOrder? known) && !known.IsOver)
            {
                return $"Account {order.Account} has an open order with nonce {order.Nonce}; use another nonce.";
            }

            // What was signed stays good on chain, and whoever saw it in a fill has it: who took it off this relay did not mean it to come back.
            if (store.IsOrderCancelled(order.Account, order.Nonce))
            {
                return $"The order of account {order.Account} with nonce {order.Nonce} was cancelled at this relay; use another nonce.";
            }

            if (OpenOf(order.Account).Count >= MostOrdersOfAnAccount)
            {
                return $"Account {order.Account} has {MostOrdersOfAnAccount} open orders, the most that the relay takes; cancel some.";
            }

            if (order.Session is { } session && !_sessions.ContainsKey(session))
            {
                return $"The session {session} is not open: hold the stream /api/orders/session?id={session} first; the order would be cancelled when it ends.";
            }

            InstrumentBook target = Book(order);
            EndSpent(target, order, spent);
            if (objection(target, OpenOf(order.Account)) is { } sentence)
            {
                return sentence;
            }

            store.AddOrder(StoredOrder.Of(order));
            _orders[(order.Account, order.Nonce)] = order;
            _pending.AddRange(target.Add(order));
            return null;
        }
    }

    /// <summary>Takes up orders of an earlier run; they are matched by <see cref="MatchAll"/>.</summary>
    public void TakeUp(IEnumerable<RestingOrder> orders)
    {
        lock (_gate)
        {
            foreach (RestingOrder order in orders)
            {
                _orders.Add((order.Account, order.Nonce), order);
            }
        }
    }

    /// <summary>Matches orders in turn, each with those that rest by then: the earlier of two is the maker.</summary>
    public void MatchAll(IReadOnlyCollection<RestingOrder> orders)
    {
        lock (_gate)
        {
            // What was written down of one has it rest.
            foreach (RestingOrder order in orders)
            {
                Book(order).Remove(order);
            }

            foreach (RestingOrder order in orders)
            {
                MatchAgain(order);
            }
        }
    }

    /// <summary>A stream holds a session open; more than one may.</summary>
    public void OpenSession(string session)
    {
        lock (_gate)
        {
            _sessions[session] = _sessions.GetValueOrDefault(session) + 1;
        }
    }

    /// <summary>A stream ends. With the last of a session what hangs on it is cancelled, and nothing comes in under its name any more.</summary>
    public void CloseSession(string session)
    {
        lock (_gate)
        {
            if (--_sessions[session] > 0)
            {
                return;
            }

            _sessions.Remove(session);
            ExceptionDispatchInfo? failure = null;
            foreach (RestingOrder order in Orders(null).Where(order => !order.IsOver && string.Equals(order.Session, session, StringComparison.Ordinal)))
            {
                try
                {
                    End(order, OrderStatus.Cancelled, "its session ended");
                }
                catch (DbException error)
                {
                    // One that cannot be written down rests on; the others need not.
                    failure ??= ExceptionDispatchInfo.Capture(error);
                }
            }

            failure?.Throw();
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

            // Written down first: an order that is over here and open in the store would come back with the next start.
            if (status == OrderStatus.Cancelled)
            {
                store.CancelOrder(order.Account, order.Nonce, order.Signed.Order.Expiry, Now);
            }

            store.RemoveOrder(order.Account, order.Nonce);
            order.Status = status;
            Book(order).Remove(order);
            OrderMatch[] undone = TakeBack(order);
            order.Reason = order.InFlightE8 == 0 ? reason : $"{reason}; what was on its way into a block may be filled all the same";
            foreach (OrderMatch match in undone)
            {
                MatchAgain(match);
            }

            Leave(order);
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

    private List<RestingOrder> OpenOf(ulong account) => [.. _orders.Values.Where(order => order.Account == account && !order.IsOver)];

    /// <summary>Ends those of the orders that the new one would meet which the chain fills no more.</summary>
    private void EndSpent(InstrumentBook target, RestingOrder order, Func<RestingOrder, string?> spent)
    {
        ulong left = order.LeftE8;
        foreach (RestingOrder resting in target.AllMet(order).ToArray())
        {
            if (left == 0)
            {
                return;
            }

            if (spent(resting) is { } reason)
            {
                End(resting, OrderStatus.Refused, reason);
            }
            else
            {
                left -= Math.Min(left, resting.LeftE8);
            }
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
        Leave(order);
    }

    /// <summary>Of orders that are over the last ones are told for a while.</summary>
    private void Leave(RestingOrder order)
    {
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
