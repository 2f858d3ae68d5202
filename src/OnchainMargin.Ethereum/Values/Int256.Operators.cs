using System.Numerics;

namespace OnchainMargin.Ethereum;

/// <content>Conversions, checked arithmetic and comparison.</content>
public readonly partial struct Int256
{
    /// <summary>Widens.</summary>
    public static implicit operator Int256(int value) => (Int128)value;

    /// <summary>Widens.</summary>
    public static implicit operator Int256(long value) => (Int128)value;

    /// <summary>Widens.</summary>
    public static implicit operator Int256(Int128 value) =>
        new(new UInt256(value < 0 ? UInt128.MaxValue : UInt128.Zero, unchecked((UInt128)value)));

    /// <summary>Converts a number that must lie in [−2^255, 2^255).</summary>
    /// <exception cref="OverflowException">Thrown when it does not.</exception>
    public static explicit operator Int256(BigInteger value)
    {
        if (value.GetBitLength() > 255)
        {
            throw new OverflowException("The number does not fit a signed 256-bit integer.");
        }

        return new Int256((UInt256)(value.Sign < 0 ? value + (BigInteger.One << 256) : value));
    }

    /// <summary>Widens.</summary>
    public static implicit operator BigInteger(Int256 value) =>
        value.IsNegative ? (BigInteger)value._bits - (BigInteger.One << 256) : value._bits;

    /// <summary>Narrows.</summary>
    /// <exception cref="OverflowException">Thrown when the number needs more bits.</exception>
    public static explicit operator Int128(Int256 value)
    {
        Int128 lower = unchecked((Int128)value._bits.Lower);
        return (Int256)lower == value ? lower : throw new OverflowException($"The number {value} does not fit 128 bits.");
    }

    /// <summary>Narrows.</summary>
    /// <exception cref="OverflowException">Thrown when the number needs more bits.</exception>
    public static explicit operator long(Int256 value) => checked((long)(Int128)value);

    /// <summary>The sum.</summary>
    /// <exception cref="OverflowException">Thrown when it does not fit.</exception>
    public static Int256 operator +(Int256 left, Int256 right) => (Int256)((BigInteger)left + (BigInteger)right);

    /// <summary>The difference.</summary>
    /// <exception cref="OverflowException">Thrown when it does not fit.</exception>
    public static Int256 operator -(Int256 left, Int256 right) => (Int256)((BigInteger)left - (BigInteger)right);

    /// <summary>The product.</summary>
    /// <exception cref="OverflowException">Thrown when it does not fit.</exception>
    public static Int256 operator *(Int256 left, Int256 right) => (Int256)((BigInteger)left * (BigInteger)right);

    /// <summary>The number with its sign turned.</summary>
    /// <exception cref="OverflowException">Thrown for −2^255.</exception>
    public static Int256 operator -(Int256 value) => (Int256)(-(BigInteger)value);

    /// <summary>Equality.</summary>
    public static bool operator ==(Int256 left, Int256 right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(Int256 left, Int256 right) => !left.Equals(right);

    /// <summary>Less than.</summary>
    public static bool operator <(Int256 left, Int256 right) => left.CompareTo(right) < 0;

    /// <summary>Greater than.</summary>
    public static bool operator >(Int256 left, Int256 right) => left.CompareTo(right) > 0;

    /// <summary>At most.</summary>
    public static bool operator <=(Int256 left, Int256 right) => left.CompareTo(right) <= 0;

    /// <summary>At least.</summary>
    public static bool operator >=(Int256 left, Int256 right) => left.CompareTo(right) >= 0;
}
