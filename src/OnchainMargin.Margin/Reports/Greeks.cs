using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>Sensitivities of the positions of one underlying and expiry.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="Expiry">The expiry; 0 for perpetual and spot collateral.</param>
/// <param name="DeltaE8">Units of the underlying.</param>
/// <param name="GammaE16">Units a price; of a cheap underlying near expiry more than 128 bits hold.</param>
/// <param name="VegaE8">Money a volatility point.</param>
/// <param name="ThetaE8">Money a day.</param>
[SpecRule("MRG-060")]
public sealed record Greeks(ushort Underlying, uint Expiry, Int128 DeltaE8, BigInteger GammaE16, Int128 VegaE8, Int128 ThetaE8);
