using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Ethereum;

/// <summary>Thrown when a node understood the request and answered with a JSON-RPC error.</summary>
public sealed class RpcErrorException : EthereumException
{
    /// <summary>Creates the exception from the method that was called and the node's error.</summary>
    public RpcErrorException(string method, RpcError error)
        : base($"The node refused {method} with code {error.Code}: {error.Message}")
    {
        Method = method;
        Error = error;
    }

    /// <summary>The JSON-RPC method that was called.</summary>
    public string Method { get; }

    /// <summary>The node's error.</summary>
    public RpcError Error { get; }
}
