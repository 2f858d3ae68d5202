using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Margin;

/// <summary>Lanes of 512 bits.</summary>
internal readonly struct Lanes512 : ILanes<Vector512<long>>
{
    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Broadcast(long value) => Vector512.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Load(ref long source, int offset) => Vector512.LoadUnsafe(ref source, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadRows(ref long source, int offset, int stride, out Vector512<long> a, out Vector512<long> b, out Vector512<long> c, out Vector512<long> d)
    {
        if (Avx512F.IsSupported)
        {
            Turn(Pair(ref source, offset, stride), Pair(ref source, offset + stride, stride), Pair(ref source, offset + (2 * stride), stride), Pair(ref source, offset + (3 * stride), stride), out a, out b, out c, out d);
            return;
        }

        Lanes256.LoadRows(ref source, offset, stride, out Vector256<long> a0, out Vector256<long> b0, out Vector256<long> c0, out Vector256<long> d0);
        Lanes256.LoadRows(ref source, offset + (Lanes256.Count * stride), stride, out Vector256<long> a1, out Vector256<long> b1, out Vector256<long> c1, out Vector256<long> d1);
        (a, b, c, d) = (Vector512.Create(a0, a1), Vector512.Create(b0, b1), Vector512.Create(c0, c1), Vector512.Create(d0, d1));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRows(ref long target, int offset, int stride, Vector512<long> a, Vector512<long> b, Vector512<long> c, Vector512<long> d)
    {
        if (Avx512F.IsSupported)
        {
            Turn(a, b, c, d, out Vector512<long> first, out Vector512<long> second, out Vector512<long> third, out Vector512<long> fourth);
            PutPair(first, ref target, offset, stride);
            PutPair(second, ref target, offset + stride, stride);
            PutPair(third, ref target, offset + (2 * stride), stride);
            PutPair(fourth, ref target, offset + (3 * stride), stride);
            return;
        }

        Lanes256.StoreRows(ref target, offset, stride, a.GetLower(), b.GetLower(), c.GetLower(), d.GetLower());
        Lanes256.StoreRows(ref target, offset + (Lanes256.Count * stride), stride, a.GetUpper(), b.GetUpper(), c.GetUpper(), d.GetUpper());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> LoadShort(ref int source, int offset) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int64(Vector256.LoadUnsafe(ref source, (nuint)offset))
        : Vector512.WidenLower(Vector256.LoadUnsafe(ref source, (nuint)offset).ToVector512Unsafe());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<long> value, ref long target, int offset) => value.StoreUnsafe(ref target, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> AddProduct(Vector512<long> sum, Vector512<long> a, Vector512<long> b) => sum + (Avx512F.IsSupported ? Avx512F.Multiply(a.AsInt32(), b.AsInt32()) : a * b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Multiply(Vector512<long> a, Vector512<long> b) => a * b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Add(Vector512<long> a, Vector512<long> b) => a + b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Subtract(Vector512<long> a, Vector512<long> b) => a - b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Product(Vector512<long> a, Vector512<long> b) =>
        Avx512F.IsSupported ? Avx512F.Multiply(a.AsUInt32(), b.AsUInt32()).AsInt64() : (a & Vector512.Create((long)uint.MaxValue)) * (b & Vector512.Create((long)uint.MaxValue));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> And(Vector512<long> a, Vector512<long> b) => a & b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Xor(Vector512<long> a, Vector512<long> b) => a ^ b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Or(Vector512<long> a, Vector512<long> b) => a | b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> ShiftRight(Vector512<long> a, int n) => Vector512.ShiftRightArithmetic(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> ShiftRightLogical(Vector512<long> a, int n) => Vector512.ShiftRightLogical(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> ShiftLeft(Vector512<long> a, int n) => Vector512.ShiftLeft(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Max(Vector512<long> a, Vector512<long> b) => Vector512.Max(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Min(Vector512<long> a, Vector512<long> b) => Vector512.Min(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Smallest(Vector512<long> a) => Lanes256.Smallest(Vector256.Min(a.GetLower(), a.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AtMost(Vector512<long> a, Vector512<long> b) => Vector512.LessThanOrEqual(a, b).ExtractMostSignificantBits();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cells(ref Cell first, Vector512<long> at, out Vector512<long> low, out Vector512<long> high)
    {
        if (!Avx512F.IsSupported)
        {
            Lanes256.Cells(ref first, at.GetLower(), out Vector256<long> low0, out Vector256<long> high0);
            Lanes256.Cells(ref first, at.GetUpper(), out Vector256<long> low1, out Vector256<long> high1);
            (low, high) = (Vector512.Create(low0, low1), Vector512.Create(high0, high1));
            return;
        }

        Vector512<long> even = Four(ref first, at, 0);
        Vector512<long> odd = Four(ref first, at, 1);
        (low, high) = (Avx512F.UnpackLow(even, odd), Avx512F.UnpackHigh(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Four(ref Cell first, Vector512<long> at, int from) => Vector512.Create(
        Vector256.Create(Lanes128.Cell(ref first, at.GetElement(from)), Lanes128.Cell(ref first, at.GetElement(from + 2))),
        Vector256.Create(Lanes128.Cell(ref first, at.GetElement(from + 4)), Lanes128.Cell(ref first, at.GetElement(from + 6))));

    /// <summary>A row in the lower half and the fourth behind it in the upper one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Pair(ref long source, int offset, int stride) => Vector512.Create(Lanes256.Load(ref source, offset), Lanes256.Load(ref source, offset + (4 * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PutPair(Vector512<long> pair, ref long target, int offset, int stride)
    {
        Lanes256.Store(pair.GetLower(), ref target, offset);
        Lanes256.Store(pair.GetUpper(), ref target, offset + (4 * stride));
    }

    /// <summary>Rows to columns, four by four in each half; its own inverse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(
        Vector512<long> a, Vector512<long> b, Vector512<long> c, Vector512<long> d, out Vector512<long> first, out Vector512<long> second, out Vector512<long> third, out Vector512<long> fourth)
    {
        Vector512<long> even = Vector512.Create(0L, 1, 8, 9, 4, 5, 12, 13);
        Vector512<long> odd = Vector512.Create(2L, 3, 10, 11, 6, 7, 14, 15);
        Vector512<long> ab = Avx512F.UnpackLow(a, b);
        Vector512<long> cd = Avx512F.UnpackLow(c, d);
        Vector512<long> abNext = Avx512F.UnpackHigh(a, b);
        Vector512<long> cdNext = Avx512F.UnpackHigh(c, d);
        first = Avx512F.PermuteVar8x64x2(ab, even, cd);
        third = Avx512F.PermuteVar8x64x2(ab, odd, cd);
        second = Avx512F.PermuteVar8x64x2(abNext, even, cdNext);
        fourth = Avx512F.PermuteVar8x64x2(abNext, odd, cdNext);
    }
}
