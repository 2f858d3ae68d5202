namespace OnchainMargin.Solver.Api;

/// <summary>Sensitivities of the positions of one underlying and expiry.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="ExpirySeconds">The expiry; 0 for perpetual and spot collateral.</param>
/// <param name="DeltaE8">Units of the underlying.</param>
/// <param name="GammaE16">Units a price.</param>
/// <param name="VegaE8">Money a volatility point.</param>
/// <param name="ThetaE8">Money a day.</param>
internal sealed record GreeksView(
    string Underlying, string ExpirySeconds, string DeltaE8, string GammaE16, string VegaE8, string ThetaE8);
