namespace OnchainMargin.Solver.Relay;

/// <summary>A price level of a book.</summary>
/// <param name="PriceE8">The price.</param>
/// <param name="SizeE8">What rests at it.</param>
/// <param name="Orders">How many orders.</param>
internal sealed record BookLevel(ulong PriceE8, ulong SizeE8, int Orders);
