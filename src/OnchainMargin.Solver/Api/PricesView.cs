namespace OnchainMargin.Solver.Api;

/// <summary>Prices, live or of the last checkpoint.</summary>
/// <param name="Checkpoint">The checkpoint's number; of live prices that of the last one that was stored, whose prices are others.</param>
/// <param name="TimeSeconds">Their time.</param>
/// <param name="IsLive">Whether they are what a checkpoint would store now, and of none that was stored.</param>
/// <param name="InputsHash">Their commitment; of live prices nothing on chain has it.</param>
/// <param name="Prices">The underlyings.</param>
internal sealed record PricesView(
    string Checkpoint, string TimeSeconds, bool IsLive, string InputsHash, IReadOnlyList<PriceView> Prices);
