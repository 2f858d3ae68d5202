namespace OnchainMargin.Models.OrderFlow;

/// <summary>A snapshot of an order book, best prices first.</summary>
public sealed class DepthBook
{
    /// <summary>Takes the two sides in any order of levels.</summary>
    /// <exception cref="ArgumentException">A side is empty, a level is not positive, or the best bid is not under the best ask.</exception>
    public DepthBook(IEnumerable<BookLevel> bids, IEnumerable<BookLevel> asks)
    {
        Bids = [.. bids.Where(l => l.Quantity > 0).OrderByDescending(l => l.Price)];
        Asks = [.. asks.Where(l => l.Quantity > 0).OrderBy(l => l.Price)];
        if (Bids.Count == 0 || Asks.Count == 0 || !(Bids[^1].Price > 0) || Bids[0].Price >= Asks[0].Price)
        {
            throw new ArgumentException("the book is empty on a side, crossed, or has prices that are not positive: take another snapshot", nameof(bids));
        }
    }

    /// <summary>Bids, the highest first.</summary>
    public IReadOnlyList<BookLevel> Bids { get; }

    /// <summary>Asks, the lowest first.</summary>
    public IReadOnlyList<BookLevel> Asks { get; }

    /// <summary>Half way between the best prices.</summary>
    public double Mid => (Bids[0].Price + Asks[0].Price) / 2;

    /// <summary>The width of the market, of the mid.</summary>
    public double Spread => (Asks[0].Price - Bids[0].Price) / Mid;

    /// <summary>(bids − asks)/(bids + asks) in units, over so many levels of each side: from −1, only sellers, to 1.</summary>
    public double Imbalance(int levels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        var bids = Bids.Take(levels).Sum(l => l.Quantity);
        var asks = Asks.Take(levels).Sum(l => l.Quantity);
        return (bids - asks) / (bids + asks);
    }

    /// <summary>Units within a distance of the mid (0.01 is 1 %), on the thinner side.</summary>
    public double DepthWithin(double distance)
    {
        var bids = Bids.Where(l => l.Price >= Mid * (1 - distance)).Sum(l => l.Quantity);
        var asks = Asks.Where(l => l.Price <= Mid * (1 + distance)).Sum(l => l.Quantity);
        return Math.Min(bids, asks);
    }

    /// <summary>What an order of this size pays beyond the mid, of the mid; infinite when the snapshot does not hold so much.</summary>
    public double Slippage(double quantity, bool isBuy)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(quantity);
        double left = quantity, paid = 0;
        foreach (var level in isBuy ? Asks : Bids)
        {
            var taken = Math.Min(left, level.Quantity);
            paid += taken * Math.Abs(level.Price - Mid);
            left -= taken;
            if (left <= 0)
            {
                return paid / quantity / Mid;
            }
        }

        return double.PositiveInfinity;
    }
}
