using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Transactions;

/// <summary>The private relay that the options name, if they do: it brings transactions to block builders past the public pool, and drops what would be reverted.</summary>
internal sealed class PrivateRelay : IDisposable
{
    private readonly HttpRpcClient? _rpc;

    /// <summary>Makes it from the options.</summary>
    public PrivateRelay(TransactionOptions options)
    {
        if (options.PrivateRelayUrl.Length > 0)
        {
            _rpc = new HttpRpcClient(new HttpRpcOptions { Endpoint = new Uri(options.PrivateRelayUrl), Timeout = TimeSpan.FromSeconds(10) });
            Node = new EthereumNode(_rpc);
        }
    }

    /// <summary>The relay as a node; null when none is named.</summary>
    public IEthereumNode? Node { get; }

    /// <inheritdoc/>
    public void Dispose() => _rpc?.Dispose();
}
