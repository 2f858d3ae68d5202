namespace OnchainMargin.Margin;

/// <summary>Settlement prices from what updates left: the integers of <c>contracts/oracle/SpotMarkets.sol</c>.</summary>
public static class Settlements
{
    private const long WindowSeconds = Forwards.WindowSeconds;
    private const long CoveredLeastSeconds = 900;

    /// <summary>The settlement price of an expiry, and how many seconds of it were observed; 0 while too little was.</summary>
    /// <param name="updates">The market after each update, ascending in time, from the listing to now.</param>
    /// <param name="expiry">The expiry, a unix time divisible by 1800 that is past.</param>
    /// <param name="nowSeconds">Now, not before the last update.</param>
    [SpecRule("ORC-004")]
    public static (long PriceE8, long CoveredSeconds) Fix(IReadOnlyList<SpotMarket> updates, long expiry, long nowSeconds)
    {
        WindowReading window = Window(updates, expiry, nowSeconds);
        return (window.RemainingSeconds == 0 ? Mean(window.SumE8, window.CoveredSeconds) : 0, window.CoveredSeconds);
    }

    /// <summary>The reading of an expiry's window while its price is not fixed (MRG-011): up to the half hour that fixes it, or up to now.</summary>
    /// <param name="updates">The market after each update, ascending in time, from the listing to now; the last one as an update now would leave it, which says whether the market is halted.</param>
    /// <param name="expiry">The expiry, a unix time divisible by 1800.</param>
    /// <param name="nowSeconds">Now, not before the last update.</param>
    [SpecRule("ORC-004")]
    public static WindowReading Window(IReadOnlyList<SpotMarket> updates, long expiry, long nowSeconds)
    {
        if (nowSeconds < expiry - WindowSeconds)
        {
            return WindowReading.Unopened;
        }

        (Int128 fromE8, long fromSeconds) = SumsAt(updates, expiry - WindowSeconds);
        long end = expiry;
        while (true)
        {
            (Int128 toE8, long toSeconds) = SumsAt(updates, Math.Min(end, nowSeconds));
            long remaining = Math.Max(0, end - nowSeconds);
            if (toSeconds - fromSeconds + remaining >= CoveredLeastSeconds)
            {
                long covered = toSeconds - fromSeconds;
                long stalled = remaining == 0 || updates[^1].State != MarketState.Halted ? remaining : covered >= CoveredLeastSeconds ? 0 : WindowSeconds;
                return new WindowReading(toE8 - fromE8, covered, remaining) { StalledSeconds = stalled };
            }

            end += WindowSeconds;
        }
    }

    /// <summary>The price at which a market is wound down that is halted: the mean over the last half hour or more in which it was observed before it died, inside the band around its last good price.</summary>
    /// <param name="updates">The market after each update, ascending in time, from the listing to now; the last ones halted.</param>
    /// <param name="haltMoveE8">How far a price may lie from the last good one, as a part of it, E8.</param>
    /// <returns>The price, and the seconds that were observed.</returns>
    [SpecRule("ORC-005")]
    public static (long PriceE8, long CoveredSeconds) LastPrice(IReadOnlyList<SpotMarket> updates, long haltMoveE8)
    {
        int i = updates.Count - 1;
        while (i > 0 && updates[i - 1].State == MarketState.Halted)
        {
            i--;
        }

        SpotMarket now = updates[^1];
        long from = updates[i].TimeSeconds / WindowSeconds * WindowSeconds;
        Int128 sum = 0;
        long covered = 0;
        do
        {
            from -= WindowSeconds;
            (Int128 fromE8, long fromSeconds) = SumsAt(updates, from);
            (sum, covered) = (now.CumulativeE8 - fromE8, now.CoveredSeconds - fromSeconds);
        }
        while (covered < CoveredLeastSeconds && from > updates[0].TimeSeconds);

        long band = (long)((Int128)haltMoveE8 * now.SpotE8 / Rounding.One);
        return (Math.Clamp(covered == 0 ? now.SpotE8 : Mean(sum, covered), now.SpotE8 - band, now.SpotE8 + band), covered);
    }

    /// <summary>As the last update at or before a time held them; nothing before the listing.</summary>
    private static (Int128 CumulativeE8, long CoveredSeconds) SumsAt(IReadOnlyList<SpotMarket> updates, long timeSeconds)
    {
        int i = updates.Count - 1;
        while (i >= 0 && updates[i].TimeSeconds > timeSeconds)
        {
            i--;
        }

        return i < 0 ? (0, 0) : updates[i].SumsAt(timeSeconds);
    }

    private static long Mean(Int128 sumE8, long seconds) => (long)((sumE8 + (seconds / 2)) / seconds);
}
