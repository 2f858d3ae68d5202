using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Proving;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Relay;

/// <summary>The role that brings matches into the chain, a batch at a time: the next batch is built from the states that the one before it left.</summary>
internal sealed partial class RelayRole(
    OrderRelay relay, OrderBooks orders, IRelayChain orderChain, Broadcast<IndexedBook> books, ILiveInputs live, ProofDesk proofs, ProtocolCalls calls, TransactionManager transactions, SolverStore store, RelayOptions options, RelayClock clock, TimeProvider time, ILogger<RelayRole> logger) : ISolverRole, IDisposable
{
    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly SettlementGas _gas = new(transactions);
    private readonly SettlementReturns _returns = new(transactions, time);
    private readonly SettledBatches _settled = new(orders, orderChain, transactions, store);
    private IReadOnlyList<OrderMatch> _batch = [];
    private bool _isAlone;
    private int _most = options.BatchMost;
    private ProtocolBook _book = ProtocolBook.Empty;
    private string _intent = "";
    private bool _isAttested;
    private ulong? _seenBlock;
    private int _seenRollbacks;

    /// <inheritdoc/>
    public string Name => SolverRoles.Relay;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { IsCaughtUp: true } indexed)
        {
            return;
        }

        await _returns.RunAsync(indexed.Book.BlockNumber, cancellationToken).ConfigureAwait(false);
        bool isOpen = await relay.OpenAsync(cancellationToken).ConfigureAwait(false);
        EndCancelled(indexed.Book.BlockNumber);
        orders.EndWaits(indexed.Book);
        (ulong now, ulong least) = (clock.Now, (ulong)options.LeastSecondsLeft);
        orders.Expire(now, order => OrderAdmission.Ends(order, indexed.Book, now, least), order => OrderAdmission.MayEndAt(order, indexed.Book, now, least));
        await relay.MakeRoomAsync(indexed.Book, cancellationToken).ConfigureAwait(false);
        if (!isOpen || (_batch.Count > 0 && !await IsOverAsync(indexed.Book, cancellationToken).ConfigureAwait(false)) || !await _settled.AreInABlockAsync(indexed.Book, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        IReadOnlyList<OrderMatch> batch = await TakeAsync(indexed.Book, cancellationToken).ConfigureAwait(false);
        if (batch.Count > 0)
        {
            await SettleAsync(batch, indexed, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), time, cancellationToken);

    /// <summary>Whether the batch under way has come to its end, which is then told to the relay.</summary>
    private async Task<bool> IsOverAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        OutboxEntry? entry = store.FindInOutbox(_intent);
        if (entry is null or { State: OutboxState.Live } || entry.BlockNumber > book.BlockNumber)
        {
            return false;
        }

        if (entry.State is OutboxState.Mined or OutboxState.Final)
        {
            IReadOnlyList<OrderMatch> batch = _batch;
            (_most, _batch) = (options.BatchMost, []);
            _settled.Add(_intent, batch);
            _returns.Forget(_intent);
            orders.Settled(batch);
            return true;
        }

        await TakeUpFailedAsync(book, entry, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Whom a batch that failed blames, match by match; the first that explains it does. An order that is filled further, and nobody is to blame.
    /// An order that the chain fills no more, an account that has changed, or a right to sign that was set: the match comes alone, and whose that is ends at last if it goes on so. What the chain names when it is asked again, which goes the way of what it names in an estimate.
    /// Where nothing does, a contract that judges a signature: it may take any gas, and answer otherwise each time. What others explain comes back together, once.
    /// An order that came to its end at this relay alone explains nothing: the chain knows nothing of it, and to end one so costs nothing.</summary>
    private async Task TakeUpFailedAsync(ProtocolBook book, OutboxEntry entry, CancellationToken cancellationToken)
    {
        // Where something else of the key waits behind it its nonce may be given back before it was looked at.
        if (entry.State == OutboxState.Withdrawn && (_returns.IsOutgrown(entry.Intent) || await transactions.IsOutgrownAsync(entry, cancellationToken).ConfigureAwait(false)))
        {
            TakeUpOutgrown(book);
            return;
        }

        bool isReverted = _returns.TakeUp(entry.Intent) || entry.State is OutboxState.Reverted or OutboxState.FinalReverted;
        IReadOnlySet<Address> contracts = await ContractsOfAsync(_batch, cancellationToken).ConfigureAwait(false);
        bool isPerhapsSpoilt = isReverted && contracts.Count > 0;
        CustomErrorReason? reason = isPerhapsSpoilt || (isReverted && !_isAttested) ? await orderChain.ReasonOfAsync(entry, cancellationToken).ConfigureAwait(false) : null;
        if (_isAttested && !(isPerhapsSpoilt && reason is null or { Error: Clearinghouse.SignatureInvalidError }))
        {
            // A price or an index moved before it was mined, and no order is at fault: computing needs no attestation to fit. Where a contract signed the chain is asked first: what moved has a name, and what has none is the contract's.
            orders.Return(_batch.Select(static match => match with { IsComputed = true }));
            _batch = [];
            return;
        }

        // A settlement whose nonce was used elsewhere was in no block, so that nothing that was told explains it.
        OrderNews[] news = entry.State == OutboxState.Displaced ? [] : [.. store.LogsFrom(Math.Min(_book.BlockNumber + 1, entry.BlockNumber)).Select(OrderNews.Of).OfType<OrderNews>()];
        orders.End([.. _batch.SelectMany(static match => match.Orders).Where(order => IsLate(order, book))], OrderStatus.Expired, OrderBooks.TimeIsOver);
        bool isExplained = _batch.Any(match => Changed(match) is not null || IsNamed(match));
        var back = new List<OrderMatch>();
        try
        {
            while (_batch is [var match, ..])
            {
                RestingOrder? changed = Changed(match);
                if (changed is null && isExplained && !IsNamed(match) && !match.WasSpared)
                {
                    back.Add(match with { WasSpared = true });
                }
                else if (!await relay.ReconcileAsync(match, cancellationToken).ConfigureAwait(false))
                {
                    if (changed is null && isReverted && (reason is not null || !isExplained) && SpoiltBy(match, reason?.Error, contracts, book) is { } contract)
                    {
                        Rest(match, contract, book);
                    }
                    else if (changed is null && IsNamed(match) && _isAlone)
                    {
                        _batch = [];
                        await RefuseAsync(match, SettlementRefusal.Of(reason!), book, cancellationToken).ConfigureAwait(false);
                        break;
                    }
                    else if (changed is null && IsNamed(match))
                    {
                        orders.Suspect([match]);
                    }
                    else
                    {
                        orders.Retry(match, 0, changed ?? Unnamed(match, match.Taker, contracts).Order, $"the chain refused it time and again, since a price or an account moved in between: {entry.Reason}");
                    }
                }

                _batch = [.. _batch.Skip(1)];
            }
        }
        finally
        {
            orders.Return(back);
        }

        bool IsNamed(OrderMatch match) => reason is not null && (_isAlone || match.IsNamedBy(reason.Error));

        RestingOrder? Changed(OrderMatch match) => Array.Find(match.Orders, order => IsLate(order, book) || HasChanged(order, book) || Array.Exists(news, one => one.IsOf(order)));
    }

    /// <summary>A batch that could not get in for what a transaction may cost comes again in halves; a fill that could not alone makes way for the others.</summary>
    private void TakeUpOutgrown(ProtocolBook book)
    {
        if (_batch is [var alone])
        {
            orders.SetAside(alone, alone.Heavier(book), book.BlockNumber, TooDear("a transaction with it got into no block for what one may cost"), yields: true);
        }
        else
        {
            orders.Return(_batch);
        }

        (_most, _batch) = (Math.Max(1, _batch.Count / 2), []);
        _returns.Forget(_intent);
    }

    /// <summary>The order whose contract had a settlement reverted: the one whose signature the chain refused; where it gives no reason the one that a contract signs, the order that came where both are. Null where it is no contract's doing.</summary>
    private static RestingOrder? SpoiltBy(OrderMatch match, IContractError? error, IReadOnlySet<Address> contracts, ProtocolBook book)
    {
        RestingOrder?[] asked = error is null ? [match.Taker, match.Maker] : error is Clearinghouse.SignatureInvalidError ? [match.Named(error, book)] : [];
        return Array.Find(asked, order => order is not null && contracts.Contains(order.Signed.Signer));
    }

    /// <summary>Ends an order whose contract had its settlement reverted, and whatever else it signed; it rests, and so does the owner whose account it signed for, with all that contracts sign for his.</summary>
    private void Rest(OrderMatch match, RestingOrder spoilt, ProtocolBook book)
    {
        const string Reason = "a settlement with a contract's signature was reverted on chain, and nothing but that explains it: the contract and its account's owner rest";
        (Address signer, Address owner) = (spoilt.Signed.Signer, OwnerOf(spoilt));

        // What follows comes again where the store fails, and a rest that has begun is long enough for it.
        foreach (Address one in new HashSet<Address> { signer, owner }.Where(one => orders.Rests.SecondsLeft(one) == 0))
        {
            orders.Rests.Add(one);
        }

        // Together: one that ended before the others would take the match's other order for what ended it, and leave this one open.
        orders.Refuse(match, [.. orders.Orders().Where(order => order.Signed.Signer == signer || (order.IsByContract && OwnerOf(order) == owner))], Reason);

        Address OwnerOf(RestingOrder order) => book.Accounts.TryGetValue(order.Account, out BookAccount? account) ? account.Owner : order.Signed.Signer;
    }

    /// <summary>Whether the chain fills an order no more since its time is over.</summary>
    private static bool IsLate(RestingOrder order, ProtocolBook book) => OrderAdmission.Ends(order, book, book.BlockTimeSeconds, 0);

    /// <summary>Whether an order's account is not as it was when the batch was handed in; a reorganisation may even have taken it away.</summary>
    private bool HasChanged(RestingOrder order, ProtocolBook book) =>
        !_book.Accounts.TryGetValue(order.Account, out BookAccount? before) || !book.Accounts.TryGetValue(order.Account, out BookAccount? now) || before.StateHash != now.StateHash;

    /// <summary>Who is at fault where the chain names nobody: the side whose signature a contract judges, when one alone is such, since it may take any gas and answer otherwise each time; else who looks like it.</summary>
    private static (RestingOrder Order, bool IsContract) Unnamed(OrderMatch match, RestingOrder otherwise, IReadOnlySet<Address> contracts)
    {
        bool isMaker = contracts.Contains(match.Maker.Signed.Signer);
        return isMaker == contracts.Contains(match.Taker.Signed.Signer) ? (otherwise, false) : (isMaker ? match.Maker : match.Taker, true);
    }

    /// <summary>Orders that their owners cancelled on chain leave the books; those whose signer's right was set are looked at again. What a reorganisation put in the place of blocks that were read is read as well: to do either twice changes nothing.</summary>
    private void EndCancelled(ulong block)
    {
        // In this order: what is rolled back, or comes, after these two were asked is read the next time.
        (int rollbacks, ulong lowest) = store.Rollbacks(_seenRollbacks);
        ulong stored = Math.Min(block, store.Head()?.Number ?? 0);
        ulong from = Math.Min(_seenBlock ?? stored, lowest);
        foreach (LogEntry log in _seenBlock is not null && from < stored ? store.LogsFrom(from + 1) : [])
        {
            if (OrderNews.Of(log) is not { } news)
            {
                continue;
            }

            if (news.Signer is not null)
            {
                orders.LookAgain(news);
            }
            else
            {
                orders.End([.. orders.Orders(news.Account).Where(news.IsOf)], OrderStatus.Cancelled, "cancelled on chain");
            }
        }

        (_seenBlock, _seenRollbacks) = (stored, rollbacks);
    }

    private async Task SettleAsync(IReadOnlyList<OrderMatch> batch, IndexedBook indexed, CancellationToken cancellationToken)
    {
        SettlementRefusal? refusal;
        try
        {
            refusal = await TrySettleAsync(batch, indexed, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Whatever failed, the node, the disk or a peer: what was taken and is not on its way waits again.
            orders.Return(batch);
            throw;
        }

        if (refusal is null)
        {
            return;
        }

        if (batch.Count == 1)
        {
            await RefuseAsync(batch[0], refusal, indexed.Book, cancellationToken).ConfigureAwait(false);
            return;
        }

        // What the chain speaks of is tried alone later, and the others at once; half of them where it speaks of none or all, or where all together are too large, too dear, or too much for the node.
        IContractError? error = (refusal.Reason as CustomErrorReason)?.Error;
        ILookup<bool, OrderMatch> byName = batch.ToLookup(match => error is not null && match.IsNamedBy(error));
        IEnumerable<OrderMatch> rest = byName[false];
        if (byName.Count == 1)
        {
            rest = batch.Take(batch.Count / 2);
            orders.Return(batch.Skip(batch.Count / 2));
        }
        else
        {
            orders.Suspect(byName[true]);
        }

        if (refusal.IsTooLarge || refusal.IsTooDear || refusal.IsUnanswered)
        {
            logger.BatchTooLarge(batch.Count, refusal.Said);
        }
        else
        {
            logger.BatchRefused(batch.Count, refusal.Said);
        }

        await SettleAsync([.. rest], indexed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a match comes to that is refused though it was tried alone. Whatever fails meanwhile, the node or the store, it waits again.</summary>
    private async Task RefuseAsync(OrderMatch match, SettlementRefusal refusal, ProtocolBook book, CancellationToken cancellationToken)
    {
        logger.MatchRefused(match.Maker.Account, match.Taker.Account, refusal.Said);
        try
        {
            IContractError? error = (refusal.Reason as CustomErrorReason)?.Error;
            if (error is Clearinghouse.OrderOverfilledError or Clearinghouse.OrderDoneError && await relay.ReconcileAsync(match, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            if (refusal.IsTooDear)
            {
                orders.SetAside(match, match.Heavier(book), book.BlockNumber, TooDear(refusal.Said), yields: true);
                return;
            }

            RestingOrder? named = error is null ? match.Of(refusal.AtFault) : match.Named(error, book);
            RestingOrder otherwise = refusal.IsTooLarge || refusal.IsUnanswered ? match.Heavier(book) : match.Taker;
            (RestingOrder suspect, bool isContract) = named is null ? Unnamed(match, otherwise, await ContractsOfAsync([match], cancellationToken).ConfigureAwait(false)) : (named, false);
            if (refusal.IsUnanswered)
            {
                orders.Postpone(match, book.BlockNumber, suspect, TooMuch(refusal, suspect, isContract, book));
            }
            else if (refusal.IsTooLarge)
            {
                orders.Retry(match, book.BlockNumber, suspect, TooMuch(refusal, suspect, isContract, book));
            }
            else
            {
                string sentence = refusal.Reason is { } reason ? Refusals.Sentence(reason) : refusal.Said;
                if (error is Clearinghouse.StateMismatchError or Clearinghouse.OrderOverfilledError or Clearinghouse.OrderDoneError)
                {
                    // The chain is ahead of the book, which is nobody's fault unless it always is.
                    orders.Retry(match, book.BlockNumber, suspect, sentence);
                }
                else if (error is Clearinghouse.SettlementPendingError)
                {
                    // The price of what has just expired is fixed within blocks, unless its market is halted: whoever holds it must not lose his orders to the first who crosses them before that, nor that one his turn with the next.
                    orders.SetAside(match, suspect, book.BlockNumber, sentence, yields: false);
                }
                else
                {
                    orders.Drop(match, suspect, sentence);
                }
            }
        }
        catch
        {
            orders.Return([match]);
            throw;
        }
    }

    /// <summary>What is said of an order that goes out of its book since gas is too dear for its fill alone, which is nobody's fault. It is the one of the account that takes more gas, so that whoever met it meets others, for whom gas may suffice.</summary>
    private static string TooDear(string said) => $"gas is too dear now for a fill of it ({said}); unless it is fill-or-kill it is out of its book for 128 blocks at most, and is tried again";

    private static string TooMuch(SettlementRefusal refusal, RestingOrder atFault, bool isContract, ProtocolBook book)
    {
        string subject = $"The node finds no transaction that could settle it ({refusal.Said})";
        int positions = book.Accounts.TryGetValue(atFault.Account, out BookAccount? account) ? account.State.Positions.Length : 0;
        return isContract
            ? $"{subject}, as when the contract {atFault.Signed.Signer} takes too much gas to say whether it signed: sign with a key, or with a contract that takes less."
            : string.Create(CultureInfo.InvariantCulture, $"{subject}, as when an account holds too much for one: close or move some of the {positions} positions of account {atFault.Account} and sign the order again.");
    }

    /// <summary>Hands a batch to the node, by attestations where they are the cheaper proofs, by computation where the chain does not take them after all, or did not take them of one of its matches.</summary>
    /// <returns>Why it is refused; null when it is under way, or waits again since one of its orders came to its end.</returns>
    private async Task<SettlementRefusal?> TrySettleAsync(IReadOnlyList<OrderMatch> batch, IndexedBook indexed, CancellationToken cancellationToken)
    {
        CheckpointInputs inputs = await live.GetAsync(cancellationToken).ConfigureAwait(false);
        (Settlement? settlement, string refusal, ulong atFault) = Of(batch, indexed.Book, inputs);
        if (settlement is null)
        {
            return new SettlementRefusal(refusal) { AtFault = atFault };
        }

        if (!batch.Any(static match => match.IsComputed) && await ChooseAsync(settlement, batch.Count, indexed, inputs, cancellationToken).ConfigureAwait(false) is { IsAttested: true } chosen)
        {
            TransactionRequest attested = settlement.Build(calls, [.. chosen.Accounts.Select(static proof => proof.Proof)]);
            if (await SubmitAsync(batch, attested, indexed.Book, isAttested: true, cancellationToken).ConfigureAwait(false) is not { } refused)
            {
                return null;
            }

            logger.AttestedBatchRefused(batch.Count, refused.Said);
        }

        return await SubmitAsync(batch, settlement.BuildComputed(calls), indexed.Book, isAttested: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ChosenProofs?> ChooseAsync(Settlement settlement, int count, IndexedBook indexed, CheckpointInputs inputs, CancellationToken cancellationToken)
    {
        try
        {
            return await settlement.ChooseAsync(proofs, calls, transactions.Sender, indexed, inputs, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcTransportException error)
        {
            // Perhaps there is too much to try; if it is the node that is away, the estimate tells.
            logger.AttestedBatchRefused(count, error.Message);
            return null;
        }
    }

    private async Task<SettlementRefusal?> SubmitAsync(IReadOnlyList<OrderMatch> batch, TransactionRequest request, ProtocolBook book, bool isAttested, CancellationToken cancellationToken)
    {
        string key = SettlementKeys.Of(batch.Count, request.Data);

        // Who watches the public pool could fill what it holds first, each side at the other's expense up to its limit.
        var intent = TransactionIntent.From(key, request) with { IsPrivate = true };
        if (!transactions.IsUnderWay(key))
        {
            (GasLimits limits, SettlementRefusal? refusal) = await _gas.LimitsAsync(request, cancellationToken).ConfigureAwait(false);
            if (refusal is not null)
            {
                return refusal;
            }

            intent = intent with { GasLimits = limits };
        }

        if (batch.Any(static match => match.IsOver))
        {
            // Somebody took an order back while proofs and gas were asked for.
            orders.Return(batch);
            return null;
        }

        OutboxEntry entry;
        try
        {
            entry = await transactions.SubmitAsync(intent, cancellationToken).ConfigureAwait(false);
        }
        catch (TransactionTooLargeException error)
        {
            return new SettlementRefusal(error.Message.TrimEnd('.')) { IsTooDear = true };
        }

        (_batch, _isAlone, _book, _intent, _isAttested) = (batch, batch.Count == 1, book, entry.Intent, isAttested);
        logger.BatchSent(batch.Count, isAttested ? "attestations" : "computation", entry.Intent);
        return null;
    }

    private static (Settlement? Settlement, string Refusal, ulong AtFault) Of(IReadOnlyList<OrderMatch> batch, ProtocolBook book, CheckpointInputs inputs)
    {
        RestingOrder[] matched = [.. batch.SelectMany(static match => match.Orders).Distinct()];
        Clearinghouse.Fill[] fills = [.. batch.Select(match => new Clearinghouse.Fill((ushort)Array.IndexOf(matched, match.Maker), (ushort)Array.IndexOf(matched, match.Taker), match.SizeE8))];
        return Settlement.Of([.. matched.Select(static order => order.Signed)], fills, book, inputs);
    }
}
