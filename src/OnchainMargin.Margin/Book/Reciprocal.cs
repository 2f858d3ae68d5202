using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>Division by a number that many are divided by: ⌊n/d⌋ = ⌊n·m/2ᵖ⌋ for n below 2⁶².</summary>
internal readonly record struct Reciprocal
{
    /// <summary>Bits of what can be divided.</summary>
    internal const int Bits = 62;

    /// <summary>The reciprocal of a number from 2 to 2⁶².</summary>
    internal Reciprocal(long divisor)
    {
        // m = ⌊2ᵖ/d⌋ + 1 with p = 62 + the bits of d: m·d exceeds 2ᵖ by at most d, so n·m/2ᵖ exceeds n/d by less than n·d/(d·2ᵖ) ≤ 2⁶²/2ᵖ < 1/d. And m ≤ 2⁶³ + 1.
        int bits = 64 - BitOperations.LeadingZeroCount((ulong)divisor);
        Divisor = divisor;
        Multiplier = (ulong)((UInt128.One << (Bits + bits)) / (UInt128)divisor) + 1;
        Shift = bits + Bits - 64;
    }

    /// <summary>d.</summary>
    internal long Divisor { get; }

    /// <summary>m.</summary>
    internal ulong Multiplier { get; }

    /// <summary>p − 64.</summary>
    internal int Shift { get; }
}
