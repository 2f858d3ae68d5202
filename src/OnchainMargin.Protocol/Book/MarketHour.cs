using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Book;

/// <summary>What the chain tells of an underlying in an hour.</summary>
/// <param name="SpotE8">Spot at the last checkpoint.</param>
/// <param name="PerpetualMarkE8">Mark of the perpetual there.</param>
/// <param name="VolumeE8">Units of perpetuals and futures that were traded. Options are left out, whose delta no event tells; so are tokens against cash, and what bidders take over from lots, which no market took.</param>
/// <param name="Surfaces">Surfaces of the expiries at the last checkpoint.</param>
public readonly record struct MarketHour(long SpotE8, long PerpetualMarkE8, Int128 VolumeE8, ImmutableArray<(uint Expiry, Surface Surface)> Surfaces)
{
    /// <summary>An hour with a checkpoint and no trade yet.</summary>
    internal static MarketHour At(UnderlyingRecord record) => new(record.SpotE8, record.PerpetualMarkE8, 0, [.. record.Expiries.Select(static one => (one.Expiry, one.Present))]);
}
