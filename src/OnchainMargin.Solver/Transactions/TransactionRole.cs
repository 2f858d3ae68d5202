using System.Runtime.ExceptionServices;
using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

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
        // What is wrong with one key (it is used elsewhere, its rows were altered, a node counts beyond all numbers) holds up no other.
        ExceptionDispatchInfo? failure = null;
        foreach (Ethereum.Keys.PrivateKey key in keys.Senders)
        {
            try
            {
                await managers.Of(key).RunOnceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is EthereumException or StoreException or OverflowException)
            {
                failure ??= ExceptionDispatchInfo.Capture(error);
            }
        }

        failure?.Throw();
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.Index.PollMilliseconds), time, cancellationToken);
}
