namespace OnchainMargin.Ethereum.Rpc;

/// <summary>What nodes mean by their errors to signed bytes that are handed in, each in words and under a code of its own.</summary>
public static class BroadcastAnswers
{
    private static readonly string[] Known = ["already known", "known transaction", "already imported", "already exists", "alreadyknown", "existing tx with same hash"];

    /// <summary>What a higher fee, funds or time would end: words of fees, of what the sender has, and of a node that is full, busy or behind.</summary>
    private static readonly string[] Passing =
    [
        "underpriced", "could not replace existing", "base fee", "basefee", "gas price", "gas_price", "priority fee", "feetoolow", "fee too low",
        "funds", "balance", "full", "rate limit", "too many", "try again", "syncing", "timeout", "timed out", "unavailable",
    ];

    /// <summary>A node's own cap on what a transaction may cost at most, all its gas at its highest fee: 1 coin unless it is told otherwise (geth, Erigon and Reth <c>--rpc.txfeecap</c>, Besu <c>--rpc-tx-feecap</c>).</summary>
    private static readonly string[] Cost = ["exceeds the configured cap", "fee cap exceeded"];

    /// <summary>Whether the node has the transaction already, waiting or in a block.</summary>
    public static bool IsKnown(RpcError error) => Says(error, Known);

    /// <summary>Whether the node speaks of the nonce: used, or not its turn yet.</summary>
    public static bool IsOfNonce(RpcError error) => Says(error, ["nonce"]);

    /// <summary>Whether the node takes nothing that may cost so much: a limit of its own, which a higher fee only passes further.</summary>
    public static bool IsOfCost(RpcError error) => Says(error, Cost);

    /// <summary>Whether the node refuses the transaction for what it is (too large, of a kind it does not know), so that neither fees nor time bring it in. What is not understood counts so.</summary>
    public static bool IsOfTransaction(RpcError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Code != RpcError.LimitExceeded && !IsKnown(error) && !IsOfNonce(error) && !IsOfCost(error) && !Says(error, Passing);
    }

    /// <summary>How much hope an answer leaves that the transaction is mined: the larger one counts where nodes disagree.</summary>
    internal static int Hope(EthereumException answer) => answer switch
    {
        RpcErrorException { Error: var error } => IsKnown(error) ? 3 : IsOfTransaction(error) ? 1 : 2,
        _ => 0,
    };

    private static bool Says(RpcError error, string[] words) => words.Any(text => error.Message.Contains(text, StringComparison.OrdinalIgnoreCase));
}
