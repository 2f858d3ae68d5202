namespace OnchainMargin.Solver.Indexing;

/// <summary>A node told of a new block.</summary>
/// <param name="Number">Its number.</param>
internal sealed record HeadTick(ulong Number);
