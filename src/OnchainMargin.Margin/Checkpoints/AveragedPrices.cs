using System.Collections.Immutable;

namespace OnchainMargin.Margin;

/// <summary>A checkpoint as it would be at averaged prices: the integers of <c>contracts/clearing/AveragedRecords.sol</c> (CLR-021).</summary>
public static class AveragedPrices
{
    /// <summary>Puts every average in the place of its spot: the perpetual's mark keeps its distance, forwards their ratio, in the settlement window what of them follows the spot; volatilities and all else stay. A market that is reduce-only or halted stays as it is.</summary>
    [SpecRule("CLR-021")]
    public static Checkpoint Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint with { Underlyings = [.. checkpoint.Underlyings.Select(Of)] };
    }

    private static UnderlyingRecord Of(UnderlyingRecord record)
    {
        if (record.SpotE8 == record.AverageSpotE8 || record.MarketState.OfPrices() != MarketState.Normal)
        {
            return record;
        }

        ImmutableArray<ExpiryRecord> expiries =
        [
            .. record.Expiries.Select(expiry => expiry with { Present = Of(expiry.Present, record, expiry.FollowSeconds), Delayed = Of(expiry.Delayed, record, expiry.FollowSeconds) }),
        ];
        return record with
        {
            SpotE8 = record.AverageSpotE8,
            PerpetualMarkE8 = Math.Max(1, record.PerpetualMarkE8 + record.AverageSpotE8 - record.SpotE8),
            Expiries = expiries,
        };
    }

    private static Surface Of(Surface surface, UnderlyingRecord record, long followSeconds) =>
        surface with { ForwardE8 = Forwards.At(surface.ForwardE8, record.SpotE8, record.AverageSpotE8, followSeconds) };
}
