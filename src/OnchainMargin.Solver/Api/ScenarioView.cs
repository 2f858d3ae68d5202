namespace OnchainMargin.Solver.Api;

/// <summary>One of the 37 scenarios with the account's weighted result.</summary>
/// <param name="Index">Its number (MRG-030).</param>
/// <param name="Label">In words, for the first underlying of the account.</param>
/// <param name="Quarters">The price move in quarters of the range.</param>
/// <param name="Volatility">−1, 0 or +1.</param>
/// <param name="Weight24">The weight of its loss, in 24ths.</param>
/// <param name="ResultE8">Profit or loss of all positions and spot collateral together, weighted.</param>
internal sealed record ScenarioView(
    int Index, string Label, int Quarters, int Volatility, int Weight24, string ResultE8);
