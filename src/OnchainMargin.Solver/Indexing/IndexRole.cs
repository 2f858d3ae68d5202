using System.Data.Common;
using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>The role that follows the chain and publishes the book after each change.</summary>
internal sealed class IndexRole(
    ChainFollower follower, BookIndex index, SolverStore store, Broadcast<IndexedBook> books, HeadSignal heads, SolverOptions options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<IndexRole> logger) : ISolverRole
{
    /// <summary>So often the chain is read anew before the process ends.</summary>
    private const int MostFailures = 3;

    private bool _isBehind;
    private int _failures;

    /// <summary>Why the index was given up, so that the process ends; null while it goes on.</summary>
    public string? GivenUp { get; private set; }

    /// <inheritdoc/>
    public string Name => SolverRoles.Indexer;

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        Hash32 before = store.Head()?.Hash ?? default;
        if (before != index.Book.BlockHash)
        {
            // The first round, or one that was broken off between the store and the book: the book is made of what is stored.
            await Task.Yield();
            Change(index.Rebuild);
            logger.IndexLoaded(index.Book.BlockNumber, index.Book.Accounts.Count);
        }

        IndexStep step = await follower.RunOnceAsync(cancellationToken).ConfigureAwait(false);

        // A step that got nowhere, as where one of several nodes tells a head and another the blocks before it, is tried again after a while.
        _isBehind = !step.IsCaughtUp && (step.RolledBackTo is not null || step.Head?.Hash != before);
        if (step.RolledBackTo is { } ancestor)
        {
            if (step.Missed > 0)
            {
                logger.LogsWereMissed(step.Missed, ancestor + 1, ancestor);
            }
            else
            {
                logger.ChainReorganised(index.Book.BlockNumber, ancestor);
            }

            Change(() => index.GoBack(ancestor));
        }
        else if (step.Head is { } head && head.Hash != index.Book.BlockHash)
        {
            Change(() => index.Add(step.Logs, head));
        }

        Publish(step.ChainHead.Number);
        _failures = step.IsCaughtUp ? 0 : _failures;
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) =>
        _isBehind ? Task.CompletedTask : heads.WaitAsync(TimeSpan.FromMilliseconds(options.Index.PollMilliseconds), time, cancellationToken);

    private void Change(Action make)
    {
        try
        {
            make();
        }
        catch (Exception error) when (error is not (OperationCanceledException or StoreException or DbException or IOException))
        {
            // The node left an event out or gave a wrong one, or this program cannot take in what the chain did. What is stored cannot be trusted, the chain can: it is read anew. Nobody acts meanwhile upon a book that stands still.
            logger.IndexDoesNotFit(error.Message);
            PublishBroken();

            // Counted first: a store that cannot forget, either, must not have the same be read for ever.
            if (++_failures == MostFailures)
            {
                GivenUp = $"The index failed {MostFailures} times, each time from the first block on, the last time with: {error.Message.TrimEnd('.')}. Start the solver again with another node, and report it if that does not help.";
                logger.IndexGivenUp(GivenUp);
                lifetime.StopApplication();
            }

            store.ForgetIndex();
            throw;
        }
    }

    /// <summary>Says that the last book counts no more.</summary>
    private void PublishBroken()
    {
        if (books.Current is { IsBroken: false } current)
        {
            books.Publish(current with { IsBroken = true });
        }
    }

    private void Publish(ulong chainHead)
    {
        if (index.Book.BlockHash.IsZero)
        {
            // Nothing is stored, or everything was forgotten with a chain that shares no kept block with the next one.
            PublishBroken();
            return;
        }

        if (books.Current is { } current && !current.IsBroken && current.Book.BlockHash == index.Book.BlockHash && current.ChainHead == chainHead)
        {
            return;
        }

        books.Publish(new IndexedBook(index.Book, index.AtCheckpoints, chainHead));
    }
}
