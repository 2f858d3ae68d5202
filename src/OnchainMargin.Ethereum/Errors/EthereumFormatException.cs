namespace OnchainMargin.Ethereum;

/// <summary>Thrown when a text or a run of bytes is not what it claims to be: hex, an address, RLP, ABI data, JSON, a key file, a reply of a node.</summary>
public sealed class EthereumFormatException : EthereumException
{
    /// <summary>Creates the exception with the sentence that names the input.</summary>
    public EthereumFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
