namespace OnchainMargin.Solver.Api;

/// <summary>Prices, live or of the last checkpoint.</summary>
/// <param name="Checkpoint">The checkpoint's number; of live prices the one that would come next.</param>
/// <param name="TimeSeconds">Their time.</param>
/// <param name="InputsHash">Their commitment.</param>
/// <param name="Prices">The underlyings.</param>
internal sealed record PricesView(
    string Checkpoint, string TimeSeconds, string InputsHash, IReadOnlyList<PriceView> Prices);
