using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace OnchainMargin.Ethereum;

/// <summary>Thirty-two bytes: a hash, an event topic, a <c>bytes32</c>; or a shorter <c>bytesN</c>, left-aligned with zeros behind it.</summary>
[JsonConverter(typeof(Hash32JsonConverter))]
[StructLayout(LayoutKind.Sequential)]
public readonly struct Hash32 : IEquatable<Hash32>, IComparable<Hash32>
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 32;

    // Big-endian words, so that comparing words in order compares bytes in order.
    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    /// <summary>Creates the value from its four big-endian words, the most significant first.</summary>
    public Hash32(ulong word0, ulong word1, ulong word2, ulong word3)
    {
        _word0 = word0;
        _word1 = word1;
        _word2 = word2;
        _word3 = word3;
    }

    /// <summary>Creates the value from exactly 32 bytes.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the span has another length.</exception>
    public Hash32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new EthereumFormatException($"A 32-byte value was given {bytes.Length} bytes; give exactly 32.");
        }

        _word0 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _word1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _word2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _word3 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Thirty-two zero bytes.</summary>
    public static Hash32 Zero => default;

    /// <summary>Whether all bytes are zero.</summary>
    public bool IsZero => (_word0 | _word1 | _word2 | _word3) == 0;

    /// <summary>The first eight bytes as a number: values in order have these in order.</summary>
    public ulong Prefix => _word0;

    /// <summary>The bytes read as an unsigned big-endian number.</summary>
    public UInt256 ToUInt256() => new(new UInt128(_word0, _word1), new UInt128(_word2, _word3));

    /// <summary>Left-aligns up to 32 bytes, the way <c>bytesN</c> is encoded.</summary>
    /// <exception cref="EthereumFormatException">Thrown when there are more than 32 bytes.</exception>
    public static Hash32 LeftAligned(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Size)
        {
            throw new EthereumFormatException($"A fixed-size byte value was given {bytes.Length} bytes; at most 32 fit.");
        }

        Span<byte> word = stackalloc byte[Size];
        word.Clear();
        bytes.CopyTo(word);
        return new Hash32(word);
    }

    /// <summary>Reads 64 hexadecimal digits with a 0x prefix.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the text is anything else.</exception>
    public static Hash32 Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Size];
        HexData.Decode(text, bytes, "32-byte value");
        return new Hash32(bytes);
    }

    /// <summary>Reads 64 hexadecimal digits with a 0x prefix; false when the text is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Hash32 value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bool ok = HexData.TryDecode(text, bytes);
        value = ok ? new Hash32(bytes) : default;
        return ok;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _word0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _word1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _word2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _word3);
    }

    /// <summary>The 32 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The value in hex, with 0x before it.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return HexData.Encode(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(Hash32 other) =>
        ((_word0 ^ other._word0) | (_word1 ^ other._word1) | (_word2 ^ other._word2) | (_word3 ^ other._word3)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash32 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2, _word3);

    /// <summary>Orders values as their bytes are ordered.</summary>
    public int CompareTo(Hash32 other)
    {
        int order = _word0.CompareTo(other._word0);
        order = order != 0 ? order : _word1.CompareTo(other._word1);
        order = order != 0 ? order : _word2.CompareTo(other._word2);
        return order != 0 ? order : _word3.CompareTo(other._word3);
    }

    /// <summary>Whether two values have the same bytes.</summary>
    public static bool operator ==(Hash32 left, Hash32 right) => left.Equals(right);

    /// <summary>Whether two values differ.</summary>
    public static bool operator !=(Hash32 left, Hash32 right) => !left.Equals(right);

    /// <summary>Whether the left value's bytes sort before the right's.</summary>
    public static bool operator <(Hash32 left, Hash32 right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left value's bytes sort after the right's.</summary>
    public static bool operator >(Hash32 left, Hash32 right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left value's bytes do not sort after the right's.</summary>
    public static bool operator <=(Hash32 left, Hash32 right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left value's bytes do not sort before the right's.</summary>
    public static bool operator >=(Hash32 left, Hash32 right) => left.CompareTo(right) >= 0;
}
