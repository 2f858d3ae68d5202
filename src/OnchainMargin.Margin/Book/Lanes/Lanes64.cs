using System.Runtime.CompilerServices;

namespace OnchainMargin.Margin;

/// <summary>One number at a time: the reference of the vector widths.</summary>
internal readonly struct Lanes64 : ILanes<long>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static long Broadcast(long value) => value;

    /// <inheritdoc/>
    public static long Load(ref long source, int offset) => Unsafe.Add(ref source, offset);

    /// <inheritdoc/>
    public static void LoadRows(ref long source, int offset, int stride, out long a, out long b, out long c, out long d) =>
        (a, b, c, d) = (Unsafe.Add(ref source, offset), Unsafe.Add(ref source, offset + 1), Unsafe.Add(ref source, offset + 2), Unsafe.Add(ref source, offset + 3));

    /// <inheritdoc/>
    public static void StoreRows(ref long target, int offset, int stride, long a, long b, long c, long d) =>
        (Unsafe.Add(ref target, offset), Unsafe.Add(ref target, offset + 1), Unsafe.Add(ref target, offset + 2), Unsafe.Add(ref target, offset + 3)) = (a, b, c, d);

    /// <inheritdoc/>
    public static long LoadShort(ref int source, int offset) => Unsafe.Add(ref source, offset);

    /// <inheritdoc/>
    public static void Store(long value, ref long target, int offset) => Unsafe.Add(ref target, offset) = value;

    /// <inheritdoc/>
    public static long AddProduct(long sum, long a, long b) => unchecked(sum + (a * b));

    /// <inheritdoc/>
    public static long Multiply(long a, long b) => unchecked(a * b);

    /// <inheritdoc/>
    public static long Add(long a, long b) => unchecked(a + b);

    /// <inheritdoc/>
    public static long Subtract(long a, long b) => unchecked(a - b);

    /// <inheritdoc/>
    public static long Product(long a, long b) => unchecked((long)((ulong)(uint)a * (uint)b));

    /// <inheritdoc/>
    public static long And(long a, long b) => a & b;

    /// <inheritdoc/>
    public static long ShiftRightLogical(long a, int n) => a >>> n;

    /// <inheritdoc/>
    public static long ShiftLeft(long a, int n) => a << n;

    /// <inheritdoc/>
    public static long Max(long a, long b) => Math.Max(a, b);

    /// <inheritdoc/>
    public static long Xor(long a, long b) => a ^ b;

    /// <inheritdoc/>
    public static long Or(long a, long b) => a | b;

    /// <inheritdoc/>
    public static long ShiftRight(long a, int n) => a >> n;

    /// <inheritdoc/>
    public static long Min(long a, long b) => Math.Min(a, b);

    /// <inheritdoc/>
    public static long Smallest(long a) => a;

    /// <inheritdoc/>
    public static ulong AtMost(long a, long b) => a <= b ? 1UL : 0;

    /// <inheritdoc/>
    public static void Cells(ref Cell first, long at, out long low, out long high)
    {
        Cell cell = Unsafe.Add(ref first, (nint)at);
        (low, high) = unchecked(((long)cell.Low, (long)cell.High));
    }
}
