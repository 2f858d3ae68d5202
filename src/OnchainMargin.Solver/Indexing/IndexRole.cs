using OnchainMargin.Protocol;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>The role that follows the chain and publishes the book after each change.</summary>
internal sealed class IndexRole(
    ChainFollower follower, BookIndex index, SolverStore store, Broadcast<IndexedBook> books, HeadSignal heads, SolverOptions options, TimeProvider time, ILogger<IndexRole> logger) : ISolverRole
{
    private bool _isBehind;

    /// <inheritdoc/>
    public string Name => SolverRoles.Indexer;

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if ((store.Head()?.Hash ?? default) != index.Book.BlockHash)
        {
            // The first round, or one that was broken off between the store and the book: the book is made of what is stored.
            await Task.Yield();
            Change(index.Rebuild);
            logger.IndexLoaded(index.Book.BlockNumber, index.Book.Accounts.Count);
        }

        IndexStep step = await follower.RunOnceAsync(cancellationToken).ConfigureAwait(false);
        _isBehind = !step.IsCaughtUp;
        if (step.RolledBackTo is { } ancestor)
        {
            logger.ChainReorganised(index.Book.BlockNumber, ancestor);
            Change(() => index.GoBack(ancestor));
        }
        else if (step.Head is { } head && head.Hash != index.Book.BlockHash)
        {
            Change(() => index.Add(step.Logs, head));
        }

        Publish(step.ChainHead.Number);
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
        catch (ProtocolException error)
        {
            // The node left an event out or gave a wrong one. What is stored cannot be trusted, the chain can: it is read anew.
            logger.IndexDoesNotFit(error.Message);
            store.ForgetIndex();
            throw;
        }
    }

    private void Publish(ulong chainHead)
    {
        if (books.Current is { } current && current.Book.BlockHash == index.Book.BlockHash && current.ChainHead == chainHead)
        {
            return;
        }

        if (!index.Book.BlockHash.IsZero)
        {
            books.Publish(new IndexedBook(index.Book, index.AtCheckpoints, chainHead));
        }
    }
}
