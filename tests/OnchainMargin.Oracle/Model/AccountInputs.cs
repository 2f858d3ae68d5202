namespace OnchainMargin.Oracle;

/// <summary>Everything the margin is a function of (MRG-005).</summary>
public sealed record AccountInputs(AccountState State, IReadOnlyList<Balance> Balances, Checkpoint Checkpoint, Choice Choice);
