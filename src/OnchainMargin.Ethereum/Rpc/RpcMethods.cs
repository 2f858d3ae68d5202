using System.Collections.Frozen;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Which methods only read, so that sending them twice changes nothing.</summary>
internal static class RpcMethods
{
    private static readonly FrozenSet<string> Reads = FrozenSet.ToFrozenSet(
        [
            "eth_blockNumber", "eth_call", "eth_chainId", "eth_createAccessList", "eth_estimateGas", "eth_feeHistory", "eth_gasPrice",
            "eth_getBalance", "eth_getBlockByHash", "eth_getBlockByNumber", "eth_getBlockReceipts", "eth_getCode", "eth_getLogs", "eth_getProof",
            "eth_getStorageAt", "eth_getTransactionByHash", "eth_getTransactionCount", "eth_getTransactionReceipt", "eth_maxPriorityFeePerGas",
            "eth_syncing", "net_version", "web3_clientVersion",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Plain = FrozenSet.ToFrozenSet(["eth_blockNumber", "eth_chainId", "eth_feeHistory", "eth_getBlockByNumber", "eth_getTransactionCount"], StringComparer.Ordinal);

    /// <summary>Whether nothing that a method is asked can be at fault for an error: every node that is well answers it.</summary>
    public static bool IsPlain(string method) => Plain.Contains(method);

    /// <summary>Whether a method hands in signed bytes, which may go to any number of nodes.</summary>
    public static bool IsBroadcast(string method) => string.Equals(method, "eth_sendRawTransaction", StringComparison.Ordinal);

    public static bool IsRead(string method) => Reads.Contains(method);
}
