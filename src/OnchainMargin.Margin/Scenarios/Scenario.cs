namespace OnchainMargin.Margin;

/// <summary>One scenario.</summary>
/// <param name="Quarters">Price move in quarters of the range.</param>
/// <param name="Volatility">−1, 0 or +1: the shock of volatility.</param>
/// <param name="Weight24">Weight of its loss in 24ths.</param>
[SpecRule("MRG-030")]
public readonly record struct Scenario(int Quarters, int Volatility, int Weight24);
