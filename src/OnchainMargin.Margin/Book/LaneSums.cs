using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <summary>The sums in vectors of one width.</summary>
/// <typeparam name="TLanes">The width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
internal sealed partial class LaneSums<TLanes, TVector> : BookSums
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Columns = 5;

    /// <summary>Which lanes a size counts in: first those of what is held, then those of what is owed.</summary>
    private static readonly long[] Signs = [-1, -1, -1, -1, -1, -1, 0, 0, -1, -1, -1, -1, -1, 0, -1, -1];

    /// <inheritdoc/>
    internal override long Weigh(
        int[] table, int[] time, ReadOnlySpan<int> rows, ReadOnlySpan<long> sizes, int cut, ReadOnlySpan<int> narrow, long[] weighted, long[] exact)
    {
        // Why bounds hold: rows are those of the table, as many as sizes; every array of scenarios has 40 places, which all widths times five columns divide.
        ref int rowOf = ref MemoryMarshal.GetReference(rows);
        ref long sizeOf = ref MemoryMarshal.GetReference(sizes);
        ref int first = ref MemoryMarshal.GetArrayDataReference(table);
        ref int timeFirst = ref MemoryMarshal.GetArrayDataReference(time);
        TVector least = TLanes.Broadcast(long.MaxValue);
        for (int column = 0; column < Lanes; column += Columns * TLanes.Count)
        {
            TVector a = TLanes.Broadcast(0);
            TVector b = a;
            TVector c = a;
            TVector d = a;
            TVector e = a;
            ref int line = ref Unsafe.Add(ref first, column);
            for (int i = 0; i < rows.Length; i++)
            {
                Add(ref Unsafe.Add(ref line, (nint)Unsafe.Add(ref rowOf, i) * BookUnderlying.ShortStride), Unsafe.Add(ref sizeOf, i) >> cut, ref a, ref b, ref c, ref d, ref e);
            }

            least = TLanes.Min(least, Put(column, weighted, a, b, c, d, e));
            if (narrow.Length == 0)
            {
                continue;
            }

            line = ref Unsafe.Add(ref timeFirst, column);
            for (int i = 0; i < narrow.Length; i++)
            {
                Add(ref Unsafe.Add(ref line, (nint)rows[narrow[i]] * BookUnderlying.ShortStride), unchecked(-(sizes[narrow[i]] >> cut)), ref a, ref b, ref c, ref d, ref e);
            }

            least = TLanes.Min(least, Put(column, exact, a, b, c, d, e));
        }

        return TLanes.Smallest(least);
    }

    /// <inheritdoc/>
    internal override void Sum(BookUnderlying u, BookChunk chunk, int count)
    {
        // Why no bounds tests: rows are those of the table, buckets and positions no more than the chunk has places.
        ref long positions = ref MemoryMarshal.GetArrayDataReference(chunk.Positions);
        ref long first = ref MemoryMarshal.GetArrayDataReference(u.Lanes);
        ref long uppers = ref MemoryMarshal.GetArrayDataReference(chunk.Upper);
        ref long lowers = ref MemoryMarshal.GetArrayDataReference(chunk.Lower);
        ref long signs = ref MemoryMarshal.GetArrayDataReference(Signs);
        for (int column = 0; column < TermLane.Count; column += TLanes.Count)
        {
            TVector upper = TLanes.Broadcast(0);
            TVector lower = upper;
            nint before = -1;
            for (nint i = 0; i < count; i++)
            {
                long key = Unsafe.Add(ref positions, BookChunk.Keys + i);
                long held = Unsafe.Add(ref positions, i);
                nint bucket = (nint)(key >> HalfBits);
                TVector kept = TLanes.Broadcast(bucket == before ? -1 : 0);
                before = bucket;
                TVector size = TLanes.And(TLanes.Broadcast(held), TLanes.Load(ref signs, column + (int)(held >>> 63 << 3)));
                ref long line = ref Unsafe.Add(ref first, (unchecked((nint)(uint)key) * BookUnderlying.TermStride) + column);
                upper = TLanes.Add(TLanes.And(upper, kept), TLanes.Multiply(TLanes.Load(ref line, 0), size));
                lower = TLanes.Add(TLanes.And(lower, kept), TLanes.Multiply(TLanes.Load(ref line, TermLane.Count), size));
                TLanes.Store(upper, ref Unsafe.Add(ref uppers, (bucket * TermLane.Count) + column), 0);
                TLanes.Store(lower, ref Unsafe.Add(ref lowers, (bucket * TermLane.Count) + column), 0);
            }
        }
    }

    /// <inheritdoc/>
    internal override void Total(BookChunk chunk, int count)
    {
        ref int start = ref MemoryMarshal.GetArrayDataReference(chunk.BucketStart);
        for (int column = 0; column < TermLane.Count; column += TLanes.Count)
        {
            ref long uppers = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk.Upper), column);
            ref long lowers = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk.Lower), column);
            ref long charges = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk.Charges), column);
            for (int account = 0; account < count; account++)
            {
                TVector upper = TLanes.Broadcast(0);
                TVector lower = upper;
                TVector charge = upper;
                int end = Unsafe.Add(ref start, account + 1) * TermLane.Count;
                for (int at = Unsafe.Add(ref start, account) * TermLane.Count; at < end; at += TermLane.Count)
                {
                    upper = TLanes.Add(upper, TLanes.Load(ref uppers, at));
                    lower = TLanes.Add(lower, TLanes.Load(ref lowers, at));
                    charge = TLanes.Add(charge, TLanes.Load(ref charges, at));
                }

                int target = (account * TermLane.Count) + column;
                TLanes.Store(upper, ref MemoryMarshal.GetArrayDataReference(chunk.AccountUpper), target);
                TLanes.Store(lower, ref MemoryMarshal.GetArrayDataReference(chunk.AccountLower), target);
                TLanes.Store(charge, ref MemoryMarshal.GetArrayDataReference(chunk.AccountCharges), target);
            }
        }
    }

    /// <inheritdoc/>
    internal override ulong AtMost(long[] weighted, long limit)
    {
        ref long source = ref MemoryMarshal.GetArrayDataReference(weighted);
        TVector most = TLanes.Broadcast(limit);
        ulong bits = 0;
        for (int i = 0; i < Lanes; i += TLanes.Count)
        {
            bits |= TLanes.AtMost(TLanes.Load(ref source, i), most) << i;
        }

        return bits;
    }

    /// <inheritdoc/>
    internal override void Join(long[] sums, long[] weighted, int shift)
    {
        ref long target = ref MemoryMarshal.GetArrayDataReference(sums);
        ref long source = ref MemoryMarshal.GetArrayDataReference(weighted);
        for (int i = 0; i < Lanes; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Add(TLanes.Load(ref target, i), TLanes.ShiftRight(TLanes.Load(ref source, i), shift)), ref target, i);
        }
    }

    /// <inheritdoc/>
    internal override long Least(long[] sums)
    {
        ref long source = ref MemoryMarshal.GetArrayDataReference(sums);
        TVector least = TLanes.Load(ref source, 0);
        for (int i = TLanes.Count; i < Lanes; i += TLanes.Count)
        {
            least = TLanes.Min(least, TLanes.Load(ref source, i));
        }

        return TLanes.Smallest(least);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref int row, long size, ref TVector a, ref TVector b, ref TVector c, ref TVector d, ref TVector e)
    {
        TVector sizes = TLanes.Broadcast(size);
        a = TLanes.AddProduct(a, TLanes.LoadShort(ref row, 0), sizes);
        b = TLanes.AddProduct(b, TLanes.LoadShort(ref row, TLanes.Count), sizes);
        c = TLanes.AddProduct(c, TLanes.LoadShort(ref row, 2 * TLanes.Count), sizes);
        d = TLanes.AddProduct(d, TLanes.LoadShort(ref row, 3 * TLanes.Count), sizes);
        e = TLanes.AddProduct(e, TLanes.LoadShort(ref row, 4 * TLanes.Count), sizes);
    }

    /// <summary>Weighs the sums of five columns and gives the least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Put(int column, long[] target, TVector a, TVector b, TVector c, TVector d, TVector e)
    {
        ref long weights = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Weights), column);
        ref long to = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(target), column);
        TVector least = TLanes.Min(Put(a, ref weights, ref to, 0), Put(b, ref weights, ref to, TLanes.Count));
        least = TLanes.Min(least, TLanes.Min(Put(c, ref weights, ref to, 2 * TLanes.Count), Put(d, ref weights, ref to, 3 * TLanes.Count)));
        return TLanes.Min(least, Put(e, ref weights, ref to, 4 * TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Put(TVector sum, ref long weights, ref long target, int at)
    {
        TVector product = TLanes.Multiply(sum, TLanes.Load(ref weights, at));
        TLanes.Store(product, ref target, at);
        return product;
    }
}
