using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>The parameters of an underlying, E8, in the order of their words.</summary>
public sealed record RiskParameters(
    BigInteger PriceRangeE8, BigInteger VolRangeE8, BigInteger VolUpFloorE8, BigInteger ShortOptionMinimumE8, BigInteger BasisChargeE8, BigInteger BasisRateE8,
    BigInteger SlippageE8, BigInteger SlippageCapE8, BigInteger CrowdingE8, BigInteger VegaChargeE8, BigInteger RateChargeE8, BigInteger FloorRateE8, BigInteger NettingFloorE8);
