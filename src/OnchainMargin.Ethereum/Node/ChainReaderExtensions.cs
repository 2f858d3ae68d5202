namespace OnchainMargin.Ethereum.Node;

/// <summary>What is asked of a node beside what is read from it.</summary>
public static class ChainReaderExtensions
{
    /// <summary>Asks a node once more which chain it serves, before anything is given up on its word: one may be put up anew behind its address while it is in use.</summary>
    /// <param name="reader">The node.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="RpcTransportException">Thrown when it serves another one.</exception>
    public static async Task RequireChainAsync(this IChainReader reader, ulong chainId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ulong served = await reader.GetChainIdAsync(cancellationToken).ConfigureAwait(false);
        if (served != chainId)
        {
            throw new RpcTransportException($"The node serves chain {served} now and not {chainId}, so its answers count for nothing; name a node of that chain.", isTransient: false);
        }
    }
}
