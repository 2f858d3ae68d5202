using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>Rules MRG-011 and MRG-013: what a checkpoint reckons before it is stored.</summary>
public static class CheckpointRules
{
    /// <summary>MRG-011: the live forward, and how many of 1800 parts follow the spot.</summary>
    public static (BigInteger ForwardE8, BigInteger FollowSeconds) Forward(
        BigInteger tau, BigInteger spotE8, BigInteger sumE8, BigInteger covered, BigInteger remaining, BigInteger publishedForwardE8, BigInteger publishedSpotE8) =>
        tau > 1800
            ? (Clamp(Near(spotE8 * publishedForwardE8, publishedSpotE8), 1, Two(49)), 1800)
            : (Near(sumE8 + (remaining * spotE8), covered + remaining), Ceil(1800 * remaining, covered + remaining));

    /// <summary>MRG-013: the haircut of a token.</summary>
    public static BigInteger Haircut(BigInteger baseE8, BigInteger maxE8, BigInteger totalE8, BigInteger thresholdE8)
    {
        BigInteger grown = thresholdE8 == 0 || totalE8 <= thresholdE8 ? baseE8 : Ceil(baseE8 * totalE8, thresholdE8);
        return BigInteger.Min(BigInteger.Max(maxE8, baseE8), grown);
    }
}
