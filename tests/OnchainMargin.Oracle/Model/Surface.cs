using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>The words of one surface of an expiry.</summary>
public sealed record Surface(BigInteger ForwardE8, BigInteger PublishedForwardE8, BigInteger AE12, BigInteger BE12, BigInteger RhoE8, BigInteger ME8, BigInteger SigmaE8);
