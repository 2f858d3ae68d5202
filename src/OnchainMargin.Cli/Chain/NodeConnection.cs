using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Cli.Chain;

/// <summary>A connection to a node for the length of a command.</summary>
internal sealed class NodeConnection : IDisposable
{
    private const int Retries = 3;

    /// <summary>A development node mines at once.</summary>
    private static readonly TransactionSenderOptions Local = new() { PollInterval = TimeSpan.FromMilliseconds(50), GasRoom = new TransactionOptions().GasRoom };

    /// <summary>Elsewhere a block takes seconds, and hosts of nodes count questions.</summary>
    private static readonly TransactionSenderOptions Waiting = new() { PollInterval = TimeSpan.FromSeconds(1), GasRoom = new TransactionOptions().GasRoom };

    private readonly HttpRpcClient _rpc;

    /// <summary>Opens a connection; nothing is sent yet.</summary>
    /// <param name="address">The node's address as given.</param>
    /// <param name="retries">How often a question is asked again that the node did not answer, each time after twice as long a pause.</param>
    /// <exception cref="CliException">It is no address of a node.</exception>
    public NodeConnection(string address, int retries = Retries)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new CliException($"The node's address{UrlOrigin.Bracketed(address)} is not an http or https address: write it like http://127.0.0.1:8545.");
        }

        _rpc = new HttpRpcClient(new HttpRpcOptions { Endpoint = endpoint, RetryCount = retries });
        Node = new EthereumNode(_rpc, ProtocolErrors.Decoder);
    }

    /// <summary>JSON-RPC itself, for what only development nodes know.</summary>
    public IRpcClient Rpc => _rpc;

    /// <summary>The node.</summary>
    public IEthereumNode Node { get; }

    /// <summary>Sends transactions of a key.</summary>
    /// <param name="signer">The key.</param>
    /// <param name="chainId">The chain that the node serves.</param>
    /// <param name="receiptTimeout">How long each is waited for, when not as long as ordinarily.</param>
    public TransactionSender Sender(ITransactionSigner signer, ulong chainId, TimeSpan? receiptTimeout = null)
    {
        TransactionSenderOptions options = chainId == LocalChain.Id ? Local : Waiting;
        return new TransactionSender(Node, signer, options with { ReceiptTimeout = receiptTimeout ?? options.ReceiptTimeout });
    }

    /// <inheritdoc/>
    public void Dispose() => _rpc.Dispose();
}
