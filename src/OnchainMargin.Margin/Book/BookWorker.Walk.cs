using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <content>What is not scenarios: marks, floors, add-ons. One underlying of all accounts of a chunk at a time.</content>
internal sealed partial class BookWorker
{
    private const int LaneBits = 62;

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
    /// <param name="block">The block.</param>
    /// <param name="part">Where what is found goes.</param>
    /// <param name="index">The underlying's place in the block.</param>
    /// <param name="first">The first account.</param>
    /// <param name="count">How many.</param>
    /// <param name="isKept">Whether the shares of the accounts are those of the last pass.</param>
    private void Walk(BookBlock block, BookPart part, int index, int first, int count, bool isKept)
    {
        BookUnderlying u = part.Underlying;
        part.NarrowStart[0] = 0;
        for (int account = 0; account < count; account++)
        {
            (part.First[account], part.Count[account]) = block.PartOf(first + account, index);
            Walk(u, part, account, RowsOf(part, account), block.Sizes.AsSpan(part.First[account], part.Count[account]));
        }

        if (!isKept)
        {
            _sums.Floor(_chunk, _chunk.PositionStart[count]);
            _sums.Sum(u, _chunk, _chunk.PositionStart[count]);
            _sums.Charge(u, _chunk, _chunk.BucketStart[count]);
            _sums.Total(_chunk, count);
        }

        for (int account = 0; account < count; account++)
        {
            ref BookShare share = ref block.ShareOf(first + account, index, ref part.Shares[account]);
            if (!isKept)
            {
                Finish(u, part, account, out share);
            }

            part.ShortMinimumE8[account] = share.ShortMinimumE8;
            _chunk.Totals[account].Add(share);
        }
    }

    /// <summary>One walk over the positions of an account: what each is summed and charged by, its bucket, and what is narrow. Without a branch on what a position is.</summary>
    private void Walk(BookUnderlying u, BookPart part, int account, ReadOnlySpan<int> rows, ReadOnlySpan<long> sizes)
    {
        int from = _chunk.PositionStart[account];
        ref InstrumentTerms terms = ref MemoryMarshal.GetArrayDataReference(u.Rows);
        ref BookExpiry expiries = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(u.Charges.Buckets), -InstrumentTerms.SpotBucket);
        ref int row = ref MemoryMarshal.GetReference(rows);
        ref long size = ref MemoryMarshal.GetReference(sizes);
        ref long positions = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_chunk.Positions), from);
        ref BookExpiry expiryAt = ref MemoryMarshal.GetArrayDataReference(_chunk.Expiries);
        ref int narrowAt = ref MemoryMarshal.GetArrayDataReference(part.Narrow);
        ulong magnitudes = 0;
        uint any = 0;
        int narrow = part.NarrowStart[account];
        int before = InstrumentTerms.SpotBucket - 1;
        int bucket = _chunk.BucketStart[account] - 1;

        // Why no bounds tests: rows are those of the table, as many as sizes, buckets those of the record, and a chunk has no more positions than these arrays have places.
        unchecked
        {
            for (nint i = 0; i < rows.Length; i++)
            {
                int number = Unsafe.Add(ref row, i);
                ref InstrumentTerms term = ref Unsafe.Add(ref terms, number);
                long held = Unsafe.Add(ref size, i);
                Unsafe.Add(ref positions, i) = held;
                Unsafe.Add(ref positions, BookChunk.Rates + i) = Unsafe.Add(ref term.FloorLongE16, (nint)(held >>> 63));
                magnitudes |= (ulong)(held ^ (held >> 63));
                uint traits = (uint)term.Traits;
                any |= traits;
                Unsafe.Add(ref narrowAt, narrow) = (int)i;
                narrow += (int)((traits / (uint)InstrumentTraits.Narrow) & 1);
                bucket += term.Bucket != before ? 1 : 0;
                before = term.Bucket;
                Unsafe.Add(ref positions, BookChunk.Keys + i) = ((long)bucket << 32) | (uint)number;
                Unsafe.Add(ref expiryAt, bucket) = Unsafe.Add(ref expiries, before);
            }
        }

        _chunk.PositionStart[account + 1] = from + rows.Length;
        _chunk.BucketStart[account + 1] = bucket + 1;
        part.NarrowStart[account + 1] = narrow;
        part.Magnitudes[account] = magnitudes;
        part.Any[account] = (InstrumentTraits)any;
        int bits = 64 - BitOperations.LeadingZeroCount(magnitudes) + (32 - BitOperations.LeadingZeroCount((uint)rows.Length));
        part.IsMisfit[account] = (any & (uint)InstrumentTraits.Missing) != 0 || bits + u.LaneBits > LaneBits || u.Charges.FloorLinearE16 == long.MaxValue;
    }

    /// <summary>What follows from the sums of an account.</summary>
    private void Finish(BookUnderlying u, BookPart part, int account, out BookShare share)
    {
        // Why unchecked: terms of 2⁵⁴ or more are noted and the account is computed in wider numbers; fewer than 2⁸ of smaller ones fit a word.
        unchecked
        {
            ref long charges = ref MemoryMarshal.GetReference(_chunk.AccountCharges.AsSpan(account * ChargeLane.Count, ChargeLane.Count));
            long gross = Unsafe.Add(ref charges, ChargeLane.Gross);
            long years = Unsafe.Add(ref charges, ChargeLane.Years);
            long floor = 0;
            foreach (long each in _chunk.Positions.AsSpan(BookChunk.Floors + _chunk.PositionStart[account], part.Count[account]))
            {
                floor += each;
            }

            share = default;
            share.FloorE8 = floor;
            share.AddOnsE8 = Unsafe.Add(ref charges, ChargeLane.Vega);
            share.StaleE8 = Unsafe.Add(ref charges, ChargeLane.Stale);
            share.Large = gross | share.AddOnsE8 | years | floor;

            // Spot collateral is the first bucket of those who hold it.
            long spot = (part.Any[account] & InstrumentTraits.Spot) == InstrumentTraits.None ? 0 : _chunk.Charges[(_chunk.BucketStart[account] * ChargeLane.Count) + ChargeLane.Delta];
            u.Charges.Add(Unsafe.Add(ref charges, ChargeLane.Delta), spot, gross, Unsafe.Add(ref charges, ChargeLane.Basis), years, ref share);
            share.MarksE16 = Sum(account, TermLane.Mark, u.LaneSplit);
            share.FloorMarksE16 = Sum(account, TermLane.FloorLong, u.LaneSplit) + Sum(account, TermLane.FloorShort, u.LaneSplit);
            long shorts = -(long)Sum(account, TermLane.Short, u.LaneSplit).Low;
            long notional = WideSum.Product(u.Terms!.Record.SpotE8, shorts).CeilOne();
            share.ShortMinimumE8 = WideSum.Product(u.Charges.ShortMinimumE8, notional).CeilOne();
            share.Large |= notional | share.ShortMinimumE8 | (part.IsMisfit[account] || Unsafe.Add(ref charges, ChargeLane.Excess) != 0 ? BookTotals.Misfit : 0);
        }
    }

    private WideSum Sum(int account, int lane, int split) => WideSum.Of(_chunk.AccountUpper[(account * TermLane.Count) + lane], _chunk.AccountLower[(account * TermLane.Count) + lane], split);
}
