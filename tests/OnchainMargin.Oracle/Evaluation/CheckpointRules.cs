using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>Rules MRG-011 and MRG-013: what a checkpoint reckons before it is stored.</summary>
public static class CheckpointRules
{
    /// <summary>MRG-011: the live forward, for τ ≥ 1.</summary>
    public static BigInteger Forward(BigInteger tau, BigInteger spotE8, BigInteger averageE8, BigInteger publishedForwardE8, BigInteger publishedSpotE8)
    {
        if (tau > 1800)
        {
            return Clamp(Near(spotE8 * publishedForwardE8, publishedSpotE8), 1, Two(49));
        }

        BigInteger elapsed = 1800 - tau;
        return Near((elapsed * (elapsed == 0 ? spotE8 : averageE8)) + (tau * spotE8), 1800);
    }

    /// <summary>MRG-013: the haircut of a token.</summary>
    public static BigInteger Haircut(BigInteger baseE8, BigInteger maxE8, BigInteger totalE8, BigInteger thresholdE8)
    {
        BigInteger grown = thresholdE8 == 0 || totalE8 <= thresholdE8 ? baseE8 : Ceil(baseE8 * totalE8, thresholdE8);
        return BigInteger.Min(BigInteger.Max(maxE8, baseE8), grown);
    }
}
