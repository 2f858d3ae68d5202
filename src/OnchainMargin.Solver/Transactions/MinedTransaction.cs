namespace OnchainMargin.Solver.Transactions;

/// <summary>What became of a transaction that is in a block.</summary>
/// <param name="BlockNumber">The block.</param>
/// <param name="IsSuccess">Whether it was carried out; false when it was reverted.</param>
internal sealed record MinedTransaction(ulong BlockNumber, bool IsSuccess);
