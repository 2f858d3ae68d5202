using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>One expiry at a checkpoint.</summary>
public sealed record ExpiryRecord(BigInteger Expiry, BigInteger SurfaceTime, BigInteger DiscountE12, Surface Present, Surface Delayed)
{
    /// <summary>How many of the 1800 parts of a unit follow the spot still.</summary>
    public BigInteger FollowSeconds { get; init; } = 1800;
}
