using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>Keccak-256 as Ethereum uses it: the original padding (01), not the one of FIPS 202.</summary>
public static class Keccak256
{
    internal const int RateBytes = 136;
    internal const int RateWords = RateBytes / 8;
    internal const ulong LastRateBit = 0x8000000000000000;
    private const int StackText = 512;

    /// <summary>The hash of no bytes.</summary>
    public static readonly Hash32 Empty = Hash([]);

    /// <summary>Hashes bytes.</summary>
    [SkipLocalsInit]
    public static Hash32 Hash(ReadOnlySpan<byte> data)
    {
        Span<ulong> state = stackalloc ulong[KeccakPermutation.Words];
        KeccakGroup<ulong, KeccakLanes64>.Absorb(ref MemoryMarshal.GetReference(data), data.Length, state);
        return new Hash32(
            BinaryPrimitives.ReverseEndianness(state[0]),
            BinaryPrimitives.ReverseEndianness(state[1]),
            BinaryPrimitives.ReverseEndianness(state[2]),
            BinaryPrimitives.ReverseEndianness(state[3]));
    }

    /// <summary>Hashes bytes into the first 32 bytes of <paramref name="destination"/>, which may overlap the data.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination) => Hash(data).CopyTo(destination);

    /// <summary>Hashes the UTF-8 form of a text.</summary>
    [SkipLocalsInit]
    public static Hash32 HashUtf8(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> bytes = length <= StackText ? stackalloc byte[StackText] : new byte[length];
        return Hash(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}
