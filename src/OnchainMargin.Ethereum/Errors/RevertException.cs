using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum;

/// <summary>Thrown when a contract reverted: the reason is decoded into the contract's own error where it is known.</summary>
public sealed class RevertException : EthereumException
{
    /// <summary>Creates the exception from a decoded reason.</summary>
    public RevertException(string subject, RevertReason reason, Exception? innerException = null)
        : base($"{subject} was reverted by the contract: {reason}", innerException) => Reason = reason;

    /// <summary>Why the contract reverted.</summary>
    public RevertReason Reason { get; }
}
