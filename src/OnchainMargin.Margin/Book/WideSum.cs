using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Margin;

/// <summary>A sum E16 in two words of two's complement. Beside Int128 it keeps to what the book needs, in words that stay in registers.</summary>
/// <param name="High">The upper word.</param>
/// <param name="Low">The lower word.</param>
internal readonly record struct WideSum(long High, ulong Low)
{
    private const ulong FiveToEight = 390_625;

    /// <summary>high·2ⁿ + low for n from 0 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static WideSum Of(long high, long low, int n)
    {
        // Why unchecked: the halves of two's complement; sums are far below 2¹²⁷.
        unchecked
        {
            ulong lower = (ulong)high << n;
            ulong sum = lower + (ulong)low;
            return new WideSum((n == 0 ? high >> 63 : high >> (64 - n)) + (low >> 63) + (sum < lower ? 1 : 0), sum);
        }
    }

    /// <summary>a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static WideSum Product(long a, long b)
    {
        unchecked
        {
            return new WideSum((long)UpperWord((ulong)a, (ulong)b) - ((a >> 63) & b) - ((b >> 63) & a), (ulong)a * (ulong)b);
        }
    }

    /// <summary>The sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideSum operator +(WideSum a, WideSum b)
    {
        unchecked
        {
            ulong low = a.Low + b.Low;
            return new WideSum(a.High + b.High + (low < a.Low ? 1 : 0), low);
        }
    }

    /// <summary>The product with a small number, of which the low 128 bits count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideSum operator *(WideSum a, int n) => unchecked(new WideSum((a.High * n) + (long)UpperWord(a.Low, (ulong)n), a.Low * (ulong)n));

    /// <summary>The magnitude.</summary>
    internal WideSum Magnitude
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            unchecked
            {
                long sign = High >> 63;
                ulong low = (Low ^ (ulong)sign) + (ulong)(sign & 1);
                return new WideSum((High ^ sign) + (sign & 1 & (low == 0 ? 1 : 0)), low);
            }
        }
    }

    /// <summary>Whether it is zero.</summary>
    internal bool IsZero => High == 0 && Low == 0;

    /// <summary>⌈this/10⁸⌉ of what is not negative; <see cref="long.MaxValue"/> where that does not fit a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long CeilOne()
    {
        // What fits a word after a shift by the twos of 10⁸ is multiplied instead of divided.
        unchecked
        {
            WideSum sum = this + new WideSum(0, Rounding.One - 1);
            return sum.High >> 8 == 0 ? (long)((((ulong)sum.High << 56) | (sum.Low >> 8)) / FiveToEight) : Ceil(Rounding.One);
        }
    }

    /// <summary>⌊this/10⁸⌋ of what is not negative; <see cref="long.MaxValue"/> where that does not fit a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long FloorOne()
    {
        // What fits a word after a shift by the twos of 10⁸ is multiplied instead of divided.
        unchecked
        {
            return (ulong)High >> 8 == 0 ? (long)((((ulong)High << 56) | (Low >> 8)) / FiveToEight)
                : (ulong)High >= (ulong)Rounding.One >> 1 ? long.MaxValue : (long)Rounding.Div2By1((ulong)High, Low, (ulong)Rounding.One, out _);
        }
    }

    /// <summary>⌊this/10⁸⌋ of any sum.</summary>
    internal Int128 FloorOneWide()
    {
        // What fits a word after a shift by the twos of 10⁸ is multiplied instead of divided.
        unchecked
        {
            long shifted = (High << 56) | (long)(Low >> 8);
            return High >> 7 is 0 or -1 ? Rounding.DivFloor(shifted, (long)FiveToEight) : Rounding.DivFloorOne(ToInt128());
        }
    }

    /// <summary>⌈this/b⌉ of what is not negative, for any b above zero.</summary>
    internal long Ceil(long b)
    {
        unchecked
        {
            ulong low = Low + (ulong)(b - 1);
            ulong high = (ulong)High + (low < Low ? 1UL : 0);

            // One division for long and short ones: which it is would be a coin toss.
            return high >= (ulong)b >> 1 ? long.MaxValue : (long)Rounding.Div2By1(high, low, (ulong)b, out _);
        }
    }

    /// <summary>As a number of the runtime's.</summary>
    internal Int128 ToInt128() => new(unchecked((ulong)High), Low);

    /// <summary>The upper word of a product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong UpperWord(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);
}
