using System.Collections.Immutable;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Snapshots;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>The book that belongs to the stored logs: grows with them, goes back to one of its last blocks when the chain does, and is made anew from the store when it went back further.</summary>
internal sealed class BookIndex(DeploymentRecord deployment, SolverStore store, BookSnapshots snapshots)
{
    /// <summary>How many checkpoints' books are kept.</summary>
    internal const int KeptCheckpoints = 64;

    private const int KeptBlocks = 128;

    private readonly BookReplay _replay = new(deployment);

    // Books share what did not change between them, so that the last ones cost next to nothing.
    private readonly LinkedList<(ProtocolBook Book, ImmutableSortedDictionary<ulong, ProtocolBook> AtCheckpoints)> _last = new();

    /// <summary>The protocol at the last block.</summary>
    public ProtocolBook Book => _replay.Book;

    /// <summary>The protocol at the ends of the blocks of the last checkpoints.</summary>
    public ImmutableSortedDictionary<ulong, ProtocolBook> AtCheckpoints { get; private set; } = ImmutableSortedDictionary<ulong, ProtocolBook>.Empty;

    /// <summary>How many logs were applied so far, those that were applied anew counted again.</summary>
    public long Logs { get; private set; }

    /// <summary>Makes the book of everything that is stored: of the snapshot and the logs after it, or of all logs.</summary>
    public void Rebuild()
    {
        if (snapshots.Load() is { } book)
        {
            try
            {
                Replay(book);
                return;
            }
            catch (ProtocolException error)
            {
                snapshots.Drop(error.Message);
            }
        }

        Replay(ProtocolBook.Empty);
    }

    /// <summary>Goes back to a block and adds what is stored after it: after a rollback of the store.</summary>
    /// <param name="ancestor">The last block that both chains have.</param>
    public void GoBack(ulong ancestor)
    {
        while (_last.Last is { } last && last.Value.Book.BlockNumber > ancestor)
        {
            _last.RemoveLast();
        }

        if (_last.Last is not { } kept || store.Head() is not { } head)
        {
            Rebuild();
            return;
        }

        _replay.Reset(kept.Value.Book);
        AtCheckpoints = kept.Value.AtCheckpoints;
        Add(store.LogsFrom(kept.Value.Book.BlockNumber + 1), head);
    }

    /// <summary>Adds logs that were stored after those that the book has.</summary>
    /// <exception cref="ProtocolException">Thrown when they do not fit; the book must then be made anew from a fresh index.</exception>
    public void Add(IEnumerable<LogEntry> logs, StoredBlock head)
    {
        foreach (IReadOnlyList<LogEntry> block in ByBlock(logs))
        {
            LogEntry first = block[0];
            ulong before = _replay.Book.LatestCheckpoint?.Id ?? 0;
            _replay.Apply(block, first.BlockNumber, first.BlockHash, first.BlockTimestampSeconds);
            Logs += block.Count;
            ulong after = _replay.Book.LatestCheckpoint?.Id ?? 0;
            if (after > before)
            {
                AtCheckpoints = AtCheckpoints.SetItem(after, _replay.Book);
                AtCheckpoints = AtCheckpoints.Count > KeptCheckpoints ? AtCheckpoints.Remove(AtCheckpoints.Keys.First()) : AtCheckpoints;
            }

            Keep();
        }

        _replay.Apply([], head.Number, head.Hash, head.TimeSeconds);
        Keep();
    }

    /// <summary>Adds what is stored to nothing, or to a book at the end of a checkpoint's block.</summary>
    private void Replay(ProtocolBook from)
    {
        _replay.Reset(from);
        _last.Clear();
        AtCheckpoints = ImmutableSortedDictionary<ulong, ProtocolBook>.Empty;
        if (from.LatestCheckpoint is { } checkpoint)
        {
            AtCheckpoints = AtCheckpoints.Add(checkpoint.Id, from);
            Keep();
        }

        if (store.Head() is { } head)
        {
            Add(store.LogsFrom(_last.Count == 0 ? 0 : from.BlockNumber + 1), head);
        }
    }

    /// <summary>Keeps the book of the last block, once: what a block's logs made and what its end made is one book.</summary>
    private void Keep()
    {
        if (_last.Last is { } last && last.Value.Book.BlockNumber == _replay.Book.BlockNumber)
        {
            _last.RemoveLast();
        }

        _last.AddLast((_replay.Book, AtCheckpoints));
        if (_last.Count > KeptBlocks)
        {
            _last.RemoveFirst();
        }
    }

    private static IEnumerable<IReadOnlyList<LogEntry>> ByBlock(IEnumerable<LogEntry> logs)
    {
        var block = new List<LogEntry>();
        foreach (LogEntry log in logs)
        {
            if (block.Count > 0 && block[0].BlockNumber != log.BlockNumber)
            {
                yield return block;
                block.Clear();
            }

            block.Add(log);
        }

        if (block.Count > 0)
        {
            yield return block;
        }
    }
}
