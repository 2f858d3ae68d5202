using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Transactions;

/// <summary>The role that carries every stored transaction to its end, block after block.</summary>
internal sealed class TransactionRole(TransactionManagers managers, Broadcast<IndexedBook> books, SolverKeys keys, SolverOptions options, TimeProvider time) : ISolverRole, IDisposable
{
    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();

    /// <inheritdoc/>
    public string Name => "transactions";

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (Ethereum.Keys.PrivateKey key in keys.Senders)
        {
            await managers.Of(key).RunOnceAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.Index.PollMilliseconds), time, cancellationToken);
}
