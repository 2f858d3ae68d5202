using OnchainMargin.Ethereum.Node;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>A node of one chain: before its first answer counts, and its first after a failure, it is asked which chain it serves. One that was away when it was named, or that is put up anew behind its address, could hand out another chain's blocks.</summary>
/// <remarks>One that is put up anew between two requests is found out by whoever asks it for its chain: before anything is given up on a node's word, that is asked (<see cref="ChainReaderExtensions.RequireChainAsync"/>).</remarks>
/// <param name="node">The node, which is disposed with this client.</param>
/// <param name="chainId">The chain.</param>
/// <param name="name">What messages call it.</param>
public sealed class ChainCheckedRpcClient(IRpcClient node, ulong chainId, string name) : IRpcClient, IDisposable
{
    private volatile bool _isOfTheChain;

    /// <summary>Asks the node which chain it serves.</summary>
    public async Task<ulong> GetChainIdAsync(CancellationToken cancellationToken = default)
    {
        ulong served = await new EthereumNode(node).GetChainIdAsync(cancellationToken).ConfigureAwait(false);
        _isOfTheChain = served == chainId;
        return served;
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ReadOnlyMemory<byte> answer = await AskAsync(token => node.SendAsync(request, token), cancellationToken).ConfigureAwait(false);
        if (string.Equals(request.Method, "eth_chainId", StringComparison.Ordinal))
        {
            Require(RpcJson.Parse(answer, request.Method, static value => RpcJson.UInt64(value, "the chain id")));
        }

        return answer;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) =>
        AskAsync(token => node.SendBatchAsync(requests, token), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => (node as IDisposable)?.Dispose();

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        await RequireChainAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcTransportException)
        {
            _isOfTheChain = false;
            throw;
        }
    }

    private async Task RequireChainAsync(CancellationToken cancellationToken)
    {
        if (!_isOfTheChain)
        {
            Require(await GetChainIdAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Holds what the node says that it serves against the chain.</summary>
    private void Require(ulong served)
    {
        if (served != chainId)
        {
            _isOfTheChain = false;
            throw new RpcTransportException($"{name} serves chain {served} and not {chainId}, so its answers count for nothing; name a node of that chain.", isTransient: false);
        }
    }
}
