namespace OnchainMargin.Margin;

/// <summary>What a market's state says of its prices alone.</summary>
public static class MarketStates
{
    /// <summary>The state without what insurance has to do with it: what is taken out of an account heeds prices (CLR-016, CLR-021).</summary>
    /// <param name="state">The state of a record.</param>
    public static MarketState OfPrices(this MarketState state) => state == MarketState.Uninsured ? MarketState.Normal : state;
}
