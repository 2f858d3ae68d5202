using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Node;

/// <summary>A node: everything that can be read from it, and the way for transactions into it.</summary>
public interface IEthereumNode : IChainReader, IContractReader, ILogReader
{
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
