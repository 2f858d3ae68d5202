namespace OnchainMargin.Ethereum;

/// <summary>Thrown when a node cannot be reached, breaks off, answers too slowly or answers more than the agreed size.</summary>
public sealed class RpcTransportException : EthereumException
{
    /// <summary>Creates the exception with the sentence that names the node.</summary>
    public RpcTransportException(string message, Exception? innerException = null, bool isTransient = true)
        : base(message, innerException) => IsTransient = isTransient;

    /// <summary>Whether the same request may succeed when it is sent again.</summary>
    public bool IsTransient { get; }
}
