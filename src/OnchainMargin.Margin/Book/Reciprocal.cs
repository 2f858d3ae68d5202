using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>Division by a number that many are divided by, of every n of 64 bits: with t = ⌊n·m/2⁶⁴⌋ it is ⌊n/d⌋ = ⌊(t + ⌊(n − t)/2⌋)/2ˢ⌋.</summary>
internal readonly record struct Reciprocal
{
    /// <summary>The reciprocal of a number from 2 to 2⁶².</summary>
    internal Reciprocal(long divisor)
    {
        // M = 2⁶⁴ + m is ⌊2^(64 + b)/d⌋ + 1 with b the bits of d − 1: M·d exceeds 2^(64 + b) by at most d ≤ 2ᵇ, so n·M/2^(64 + b) exceeds n/d by less than 1/d. The upper word of n·M is n + t, its half does not overflow as written.
        int bits = 64 - BitOperations.LeadingZeroCount((ulong)(divisor - 1));
        Divisor = divisor;
        Multiplier = unchecked((ulong)((UInt128.One << (64 + bits)) / (UInt128)divisor)) + 1;
        Shift = bits - 1;
    }

    /// <summary>d.</summary>
    internal long Divisor { get; }

    /// <summary>m.</summary>
    internal ulong Multiplier { get; }

    /// <summary>s.</summary>
    internal int Shift { get; }
}
