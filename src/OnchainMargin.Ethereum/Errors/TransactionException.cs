namespace OnchainMargin.Ethereum;

/// <summary>Thrown when a transaction could not be carried through: not accepted, replaced, or not mined in the time allowed.</summary>
public sealed class TransactionException : EthereumException
{
    /// <summary>Creates the exception with the transaction's hash.</summary>
    public TransactionException(string message, Hash32 transactionHash, Exception? innerException = null)
        : base(message, innerException) => TransactionHash = transactionHash;

    /// <summary>The hash of the transaction in question.</summary>
    public Hash32 TransactionHash { get; }
}
