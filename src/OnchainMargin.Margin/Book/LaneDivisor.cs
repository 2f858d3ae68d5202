using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>A divisor as the lanes divide by it: some twos by a shift, the rest by its reciprocal, so that longer numbers fit one division.</summary>
internal readonly record struct LaneDivisor
{
    /// <summary>Most twos that are shifted out.</summary>
    internal const int TwosMost = 8;

    /// <summary>Takes a divisor from 2 to 2²⁸.</summary>
    internal LaneDivisor(long divisor)
    {
        // At least 2 stays for the reciprocal.
        Twos = Math.Min(TwosMost, Math.Min(BitOperations.TrailingZeroCount(divisor), BitOperations.Log2((ulong)divisor) - 1));
        Rest = new Reciprocal(divisor >> Twos);
    }

    /// <summary>How many twos are shifted out.</summary>
    internal int Twos { get; }

    /// <summary>The divisor without them.</summary>
    internal Reciprocal Rest { get; }
}
