using System.Collections.Immutable;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>The book that belongs to the stored logs: grows with them, and is made anew from the store after a rollback.</summary>
internal sealed class BookIndex(DeploymentRecord deployment, SolverStore store)
{
    private const int KeptSnapshots = 64;

    private readonly BookReplay _replay = new(deployment);

    /// <summary>The protocol at the last block.</summary>
    public ProtocolBook Book => _replay.Book;

    /// <summary>The protocol at the ends of the blocks of the last checkpoints.</summary>
    public ImmutableSortedDictionary<ulong, ProtocolBook> AtCheckpoints { get; private set; } = ImmutableSortedDictionary<ulong, ProtocolBook>.Empty;

    /// <summary>Makes the book of everything that is stored.</summary>
    public void Rebuild()
    {
        _replay.Reset();
        AtCheckpoints = ImmutableSortedDictionary<ulong, ProtocolBook>.Empty;
        if (store.Head() is { } head)
        {
            Add(store.LogsFrom(0), head);
        }
    }

    /// <summary>Adds logs that were stored after those that the book has.</summary>
    /// <exception cref="ProtocolException">Thrown when they do not fit; the book must then be made anew from a fresh index.</exception>
    public void Add(IReadOnlyList<LogEntry> logs, StoredBlock head)
    {
        foreach (IGrouping<ulong, LogEntry> block in logs.GroupBy(static log => log.BlockNumber))
        {
            LogEntry first = block.First();
            ulong before = _replay.Book.LatestCheckpoint?.Id ?? 0;
            _replay.Apply(block, block.Key, first.BlockHash, first.BlockTimestampSeconds);
            ulong after = _replay.Book.LatestCheckpoint?.Id ?? 0;
            if (after > before)
            {
                AtCheckpoints = AtCheckpoints.SetItem(after, _replay.Book);
                AtCheckpoints = AtCheckpoints.Count > KeptSnapshots ? AtCheckpoints.Remove(AtCheckpoints.Keys.First()) : AtCheckpoints;
            }
        }

        _replay.Apply([], head.Number, head.Hash, head.TimeSeconds);
    }
}
