using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <content>Several intents at once: the node is asked about all of them beside each other, and the store is written, and its disk waited for, once.</content>
internal sealed partial class TransactionManager
{
    /// <summary>Asks the node what several intents are to be sent by.</summary>
    public async Task<SendingTerms> AskTermsAsync(CancellationToken cancellationToken)
    {
        Task<GasOffer> offer = node.EstimateFeesAsync(cancellationToken);
        ulong mined = await node.GetMinedNonceAsync(key.Address, cancellationToken).ConfigureAwait(false);
        return new SendingTerms(await offer.ConfigureAwait(false), mined);
    }

    /// <summary>Stores intents and broadcasts them, each as <see cref="SubmitAsync"/> does. All are stored before the first is broadcast.</summary>
    /// <param name="intents">The intents; nonces are in their order.</param>
    /// <param name="terms">From <see cref="AskTermsAsync"/>, a moment ago.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What became of each, in their order; one that would be refused hinders no other.</returns>
    public async Task<IReadOnlyList<Submission>> SubmitAllAsync(IReadOnlyList<TransactionIntent> intents, SendingTerms terms, CancellationToken cancellationToken)
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
                await StoreAndBroadcastAsync(fresh, terms, results, cancellationToken).ConfigureAwait(false);
            }

            return results;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task StoreAndBroadcastAsync(List<(int At, TransactionIntent Intent)> fresh, SendingTerms terms, Submission[] results, CancellationToken cancellationToken)
    {
        (ulong Gas, RevertException? Refusal)[] estimates = await Task.WhenAll(fresh.Select(one => EstimateAsync(one.Intent, cancellationToken))).ConfigureAwait(false);
        var clock = new StageClock();
        ulong first = Math.Max(terms.MinedNonce, store.NonceAfterOutbox(key.Address));
        var accepted = new List<(int At, TransactionIntent Intent, ulong Gas)>(fresh.Count);
        for (int i = 0; i < fresh.Count; i++)
        {
            if (estimates[i].Refusal is { } refusal)
            {
                results[fresh[i].At] = new Submission(null, refusal);
            }
            else
            {
                accepted.Add((fresh[i].At, fresh[i].Intent, estimates[i].Gas));
            }
        }

        // A signature takes longer than all else that is done for a transaction here.
        var stored = new (OutboxEntry Entry, OutboxAttempt Attempt)[accepted.Count];
        Parallel.For(0, stored.Length, i => stored[i] = Prepare(accepted[i].Intent, accepted[i].Gas, first + (ulong)i, terms.Offer));
        for (int i = 0; i < stored.Length; i++)
        {
            results[accepted[i].At] = new Submission(stored[i].Entry with { IsNew = true }, null);
        }

        clock.End("sign");
        store.AddAllToOutbox(stored);
        clock.End("store");
        foreach ((OutboxEntry entry, OutboxAttempt attempt) in stored)
        {
            logger.TransactionStored(entry.Intent, entry.Nonce, attempt.Hash);
        }

        await Task.WhenAll(stored.Select(one => BroadcastAsync(one.Entry, one.Attempt, cancellationToken))).ConfigureAwait(false);
        clock.End("send");
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
