using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Margin;

/// <summary>A sum E16 in two words of two's complement. Beside Int128 it keeps to what the book needs, in words that stay in registers.</summary>
/// <param name="High">The upper word.</param>
/// <param name="Low">The lower word.</param>
internal readonly record struct WideSum(long High, ulong Low)
{
    private const long FiveToEight = 390_625;
    private const long YearOverTwoToSeven = Rounding.Year >> 7;

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
    internal long CeilOne() => Ceil(8, Rounding.One, FiveToEight);

    /// <summary>⌈this/(2·10⁸)⌉ of what is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long CeilTwo() => Ceil(9, 2 * Rounding.One, FiveToEight);

    /// <summary>⌈this/year⌉ of what is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long CeilYear() => Ceil(7, Rounding.Year, YearOverTwoToSeven);

    /// <summary>⌈this/b⌉ of what is not negative, for any b above zero.</summary>
    internal long Ceil(long b)
    {
        unchecked
        {
            ulong low = Low + (ulong)(b - 1);
            ulong high = (ulong)High + (low < Low ? 1UL : 0);
            return high >= (ulong)b >> 1 ? long.MaxValue : (long)(high == 0 ? low / (ulong)b : Rounding.Div2By1(high, low, (ulong)b, out _));
        }
    }

    /// <summary>As a number of the runtime's.</summary>
    internal Int128 ToInt128() => new(unchecked((ulong)High), Low);

    /// <summary>⌈this/b⌉ for b = odd·2ⁿ: what fits a word after a shift by n is multiplied instead of divided.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Ceil(int n, long b, long odd)
    {
        unchecked
        {
            ulong low = Low + (ulong)(b - 1);
            ulong high = (ulong)High + (low < Low ? 1UL : 0);
            return high >> n == 0 ? (long)(((high << (64 - n)) | (low >> n)) / (ulong)odd) : Ceil(b);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong UpperWord(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);
}
