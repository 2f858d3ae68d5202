using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Book;

/// <summary>
/// An underlying hour by hour, as checkpoints and fills tell it: the last checkpoint of each hour, and what was traded from the first one of the hour to the first one of the next; an hour without a checkpoint
/// repeats the one before, without trades. What forecasts are made from, the same on every node.
/// </summary>
/// <param name="FirstHour">The hour of the first that ended, in hours of Unix time.</param>
/// <param name="Ended">Oldest first; the hour that still runs is not among them.</param>
/// <param name="Running">The hour that still runs.</param>
public sealed record MarketHours(long FirstHour, ImmutableList<MarketHour> Ended, MarketHour Running)
{
    private const long HourSeconds = 3600;
    private const int LongestGapHours = 24 * 30;
    private const int MostHours = 3 * 365 * 24;

    /// <summary>The past is cut in whole blocks: forecasts count days, weeks and months from its beginning, and are made anew wherever that moves.</summary>
    private const int BlockHours = 28 * 24;

    /// <summary>The hour that still runs.</summary>
    public long RunningHour => FirstHour + Ended.Count;

    /// <summary>After a checkpoint; <paramref name="before"/> is null for the first one.</summary>
    /// <param name="before">What was known.</param>
    /// <param name="timeSeconds">The checkpoint's time.</param>
    /// <param name="record">What it says of the underlying.</param>
    public static MarketHours After(MarketHours? before, long timeSeconds, UnderlyingRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        long hour = timeSeconds / HourSeconds;
        MarketHour now = MarketHour.At(record);
        if (before is null || hour - before.RunningHour > LongestGapHours)
        {
            // Nothing is learnt from a month of silence: the past begins anew.
            return new MarketHours(hour, [], now);
        }

        if (hour <= before.RunningHour)
        {
            return before with { Running = now with { VolumeE8 = before.Running.VolumeE8 } };
        }

        ImmutableList<MarketHour> ended = before.Ended.Add(before.Running).AddRange(Enumerable.Repeat(before.Running with { VolumeE8 = 0 }, (int)(hour - before.RunningHour - 1)));
        int over = Math.Max(0, (ended.Count - MostHours + BlockHours - 1) / BlockHours * BlockHours);
        return new MarketHours(before.FirstHour + over, over > 0 ? ended.RemoveRange(0, over) : ended, now);
    }

    /// <summary>After a fill of so many units.</summary>
    public MarketHours Traded(long sizeE8) => this with { Running = Running with { VolumeE8 = Running.VolumeE8 + Int128.Abs(sizeE8) } };
}
