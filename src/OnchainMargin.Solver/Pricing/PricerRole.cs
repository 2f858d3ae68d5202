using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Pricing;

/// <summary>The role that takes checkpoints when they are due, fixes settlement prices between them, and watches prices: at each new block that the index tells of (by subscription), and by polling where none comes.</summary>
internal sealed class PricerRole(
    Broadcast<IndexedBook> books, ProtocolCalls calls, TransactionManager transactions, FeedWatch feeds, PricerOptions options, TimeProvider time, ILogger<PricerRole> logger) : ISolverRole, IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private ulong _watchedHead = ulong.MaxValue;
    private long _watchedAt;
    private ulong _fixedAtBlock;

    /// <inheritdoc/>
    public string Name => SolverRoles.Pricer;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { } known)
        {
            return;
        }

        try
        {
            await CheckpointAsync(known, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Behind it: what others' nodes answer, or do not, holds up no checkpoint.
            await WatchAsync(known.ChainHead, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), time, cancellationToken);

    private async Task CheckpointAsync(IndexedBook indexed, CancellationToken cancellationToken)
    {
        if (!indexed.IsCaughtUp)
        {
            return;
        }

        if (!IsDue(indexed.Book))
        {
            await FixSettlementsAsync(indexed.Book, cancellationToken).ConfigureAwait(false);
            return;
        }

        // The key names the checkpoint before, so that one checkpoint is asked for once, whatever happens in between.
        ulong before = indexed.Book.LatestCheckpoint?.Id ?? 0;
        string key = string.Create(CultureInfo.InvariantCulture, $"checkpoint after {before} {indexed.Book.LatestCheckpoint?.InputsHash.ToString()[..10] ?? "none"}");
        try
        {
            await transactions.SubmitAsync(TransactionIntent.From(key, calls.Checkpoint()), cancellationToken).ConfigureAwait(false);
        }
        catch (RevertException error)
        {
            // Somebody else was faster, or the chain's clock is behind ours.
            logger.CheckpointRefused(before, error.Reason.ToString() ?? "");
        }
    }

    /// <summary>Fixes the prices of what has expired since the last checkpoint; the next one does it by itself, and until then whoever holds it can only make positions smaller. Asked once a block: a price may wait for observations.</summary>
    private async Task FixSettlementsAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        if (book.BlockNumber == _fixedAtBlock)
        {
            return;
        }

        IEnumerable<Instrument> expiring = book.LatestCheckpoint!.Checkpoint.Underlyings.SelectMany(static record => record.Expiries.Select(listed => Instrument.Future(record.Underlying, listed.Expiry)));
        foreach (Instrument expired in expiring.Where(one => one.Expiry <= book.BlockTimeSeconds && book.Settlements.PriceE8(one) == 0))
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"settlement price of {expired.Underlying} at {expired.Expiry}");
            try
            {
                await transactions.SubmitAsync(TransactionIntent.From(key, calls.FixSettlement(expired.Underlying, expired.Expiry)), cancellationToken).ConfigureAwait(false);
            }
            catch (RevertException error)
            {
                logger.SettlementPriceRefused(expired.Underlying, expired.Expiry, error.Reason.ToString() ?? "");
            }
        }

        _fixedAtBlock = book.BlockNumber;
    }

    /// <summary>Once a block; where blocks stop coming, once in the longest pause, since that is when an endpoint has fallen silent.</summary>
    private async Task WatchAsync(ulong head, CancellationToken cancellationToken)
    {
        if (head == _watchedHead && time.GetElapsedTime(_watchedAt) < LongestPause)
        {
            return;
        }

        (_watchedHead, _watchedAt) = (head, time.GetTimestamp());
        await feeds.LookAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool IsDue(ProtocolBook book)
    {
        if (book.LatestCheckpoint is not { } latest)
        {
            return true;
        }

        // The chain's clock stands still between blocks and may run ahead of ours on a test chain: the later of the two counts.
        long now = Math.Max(time.GetUtcNow().ToUnixTimeSeconds(), (long)book.BlockTimeSeconds);
        return now - latest.Checkpoint.Header.Time >= Math.Max(options.CheckpointEverySeconds, book.Parameters.Oracle.CheckpointIntervalSeconds);
    }
}
