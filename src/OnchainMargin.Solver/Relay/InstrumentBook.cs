namespace OnchainMargin.Solver.Relay;

/// <summary>The resting orders of one instrument: best price first, at one price the earliest first.</summary>
internal sealed class InstrumentBook
{
    private readonly SortedSet<RestingOrder> _bids = new(Comparer<RestingOrder>.Create(static (a, b) => a.PriceE8 != b.PriceE8 ? b.PriceE8.CompareTo(a.PriceE8) : a.Arrival.CompareTo(b.Arrival)));
    private readonly SortedSet<RestingOrder> _asks = new(Comparer<RestingOrder>.Create(static (a, b) => a.PriceE8 != b.PriceE8 ? a.PriceE8.CompareTo(b.PriceE8) : a.Arrival.CompareTo(b.Arrival)));

    /// <summary>Buyers, best first.</summary>
    public IReadOnlyCollection<RestingOrder> Bids => _bids;

    /// <summary>Sellers, best first.</summary>
    public IReadOnlyCollection<RestingOrder> Asks => _asks;

    /// <summary>The best resting order that an order would meet; null when it meets none.</summary>
    public RestingOrder? Meets(RestingOrder order)
    {
        RestingOrder? best = (order.IsBuy ? _asks : _bids).Min;
        return best is not null && (order.IsBuy ? best.PriceE8 <= order.PriceE8 : best.PriceE8 >= order.PriceE8) ? best : null;
    }

    /// <summary>Every resting order that an order would meet, whatever its size.</summary>
    public IEnumerable<RestingOrder> AllMet(RestingOrder order) =>
        (order.IsBuy ? _asks : _bids).TakeWhile(resting => order.IsBuy ? resting.PriceE8 <= order.PriceE8 : resting.PriceE8 >= order.PriceE8);

    /// <summary>The best of the orders that an order meets which fills it whole: the chain takes a fill-or-kill order in one fill only. Null when there is none.</summary>
    public static RestingOrder? FillsWhole(RestingOrder order, IEnumerable<RestingOrder> met) => met.FirstOrDefault(resting => resting.LeftE8 >= order.LeftE8);

    /// <summary>Matches an order with those that rest, by price and then time, and lets what is left of it rest. What is matched is in flight on both sides.</summary>
    public IReadOnlyList<OrderMatch> Add(RestingOrder order)
    {
        if (order.IsFillOrKill)
        {
            return FillsWhole(order, AllMet(order)) is { } whole ? [Match(whole, order, order.LeftE8)] : [];
        }

        var matches = new List<OrderMatch>();
        while (order.LeftE8 > 0 && Meets(order) is { } maker)
        {
            matches.Add(Match(maker, order, Math.Min(order.LeftE8, maker.LeftE8)));
        }

        Rest(order);
        return matches;
    }

    /// <summary>Lets an order rest at its place, when something is left of it and it may rest; one that is aside comes there later.</summary>
    public void Rest(RestingOrder order)
    {
        if (order is { LeftE8: > 0, IsOver: false, IsFillOrKill: false })
        {
            order.Status = OrderStatus.Resting;
            if (!order.IsAside)
            {
                (order.IsBuy ? _bids : _asks).Add(order);
            }
        }
        else if (!order.IsOver)
        {
            order.Status = OrderStatus.Settling;
        }
    }

    /// <summary>Takes an order out.</summary>
    public void Remove(RestingOrder order) => (order.IsBuy ? _bids : _asks).Remove(order);

    private OrderMatch Match(RestingOrder maker, RestingOrder taker, ulong sizeE8)
    {
        Take(maker, sizeE8);
        Take(taker, sizeE8);
        if (maker.LeftE8 == 0)
        {
            Remove(maker);
        }

        return new OrderMatch(maker, taker, sizeE8);
    }

    private static void Take(RestingOrder order, ulong sizeE8)
    {
        order.LeftE8 -= sizeE8;
        order.InFlightE8 += sizeE8;
        if (order.LeftE8 == 0)
        {
            order.Status = OrderStatus.Settling;
        }
    }
}
