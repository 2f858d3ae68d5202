using System.Data.Common;
using System.Globalization;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Snapshots;

/// <summary>The last snapshot of the book in the store, which spares a restart the logs before it. The logs stay what the book is made of: a snapshot that cannot be used is dropped, and all of them are replayed.</summary>
internal sealed class BookSnapshots(DeploymentRecord deployment, SolverStore store, TimeProvider time, ILogger<BookSnapshots> logger)
{
    /// <summary>Rows that are deleted at once.</summary>
    private const int PrunedAtOnce = 8;

    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(1);

    private readonly string _format = BookParts.FormatOf(deployment);

    /// <summary>The book of the snapshot, or null when there is none that can be used.</summary>
    public ProtocolBook? Load()
    {
        if (store.FindSnapshot() is not { } kept)
        {
            return null;
        }

        if (!string.Equals(kept.Format, _format, StringComparison.Ordinal))
        {
            Drop("other code of this program makes the book now, or it is of other contracts");
            return null;
        }

        if (!kept.IsOfChain)
        {
            Drop("its block is not in the stored chain");
            return null;
        }

        try
        {
            ProtocolBook book = BookParts.Read(kept.Block, store.SnapshotParts(kept));
            logger.SnapshotRead(book.BlockNumber, book.Accounts.Count);
            return book;
        }
        catch (Exception error)
        {
            // Whatever is wrong with it, nothing is lost that the logs do not have.
            Drop(error.GetBaseException().Message);
            return null;
        }
    }

    /// <summary>Drops the snapshot, and says why.</summary>
    public void Drop(string reason)
    {
        logger.SnapshotUnusable(reason);
        store.DropSnapshot();
    }

    /// <summary>Writes a book, part by part, with pauses as long as the work between them, so that it holds up nobody; then makes it the snapshot in place of the last one.</summary>
    /// <param name="book">The book at the end of a checkpoint's block that is deeper than any reorganisation that is followed.</param>
    /// <param name="cancellationToken">Breaks off; what was written is deleted the next time.</param>
    /// <exception cref="StoreException">Thrown when it could not be written; the last one counts on.</exception>
    public void Write(ProtocolBook book, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        long resumed = began;
        void Pause()
        {
            // A wait of less than a millisecond is none, and a lock that is taken again at once lets nobody else in.
            cancellationToken.WaitHandle.WaitOne(time.GetElapsedTime(resumed) + LeastPause);
            cancellationToken.ThrowIfCancellationRequested();
            resumed = time.GetTimestamp();
        }

        void Prune()
        {
            while (store.PruneSnapshotParts(PrunedAtOnce))
            {
                Pause();
            }
        }

        if (store.FindSnapshot() is { } kept && kept.Block >= book.BlockNumber)
        {
            return;
        }

        Prune();
        try
        {
            (int place, long bytes) = (0, 0);
            int parts = BookParts.Write(book, part =>
            {
                store.AddSnapshotPart(book.BlockNumber, place++, part);
                bytes += part.Length;
                Pause();
            });
            if (store.TrySetSnapshot(book.BlockNumber, book.BlockHash, _format, parts))
            {
                logger.SnapshotWritten(book.BlockNumber, bytes, string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(began).TotalSeconds:F1}"));
            }
        }
        catch (Exception error) when (error is not (OperationCanceledException or DbException))
        {
            // What cannot be kept of a book must stop no other role.
            throw new StoreException($"The snapshot of the book of block {book.BlockNumber} could not be written ({error.GetBaseException().Message}); a restart replays more events meanwhile.", error);
        }
        finally
        {
            // What does not count takes no room, least of all on a disk that is full; a process that ends leaves it to the next snapshot.
            if (!cancellationToken.IsCancellationRequested)
            {
                Prune();
            }
        }
    }
}
