using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <content>What is not scenarios: marks, floors, add-ons. One underlying of all accounts of a chunk at a time.</content>
internal sealed partial class BookWorker
{
    private const int LaneBits = 62;
    private const int FloorTwos = 16;
    private const int FloorDigit = 24;
    private const ulong FloorScale = (ulong)Rounding.One * (ulong)Rounding.One;

    private static readonly Reciprocal FloorOdd = new((long)(FloorScale >> FloorTwos));

    private readonly int[] _buckets = new int[BookChunk.PositionsMax];
    private readonly int[] _bucketOf = new int[BookChunk.PositionsMax];
    private readonly int[] _bucketEnd = new int[BookChunk.AccountsMax];
    private readonly long[] _lanes = new long[BookChunk.AccountsMax * BookUnderlying.TermStride];
    private readonly int[] _chosen = new int[BookChunk.PositionsMax];

    /// <summary>The row of each position: its number, or the delayed one where that is chosen.</summary>
    private void ChooseRows(BookBlock block, int first, int count, SurfaceChoice choice)
    {
        (_rows, _rowsFrom) = (block.Numbers, 0);
        if (choice == SurfaceChoice.Present || block.Underlyings.Length == 0)
        {
            return;
        }

        (_rows, _rowsFrom) = (_chosen, block.PartOf(first, 0).First);
        for (int account = first; account < first + count; account++)
        {
            for (int part = 0; part < block.Underlyings.Length; part++)
            {
                BookUnderlying u = block.Underlyings[part];
                (int from, int length) = block.PartOf(account, part);
                for (int i = from; i < from + length;)
                {
                    int bucket = u.Rows[block.Numbers[i]].Bucket;
                    int delayed = bucket >= 0 && u.Charges.Expiries[bucket].HasChoice ? Delayed(block, u, i, from + length, bucket, choice) : 0;
                    for (; i < from + length && u.Rows[block.Numbers[i]].Bucket == bucket; i++)
                    {
                        _chosen[i - _rowsFrom] = block.Numbers[i] + delayed;
                    }
                }
            }
        }
    }

    private static int Delayed(BookBlock block, BookUnderlying u, int from, int end, int bucket, SurfaceChoice choice)
    {
        InstrumentTerms[] terms = u.Rows;
        var difference = new WideSum(0, 0);
        for (int i = from; i < end && terms[block.Numbers[i]].Bucket == bucket; i++)
        {
            difference += WideSum.Product(block.Sizes[i], terms[u.Room + block.Numbers[i]].Mark - terms[block.Numbers[i]].Mark);
        }

        return difference.IsZero ? 0 : choice == SurfaceChoice.Better == difference.High >= 0 ? u.Room : 0;
    }

    private ReadOnlySpan<int> RowsOf(BookPart part, int account) => _rows.AsSpan(part.First[account] - _rowsFrom, part.Count[account]);

    /// <summary>All positions of an underlying, then all its buckets, then what follows for each account.</summary>
    private void Walk(BookBlock block, BookPart part, int index, int first, int count)
    {
        BookUnderlying u = part.Underlying;
        int buckets = 0;
        part.NarrowStart[0] = 0;
        for (int account = 0; account < count; account++)
        {
            (part.First[account], part.Count[account]) = block.PartOf(first + account, index);
            ReadOnlySpan<int> rows = RowsOf(part, account);
            ReadOnlySpan<long> sizes = block.Sizes.AsSpan(part.First[account], rows.Length);
            buckets = Walk(u, part, account, rows, sizes, buckets);
            _sums.Sum(u, rows, sizes, _bucketOf.AsSpan(0, rows.Length), _chunk, _lanes.AsSpan(account * BookUnderlying.TermStride, BookUnderlying.TermStride));
            _bucketEnd[account] = buckets;
        }

        BookCharges charges = u.Charges;
        for (int i = 0; i < buckets; i++)
        {
            ref readonly BookExpiry expiry = ref charges.Buckets[_buckets[i] - InstrumentTerms.SpotBucket];
            (_chunk.Basis[i], _chunk.Tau[i], _chunk.StaleRate[i]) = (expiry.BasisE8, expiry.Tau, expiry.StaleE8);
        }

        _sums.Charge(u, _chunk, buckets);
        int from = 0;
        for (int account = 0; account < count; account++)
        {
            Finish(u, part, account, from, _bucketEnd[account]);
            from = _bucketEnd[account];
        }
    }

    /// <summary>One walk over the positions of an account: buckets, and what is narrow. Without a branch on what a position is.</summary>
    /// <returns>The number of buckets with those of this account.</returns>
    private int Walk(BookUnderlying u, BookPart part, int account, ReadOnlySpan<int> rows, ReadOnlySpan<long> sizes, int buckets)
    {
        ref InstrumentTerms terms = ref MemoryMarshal.GetArrayDataReference(u.Rows);
        ref int row = ref MemoryMarshal.GetReference(rows);
        ref long size = ref MemoryMarshal.GetReference(sizes);
        ref int bucketOf = ref MemoryMarshal.GetArrayDataReference(_bucketOf);
        ref int bucketAt = ref MemoryMarshal.GetArrayDataReference(_buckets);
        ref int narrowAt = ref MemoryMarshal.GetArrayDataReference(part.Narrow);
        ulong magnitudes = 0;
        int any = 0;
        int narrow = part.NarrowStart[account];
        int before = InstrumentTerms.SpotBucket - 1;
        int bucket = buckets - 1;

        // Why no bounds tests: rows are those of the table, as many as sizes, and a chunk has no more positions than these arrays have places.
        unchecked
        {
            for (int i = 0; i < rows.Length; i++)
            {
                ref InstrumentTerms term = ref Unsafe.Add(ref terms, Unsafe.Add(ref row, i));
                long held = Unsafe.Add(ref size, i);
                magnitudes |= (ulong)(held ^ (held >> 63));
                int traits = (int)term.Traits;
                any |= traits;
                Unsafe.Add(ref narrowAt, narrow) = i;
                narrow += (traits / (int)InstrumentTraits.Narrow) & 1;
                bucket += term.Bucket != before ? 1 : 0;
                before = term.Bucket;
                Unsafe.Add(ref bucketOf, i) = bucket;
                Unsafe.Add(ref bucketAt, bucket) = before;
            }
        }

        part.NarrowStart[account + 1] = narrow;
        part.Magnitudes[account] = magnitudes;
        part.Any[account] = (InstrumentTraits)any;
        int bits = 64 - BitOperations.LeadingZeroCount(magnitudes) + (32 - BitOperations.LeadingZeroCount((uint)rows.Length));
        ref BookTotals totals = ref _chunk.Totals[account];
        totals.IsMisfit |= (any & (int)InstrumentTraits.Missing) != 0 || bits + u.LaneBits > LaneBits || u.Charges.FloorLinearE16 == long.MaxValue;
        AddFloor(ref terms, rows, ref size, ref totals);
        return bucket + 1;
    }

    /// <summary>Σ ⌈|size|·floor/10¹⁶⌉: the twos of the divisor by a shift, the rest by two digits, the lower of 24 bits.</summary>
    private static void AddFloor(ref InstrumentTerms terms, ReadOnlySpan<int> rows, ref long sizes, ref BookTotals totals)
    {
        ref int row = ref MemoryMarshal.GetReference(rows);
        Reciprocal odd = FloorOdd;
        ulong excess = 0;
        long floor = 0;

        // Why unchecked: |size| ≤ 2⁵⁸; products of 2¹⁰² and terms of 2⁵⁴ or more are noted.
        unchecked
        {
            for (int i = 0; i < rows.Length; i++)
            {
                long size = Unsafe.Add(ref sizes, i);
                long sign = size >> 63;
                ulong rate = (ulong)Unsafe.Add(ref Unsafe.Add(ref terms, Unsafe.Add(ref row, i)).FloorLongE16, (int)(size >>> 63));
                ulong magnitude = (ulong)((size ^ sign) - sign);
                ulong product = magnitude * rate;
                ulong low = product + (FloorScale - 1);
                ulong high = WideSum.UpperWord(magnitude, rate) + (low < product ? 1UL : 0);
                excess |= high >> (FloorTwos + FloorDigit - 2);
                long upper = (long)((high << (64 - FloorTwos - FloorDigit)) | (low >> (FloorTwos + FloorDigit)));
                long first = WideSum.Divide(upper, odd);
                long rest = ((upper - (first * odd.Divisor)) << FloorDigit) | (long)((low >> FloorTwos) & ((1UL << FloorDigit) - 1));
                floor += (first << FloorDigit) + WideSum.Divide(rest, odd);
            }

            totals.FloorE8 += floor;
            totals.Large |= floor;
            totals.IsMisfit |= excess != 0;
        }
    }

    /// <summary>What follows from the buckets of an account.</summary>
    private void Finish(BookUnderlying u, BookPart part, int account, int from, int end)
    {
        // Why unchecked: terms of 2⁵⁴ or more are noted and the account is computed in wider numbers; fewer than 2⁸ of smaller ones fit a word.
        unchecked
        {
            ref BookTotals totals = ref _chunk.Totals[account];
            long excess = 0;
            long delta = 0;
            long gross = 0;
            long basis = 0;
            long vega = 0;
            long stale = 0;
            long years = 0;
            for (int i = from; i < end; i++)
            {
                excess |= _chunk.Excess[i];
                delta += _chunk.Delta[i];
                gross += _chunk.Gross[i];
                basis += _chunk.BasisCharge[i];
                vega += _chunk.Vega[i];
                stale += _chunk.Stale[i];
                years += _chunk.Years[i];
            }

            totals.IsMisfit |= excess != 0;
            totals.Large |= gross | vega | years;
            totals.AddOnsE8 += vega;
            totals.StaleE8 += u.Charges.IsStale ? stale : 0;
            u.Charges.Add(delta, gross, basis, years, ref totals);
            ReadOnlySpan<long> lanes = _lanes.AsSpan(account * BookUnderlying.TermStride, BookUnderlying.TermStride);
            totals.MarksE16 += Lane(lanes, TermLane.Mark, u.LaneSplit);
            totals.FloorMarksE16 += Lane(lanes, TermLane.FloorLong, u.LaneSplit) + Lane(lanes, TermLane.FloorShort, u.LaneSplit);
            long shorts = -(long)Lane(lanes, TermLane.Short, u.LaneSplit).Low;
            long notional = WideSum.Product(u.Terms!.Record.SpotE8, shorts).CeilOne();
            part.ShortMinimumE8[account] = WideSum.Product(u.Charges.ShortMinimumE8, notional).CeilOne();
            totals.Large |= notional | part.ShortMinimumE8[account];
        }
    }

    private static WideSum Lane(ReadOnlySpan<long> lanes, int lane, int split) => WideSum.Of(lanes[lane], lanes[TermLane.Count + lane], split);
}
