using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OnchainMargin.Margin;

/// <content>Losses between nodes: a bound says which intervals can hold the largest, those are swept.</content>
internal sealed partial class BookWorker
{
    /// <summary>Roundings of the line, the dip and the hump of an interval, money E8, with room to spare (MRG-032).</summary>
    private const long Roundings = 16;

    /// <summary>Of each interval the first scenario at its lower and at its upper node that both have a shock of, and one bit for each such shock: the next shocks are the next scenarios.</summary>
    private static readonly (int Lower, int Upper, uint Shocks)[] Ends = [.. Enumerable.Range(0, Scenarios.Nodes - 1).Select(EndsOf)];

    private readonly BookInterval[] _intervals = new BookInterval[Scenarios.Nodes];
    private readonly Kink[] _kinks = new Kink[AccountState.PositionsMax];

    /// <summary>Raises the largest loss at scenarios and nodes by those inside intervals.</summary>
    /// <param name="block">The block.</param>
    /// <param name="account">The account.</param>
    /// <param name="first">The first of the parts that count together.</param>
    /// <param name="end">The one after the last.</param>
    /// <param name="exact">Their short sums of E.</param>
    /// <param name="slack">How far those can be off.</param>
    /// <param name="shift">Their unit.</param>
    /// <param name="loss24">The largest loss at scenarios and nodes.</param>
    private long Between(BookBlock block, int account, int first, int end, long[] exact, long slack, int shift, long loss24)
    {
        unchecked
        {
            uint intervals = 0;
            for (int i = first; i < end; i++)
            {
                intervals |= Charge(block, _parts[i], account, shift - _parts[i].Shift, intervals);
            }

            int kinks = -1;
            long largest24 = loss24;
            long limit = Limit(largest24, shift);
            long roundings = ((Roundings * Rounding.One) >> shift) + 1;
            ref long e = ref MemoryMarshal.GetArrayDataReference(exact);
            for (; intervals != 0; intervals &= intervals - 1)
            {
                int node = BitOperations.TrailingZeroCount(intervals);
                (int lower, int upper, uint shocks) = Ends[node];
                shocks &= _intervals[node].Above(Vector256.LoadUnsafe(ref e, (nuint)lower), Vector256.LoadUnsafe(ref e, (nuint)upper), roundings, limit - slack);
                for (; shocks != 0; shocks &= shocks - 1)
                {
                    int shock = BitOperations.TrailingZeroCount(shocks);
                    kinks = kinks < 0 ? Kinks(block, account, first, end) : kinks;
                    Int128 raised24 = OnchainMargin.Margin.Between.Raise(
                        _kinks.AsSpan(0, kinks),
                        node,
                        Scenarios.ScenarioShocks[lower + shock],
                        SumOf(block, account, first, end, lower + shock, isExact: true),
                        SumOf(block, account, first, end, upper + shock, isExact: true),
                        largest24);

                    // What fits no word fits no term either, and goes to the engine of one account.
                    largest24 = raised24 > long.MaxValue ? long.MaxValue : (long)raised24;
                    limit = Limit(largest24, shift);
                    Swept++;
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
    /// <returns>The intervals that have something, one bit each.</returns>
    private uint Charge(BookBlock block, BookPart part, int account, int shift, uint known)
    {
        // Why unchecked: short sizes and short values, as in the sums of the scenarios.
        unchecked
        {
            InstrumentTerms[] terms = part.Underlying.Rows;
            ReadOnlySpan<int> rows = RowsOf(part, account);
            ReadOnlySpan<long> sizes = block.Sizes.AsSpan(part.First[account], rows.Length);
            foreach (int i in part.NarrowOf(account))
            {
                ref readonly InstrumentTerms term = ref terms[rows[i]];
                if (term.Interval == InstrumentTerms.Nowhere)
                {
                    continue;
                }

                // At least one, so that an interval with a kink of no charge is still looked at.
                long size = sizes[i] >> part.Cut;
                long charge = ((((size ^ (size >> 63)) + 1) * (size >= 0 ? term.Dip : term.Hump)) >> shift) + 1;
                _intervals[term.Interval].Add((known & (1U << term.Interval)) == 0, size >= 0 ? charge : 0, size >= 0 ? 0 : charge, term.Place);
                known |= 1U << term.Interval;
                if ((term.Traits & InstrumentTraits.OnNode) != InstrumentTraits.None && term.Interval > 0)
                {
                    _intervals[term.Interval - 1].Add((known & (1U << (term.Interval - 1))) == 0, 0, size >= 0 ? 0 : charge, 1 << BookUnderlying.PlaceBits);
                    known |= 1U << (term.Interval - 1);
                }
            }

            return known;
        }
    }

    private static (int Lower, int Upper, uint Shocks) EndsOf(int node)
    {
        uint shocks = 0;
        (int first, int last) = (-1, -1);
        for (int shock = Row.Shocks - 1; shock >= 0; shock--)
        {
            int lower = Scenarios.NodeScenarios[(Row.Shocks * node) + shock];
            int upper = Scenarios.NodeScenarios[(Row.Shocks * (node + 1)) + shock];
            if (lower >= 0 && upper >= 0)
            {
                (first, last, shocks) = (lower, upper, (shocks << 1) | 1);
            }
        }

        return (first, last, shocks);
    }

    /// <summary>The kinks of some underlyings, ascending.</summary>
    private int Kinks(BookBlock block, int account, int first, int end)
    {
        int count = 0;
        for (int p = first; p < end; p++)
        {
            BookPart part = _parts[p];
            BookUnderlying u = part.Underlying;
            ReadOnlySpan<int> rows = RowsOf(part, account);
            foreach (int i in part.NarrowOf(account))
            {
                ReadOnlySpan<long> line = u.Values.AsSpan(rows[i] * Row.Stride, Row.Stride);
                long size = block.Sizes[part.First[account] + i];
                long slope = u.Terms!.Expiry(u.Rows[rows[i]].Bucket, rows[i] >= u.Room).SlopeE8;
                _kinks[count++] = new Kink(line[Row.Kink], Math.BigMul(size, slope), size, i, line[Row.Humps], line[Row.Humps + 1], line[Row.Humps + 2]);
            }
        }

        UnderlyingSums.Sort(_kinks.AsSpan(0, count));
        return count;
    }
}
