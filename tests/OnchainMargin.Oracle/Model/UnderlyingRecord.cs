using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>One underlying at a checkpoint.</summary>
public sealed record UnderlyingRecord(
    int Underlying, int Group, int MarketState, BigInteger SpotE8, BigInteger PerpetualMarkE8, BigInteger SpreadE8, BigInteger OpenInterestE8, BigInteger AverageSpotE8,
    BigInteger CumulativeFundingE8, BigInteger DepthE8, RiskParameters Parameters, IReadOnlyList<ExpiryRecord> Expiries);
