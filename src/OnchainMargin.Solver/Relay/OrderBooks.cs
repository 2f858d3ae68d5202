using System.Data.Common;
using OnchainMargin.Margin;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Relay;

/// <summary>The relay's orders, the books in which they rest and the matches that wait to be settled: what changes with them changes under one lock. What an order must be to come in, <see cref="OrderRelay"/> says.</summary>
internal sealed partial class OrderBooks(SolverStore store, SolverOptions options, TimeProvider time)
{
    /// <summary>Two at least, and 200 while the relay has few: the fuller it is, the fewer an owner may have, so that no few owners leave no room for others.</summary>
    private const int MostOrdersOfAnOwner = 200;
    private const int LeastOrdersOfAnOwner = 2;

    /// <summary>One place in so many is kept for reduce-only orders, and of those the ones about more have them: whoever fills the relay must keep nobody from leaving a position, unless he holds as much himself for every place.</summary>
    private const int PlacesForAReduction = 16;

    /// <summary>Of how many orders a round asks whether they are carried: with all of a full relay it is through in minutes.</summary>
    private const int JudgedARound = 64;

    /// <summary>What is said of an order that a crowded relay does not keep.</summary>
    public const string NotCarried = "its account could not carry a fill of it now (its margin, its tokens or the position that it reduces is gone), and a relay that is more than half full keeps no such orders; hand it in again when it could";

    /// <summary>What is said of an order whose place another had.</summary>
    public const string OutOfPlace = "the relay is full, and a reduce-only order about more than this one came; hand it in again later";

    /// <summary>What is said of an order that was filled no more in time.</summary>
    public const string TimeIsOver = "its time is over, its signer's right or its instrument's";

    /// <summary>How long a session lasts that nobody renews. Its stream alone shows nothing: a client that lost its power or its network closes none, and what is written to it goes to the system's buffers for a quarter of an hour.</summary>
    private static readonly TimeSpan SessionLife = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, InstrumentBook> _books = [];
    private readonly KnownOrders _orders = new();
    private readonly Dictionary<string, (int Streams, long RenewedAt)> _sessions = [];
    private readonly List<(ulong Account, ulong Nonce)> _forgotten = [];
    private long _arrivals;
    private long _judged;

    /// <summary>How many orders rest or settle.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _orders.Open;
            }
        }
    }

    /// <summary>Whether more than half of all places are taken.</summary>
    public bool IsCrowded => Open > options.Relay.MostOrders / 2;

    /// <summary>How many instruments have a book.</summary>
    public int Books
    {
        get
        {
            lock (_gate)
            {
                return _books.Count;
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
            if (_orders.Find(order.Account, order.Nonce) is { IsOver: false })
            {
                return $"Account {order.Account} has an open order with nonce {order.Nonce}; use another nonce.";
            }

            // What was signed stays good on chain, and whoever saw it in a fill has it: who took it off this relay did not mean it to come back.
            if (store.IsOrderCancelled(order.Account, order.Nonce))
            {
                return $"The order of account {order.Account} with nonce {order.Nonce} was cancelled at this relay; use another nonce.";
            }

            List<RestingOrder> own = [.. _orders.Of(order.Account).Where(static one => !one.IsOver)];
            if (TooMany(order) is { } tooMany)
            {
                return tooMany;
            }

            if (order.Session is { } session && !_sessions.ContainsKey(session))
            {
                return $"The session {session} is not open: hold the stream /api/orders/session?id={session} first; the order would be cancelled when it ends.";
            }

            (List<RestingOrder> met, List<(RestingOrder Order, string Reason)> gone) = Meet(order, spent);
            if (_orders.Open >= options.Relay.MostOrders)
            {
                // What else is about less than what closes a position of more would keep its owner in it.
                if (_orders.Reductions.TakeWhile(other => other.NotionalE8 < order.NotionalE8).FirstOrDefault(other => other.InFlightE8 == 0 && !met.Contains(other)) is not { } smaller)
                {
                    return $"The relay has {_orders.Open} open orders, the most that it takes (relay:mostOrders), and none of those that reduce is about less than this one; hand it in again later.";
                }

                gone.Add((smaller, OutOfPlace));
            }

            if (objection(met, own) is { } sentence)
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
            _orders.Add(order);
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
                _orders.Add(order);
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
    /// <param name="account">The account; null for all.</param>
    /// <param name="before">Only those that came before this arrival.</param>
    /// <param name="isOpen">Only those that are open.</param>
    /// <param name="most">So many at most.</param>
    public IReadOnlyList<RestingOrder> Orders(ulong? account = null, long before = long.MaxValue, bool isOpen = false, int most = int.MaxValue)
    {
        lock (_gate)
        {
            IEnumerable<RestingOrder> newest = account is { } one ? _orders.Of(one).Where(order => order.Arrival < before).OrderByDescending(static order => order.Arrival) : _orders.NewestBefore(before);
            return [.. newest.Where(order => !isOpen || !order.IsOver).Take(most)];
        }
    }

    /// <summary>An order; null when the relay does not know it.</summary>
    public RestingOrder? Find(ulong account, ulong nonce)
    {
        lock (_gate)
        {
            return _orders.Find(account, nonce);
        }
    }

    /// <summary>The levels of an instrument's book, best first, so many of each side at most.</summary>
    public (IReadOnlyList<BookLevel> Bids, IReadOnlyList<BookLevel> Asks) Levels(Instrument instrument, int most = int.MaxValue)
    {
        lock (_gate)
        {
            return _books.TryGetValue(instrument.Packed, out InstrumentBook? book) ? ([.. Group(book.Bids).Take(most)], [.. Group(book.Asks).Take(most)]) : ([], []);
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
                store.CancelOrders(open.Select(static order => (order.Account, order.Nonce, order.Signed.Order.Expiry)));
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

    /// <summary>Ends orders whose time is over, and those whose session is. What of them is on its way into a block already may be filled. What was cancelled here and has expired since is forgotten.</summary>
    /// <param name="now">The second that it is.</param>
    /// <param name="ends">Whether an order's time is over.</param>
    /// <param name="mayEndAt">The second before which an order's time is not over, as far as can be told.</param>
    public void Expire(ulong now, Func<RestingOrder, bool> ends, Func<RestingOrder, ulong> mayEndAt)
    {
        lock (_gate)
        {
            RemoveForgotten();
            EndLost();
            List<RestingOrder> over = [];
            foreach (RestingOrder order in _orders.ToLookAt(now).ToArray())
            {
                if (!ends(order))
                {
                    _orders.LookAgain(order, mayEndAt(order));
                }
                else if (order.InFlightE8 == 0 || IsPending(order))
                {
                    over.Add(order);
                }
            }

            End(over, OrderStatus.Expired, TimeIsOver);
            store.ForgetCancelled(now);
        }
    }

    /// <summary>Looks at the next orders, oldest first and then anew, and ends those that rest and whose accounts could not carry them: each was judged when it came, and what it was judged by may be gone since.</summary>
    public void EndUncarried(Func<RestingOrder, bool> isCarried)
    {
        lock (_gate)
        {
            RestingOrder[] next = [.. _orders.OldestAfter(_judged).Take(JudgedARound)];
            _judged = next.Length < JudgedARound ? 0 : next[^1].Arrival;
            End([.. next.Where(order => order is { IsOver: false, IsAside: false, InFlightE8: 0 } && !isCarried(order))], OrderStatus.Refused, NotCarried);
        }
    }

    /// <summary>Somebody's right to sign for an account was set: its orders are looked at in the next round.</summary>
    public void LookAgain(OrderNews news)
    {
        lock (_gate)
        {
            foreach (RestingOrder order in _orders.Of(news.Account).Where(news.IsOf))
            {
                _orders.LookAgain(order, 0);
            }
        }
    }

    /// <summary>The levels of one side, which has its orders in the order of their prices.</summary>
    private static IEnumerable<BookLevel> Group(IEnumerable<RestingOrder> orders)
    {
        BookLevel? level = null;
        foreach (RestingOrder order in orders)
        {
            if (level is { } other && other.PriceE8 != order.PriceE8)
            {
                yield return other;
                level = null;
            }

            level = new BookLevel(order.PriceE8, (level?.SizeE8 ?? 0) + order.LeftE8, (level?.Orders ?? 0) + 1);
        }

        if (level is { } last)
        {
            yield return last;
        }
    }

    private string? TooMany(RestingOrder order)
    {
        int all = options.Relay.MostOrders;
        int places = order.IsReduceOnly ? all : all - (all / PlacesForAReduction);
        long room = Math.Max(0, places - _orders.Open);
        long most = Math.Max(LeastOrdersOfAnOwner, MostOrdersOfAnOwner * room / places);
        int own = _orders.OpenOf(order.Owner);
        return room == 0 && !order.IsReduceOnly ? $"The relay has {_orders.Open} open orders, and the last {all - places} of its {all} places (relay:mostOrders) are for reduce-only ones; hand this one in again later."
            : own < most ? null
            : most < MostOrdersOfAnOwner ? $"The owner of account {order.Account} has {own} open orders, and while the relay has {_orders.Open} it takes {most} of one owner; cancel some."
            : $"The owner of account {order.Account} has {own} open orders, the most that the relay takes; cancel some.";
    }

    private bool IsPending(RestingOrder order) => _pending.Any(match => ReferenceEquals(match.Maker, order) || ReferenceEquals(match.Taker, order));

    private void EndLost() =>
        End([.. _orders.BySession.Where(one => !_sessions.ContainsKey(one.Key)).SelectMany(static one => one.Value)], OrderStatus.Cancelled, "its session ended");

    /// <summary>What an order would meet, best first: what can be filled, and apart from it what stands before that and the chain fills no more.</summary>
    private (List<RestingOrder> Met, List<(RestingOrder Order, string Reason)> Gone) Meet(RestingOrder order, Func<RestingOrder, string?> spent)
    {
        (List<RestingOrder> met, List<(RestingOrder Order, string Reason)> gone) = ([], []);
        ulong left = order.LeftE8;
        foreach (RestingOrder resting in _books.GetValueOrDefault(order.Signed.Order.Instrument)?.AllMet(order) ?? [])
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

    /// <summary>An order is over, and so is a book in which nothing rests any more.</summary>
    private void Leave(RestingOrder order)
    {
        _orders.Leave(order);
        if (_books.TryGetValue(order.Signed.Order.Instrument, out InstrumentBook? book) && book.Bids.Count == 0 && book.Asks.Count == 0)
        {
            _books.Remove(order.Signed.Order.Instrument);
        }
    }
}
