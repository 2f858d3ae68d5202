namespace OnchainMargin.Ethereum.Rpc;

/// <summary>A JSON-RPC error as the node wrote it.</summary>
/// <param name="Code">The error's number.</param>
/// <param name="Message">The error's text, cut to a readable length.</param>
/// <param name="Data">The revert data when the node sent any (found under <c>data</c>, also where nodes nest it), or null.</param>
public sealed record RpcError(long Code, string Message, byte[]? Data)
{
    /// <summary>By EIP-1474, and what hosted nodes answer to whoever asks too much.</summary>
    internal const long LimitExceeded = -32005;
}
