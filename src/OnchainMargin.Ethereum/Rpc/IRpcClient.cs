namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Sends JSON-RPC requests to a node. The seam behind which another client library can stand.</summary>
public interface IRpcClient
{
    /// <summary>Sends one request.</summary>
    /// <returns>The result's JSON in UTF-8; the memory belongs to the caller.</returns>
    /// <exception cref="RpcErrorException">Thrown when the node answers with an error.</exception>
    /// <exception cref="RpcTransportException">Thrown when the node cannot be reached or breaks off.</exception>
    /// <exception cref="EthereumFormatException">Thrown when the answer is not JSON-RPC.</exception>
    Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default);

    /// <summary>Sends requests as one batch and gives the replies in the requests' order; a reply may be an error.</summary>
    /// <exception cref="RpcTransportException">Thrown when the node cannot be reached or breaks off.</exception>
    /// <exception cref="EthereumFormatException">Thrown when the answer is not a JSON-RPC batch, or lacks a reply.</exception>
    Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default);
}
