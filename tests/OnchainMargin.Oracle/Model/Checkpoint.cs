using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>A checkpoint with all its underlyings, ascending.</summary>
public sealed record Checkpoint(
    BigInteger Id, BigInteger Time, BigInteger InitialFactorE8, BigInteger DebtIndexE12, BigInteger CreditIndexE12,
    IReadOnlyList<CollateralRecord> Collaterals, IReadOnlyList<UnderlyingRecord> Underlyings);
