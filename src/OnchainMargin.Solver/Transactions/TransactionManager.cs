using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <summary>Brings intents into the chain, each at most once: an intent is stored before it is broadcast, keeps its nonce for ever, and is broadcast again (the
/// same bytes, or the same nonce with a higher fee) until a block holds it.</summary>
/// <remarks>Why nothing is sent twice: one nonce is one transaction on chain, and an intent that is in the store never gets a second nonce. Why nothing is forgotten: what is in
/// the store is broadcast until it is mined, also after a restart and after a reorganisation that took it back.</remarks>
internal sealed partial class TransactionManager(ITransactionNode node, ITransactionKey key, SolverStore store, TransactionOptions options, TimeProvider time, ILogger<TransactionManager> logger) : IDisposable
{
    private const ulong EmptyGas = 21_000;

    /// <summary>More transactions than a key sends in as many blocks as a transaction is watched for.</summary>
    private const ulong MostNoncesWatched = 8192;

    /// <summary>How many nonces beyond the outbox a node is believed to have seen used, and how many are ever filled with empty transactions: what somebody sends from the key by hand, and no more. One answer of many more would have an intent wait for ever, and every nonce before it paid for.</summary>
    private const ulong MostFromElsewhere = 64;

    private const long NotedEverySeconds = 86_400;

    private readonly SemaphoreSlim _turn = new(1, 1);

    // Moments of this process, by the clock's timestamps: the time of day may be set back while it runs.
    private readonly ConcurrentDictionary<string, long> _broadcastAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _missingSince = new(StringComparer.Ordinal);
    private long? _gapSince;

    private string? _gapTold;
    private (ulong Number, Hash32 Hash)? _seen;
    private (ulong Count, long TimeSeconds)? _noted;

    /// <summary>The account that sends.</summary>
    public Address Sender => key.Address;

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Whether an intent is stored and has neither failed nor been given up, so that submitting it again would do nothing.</summary>
    public bool IsUnderWay(string intent) => Find(new TransactionIntent(intent, default, [])).Known is not null;

    /// <summary>The stored entries that are not settled for good, by nonce.</summary>
    public IReadOnlyList<OutboxEntry> Unsettled() => store.UnsettledOf(key.Address);

    /// <summary>The intents that were reverted on chain, of those stored since a second, and when they were stored.</summary>
    public IReadOnlyList<(string Intent, long CreatedSeconds)> RevertedSince(long seconds) => store.RevertedSince(key.Address, seconds);

    /// <summary>What the intents cost, money E8, that were stored since a second and are bounded by the day (<see cref="DayCharge"/>). What a clock stored that was ahead counts when its second has come, and not as long as it was ahead.</summary>
    public Int128 ChargedSince(long seconds) => store.ChargedBetween(key.Address, seconds, Now);

    /// <summary>The intents that were stored within so many seconds and are bounded by the day; see <see cref="ChargedSince"/> of a clock that was ahead.</summary>
    public IReadOnlyList<string> BoundedWithin(long seconds) => store.BoundedBetween(key.Address, Now - seconds + 1, Now);

    /// <summary>Stores an intent and broadcasts it. An intent that is under way or done is left as it is; one that failed on chain is tried again under a further name.</summary>
    /// <returns>The stored entry.</returns>
    /// <exception cref="RevertException">Thrown when the contract would refuse it now; nothing is stored then.</exception>
    /// <exception cref="TransactionTooLargeException">Thrown when it needs more gas or calldata than a transaction may have, or cannot get in for what one may cost; nothing is stored then.</exception>
    /// <exception cref="RpcTransportException">Thrown when the node does not answer, or counts far more transactions of the key than the outbox has; nothing is stored then.</exception>
    public async Task<OutboxEntry> SubmitAsync(TransactionIntent intent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(intent);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (OutboxEntry? known, intent) = Find(intent);
            if (known is not null)
            {
                return known;
            }

            GasLimits gas = intent.GasLimits ?? GasLimitsOf(intent.Data.Length, await EstimateGasAsync(intent.Target, intent.Data, cancellationToken).ConfigureAwait(false));
            SendingTerms terms = await AskTermsAsync(cancellationToken).ConfigureAwait(false);
            if (OverCost(gas, terms.Offer, intent.MostFeePerGasWei) is { } refusal)
            {
                throw refusal;
            }

            ulong nonce = NextNonce(terms.MinedNonce);
            OutboxEntry entry = EntryOf(intent, LimitOf(intent, gas, terms, nonce), nonce);
            OutboxAttempt attempt = AttemptOf(entry, terms.Offer);
            store.AddAllToOutbox([(entry, attempt)]);
            SignedTransaction signed = Sign(entry, attempt);
            logger.TransactionStored(intent.Key, entry.Nonce, signed.Hash);
            await BroadcastAsync(entry, signed, cancellationToken).ConfigureAwait(false);
            return entry with { IsNew = true };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks at every transaction that is not settled for good and does what it needs.</summary>
    /// <exception cref="RpcTransportException">Thrown when the node does not answer, or counts far more or far fewer transactions of the key than the outbox has; nothing is done then.</exception>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (ulong head, ulong mined) = await node.GetHeadAndMinedNonceAsync(key.Address, cancellationToken).ConfigureAwait(false);
            _ = NextNonce(mined);
            NoteCount(mined);
            await TakeBackAsync(head, mined, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<OutboxEntry> unsettled = store.UnsettledOf(key.Address);
            ulong depth = (ulong)options.SettledAfterBlocks;
            IReadOnlyList<OutboxEntry> withdrawn = store.WithdrawnSince(key.Address, head - Math.Min(head, depth), mined - Math.Min(mined, MostNoncesWatched));
            ((ulong Number, Hash32 Hash)? seen, ulong unchangedTo) = withdrawn.Count > 0 || unsettled.Any(entry => entry.Nonce < mined) ? await SeeAsync(head, cancellationToken).ConfigureAwait(false) : default;
            var round = new Round(node, head, mined) { LastNonce = unsettled.Count == 0 ? 0 : unsettled[^1].Nonce, UnchangedTo = unchangedTo };
            try
            {
                await FillGapAsync(unsettled, round, cancellationToken).ConfigureAwait(false);
                foreach (OutboxEntry entry in withdrawn.Concat(unsettled))
                {
                    await AdvanceAsync(entry, round, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                // Waited for together: a relay that keeps silent costs the next start one wait, not one for each that is stuck.
                await Task.WhenAll(round.Sending).ConfigureAwait(false);
            }

            _seen = seen;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The first nonce that neither the chain nor the outbox has used.</summary>
    /// <exception cref="RpcTransportException">Thrown when the node counts far more transactions of the key than the outbox has. An outbox without any has nothing to compare with: the key is new to it.</exception>
    private ulong NextNonce(ulong mined)
    {
        ulong own = store.NonceAfterOutbox(key.Address);
        _noted ??= store.NotedCount(key.Address);
        ulong known = Math.Max(own, _noted.Value.Count);
        return own == 0 || mined <= known + MostFromElsewhere
            ? Math.Max(mined, own)
            : throw new RpcTransportException(
                $"The node counts {mined} transactions of {key.Address}, {mined - known} more than are known here, and is not believed: nothing is stored or given up on that word; name another node, or give the solver a key of its own if this one is used elsewhere.");
    }

    /// <summary>Notes once a day how many transactions of the key a node was believed to count: what its owner sends by hand now and then adds up to more than is believed at once, and a node that lies moves it no faster.</summary>
    private void NoteCount(ulong mined)
    {
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        if (_noted is { } noted && mined > noted.Count && IsOver(noted.TimeSeconds, NotedEverySeconds))
        {
            _noted = (mined, now);
            store.NoteCount(key.Address, mined, now);
        }
    }

    /// <summary>Has all sent again that was mined and that a reorganisation took back, however deep it was: what the chain has used fewer nonces than.</summary>
    /// <exception cref="RpcTransportException">Thrown when the node is too far behind to know, or a block has what it does not count: all that was ever sent would be live again, and be broadcast before the next start.</exception>
    private async Task TakeBackAsync(ulong head, ulong mined, CancellationToken cancellationToken)
    {
        if (store.MinedFrom(key.Address, mined, isLast: true) is not { } last)
        {
            return;
        }

        // No chain that takes the place of another is shorter by as much as a transaction is watched for.
        if (last.BlockNumber > head && last.BlockNumber - head > (ulong)options.SettledAfterBlocks)
        {
            throw new RpcTransportException(
                $"The node's newest block is {head} and a transaction of {key.Address} was mined in block {last.BlockNumber}: the node is still syncing or was started anew; wait for it, name another node, or start with an empty store if the chain itself is a new one.");
        }

        await node.RequireChainAsync(cancellationToken).ConfigureAwait(false);

        // One wrong count would put everything after it live again, fee after fee: what the chain has taken back has no receipt.
        OutboxEntry first = store.MinedFrom(key.Address, mined, isLast: false)!;
        if (first.IsEmptied)
        {
            throw new RpcTransportException($"The node counts {mined} transactions of {key.Address}, and the one with nonce {first.Nonce} was settled a week ago or earlier: it is not believed, and nothing is taken back on that word; name another node, or start with an empty store if the chain itself is a new one.");
        }

        if (await FindMinedAsync(first, store.AttemptsOf(first.Intent), cancellationToken).ConfigureAwait(false) is (_, { } found))
        {
            throw new RpcTransportException(
                $"The node counts {mined} transactions of {key.Address}, and block {found.BlockNumber} has the one with nonce {first.Nonce}: it is not believed, and nothing is taken back on that word; name another node if it goes on.");
        }

        foreach ((string intent, ulong nonce) in store.TakeBack(key.Address, mined))
        {
            logger.TransactionTakenBack(intent, nonce);
        }
    }

    /// <summary>The block that a round begins at, and the last block that is as the round before found it.</summary>
    private async Task<((ulong Number, Hash32 Hash)? Seen, ulong UnchangedTo)> SeeAsync(ulong head, CancellationToken cancellationToken)
    {
        // The head's hash comes first: where the chain turns between the questions, the answers after it are vouched for by a hash that the next round does not find again. A hash that were asked for last would vouch for answers of a chain that is gone.
        Hash32? hash = await node.GetBlockHashAsync(head, cancellationToken).ConfigureAwait(false);
        bool isUnchanged = _seen is { } seen && (seen.Number == head ? hash : await node.GetBlockHashAsync(seen.Number, cancellationToken).ConfigureAwait(false)) == seen.Hash;
        _seen = isUnchanged ? _seen : null;
        return (hash is { } known ? (head, known) : null, _seen?.Number ?? 0);
    }

    /// <summary>Uses nonces that nothing here has, by empty transactions, so that what waits behind them goes on: a transaction that somebody sent from the key elsewhere had one of them, and a reorganisation took it back for good.</summary>
    private async Task FillGapAsync(IReadOnlyList<OutboxEntry> unsettled, Round round, CancellationToken cancellationToken)
    {
        ulong mined = round.Mined;
        if (unsettled.FirstOrDefault(entry => entry.Nonce >= mined) is not { } waiting || waiting.Nonce == mined)
        {
            (_gapSince, _gapTold) = (null, null);
            return;
        }

        // It may come back, and a node that is a moment behind knows too few nonces.
        _gapSince ??= time.GetTimestamp();
        if (!HasPassed(_gapSince.Value, options.DisplacedAfterSeconds))
        {
            return;
        }

        if (waiting.Nonce - mined > MostFromElsewhere)
        {
            if (!string.Equals(_gapTold, waiting.Intent, StringComparison.Ordinal))
            {
                logger.GapTooWide(waiting.Intent, waiting.Nonce, key.Address, mined);
                _gapTold = waiting.Intent;
            }

            return;
        }

        GasOffer offer = await round.AskFeesAsync(cancellationToken).ConfigureAwait(false);
        for (ulong nonce = mined; nonce < waiting.Nonce; nonce++)
        {
            if (store.DisplacedAt(key.Address, nonce) is { } displaced)
            {
                logger.NonceFilled(nonce, waiting.Intent);
                round.Sending.Add(BroadcastAsync(displaced, Sign(displaced, Reclaim(displaced, offer)), cancellationToken));
                continue;
            }

            (_, TransactionIntent intent) = Find(new TransactionIntent(string.Create(CultureInfo.InvariantCulture, $"fill nonce {nonce} of {key.Address}"), key.Address, []));
            OutboxEntry entry = EntryOf(intent, EmptyGas, nonce);
            OutboxAttempt attempt = AttemptOf(entry, offer);
            if (store.TryAddToOutbox(entry, attempt))
            {
                logger.NonceFilled(nonce, waiting.Intent);
                round.Sending.Add(BroadcastAsync(entry, Sign(entry, attempt), cancellationToken));
            }
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Whether so many seconds lie between now and a second that is stored. It may be of another machine, or of a clock that was ahead: one that lies far before us is no reason to wait for it.</summary>
    private bool IsOver(long storedSeconds, long seconds) => Math.Abs(Now - storedSeconds) >= seconds;

    /// <summary>Whether so many seconds have passed since a moment of this process.</summary>
    private bool HasPassed(long since, long seconds) => time.GetElapsedTime(since) >= TimeSpan.FromSeconds(seconds);

    /// <summary>The entry of an intent that is under way or done by this key, or null and the name under which it is to be stored. What another key has begun, one that was lost or ran dry, nobody carries on: it only takes a name, and where it was done the chain refuses it a second time.</summary>
    private (OutboxEntry? Known, TransactionIntent Intent) Find(TransactionIntent intent)
    {
        string firstKey = intent.Key;
        for (int retry = 1; store.FindInOutbox(intent.Key) is { } known; retry++)
        {
            if (known.Sender == key.Address && known.State is (OutboxState.Live or OutboxState.Mined or OutboxState.Final))
            {
                return (known, intent);
            }

            intent = intent with { Key = string.Create(CultureInfo.InvariantCulture, $"{firstKey} (try {retry + 1})") };
        }

        return (null, intent);
    }

    private OutboxEntry EntryOf(TransactionIntent intent, ulong gasLimit, ulong nonce) => new()
    {
        Intent = intent.Key,
        Sender = key.Address,
        Target = intent.Target,
        Data = intent.Data,
        GasLimit = gasLimit,
        Nonce = nonce,
        CreatedSeconds = Now,
        MostFeePerGasWei = intent.MostFeePerGasWei,
        IsPrivate = intent.IsPrivate,
        Charge = intent.Charge,
    };

    /// <summary>The first form of an entry.</summary>
    private OutboxAttempt AttemptOf(OutboxEntry entry, GasOffer offer) => AttemptOf(entry, offer.AtMost(MostOf(entry)), isEmpty: false);

    private OutboxAttempt AttemptOf(OutboxEntry entry, GasOffer offer, bool isEmpty) =>
        new(entry.Intent, offer.MaxFeePerGasWei, offer.TipPerGasWei, Now, key.Seal(CallOf(entry, offer, isEmpty))) { IsEmpty = isEmpty };

    private FeeMarketTransaction CallOf(OutboxEntry entry, GasOffer offer, bool isEmpty) => isEmpty
        ? key.Call(key.Address, [], EmptyGas, entry.Nonce, offer)
        : key.Call(entry.Target, entry.Data, entry.GasLimit, entry.Nonce, offer);

    /// <summary>Signs a form of an entry, whoever may have written in the store meanwhile.</summary>
    /// <exception cref="StoreException">Thrown when it is not as this key had it stored.</exception>
    private SignedTransaction Sign(OutboxEntry entry, OutboxAttempt attempt)
    {
        FeeMarketTransaction call = CallOf(entry, new GasOffer(attempt.MaxFeePerGasWei, attempt.TipPerGasWei), attempt.IsEmpty);
        bool isSealed = CryptographicOperations.FixedTimeEquals(key.Seal(call), attempt.Seal);
        SignedTransaction signed = key.Sign(call);
        return isSealed || signed.Raw.Span.SequenceEqual(attempt.Seal)
            ? signed
            : throw new StoreException($"The transaction for '{entry.Intent}' (nonce {entry.Nonce}) in the store '{store.Name}' was not stored so by the key of {key.Address}, or was altered since, and is not sent; find out who writes there, and use the nonce from elsewhere if it is wanted.");
    }

    private async Task AdvanceAsync(OutboxEntry entry, Round round, CancellationToken cancellationToken)
    {
        if (entry.State != OutboxState.Live && entry.BlockNumber <= round.UnchangedTo && !IsDeep(entry.BlockNumber, round.Head))
        {
            return;
        }

        IReadOnlyList<OutboxAttempt> attempts = store.AttemptsOf(entry.Intent);

        // A nonce that no block has used needs no question by each of its attempts: starts wait for their turn until a round over all that is stuck is over.
        if (entry.Nonce < round.Mined && await FindMinedAsync(entry, attempts, cancellationToken).ConfigureAwait(false) is var (attempt, found))
        {
            await SettleAsync(entry, attempt, found, round.Head, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (entry.State != OutboxState.Live)
        {
            logger.TransactionTakenBack(entry.Intent, entry.Nonce);
            store.SetOutboxState(entry.Intent, OutboxState.Live, 0, "");
        }

        if (entry.Nonce < round.Mined)
        {
            Displace(entry);
            return;
        }

        _missingSince.Remove(entry.Intent);
        OutboxAttempt newest = attempts[^1];
        bool isPassedOver = IsPassedOver(entry, attempts.Count, round);
        if (!newest.IsEmpty && RefusalOf(entry, round) is { } refusal)
        {
            // What was said may be of an outage that is over, and this is the first that was sent since.
            if (await BroadcastAsync(entry, Sign(entry, newest), cancellationToken).ConfigureAwait(false))
            {
                newest = await GiveUpAsync(entry, newest, refusal, round, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (IsOver(newest.OfferedSeconds, options.RaiseFeeAfterSeconds))
        {
            newest = IsRefusedForCost(entry)
                ? await LowerAsync(entry, newest, round, cancellationToken).ConfigureAwait(false)
                : await RaiseAsync(entry, newest, isPassedOver, round, cancellationToken).ConfigureAwait(false);
        }

        if (!_broadcastAt.TryGetValue(entry.Intent, out long at) || HasPassed(at, options.BroadcastAgainAfterSeconds) || newest != attempts[^1])
        {
            round.Sending.Add(BroadcastAsync(entry, Sign(entry, newest), cancellationToken));
        }
    }

    /// <summary>The form of an entry that a block has, and that block; null when none has any.</summary>
    private async Task<(OutboxAttempt Attempt, MinedTransaction Found)?> FindMinedAsync(OutboxEntry entry, IReadOnlyList<OutboxAttempt> attempts, CancellationToken cancellationToken)
    {
        foreach (OutboxAttempt attempt in attempts)
        {
            if (await node.FindMinedAsync(Sign(entry, attempt).Hash, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return (attempt, found);
            }
        }

        return null;
    }

    private bool IsDeep(ulong blockNumber, ulong head) => head >= blockNumber && head - blockNumber >= (ulong)options.SettledAfterBlocks;

    private async Task SettleAsync(OutboxEntry entry, OutboxAttempt attempt, MinedTransaction found, ulong head, CancellationToken cancellationToken)
    {
        OutboxState state = (found.IsSuccess, IsDeep(found.BlockNumber, head)) switch
        {
            (true, false) => OutboxState.Mined,
            (true, true) => OutboxState.Final,
            (false, false) => OutboxState.Reverted,
            (false, true) => OutboxState.FinalReverted,
        };
        Forget(entry.Intent);
        if (attempt.IsEmpty)
        {
            store.SetOutboxState(entry.Intent, OutboxState.Withdrawn, found.BlockNumber, entry.Reason.Length > 0 ? entry.Reason : "it got in at no fee that it was worth, so its nonce was given back");
            return;
        }

        if (state == entry.State && found.BlockNumber == entry.BlockNumber)
        {
            return;
        }

        string reason = entry.Reason;
        if (found.IsSuccess)
        {
            reason = "";
            if (entry.State == OutboxState.Live)
            {
                logger.TransactionMined(entry.Intent, found.BlockNumber);
            }
        }
        else if (state == OutboxState.Reverted)
        {
            reason = await node.ExplainRevertAsync(entry.Sender, entry.Target, entry.Data, found.BlockNumber, cancellationToken).ConfigureAwait(false);
            logger.TransactionReverted(entry.Intent, found.BlockNumber, reason);
        }

        store.SetOutboxState(entry.Intent, state, found.BlockNumber, reason);
    }

    private void Displace(OutboxEntry entry)
    {
        // A node that is a moment behind with its receipts must not make us believe that somebody else used the nonce.
        if (_missingSince.TryAdd(entry.Intent, time.GetTimestamp()) || !HasPassed(_missingSince[entry.Intent], options.DisplacedAfterSeconds))
        {
            return;
        }

        Forget(entry.Intent);
        logger.TransactionDisplaced(entry.Intent, entry.Nonce);
        store.SetOutboxState(entry.Intent, OutboxState.Displaced, 0, "its nonce was used by a transaction that is not in this outbox");
    }

    /// <summary>Hands a form of an entry in.</summary>
    /// <returns>Whether every node that answers refuses it, whatever is paid.</returns>
    private async Task<bool> BroadcastAsync(OutboxEntry entry, SignedTransaction signed, CancellationToken cancellationToken)
    {
        _broadcastAt[entry.Intent] = time.GetTimestamp();

        // An empty transaction is worth copying to nobody, and a relay may keep the one in its place.
        bool isPrivate = entry.IsPrivate && !signed.Transaction.Data.IsEmpty && (options.PrivateForSeconds == 0 || !IsOver(entry.CreatedSeconds, options.PrivateForSeconds));
        try
        {
            await node.BroadcastAsync(signed, isPrivate, cancellationToken).WaitAsync(Patience.Longest, time, cancellationToken).ConfigureAwait(false);
            return NoteAnswer(entry, isPrivate, null);
        }
        catch (TimeoutException)
        {
            // It goes on by itself; nobody waits for it, and the receipts of the next round tell.
            logger.BroadcastAnswered(entry.Intent, Patience.Over().Message);
            return false;
        }
        catch (RpcErrorException answer) when (!BroadcastAnswers.IsKnown(answer.Error) && !BroadcastAnswers.IsOfNonce(answer.Error))
        {
            TellRefusal(entry, answer);
            return NoteAnswer(entry, isPrivate, answer.Error);
        }
        catch (EthereumException answer)
        {
            // Whether it arrived is not known from the answer (it may be known already, mined at once, or lost on the way): the receipts of the next round tell.
            logger.BroadcastAnswered(entry.Intent, answer.Message);
            return answer is RpcErrorException { Error: var error } && NoteAnswer(entry, isPrivate, error);
        }
    }
}
