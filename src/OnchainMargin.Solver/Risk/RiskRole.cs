using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Risk;

/// <summary>The role that keeps who is under water at the last checkpoint.</summary>
internal sealed class RiskRole(Broadcast<IndexedBook> books, Broadcast<RiskSnapshot> risks, ILogger<RiskRole> logger) : ISolverRole, IDisposable
{
    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly BookFollower _follower = RiskSnapshot.Follower(Environment.ProcessorCount);

    /// <inheritdoc/>
    public string Name => SolverRoles.Risk;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { } indexed || indexed.Book.LatestCheckpoint is not { } inputs)
        {
            return Task.CompletedTask;
        }

        if (risks.Current is { } current && ReferenceEquals(current.Book, indexed.Book))
        {
            return Task.CompletedTask;
        }

        RiskSnapshot snapshot = RiskSnapshot.Of(_follower, indexed.Book, inputs);
        risks.Publish(snapshot);
        logger.BookComputed(snapshot.Book.Accounts.Count, inputs.Id, indexed.Book.BlockNumber);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _changes.NextAsync(cancellationToken).ConfigureAwait(false);
}
