using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Signing;

namespace OnchainMargin.Protocol;

/// <summary>The protocol for people who write against it: read accounts, prices and lots, compute margins here and on chain, and send what the protocol can do. It hides preimages, proofs and events.</summary>
/// <remarks>
/// A keeper of one's own in a few lines:
/// <code>
/// var client = await ProtocolClient.ConnectAsync(node, DeploymentFile.Read("deployment.json"), sender);
/// ProtocolBook book = await client.ReplayAsync();
/// CheckpointInputs live = await client.GetLiveInputsAsync();
/// foreach (BookAccount account in book.Accounts.Values)
/// {
///     Referee.Figures figures = await client.ComputeOnChainAsync(account, live, SurfaceChoice.Better);
///     …
/// }
/// </code>
/// Reads go through the node as it is now; a client holds no index. What runs for long and must survive a crash keeps its transactions first: build them with <see cref="Calls"/>.
/// </remarks>
public sealed partial class ProtocolClient
{
    private readonly ITransactionSender? _sender;

    private ProtocolClient(IEthereumNode node, DeploymentRecord deployment, ITransactionSender? sender)
    {
        Node = node;
        Deployment = deployment;
        _sender = sender;
        Calls = new ProtocolCalls(deployment.Contracts);
        Digests = new ProtocolDigests(deployment);
    }

    /// <summary>The node.</summary>
    public IEthereumNode Node { get; }

    /// <summary>Where the protocol is.</summary>
    public DeploymentRecord Deployment { get; }

    /// <summary>Builds transactions without sending them.</summary>
    public ProtocolCalls Calls { get; }

    /// <summary>What owners and attesters sign.</summary>
    public ProtocolDigests Digests { get; }

    /// <summary>The account that sends.</summary>
    /// <exception cref="ProtocolException">Thrown when the client was made without a sender.</exception>
    public Address Sender => RequireSender().Address;

    /// <summary>Makes a client after a look at the node: it must serve the deployment's chain and hold its contracts.</summary>
    /// <param name="node">The node; make it with <see cref="ProtocolErrors.Decoder"/> so that reverts come in the contracts' own words.</param>
    /// <param name="deployment">The deployment.</param>
    /// <param name="sender">Who pays and signs; none for reading only.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ProtocolException">Thrown when the node serves another chain or has no such deployment.</exception>
    public static async Task<ProtocolClient> ConnectAsync(IEthereumNode node, DeploymentRecord deployment, ITransactionSender? sender = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(deployment);
        ulong chainId = await node.GetChainIdAsync(cancellationToken).ConfigureAwait(false);
        if (chainId != deployment.ChainId)
        {
            throw new ProtocolException($"The node serves chain {chainId} and the deployment is on chain {deployment.ChainId}; name a node of that chain, or another deployment file.");
        }

        foreach (Address contract in ProtocolEmitters.Of(deployment.Contracts))
        {
            if ((await node.GetCodeAsync(contract, cancellationToken: cancellationToken).ConfigureAwait(false)).Length == 0)
            {
                throw new ProtocolException($"The node has no contract at {contract}, where the deployment has one; deploy again, or name the deployment file of this node.");
            }
        }

        return new ProtocolClient(node, deployment, sender);
    }

    private ITransactionSender RequireSender() =>
        _sender ?? throw new ProtocolException("This client only reads; connect it with a sender (a key) to send transactions.");
}
