using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;

namespace OnchainMargin.Solver.Relay;

/// <summary>Signatures of orders and of cancellations: those of a key, and those that a contract wallet accepts (ERC-1271).</summary>
internal sealed class OrderSignatures(DeploymentRecord deployment, ProtocolDigests digests, IEthereumNode node)
{
    private static readonly Hash32 CancelType = Keccak256.HashUtf8("Cancel(uint64 account,uint64 nonce)");
    private static readonly AbiFunction IsValid = ContractAbi.FromSignatures("function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4 magic)").Functions[0];

    private readonly TypedDomain _relay = new("OnchainMargin Relay", "1", deployment.ChainId, deployment.Contracts.Clearinghouse);

    /// <summary>Whether an order was signed by whom it names.</summary>
    public Task<bool> IsSignedAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken) =>
        IsSignedAsync(digests.Of(signed.Order), signed.Signer, signed.Signature, cancellationToken);

    /// <summary>Whether a cancellation was signed by an owner.</summary>
    public Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken) =>
        IsSignedAsync(CancelDigest(account, nonce), owner, signature, cancellationToken);

    /// <summary>What is signed to take an order off the relay.</summary>
    public Hash32 CancelDigest(ulong account, ulong nonce) => _relay.Digest(CancelType, [.. ((UInt256)account).ToHash32().ToArray(), .. ((UInt256)nonce).ToHash32().ToArray()]);

    private async Task<bool> IsSignedAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken)
    {
        if (IsOfKey(digest, signer, signature))
        {
            return true;
        }

        if ((await node.GetCodeAsync(signer, cancellationToken: cancellationToken).ConfigureAwait(false)).Length == 0)
        {
            return false;
        }

        try
        {
            byte[] answer = await node.CallAsync(new CallRequest(signer, IsValid.EncodeCall([digest, signature])), cancellationToken: cancellationToken).ConfigureAwait(false);
            return answer.Length == Hash32.Size && answer.AsSpan(0, 4).SequenceEqual((ReadOnlySpan<byte>)[0x16, 0x26, 0xba, 0x7e]);
        }
        catch (RevertException)
        {
            return false;
        }
    }

    private static bool IsOfKey(Hash32 digest, Address signer, byte[] signature)
    {
        try
        {
            return signature.Length == Signature.Size && Secp256k1.TryRecoverAddress(digest, Signature.FromBytes(signature), out Address found) && found == signer;
        }
        catch (EthereumFormatException)
        {
            return false;
        }
    }
}
