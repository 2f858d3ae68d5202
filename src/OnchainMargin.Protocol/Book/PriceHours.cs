using System.Collections.Immutable;

namespace OnchainMargin.Protocol.Book;

/// <summary>The spot of an underlying at the ends of hours, as checkpoints tell it: the last one of each hour; an hour without a checkpoint repeats the one before. What forecasts are made from, the same on every node.</summary>
/// <param name="FirstHour">The hour of the first close, in hours of Unix time.</param>
/// <param name="ClosesE8">A close an hour, oldest first; the hour that still runs is not among them.</param>
/// <param name="LastE8">The last spot seen, of the hour that still runs.</param>
public sealed record PriceHours(long FirstHour, ImmutableList<long> ClosesE8, long LastE8)
{
    private const long HourSeconds = 3600;
    private const int LongestGapHours = 24 * 30;
    private const int MostHours = 3 * 365 * 24;

    /// <summary>The hour that still runs.</summary>
    public long RunningHour => FirstHour + ClosesE8.Count;

    /// <summary>After a checkpoint; <paramref name="before"/> is null for the first one.</summary>
    /// <param name="before">What was known.</param>
    /// <param name="timeSeconds">The checkpoint's time.</param>
    /// <param name="spotE8">Its spot.</param>
    public static PriceHours After(PriceHours? before, long timeSeconds, long spotE8)
    {
        long hour = timeSeconds / HourSeconds;
        if (before is null || hour - before.RunningHour > LongestGapHours)
        {
            // Nothing is learnt from a month of silence: the past begins anew.
            return new PriceHours(hour, [], spotE8);
        }

        if (hour <= before.RunningHour)
        {
            return before with { LastE8 = spotE8 };
        }

        ImmutableList<long> closes = before.ClosesE8.AddRange(Enumerable.Repeat(before.LastE8, (int)(hour - before.RunningHour)));
        int over = Math.Max(0, closes.Count - MostHours);
        return new PriceHours(before.FirstHour + over, over > 0 ? closes.RemoveRange(0, over) : closes, spotE8);
    }
}
