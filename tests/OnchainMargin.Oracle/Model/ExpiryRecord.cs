using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>One expiry at a checkpoint.</summary>
public sealed record ExpiryRecord(BigInteger Expiry, BigInteger SurfaceTime, BigInteger DiscountE12, Surface Present, Surface Delayed);
