namespace OnchainMargin.Margin;

/// <summary>Losses between the nodes of the grid: a broken line with the account's own strikes as kinks.</summary>
[SpecRule("MRG-032")]
[System.Runtime.CompilerServices.SkipLocalsInit]
internal static class Between
{
    private const int PlaceBits = 16;

    private static readonly Int128 Scale = (Int128)Rounding.One << PlaceBits;

    /// <summary>The largest loss at kinks and nodes, at least 0, in 24ths.</summary>
    /// <param name="kinks">Kinks, ascending by place; of equal places in the order of positions.</param>
    /// <param name="exact">E of every scenario.</param>
    /// <param name="worst">Where it is: the first of equals by shock, interval, lower end, upper end, kinks; meaningless when the loss is 0.</param>
    internal static Int128 Sweep(ReadOnlySpan<Kink> kinks, ReadOnlySpan<Int128> exact, out Point worst)
    {
        worst = default;
        Int128 largest24 = 0;
        Span<int> narrow = stackalloc int[AccountState.PositionsMax];
        for (int shock = 0; shock < Row.Shocks; shock++)
        {
            int count = Narrow(kinks, shock, narrow);
            int from = 0;
            for (int node = 0; node + 1 < Scenarios.Nodes && count > 0; node++)
            {
                if (TryInterval(node, shock, exact, out Interval interval))
                {
                    from = interval.Enter(kinks, narrow[..count], shock, from);
                    interval.Losses(kinks, narrow[..count], ref largest24, ref worst);
                }
            }
        }

        return largest24;
    }

    /// <summary>The largest loss in one interval at one shock, at least what it is raised from.</summary>
    /// <param name="kinks">Kinks, ascending by place.</param>
    /// <param name="node">The lower node.</param>
    /// <param name="shock">The shock.</param>
    /// <param name="lower24">E at the lower node.</param>
    /// <param name="upper24">E at the upper node.</param>
    /// <param name="largest24">What to raise.</param>
    internal static Int128 Raise(ReadOnlySpan<Kink> kinks, int node, int shock, Int128 lower24, Int128 upper24, Int128 largest24)
    {
        Span<int> narrow = stackalloc int[AccountState.PositionsMax];
        int count = Narrow(kinks, shock, narrow);
        if (count > 0)
        {
            Point worst = default;
            var interval = new Interval(node, lower24, upper24);
            interval.Enter(kinks, narrow[..count], shock, 0);
            interval.Losses(kinks, narrow[..count], ref largest24, ref worst);
        }

        return largest24;
    }

    /// <summary>The loss at one point other than a scenario.</summary>
    /// <param name="kinks">Kinks, ascending by place.</param>
    /// <param name="exact">E of every scenario.</param>
    /// <param name="point">A kink or a node.</param>
    /// <param name="loss24">The loss.</param>
    /// <returns>False when the position has no kink strictly inside an interval at a shock where it is narrow.</returns>
    [SpecRule("MRG-057")]
    internal static bool TryLoss(ReadOnlySpan<Kink> kinks, ReadOnlySpan<Int128> exact, Point point, out Int128 loss24)
    {
        loss24 = Int128.MinValue;
        bool found = false;
        Span<int> narrow = stackalloc int[AccountState.PositionsMax];
        for (int shock = 0; shock < Row.Shocks; shock++)
        {
            int count = Narrow(kinks, shock, narrow);
            if (point.Node is { } only && count == 0 && Scenarios.NodeScenarios[(Row.Shocks * only) + shock] is >= 0 and var scenario)
            {
                loss24 = Rounding.Max(loss24, -exact[scenario]);
                found = true;
            }

            int from = 0;
            for (int node = 0; node + 1 < Scenarios.Nodes && count > 0; node++)
            {
                if (TryInterval(node, shock, exact, out Interval interval))
                {
                    from = interval.Enter(kinks, narrow[..count], shock, from);
                    found |= interval.TryLoss(kinks, narrow[..count], point, ref loss24);
                }
            }
        }

        return found;
    }

    private static int Narrow(ReadOnlySpan<Kink> kinks, int shock, Span<int> narrow)
    {
        int count = 0;
        for (int i = 0; i < kinks.Length; i++)
        {
            if (kinks[i].HumpAt(shock) != Row.Wide)
            {
                narrow[count++] = i;
            }
        }

        return count;
    }

    private static bool TryInterval(int node, int shock, ReadOnlySpan<Int128> exact, out Interval interval)
    {
        int lower = Scenarios.NodeScenarios[(Row.Shocks * node) + shock];
        int upper = Scenarios.NodeScenarios[(Row.Shocks * (node + 1)) + shock];
        interval = lower >= 0 && upper >= 0 ? new Interval(node, exact[lower], exact[upper]) : default;
        return lower >= 0 && upper >= 0;
    }

    /// <summary>One interval of neighbouring nodes at one shock.</summary>
    private struct Interval(int node, Int128 lower24, Int128 upper24)
    {
        private readonly long _a = (long)Scenarios.NodeQuarters[node] << PlaceBits;
        private readonly long _width = (long)(Scenarios.NodeQuarters[node + 1] - Scenarios.NodeQuarters[node]) << PlaceBits;
        private int _first;
        private int _last;
        private Int128 _heightE8;
        private Int128 _humpE8;

        private readonly int Weight => Math.Min(Scenarios.NodeWeights[node], Scenarios.NodeWeights[node + 1]);

        private readonly Int128 LowerLoss => -lower24 + (Scenarios.NodeWeights[node] * _humpE8);

        private readonly Int128 UpperLoss => -upper24 + (Scenarios.NodeWeights[node + 1] * _humpE8);

        /// <summary>Takes in the kinks of the interval and gives the first one that the next interval may need.</summary>
        internal int Enter(ReadOnlySpan<Kink> kinks, ReadOnlySpan<int> narrow, int shock, int from)
        {
            long b = _a + _width;
            while (from < narrow.Length && kinks[narrow[from]].PlaceQ16 < _a)
            {
                from++;
            }

            _first = from;
            Int128 height = 0;
            Int128 hump = 0;
            int i = from;
            for (; i < narrow.Length && kinks[narrow[i]].PlaceQ16 <= b; i++)
            {
                ref readonly Kink kink = ref kinks[narrow[i]];
                hump += kink.SizeE8 < 0 ? Math.BigMul(-kink.SizeE8, kink.HumpAt(shock)) : 0;
                if (kink.PlaceQ16 == _a)
                {
                    _first = i + 1;
                }
                else if (kink.PlaceQ16 < b)
                {
                    height += kink.WeightE16 * (b - kink.PlaceQ16);
                    from = i;
                }
            }

            _last = Math.Max(_first, i);
            while (_last > _first && kinks[narrow[_last - 1]].PlaceQ16 == b)
            {
                _last--;
            }

            _heightE8 = Rounding.DivCeil(height, Scale);
            _humpE8 = Rounding.DivCeil(hump, Rounding.One);
            return from;
        }

        /// <summary>Raises the largest loss by those of this interval.</summary>
        internal readonly void Losses(ReadOnlySpan<Kink> kinks, ReadOnlySpan<int> narrow, ref Int128 largest24, ref Point worst)
        {
            Raise(LowerLoss, Point.OfNode(node), ref largest24, ref worst);
            Raise(UpperLoss, Point.OfNode(node + 1), ref largest24, ref worst);
            Int128 g = 0;
            Int128 weight = 0;
            for (int i = _first; i < _last; i++)
            {
                ref readonly Kink kink = ref kinks[narrow[i]];
                Advance(kinks, narrow, i, ref g, ref weight);
                Raise(KinkLoss(kink.PlaceQ16, g), Point.OfKink(kink.Position), ref largest24, ref worst);
            }
        }

        /// <summary>Raises the loss at a point if it belongs to this interval.</summary>
        internal readonly bool TryLoss(ReadOnlySpan<Kink> kinks, ReadOnlySpan<int> narrow, Point point, ref Int128 loss24)
        {
            if (point.Node == node || point.Node == node + 1)
            {
                loss24 = Rounding.Max(loss24, point.Node == node ? LowerLoss : UpperLoss);
                return true;
            }

            Int128 g = 0;
            Int128 weight = 0;
            for (int i = _first; i < _last; i++)
            {
                ref readonly Kink kink = ref kinks[narrow[i]];
                Advance(kinks, narrow, i, ref g, ref weight);
                if (kink.Position == point.Kink)
                {
                    loss24 = Rounding.Max(loss24, KinkLoss(kink.PlaceQ16, g));
                    return true;
                }
            }

            return false;
        }

        private static void Raise(Int128 loss24, Point point, ref Int128 largest24, ref Point worst)
        {
            if (loss24 > largest24)
            {
                largest24 = loss24;
                worst = point;
            }
        }

        /// <summary>g = Σ W_j·(y − y_j) over the kinks before: grows by all weights so far times the step.</summary>
        private readonly void Advance(ReadOnlySpan<Kink> kinks, ReadOnlySpan<int> narrow, int i, ref Int128 g, ref Int128 weight)
        {
            if (i > _first)
            {
                ref readonly Kink before = ref kinks[narrow[i - 1]];
                weight += before.WeightE16;
                g += weight * (kinks[narrow[i]].PlaceQ16 - before.PlaceQ16);
            }
        }

        private readonly Int128 KinkLoss(long place, Int128 g)
        {
            long run = place - _a;
            Int128 dip = Rounding.DivCeil(_heightE8 * run, _width) - Rounding.DivFloor(g, Scale);
            Int128 line = lower24 + Rounding.DivFloor((upper24 - lower24) * run, _width);
            return -line + (Weight * (dip + _humpE8));
        }
    }
}
