namespace OnchainMargin.Solver.Transactions;

/// <summary>Between what a transaction's gas may be limited to.</summary>
/// <param name="Least">What it is expected to use, with a margin.</param>
/// <param name="Most">What it gets where the sender can pay for it.</param>
public readonly record struct GasLimits(ulong Least, ulong Most);
