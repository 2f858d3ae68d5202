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
    private static readonly TimeSpan NowAndThen = TimeSpan.FromMinutes(1);
    private const double WeiPerCoin = 1e18;

    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private long? _measuredAt;

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

        try
        {
            await LookAfterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EthereumException error)
        {
            failure ??= ExceptionDispatchInfo.Capture(error);
        }

        failure?.Throw();
    }

    /// <summary>Keys that run out of coins, transactions that get into no block, and a disk that fills are seen to before a role fails of them.</summary>
    private async Task LookAfterAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<Address, int> waiting = managers.Waiting();
        foreach ((string role, Ethereum.Keys.PrivateKey key) in keys.Payers)
        {
            SolverTelemetry.TransactionsWaiting.Record(waiting.GetValueOrDefault(key.Address), new KeyValuePair<string, object?>("role", role));
        }

        if (_measuredAt is { } then && time.GetElapsedTime(then) < NowAndThen)
        {
            return;
        }

        managers.EmptySettled(books.Current?.Book.BlockNumber ?? 0);
        foreach ((string role, Ethereum.Keys.PrivateKey key) in keys.Payers)
        {
            UInt256 wei = await managers.BalanceOfAsync(key.Address, cancellationToken).ConfigureAwait(false);
            SolverTelemetry.KeyBalance.Record((double)(System.Numerics.BigInteger)wei / WeiPerCoin, new KeyValuePair<string, object?>("role", role));
        }

        _measuredAt = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.Index.PollMilliseconds), time, cancellationToken);
}
