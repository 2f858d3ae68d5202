using System.Numerics;

namespace OnchainMargin.Ethereum;

/// <content>Checked arithmetic and comparison.</content>
public readonly partial struct UInt256
{
    /// <summary>The sum.</summary>
    /// <exception cref="OverflowException">Thrown when it needs more than 256 bits.</exception>
    public static UInt256 operator +(UInt256 left, UInt256 right)
    {
        UInt128 lower = unchecked(left._lower + right._lower);
        UInt128 carry = lower < left._lower ? UInt128.One : UInt128.Zero;
        return new UInt256(checked(checked(left._upper + right._upper) + carry), lower);
    }

    /// <summary>The difference.</summary>
    /// <exception cref="OverflowException">Thrown when it would be negative.</exception>
    public static UInt256 operator -(UInt256 left, UInt256 right)
    {
        UInt128 borrow = left._lower < right._lower ? UInt128.One : UInt128.Zero;
        return new UInt256(checked(checked(left._upper - right._upper) - borrow), unchecked(left._lower - right._lower));
    }

    /// <summary>The product.</summary>
    /// <exception cref="OverflowException">Thrown when it needs more than 256 bits.</exception>
    public static UInt256 operator *(UInt256 left, UInt256 right) =>
        left.BitLength + right.BitLength <= 128
            ? new UInt256(0, left._lower * right._lower)
            : (UInt256)((BigInteger)left * (BigInteger)right);

    /// <summary>The quotient, rounded towards zero.</summary>
    /// <exception cref="DivideByZeroException">Thrown when the divisor is 0.</exception>
    public static UInt256 operator /(UInt256 left, UInt256 right) =>
        left._upper == 0 && right._upper == 0
            ? new UInt256(0, left._lower / right._lower)
            : (UInt256)((BigInteger)left / (BigInteger)right);

    /// <summary>The remainder.</summary>
    /// <exception cref="DivideByZeroException">Thrown when the divisor is 0.</exception>
    public static UInt256 operator %(UInt256 left, UInt256 right) =>
        left._upper == 0 && right._upper == 0
            ? new UInt256(0, left._lower % right._lower)
            : (UInt256)((BigInteger)left % (BigInteger)right);

    /// <summary>The bits shifted up; bits shifted out are lost.</summary>
    public static UInt256 operator <<(UInt256 value, int count) => count switch
    {
        <= 0 => value,
        >= 256 => default,
        >= 128 => new UInt256(value._lower << (count - 128), 0),
        _ => new UInt256((value._upper << count) | (value._lower >> (128 - count)), value._lower << count),
    };

    /// <summary>The bits shifted down.</summary>
    public static UInt256 operator >>(UInt256 value, int count) => count switch
    {
        <= 0 => value,
        >= 256 => default,
        >= 128 => new UInt256(0, value._upper >> (count - 128)),
        _ => new UInt256(value._upper >> count, (value._lower >> count) | (value._upper << (128 - count))),
    };

    /// <summary>The bits set in both.</summary>
    public static UInt256 operator &(UInt256 left, UInt256 right) => new(left._upper & right._upper, left._lower & right._lower);

    /// <summary>The bits set in either.</summary>
    public static UInt256 operator |(UInt256 left, UInt256 right) => new(left._upper | right._upper, left._lower | right._lower);

    /// <summary>The bits set in one but not both.</summary>
    public static UInt256 operator ^(UInt256 left, UInt256 right) => new(left._upper ^ right._upper, left._lower ^ right._lower);

    /// <summary>The complement.</summary>
    public static UInt256 operator ~(UInt256 value) => new(~value._upper, ~value._lower);

    /// <summary>Equality.</summary>
    public static bool operator ==(UInt256 left, UInt256 right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(UInt256 left, UInt256 right) => !left.Equals(right);

    /// <summary>Less than.</summary>
    public static bool operator <(UInt256 left, UInt256 right) => left.CompareTo(right) < 0;

    /// <summary>Greater than.</summary>
    public static bool operator >(UInt256 left, UInt256 right) => left.CompareTo(right) > 0;

    /// <summary>At most.</summary>
    public static bool operator <=(UInt256 left, UInt256 right) => left.CompareTo(right) <= 0;

    /// <summary>At least.</summary>
    public static bool operator >=(UInt256 left, UInt256 right) => left.CompareTo(right) >= 0;
}
