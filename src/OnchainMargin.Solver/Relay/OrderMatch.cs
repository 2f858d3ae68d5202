namespace OnchainMargin.Solver.Relay;

/// <summary>Two orders that meet; the price is the maker's limit.</summary>
/// <param name="Maker">The order that rested.</param>
/// <param name="Taker">The order that came.</param>
/// <param name="SizeE8">How much.</param>
internal sealed record OrderMatch(RestingOrder Maker, RestingOrder Taker, ulong SizeE8)
{
    /// <summary>The price.</summary>
    public ulong PriceE8 => Maker.PriceE8;
}
