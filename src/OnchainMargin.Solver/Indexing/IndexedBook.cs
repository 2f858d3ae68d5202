using System.Collections.Immutable;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Indexing;

/// <summary>What the index hands to the other roles after each step that changed something.</summary>
/// <param name="Book">The protocol at the index's last block.</param>
/// <param name="AtCheckpoints">The protocol as it was at the end of each of the last checkpoints' blocks: what an epoch of that checkpoint speaks of, whoever computes it and whenever.</param>
/// <param name="ChainHead">The node's newest block.</param>
internal sealed record IndexedBook(ProtocolBook Book, ImmutableSortedDictionary<ulong, ProtocolBook> AtCheckpoints, ulong ChainHead)
{
    /// <summary>Whether the index could not take in what the chain did after it, so that the book stands still while the chain goes on.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Whether the index had reached the node's newest block, and can go on from there.</summary>
    public bool IsCaughtUp => !IsBroken && Book.BlockNumber >= ChainHead;
}
