using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace OnchainMargin.Ethereum;

/// <summary>An unsigned 256-bit integer. Arithmetic and narrowing are checked: what would wrap throws <see cref="OverflowException"/>, as Solidity reverts.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly partial struct UInt256 : IEquatable<UInt256>, IComparable<UInt256>
{
    /// <summary>The length of the big-endian form in bytes.</summary>
    public const int Size = 32;

    private readonly UInt128 _upper;
    private readonly UInt128 _lower;

    /// <summary>Creates the number <c>upper·2^128 + lower</c>.</summary>
    public UInt256(UInt128 upper, UInt128 lower)
    {
        _upper = upper;
        _lower = lower;
    }

    /// <summary>Reads up to 32 big-endian bytes.</summary>
    /// <exception cref="EthereumFormatException">Thrown when there are more than 32 bytes.</exception>
    public UInt256(ReadOnlySpan<byte> bigEndian)
    {
        if (bigEndian.Length > Size)
        {
            throw new EthereumFormatException($"A 256-bit number was given {bigEndian.Length} bytes; at most 32 fit.");
        }

        Span<byte> word = stackalloc byte[Size];
        word.Clear();
        bigEndian.CopyTo(word[(Size - bigEndian.Length)..]);
        _upper = BinaryPrimitives.ReadUInt128BigEndian(word);
        _lower = BinaryPrimitives.ReadUInt128BigEndian(word[16..]);
    }

    /// <summary>0.</summary>
    public static UInt256 Zero => default;

    /// <summary>1.</summary>
    public static UInt256 One => new(0, 1);

    /// <summary>2^256 − 1.</summary>
    public static UInt256 MaxValue => new(UInt128.MaxValue, UInt128.MaxValue);

    /// <summary>Whether the number is 0.</summary>
    public bool IsZero => _upper == 0 && _lower == 0;

    /// <summary>The upper 128 bits.</summary>
    public UInt128 Upper => _upper;

    /// <summary>The lower 128 bits.</summary>
    public UInt128 Lower => _lower;

    /// <summary>The number of significant bits.</summary>
    public int BitLength => _upper != 0 ? 256 - (int)UInt128.LeadingZeroCount(_upper) : 128 - (int)UInt128.LeadingZeroCount(_lower);

    /// <summary>Writes the number as 32 big-endian bytes.</summary>
    public void WriteBigEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _upper);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _lower);
    }

    /// <summary>The 32 big-endian bytes as a <see cref="Hash32"/>.</summary>
    public Hash32 ToHash32() => new((ulong)(_upper >> 64), unchecked((ulong)_upper), (ulong)(_lower >> 64), unchecked((ulong)_lower));

    /// <inheritdoc/>
    public bool Equals(UInt256 other) => _upper == other._upper && _lower == other._lower;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UInt256 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_upper, _lower);

    /// <inheritdoc/>
    public int CompareTo(UInt256 other)
    {
        int order = _upper.CompareTo(other._upper);
        return order != 0 ? order : _lower.CompareTo(other._lower);
    }

    /// <summary>The number in decimal.</summary>
    public override string ToString() => _upper == 0 ? _lower.ToString() : ((BigInteger)this).ToString();
}
