using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>Keeps the store's index equal to the chain. Deep history is read by ranges; the last <paramref name="reorganisationDepthBlocks"/> blocks one by one, by
/// hash and linked by their parents, so that the index holds one chain and never a mixture of two.</summary>
/// <remarks>Each step writes once, all or nothing. A step that meets an answer that does not fit (a log of another block, a broken link) writes nothing and throws or
/// takes in what fitted; the next step starts from what is stored.</remarks>
internal sealed class ChainFollower(IChainSource source, SolverStore store, ulong firstBlock, ulong reorganisationDepthBlocks, ulong blocksPerStep)
{
    private readonly ulong _most = blocksPerStep;
    private ulong _rangeBlocks = blocksPerStep;

    /// <summary>Rolls back what the chain took back and takes in the next blocks.</summary>
    public async Task<IndexStep> RunOnceAsync(CancellationToken cancellationToken)
    {
        StoredBlock chainHead = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        (StoredBlock? head, ulong? rolledBackTo) = await RollBackAsync(chainHead, cancellationToken).ConfigureAwait(false);
        ulong next = head is null ? firstBlock : head.Number + 1;
        if (next > chainHead.Number)
        {
            return new IndexStep(rolledBackTo, [], head, chainHead, IsCaughtUp: true);
        }

        (IReadOnlyList<StoredBlock> blocks, IReadOnlyList<LogEntry> logs) = chainHead.Number - next >= reorganisationDepthBlocks
            ? await ReadRangeAsync(next, chainHead.Number - reorganisationDepthBlocks, cancellationToken).ConfigureAwait(false)
            : await ReadLinkedAsync(head, next, chainHead, cancellationToken).ConfigureAwait(false);
        if (blocks.Count > 0)
        {
            store.Append(blocks, logs);
            head = blocks[^1];
            if (head.Number > reorganisationDepthBlocks)
            {
                store.PruneHeadersBelow(head.Number - reorganisationDepthBlocks);
            }
        }

        return new IndexStep(rolledBackTo, logs, head, chainHead, head is not null && head.Number >= chainHead.Number);
    }

    private async Task<(StoredBlock? Head, ulong? RolledBackTo)> RollBackAsync(StoredBlock chainHead, CancellationToken cancellationToken)
    {
        StoredBlock? stored = store.Head();
        if (stored is null)
        {
            return (null, null);
        }

        ulong was = stored.Number;
        while (stored is not null)
        {
            StoredBlock? onChain = stored.Number > chainHead.Number ? null
                : stored.Number == chainHead.Number ? chainHead
                : await source.FindBlockAsync(stored.Number, cancellationToken).ConfigureAwait(false);
            if (onChain is not null && onChain.Hash == stored.Hash)
            {
                if (stored.Number == was)
                {
                    return (stored, null);
                }

                store.RollBackTo(stored.Number);
                return (stored, stored.Number);
            }

            stored = stored.Number == 0 ? null : store.BlockAtOrBelow(stored.Number - 1);
        }

        store.ForgetIndex();
        return (null, firstBlock == 0 ? 0 : firstBlock - 1);
    }

    private async Task<(IReadOnlyList<StoredBlock> Blocks, IReadOnlyList<LogEntry> Logs)> ReadRangeAsync(ulong from, ulong lastDeep, CancellationToken cancellationToken)
    {
        while (true)
        {
            ulong to = Math.Min(lastDeep, from + _rangeBlocks - 1);
            try
            {
                IReadOnlyList<LogEntry> logs = await source.GetLogsAsync(from, to, cancellationToken).ConfigureAwait(false);
                var timed = new List<LogEntry>(logs.Count);
                StoredBlock? block = null;
                foreach (LogEntry log in InChainOrder(logs))
                {
                    Require(log.BlockNumber >= from && log.BlockNumber <= to, log, $"blocks {from} to {to}");
                    if (block is null || block.Number != log.BlockNumber)
                    {
                        block = await source.FindBlockAsync(log.BlockNumber, cancellationToken).ConfigureAwait(false);
                    }

                    Require(block is not null && block.Hash == log.BlockHash, log, "the chain");
                    timed.Add(log with { BlockTimestampSeconds = block!.TimeSeconds });
                }

                StoredBlock end = await source.FindBlockAsync(to, cancellationToken).ConfigureAwait(false)
                    ?? throw new EthereumFormatException($"The node has no block {to} although it reported a later one; check that all endpoints serve the same chain.");
                _rangeBlocks = Math.Min(_most, 2 * _rangeBlocks);
                return ([end], timed);
            }
            catch (RpcErrorException) when (_rangeBlocks > 1)
            {
                // Nodes bound the size of an answer by limits of their own; a smaller question is always allowed.
                _rangeBlocks /= 2;
            }
        }
    }

    private async Task<(IReadOnlyList<StoredBlock> Blocks, IReadOnlyList<LogEntry> Logs)> ReadLinkedAsync(StoredBlock? head, ulong from, StoredBlock chainHead, CancellationToken cancellationToken)
    {
        var blocks = new List<StoredBlock>();
        var logs = new List<LogEntry>();
        for (ulong number = from; number <= chainHead.Number && (ulong)blocks.Count < _most; number++)
        {
            StoredBlock? block = number == chainHead.Number ? chainHead : await source.FindBlockAsync(number, cancellationToken).ConfigureAwait(false);
            if (block is null || (head is not null && head.Number + 1 == number && block.ParentHash != head.Hash))
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

    private static IOrderedEnumerable<LogEntry> InChainOrder(IReadOnlyList<LogEntry> logs) =>
        logs.Where(static log => !log.Removed).OrderBy(static log => log.BlockNumber).ThenBy(static log => log.LogIndex);

    private static void Require(bool fits, LogEntry log, string asked)
    {
        if (!fits)
        {
            throw new EthereumFormatException($"The node answered a question about {asked} with a log of block {log.BlockNumber} ({log.BlockHash}); check that all endpoints serve the same chain.");
        }
    }
}
