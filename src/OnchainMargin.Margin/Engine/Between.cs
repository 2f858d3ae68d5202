namespace OnchainMargin.Margin;

/// <summary>Losses between the nodes of the grid.</summary>
[SpecRule("MRG-032")]
internal static class Between
{
    private const int PlaceBits = 16;

    private static readonly Int128 Scale = (Int128)Rounding.One << PlaceBits;

    /// <summary>The largest loss at a kink, at least 0, in 24ths.</summary>
    /// <param name="kinks">Kinks, ascending by place; of equal places in the order of positions.</param>
    /// <param name="weighted">N of every scenario.</param>
    /// <param name="worst">The position whose kink binds (the first of equals), or −1.</param>
    internal static Int128 Sweep(ReadOnlySpan<Kink> kinks, ReadOnlySpan<Int128> weighted, out int worst)
    {
        worst = -1;
        Int128 loss24 = 0;
        int from = 0;
        for (int node = 0; node + 1 < Scenarios.Nodes && from < kinks.Length; node++)
        {
            (from, int to) = Interval(kinks, node, from);
            if (from == to)
            {
                continue;
            }

            Int128 hE8 = Height(kinks[from..to], node);
            Int128 g = 0;
            Int128 weight = 0;
            for (int i = from; i < to; i++)
            {
                if (i > from)
                {
                    weight += kinks[i - 1].WeightE16;
                    g += weight * (kinks[i].PlaceQ16 - kinks[i - 1].PlaceQ16);
                }

                Int128 loss = -At(kinks[i].PlaceQ16, node, hE8, g, weighted);
                if (loss > loss24)
                {
                    loss24 = loss;
                    worst = kinks[i].Position;
                }
            }

            from = to;
        }

        return loss24;
    }

    /// <summary>N_m at the kink of one position.</summary>
    /// <param name="kinks">Kinks, ascending by place.</param>
    /// <param name="weighted">N of every scenario.</param>
    /// <param name="position">The position.</param>
    /// <param name="value">N_m.</param>
    /// <returns>False when the position has no kink inside an interval.</returns>
    internal static bool TryAt(ReadOnlySpan<Kink> kinks, ReadOnlySpan<Int128> weighted, int position, out Int128 value)
    {
        value = 0;
        int from = 0;
        for (int node = 0; node + 1 < Scenarios.Nodes; node++)
        {
            (from, int to) = Interval(kinks, node, from);
            for (int i = from; i < to; i++)
            {
                if (kinks[i].Position == position)
                {
                    Int128 g = 0;
                    foreach (Kink kink in kinks[from..i])
                    {
                        g += kink.WeightE16 * (kinks[i].PlaceQ16 - kink.PlaceQ16);
                    }

                    value = At(kinks[i].PlaceQ16, node, Height(kinks[from..to], node), g, weighted);
                    return true;
                }
            }

            from = to;
        }

        return false;
    }

    /// <summary>The kinks strictly between a node and the next, from a start.</summary>
    private static (int From, int To) Interval(ReadOnlySpan<Kink> kinks, int node, int from)
    {
        long a = (long)Scenarios.NodeQuarters[node] << PlaceBits;
        long b = (long)Scenarios.NodeQuarters[node + 1] << PlaceBits;
        while (from < kinks.Length && kinks[from].PlaceQ16 <= a)
        {
            from++;
        }

        int to = from;
        while (to < kinks.Length && kinks[to].PlaceQ16 < b)
        {
            to++;
        }

        return (from, to);
    }

    private static Int128 Height(ReadOnlySpan<Kink> kinks, int node)
    {
        long b = (long)Scenarios.NodeQuarters[node + 1] << PlaceBits;
        Int128 h = 0;
        foreach (Kink kink in kinks)
        {
            h += kink.WeightE16 * (b - kink.PlaceQ16);
        }

        return Rounding.DivCeil(h, Scale);
    }

    private static Int128 At(long place, int node, Int128 hE8, Int128 g, ReadOnlySpan<Int128> weighted)
    {
        ReadOnlySpan<int> quarters = Scenarios.NodeQuarters;
        long run = place - ((long)quarters[node] << PlaceBits);
        long width = (long)(quarters[node + 1] - quarters[node]) << PlaceBits;
        Int128 dip = Rounding.DivCeil(hE8 * run, width) - Rounding.DivFloor(g, Scale);
        Int128 least = Int128.MaxValue;
        for (int shock = 0; shock < 3; shock++)
        {
            int lower = Scenarios.NodeScenarios[(3 * node) + shock];
            int upper = Scenarios.NodeScenarios[(3 * node) + 3 + shock];
            if (lower >= 0 && upper >= 0)
            {
                least = Rounding.Min(least, weighted[lower] + Rounding.DivFloor((weighted[upper] - weighted[lower]) * run, width));
            }
        }

        return least - (Math.Min(Scenarios.NodeWeights[node], Scenarios.NodeWeights[node + 1]) * dip);
    }
}
