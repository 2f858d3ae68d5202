using System.Runtime.CompilerServices;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>The role that finds accounts under water at live prices, proves it, and bids where a profit is left. A signature can liquidate nobody: every start carries a witness that the chain checks.</summary>
internal sealed partial class KeeperRole : ISolverRole, IDisposable
{
    /// <summary>How many accounts are looked at before the whole book; some milliseconds of work.</summary>
    private const int NearestAccounts = 2048;

    /// <summary>The longest rest of an account whose starts were reverted, as long as that which the chain gives an account that was sold in part (CLR-040).</summary>
    private const int LongestRestSeconds = 300;

    /// <summary>How long a start that was reverted is remembered against its account.</summary>
    private const int RevertedForSeconds = 3600;

    private readonly Broadcast<IndexedBook>.Subscription _changes;
    private readonly Broadcast<HeadTick>.Subscription _ticks;
    private readonly WaterLine _line = new(NearestAccounts, Environment.ProcessorCount);
    private readonly Dictionary<ulong, DateTimeOffset> _coolDowns = [];
    private readonly ProtocolClient _client;
    private readonly TransactionManager _transactions;
    private readonly ITransactionNode _node;
    private readonly KeeperOptions _options;
    private readonly TimeProvider _time;
    private readonly Broadcast<IndexedBook> _books;
    private readonly KeeperJournal _journal;
    private readonly MeasuredDepth _depth;
    private Task<WholeLook>? _whole;
    private bool _isDue = true;
    private bool _hasBegun;

    /// <summary>Makes the role.</summary>
    public KeeperRole(Broadcast<IndexedBook> books, Broadcast<HeadTick> ticks, ProtocolClient client, TransactionManager transactions, ITransactionNode node, KeeperOptions options, TimeProvider time, ILogger<KeeperRole> logger)
    {
        (_books, _client, _transactions, _node, _options, _time) = (books, client, transactions, node, options, time);
        _changes = books.Subscribe();
        _ticks = ticks.Subscribe();
        _journal = new KeeperJournal(time, logger);
        _depth = new MeasuredDepth(options.DepthFolder, client.Deployment, logger);
    }

    /// <inheritdoc/>
    public string Name => SolverRoles.Keeper;

    /// <summary>The look at the whole book that runs beside the rounds; null when the last one was acted upon.</summary>
    public Task? WholeLook => _whole;

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes.Dispose();
        _ticks.Dispose();
    }

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_books.Current is not { IsCaughtUp: true } indexed || indexed.Book.LatestCheckpoint is null)
        {
            return;
        }

        ProtocolBook book = indexed.Book;
        if (!_hasBegun && _options.BidderAccount > 0)
        {
            // At once, not at the first lot: whoever starts a keeper looks at it then.
            Bidder(book, "all lots");
        }

        _hasBegun = true;
        var clock = new StageClock();
        CheckpointInputs live = await Patience.AskAsync(token => _client.GetLiveInputsAsync(cancellationToken: token), _time, cancellationToken).ConfigureAwait(false);
        clock.End("read");
        IReadOnlyList<ulong> near = _line.First(book, live);
        clock.End("look");
        await StartAsync(book, near, live, cancellationToken).ConfigureAwait(false);
        await ConsiderLotsAsync(book, live, cancellationToken).ConfigureAwait(false);
        await GiveBackUnwantedAsync(book, cancellationToken).ConfigureAwait(false);
        if (_whole is { IsCompleted: true } ended)
        {
            _whole = null;
            IReadOnlyList<ulong> all = _line.Take(await ended.ConfigureAwait(false), book, live);
            await StartAsync(book, all, live, cancellationToken).ConfigureAwait(false);
            await ServeNeedsAsync(book, live, cancellationToken).ConfigureAwait(false);
            await SettleExpiredAsync(book, live, cancellationToken).ConfigureAwait(false);
            await SettleNeedsAsync(book, live, cancellationToken).ConfigureAwait(false);
            await ClaimAsync(book, live, cancellationToken).ConfigureAwait(false);
        }

        if (_isDue && _whole is null)
        {
            // Beside the rounds, on a thread of its own: a price that comes meanwhile waits neither for it nor for one of the pool's few threads.
            _isDue = false;
            _whole = Task.Factory.StartNew(() => Whole(book, live), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private WholeLook Whole(ProtocolBook book, CheckpointInputs live)
    {
        var clock = new StageClock();
        WholeLook look = _line.Whole(book, live);
        clock.End("whole");
        return look;
    }

    /// <inheritdoc/>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        // A block that the node tells of is acted upon at once, from prices of now and the book as it is; the index brings the block's accounts a moment later. So is the end of a look at the
        // whole book, which is no reason for another one.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<bool> changed = _changes.WaitAsync(TimeSpan.FromMilliseconds(_options.PollMilliseconds), _time, either.Token);
        Task<bool> ticked = _ticks.WaitAsync(TimeSpan.FromMilliseconds(_options.PollMilliseconds), _time, either.Token);
        await Task.WhenAny(_whole is null ? [changed, ticked] : (Task[])[changed, ticked, _whole]).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        Task both = Task.WhenAll(changed, ticked);
        await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _isDue |= changed.IsCompletedSuccessfully || ticked.IsCompletedSuccessfully;
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Proves accounts under water and sends their starts, each as soon as it can be: of several that a price sinks none waits for the last.</summary>
    private async Task StartAsync(ProtocolBook book, IReadOnlyList<ulong> accounts, CheckpointInputs live, CancellationToken cancellationToken)
    {
        ILookup<bool, BookAccount> byWay = accounts.Where(id => !IsCooling(id) && book.Accounts.ContainsKey(id)).Select(id => book.Accounts[id]).Where(static account => account.OpenLot == 0).ToLookup(account => _transactions.IsUnderWay(KeyOf("start", account)));
        await StartAsync(book, [.. byWay[false]], live, cancellationToken).ConfigureAwait(false);
        await RaiseStartsAsync(book, byWay[true], live, cancellationToken).ConfigureAwait(false);
    }

    private async Task StartAsync(ProtocolBook book, BookAccount[] found, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (found.Length == 0)
        {
            return;
        }

        Task<SendingTerms> asked = Task.Run(() => _transactions.AskTermsAsync(cancellationToken), cancellationToken);
        Task<HashSet<ulong>> resting = Task.Run(() => Resting(found), cancellationToken);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Dictionary<Task<Start?>, BookAccount> starts = found.ToDictionary(
            account => Task.Factory.StartNew(() => ProveAsync(book, account, live, resting, silence.Token), cancellationToken, TaskCreationOptions.PreferFairness, TaskScheduler.Default).Unwrap());

        // Both, since the journal is of one thread: who rests is told before what becomes of the others.
        await Task.WhenAll(asked, resting).ConfigureAwait(false);
        SendingTerms terms = await asked.ConfigureAwait(false);
        var worth = new List<(Duty Duty, string Figures)>();
        IAsyncEnumerable<TransactionIntent> intents = WorthAsync(book, starts, terms.Offer, live, worth, silence, cancellationToken);
        if (_options.DryRun)
        {
            await foreach (TransactionIntent _ in intents.ConfigureAwait(false))
            {
                SayDry(worth[^1].Duty, worth[^1].Figures);
            }

            return;
        }

        IReadOnlyList<OutboxEntry> submitted = await _transactions.SubmitAllAsync(intents, terms, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < submitted.Count; i++)
        {
            if (submitted[i].IsNew)
            {
                _journal.Say(worth[i].Duty.Subject, worth[i].Duty.Decision, worth[i].Figures);
            }
        }
    }

    private static Duty StartOf(BookAccount account) => Of(account, "start", "") with { IsPrivate = true };

    /// <summary>The accounts that rest because starts of them were reverted on chain, twice as long after each: whoever heals his account just before each start would have every keeper pay gas for nothing for ever.</summary>
    private HashSet<ulong> Resting(IEnumerable<BookAccount> accounts)
    {
        long now = _time.GetUtcNow().ToUnixTimeSeconds();
        ILookup<string, long> reverted = _transactions.RevertedSince(now - RevertedForSeconds).ToLookup(static one => one.Intent.Split(" at ")[0], static one => one.CreatedSeconds, StringComparer.Ordinal);
        var resting = new HashSet<ulong>();
        foreach (BookAccount account in reverted.Count == 0 ? [] : accounts)
        {
            long[] starts = [.. reverted[$"start account {account.Id}"]];
            long rest = starts.Length == 0 ? 0 : Math.Min((long)_options.CoolDownSeconds << Math.Min(starts.Length - 1, 16), Math.Max(LongestRestSeconds, _options.CoolDownSeconds));
            if (rest > 0 && now - starts.Max() < rest)
            {
                resting.Add(account.Id);
                _journal.Say($"account {account.Id}", "rest", $"{starts.Length} starts of it were reverted within the hour: it rests for {starts.Max() + rest - now} s, or until its equity is under half of what a witness shows");
            }
        }

        return resting;
    }

    /// <summary>An account's witness, and what the chain says of it; null when it is not under water, or rests and still has half of what is asked of it: as long as a rest can harm nobody but its owner, and no longer.</summary>
    private async Task<Start?> ProveAsync(ProtocolBook book, BookAccount account, CheckpointInputs live, Task<HashSet<ulong>> resting, CancellationToken cancellationToken)
    {
        var clock = new StageClock();
        if (Liquidations.Look(book, account, live) is not { } found || (2 * found.EquityE8 >= found.ShownE8 && (await resting.ConfigureAwait(false)).Contains(account.Id)))
        {
            return null;
        }

        Duty duty = StartOf(account) with { Why = $"equity {BidModel.Money(found.EquityE8)} is under the {BidModel.Money(found.ShownE8)} that a witness shows" };
        TransactionRequest request = _client.Calls.Start(account, found.Witness);
        clock.End("prove");
        ulong gas = await _node.EstimateGasAsync(_transactions.Sender, request.To!.Value, request.Data.ToArray(), cancellationToken).ConfigureAwait(false);
        clock.End("ask");
        return new Start(duty, request, found, _transactions.GasLimitOf(gas));
    }

    /// <summary>Those starts, as they come, that the chain would take and that are worth their gas; what is said of each goes to <paramref name="worth"/> before.</summary>
    private async IAsyncEnumerable<TransactionIntent> WorthAsync(
        ProtocolBook book, Dictionary<Task<Start?>, BookAccount> starts, GasOffer offer, CheckpointInputs live, List<(Duty Duty, string Figures)> worth, CancellationTokenSource silence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // As long as answers come, a node that has many questions is waited for; when none comes any more, it hangs in the rest.
        using ITimer patience = _time.CreateTimer(_ => silence.Cancel(), null, Patience.Longest, Timeout.InfiniteTimeSpan);
        await foreach (Task<Start?> proved in Task.WhenEach(starts.Keys).ConfigureAwait(false))
        {
            patience.Change(Patience.Longest, Timeout.InfiniteTimeSpan);

            // One account that cannot be proved or asked about now holds back neither the others nor the lots.
            if (!proved.IsCompletedSuccessfully && !cancellationToken.IsCancellationRequested)
            {
                Refused(StartOf(starts[proved]), proved.Exception?.InnerException ?? Patience.Over());
                continue;
            }

            if (await proved.ConfigureAwait(false) is not { } start)
            {
                continue;
            }

            Int128 reward = Liquidations.RewardE8(book, start.Found, live, offer.MaxFeePerGasWei - offer.TipPerGasWei);
            if (Afford(start.Duty, start.Limit, offer, live, reward) is { } figures)
            {
                worth.Add((start.Duty, figures));
                yield return IntentOf(start.Duty, start.Request, start.Limit, live, reward);
            }
        }
    }

    /// <summary>What a duty's gas costs, in words; null, and said so, when that is more than what the chain pays for it and the options allow.</summary>
    private string? Afford(Duty duty, ulong limit, GasOffer offer, CheckpointInputs live, Int128 rewardE8 = default)
    {
        Int128 cost = BidModel.GasE8(limit, offer.MaxFeePerGasWei, NativePriceE8(live));
        string figures = $"{duty.Why}; gas costs at most {BidModel.Money(cost)} at {BidModel.Gwei(offer.MaxFeePerGasWei)} gwei{(rewardE8 == 0 ? "" : $", of which {BidModel.Money(rewardE8)} come back as reward")}";
        if (cost - rewardE8 <= _options.DutyCostE8)
        {
            return figures;
        }

        _journal.Say(duty.Subject, "too-dear", $"{duty.Decision} waits: {figures}, more than the {BidModel.Money(_options.DutyCostE8)} of keeper:dutyCostE8");
        return null;
    }

    private TransactionIntent IntentOf(Duty duty, TransactionRequest request, ulong limit, CheckpointInputs live, Int128 rewardE8) => TransactionIntent.From(duty.Key, request) with
    {
        GasLimit = limit,
        MostFeePerGasWei = BidModel.PriceFor(limit, _options.DutyCostE8 + rewardE8, NativePriceE8(live), _transactions.CapWei),
        IsPrivate = duty.IsPrivate,
    };

    private void SayDry(Duty duty, string figures) => _journal.Say(duty.Subject, duty.Decision, $"dry run, sends nothing: would {duty.Decision}, {figures}");

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
            ulong limit = _transactions.GasLimitOf(await EstimateAsync(request, cancellationToken).ConfigureAwait(false));
            GasOffer offer = await _node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false);
            if (Afford(duty, limit, offer, live) is not { } figures)
            {
                return false;
            }

            await SendAsync(duty, request, limit, BidModel.PriceFor(limit, _options.DutyCostE8, NativePriceE8(live), _transactions.CapWei), figures, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (EthereumException error) when (error is RevertException or RpcErrorException or TransactionTooLargeException)
        {
            Refused(duty, error);
            return false;
        }
    }

    private Task<ulong> EstimateAsync(TransactionRequest request, CancellationToken cancellationToken) =>
        Patience.AskAsync(token => _node.EstimateGasAsync(_transactions.Sender, request.To!.Value, request.Data.ToArray(), token), _time, cancellationToken);

    private async Task SendAsync(Duty duty, TransactionRequest request, ulong gasLimit, UInt256 ceilingWei, string figures, CancellationToken cancellationToken)
    {
        if (_options.DryRun)
        {
            SayDry(duty, figures);
            return;
        }

        TransactionIntent intent = TransactionIntent.From(duty.Key, request) with { GasLimit = gasLimit, MostFeePerGasWei = ceilingWei, IsPrivate = duty.IsPrivate };
        if (await _transactions.SubmitAsync(intent, cancellationToken).ConfigureAwait(false) is { IsNew: true })
        {
            _journal.Say(duty.Subject, duty.Decision, figures);
        }
    }

    private void Refused(Duty duty, Exception failure)
    {
        _journal.Say(duty.Subject, "refused", failure is RevertException revert ? $"{duty.Decision} is refused by the chain: {revert.Reason}" : $"{duty.Decision} cannot be tried: {failure.Message}");
        if (duty.CoolsAccount is { } account)
        {
            _coolDowns[account] = _time.GetUtcNow() + TimeSpan.FromSeconds(_options.CoolDownSeconds);
        }
    }

    private long NativePriceE8(CheckpointInputs live) => NativePrice.OfE8(live, _client.Deployment, _options);

    private bool IsCooling(ulong account) => _coolDowns.TryGetValue(account, out DateTimeOffset until) && _time.GetUtcNow() < until;

    /// <summary>A start that was proved.</summary>
    private sealed record Start(Duty Duty, TransactionRequest Request, UnderWater Found, ulong Limit);

    /// <summary>One thing to do on chain.</summary>
    /// <param name="Subject">What it is about.</param>
    /// <param name="Decision">What is done, in one word.</param>
    /// <param name="Key">The intent's key.</param>
    /// <param name="Why">Why, with figures.</param>
    /// <param name="CoolsAccount">The account that is left alone for a while when the chain refuses it.</param>
    /// <param name="IsPrivate">Whether others would copy it.</param>
    private sealed record Duty(string Subject, string Decision, string Key, string Why, ulong? CoolsAccount = null, bool IsPrivate = false);
}
