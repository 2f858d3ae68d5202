using System.Numerics;

namespace OnchainMargin.Margin;

/// <content>What is not scenarios: marks, floors, add-ons.</content>
internal sealed partial class BookWorker
{
    private const int SumBits = 57;
    private const int LaneBits = 62;
    private const long FloorScale = Rounding.One * Rounding.One;

    /// <summary>One walk over the positions of an underlying: exact sums of everything but the scenarios, and short sizes for those.</summary>
    /// <returns>False when something is missing at the checkpoint, or a sum may not fit.</returns>
    private bool TryPart(BookBlock block, BookPart part, SurfaceChoice choice, ref BookTotals totals)
    {
        BookUnderlying u = part.Underlying;
        InstrumentTerms[] terms = u.Rows;
        ReadOnlySpan<int> numbers = block.Numbers.AsSpan(part.First, part.Count);
        ReadOnlySpan<long> sizes = block.Sizes.AsSpan(part.First, part.Count);
        var charges = new PartCharges(u);
        int from = part.First - _base;
        ulong magnitudes = 0;
        long shortSizes = 0;
        InstrumentTraits any = InstrumentTraits.None;

        // Why unchecked: |size| ≤ 2⁵⁸; terms that are too large are noted, sums of lanes hold by the bound below.
        unchecked
        {
            for (int i = 0; i < numbers.Length;)
            {
                int bucket = terms[numbers[i]].Bucket;
                int begin = i;
                int delayed = bucket >= 0 && choice != SurfaceChoice.Present && u.Charges.Expiries[bucket].HasChoice ? Delayed(u, numbers[i..], sizes[i..], bucket, choice) : 0;
                for (; i < numbers.Length && terms[numbers[i]].Bucket == bucket; i++)
                {
                    int row = numbers[i] + delayed;
                    long size = sizes[i];
                    ref readonly InstrumentTerms term = ref terms[row];
                    _rows[from + i] = row;
                    _lines[from + i] = ((2 * row) + (size < 0 ? 1 : 0)) * BookUnderlying.TermStride;
                    magnitudes |= (ulong)(size ^ (size >> 63));
                    any |= term.Traits;
                    if ((term.Traits & InstrumentTraits.Spot) == InstrumentTraits.None)
                    {
                        long floor = size > 0 && (term.Traits & InstrumentTraits.Option) != InstrumentTraits.None
                            ? WideSum.Product(size, term.FloorLong).CeilOne()
                            : WideSum.Product(Math.Abs(size), u.Charges.FloorLinearE16).Ceil(FloorScale);
                        totals.Large |= floor;
                        totals.FloorE8 += floor;
                    }

                }

                _sums.Sum(u.Lanes, _lines.AsSpan(from + begin, i - begin), sizes[begin..i], _run);
                charges.Add(bucket, Lane(TermLane.Rise, u.LaneSplit), Lane(TermLane.Options, u.LaneSplit), Lane(TermLane.Below, u.LaneSplit), Lane(TermLane.Above, u.LaneSplit), ref totals);
                totals.MarksE16 += Lane(TermLane.Mark, u.LaneSplit);
                totals.FloorMarksE16 += Lane(TermLane.FloorMark, u.LaneSplit);
                shortSizes -= _run[TermLane.Count + TermLane.Short];
            }
        }

        int bits = 64 - BitOperations.LeadingZeroCount(magnitudes) + (32 - BitOperations.LeadingZeroCount((uint)numbers.Length));
        if ((any & InstrumentTraits.Missing) != InstrumentTraits.None || bits + u.LaneBits > LaneBits || u.Charges.FloorLinearE16 == long.MaxValue)
        {
            return false;
        }

        charges.Finish(ref totals);
        part.ShortMinimumE8 = shortSizes == 0 ? 0 : ShortMinimum(u, shortSizes, ref totals);
        part.IsNarrow = (any & InstrumentTraits.Narrow) != InstrumentTraits.None;
        part.HasOptions = (any & InstrumentTraits.Option) != InstrumentTraits.None;
        Weigh(part, sizes, from, magnitudes);
        return true;
    }

    private WideSum Lane(int lane, int split) => WideSum.Of(_run[lane], _run[TermLane.Count + lane], split);

    private static int Delayed(BookUnderlying u, ReadOnlySpan<int> numbers, ReadOnlySpan<long> sizes, int bucket, SurfaceChoice choice)
    {
        InstrumentTerms[] terms = u.Rows;
        var difference = new WideSum(0, 0);
        for (int i = 0; i < numbers.Length && terms[numbers[i]].Bucket == bucket; i++)
        {
            difference += WideSum.Product(sizes[i], terms[u.Room + numbers[i]].Mark - terms[numbers[i]].Mark);
        }

        return difference.IsZero ? 0 : choice == SurfaceChoice.Better == difference.High >= 0 ? u.Room : 0;
    }

    private static long ShortMinimum(BookUnderlying u, long shortSizes, ref BookTotals totals)
    {
        long notional = WideSum.Product(u.Terms!.Record.SpotE8, shortSizes).CeilOne();
        long minimum = WideSum.Product(u.Charges.ShortMinimumE8, notional).CeilOne();
        totals.Large |= notional | minimum;
        return minimum;
    }

    /// <summary>Short sums of the scenarios: sizes cut to so many bits that the weighted sum of all of them fits a word.</summary>
    private void Weigh(BookPart part, ReadOnlySpan<long> sizes, int from, ulong magnitudes)
    {
        int bits = SumBits - BookUnderlying.ShortBits - (32 - BitOperations.LeadingZeroCount((uint)sizes.Length));
        int cut = Math.Max(0, 64 - BitOperations.LeadingZeroCount(magnitudes) - bits);
        long sum = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            long z = sizes[i] >> cut;
            _short[from + i] = z;
            sum = unchecked(sum + (z ^ (z >> 63)) + 1);
        }

        // size·value/2^(cut + shift) = (z + f)·(a + e) with f, e in [0, 1): off by at most |z| + |a| + 1 a position, with |a| ≤ 2²⁸.
        BookUnderlying u = part.Underlying;
        part.Shift = cut + u.Shift;
        part.Slack = part.Shift == 0 ? 0 : ScenarioWeight * (sum + (sizes.Length * ((1L << BookUnderlying.ShortBits) + 1)));
        ReadOnlySpan<int> rows = _rows.AsSpan(from, sizes.Length);
        ReadOnlySpan<long> shorts = _short.AsSpan(from, sizes.Length);
        part.Least = _sums.Weigh(u.Short, rows, shorts, part.Weighted);
        part.LeastExact = part.IsNarrow ? _sums.Weigh(u.ShortExact, rows, shorts, part.Exact) : part.Least;
    }
}
