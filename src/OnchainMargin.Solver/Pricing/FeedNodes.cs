using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Pricing;

/// <summary>The connections to the nodes through which prices are watched, besides the solver's own.</summary>
internal sealed class FeedNodes(SolverOptions options) : IDisposable
{
    private readonly HttpRpcClient[] _clients = [.. options.Pricer.FeedNodeUrls.Select(static url => new HttpRpcClient(new Uri(url)))];

    /// <summary>One reader for each node, the solver's own first.</summary>
    public IReadOnlyList<IFeedReader> Readers(IEthereumNode own, Address spotMarkets) =>
    [
        new NodeFeedReader(own, Name(options.NodeUrl), spotMarkets),
        .. _clients.Zip(options.Pricer.FeedNodeUrls, (client, url) => new NodeFeedReader(new EthereumNode(client, ProtocolErrors.Decoder), Name(url), spotMarkets)),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (HttpRpcClient client in _clients)
        {
            client.Dispose();
        }
    }

    /// <summary>Paths of hosted nodes hold keys: only host and port are told.</summary>
    private static string Name(string url) => new Uri(url).Authority;
}
