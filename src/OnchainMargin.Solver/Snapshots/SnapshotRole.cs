using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Snapshots;

/// <summary>The role that writes a snapshot of the book whenever enough logs have come since the last.</summary>
internal sealed class SnapshotRole(BookIndex index, BookSnapshots snapshots, Broadcast<IndexedBook> books, SolverOptions options) : ISolverRole, IDisposable
{
    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private ProtocolBook? _next;
    private long _logsAtLast;

    /// <inheritdoc/>
    public string Name => "snapshots";

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { IsCaughtUp: true } indexed)
        {
            return;
        }

        // The oldest of the kept books: after a restart from it the replay finds the blocks of all later checkpoints, so that what epochs speak of is known as before. For a large book more logs come first, so that it is
        // not written many times for each time that it changes.
        long logs = index.Logs;
        if (_next is null && indexed.AtCheckpoints.Count == BookIndex.KeptCheckpoints && logs - _logsAtLast >= Math.Max(options.Index.SnapshotLogs, indexed.Book.Accounts.Count / 4))
        {
            (_next, _logsAtLast) = (indexed.AtCheckpoints.Values.First(), logs);
        }

        if (_next is { } book && indexed.Book.BlockNumber >= book.BlockNumber + (ulong)options.Index.ReorganisationDepthBlocks)
        {
            _next = null;
            await Task.Factory.StartNew(() => snapshots.Write(book, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _changes.NextAsync(cancellationToken).ConfigureAwait(false);
}
