namespace OnchainMargin.Models.Policy;

/// <summary>Where governance lets the parameters of an underlying move.</summary>
/// <param name="Range">Price range.</param>
/// <param name="Vol">Volatility shock.</param>
/// <param name="Depth">Depth, units.</param>
/// <param name="Haircut">Haircut of the token that is the underlying.</param>
/// <param name="Basis">Basis charge.</param>
/// <param name="Vega">Vega charge.</param>
public readonly record struct Corridor(CorridorBand Range, CorridorBand Vol, CorridorBand Depth, CorridorBand Haircut, CorridorBand Basis, CorridorBand Vega);
