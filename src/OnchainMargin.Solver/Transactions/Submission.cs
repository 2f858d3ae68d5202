using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <summary>What became of one intent of several.</summary>
/// <param name="Entry">The stored entry; null when it was refused.</param>
/// <param name="Refusal">Why the contract would refuse it now; null when it is stored.</param>
internal sealed record Submission(OutboxEntry? Entry, RevertException? Refusal);
