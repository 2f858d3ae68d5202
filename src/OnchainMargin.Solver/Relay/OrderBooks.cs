using System.Data.Common;
using OnchainMargin.Margin;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Relay;

/// <summary>The relay's orders, the books in which they rest and the matches that wait to be settled: what changes with them changes under one lock. What an order must be to come in, <see cref="OrderRelay"/> says.</summary>
internal sealed partial class OrderBooks(SolverStore store, TimeProvider time)
{
    private const int MostOrdersOfAnAccount = 200;
    private const int KeptOver = 1000;

    /// <summary>What is said of an order that was filled no more in time.</summary>
    public const string TimeIsOver = "its time is over, its signer's right or its instrument's";

    /// <summary>How long a session lasts that nobody renews. Its stream alone shows nothing: a client that lost its power or its network closes none, and what is written to it goes to the system's buffers for a quarter of an hour.</summary>
    private static readonly TimeSpan SessionLife = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, InstrumentBook> _books = [];
    private readonly Dictionary<(ulong Account, ulong Nonce), RestingOrder> _orders = [];
    private readonly Queue<(ulong Account, ulong Nonce)> _over = new();
    private readonly Dictionary<string, (int Streams, long RenewedAt)> _sessions = [];
    private readonly List<(ulong Account, ulong Nonce)> _forgotten = [];
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
    /// <param name="spent">Why the chain would not fill an order that rests, null when it would: what the new order meets of such ends with its coming, since it stands before all that can be filled.</param>
    /// <param name="objection">What speaks against it, given the resting orders that it would meet, best first and without those, and the open orders of its account; null when nothing does.</param>
    public string? Take(RestingOrder order, Func<RestingOrder, string?> spent, Func<IReadOnlyList<RestingOrder>, IReadOnlyList<RestingOrder>, string?> objection)
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

            (List<RestingOrder> met, List<(RestingOrder Order, string Reason)> gone) = Meet(order, spent);
            if (objection(met, OpenOf(order.Account)) is { } sentence)
            {
                return sentence;
            }

            // For one that is taken and no other: by orders that are refused anybody would empty a side of the book.
            foreach ((RestingOrder resting, string reason) in gone)
            {
                End(resting, OrderStatus.Refused, reason);
            }

            RemoveForgotten();
            store.AddOrder(StoredOrder.Of(order));
            _orders[(order.Account, order.Nonce)] = order;
            MatchAgain(order);
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

    /// <summary>A stream holds a session open; more than one may. It counts as a renewal.</summary>
    public void OpenSession(string session)
    {
        lock (_gate)
        {
            _sessions[session] = (_sessions.GetValueOrDefault(session).Streams + 1, time.GetTimestamp());
        }
    }

    /// <summary>Its client is there still; false where no stream holds the session.</summary>
    public bool RenewSession(string session)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(session, out (int Streams, long RenewedAt) open))
            {
                return false;
            }

            _sessions[session] = open with { RenewedAt = time.GetTimestamp() };
            return true;
        }
    }

    /// <summary>Whether a session was renewed in time.</summary>
    public bool IsRenewed(string session)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(session, out (int Streams, long RenewedAt) open) && time.GetElapsedTime(open.RenewedAt) < SessionLife;
        }
    }

    /// <summary>A stream ends. With the last of a session what hangs on it is cancelled, and nothing comes in under its name any more. Where the store fails just then, <see cref="Expire"/> does it.</summary>
    public void CloseSession(string session)
    {
        lock (_gate)
        {
            (int streams, long renewedAt) = _sessions[session];
            if (streams > 1)
            {
                _sessions[session] = (streams - 1, renewedAt);
                return;
            }

            _sessions.Remove(session);
            EndLost();
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
    public void End(RestingOrder order, OrderStatus status, string reason) => End([order], status, reason);

    /// <summary>Ends orders, all or none of them where the store fails.</summary>
    public void End(IReadOnlyCollection<RestingOrder> orders, OrderStatus status, string reason)
    {
        lock (_gate)
        {
            RestingOrder[] open = [.. orders.Where(static order => !order.IsOver)];
            if (open.Length == 0)
            {
                return;
            }

            // Written down first: an order that is over here and open in the store would come back with the next start.
            if (status == OrderStatus.Cancelled)
            {
                store.CancelOrders(open.Select(static order => (order.Account, order.Nonce, order.Signed.Order.Expiry)), Now);
            }
            else
            {
                store.RemoveOrders(open.Select(static order => (order.Account, order.Nonce)));
            }

            Close(open, status, reason);
        }
    }

    /// <summary>Takes orders out of the books whose end the store has.</summary>
    private void Close(IReadOnlyCollection<RestingOrder> open, OrderStatus status, string reason)
    {
        foreach (RestingOrder order in open)
        {
            order.Status = status;
            Book(order).Remove(order);
        }

        foreach (RestingOrder order in open)
        {
            OrderMatch[] undone = TakeBack(order);
            order.Reason = order.InFlightE8 == 0 ? reason : $"{reason}; what was on its way into a block may be filled all the same";
            foreach (OrderMatch match in undone)
            {
                MatchAgain(match);
            }

            Leave(order);
        }
    }

    /// <summary>Ends orders whose time is over, and those whose session is. What of them is on its way into a block already may be filled.</summary>
    /// <param name="ends">Whether an order's time is over.</param>
    public void Expire(Func<RestingOrder, bool> ends)
    {
        lock (_gate)
        {
            RemoveForgotten();
            EndLost();
            End([.. _orders.Values.Where(order => !order.IsOver && ends(order) && (order.InFlightE8 == 0 || IsPending(order)))], OrderStatus.Expired, TimeIsOver);
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

    private bool IsPending(RestingOrder order) => _pending.Any(match => ReferenceEquals(match.Maker, order) || ReferenceEquals(match.Taker, order));

    private void EndLost() =>
        End([.. _orders.Values.Where(order => !order.IsOver && order.Session is { } session && !_sessions.ContainsKey(session))], OrderStatus.Cancelled, "its session ended");

    private List<RestingOrder> OpenOf(ulong account) => [.. _orders.Values.Where(order => order.Account == account && !order.IsOver)];

    /// <summary>What an order would meet, best first: what can be filled, and apart from it what stands before that and the chain fills no more.</summary>
    private (List<RestingOrder> Met, List<(RestingOrder Order, string Reason)> Gone) Meet(RestingOrder order, Func<RestingOrder, string?> spent)
    {
        (List<RestingOrder> met, List<(RestingOrder Order, string Reason)> gone) = ([], []);
        ulong left = order.LeftE8;
        foreach (RestingOrder resting in Book(order).AllMet(order))
        {
            if (left > 0 && spent(resting) is { } reason)
            {
                gone.Add((resting, reason));
            }
            else
            {
                met.Add(resting);
                left -= Math.Min(left, resting.LeftE8);
            }
        }

        return (met, gone);
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

    /// <summary>Of an order that is over by what was filled or is left the store follows: half of such a change in memory would be worse than a row too many. What it cannot take now it is given again in the next round.</summary>
    private void Forget(RestingOrder order)
    {
        _forgotten.Add((order.Account, order.Nonce));
        Leave(order);
        try
        {
            RemoveForgotten();
        }
        catch (Exception error) when (error is DbException or StoreException)
        {
            // Told by the next round, which fails of it.
        }
    }

    private void RemoveForgotten()
    {
        if (_forgotten.Count > 0)
        {
            store.RemoveOrders(_forgotten);
            _forgotten.Clear();
        }
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
