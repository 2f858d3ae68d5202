using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Transactions;

/// <summary>Something to be done on chain, once.</summary>
/// <param name="Key">What it is, in one line that is the same whenever the same thing is meant, also after a restart: <c>epoch 7</c>, <c>start 12 of version 4</c>.</param>
/// <param name="Target">The contract to call.</param>
/// <param name="Data">The calldata.</param>
public sealed record TransactionIntent(string Key, Address Target, byte[] Data);
