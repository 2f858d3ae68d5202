namespace OnchainMargin.Models.Surfaces;

/// <summary>The surface of one underlying at one time.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="Time">Unix seconds.</param>
/// <param name="Spot">The index, median of the rows.</param>
/// <param name="Expiries">Expiries, ascending.</param>
/// <param name="Parity">What put-call parity says of the quotes.</param>
public sealed record FittedSurface(string Underlying, long Time, double Spot, IReadOnlyList<FittedExpiry> Expiries, IReadOnlyList<ParityDeviation> Parity);
