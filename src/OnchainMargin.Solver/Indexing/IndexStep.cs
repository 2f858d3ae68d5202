using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>What one step of the index did.</summary>
/// <param name="RolledBackTo">The block that the index was rolled back to, or null when the chain only grew. When it is set, whatever was derived from later logs is void.</param>
/// <param name="Logs">The logs that were taken in, in chain order.</param>
/// <param name="Head">The last block of the index after the step, or null while it is empty.</param>
/// <param name="ChainHead">The newest block of the node.</param>
/// <param name="IsCaughtUp">Whether the index has taken in all that the node had when it was asked.</param>
internal sealed record IndexStep(ulong? RolledBackTo, IReadOnlyList<LogEntry> Logs, StoredBlock? Head, StoredBlock ChainHead, bool IsCaughtUp)
{
    /// <summary>How many logs of blocks that were taken in before a node had left out; it tells of them now, and the index was rolled back for their sake.</summary>
    public int Missed { get; init; }
}
