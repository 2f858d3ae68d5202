namespace OnchainMargin.Models.Policy;

/// <summary>The parameters of an underlying that a policy moves.</summary>
/// <param name="Range">Price range, R.</param>
/// <param name="Vol">Volatility shock, V.</param>
/// <param name="Depth">Depth, units.</param>
/// <param name="Haircut">Haircut of the token that is the underlying.</param>
/// <param name="Basis">Basis charge, of the price.</param>
/// <param name="Vega">Vega charge, of the volatility shock.</param>
public readonly record struct PolicyParameters(double Range, double Vol, double Depth, double Haircut, double Basis, double Vega);
