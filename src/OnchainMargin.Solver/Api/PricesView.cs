namespace OnchainMargin.Solver.Api;

/// <summary>The last checkpoint.</summary>
/// <param name="Checkpoint">Its number.</param>
/// <param name="TimeSeconds">Its time.</param>
/// <param name="InputsHash">Its commitment.</param>
/// <param name="Prices">The underlyings.</param>
internal sealed record PricesView(string Checkpoint, string TimeSeconds, string InputsHash, IReadOnlyList<PriceView> Prices);
