using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Margin;

/// <summary>Division with its rounding in the name, for divisors above zero; short operands take the short way to the same result.</summary>
internal static class Rounding
{
    /// <summary>One, in E8.</summary>
    internal const long One = 100_000_000;

    /// <summary>One, in E12.</summary>
    internal const long OneE12 = 1_000_000_000_000;

    /// <summary>Seconds of a year of 365 days.</summary>
    internal const long Year = 31_536_000;

    /// <summary>⌊a/b⌋ for b above zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long DivFloor(long a, long b)
    {
        long q = a / b;
        return (a ^ b) < 0 && q * b != a ? q - 1 : q;
    }

    /// <summary>⌊a/10⁸⌋.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long DivFloorOne(long a)
    {
        long q = a / One;
        return q - (unchecked(a - (q * One)) >> 63 & 1);
    }

    /// <summary>⌊a/b⌋ for b above zero.</summary>
    internal static Int128 DivFloor(Int128 a, long b)
    {
        // Why unchecked: a quotient is no larger than its dividend; the negative of −2¹²⁷ is its magnitude when it is read without a sign.
        unchecked
        {
            if ((long)(a >> 64) >= 0)
            {
                return (Int128)DivRem((UInt128)a, (ulong)b, out _);
            }

            UInt128 q = DivRem((UInt128)(-a), (ulong)b, out ulong rest);
            return -(Int128)(rest == 0 ? q : q + 1);
        }
    }

    /// <summary>⌊a/10⁸⌋; what fits a word is multiplied instead of divided.</summary>
    internal static Int128 DivFloorOne(Int128 a)
    {
        unchecked
        {
            long low = (long)a;
            return (long)(a >> 64) == low >> 63 ? DivFloorOne(low) : DivFloor(a, One);
        }
    }

    /// <summary>⌈a/b⌉ for b above zero.</summary>
    internal static Int128 DivCeil(Int128 a, long b) => unchecked(-DivFloor(-a, b));

    /// <summary>⌊a/b⌋ for b above zero.</summary>
    internal static Int128 DivFloor(Int128 a, Int128 b)
    {
        if (b <= long.MaxValue)
        {
            return DivFloor(a, (long)b);
        }

        Int128 q = a / b;
        return a < 0 && q * b != a ? q - 1 : q;
    }

    /// <summary>⌈a/b⌉ for b above zero.</summary>
    internal static Int128 DivCeil(Int128 a, Int128 b) => unchecked(-DivFloor(-a, b));

    /// <summary>near(a, b) = ⌊(a + ⌊b/2⌋)/b⌋ for b above zero.</summary>
    internal static Int128 DivNear(Int128 a, long b) => DivFloor(unchecked(a + (b >> 1)), b);

    /// <summary>near(a, b) for b above zero.</summary>
    internal static Int128 DivNear(Int128 a, Int128 b) => DivFloor(a + (b / 2), b);

    /// <summary>Quotient and rest by a divisor of 64 bits.</summary>
    internal static UInt128 DivRem(UInt128 a, ulong b, out ulong rest)
    {
        ulong high = (ulong)(a >> 64);
        ulong low = unchecked((ulong)a);
        if (high == 0)
        {
            (ulong q, rest) = Math.DivRem(low, b);
            return q;
        }

        (ulong upper, ulong carry) = high < b ? (0, high) : Math.DivRem(high, b);
        ulong lower = Div2By1(carry, low, b, out rest);
        return new UInt128(upper, lower);
    }

    /// <summary>⌊(high·2⁶⁴ + low)/b⌋ for high below b, so that the quotient has 64 bits: long division by two digits of 32 bits.</summary>
    internal static ulong Div2By1(ulong high, ulong low, ulong b, out ulong rest)
    {
        // Why unchecked: Knuth's algorithm D for two digits; every difference is taken modulo 2⁶⁴ and its true value is in range.
        unchecked
        {
            if (X86Base.X64.IsSupported)
            {
#pragma warning disable SYSLIB5004 // The instruction is older than the runtime; only its name in .NET may still change. Without it the digits below give the same integers.
                (ulong quotient, rest) = X86Base.X64.DivRem(low, high, b);
#pragma warning restore SYSLIB5004
                return quotient;
            }

            if (b <= uint.MaxValue)
            {
                ulong upper = (high << 32) | (low >> 32);
                ulong q = upper / b;
                ulong lower = ((upper - (q * b)) << 32) | (uint)low;
                ulong p = lower / b;
                rest = lower - (p * b);
                return (q << 32) | p;
            }

            int shift = System.Numerics.BitOperations.LeadingZeroCount(b);
            b <<= shift;
            ulong bHigh = b >> 32;
            ulong bLow = (uint)b;
            ulong top = shift == 0 ? high : (high << shift) | (low >> (64 - shift));
            low <<= shift;
            ulong lowHigh = low >> 32;
            ulong lowLow = (uint)low;
            ulong first = Digit(top, lowHigh, bHigh, bLow);
            ulong middle = (top << 32) + lowHigh - (first * b);
            ulong second = Digit(middle, lowLow, bHigh, bLow);
            rest = ((middle << 32) + lowLow - (second * b)) >> shift;
            return (first << 32) + second;
        }
    }

    /// <summary>The absolute value as an unsigned number.</summary>
    internal static Int128 Abs(Int128 value) => unchecked(value < 0 ? -value : value);

    /// <summary>The larger.</summary>
    internal static Int128 Max(Int128 a, Int128 b) => a > b ? a : b;

    /// <summary>The smaller.</summary>
    internal static Int128 Min(Int128 a, Int128 b) => a < b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Digit(ulong top, ulong next, ulong bHigh, ulong bLow)
    {
        unchecked
        {
            ulong q = top / bHigh;
            ulong r = top - (q * bHigh);
            while (q > uint.MaxValue || q * bLow > ((r << 32) | next))
            {
                q--;
                r += bHigh;
                if (r > uint.MaxValue)
                {
                    break;
                }
            }

            return q;
        }
    }
}
