namespace OnchainMargin.Models.OrderFlow;

/// <summary>One price of an order book.</summary>
/// <param name="Price">The price.</param>
/// <param name="Quantity">Units offered there.</param>
public readonly record struct BookLevel(double Price, double Quantity);
