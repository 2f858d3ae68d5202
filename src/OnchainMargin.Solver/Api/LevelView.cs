namespace OnchainMargin.Solver.Api;

/// <summary>A price level of a book.</summary>
/// <param name="PriceE8">The price.</param>
/// <param name="SizeE8">The size at it.</param>
/// <param name="Orders">How many orders.</param>
internal sealed record LevelView(
    string PriceE8, string SizeE8, int Orders);
