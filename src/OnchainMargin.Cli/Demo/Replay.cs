using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Cli.Demo;

/// <summary>Plays the price path through the feeds and waits, at each price, until the solver has attested and liquidated.</summary>
internal sealed class Replay(LocalNode node, ProtocolClient client, BookFollower follower, IReadOnlyList<DemoAccount> accounts, IDemoView view, ChildProcess solver)
{
    private const ulong FirstPauseSeconds = 300;
    private const ulong AuctionStepSeconds = 90;

    /// <summary>Surfaces of expiries that end within the hour are not published any more.</summary>
    private const ulong LastHourSeconds = 3600;
    private const ulong SlotSeconds = 12;
    private const int MostAuctionSteps = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AuctionPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>After so long without a block there is one more: the solver waits for seconds of the chain, and on a live one they pass.</summary>
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(3);
    private readonly Feeds _feeds = new(client);
    private readonly Dictionary<ulong, ulong> _underWaterSince = [];
    private ulong _knownLots;
    private ulong _publishedAt;

    /// <summary>What the replay saw.</summary>
    public ReplayRecord Record { get; } = new();

    /// <summary>The last moment.</summary>
    public DemoStatus? Last { get; private set; }

    /// <summary>Plays the path.</summary>
    public async Task RunAsync(IReadOnlyList<PricePoint> path, CancellationToken cancellationToken)
    {
        // Later than the last checkpoint by more than the least time between two of them.
        ulong start = (await HeadAsync(cancellationToken)).TimestampSeconds + FirstPauseSeconds;
        for (int i = 0; i < path.Count; i++)
        {
            await StepAsync(path[i], start + (ulong)(path[i].Time - path[0].Time).TotalSeconds, i + 1, path.Count, cancellationToken);
        }
    }

    /// <summary>Publishes the last price once more, some minutes later.</summary>
    public async Task AgainAsync(CancellationToken cancellationToken)
    {
        DemoStatus last = Last ?? throw new InvalidOperationException("nothing was played yet");
        await StepAsync(last.Price, (await HeadAsync(cancellationToken)).TimestampSeconds + FirstPauseSeconds, last.Step, last.Steps, cancellationToken);
    }

    private async Task StepAsync(PricePoint point, ulong time, int step, int steps, CancellationToken cancellationToken)
    {
        await PublishAsync(point, time, cancellationToken);
        ProtocolBook book = await SettleAsync(point, cancellationToken);
        var block = BlockTag.Number(book.BlockNumber);
        CheckpointInputs live = await client.GetLiveInputsAsync(block, cancellationToken);
        IReadOnlyList<AccountHealth> healths = await HealthReader.ComputeAsync(client, [.. accounts.Select(account => book.Accounts[account.Number])], live, block, cancellationToken);
        Record.Compare(healths, book.BlockNumber);
        Last = new DemoStatus(step, steps, point, book, accounts, healths);
        view.Show(Last);
    }

    private async Task PublishAsync(PricePoint point, ulong time, CancellationToken cancellationToken)
    {
        ProtocolBook before = await follower.UpdateAsync(cancellationToken);
        _publishedAt = Math.Max(time, before.BlockTimeSeconds + 1);
        await node.SetNextTimeAsync(_publishedAt, cancellationToken);
        foreach (ulong block in await _feeds.PublishAsync(point, cancellationToken))
        {
            CheckpointInputs live = await client.GetLiveInputsAsync(BlockTag.Number(block), cancellationToken);
            NoteUnderWater(before, live, block);
        }
    }

    /// <summary>Waits for the attestation of the new price, starts of lots where they are due, and the end of every auction.</summary>
    private async Task<ProtocolBook> SettleAsync(PricePoint point, CancellationToken cancellationToken)
    {
        ProtocolBook book = await WaitAsync(point, async now => await IsAttestedAsync(now, cancellationToken) && (ulong)now.LatestCheckpoint!.Checkpoint.Header.Time >= _publishedAt, "attested the new price", cancellationToken);
        book = await WaitAsync(point, now => Task.FromResult(now.Surfaces.All(one => one.Value.Present.Time >= _publishedAt || one.Key.Expiry < now.BlockTimeSeconds + LastHourSeconds)), "published surfaces at the new price", cancellationToken);
        for (int i = 0; book.OpenLots.Any(); i++)
        {
            if (i == MostAuctionSteps)
            {
                throw new CliException($"The lot {book.OpenLots.First().Id} is still open after {MostAuctionSteps * (int)AuctionStepSeconds / 60} minutes of the chain's time: look into '{solver.LogFile}'.");
            }

            await node.SetNextTimeAsync(book.BlockTimeSeconds + AuctionStepSeconds, cancellationToken);
            await _feeds.PublishAsync(point, cancellationToken);
            book = await WatchAuctionAsync(point, book, cancellationToken);
        }

        return await WaitAsync(point, now => IsAttestedAsync(now, cancellationToken), "attested the book after the auctions", cancellationToken);
    }

    private async Task<ProtocolBook> WatchAuctionAsync(PricePoint point, ProtocolBook before, CancellationToken cancellationToken)
    {
        long began = TimeProvider.System.GetTimestamp();
        ProtocolBook book = before;
        while (TimeProvider.System.GetElapsedTime(began) < AuctionPause)
        {
            await Task.Delay(Pause, cancellationToken);
            book = await UpdateAsync(point, cancellationToken);
            if (!book.OpenLots.Select(lot => (lot.Id, lot.SoldE8)).SequenceEqual(before.OpenLots.Select(lot => (lot.Id, lot.SoldE8))))
            {
                break;
            }
        }

        return book;
    }

    private async Task<bool> IsAttestedAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        if (book.LatestCheckpoint is not { } checkpoint || book.LatestEpoch?.Checkpoint != checkpoint.Id)
        {
            return false;
        }

        BookAccount[] sunk = [.. accounts.Select(account => book.Accounts[account.Number]).Where(account => account.OpenLot == 0 && IsUnderWater(account, checkpoint))];
        if (sunk.Length == 0)
        {
            return true;
        }

        // A checkpoint may be taken between the answers of two feeds: no keeper starts who was under water there alone.
        CheckpointInputs live = await client.GetLiveInputsAsync(BlockTag.Number(book.BlockNumber), cancellationToken);
        return !sunk.Any(account => IsUnderWater(account, live));
    }

    private async Task<ProtocolBook> WaitAsync(PricePoint point, Func<ProtocolBook, Task<bool>> isDone, string what, CancellationToken cancellationToken)
    {
        long began = TimeProvider.System.GetTimestamp();
        (ulong Number, long Seen) newest = (0, began);
        while (true)
        {
            ProtocolBook book = await UpdateAsync(point, cancellationToken);
            if (await isDone(book))
            {
                return book;
            }

            if (book.BlockNumber > newest.Number)
            {
                newest = (book.BlockNumber, TimeProvider.System.GetTimestamp());
            }
            else if (TimeProvider.System.GetElapsedTime(newest.Seen) > LongestStandstill)
            {
                await node.MineAsync(book.BlockTimeSeconds + SlotSeconds, cancellationToken);
            }

            if (solver.HasEnded || TimeProvider.System.GetElapsedTime(began) > LongestWait)
            {
                throw new CliException($"The solver has not {what} {(solver.HasEnded ? "and has ended" : $"within {LongestWait.TotalSeconds} s")}; the end of '{solver.LogFile}' says: {solver.LogTail()}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<ProtocolBook> UpdateAsync(PricePoint point, CancellationToken cancellationToken)
    {
        ProtocolBook before = follower.Book;
        ProtocolBook book = await follower.UpdateAsync(cancellationToken);
        foreach (BookLot lot in book.Lots.Values)
        {
            Tell(point, before.Lots.GetValueOrDefault(lot.Id), lot);
        }

        return book;
    }

    private void Tell(PricePoint point, BookLot? before, BookLot lot)
    {
        DemoAccount account = accounts.First(candidate => candidate.Number == lot.Account);
        if (lot.Id > _knownLots)
        {
            _knownLots = lot.Id;
            ulong since = _underWaterSince.GetValueOrDefault(lot.Account, lot.StartedInBlock);
            Record.Add(new Liquidation(lot.Id, account, point.Time, since, lot.StartedInBlock));
            view.Tell($"{account.Trader.Name} is under water: lot {lot.Id} proved {lot.StartedInBlock - since} block(s) later, {lot.ForSaleE8 / 1_000_000} % for sale");
        }

        if (lot.SoldE8 != (before?.SoldE8 ?? 0))
        {
            view.Tell($"lot {lot.Id} of {account.Trader.Name}: {lot.SoldE8 / 1_000_000} % sold, {Money.Cents((Int128)lot.ProceedsE8)} paid");
        }

        if (!lot.IsOpen && before is not { IsOpen: false })
        {
            _underWaterSince.Remove(lot.Account);
            view.Tell($"lot {lot.Id} of {account.Trader.Name} has ended");
        }
    }

    private void NoteUnderWater(ProtocolBook book, CheckpointInputs live, ulong block)
    {
        foreach (DemoAccount account in accounts)
        {
            if (!IsUnderWater(book.Accounts[account.Number], live))
            {
                _underWaterSince.Remove(account.Number);
            }
            else
            {
                _underWaterSince.TryAdd(account.Number, block);
            }
        }
    }

    private static bool IsUnderWater(BookAccount account, CheckpointInputs inputs) =>
        ProtocolClient.Compute(account, inputs, SurfaceChoice.Better) is var figures && figures.EquityE8 < figures.MaintenanceE8;

    private async Task<BlockHeader> HeadAsync(CancellationToken cancellationToken) =>
        await client.Node.GetBlockAsync(BlockTag.Latest, cancellationToken) ?? throw new CliException("The node has no newest block: look into its log.");
}
