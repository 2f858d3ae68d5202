using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>One state in scalar registers: the reference of the others.</summary>
internal readonly struct KeccakLanes64 : IKeccakLanes<ulong>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Broadcast(ulong value) => value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Xor(ulong a, ulong b) => a ^ b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Xor(ulong a, ulong b, ulong c) => a ^ b ^ c;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Chi(ulong a, ulong b, ulong c) => a ^ (~b & c);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RotateLeft(ulong a, [ConstantExpected] byte by) => BitOperations.RotateLeft(a, by);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReverseBytes(ulong a) => BinaryPrimitives.ReverseEndianness(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Less(ulong a, ulong b) => a < b ? ulong.MaxValue : 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Same(ulong a, ulong b) => a == b ? ulong.MaxValue : 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Select(ulong mask, ulong b, ulong a) => (b & mask) | (a & ~mask);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte first, nint strideBytes, Span<ulong> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref first, 8 * i));
        }
    }
}
