using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Transactions;

/// <summary>Thrown when a call needs more gas or calldata than a transaction may have: nothing of it is stored, since every node would refuse it for ever and all that come after it would wait for its nonce.</summary>
public sealed class TransactionTooLargeException : EthereumException
{
    /// <summary>A call that was estimated at more than the options allow.</summary>
    public TransactionTooLargeException(ulong gas, ulong most)
        : base($"The transaction needs {gas} gas, more than the {most} of transactions:mostGas; do it in smaller parts, or raise that where the chain takes more.")
    {
    }

    /// <summary>A call of more calldata than the options allow.</summary>
    public TransactionTooLargeException(int bytes, int most)
        : base($"The transaction needs {bytes} bytes of calldata, more than the {most} of transactions:mostBytes; do it in smaller parts, or raise that where the nodes take more.")
    {
    }

    /// <summary>A call whose gas the node did not find below its own limit.</summary>
    public TransactionTooLargeException(RpcErrorException answer)
        : base($"The transaction needs more gas than the node allows one to have ({answer?.Error.Message}); do it in smaller parts, or raise the node's limit (--rpc.gascap) where the chain takes more.", answer)
    {
    }
}
