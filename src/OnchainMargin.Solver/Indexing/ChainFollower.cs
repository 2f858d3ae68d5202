using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>Keeps the store's index equal to the chain. Deep history is read by ranges; the last <paramref name="reorganisationDepthBlocks"/> blocks one by one, by
/// hash and linked by their parents, so that the index holds one chain and never a mixture of two.</summary>
/// <remarks>Each step writes once, all or nothing. A step that meets an answer that does not fit (a log of another block, a broken link) writes nothing and throws or
/// takes in what fitted; the next step starts from what is stored. Logs of linked blocks are read a second time when these are deep (<see cref="ConfirmAsync"/>).</remarks>
internal sealed class ChainFollower(IChainSource source, SolverStore store, ulong firstBlock, ulong reorganisationDepthBlocks, ulong blocksPerStep)
{
    /// <summary>From so many logs in an answer on it is worth reading the next ones meanwhile.</summary>
    private const int ManyLogs = 1024;

    /// <summary>Ranges that are read at once: one comes over the wire while another is taken apart and a third is stored.</summary>
    private const int RangesAhead = 2;

    /// <summary>After so many ranges that were answered whole longer ones are tried again: to learn that they are still too long may cost minutes.</summary>
    private const int AnswersToGrow = 16;

    /// <summary>So deep is a block whose logs are read once more: by then a node that had it before its receipts has those as well.</summary>
    private const ulong ConfirmedDepth = 4;

    /// <summary>With so many blocks to confirm it is done although new ones wait: on a chain that is never at rest it would not be done at all.</summary>
    private const ulong MostUnconfirmed = 16;

    private readonly ulong _most = blocksPerStep;
    private readonly Queue<Ahead> _ahead = [];
    private ulong _rangeBlocks = blocksPerStep;
    private int _answers;
    private ulong? _missedFrom;
    private bool _isForeign;
    private ulong _confirmedTo;
    private ulong _confirmingAt;

    /// <summary>Rolls back what the chain took back and takes in the next blocks.</summary>
    public async Task<IndexStep> RunOnceAsync(CancellationToken cancellationToken)
    {
        StoredBlock chainHead = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        (StoredBlock? head, ulong? rolledBackTo) = await RollBackAsync(chainHead, cancellationToken).ConfigureAwait(false);
        _confirmedTo = Math.Min(_confirmedTo, rolledBackTo ?? head?.Number ?? 0);
        ulong next = head is null ? firstBlock : head.Number + 1;
        bool isFarBehind = chainHead.Number >= next && chainHead.Number - next >= reorganisationDepthBlocks;
        if (rolledBackTo is null && head is not null && await ConfirmAsync(head, chainHead, next > chainHead.Number || isFarBehind, cancellationToken).ConfigureAwait(false) is { } mended)
        {
            return mended;
        }

        if (rolledBackTo is not null || next > chainHead.Number)
        {
            // A rollback is told of before anything else is asked: were it lost with an answer that fails, what was derived from the blocks that are gone would be built upon.
            return new IndexStep(rolledBackTo, [], head, chainHead, IsCaughtUp: next > chainHead.Number);
        }

        (IReadOnlyList<StoredBlock> blocks, IReadOnlyList<LogEntry> logs) = isFarBehind
            ? await NextRangeAsync(next, chainHead.Number - reorganisationDepthBlocks, cancellationToken).ConfigureAwait(false)
            : await ReadLinkedAsync(head, next, chainHead, cancellationToken).ConfigureAwait(false);
        if (blocks.Count > 0)
        {
            store.Append(blocks, logs);
            head = blocks[^1];
            if (isFarBehind && reorganisationDepthBlocks >= ConfirmedDepth)
            {
                // What is read by ranges was deep when it was read.
                _confirmedTo = head.Number;
            }

            if (head.Number > reorganisationDepthBlocks)
            {
                store.PruneHeadersBelow(head.Number - reorganisationDepthBlocks);
            }
        }

        return new IndexStep(rolledBackTo, logs, head, chainHead, head is not null && head.Number >= chainHead.Number);
    }

    /// <summary>Reads the logs of blocks that have become deep once more, all in one question; where the answer says nothing, not again at the same head of the chain. A node that has a block before its receipts answers a question for its logs with none, and an event that is missed then is noticed by nothing.</summary>
    /// <remarks>What is stored was told of these very blocks, and so is right as far as it goes; an answer that lacks some of it comes from a node that lacks receipts itself, and says nothing. One that has more takes its place, so that no node that tells now this and now that can have the same blocks be read for ever.</remarks>
    /// <returns>The step, where logs had been left out; null where all is as it was, or nothing is known.</returns>
    private async Task<IndexStep?> ConfirmAsync(StoredBlock head, StoredBlock chainHead, bool isAtRest, CancellationToken cancellationToken)
    {
        ulong last = Math.Min(head.Number, chainHead.Number - Math.Min(chainHead.Number, ConfirmedDepth));
        if (last <= _confirmedTo || _confirmingAt == chainHead.Number || (!isAtRest && last - _confirmedTo < MostUnconfirmed))
        {
            return null;
        }

        _confirmingAt = chainHead.Number;
        List<StoredBlock> blocks = LinkedTo(last);
        if (blocks.Count == 0)
        {
            return null;
        }

        IReadOnlyList<StoredBlock> ends;
        IReadOnlyList<LogEntry> logs;
        try
        {
            (ends, logs) = await ReadRangeAsync(blocks[0].Number, last, cancellationToken).ConfigureAwait(false);
        }
        catch (EthereumFormatException)
        {
            // The chain turned meanwhile, or a node that is behind answered: asked again with the next head.
            return null;
        }

        blocks.RemoveAll(block => block.Number > ends[^1].Number);
        if (blocks[^1].Hash != ends[^1].Hash)
        {
            return null;
        }

        var stored = store.LogsFrom(blocks[0].Number).TakeWhile(log => log.BlockNumber <= blocks[^1].Number).Select(static log => (log.BlockHash, log.LogIndex)).ToHashSet();
        LogEntry[] missed = [.. logs.Where(log => !stored.Contains((log.BlockHash, log.LogIndex)))];
        if (stored.Count + missed.Length != logs.Count)
        {
            return null;
        }

        _confirmingAt = 0;
        ulong confirmed = blocks[^1].Number;
        if (missed.Length == 0)
        {
            _confirmedTo = confirmed;
            return null;
        }

        ulong from = missed[0].BlockNumber;
        blocks.RemoveAll(block => block.Number < from);
        LogEntry[] whole = [.. logs.Where(log => log.BlockNumber >= from)];
        store.Replace(from - 1, blocks, whole);

        // Where the store fails nothing is confirmed, and it is all read again.
        _confirmedTo = confirmed;
        return new IndexStep(from - 1, whole, blocks[^1], chainHead, IsCaughtUp: false) { Missed = missed.Length };
    }

    /// <summary>The stored blocks up to one that are not confirmed and linked without a gap, in order, no more than are rolled back.</summary>
    private List<StoredBlock> LinkedTo(ulong last)
    {
        var blocks = new List<StoredBlock>();
        ulong lowest = Math.Max(Math.Max(firstBlock, _confirmedTo + 1), last - Math.Min(last, reorganisationDepthBlocks));
        for (ulong number = last; number >= lowest && store.BlockAtOrBelow(number) is { } block && block.Number == number; number--)
        {
            blocks.Add(block);
        }

        blocks.Reverse();
        return blocks;
    }

    private async Task<(StoredBlock? Head, ulong? RolledBackTo)> RollBackAsync(StoredBlock chainHead, CancellationToken cancellationToken)
    {
        StoredBlock? stored = store.Head();
        if (stored is null)
        {
            return (null, null);
        }

        (ulong was, ulong lowest) = (stored.Number, stored.Number);
        while (stored is not null)
        {
            StoredBlock? onChain = stored.Number > chainHead.Number ? null
                : stored.Number == chainHead.Number ? chainHead
                : await source.FindBlockAsync(stored.Number, cancellationToken).ConfigureAwait(false) ?? throw Missing(stored.Number);
            if (onChain is not null && onChain.Hash == stored.Hash)
            {
                _isForeign = false;
                if (stored.Number == was)
                {
                    return (stored, null);
                }

                store.RollBackTo(stored.Number);
                return (stored, stored.Number);
            }

            lowest = stored.Number;
            stored = lowest == 0 ? null : store.BlockAtOrBelow(lowest - 1);
        }

        if (chainHead.Number < lowest && lowest > firstBlock)
        {
            throw new EthereumFormatException(
                $"The node's newest block is {chainHead.Number} and the index is at {was}: the node is still syncing or was started anew; wait for it, name another node, or start with an empty store if the chain itself is a new one.");
        }

        // Of several nodes one may have told of the blocks, put up anew on another chain, and the next say what chain it is: the first is out by now, and all is asked once more.
        await source.RequireChainAsync(cancellationToken).ConfigureAwait(false);
        if (!_isForeign)
        {
            _isForeign = true;
            throw new EthereumFormatException("The node has none of the blocks that the index keeps; all of it is asked once more before the index is forgotten and the chain read anew.");
        }

        _isForeign = false;
        store.ForgetIndex();
        return (null, firstBlock == 0 ? 0 : firstBlock - 1);
    }

    /// <summary>The next range; those after it are asked for at once, so that the node answers while this one is stored and applied. What was asked for ahead is deeper than any reorganisation that is followed.</summary>
    private async Task<(IReadOnlyList<StoredBlock> Blocks, IReadOnlyList<LogEntry> Logs)> NextRangeAsync(ulong from, ulong lastDeep, CancellationToken cancellationToken)
    {
        // A rollback, or a node that gave less than it was asked for, makes the next range another one.
        if (_ahead.TryPeek(out Ahead? head) && (head.From != from || head.To > lastDeep))
        {
            _ahead.Clear();
        }

        ulong to = LastOf(from, lastDeep);
        Ahead range = _ahead.TryDequeue(out Ahead? asked) ? asked : new Ahead(from, to, ReadRangeAsync(from, to, cancellationToken));
        IReadOnlyList<StoredBlock> blocks;
        IReadOnlyList<LogEntry> logs;
        try
        {
            (blocks, logs) = await range.Range.ConfigureAwait(false);
        }
        catch (RpcTransportException)
        {
            Miss(range);
            throw;
        }

        Learn(range, blocks[^1].Number);
        ulong next = _ahead.Count > 0 ? _ahead.Last().To + 1 : blocks[^1].Number + 1;
        while (logs.Count >= ManyLogs && next <= lastDeep && _ahead.Count < RangesAhead)
        {
            // On threads of their own: reading an answer is work, and so is storing the last one.
            (ulong first, ulong last) = (next, LastOf(next, lastDeep));
            _ahead.Enqueue(new Ahead(first, last, Task.Run(() => ReadRangeAsync(first, last, cancellationToken), cancellationToken)));
            next = last + 1;
        }

        return (blocks, logs);
    }

    private ulong LastOf(ulong from, ulong lastDeep) => Math.Min(lastDeep, from + _rangeBlocks - 1);

    /// <summary>Asks for as many blocks as the node gave when it gave less than it was asked for, and for more again after a while.</summary>
    private void Learn(Ahead range, ulong last)
    {
        _missedFrom = null;
        if (last < range.To)
        {
            (_rangeBlocks, _answers) = (last - range.From + 1, 0);
            _ahead.Clear();
        }
        else if (++_answers == AnswersToGrow)
        {
            (_rangeBlocks, _answers) = (Math.Min(_most, 2 * _rangeBlocks), 0);
        }
    }

    /// <summary>Asks for half of a range to whose end the node did not come twice. It had told its newest block right before each time, so it is the range that takes too long; a node that is away does not get so far, and leaves ranges as they are.</summary>
    private void Miss(Ahead range)
    {
        _ahead.Clear();
        if (_missedFrom != range.From)
        {
            _missedFrom = range.From;
            return;
        }

        _missedFrom = null;
        (_rangeBlocks, _answers) = (Math.Max(1, (range.To - range.From + 1) / 2), 0);
    }

    private async Task<(IReadOnlyList<StoredBlock> Blocks, IReadOnlyList<LogEntry> Logs)> ReadRangeAsync(ulong from, ulong to, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                // A node that does not have the last block knows nothing of it, and says so by no logs.
                (IReadOnlyList<LogEntry> logs, StoredBlock? last) = await source.GetLogsAsync(from, to, cancellationToken).ConfigureAwait(false);
                StoredBlock end = last ?? throw Missing(to);
                IReadOnlyList<LogEntry> ordered = InChainOrder(logs);
                ulong[] numbers = [.. ordered.Select(static log => log.BlockNumber).Distinct()];
                foreach (LogEntry log in ordered)
                {
                    Require(log.BlockNumber >= from && log.BlockNumber <= to, log, $"blocks {from} to {to}");
                }

                IReadOnlyList<StoredBlock?> blocks = await source.FindBlocksAsync(numbers, cancellationToken).ConfigureAwait(false);
                var timed = new List<LogEntry>(ordered.Count);
                int at = 0;
                foreach (LogEntry log in ordered)
                {
                    at = numbers[at] == log.BlockNumber ? at : at + 1;
                    StoredBlock? block = blocks[at];
                    Require(block is not null && block.Hash == log.BlockHash, log, "the chain");
                    timed.Add(log.BlockTimestampSeconds == block!.TimeSeconds ? log : log with { BlockTimestampSeconds = block.TimeSeconds });
                }

                return ([end], timed);
            }
            catch (EthereumException error) when (to > from && error is RpcErrorException or RpcTransportException { IsTransient: false })
            {
                // Nodes bound the size of an answer by limits of their own, and so does this program; a smaller question is always allowed.
                to = from + ((to - from) / 2);
            }
        }
    }

    private async Task<(IReadOnlyList<StoredBlock> Blocks, IReadOnlyList<LogEntry> Logs)> ReadLinkedAsync(StoredBlock? head, ulong from, StoredBlock chainHead, CancellationToken cancellationToken)
    {
        var blocks = new List<StoredBlock>();
        var logs = new List<LogEntry>();
        for (ulong number = from; number <= chainHead.Number && (ulong)blocks.Count < _most; number++)
        {
            StoredBlock block = number == chainHead.Number ? chainHead : await source.FindBlockAsync(number, cancellationToken).ConfigureAwait(false) ?? throw Missing(number);
            if (head is not null && head.Number + 1 == number && block.ParentHash != head.Hash)
            {
                // The chain changed while it was read: what fitted so far is kept, the next step rolls back if it must.
                break;
            }

            foreach (LogEntry log in InChainOrder(await source.GetLogsOfBlockAsync(block.Hash, cancellationToken).ConfigureAwait(false)))
            {
                Require(log.BlockHash == block.Hash && log.BlockNumber == block.Number, log, $"block {number}");
                logs.Add(log with { BlockTimestampSeconds = block.TimeSeconds });
            }

            blocks.Add(block);
            head = block;
        }

        return (blocks, logs);
    }

    /// <summary>The logs in chain order, without those that the chain took back. Nodes give them so; only one that does not costs a sort.</summary>
    private static IReadOnlyList<LogEntry> InChainOrder(IReadOnlyList<LogEntry> logs)
    {
        for (int i = 0; i < logs.Count; i++)
        {
            if (logs[i].Removed || (i > 0 && (logs[i - 1].BlockNumber, logs[i - 1].LogIndex).CompareTo((logs[i].BlockNumber, logs[i].LogIndex)) > 0))
            {
                return [.. logs.Where(static log => !log.Removed).OrderBy(static log => log.BlockNumber).ThenBy(static log => log.LogIndex)];
            }
        }

        return logs;
    }

    /// <summary>What is said of a block that must be there. That it is not tells of the node that answered and nothing of the chain: nothing is taken in, nothing rolled back.</summary>
    private static EthereumFormatException Missing(ulong number) =>
        new($"The node has no block {number} although it told of a later one; check that all endpoints serve the same chain.");

    private static void Require(bool fits, LogEntry log, string asked)
    {
        if (!fits)
        {
            throw new EthereumFormatException($"The node answered a question about {asked} with a log of block {log.BlockNumber} ({log.BlockHash}); check that all endpoints serve the same chain.");
        }
    }

    /// <summary>A range that is being read.</summary>
    private sealed record Ahead(ulong From, ulong To, Task<(IReadOnlyList<StoredBlock> Blocks, IReadOnlyList<LogEntry> Logs)> Range);
}
