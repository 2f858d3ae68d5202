using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Attesting;

namespace OnchainMargin.Solver.Relay;

/// <summary>Signatures of orders and of cancellations: those of a key, and those that a contract wallet accepts (ERC-1271).</summary>
internal sealed class OrderSignatures(DeploymentRecord deployment, ProtocolDigests digests, IEthereumNode node)
{
    private static readonly Hash32 CancelType = Keccak256.HashUtf8("Cancel(uint64 account,uint64 nonce)");

    private readonly WalletSignatures _wallets = new(node);
    private readonly TypedDomain _relay = new("OnchainMargin Relay", "1", deployment.ChainId, deployment.Contracts.Clearinghouse);

    /// <summary>The signature of an order as the chain takes it; null where it does not.</summary>
    public Task<TakenSignature?> FindAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken) =>
        _wallets.FindTakenAsync(digests.Of(signed.Order), signed.Signer, signed.Signature, cancellationToken);

    /// <summary>Whether a cancellation was signed by an owner.</summary>
    public Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken) =>
        _wallets.IsSignedAsync(CancelDigest(account, nonce), owner, signature, cancellationToken);

    /// <summary>What is signed to take an order off the relay.</summary>
    public Hash32 CancelDigest(ulong account, ulong nonce) => _relay.Digest(CancelType, [.. ((UInt256)account).ToHash32().ToArray(), .. ((UInt256)nonce).ToHash32().ToArray()]);
}
