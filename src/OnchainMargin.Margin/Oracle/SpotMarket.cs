using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>The price of an underlying as an update left it: the integers of <c>contracts/oracle/MarketStates.sol</c>.</summary>
/// <param name="SpotE8">The last good price, E8.</param>
/// <param name="AverageSpotE8">Its average over the window, E8.</param>
/// <param name="TimeSeconds">When it was updated, unix seconds.</param>
/// <param name="State">What may be done in the market.</param>
/// <param name="DemandedSeconds">When something last demanded a state at least as severe as the present one.</param>
/// <param name="CumulativeE8">Price-seconds that were observed, ever since.</param>
/// <param name="CoveredSeconds">Seconds that were observed, ever since.</param>
public readonly record struct SpotMarket(long SpotE8, long AverageSpotE8, long TimeSeconds, MarketState State, long DemandedSeconds, Int128 CumulativeE8, long CoveredSeconds)
{
    /// <summary>A reason for another state than normal: too few sources have a price.</summary>
    public const int Stale = 1;

    /// <summary>Too few of those that have one agree.</summary>
    public const int Diverged = 2;

    /// <summary>The price lies far from its average.</summary>
    public const int Moved = 4;

    private const long HeldSeconds = 300;

    /// <summary>The market after an update. The price held until now moves average and sums; the new one counts from now on.</summary>
    /// <param name="observed">What the sources say.</param>
    /// <param name="bands">What is asked of them.</param>
    /// <param name="timeSeconds">Now, unix seconds.</param>
    /// <param name="windowSeconds">The averaging window.</param>
    /// <param name="reasons">What demands another state than normal, as bits.</param>
    [SpecRule("ORC-002")]
    public SpotMarket Next(Observation observed, in FeedBands bands, long timeSeconds, long windowSeconds, out int reasons)
    {
        (Int128 cumulative, long covered) = SumsAt(timeSeconds);
        long average = (long)Averages.Follow(AverageSpotE8, SpotE8, timeSeconds - TimeSeconds, windowSeconds);
        (long spot, MarketState demanded, reasons) = Demand(observed, bands, average);
        (MarketState state, long since) = Move(demanded, bands, timeSeconds);
        return new SpotMarket(spot, average, timeSeconds, state, since, cumulative, covered);
    }

    /// <summary>Price-seconds and observed seconds up to a time not before the update: its price counts for 300 seconds at most, and not while halted.</summary>
    [SpecRule("ORC-004")]
    public (Int128 CumulativeE8, long CoveredSeconds) SumsAt(long timeSeconds)
    {
        long held = State == MarketState.Halted ? 0 : Math.Min(timeSeconds - TimeSeconds, HeldSeconds);
        return (CumulativeE8 + ((Int128)SpotE8 * held), CoveredSeconds + held);
    }

    /// <summary>The price to take over, held inside its band around the average, and the state that this demands.</summary>
    [SpecRule("ORC-003")]
    private (long SpotE8, MarketState Demanded, int Reasons) Demand(Observation observed, in FeedBands bands, long averageE8)
    {
        if (observed.Used < bands.MinCount)
        {
            return (SpotE8, MarketState.Halted, observed.Live < bands.MinCount ? Stale : Diverged);
        }

        int reasons = 2 * observed.Used <= observed.Live ? Diverged : 0;
        long distance = Math.Abs(observed.PriceE8 - averageE8);
        reasons |= (BigInteger)distance * Rounding.One > (BigInteger)bands.ReduceMoveE8 * averageE8 ? Moved : 0;
        long band = (long)((Int128)bands.HaltMoveE8 * averageE8 / Rounding.One);
        return distance > band
            ? (Math.Max(1, observed.PriceE8 > averageE8 ? averageE8 + band : averageE8 - band), MarketState.Halted, reasons)
            : (Math.Max(1, observed.PriceE8), reasons == 0 ? MarketState.Normal : MarketState.ReduceOnly, reasons);
    }

    /// <summary>Worse at once; better one step at a time, and to normal only after a while in which nothing demanded otherwise.</summary>
    private (MarketState State, long Since) Move(MarketState demanded, in FeedBands bands, long timeSeconds) =>
        demanded >= State ? (demanded, timeSeconds)
        : State == MarketState.Halted ? (MarketState.ReduceOnly, timeSeconds)
        : timeSeconds - DemandedSeconds >= bands.RecoverySeconds ? (MarketState.Normal, DemandedSeconds)
        : (State, DemandedSeconds);
}
