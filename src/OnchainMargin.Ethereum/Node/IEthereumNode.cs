using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Node;

/// <summary>A node: everything that can be read from it, and the way for transactions into it.</summary>
public interface IEthereumNode : IChainReader, IContractReader, ILogReader
{
    /// <summary>The logs that match and the header of the last block that is asked about, in one question and so of one node: one that does not have that block yet has no logs of it either, and many say so by an empty list.</summary>
    /// <returns>The header, or null when the node does not have the block; there are no logs then.</returns>
    /// <exception cref="RpcErrorException">Thrown when the node refuses, for example because the range is too long.</exception>
    Task<(BlockHeader? Last, IReadOnlyList<LogEntry> Logs)> GetLogsAndLastBlockAsync(LogFilter filter, CancellationToken cancellationToken = default);

    /// <summary>The number of the newest block and of the transactions that an account has sent up to it, in one question and so of one node.</summary>
    Task<(ulong BlockNumber, ulong Count)> GetTransactionCountAndBlockAsync(Address account, CancellationToken cancellationToken = default);

    /// <summary>The gas a call would need.</summary>
    /// <exception cref="RevertException">Thrown when the contract reverts.</exception>
    Task<ulong> EstimateGasAsync(CallRequest request, CancellationToken cancellationToken = default);

    /// <summary>What to offer for gas, from the last blocks' fees; null on a chain without EIP-1559.</summary>
    Task<FeeEstimate?> EstimateFeesAsync(CancellationToken cancellationToken = default);

    /// <summary>The price per gas on a chain without EIP-1559.</summary>
    Task<UInt256> GetGasPriceAsync(CancellationToken cancellationToken = default);

    /// <summary>Hands a signed transaction to the node. It is sent once: a failure of the transport leaves open whether it arrived.</summary>
    /// <exception cref="RevertException">Thrown by nodes that mine at once when the contract reverts.</exception>
    /// <exception cref="RpcErrorException">Thrown when the node refuses the transaction.</exception>
    Task SendRawTransactionAsync(SignedTransaction transaction, CancellationToken cancellationToken = default);
}
