using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Indexing;

/// <summary>What the index reads of a chain: headers and the logs of the deployment's contracts.</summary>
internal interface IChainSource
{
    /// <summary>Asks once more whether this is the deployment's chain.</summary>
    /// <exception cref="RpcTransportException">Thrown when it is another one.</exception>
    Task RequireChainAsync(CancellationToken cancellationToken);

    /// <summary>The newest block that the node knows.</summary>
    Task<StoredBlock> GetHeadAsync(CancellationToken cancellationToken);

    /// <summary>The block of a number, or null when the node has none.</summary>
    Task<StoredBlock?> FindBlockAsync(ulong number, CancellationToken cancellationToken);

    /// <summary>The blocks of numbers, in their order; null where the node has none.</summary>
    async Task<IReadOnlyList<StoredBlock?>> FindBlocksAsync(IReadOnlyList<ulong> numbers, CancellationToken cancellationToken)
    {
        var blocks = new StoredBlock?[numbers.Count];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = await FindBlockAsync(numbers[i], cancellationToken).ConfigureAwait(false);
        }

        return blocks;
    }

    /// <summary>The logs of one block, known by its hash: an answer for another block of the same number is impossible.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the node that answers does not have the block.</exception>
    Task<IReadOnlyList<LogEntry>> GetLogsOfBlockAsync(Hash32 blockHash, CancellationToken cancellationToken);

    /// <summary>The logs of a range of blocks, both ends included, and its last block, from one node; null where that node does not have it, and then nothing is known of the logs.</summary>
    Task<(IReadOnlyList<LogEntry> Logs, StoredBlock? Last)> GetLogsAsync(ulong fromBlock, ulong toBlock, CancellationToken cancellationToken);
}
