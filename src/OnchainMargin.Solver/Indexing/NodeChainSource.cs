using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>Reads a chain through a node, restricted to the logs of the deployment's contracts.</summary>
internal sealed class NodeChainSource(IEthereumNode node, ulong chainId, IReadOnlyList<Address> contracts) : IChainSource
{
    /// <summary>Nodes bound the length of a batch; this many headers all of them give.</summary>
    private const int BlocksAtOnce = 100;

    public Task RequireChainAsync(CancellationToken cancellationToken) => node.RequireChainAsync(chainId, cancellationToken);

    public async Task<StoredBlock> GetHeadAsync(CancellationToken cancellationToken) =>
        Map(await node.GetBlockAsync(BlockTag.Latest, cancellationToken).ConfigureAwait(false)
            ?? throw new EthereumFormatException("The node has no newest block; check that the address is an Ethereum node's and that the node has started."));

    public async Task<StoredBlock?> FindBlockAsync(ulong number, CancellationToken cancellationToken)
    {
        return Check(number, await node.GetBlockAsync(BlockTag.Number(number), cancellationToken).ConfigureAwait(false));
    }

    public async Task<IReadOnlyList<StoredBlock?>> FindBlocksAsync(IReadOnlyList<ulong> numbers, CancellationToken cancellationToken)
    {
        var blocks = new List<StoredBlock?>(numbers.Count);
        foreach (ulong[] chunk in numbers.Chunk(BlocksAtOnce))
        {
            IReadOnlyList<BlockHeader?> headers = await node.GetBlocksAsync(chunk, cancellationToken).ConfigureAwait(false);
            blocks.AddRange(chunk.Zip(headers, Check));
        }

        return blocks;
    }

    public async Task<IReadOnlyList<LogEntry>> GetLogsOfBlockAsync(Hash32 blockHash, CancellationToken cancellationToken)
    {
        (IReadOnlyList<LogEntry> logs, BlockHeader? block) = await ReadAsync(new LogFilter { Addresses = contracts, BlockHash = blockHash }, cancellationToken).ConfigureAwait(false);
        return block?.Hash == blockHash ? logs : throw new EthereumFormatException($"The node does not have the block {blockHash} of which it is asked for the logs; check that all endpoints serve the same chain.");
    }

    public async Task<(IReadOnlyList<LogEntry> Logs, StoredBlock? Last)> GetLogsAsync(ulong fromBlock, ulong toBlock, CancellationToken cancellationToken)
    {
        var filter = new LogFilter { Addresses = contracts, FromBlock = BlockTag.Number(fromBlock), ToBlock = BlockTag.Number(toBlock) };
        (IReadOnlyList<LogEntry> logs, BlockHeader? last) = await ReadAsync(filter, cancellationToken).ConfigureAwait(false);
        return (logs, Check(toBlock, last));
    }

    private static StoredBlock? Check(ulong number, BlockHeader? header) => header is null ? null
        : header.Number == number ? Map(header)
        : throw new EthereumFormatException($"The node answered a question about block {number} with block {header.Number}; check the node.");

    private static StoredBlock Map(BlockHeader header) => new(header.Number, header.Hash, header.ParentHash, header.TimestampSeconds);

    private async Task<(IReadOnlyList<LogEntry> Logs, BlockHeader? Last)> ReadAsync(LogFilter filter, CancellationToken cancellationToken)
    {
        (BlockHeader? last, IReadOnlyList<LogEntry> logs) = await node.GetLogsAndLastBlockAsync(filter, cancellationToken).ConfigureAwait(false);
        foreach (LogEntry log in logs)
        {
            if (!contracts.Contains(log.Address))
            {
                throw new EthereumFormatException($"The node answered a question about the deployment's logs with one of {log.Address}; check the node.");
            }
        }

        return (logs, last);
    }
}
