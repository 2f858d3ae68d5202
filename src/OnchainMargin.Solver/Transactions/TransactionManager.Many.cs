using System.Threading.Channels;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <content>Several intents at once, each as far as it can get without waiting for another: signing, the disk and the node have work at the same time.</content>
internal sealed partial class TransactionManager
{
    /// <summary>As many as are worth waiting for with a write to the disk, which takes as long as two or three signatures, for one or for many.</summary>
    private const int Together = 8;

    /// <summary>Asks the node what several intents are to be sent by.</summary>
    public async Task<SendingTerms> AskTermsAsync(CancellationToken cancellationToken)
    {
        Task<GasOffer> offer = node.EstimateFeesAsync(cancellationToken);
        ulong mined = await node.GetMinedNonceAsync(key.Address, cancellationToken).ConfigureAwait(false);
        return new SendingTerms(await offer.ConfigureAwait(false), mined);
    }

    /// <summary>Stores intents and broadcasts them as they come, each as <see cref="SubmitAsync"/> does, without asking for their gas: nonces are in their order, and none is broadcast before it and all before it are stored.</summary>
    /// <param name="intents">The intents, with their gas limits.</param>
    /// <param name="terms">From <see cref="AskTermsAsync"/>, a moment ago.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The entries, in the order of the intents.</returns>
    public async Task<IReadOnlyList<OutboxEntry>> SubmitAllAsync(IAsyncEnumerable<TransactionIntent> intents, SendingTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(intents);
        ArgumentNullException.ThrowIfNull(terms);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Channel<Signing> signings = Channel.CreateUnbounded<Signing>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
            Task stored = StoreAndBroadcastAsync(signings.Reader, cancellationToken);
            try
            {
                return await SignAllAsync(intents, terms, signings.Writer, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // What was signed before a failure is stored and sent all the same.
                signings.Writer.Complete();
                await stored.ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyList<OutboxEntry>> SignAllAsync(IAsyncEnumerable<TransactionIntent> intents, SendingTerms terms, ChannelWriter<Signing> signings, CancellationToken cancellationToken)
    {
        ulong nonce = Math.Max(terms.MinedNonce, store.NonceAfterOutbox(key.Address));
        var entries = new List<OutboxEntry>();
        await foreach (TransactionIntent given in intents.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var clock = new StageClock();
            (OutboxEntry? known, TransactionIntent intent) = Find(given);
            if (known is not null)
            {
                entries.Add(known);
                continue;
            }

            ulong gasLimit = intent.GasLimit ?? throw new ArgumentException($"The intent '{intent.Key}' has no gas limit; have its gas estimated first.", nameof(intents));
            OutboxEntry entry = EntryOf(intent, gasLimit, nonce++);
            entries.Add(entry with { IsNew = true });
            signings.TryWrite(new Signing(entry, Task.Factory.StartNew(() => Sign(entry, terms.Offer), cancellationToken, TaskCreationOptions.PreferFairness, TaskScheduler.Default), clock));
        }

        return entries;
    }

    /// <summary>Stores what is signed, in order, some at once, and broadcasts it while the next are signed. What is stored has no gap, whenever this ends.</summary>
    private async Task StoreAndBroadcastAsync(ChannelReader<Signing> signings, CancellationToken cancellationToken)
    {
        var sending = new List<Task>();
        var signed = new List<(OutboxEntry Entry, OutboxAttempt Attempt)>();
        var clocks = new List<StageClock>();
        try
        {
            while (await signings.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (signings.TryPeek(out Signing next) && (signed.Count < Together || next.Attempt.IsCompletedSuccessfully))
                {
                    signings.TryRead(out _);
                    signed.Add((next.Entry, await next.Attempt.ConfigureAwait(false)));
                    next.Clock.End("sign");
                    clocks.Add(next.Clock);
                }

                store.AddAllToOutbox(signed);
                for (int i = 0; i < signed.Count; i++)
                {
                    sending.Add(BroadcastAsync(signed[i], clocks[i], cancellationToken));
                }

                signed.Clear();
                clocks.Clear();
            }
        }
        finally
        {
            await Task.WhenAll(sending).ConfigureAwait(false);
        }
    }

    private async Task BroadcastAsync((OutboxEntry Entry, OutboxAttempt Attempt) stored, StageClock clock, CancellationToken cancellationToken)
    {
        clock.End("store");
        logger.TransactionStored(stored.Entry.Intent, stored.Entry.Nonce, stored.Attempt.Hash);
        await BroadcastAsync(stored.Entry, stored.Attempt, cancellationToken).ConfigureAwait(false);
        clock.End("send");
    }

    /// <summary>An intent that is being signed, and how long it has been under way.</summary>
    private readonly record struct Signing(OutboxEntry Entry, Task<OutboxAttempt> Attempt, StageClock Clock);
}
