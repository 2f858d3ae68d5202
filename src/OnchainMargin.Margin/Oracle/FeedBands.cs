namespace OnchainMargin.Margin;

/// <summary>What governance asks of the sources of an underlying (ORC-001 to ORC-003).</summary>
/// <param name="MinCount">The fewest that must agree.</param>
/// <param name="MaxDeviationE8">How far from the median a source may lie, as a part of it, E8.</param>
/// <param name="ReduceMoveE8">How far from its average the price may lie before only reductions are taken, E8.</param>
/// <param name="HaltMoveE8">How far it may lie at all, E8.</param>
/// <param name="RecoverySeconds">How long nothing must ask for another state before the market is normal again.</param>
public readonly record struct FeedBands(int MinCount, long MaxDeviationE8, long ReduceMoveE8, long HaltMoveE8, long RecoverySeconds);
