using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Margin;

/// <summary>Lanes of 128 bits.</summary>
internal readonly struct Lanes128 : ILanes<Vector128<long>>
{
    /// <inheritdoc/>
    public static int Count => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Broadcast(long value) => Vector128.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Load(ref long source, int offset) => Vector128.LoadUnsafe(ref source, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadRows(ref long source, int offset, int stride, out Vector128<long> a, out Vector128<long> b, out Vector128<long> c, out Vector128<long> d)
    {
        Turn(Load(ref source, offset), Load(ref source, offset + stride), out a, out b);
        Turn(Load(ref source, offset + 2), Load(ref source, offset + stride + 2), out c, out d);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRows(ref long target, int offset, int stride, Vector128<long> a, Vector128<long> b, Vector128<long> c, Vector128<long> d)
    {
        Turn(a, b, out Vector128<long> first, out Vector128<long> second);
        Turn(c, d, out Vector128<long> firstRest, out Vector128<long> secondRest);
        Store(first, ref target, offset);
        Store(firstRest, ref target, offset + 2);
        Store(second, ref target, offset + stride);
        Store(secondRest, ref target, offset + stride + 2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> LoadShort(ref int source, int offset) => Vector128.Create((long)Unsafe.Add(ref source, offset), Unsafe.Add(ref source, offset + 1));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<long> value, ref long target, int offset) => value.StoreUnsafe(ref target, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> AddProduct(Vector128<long> sum, Vector128<long> a, Vector128<long> b) => sum + (Sse41.IsSupported ? Sse41.Multiply(a.AsInt32(), b.AsInt32()) : a * b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Multiply(Vector128<long> a, Vector128<long> b) => a * b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Add(Vector128<long> a, Vector128<long> b) => a + b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Subtract(Vector128<long> a, Vector128<long> b) => a - b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Product(Vector128<long> a, Vector128<long> b) =>
        Sse2.IsSupported ? Sse2.Multiply(a.AsUInt32(), b.AsUInt32()).AsInt64() : (a & Vector128.Create((long)uint.MaxValue)) * (b & Vector128.Create((long)uint.MaxValue));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> And(Vector128<long> a, Vector128<long> b) => a & b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Xor(Vector128<long> a, Vector128<long> b) => a ^ b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Or(Vector128<long> a, Vector128<long> b) => a | b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> ShiftRight(Vector128<long> a, int n) => Vector128.ShiftRightArithmetic(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> ShiftRightLogical(Vector128<long> a, int n) => Vector128.ShiftRightLogical(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> ShiftLeft(Vector128<long> a, int n) => Vector128.ShiftLeft(a, n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Max(Vector128<long> a, Vector128<long> b) => Vector128.Max(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Min(Vector128<long> a, Vector128<long> b) => Vector128.Min(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Smallest(Vector128<long> a) => Math.Min(a.GetElement(0), a.GetElement(1));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AtMost(Vector128<long> a, Vector128<long> b) => Vector128.LessThanOrEqual(a, b).ExtractMostSignificantBits();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cells(ref Cell first, Vector128<long> at, out Vector128<long> low, out Vector128<long> high)
    {
        Turn(Cell(ref first, at.GetElement(0)), Cell(ref first, at.GetElement(1)), out low, out high);
    }

    /// <summary>A cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<long> Cell(ref Cell first, long at) => Vector128.LoadUnsafe(ref Unsafe.As<Cell, long>(ref Unsafe.Add(ref first, (nint)at)));

    /// <summary>Rows to columns, two by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(Vector128<long> a, Vector128<long> b, out Vector128<long> first, out Vector128<long> second) => (first, second) = Sse2.IsSupported
        ? (Sse2.UnpackLow(a, b), Sse2.UnpackHigh(a, b))
        : (Vector128.Create(a.GetElement(0), b.GetElement(0)), Vector128.Create(a.GetElement(1), b.GetElement(1)));
}
