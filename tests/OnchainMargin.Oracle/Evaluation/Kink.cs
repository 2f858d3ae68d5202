using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>What one option position brings to `between` (MRG-032).</summary>
public sealed record Kink(int Position, BigInteger Y, BigInteger Weight, BigInteger SizeE8, IReadOnlyList<bool> Narrow, IReadOnlyList<BigInteger> HumpE8);
