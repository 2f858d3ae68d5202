namespace OnchainMargin.Models.Policy;

/// <summary>Where governance lets one parameter move.</summary>
/// <param name="Least">Least value.</param>
/// <param name="Most">Largest value.</param>
public readonly record struct CorridorBand(double Least, double Most);
