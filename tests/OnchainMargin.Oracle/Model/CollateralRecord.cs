using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>One collateral token at a checkpoint.</summary>
public sealed record CollateralRecord(int Token, int Underlying, int Decimals, BigInteger HaircutE8, BigInteger PriceE8);
