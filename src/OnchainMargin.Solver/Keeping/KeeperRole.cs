using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>The role that finds accounts under water at live prices, proves it, and bids where a profit is left. A signature can liquidate nobody: every start carries a witness that the chain checks.</summary>
internal sealed partial class KeeperRole : ISolverRole, IDisposable
{
    private readonly Broadcast<IndexedBook>.Subscription _changes;
    private readonly Dictionary<ulong, DateTimeOffset> _coolDowns = [];
    private readonly ProtocolClient _client;
    private readonly TransactionManager _transactions;
    private readonly ITransactionNode _node;
    private readonly KeeperOptions _options;
    private readonly TimeProvider _time;
    private readonly Broadcast<IndexedBook> _books;
    private readonly KeeperJournal _journal;
    private readonly MeasuredDepth _depth;

    /// <summary>Makes the role.</summary>
    public KeeperRole(Broadcast<IndexedBook> books, ProtocolClient client, TransactionManager transactions, ITransactionNode node, KeeperOptions options, TimeProvider time, ILogger<KeeperRole> logger)
    {
        (_books, _client, _transactions, _node, _options, _time) = (books, client, transactions, node, options, time);
        _changes = books.Subscribe();
        _journal = new KeeperJournal(time, logger);
        _depth = new MeasuredDepth(options.DepthFolder, client.Deployment, logger);
    }

    /// <inheritdoc/>
    public string Name => SolverRoles.Keeper;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_books.Current is not { IsCaughtUp: true } indexed || indexed.Book.LatestCheckpoint is null)
        {
            return;
        }

        ProtocolBook book = indexed.Book;
        CheckpointInputs live = await _client.GetLiveInputsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (BookAccount account in book.Accounts.Values)
        {
            if (!IsCooling(account.Id) && Liquidations.Look(book, account, live) is { } found)
            {
                await StartAsync(found, live, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (BookLot lot in book.OpenLots)
        {
            await ConsiderLotAsync(book, lot, live, cancellationToken).ConfigureAwait(false);
        }

        await ServeNeedsAsync(book, live, cancellationToken).ConfigureAwait(false);
        await SettleExpiredAsync(book, live, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(_options.PollMilliseconds), _time, cancellationToken);

    private Task<bool> StartAsync(UnderWater found, CheckpointInputs live, CancellationToken cancellationToken)
    {
        BookAccount account = found.Account;
        return DutyAsync(
            new Duty(
                $"account {account.Id}",
                "start",
                $"start account {account.Id} at {account.StateHash.ToString()[..10]}",
                $"equity {BidModel.Money(found.EquityE8)} is under the {BidModel.Money(found.ShownE8)} that a witness shows",
                account.Id,
                IsPrivate: true),
            _client.Calls.Start(account, found.Witness),
            live,
            cancellationToken);
    }

    /// <summary>Sends what brings no profit by itself, as long as its gas costs no more than the options allow.</summary>
    /// <returns>Whether it is on its way, now or since before.</returns>
    private async Task<bool> DutyAsync(Duty duty, TransactionRequest request, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (_transactions.IsUnderWay(duty.Key))
        {
            return true;
        }

        try
        {
            ulong limit = _transactions.GasLimitOf(await _node.EstimateGasAsync(_transactions.Sender, request.To!.Value, request.Data.ToArray(), cancellationToken).ConfigureAwait(false));
            GasOffer offer = await _node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false);
            Int128 cost = BidModel.GasE8(limit, offer.MaxFeePerGasWei, NativePriceE8(live));
            string figures = $"{duty.Why}; gas costs at most {BidModel.Money(cost)} at {BidModel.Gwei(offer.MaxFeePerGasWei)} gwei";
            if (cost > _options.DutyCostE8)
            {
                _journal.Say(duty.Subject, "too-dear", $"{duty.Decision} waits: {figures}, more than the {BidModel.Money(_options.DutyCostE8)} of keeper.dutyCostE8");
                return false;
            }

            await SendAsync(duty, request, limit, BidModel.PriceFor(limit, _options.DutyCostE8, NativePriceE8(live), _transactions.CapWei), figures, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RevertException error)
        {
            Refused(duty, error.Reason.ToString() ?? "");
            return false;
        }
    }

    private async Task SendAsync(Duty duty, TransactionRequest request, ulong gasLimit, UInt256 ceilingWei, string figures, CancellationToken cancellationToken)
    {
        if (_options.DryRun)
        {
            _journal.Say(duty.Subject, duty.Decision, $"dry run, sends nothing: would {duty.Decision}, {figures}");
            return;
        }

        TransactionIntent intent = TransactionIntent.From(duty.Key, request) with { GasLimit = gasLimit, MostFeePerGasWei = ceilingWei, IsPrivate = duty.IsPrivate };
        if (await _transactions.SubmitAsync(intent, cancellationToken).ConfigureAwait(false) is { IsNew: true })
        {
            _journal.Say(duty.Subject, duty.Decision, figures);
        }
    }

    private void Refused(Duty duty, string reason)
    {
        _journal.Say(duty.Subject, "refused", $"{duty.Decision} is refused by the chain: {reason}");
        if (duty.CoolsAccount is { } account)
        {
            _coolDowns[account] = _time.GetUtcNow() + TimeSpan.FromSeconds(_options.CoolDownSeconds);
        }
    }

    /// <summary>What gas is paid in costs what its market says; where it is no underlying here, what the options say.</summary>
    private long NativePriceE8(CheckpointInputs live)
    {
        ushort? number = _client.Deployment.Underlyings.FirstOrDefault(listed => string.Equals(listed.Name, _options.NativeUnderlying, StringComparison.OrdinalIgnoreCase))?.Number;
        return live.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == number)?.SpotE8 ?? _options.NativePriceE8;
    }

    private bool IsCooling(ulong account) => _coolDowns.TryGetValue(account, out DateTimeOffset until) && _time.GetUtcNow() < until;

    /// <summary>One thing to do on chain.</summary>
    /// <param name="Subject">What it is about.</param>
    /// <param name="Decision">What is done, in one word.</param>
    /// <param name="Key">The intent's key.</param>
    /// <param name="Why">Why, with figures.</param>
    /// <param name="CoolsAccount">The account that is left alone for a while when the chain refuses it.</param>
    /// <param name="IsPrivate">Whether others would copy it.</param>
    private sealed record Duty(string Subject, string Decision, string Key, string Why, ulong? CoolsAccount = null, bool IsPrivate = false);
}
