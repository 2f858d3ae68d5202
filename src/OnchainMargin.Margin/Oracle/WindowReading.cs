namespace OnchainMargin.Margin;

/// <summary>What the settlement window of an expiry has so far, and what is still to come of it if the market is observed in every second from now on. Never both 0 seconds.</summary>
/// <param name="SumE8">Price-seconds since the window opened; once the price is fixed that price.</param>
/// <param name="CoveredSeconds">Seconds that they are of: 0 before the window opens, 1 once the price is fixed.</param>
/// <param name="RemainingSeconds">Seconds from now on that will count; 0 once the price is fixed or can be.</param>
[SpecRule("ORC-004")]
public readonly record struct WindowReading(Int128 SumE8, long CoveredSeconds, long RemainingSeconds)
{
    /// <summary>Nothing was observed and all is to come, as before the window opens: its forward is spot.</summary>
    public static WindowReading Unopened => new(0, 0, Forwards.WindowSeconds);

    /// <summary>The same if a market that is halted stays so to the end of this half hour and not beyond; of any other market <see cref="RemainingSeconds"/>.</summary>
    public long StalledSeconds { get; init; } = RemainingSeconds;
}
