using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Node;

/// <summary>The logs of a range of blocks that was read whole: a place from which a scan can go on.</summary>
/// <param name="FromBlock">The first block.</param>
/// <param name="ToBlock">The last block.</param>
/// <param name="Logs">The logs in the chain's order.</param>
public sealed record LogRange(ulong FromBlock, ulong ToBlock, IReadOnlyList<LogEntry> Logs);
