using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <summary>One transaction manager for each key that sends, so that nonces are given out in one place however many roles share the key.</summary>
internal sealed class TransactionManagers(ITransactionNode node, SolverStore store, SolverOptions options, DeploymentRecord deployment, TimeProvider time, ILogger<TransactionManager> logger) : IDisposable
{
    /// <summary>How long calldata is kept, for people to look at.</summary>
    private const int CalldataSeconds = 7 * 86_400;

    /// <summary>More a minute than are ever sent in one, in the time of a few writes.</summary>
    private const int EmptiedAtOnce = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<Address, TransactionManager> _managers = [];

    /// <summary>The managers that were asked for so far.</summary>
    public IReadOnlyList<TransactionManager> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _managers.Values];
            }
        }
    }

    /// <summary>The manager of a key.</summary>
    public TransactionManager Of(PrivateKey signer)
    {
        lock (_gate)
        {
            if (!_managers.TryGetValue(signer.Address, out TransactionManager? manager))
            {
                _managers[signer.Address] = manager = new TransactionManager(node, new SigningKey(signer, deployment.ChainId), store, options.Transactions, time, logger);
            }

            return manager;
        }
    }

    /// <summary>How many transactions of a sender are stored and in no block.</summary>
    public IReadOnlyDictionary<Address, int> Waiting() => store.Waiting().ToDictionary(static row => row.Sender, static row => row.Count);

    /// <summary>Lets go of the calldata of what was settled long ago, some of it at a time. A settlement in each block is some hundred gigabytes a year.</summary>
    /// <param name="head">The newest block.</param>
    public void EmptySettled(ulong head)
    {
        ulong depth = (ulong)options.Transactions.SettledAfterBlocks;
        if (head > depth)
        {
            _ = store.EmptySettled(time.GetUtcNow().ToUnixTimeSeconds() - CalldataSeconds, head - depth - 1, EmptiedAtOnce);
        }
    }

    /// <summary>What an account has, in wei.</summary>
    public Task<UInt256> BalanceOfAsync(Address account, CancellationToken cancellationToken) => node.GetBalanceAsync(account, cancellationToken);

    /// <summary>Tells of transactions in the store that no key which sends is of.</summary>
    public void TellOfOthers(IReadOnlyList<PrivateKey> senders)
    {
        foreach ((Address sender, int count) in store.Waiting())
        {
            if (!senders.Any(key => key.Address == sender))
            {
                logger.TransactionsOfAnotherKey(count, sender);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TransactionManager manager in All)
        {
            manager.Dispose();
        }
    }
}
