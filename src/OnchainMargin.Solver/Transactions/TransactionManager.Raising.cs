using System.Collections.Concurrent;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <content>What is offered for gas by a transaction that waits: when it is raised, when its worth ends that, and how its nonce is given back.</content>
internal sealed partial class TransactionManager
{
    private const uint MostTips = 4;
    private const uint FeePerTip = 10;

    /// <summary>The head of the round that saw the newest form of an intent first, and whether was told that it is raised no further.</summary>
    private readonly Dictionary<string, (int Forms, ulong Head, bool IsTold)> _firstSeen = new(StringComparer.Ordinal);

    /// <summary>Intents that are to offer more and are worth no more, as far as is known, and when that was looked at last.</summary>
    private readonly ConcurrentDictionary<string, long?> _frozen = new(StringComparer.Ordinal);

    /// <summary>Since when every node that answers refuses an entry whatever is paid, for what it is or for what it may cost, and in what words.</summary>
    private readonly ConcurrentDictionary<string, (long Since, string Answer, bool IsOfCost)> _refused = new(StringComparer.Ordinal);

    /// <summary>The stored entry of an intent that only a higher worth can bring in; null where it waits for something else, and where that was asked within <c>raiseFeeAfterSeconds</c>.</summary>
    public OutboxEntry? Frozen(string intent)
    {
        if (_frozen.IsEmpty || Find(new TransactionIntent(intent, default, [])).Known is not { State: OutboxState.Live } entry || !_frozen.TryGetValue(entry.Intent, out long? last))
        {
            return null;
        }

        return (last is null || HasPassed(last.Value, options.RaiseFeeAfterSeconds)) && _frozen.TryUpdate(entry.Intent, time.GetTimestamp(), last) ? entry : null;
    }

    /// <summary>Notes that a stored intent is worth more than when it was stored, so that the next round raises it. It is never worth less, and what was signed of it stays as it is: a form is sealed with what it offers, not with what it may offer.</summary>
    /// <returns>Whether that is more than was known.</returns>
    public bool RaiseWorth(string intent, UInt256 mostFeePerGasWei)
    {
        if (!store.RaiseMostFee(intent, mostFeePerGasWei))
        {
            return false;
        }

        _frozen.TryRemove(intent, out _);
        return true;
    }

    /// <summary>Gives the nonce of a stored intent back by an empty transaction in its place, so that the same may be done anew with other calldata. Whichever of the two is mined, it is done once.</summary>
    /// <returns>Whether that is under way; it is not where the intent waits no more, or gas asks more than is ever offered.</returns>
    public async Task<bool> GiveBackAsync(string intent, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (store.FindInOutbox(intent) is not { State: OutboxState.Live } entry || store.AttemptsOf(intent)[^1] is not { IsEmpty: false } newest)
            {
                return false;
            }

            // A block may have it that the round over all transactions has not seen yet.
            if (entry.Nonce < await node.GetMinedNonceAsync(key.Address, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            var old = new GasOffer(newest.MaxFeePerGasWei, newest.TipPerGasWei);
            GasOffer raised = old.RaisedBy(0, await node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false)).AtMost(CapWei);
            if (raised.MaxFeePerGasWei < old.RaisedBy(0, old).MaxFeePerGasWei)
            {
                return false;
            }

            await BroadcastAsync(entry, Sign(entry, Offer(entry, newest, raised, isEmpty: true)), cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether nothing of a sort waits for a block, so that the next of it may be stored: while nothing gets in, one after another would pile up, and all be paid for once gas is cheap again. What waits in vain gives its nonce back.</summary>
    /// <param name="sort">How the keys of its intents begin.</param>
    /// <param name="isVain">Whether the contract would refuse one of them by now, by its key.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<bool> MakesWayAsync(string sort, Func<string, bool> isVain, CancellationToken cancellationToken)
    {
        OutboxEntry[] waiting = [.. Unsettled().Where(entry => entry.State == OutboxState.Live && entry.Intent.StartsWith(sort, StringComparison.Ordinal))];
        foreach (OutboxEntry entry in waiting.Where(entry => isVain(entry.Intent)))
        {
            await GiveBackAsync(entry.Intent, cancellationToken).ConfigureAwait(false);
        }

        return waiting.Length == 0;
    }

    /// <summary>Notes since when nodes refuse an entry whatever is paid; any other answer ends that, and the private relay's says nothing of them.</summary>
    /// <returns>Whether they refuse it so.</returns>
    private bool NoteAnswer(OutboxEntry entry, bool isPrivate, RpcError? error)
    {
        if (isPrivate && options.PrivateRelayUrl.Length > 0)
        {
            return false;
        }

        if (error is not null && (BroadcastAnswers.IsOfCost(error) || BroadcastAnswers.IsOfTransaction(error)))
        {
            (long Since, string Answer, bool IsOfCost) said = (time.GetTimestamp(), error.Message, BroadcastAnswers.IsOfCost(error));
            _refused.AddOrUpdate(entry.Intent, said, (_, before) => before.IsOfCost == said.IsOfCost ? before : said);
            return true;
        }

        _refused.TryRemove(entry.Intent, out _);
        return false;
    }

    /// <summary>Says that a node refuses an entry, and what its owner can do where its own cap is why.</summary>
    private void TellRefusal(OutboxEntry entry, RpcErrorException answer)
    {
        if (BroadcastAnswers.IsOfCost(answer.Error))
        {
            logger.BroadcastOverCost(entry.Intent, key.Address, answer.Error.Message);
        }
        else
        {
            logger.BroadcastRefused(entry.Intent, key.Address, answer.Message);
        }
    }

    private bool IsRefusedForCost(OutboxEntry entry) => _refused.TryGetValue(entry.Intent, out (long Since, string Answer, bool IsOfCost) refused) && refused.IsOfCost;

    /// <summary>In what words the nodes refuse the key's next transaction whatever is paid, and have done so for long enough; null where they do not. A node may be ill for a while, and only the next holds others up. What is refused for what it may cost waits where nothing waits behind it: it gets in once gas is cheaper, or the node's owner lifts the cap.</summary>
    private string? RefusalOf(OutboxEntry entry, Round round) =>
        entry.Nonce == round.Mined && _refused.TryGetValue(entry.Intent, out (long Since, string Answer, bool IsOfCost) refused) && HasPassed(refused.Since, options.WithdrawAfterSeconds) && (!refused.IsOfCost || entry.Nonce < round.LastNonce)
            ? $"the node refuses it for what it {(refused.IsOfCost ? "may cost" : "is")}, so its nonce is given back: {refused.Answer}"
            : null;

    /// <summary>Gives the nonce of an entry back that is refused whatever is paid: neither fees nor time bring it in, and all behind it would wait for ever. Should some node have it all the same, one of the two is mined, and what became of it is told by which.</summary>
    private async Task<OutboxAttempt> GiveUpAsync(OutboxEntry entry, OutboxAttempt newest, string reason, Round round, CancellationToken cancellationToken)
    {
        GasOffer asked = await round.AskFeesAsync(cancellationToken).ConfigureAwait(false);
        GasOffer raised = new GasOffer(newest.MaxFeePerGasWei, newest.TipPerGasWei).RaisedBy(0, asked).AtMost(CapWei);
        store.SetOutboxState(entry.Intent, OutboxState.Live, 0, reason);
        return Offer(entry, newest, raised, isEmpty: true);
    }

    /// <summary>Offers less where nodes refuse an entry for what it may cost and less is asked by now, or allowed: no pool has it, so nothing is replaced.</summary>
    private async Task<OutboxAttempt> LowerAsync(OutboxEntry entry, OutboxAttempt newest, Round round, CancellationToken cancellationToken)
    {
        GasOffer anew = (await round.AskFeesAsync(cancellationToken).ConfigureAwait(false)).AtMost(MostOf(entry));
        return !newest.IsEmpty && anew.RaisedBy(0, anew).MaxFeePerGasWei <= newest.MaxFeePerGasWei ? Offer(entry, newest, anew, isEmpty: false) : newest;
    }

    /// <summary>Gives the nonce of a displaced entry back, which is free again. Its bytes are out, and somebody may have them mined: as a form of the same entry the empty one is mined, or they are, and it is told by which.</summary>
    private OutboxAttempt Reclaim(OutboxEntry displaced, GasOffer asked)
    {
        OutboxAttempt newest = store.AttemptsOf(displaced.Intent)[^1];

        // What is raised must be what this key had stored.
        Sign(displaced, newest);
        OutboxAttempt attempt = AttemptOf(displaced, new GasOffer(newest.MaxFeePerGasWei, newest.TipPerGasWei).RaisedBy(0, asked).AtMost(CapWei), isEmpty: true);
        store.PutLive(attempt);
        return attempt;
    }

    /// <summary>Whether blocks have come that could have taken the newest form of an entry, and did not.</summary>
    private bool IsPassedOver(OutboxEntry entry, int forms, Round round)
    {
        if (!_firstSeen.TryGetValue(entry.Intent, out (int Forms, ulong Head, bool IsTold) first) || first.Forms != forms)
        {
            _firstSeen[entry.Intent] = (forms, round.Head, false);
            return false;
        }

        return entry.Nonce == round.Mined && round.Head > first.Head;
    }

    /// <summary>Offers more where more is asked. Where it is not, only what blocks pass over is raised: a node that refuses it, a chain that stands still and a nonce before it that is stuck ask for no more money. Once its tip is several times what is asked it is the base fee that was told too low; room for more costs nothing where it was not.</summary>
    private async Task<OutboxAttempt> RaiseAsync(OutboxEntry entry, OutboxAttempt newest, bool isPassedOver, Round round, CancellationToken cancellationToken)
    {
        GasOffer asked = await round.AskFeesAsync(cancellationToken).ConfigureAwait(false);
        var old = new GasOffer(newest.MaxFeePerGasWei, newest.TipPerGasWei);
        bool isMoreAsked = asked.MaxFeePerGasWei > old.MaxFeePerGasWei || asked.TipPerGasWei > old.TipPerGasWei;
        if (!isMoreAsked && !isPassedOver)
        {
            return newest;
        }

        bool isPaidWell = !isMoreAsked && old.TipPerGasWei >= asked.TipPerGasWei * MostTips && old.TipPerGasWei >= asked.MaxFeePerGasWei / FeePerTip;
        GasOffer wanted = isPaidWell ? await WithRoomAsync(entry, old, cancellationToken).ConfigureAwait(false) : old.RaisedBy(isMoreAsked ? 0 : (uint)options.RaiseFeePercent, asked);
        UInt256 least = old.RaisedBy(0, old).MaxFeePerGasWei;
        GasOffer raised = wanted.AtMost(newest.IsEmpty ? CapWei : MostOf(entry));
        if (raised.MaxFeePerGasWei >= least)
        {
            return Offer(entry, newest, raised, newest.IsEmpty);
        }

        raised = wanted.AtMost(CapWei);
        if (!newest.IsEmpty && entry.Nonce < round.LastNonce && IsOver(entry.CreatedSeconds, options.WithdrawAfterSeconds) && raised.MaxFeePerGasWei >= least)
        {
            // It is worth no more or may cost no more, or no fee brings it in, and what waits behind it may be: an empty transaction takes its nonce.
            return Offer(entry, newest, raised, isEmpty: true);
        }

        if (!newest.IsEmpty && MostOf(entry.MostFeePerGasWei) < CapWei)
        {
            _frozen.TryAdd(entry.Intent, null);
        }

        Tell(entry, newest, isPaidWell);
        return newest;
    }

    /// <summary>Twice the room for the base fee, as far as the sender could pay for it: nodes take nothing that he could not.</summary>
    private async Task<GasOffer> WithRoomAsync(OutboxEntry entry, GasOffer old, CancellationToken cancellationToken)
    {
        UInt256 funds = await node.GetBalanceAsync(key.Address, cancellationToken).ConfigureAwait(false);
        return old.WithTwiceTheRoom().AtMost(funds / entry.GasLimit);
    }

    /// <summary>Says once of a form that it is raised no further.</summary>
    private void Tell(OutboxEntry entry, OutboxAttempt newest, bool isPaidWell)
    {
        (int forms, ulong head, bool isTold) = _firstSeen[entry.Intent];
        if (isTold)
        {
            return;
        }

        _firstSeen[entry.Intent] = (forms, head, true);
        if (isPaidWell)
        {
            logger.TransactionPassedOver(entry.Intent, key.Address, BidModel.Gwei(newest.TipPerGasWei));
        }
        else
        {
            logger.TransactionAtFeeCap(entry.Intent, BidModel.Gwei(newest.MaxFeePerGasWei));
        }
    }

    /// <summary>Stores a further form of an entry.</summary>
    private OutboxAttempt Offer(OutboxEntry entry, OutboxAttempt newest, GasOffer raised, bool isEmpty)
    {
        // What is raised must be what this key had stored.
        Sign(entry, newest);
        OutboxAttempt attempt = AttemptOf(entry, raised, isEmpty);
        store.AddAttempt(attempt);
        _frozen.TryRemove(entry.Intent, out _);
        if (isEmpty && !newest.IsEmpty)
        {
            logger.TransactionWithdrawn(entry.Intent, entry.Nonce, BidModel.Gwei(newest.MaxFeePerGasWei));
        }
        else
        {
            logger.TransactionFeeChanged(entry.Intent, raised.MaxFeePerGasWei);
        }

        return attempt;
    }

    /// <summary>Forgets what is only of a transaction that waits.</summary>
    private void Forget(string intent)
    {
        _broadcastAt.TryRemove(intent, out _);
        _firstSeen.Remove(intent);
        _frozen.TryRemove(intent, out _);
        _refused.TryRemove(intent, out _);
        _missingSince.Remove(intent);
    }
}
