using System.Numerics;

namespace OnchainMargin.Ethereum;

/// <content>Widening is implicit, narrowing explicit and checked.</content>
public readonly partial struct UInt256
{
    /// <summary>Widens.</summary>
    public static implicit operator UInt256(uint value) => new(0, value);

    /// <summary>Widens.</summary>
    public static implicit operator UInt256(ulong value) => new(0, value);

    /// <summary>Widens.</summary>
    public static implicit operator UInt256(UInt128 value) => new(0, value);

    /// <summary>Converts a number that must not be negative.</summary>
    /// <exception cref="OverflowException">Thrown when it is negative.</exception>
    public static explicit operator UInt256(int value) => new(0, checked((UInt128)value));

    /// <summary>Converts a number that must not be negative.</summary>
    /// <exception cref="OverflowException">Thrown when it is negative.</exception>
    public static explicit operator UInt256(long value) => new(0, checked((UInt128)value));

    /// <summary>Converts a number that must lie in [0, 2^256).</summary>
    /// <exception cref="OverflowException">Thrown when it does not.</exception>
    public static explicit operator UInt256(BigInteger value)
    {
        if (value.Sign < 0 || value.GetBitLength() > 256)
        {
            throw new OverflowException("The number does not fit an unsigned 256-bit integer.");
        }

        Span<byte> bytes = stackalloc byte[Size];
        _ = value.TryWriteBytes(bytes, out int written, isUnsigned: true, isBigEndian: true);
        return new UInt256(bytes[..written]);
    }

    /// <summary>Widens.</summary>
    public static implicit operator BigInteger(UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        value.WriteBigEndian(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>Narrows.</summary>
    /// <exception cref="OverflowException">Thrown when the number needs more bits.</exception>
    public static explicit operator UInt128(UInt256 value) =>
        value._upper == 0 ? value._lower : throw new OverflowException($"The number {value} does not fit 128 bits.");

    /// <summary>Narrows.</summary>
    /// <exception cref="OverflowException">Thrown when the number needs more bits.</exception>
    public static explicit operator ulong(UInt256 value) => checked((ulong)(UInt128)value);

    /// <summary>Narrows.</summary>
    /// <exception cref="OverflowException">Thrown when the number does not fit.</exception>
    public static explicit operator long(UInt256 value) => checked((long)(UInt128)value);

    /// <summary>Narrows.</summary>
    /// <exception cref="OverflowException">Thrown when the number does not fit.</exception>
    public static explicit operator int(UInt256 value) => checked((int)(UInt128)value);

    /// <summary>Narrows.</summary>
    /// <exception cref="OverflowException">Thrown when the number does not fit.</exception>
    public static explicit operator uint(UInt256 value) => checked((uint)(UInt128)value);
}
