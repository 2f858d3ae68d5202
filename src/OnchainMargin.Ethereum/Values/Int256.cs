using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace OnchainMargin.Ethereum;

/// <summary>A signed 256-bit integer in two's complement. Arithmetic and narrowing are checked.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly partial struct Int256 : IEquatable<Int256>, IComparable<Int256>
{
    private static readonly UInt256 SignBit = UInt256.One << 255;

    private readonly UInt256 _bits;

    private Int256(UInt256 bits) => _bits = bits;

    /// <summary>0.</summary>
    public static Int256 Zero => default;

    /// <summary>−2^255.</summary>
    public static Int256 MinValue => new(SignBit);

    /// <summary>2^255 − 1.</summary>
    public static Int256 MaxValue => new(SignBit - UInt256.One);

    /// <summary>Whether the number is below 0.</summary>
    public bool IsNegative => (_bits.Upper >> 127) != 0;

    /// <summary>The two's complement bits read as an unsigned number.</summary>
    public UInt256 ToBits() => _bits;

    /// <summary>Takes two's complement bits as they are.</summary>
    public static Int256 FromBits(UInt256 bits) => new(bits);

    /// <summary>Reads a decimal number with an optional minus sign.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the text is no such number or does not fit.</exception>
    public static Int256 Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= 78
            && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)
            && value.GetBitLength() <= 255)
        {
            return (Int256)value;
        }

        throw new EthereumFormatException($"The number '{HexData.Quote(text)}' is not a signed 256-bit integer: write decimal digits, with a minus sign if it is negative.");
    }

    /// <inheritdoc/>
    public bool Equals(Int256 other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Int256 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _bits.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(Int256 other) =>
        IsNegative != other.IsNegative ? (IsNegative ? -1 : 1) : _bits.CompareTo(other._bits);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => ((BigInteger)this).ToString(CultureInfo.InvariantCulture);
}
