using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;

namespace OnchainMargin.Cli.Chain;

/// <summary>A connection to a node for the length of a command.</summary>
internal sealed class NodeConnection : IDisposable
{
    private static readonly TransactionSenderOptions Waiting = new() { PollInterval = TimeSpan.FromMilliseconds(50) };

    private readonly HttpRpcClient _rpc;

    /// <summary>Opens a connection; nothing is sent yet.</summary>
    /// <param name="address">The node's address as given.</param>
    /// <exception cref="CliException">It is no address of a node.</exception>
    public NodeConnection(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new CliException($"The node's address{UrlOrigin.Bracketed(address)} is not an http or https address: write it like http://127.0.0.1:8545.");
        }

        _rpc = new HttpRpcClient(endpoint);
        Node = new EthereumNode(_rpc, ProtocolErrors.Decoder);
    }

    /// <summary>JSON-RPC itself, for what only development nodes know.</summary>
    public IRpcClient Rpc => _rpc;

    /// <summary>The node.</summary>
    public IEthereumNode Node { get; }

    /// <summary>Sends transactions of a key.</summary>
    public TransactionSender Sender(ITransactionSigner signer) => new(Node, signer, Waiting);

    /// <inheritdoc/>
    public void Dispose() => _rpc.Dispose();
}
