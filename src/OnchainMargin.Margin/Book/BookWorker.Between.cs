namespace OnchainMargin.Margin;

/// <content>Losses between nodes: a bound says which intervals can hold the largest, those are swept.</content>
internal sealed partial class BookWorker
{
    private const int ScenarioWeight = 24;

    /// <summary>Roundings of the line, the dip and the hump of an interval, money E8, with room to spare (MRG-032).</summary>
    private const long Roundings = 16;

    private readonly long[] _intervals = new long[Scenarios.Nodes];
    private readonly Kink[] _kinks = new Kink[AccountState.PositionsMax];

    /// <summary>Raises the largest loss at scenarios and nodes by those inside intervals.</summary>
    /// <param name="block">The block.</param>
    /// <param name="first">The first of the parts that count together.</param>
    /// <param name="end">The one after the last.</param>
    /// <param name="exact">Their short sums of E.</param>
    /// <param name="slack">How far those can be off.</param>
    /// <param name="shift">Their unit.</param>
    /// <param name="loss24">The largest loss at scenarios and nodes.</param>
    private long Between(BookBlock block, int first, int end, long[] exact, long slack, int shift, long loss24)
    {
        unchecked
        {
            _intervals.AsSpan().Clear();
            for (int i = first; i < end; i++)
            {
                if (_parts[i].IsNarrow)
                {
                    Charge(_parts[i], shift - _parts[i].Shift);
                }
            }

            int kinks = -1;
            long largest24 = loss24;
            long limit = Limit(largest24, shift);
            ReadOnlySpan<int> scenarios = Scenarios.NodeScenarios;
            for (int node = 0; node + 1 < Scenarios.Nodes; node++)
            {
                if (_intervals[node] == 0)
                {
                    continue;
                }

                long most = (ScenarioWeight * (_intervals[node] + ((Roundings * Rounding.One) >> shift) + 1)) + slack;
                for (int shock = 0; shock < Row.Shocks; shock++)
                {
                    int lower = scenarios[(Row.Shocks * node) + shock];
                    int upper = scenarios[(Row.Shocks * (node + 1)) + shock];
                    if (lower >= 0 && upper >= 0 && most - Math.Min(exact[lower], exact[upper]) > limit)
                    {
                        kinks = kinks < 0 ? Kinks(block, first, end) : kinks;
                        largest24 = (long)OnchainMargin.Margin.Between.Raise(
                            _kinks.AsSpan(0, kinks), node, shock, SumOf(block, first, end, lower, isExact: true), SumOf(block, first, end, upper, isExact: true), largest24);
                        limit = Limit(largest24, shift);
                        Swept++;
                    }
                }
            }

            return largest24;
        }
    }

    /// <summary>A loss in the unit of short sums, rounded down.</summary>
    private static long Limit(long loss24, int shift)
    {
        unchecked
        {
            var limit = WideSum.Product(loss24, Rounding.One);
            return shift == 0 ? (long)limit.Low : (limit.High << (64 - shift)) | (long)(limit.Low >> shift);
        }
    }

    /// <summary>Adds to the intervals of the price axis what the narrow options of an underlying can lose below the line between nodes: dips of long ones, humps of short ones, rounded up.</summary>
    private void Charge(BookPart part, int shift)
    {
        // Why unchecked: short sizes and short values, as in the sums of the scenarios.
        unchecked
        {
            InstrumentTerms[] terms = part.Underlying.Rows;
            int from = part.First - _base;
            for (int i = from; i < from + part.Count; i++)
            {
                ref readonly InstrumentTerms term = ref terms[_rows[i]];
                if ((term.Traits & InstrumentTraits.Narrow) == InstrumentTraits.None || term.Interval == InstrumentTerms.Nowhere)
                {
                    continue;
                }

                // At least one, so that an interval with a kink of no charge is still looked at.
                long size = _short[i];
                long charge = ((((size ^ (size >> 63)) + 1) * (size >= 0 ? term.Dip : term.Hump)) >> shift) + 1;
                _intervals[term.Interval] += charge;
                if ((term.Traits & InstrumentTraits.OnNode) != InstrumentTraits.None && term.Interval > 0)
                {
                    _intervals[term.Interval - 1] += charge;
                }
            }
        }
    }

    /// <summary>The kinks of some underlyings, ascending.</summary>
    private int Kinks(BookBlock block, int first, int end)
    {
        int count = 0;
        for (int p = first; p < end; p++)
        {
            BookPart part = _parts[p];
            BookUnderlying u = part.Underlying;
            for (int i = 0; part.IsNarrow && i < part.Count; i++)
            {
                int row = _rows[part.First - _base + i];
                if ((u.Rows[row].Traits & InstrumentTraits.Narrow) != InstrumentTraits.None)
                {
                    ReadOnlySpan<long> line = u.Values.AsSpan(row * Row.Stride, Row.Stride);
                    long size = block.Sizes[part.First + i];
                    long slope = u.Terms!.Expiry(u.Rows[row].Bucket, row >= u.Room).SlopeE8;
                    _kinks[count++] = new Kink(line[Row.Kink], Math.BigMul(size, slope), size, i, line[Row.Humps], line[Row.Humps + 1], line[Row.Humps + 2]);
                }
            }
        }

        UnderlyingSums.Sort(_kinks.AsSpan(0, count));
        return count;
    }
}
