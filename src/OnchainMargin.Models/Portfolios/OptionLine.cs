namespace OnchainMargin.Models.Portfolios;

/// <summary>An option's value and what it changes by, undiscounted, per unit.</summary>
/// <param name="Value">The value.</param>
/// <param name="Delta">What one unit of the forward adds.</param>
/// <param name="Gamma">What one unit of the forward adds to delta.</param>
/// <param name="Vega">What one unit of volatility times the root of time adds.</param>
public readonly record struct OptionLine(double Value, double Delta, double Gamma, double Vega);
