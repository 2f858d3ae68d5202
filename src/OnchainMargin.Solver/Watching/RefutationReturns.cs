using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Watching;

/// <summary>Gives back the nonces of refutations that would be reverted by now, since somebody else was first: a private relay drops them, in place of having the revert mined, and what is sent later waits behind.</summary>
internal sealed class RefutationReturns(ITransactionNode node, TransactionManager transactions, TimeProvider time)
{
    /// <summary>How the intents of refutations begin.</summary>
    public const string Sort = "refute ";

    private readonly CoolDowns _asked = new(TimeSpan.FromSeconds(OutboxEntry.AskAfterSeconds), time);

    /// <summary>Gives back those whose turn it is.</summary>
    /// <exception cref="RpcTransportException">Thrown when the node does not answer.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        OutboxEntry[] waiting = [.. transactions.Unsettled().Where(entry => entry.State == OutboxState.Live && entry.Intent.StartsWith(Sort, StringComparison.Ordinal) && entry.MayBeStuck(time))];
        foreach (OutboxEntry entry in waiting.Where(entry => !_asked.Has(entry.Intent)))
        {
            _asked.Add(entry.Intent);
            if (await IsRefusedAsync(entry, cancellationToken).ConfigureAwait(false))
            {
                await transactions.GiveBackAsync(entry.Intent, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> IsRefusedAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await Patience.AskAsync(token => node.EstimateGasAsync(transactions.Sender, entry.Target, entry.Data, token), time, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (EthereumException error) when (error is RevertException or RpcErrorException or TransactionTooLargeException)
        {
            return error is RevertException;
        }
    }
}
