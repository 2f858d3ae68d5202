using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>Collateral of an account in base units of its token.</summary>
public sealed record Balance(int Token, BigInteger AmountRaw);
