using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <content>What the chain alone knows of orders: how far they were filled before a restart, or by somebody else.</content>
internal sealed partial class OrderRelay
{
    private bool _isLoaded;
    private volatile bool _isOpen;

    /// <summary>Takes up the orders of an earlier run that are still good, in their old order, and matches them once no settlement of that run is under way: until then nobody knows how far they are filled.
    /// They can be cancelled meanwhile, and nothing new is taken. The role that settles asks for it, round after round, and nobody else: no client's patience ends it.</summary>
    /// <returns>Whether that is done.</returns>
    public async Task<bool> OpenAsync(CancellationToken cancellationToken)
    {
        if (_isOpen)
        {
            return true;
        }

        // Asked before the fills are read, so that these hold what it has settled.
        ulong block = books.Current?.Book.BlockNumber ?? 0;
        bool isSettling = keys.Relay is { } sender && store.UnsettledOf(sender.Address).Any(entry => SettlementKeys.IsUnderWay(entry, block));
        bool wasLoaded = _isLoaded;
        if (!_isLoaded)
        {
            await LoadAsync(cancellationToken).ConfigureAwait(false);
            _isLoaded = true;
        }

        if (isSettling)
        {
            return false;
        }

        RestingOrder[] waiting = [.. orders.Orders(isOpen: true).Reverse()];
        if (wasLoaded)
        {
            IReadOnlyList<(bool IsDone, ulong FilledE8)> statuses = await chain.StatusesAsync(waiting, cancellationToken).ConfigureAwait(false);
            foreach ((RestingOrder order, (bool isDone, ulong filled)) in waiting.Zip(statuses))
            {
                orders.Correct(order, isDone, filled);
            }
        }

        orders.MatchAll(waiting);
        _isOpen = true;
        return true;
    }

    /// <summary>Reads from the chain how far the orders of a match are filled that it refused, since others may fill or cancel them, too. When that is further than is known here, the match is undone and what is left is matched anew.</summary>
    /// <returns>Whether it was; the match stays the caller's otherwise.</returns>
    public async Task<bool> ReconcileAsync(OrderMatch match, CancellationToken cancellationToken)
    {
        IReadOnlyList<(bool IsDone, ulong FilledE8)> statuses = await chain.StatusesAsync([match.Maker, match.Taker], cancellationToken).ConfigureAwait(false);
        return orders.Reconcile(match, statuses[0], statuses[1]);
    }

    /// <summary>An order of an earlier run. Where a reorganisation has taken its account away, whoever signed counts as its owner.</summary>
    private RestingOrder Resting(Clearinghouse.SignedOrder signed, ProtocolBook? book)
    {
        RestingOrder order = new(signed, book is not null && book.Accounts.TryGetValue(signed.Order.Account, out BookAccount? account) ? account.Owner : signed.Signer, orders.NextArrival(), null);
        order.NotionalE8 = book?.LatestCheckpoint is { } inputs ? OrderAdmission.NotionalE8(order, inputs.View) : 0;
        return order;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        ProtocolBook? book = books.Current?.Book;
        (StoredOrder Stored, RestingOrder Order)[] known = [.. store.OpenOrders().Select(stored => (stored, Resting(stored.ToSigned(), book)))];
        IReadOnlyList<(bool IsDone, ulong FilledE8)> statuses = await chain.StatusesAsync([.. known.Select(static one => one.Order)], cancellationToken).ConfigureAwait(false);
        (List<RestingOrder> loaded, List<RestingOrder> over, List<RestingOrder> lost) = ([], [], []);
        foreach (((StoredOrder stored, RestingOrder order), (bool isDone, ulong filled)) in known.Zip(statuses))
        {
            // An order that hung on a session has lost it, and one that is filled at once or not at all was not: what of it was matched settles by itself.
            bool isForThen = stored.Session is not null || order.IsFillOrKill;
            List<RestingOrder> those = isDone || filled >= order.WholeE8 || order.Signed.Order.Expiry < clock.Now ? over : isForThen ? lost : loaded;
            those.Add(order);
            order.LeftE8 = order.WholeE8 - Math.Min(filled, order.WholeE8);
        }

        store.RemoveOrders(over.Select(static order => (order.Account, order.Nonce)));
        store.CancelOrders(lost.Select(static order => (order.Account, order.Nonce, order.Signed.Order.Expiry)));

        // All or none: what a node that failed had told of some of them would be old the next time.
        orders.TakeUp(loaded);
    }
}
