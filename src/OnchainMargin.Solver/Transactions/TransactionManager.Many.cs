using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <content>Several intents at once: the node is asked about all of them beside each other, and the store is written, and its disk waited for, once.</content>
internal sealed partial class TransactionManager
{
    /// <summary>Stores intents and broadcasts them, each as <see cref="SubmitAsync"/> does. All are stored before the first is broadcast.</summary>
    /// <param name="intents">The intents; nonces are in their order.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What became of each, in their order; one that would be refused hinders no other.</returns>
    public async Task<IReadOnlyList<Submission>> SubmitAllAsync(IReadOnlyList<TransactionIntent> intents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(intents);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var results = new Submission[intents.Count];
            var fresh = new List<(int At, TransactionIntent Intent)>();
            for (int i = 0; i < results.Length; i++)
            {
                (OutboxEntry? known, TransactionIntent intent) = Find(intents[i]);
                if (known is null)
                {
                    fresh.Add((i, intent));
                }
                else
                {
                    results[i] = new Submission(known, null);
                }
            }

            if (fresh.Count > 0)
            {
                await StoreAndBroadcastAsync(fresh, results, cancellationToken).ConfigureAwait(false);
            }

            return results;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task StoreAndBroadcastAsync(List<(int At, TransactionIntent Intent)> fresh, Submission[] results, CancellationToken cancellationToken)
    {
        Task<GasOffer> asked = node.EstimateFeesAsync(cancellationToken);
        Task<ulong> used = node.GetMinedNonceAsync(key.Address, cancellationToken);
        (ulong Gas, RevertException? Refusal)[] estimates = await Task.WhenAll(fresh.Select(one => EstimateAsync(one.Intent, cancellationToken))).ConfigureAwait(false);
        GasOffer offer = await asked.ConfigureAwait(false);
        ulong nonce = Math.Max(await used.ConfigureAwait(false), store.NonceAfterOutbox(key.Address));
        var stored = new List<(OutboxEntry Entry, OutboxAttempt Attempt)>(fresh.Count);
        for (int i = 0; i < fresh.Count; i++)
        {
            (int at, TransactionIntent intent) = fresh[i];
            if (estimates[i].Refusal is { } refusal)
            {
                results[at] = new Submission(null, refusal);
                continue;
            }

            (OutboxEntry entry, OutboxAttempt attempt) = Prepare(intent, estimates[i].Gas, nonce++, offer);
            stored.Add((entry, attempt));
            results[at] = new Submission(entry with { IsNew = true }, null);
        }

        store.AddAllToOutbox(stored);
        foreach ((OutboxEntry entry, OutboxAttempt attempt) in stored)
        {
            logger.TransactionStored(entry.Intent, entry.Nonce, attempt.Hash);
        }

        await Task.WhenAll(stored.Select(one => BroadcastAsync(one.Entry, one.Attempt, cancellationToken))).ConfigureAwait(false);
    }

    private async Task<(ulong Gas, RevertException? Refusal)> EstimateAsync(TransactionIntent intent, CancellationToken cancellationToken)
    {
        try
        {
            return (intent.GasLimit ?? GasLimitOf(await node.EstimateGasAsync(key.Address, intent.Target, intent.Data, cancellationToken).ConfigureAwait(false)), null);
        }
        catch (RevertException refusal)
        {
            return (0, refusal);
        }
    }
}
