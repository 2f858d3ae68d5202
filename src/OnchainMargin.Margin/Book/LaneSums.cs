using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <summary>The sums in vectors of one width.</summary>
/// <typeparam name="TLanes">The width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
internal sealed class LaneSums<TLanes, TVector> : BookSums
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Columns = 5;

    /// <inheritdoc/>
    internal override long Weigh(int[] table, ReadOnlySpan<int> rows, ReadOnlySpan<long> sizes, long[] weighted)
    {
        // Why bounds hold: rows are those of the table, as many as sizes; every array of scenarios has 40 places, which all widths times five columns divide.
        ref int first = ref MemoryMarshal.GetArrayDataReference(table);
        ref long weights = ref MemoryMarshal.GetArrayDataReference(Weights);
        ref long target = ref MemoryMarshal.GetArrayDataReference(weighted);
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
                TVector size = TLanes.Broadcast(sizes[i]);
                ref int row = ref Unsafe.Add(ref line, (nint)rows[i] * BookUnderlying.ShortStride);
                a = TLanes.AddProduct(a, TLanes.LoadShort(ref row, 0), size);
                b = TLanes.AddProduct(b, TLanes.LoadShort(ref row, TLanes.Count), size);
                c = TLanes.AddProduct(c, TLanes.LoadShort(ref row, 2 * TLanes.Count), size);
                d = TLanes.AddProduct(d, TLanes.LoadShort(ref row, 3 * TLanes.Count), size);
                e = TLanes.AddProduct(e, TLanes.LoadShort(ref row, 4 * TLanes.Count), size);
            }

            least = TLanes.Min(least, Put(a, ref weights, ref target, column));
            least = TLanes.Min(least, Put(b, ref weights, ref target, column + TLanes.Count));
            least = TLanes.Min(least, Put(c, ref weights, ref target, column + (2 * TLanes.Count)));
            least = TLanes.Min(least, Put(d, ref weights, ref target, column + (3 * TLanes.Count)));
            least = TLanes.Min(least, Put(e, ref weights, ref target, column + (4 * TLanes.Count)));
        }

        return Least(least);
    }

    /// <inheritdoc/>
    internal override void Sum(long[] table, ReadOnlySpan<int> lines, ReadOnlySpan<long> sizes, long[] sums)
    {
        ref long first = ref MemoryMarshal.GetArrayDataReference(table);
        ref long target = ref MemoryMarshal.GetArrayDataReference(sums);
        for (int column = 0; column < TermLane.Count; column += TLanes.Count)
        {
            TVector upper = TLanes.Broadcast(0);
            TVector lower = upper;
            for (int i = 0; i < lines.Length; i++)
            {
                TVector size = TLanes.Broadcast(sizes[i]);
                ref long line = ref Unsafe.Add(ref first, lines[i] + column);
                upper = TLanes.Add(upper, TLanes.Multiply(TLanes.Load(ref line, 0), size));
                lower = TLanes.Add(lower, TLanes.Multiply(TLanes.Load(ref line, TermLane.Count), size));
            }

            TLanes.Store(upper, ref target, column);
            TLanes.Store(lower, ref target, TermLane.Count + column);
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

        return Least(least);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Put(TVector sum, ref long weights, ref long target, int at)
    {
        TVector product = TLanes.Multiply(sum, TLanes.Load(ref weights, at));
        TLanes.Store(product, ref target, at);
        return product;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Least(TVector least)
    {
        Span<long> lanes = stackalloc long[8];
        TLanes.Store(least, ref MemoryMarshal.GetReference(lanes), 0);
        long smallest = lanes[0];
        for (int i = 1; i < TLanes.Count; i++)
        {
            smallest = Math.Min(smallest, lanes[i]);
        }

        return smallest;
    }
}
