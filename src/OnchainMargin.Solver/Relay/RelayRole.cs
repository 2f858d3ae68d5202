using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Relay;

/// <summary>The role that brings matches into the chain, a batch at a time: the next batch is built from the states that the one before it left.</summary>
internal sealed class RelayRole(
    OrderRelay relay, Broadcast<IndexedBook> books, ILiveInputs live, ProtocolCalls calls, TransactionManager transactions, SolverStore store, RelayOptions options, TimeProvider time, ILogger<RelayRole> logger) : ISolverRole, IDisposable
{
    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private IReadOnlyList<OrderMatch> _batch = [];
    private string _intent = "";
    private bool _isRestored;
    private ulong _seenBlock;

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

        if (!_isRestored)
        {
            await relay.RestoreAsync(cancellationToken).ConfigureAwait(false);
            _isRestored = true;
        }

        EndCancelled(indexed.Book.BlockNumber);
        relay.Expire(Math.Max((ulong)time.GetUtcNow().ToUnixTimeSeconds(), indexed.Book.BlockTimeSeconds));
        if (_batch.Count > 0 && !IsOver(indexed.Book))
        {
            return;
        }

        IReadOnlyList<OrderMatch> batch = relay.TakePending(options.BatchMost);
        if (batch.Count > 0)
        {
            CheckpointInputs inputs = await live.GetAsync(cancellationToken).ConfigureAwait(false);
            await SettleAsync(batch, indexed.Book, inputs, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), time, cancellationToken);

    /// <summary>Whether the batch under way has come to its end, which is then told to the relay.</summary>
    private bool IsOver(ProtocolBook book)
    {
        OutboxEntry? entry = store.FindInOutbox(_intent);
        if (entry is null or { State: OutboxState.Live } || entry.BlockNumber > book.BlockNumber)
        {
            return false;
        }

        bool isSettled = entry.State is OutboxState.Mined or OutboxState.Final;
        foreach (OrderMatch match in _batch)
        {
            if (isSettled)
            {
                relay.Settled(match);
            }
            else
            {
                relay.Drop(match, match.Taker, entry.Reason);
            }
        }

        _batch = [];
        return true;
    }

    /// <summary>Orders that their owners cancelled on chain leave the books.</summary>
    private void EndCancelled(ulong block)
    {
        if (_seenBlock == 0 || _seenBlock >= block)
        {
            _seenBlock = block;
            return;
        }

        foreach (LogEntry log in store.LogsFrom(_seenBlock + 1))
        {
            if (Clearinghouse.OrderCancelledEvent.TryDecode(log, out Clearinghouse.OrderCancelledEvent cancelled) && relay.Find(cancelled.Account, cancelled.Nonce) is { } order)
            {
                relay.End(order, OrderStatus.Cancelled, "cancelled on chain");
            }
            else if (Clearinghouse.OrdersCancelledBelowEvent.TryDecode(log, out Clearinghouse.OrdersCancelledBelowEvent below))
            {
                foreach (RestingOrder early in relay.Orders(below.Account).Where(early => early.Nonce < below.MinimumNonce))
                {
                    relay.End(early, OrderStatus.Cancelled, "cancelled on chain");
                }
            }
        }

        _seenBlock = block;
    }

    private async Task SettleAsync(IReadOnlyList<OrderMatch> batch, ProtocolBook book, CheckpointInputs inputs, CancellationToken cancellationToken)
    {
        TransactionIntent intent = Build(batch, book, inputs);
        try
        {
            OutboxEntry entry = await transactions.SubmitAsync(intent, cancellationToken).ConfigureAwait(false);
            _batch = batch;
            _intent = entry.Intent;
            logger.BatchSent(batch.Count, entry.Intent);
        }
        catch (RevertException error) when (batch.Count > 1)
        {
            // One of them is refused: each is tried alone, so that the good ones are not held up.
            logger.BatchRefused(batch.Count, error.Reason.ToString() ?? "");
            relay.Return(batch.Skip(1));
            await SettleAsync([batch[0]], book, inputs, cancellationToken).ConfigureAwait(false);
        }
        catch (RevertException error)
        {
            Drop(batch[0], error.Reason);
        }
        catch (EthereumException)
        {
            relay.Return(batch);
            throw;
        }
    }

    private TransactionIntent Build(IReadOnlyList<OrderMatch> batch, ProtocolBook book, CheckpointInputs inputs)
    {
        RestingOrder[] orders = [.. batch.SelectMany(static match => (RestingOrder[])[match.Maker, match.Taker]).Distinct()];
        Clearinghouse.Fill[] fills = [.. batch.Select(match => new Clearinghouse.Fill((ushort)Array.IndexOf(orders, match.Maker), (ushort)Array.IndexOf(orders, match.Taker), match.SizeE8))];
        var accounts = new List<(BookAccount, Clearinghouse.Proof)>();
        foreach (ulong id in orders.Select(static order => order.Account).Distinct())
        {
            BookAccount account = book.Accounts[id];
            IEnumerable<PreTradeCheck.Possible> possible = batch.SelectMany(match => (RestingOrder[])[match.Maker, match.Taker], (match, order) => (match, order))
                .Where(pair => pair.order.Account == id)
                .Select(pair => new PreTradeCheck.Possible(
                    pair.order.Instrument,
                    pair.order.Signed64(pair.match.SizeE8),
                    (long)pair.match.PriceE8,
                    ReferenceEquals(pair.order, pair.match.Maker) ? book.Parameters.Clearing.MakerFeeE8 : book.Parameters.Clearing.TakerFeeE8));
            PreTradeVerdict verdict = PreTradeCheck.Judge(account, possible, book, inputs);
            accounts.Add((account, verdict.IsReducing ? Proofs.Reducing : Proofs.Computed));
        }

        var request = calls.Settle(accounts, orders.Select(static order => order.Signed), fills);
        string key = string.Create(CultureInfo.InvariantCulture, $"settle {batch.Count} fills {Keccak256.Hash(request.Data.ToArray()).ToString()[..18]}");
        return TransactionIntent.From(key, request);
    }

    /// <summary>A match that the chain refuses: the order that its error names goes, and the taker when it names none.</summary>
    private void Drop(OrderMatch match, RevertReason reason)
    {
        string text = reason.ToString() ?? "";
        bool isMakers = reason is CustomErrorReason { Error: { } error } && error.ToString()!.Contains($"Account = {match.Maker.Account},", StringComparison.Ordinal);
        relay.Drop(match, isMakers ? match.Maker : match.Taker, text);
        logger.MatchRefused(match.Maker.Account, match.Taker.Account, text);
    }
}
