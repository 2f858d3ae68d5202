using System.Collections.Immutable;

namespace OnchainMargin.Margin;

/// <summary>A checkpoint as it would be at averaged prices: the integers of <c>contracts/clearing/AveragedRecords.sol</c> (CLR-021).</summary>
public static class AveragedPrices
{
    /// <summary>Puts every average in the place of its spot: the perpetual's mark keeps its distance, forwards their ratio, inside the settlement window what of them follows the spot; volatilities and all else stay. A market that is not normal stays as it is.</summary>
    [SpecRule("CLR-021")]
    public static Checkpoint Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint with { Underlyings = [.. checkpoint.Underlyings.Select(record => Of(record, checkpoint.Header.Time))] };
    }

    private static UnderlyingRecord Of(UnderlyingRecord record, long time)
    {
        if (record.SpotE8 == record.AverageSpotE8 || record.MarketState != MarketState.Normal)
        {
            return record;
        }

        ImmutableArray<ExpiryRecord> expiries =
        [
            .. record.Expiries.Select(expiry => expiry with { Present = Of(expiry.Present, record, expiry.Expiry - time), Delayed = Of(expiry.Delayed, record, expiry.Expiry - time) }),
        ];
        return record with
        {
            SpotE8 = record.AverageSpotE8,
            PerpetualMarkE8 = Math.Max(1, record.PerpetualMarkE8 + record.AverageSpotE8 - record.SpotE8),
            Expiries = expiries,
        };
    }

    private static Surface Of(Surface surface, UnderlyingRecord record, long tauSeconds) =>
        surface with { ForwardE8 = Forwards.At(surface.ForwardE8, record.SpotE8, record.AverageSpotE8, Math.Max(0, tauSeconds)) };
}
