namespace OnchainMargin.Margin;

/// <summary>The price that most sources agree on: the integers of <c>contracts/oracle/Medians.sol</c>.</summary>
public static class Medians
{
    /// <summary>The median of those prices that lie within a deviation of the median of all.</summary>
    /// <param name="pricesE8">One price a source, E8; 0 for a source that has none.</param>
    /// <param name="maxDeviationE8">How far from the median of all, as a part of it, E8.</param>
    [SpecRule("ORC-001")]
    public static Observation Agreed(ReadOnlySpan<long> pricesE8, long maxDeviationE8)
    {
        var live = new List<long>(pricesE8.Length);
        foreach (long price in pricesE8)
        {
            if (price != 0)
            {
                live.Add(price);
            }
        }

        if (live.Count == 0)
        {
            return default;
        }

        live.Sort();
        long first = Median(live);
        List<long> used = live.FindAll(price => Math.BigMul(Math.Abs(price - first), Rounding.One) <= Math.BigMul(maxDeviationE8, first));
        return new Observation(used.Count == 0 ? 0 : Median(used), live.Count, used.Count);
    }

    /// <summary>Of an even number the mean of the two in the middle, rounded down.</summary>
    private static long Median(List<long> sorted)
    {
        int middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
