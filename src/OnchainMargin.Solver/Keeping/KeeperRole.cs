using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>The role that finds accounts under water at live prices, proves it, and bids where a profit is left. A signature can liquidate nobody: every start carries a witness that the chain checks.</summary>
internal sealed class KeeperRole : ISolverRole, IDisposable
{
    /// <summary>How many accounts are looked at before the whole book; some milliseconds of work.</summary>
    private const int NearestAccounts = 2048;

    private readonly Broadcast<IndexedBook>.Subscription _changes;
    private readonly Broadcast<HeadTick>.Subscription _ticks;
    private readonly WaterLine _line = new(NearestAccounts, Environment.ProcessorCount);
    private readonly ProtocolClient _client;
    private readonly TransactionManager _transactions;
    private readonly ITransactionNode _node;
    private readonly KeeperOptions _options;
    private readonly TimeProvider _time;
    private readonly Broadcast<IndexedBook> _books;
    private readonly KeeperStarts _starts;
    private readonly KeeperLots _lots;
    private readonly KeeperBids _bids;
    private readonly KeeperNeeds _needs;
    private readonly KeeperUpkeep _upkeep;
    private readonly KeeperReturns _returns;
    private Task<WholeLook>? _whole;
    private bool _isDue = true;
    private bool _hasBegun;

    /// <summary>Makes the role.</summary>
    public KeeperRole(Broadcast<IndexedBook> books, Broadcast<HeadTick> ticks, ProtocolClient client, TransactionManager transactions, ITransactionNode node, KeeperOptions options, TimeProvider time, ILogger<KeeperRole> logger)
    {
        (_books, _client, _transactions, _node, _options, _time) = (books, client, transactions, node, options, time);
        _changes = books.Subscribe();
        _ticks = ticks.Subscribe();
        var journal = new KeeperJournal(time, logger);
        var duties = new KeeperDuties(transactions, options, journal, time);
        _starts = new KeeperStarts(client, transactions, node, options, duties, journal, time);
        _bids = new KeeperBids(client, transactions, options, duties, journal, new MeasuredDepth(options.DepthFolder, TimeSpan.FromSeconds(options.DepthMaximumAgeSeconds), client.Deployment, time, logger), time);
        _lots = new KeeperLots(client, transactions, options, duties, _bids, journal, time);
        _needs = new KeeperNeeds(client, transactions, options, duties, time);
        _upkeep = new KeeperUpkeep(client, options, duties);
        _returns = new KeeperReturns(transactions, options, duties, journal, time);
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
            // A look at a book of before says nothing by now, and one that has ended would end every wait at once.
            (_whole, _isDue) = _whole is { IsCompleted: true } ? (null, true) : (_whole, _isDue);
            return;
        }

        ProtocolBook book = indexed.Book;
        if (!_hasBegun && _options.BidderAccount > 0)
        {
            // At once, not at the first lot: whoever starts a keeper looks at it then.
            _bids.Bidder(book, "all lots");
        }

        _hasBegun = true;
        var clock = new StageClock();
        KeeperRound round = await BeginAsync(book, BlockTag.Latest, cancellationToken).ConfigureAwait(false);
        clock.End("read");
        IReadOnlyList<ulong> near = _line.First(book, round.Live);
        clock.End("look");
        await _starts.StartAsync(round, near, cancellationToken).ConfigureAwait(false);
        if (_options.BidderAccount > 0 && book.OpenLots.Any())
        {
            // Starts may have taken seconds. What a lot is worth and what the chain asks for it must be of one block: beside a later quote, each fall of the price looks like a profit.
            ulong head = await Patience.AskAsync(token => _client.Node.GetBlockNumberAsync(token), _time, cancellationToken).ConfigureAwait(false);
            round = await BeginAtAsync(book, head, cancellationToken).ConfigureAwait(false);
        }

        await _lots.ConsiderAsync(round, cancellationToken).ConfigureAwait(false);
        await _returns.RunAsync(round, cancellationToken).ConfigureAwait(false);
        if (_whole is { IsCompleted: true } ended)
        {
            _whole = null;
            IReadOnlyList<ulong> all = _line.Take(await ended.ConfigureAwait(false), book, round.Live);
            await _starts.StartAsync(round, all, cancellationToken).ConfigureAwait(false);
            await _needs.RunAsync(round, cancellationToken).ConfigureAwait(false);
            await _upkeep.RunAsync(round, cancellationToken).ConfigureAwait(false);
        }

        if (_isDue && _whole is null)
        {
            // Beside the rounds, on a thread of its own: a price that comes meanwhile waits neither for it nor for one of the pool's few threads.
            _isDue = false;
            _whole = Task.Factory.StartNew(() => Whole(book, round.Live), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>A round at a block that was told a moment ago. Of several nodes behind one address the next may not have it yet; the one before it they all have.</summary>
    private async Task<KeeperRound> BeginAtAsync(ProtocolBook book, ulong block, CancellationToken cancellationToken)
    {
        try
        {
            return await BeginAsync(book, BlockTag.Number(block), cancellationToken).ConfigureAwait(false);
        }
        catch (RpcErrorException) when (block > 0)
        {
            return await BeginAsync(book, BlockTag.Number(block - 1), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<KeeperRound> BeginAsync(ProtocolBook book, BlockTag block, CancellationToken cancellationToken)
    {
        CheckpointInputs live = await Patience.AskAsync(token => _client.GetLiveInputsAsync(block, token), _time, cancellationToken).ConfigureAwait(false);
        return new KeeperRound(book, live, block, NativePrice.OfE8(live, _client.Deployment, _options), _node, _transactions, _options, _time);
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
}
