using System.Numerics;

namespace OnchainMargin.Margin;

/// <content>The tables in the short forms that vectors sum.</content>
internal sealed partial class BookUnderlying
{
    private void Shorten(UnderlyingTerms terms)
    {
        long largest = 0;
        long largestLane = 1;
        Span<long> lanes = stackalloc long[TermLane.Count];
        Span<long> exact = stackalloc long[Scenarios.Count];
        foreach (int row in Made(terms))
        {
            FillExact(terms, row, exact);
            ReadOnlySpan<long> line = Line(row);
            long mark = line[Scenarios.Mark];
            for (int s = 0; s < Scenarios.Count; s++)
            {
                largest = Math.Max(largest, Math.Max(Math.Abs(line[s] - mark), Math.Abs(exact[s] - mark)));
            }

            largest = Math.Max(largest, LargestHump(line));

            FillLanes(row, lanes);
            foreach (long lane in lanes)
            {
                largestLane = Math.Max(largestLane, Math.Abs(lane));
            }
        }

        Shift = Math.Max(0, BitsOf(largest) - ShortBits);
        LaneSplit = Math.Max(LaneDivisor.TwosMost, BitsOf(largestLane) / 2);
        LaneBits = Math.Max(LaneSplit, BitsOf(largestLane) - LaneSplit);
        foreach (int row in Made(terms))
        {
            FillExact(terms, row, exact);
            Cut(row, exact);
            Charge(terms, row);
            FillLanes(row, lanes);
            Span<long> target = Lanes.AsSpan(row * TermStride, TermStride);
            for (int i = 0; i < TermLane.Count; i++)
            {
                target[i] = lanes[i] >> LaneSplit;
                target[TermLane.Count + i] = lanes[i] & ((1L << LaneSplit) - 1);
            }
        }
    }

    /// <summary>The rows that are filled: every present one, and the delayed ones of expiries that have two surfaces.</summary>
    private IEnumerable<int> Made(UnderlyingTerms terms)
    {
        for (int number = 0; number < _filled; number++)
        {
            yield return number;
            if (Rows[number].Bucket >= 0 && !Rows[number].Traits.HasFlag(InstrumentTraits.Missing) && terms.HasChoice(Rows[number].Bucket))
            {
                yield return Room + number;
            }
        }
    }

    /// <summary>The largest hump of an option, which is of the undiscounted forward: it may be above every gain.</summary>
    private static long LargestHump(ReadOnlySpan<long> line) => Math.Max(Math.Max(line[Row.Humps], line[Row.Humps + 1]), line[Row.Humps + 2]);

    private static int BitsOf(long value) => 64 - BitOperations.LeadingZeroCount((ulong)value);

    /// <summary>The values of a row less its mark, cut and whole, and the same with narrow options at their intrinsic value.</summary>
    private void Cut(int row, ReadOnlySpan<long> exact)
    {
        ReadOnlySpan<long> line = Line(row);
        Span<int> shorts = Short.AsSpan(row * ShortStride, ShortStride);
        Span<int> times = ShortTime.AsSpan(row * ShortStride, ShortStride);
        long mark = line[Scenarios.Mark];
        ulong same = 0;
        for (int s = 0; s < Scenarios.Count; s++)
        {
            long gain = line[s] - mark;
            long gainExact = exact[s] - mark;
            Columns[(s * Height) + row] = gain;
            ExactColumns[(s * Height) + row] = gainExact;
            shorts[s] = (int)(gain >> Shift);
            times[s] = shorts[s] - (int)(gainExact >> Shift);
            same |= gain == gainExact ? 1UL << s : 0;
        }

        Rows[row].Same = same;
    }

    private void FillLanes(int row, Span<long> lanes)
    {
        lanes.Clear();
        ref readonly InstrumentTerms term = ref Rows[row];
        ReadOnlySpan<long> line = Line(row);
        bool isOption = term.Traits.HasFlag(InstrumentTraits.Option);
        lanes[TermLane.Rise] = line[Scenarios.Upper] - line[Scenarios.Lower];
        lanes[TermLane.Mark] = term.Mark;
        lanes[TermLane.FloorLong] = isOption ? Math.Min(term.Mark, line[Row.Intrinsic]) : term.Mark;
        lanes[TermLane.FloorShort] = isOption ? Math.Max(term.Mark, line[Row.Intrinsic]) : term.Mark;
        if (isOption)
        {
            lanes[TermLane.Options] = term.Mark;
            lanes[TermLane.Short] = term.Traits.HasFlag(InstrumentTraits.Live) ? 1 : 0;
            if (term.Traits.HasFlag(InstrumentTraits.Vega))
            {
                lanes[term.Traits.HasFlag(InstrumentTraits.Below) ? TermLane.Below : TermLane.Above] = line[Scenarios.VolatilityUp] - line[Scenarios.VolatilityDown];
            }
        }
    }

    /// <summary>The values with intrinsic ones where the option is narrow: the E of MRG-032.</summary>
    private void FillExact(UnderlyingTerms terms, int row, Span<long> exact)
    {
        ReadOnlySpan<long> line = Line(row);
        line[..Scenarios.Count].CopyTo(exact);
        if (!Rows[row].Traits.HasFlag(InstrumentTraits.Narrow))
        {
            return;
        }

        ExpiryTerms expiry = terms.Expiry(Rows[row].Bucket, row >= Room);
        bool isPut = _instruments[row % Room].Kind == InstrumentKind.Put;
        for (int s = 0; s < Scenarios.Count; s++)
        {
            if (line[Row.Humps + Scenarios.ScenarioShocks[s]] != Row.Wide)
            {
                long gain = expiry.A[Scenarios.ScenarioNodes[s]] - line[Row.DiscountedStrike];
                exact[s] = Math.Max(isPut ? -gain : gain, 0);
            }
        }
    }

    /// <summary>The hump of an option, and the height of its hat over the line between its nodes.</summary>
    private void Charge(UnderlyingTerms terms, int row)
    {
        ref InstrumentTerms term = ref Rows[row];
        if (term.Interval == InstrumentTerms.Nowhere || !term.Traits.HasFlag(InstrumentTraits.Narrow))
        {
            return;
        }

        ReadOnlySpan<long> line = Line(row);
        long a = (long)Scenarios.NodeQuarters[term.Interval] << PlaceBits;
        long b = (long)Scenarios.NodeQuarters[term.Interval + 1] << PlaceBits;
        long place = line[Row.Kink];
        long slope = terms.Expiry(term.Bucket, row >= Room).SlopeE8;
        long dip = (long)Rounding.DivCeil(slope * Math.BigMul(b - place, place - a), (b - a) << PlaceBits);
        term.Place = (int)(((place - a) << PlaceBits) / (b - a));
        term.Dip = (dip >> Shift) + 1;
        term.Hump = (LargestHump(line) >> Shift) + 1;
    }
}
