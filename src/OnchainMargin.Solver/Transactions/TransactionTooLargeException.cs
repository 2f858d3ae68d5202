using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Keeping;

namespace OnchainMargin.Solver.Transactions;

/// <summary>Thrown when a call needs more gas or calldata than a transaction may have, or more coins than nodes let one cost: nothing of it is stored, since every node would refuse it for ever and all that come after it would wait for its nonce.</summary>
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

    /// <summary>A call whose gas costs more by now than nodes take a transaction to cost.</summary>
    public TransactionTooLargeException(ulong gas, UInt256 feePerGasWei, decimal mostEther)
        : base(string.Create(CultureInfo.InvariantCulture, $"The transaction needs {gas} gas at {BidModel.Gwei(feePerGasWei)} gwei, more than the {mostEther} ETH of transactions:maxCostEther; do it in smaller parts, wait for cheaper gas, or raise that where the nodes take more (--rpc.txfeecap 0)."))
    {
    }

    /// <summary>A call whose gas the node did not find below its own limit.</summary>
    public TransactionTooLargeException(RpcErrorException answer)
        : base($"The transaction needs more gas than the node allows one to have ({answer?.Error.Message}); do it in smaller parts, or raise the node's limit (--rpc.gascap) where the chain takes more.", answer)
    {
    }
}
