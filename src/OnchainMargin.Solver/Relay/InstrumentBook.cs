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

    /// <summary>Matches an order with those that rest, by price and then time, and lets what is left of it rest. What is matched is in flight on both sides.</summary>
    public IReadOnlyList<OrderMatch> Add(RestingOrder order)
    {
        var matches = new List<OrderMatch>();
        while (order.LeftE8 > 0 && Meets(order) is { } maker)
        {
            ulong size = Math.Min(order.LeftE8, maker.LeftE8);
            Take(maker, size);
            Take(order, size);
            if (maker.LeftE8 == 0)
            {
                Remove(maker);
            }

            matches.Add(new OrderMatch(maker, order, size));
        }

        Rest(order);
        return matches;
    }

    /// <summary>Lets an order rest at its place, when something is left of it.</summary>
    public void Rest(RestingOrder order)
    {
        if (order is { LeftE8: > 0, IsOver: false })
        {
            order.Status = OrderStatus.Resting;
            (order.IsBuy ? _bids : _asks).Add(order);
        }
        else if (!order.IsOver)
        {
            order.Status = OrderStatus.Settling;
        }
    }

    /// <summary>Takes an order out.</summary>
    public void Remove(RestingOrder order) => (order.IsBuy ? _bids : _asks).Remove(order);

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
