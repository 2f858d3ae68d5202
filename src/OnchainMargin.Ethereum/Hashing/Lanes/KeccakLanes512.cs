using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>Eight states in registers of 512 bits, where all 25 words of a state have a register.</summary>
internal readonly struct KeccakLanes512 : IKeccakLanes<Vector512<ulong>>
{
    private const byte XorOfThree = 0x96;
    private const byte ChiOfThree = 0xd2;
    private const byte LowHalves = 0x44;
    private const byte HighHalves = 0xee;
    private const int Chunk = 8;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Broadcast(ulong value) => Vector512.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Xor(Vector512<ulong> a, Vector512<ulong> b) => a ^ b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Xor(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(a, b, c, XorOfThree) : a ^ b ^ c;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Chi(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(a, b, c, ChiOfThree) : a ^ Vector512.AndNot(c, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> RotateLeft(Vector512<ulong> a, [ConstantExpected] byte by) =>
        Avx512F.IsSupported ? Avx512F.RotateLeft(a, by) : Vector512.ShiftLeft(a, by) | Vector512.ShiftRightLogical(a, 64 - by);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ReverseBytes(Vector512<ulong> a) =>
        Vector512.Create(KeccakLanes256.ReverseBytes(a.GetLower()), KeccakLanes256.ReverseBytes(a.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Less(Vector512<ulong> a, Vector512<ulong> b) => Vector512.LessThan(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Same(Vector512<ulong> a, Vector512<ulong> b) => Vector512.Equals(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Select(Vector512<ulong> mask, Vector512<ulong> b, Vector512<ulong> a) => Vector512.ConditionalSelect(mask, b, a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte first, nint strideBytes, Span<Vector512<ulong>> words)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + Chunk <= words.Length; i += Chunk)
            {
                Transpose(ref Unsafe.AddByteOffset(ref first, 8 * i), strideBytes, words.Slice(i, Chunk));
            }
        }

        for (; i < words.Length; i++)
        {
            ref byte at = ref Unsafe.AddByteOffset(ref first, 8 * i);
            words[i] = Vector512.Create(
                Word(ref at, 0), Word(ref at, strideBytes), Word(ref at, 2 * strideBytes), Word(ref at, 3 * strideBytes),
                Word(ref at, 4 * strideBytes), Word(ref at, 5 * strideBytes), Word(ref at, 6 * strideBytes), Word(ref at, 7 * strideBytes));
        }
    }

    private static ulong Word(ref byte message, nint offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref message, offset));

    private static Vector512<ulong> Row(ref byte message, nint offset) => Unsafe.ReadUnaligned<Vector512<ulong>>(ref Unsafe.AddByteOffset(ref message, offset));

    /// <summary>Eight words of eight messages: rows become columns in three steps.</summary>
    private static void Transpose(ref byte first, nint stride, Span<Vector512<ulong>> columns)
    {
        (Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d) = Quarters(Row(ref first, 0), Row(ref first, stride), Row(ref first, 2 * stride), Row(ref first, 3 * stride));
        (Vector512<ulong> e, Vector512<ulong> f, Vector512<ulong> g, Vector512<ulong> h) = Quarters(Row(ref first, 4 * stride), Row(ref first, 5 * stride), Row(ref first, 6 * stride), Row(ref first, 7 * stride));
        columns[0] = Avx512F.Shuffle4x128(a, e, LowHalves);
        columns[1] = Avx512F.Shuffle4x128(b, f, LowHalves);
        columns[2] = Avx512F.Shuffle4x128(c, g, LowHalves);
        columns[3] = Avx512F.Shuffle4x128(d, h, LowHalves);
        columns[4] = Avx512F.Shuffle4x128(a, e, HighHalves);
        columns[5] = Avx512F.Shuffle4x128(b, f, HighHalves);
        columns[6] = Avx512F.Shuffle4x128(c, g, HighHalves);
        columns[7] = Avx512F.Shuffle4x128(d, h, HighHalves);
    }

    /// <summary>Of four rows the columns 0 and 4, 1 and 5, 2 and 6, 3 and 7, a half of a register each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<ulong> A, Vector512<ulong> B, Vector512<ulong> C, Vector512<ulong> D) Quarters(Vector512<ulong> r0, Vector512<ulong> r1, Vector512<ulong> r2, Vector512<ulong> r3)
    {
        Vector512<ulong> even = Vector512.Create(0UL, 1, 8, 9, 4, 5, 12, 13);
        Vector512<ulong> odd = Vector512.Create(2UL, 3, 10, 11, 6, 7, 14, 15);
        Vector512<ulong> low01 = Avx512F.UnpackLow(r0, r1);
        Vector512<ulong> low23 = Avx512F.UnpackLow(r2, r3);
        Vector512<ulong> high01 = Avx512F.UnpackHigh(r0, r1);
        Vector512<ulong> high23 = Avx512F.UnpackHigh(r2, r3);
        return (
            Avx512F.PermuteVar8x64x2(low01, even, low23),
            Avx512F.PermuteVar8x64x2(high01, even, high23),
            Avx512F.PermuteVar8x64x2(low01, odd, low23),
            Avx512F.PermuteVar8x64x2(high01, odd, high23));
    }
}
