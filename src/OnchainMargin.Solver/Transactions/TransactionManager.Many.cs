using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <content>Several intents at once, each as far as it can get without waiting for another: signing, the disk and the node have work at the same time.</content>
internal sealed partial class TransactionManager
{
    private const int TermsGoodForSeconds = 5;

    /// <summary>Asks the node what intents are to be sent by.</summary>
    public async Task<SendingTerms> AskTermsAsync(CancellationToken cancellationToken)
    {
        Task<GasOffer> offer = node.EstimateFeesAsync(cancellationToken);
        Task<UInt256> balance = node.GetBalanceAsync(key.Address, cancellationToken);
        Task<ulong> mined = node.GetMinedNonceAsync(key.Address, cancellationToken);
        await Task.WhenAll(offer, balance, mined).ConfigureAwait(false);
        return new SendingTerms(await offer.ConfigureAwait(false), await mined.ConfigureAwait(false), await balance.ConfigureAwait(false));
    }

    /// <summary>Stores intents and broadcasts them as they come, each as <see cref="SubmitAsync"/> does, without asking for their gas: nonces are in their order, and none is broadcast before it and all before it are stored.</summary>
    /// <param name="intents">The intents, with their gas limits.</param>
    /// <param name="terms">From <see cref="AskTermsAsync"/>, a moment ago.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The entries, in the order of the intents.</returns>
    /// <exception cref="RpcTransportException">Thrown when the node does not answer, or counts far more transactions of the key than the outbox has; nothing is stored then.</exception>
    public async Task<IReadOnlyList<OutboxEntry>> SubmitAllAsync(IAsyncEnumerable<TransactionIntent> intents, SendingTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(intents);
        ArgumentNullException.ThrowIfNull(terms);
        long since = time.GetTimestamp();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        var sending = new List<Task>();
        try
        {
            // What was asked before a long round of others is what blocks asked then.
            terms = HasPassed(since, TermsGoodForSeconds) ? await AskTermsAsync(cancellationToken).ConfigureAwait(false) : terms;
            return await StoreAllAsync(intents, terms, sending, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // What was stored before a failure is sent all the same.
            await Task.WhenAll(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _turn.Release();
        }
    }

    /// <summary>Stores intents in order, all that have come at once, while they are signed, and has broadcast what is both. What is stored has no gap, whenever this ends.</summary>
    private async Task<IReadOnlyList<OutboxEntry>> StoreAllAsync(IAsyncEnumerable<TransactionIntent> intents, SendingTerms terms, List<Task> sending, CancellationToken cancellationToken)
    {
        ulong nonce = NextNonce(terms.MinedNonce);
        var entries = new List<OutboxEntry>();
        var come = new List<Signing>();
        IAsyncEnumerator<TransactionIntent> all = intents.GetAsyncEnumerator(cancellationToken);
        await using (all.ConfigureAwait(false))
        {
            Task<bool> next = Task.FromResult(false);
            try
            {
                while (true)
                {
                    next = all.MoveNextAsync().AsTask();
                    if (come.Count > 0 && (!next.IsCompletedSuccessfully || !await next.ConfigureAwait(false)))
                    {
                        store.AddAllToOutbox([.. come.Select(static one => (one.Entry, one.Attempt))]);
                        sending.AddRange(come.Select(one => BroadcastAsync(one, cancellationToken)));
                        come.Clear();
                    }

                    if (!await next.ConfigureAwait(false))
                    {
                        await Task.WhenAll(sending).ConfigureAwait(false);
                        return entries;
                    }

                    var clock = new StageClock();
                    (OutboxEntry? known, TransactionIntent intent) = Find(all.Current);
                    if (known is not null)
                    {
                        entries.Add(known);
                        continue;
                    }

                    GasLimits gas = intent.GasLimits ?? throw new ArgumentException($"The intent '{intent.Key}' has no gas limits; have its gas estimated first.", nameof(intents));
                    OutboxEntry entry = EntryOf(intent, LimitOf(intent, gas, terms, nonce), nonce++);
                    OutboxAttempt attempt = AttemptOf(entry, terms.Offer);
                    entries.Add(entry with { IsNew = true });
                    come.Add(new Signing(entry, attempt, Task.Factory.StartNew(() => SignTimed(entry, attempt, clock), cancellationToken, TaskCreationOptions.PreferFairness, TaskScheduler.Default), clock));
                }
            }
            finally
            {
                // A store that fails leaves while the next one is still to come, and an enumerator that is disposed of then takes the process down.
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private SignedTransaction SignTimed(OutboxEntry entry, OutboxAttempt attempt, StageClock clock)
    {
        SignedTransaction signed = Sign(entry, attempt);
        clock.End("sign");
        return signed;
    }

    private async Task BroadcastAsync(Signing stored, CancellationToken cancellationToken)
    {
        StageClock clock = stored.Clock;
        clock.End("store");
        SignedTransaction signed = await stored.Signed.ConfigureAwait(false);
        clock = new StageClock();
        logger.TransactionStored(stored.Entry.Intent, stored.Entry.Nonce, signed.Hash);
        await BroadcastAsync(stored.Entry, signed, cancellationToken).ConfigureAwait(false);
        clock.End("send");
    }

    /// <summary>An intent that is being signed, and how long it has been under way.</summary>
    private readonly record struct Signing(OutboxEntry Entry, OutboxAttempt Attempt, Task<SignedTransaction> Signed, StageClock Clock);
}
