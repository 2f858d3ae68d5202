using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Margin;

/// <summary>Lanes of 256 bits.</summary>
internal readonly struct Lanes256 : ILanes<Vector256<long>>
{
    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Broadcast(long value) => Vector256.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Load(ref long source, int offset) => Vector256.LoadUnsafe(ref source, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadRows(ref long source, int offset, int stride, out Vector256<long> a, out Vector256<long> b, out Vector256<long> c, out Vector256<long> d)
    {
        Lanes128.LoadRows(ref source, offset, stride, out Vector128<long> a0, out Vector128<long> b0, out Vector128<long> c0, out Vector128<long> d0);
        Lanes128.LoadRows(ref source, offset + (Lanes128.Count * stride), stride, out Vector128<long> a1, out Vector128<long> b1, out Vector128<long> c1, out Vector128<long> d1);
        (a, b, c, d) = (Vector256.Create(a0, a1), Vector256.Create(b0, b1), Vector256.Create(c0, c1), Vector256.Create(d0, d1));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRows(ref long target, int offset, int stride, Vector256<long> a, Vector256<long> b, Vector256<long> c, Vector256<long> d)
    {
        Lanes128.StoreRows(ref target, offset, stride, a.GetLower(), b.GetLower(), c.GetLower(), d.GetLower());
        Lanes128.StoreRows(ref target, offset + (Lanes128.Count * stride), stride, a.GetUpper(), b.GetUpper(), c.GetUpper(), d.GetUpper());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> LoadShort(ref int source, int offset) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int64(Vector128.LoadUnsafe(ref source, (nuint)offset))
        : Vector256.WidenLower(Vector128.LoadUnsafe(ref source, (nuint)offset).ToVector256Unsafe());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<long> value, ref long target, int offset) => value.StoreUnsafe(ref target, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> AddProduct(Vector256<long> sum, Vector256<long> a, Vector256<long> b) => sum + (Avx2.IsSupported ? Avx2.Multiply(a.AsInt32(), b.AsInt32()) : a * b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Multiply(Vector256<long> a, Vector256<long> b) => a * b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Add(Vector256<long> a, Vector256<long> b) => a + b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Subtract(Vector256<long> a, Vector256<long> b) => a - b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Product(Vector256<long> a, Vector256<long> b) =>
        Avx2.IsSupported ? Avx2.Multiply(a.AsUInt32(), b.AsUInt32()).AsInt64() : (a & Vector256.Create((long)uint.MaxValue)) * (b & Vector256.Create((long)uint.MaxValue));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> And(Vector256<long> a, Vector256<long> b) => a & b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Xor(Vector256<long> a, Vector256<long> b) => a ^ b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Or(Vector256<long> a, Vector256<long> b) => a | b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> ShiftRight(Vector256<long> a, int n) => Vector256.ShiftRightArithmetic(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> ShiftRightLogical(Vector256<long> a, int n) => Vector256.ShiftRightLogical(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> ShiftLeft(Vector256<long> a, int n) => Vector256.ShiftLeft(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Max(Vector256<long> a, Vector256<long> b) => Vector256.Max(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Min(Vector256<long> a, Vector256<long> b) => Vector256.Min(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Smallest(Vector256<long> a) => Lanes128.Smallest(Vector128.Min(a.GetLower(), a.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AtMost(Vector256<long> a, Vector256<long> b) => Vector256.LessThanOrEqual(a, b).ExtractMostSignificantBits();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cells(ref Cell first, Vector256<long> at, out Vector256<long> low, out Vector256<long> high)
    {
        if (!Avx2.IsSupported)
        {
            Lanes128.Cells(ref first, at.GetLower(), out Vector128<long> low0, out Vector128<long> high0);
            Lanes128.Cells(ref first, at.GetUpper(), out Vector128<long> low1, out Vector128<long> high1);
            (low, high) = (Vector256.Create(low0, low1), Vector256.Create(high0, high1));
            return;
        }

        Vector256<long> even = Vector256.Create(Lanes128.Cell(ref first, at.GetElement(0)), Lanes128.Cell(ref first, at.GetElement(2)));
        Vector256<long> odd = Vector256.Create(Lanes128.Cell(ref first, at.GetElement(1)), Lanes128.Cell(ref first, at.GetElement(3)));
        (low, high) = (Avx2.UnpackLow(even, odd), Avx2.UnpackHigh(even, odd));
    }
}
