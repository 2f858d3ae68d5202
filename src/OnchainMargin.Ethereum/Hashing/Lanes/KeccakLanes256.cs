using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>Four states in registers of 256 bits.</summary>
internal readonly struct KeccakLanes256 : IKeccakLanes<Vector256<ulong>>
{
    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Broadcast(ulong value) => Vector256.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Xor(Vector256<ulong> a, Vector256<ulong> b) => a ^ b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Xor(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) => a ^ b ^ c;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Chi(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) => a ^ Vector256.AndNot(c, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> RotateLeft(Vector256<ulong> a, [ConstantExpected] byte by) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateLeft(a, by)
        : Vector256.ShiftLeft(a, by) | Vector256.ShiftRightLogical(a, 64 - by);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ReverseBytes(Vector256<ulong> a) => Vector256.Shuffle(
        a.AsByte(),
        Vector256.Create((byte)7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 23, 22, 21, 20, 19, 18, 17, 16, 31, 30, 29, 28, 27, 26, 25, 24)).AsUInt64();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Less(Vector256<ulong> a, Vector256<ulong> b) => Vector256.LessThan(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Same(Vector256<ulong> a, Vector256<ulong> b) => Vector256.Equals(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Select(Vector256<ulong> mask, Vector256<ulong> b, Vector256<ulong> a) => Vector256.ConditionalSelect(mask, b, a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte first, nint strideBytes, Span<Vector256<ulong>> words)
    {
        ref byte second = ref Unsafe.AddByteOffset(ref first, strideBytes);
        ref byte third = ref Unsafe.AddByteOffset(ref second, strideBytes);
        ref byte fourth = ref Unsafe.AddByteOffset(ref third, strideBytes);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Vector256.Create(Word(ref first, i), Word(ref second, i), Word(ref third, i), Word(ref fourth, i));
        }
    }

    private static ulong Word(ref byte message, int i) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref message, 8 * i));
}
