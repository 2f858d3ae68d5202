using System.Runtime.InteropServices;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Relay;

/// <summary>The orders that a relay knows: the open ones, and the last of those that are over. Whoever brings one order, or asks for those of an account or for a page, has nobody look at those of all others. Changed only under the relay's lock.</summary>
internal sealed class KnownOrders
{
    private const int KeptOver = 1000;

    private readonly Dictionary<(ulong Account, ulong Nonce), RestingOrder> _byNonce = [];
    private readonly Dictionary<ulong, List<RestingOrder>> _byAccount = [];
    private readonly Dictionary<Address, int> _openByOwner = [];
    private readonly SortedSet<(long Arrival, RestingOrder? Order)> _byArrival = new(Comparer<(long Arrival, RestingOrder? Order)>.Create(static (a, b) => a.Arrival.CompareTo(b.Arrival)));
    private readonly Dictionary<string, HashSet<RestingOrder>> _openBySession = [];
    private readonly SortedSet<RestingOrder> _openByLook = new(Comparer<RestingOrder>.Create(static (a, b) => a.LookAtSeconds != b.LookAtSeconds ? a.LookAtSeconds.CompareTo(b.LookAtSeconds) : a.Arrival.CompareTo(b.Arrival)));
    private readonly SortedSet<RestingOrder> _openReductions = new(Comparer<RestingOrder>.Create(static (a, b) => a.NotionalE8 != b.NotionalE8 ? a.NotionalE8.CompareTo(b.NotionalE8) : b.Arrival.CompareTo(a.Arrival)));
    private readonly Queue<RestingOrder> _over = new();

    /// <summary>How many are open.</summary>
    public int Open => _openByLook.Count;

    /// <summary>How many an owner has open, of all accounts.</summary>
    public int OpenOf(Address owner) => _openByOwner.GetValueOrDefault(owner);

    /// <summary>One order; null when none is known.</summary>
    public RestingOrder? Find(ulong account, ulong nonce) => _byNonce.GetValueOrDefault((account, nonce));

    /// <summary>Takes an open order, in place of one of its nonce that is over. One that is over and known still may open again.</summary>
    public void Add(RestingOrder order)
    {
        if (Find(order.Account, order.Nonce) is { } known)
        {
            Remove(known);
        }

        _byNonce.Add((order.Account, order.Nonce), order);
        _byArrival.Add((order.Arrival, order));
        if (!_byAccount.TryGetValue(order.Account, out List<RestingOrder>? own))
        {
            _byAccount.Add(order.Account, own = []);
        }

        own.Add(order);
        _openByLook.Add(order);
        if (order.IsReduceOnly)
        {
            _openReductions.Add(order);
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_openByOwner, order.Owner, out _)++;
        if (order.Session is { } session)
        {
            if (!_openBySession.TryGetValue(session, out HashSet<RestingOrder>? those))
            {
                _openBySession.Add(session, those = []);
            }

            those.Add(order);
        }
    }

    /// <summary>An order is over; the last of those are told for a while.</summary>
    public void Leave(RestingOrder order)
    {
        Close(order);
        _over.Enqueue(order);
        while (_over.Count > KeptOver)
        {
            if (_over.Dequeue() is { IsOver: true } oldest && ReferenceEquals(Find(oldest.Account, oldest.Nonce), oldest))
            {
                Remove(oldest);
            }
        }
    }

    /// <summary>The orders of an account, also those that are over.</summary>
    public IReadOnlyList<RestingOrder> Of(ulong account) => _byAccount.GetValueOrDefault(account) ?? [];

    /// <summary>Those that came before an arrival, newest first, also those that are over.</summary>
    public IEnumerable<RestingOrder> NewestBefore(long arrival) => _byArrival.GetViewBetween((long.MinValue, null), (arrival - 1, null)).Reverse().Select(static one => one.Order!);

    /// <summary>Those that came after an arrival, oldest first, also those that are over.</summary>
    public IEnumerable<RestingOrder> OldestAfter(long arrival) => _byArrival.GetViewBetween((arrival + 1, null), (long.MaxValue, null)).Select(static one => one.Order!);

    /// <summary>The open ones that are reduce-only, the least first; of those that are about as much the last first.</summary>
    public IEnumerable<RestingOrder> Reductions => _openReductions;

    /// <summary>The open ones that hang on sessions.</summary>
    public IEnumerable<KeyValuePair<string, HashSet<RestingOrder>>> BySession => _openBySession;

    /// <summary>The open ones at which somebody is to look by a second, the first first.</summary>
    public IEnumerable<RestingOrder> ToLookAt(ulong seconds) => _openByLook.TakeWhile(order => order.LookAtSeconds <= seconds);

    /// <summary>Somebody is to look at an open order again at a second.</summary>
    public void LookAgain(RestingOrder order, ulong seconds)
    {
        // Its place hangs on the second, so it is not there while that changes.
        if (_openByLook.Remove(order))
        {
            order.LookAtSeconds = seconds;
            _openByLook.Add(order);
        }
    }

    private void Close(RestingOrder order)
    {
        _openReductions.Remove(order);
        if (_openByLook.Remove(order) && --CollectionsMarshal.GetValueRefOrNullRef(_openByOwner, order.Owner) == 0)
        {
            _openByOwner.Remove(order.Owner);
        }

        if (order.Session is { } session && _openBySession.TryGetValue(session, out HashSet<RestingOrder>? those) && those.Remove(order) && those.Count == 0)
        {
            _openBySession.Remove(session);
        }
    }

    private void Remove(RestingOrder order)
    {
        Close(order);
        _byNonce.Remove((order.Account, order.Nonce));
        _byArrival.Remove((order.Arrival, null));
        List<RestingOrder> own = _byAccount[order.Account];
        own.Remove(order);
        if (own.Count == 0)
        {
            _byAccount.Remove(order.Account);
        }
    }
}
