namespace OnchainMargin.Solver.Store;

/// <summary>A whole snapshot of the book.</summary>
/// <param name="Block">The block of the book.</param>
/// <param name="Format">What it can be read by.</param>
/// <param name="Parts">How many parts it has.</param>
/// <param name="IsOfChain">Whether the stored logs are of a chain with its block.</param>
internal sealed record StoredSnapshot(ulong Block, string Format, int Parts, bool IsOfChain);
