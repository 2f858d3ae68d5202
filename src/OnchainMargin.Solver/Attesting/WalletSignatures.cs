using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Node;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Signatures of keys, recovered here, and of contract wallets, asked of the node.</summary>
internal sealed class WalletSignatures(IEthereumNode node) : IWalletSignatures
{
    /// <summary>More than wallets that compute a curve of their own take. Whoever asks names the contract, and the node works for it.</summary>
    private const ulong MostGas = 3_000_000;

    private static readonly AbiFunction IsValid = ContractAbi.FromSignatures("function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4 magic)").Functions[0];

    /// <inheritdoc/>
    public async Task<bool> IsSignedAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken) =>
        Secp256k1.OwnSignature(digest, signer, signature) is not null
        || (await HasCodeAsync(signer, cancellationToken).ConfigureAwait(false) && await IsOfContractAsync(digest, signer, signature, cancellationToken).ConfigureAwait(false));

    /// <summary>The signature of a digest in the form in which the chain takes it, when it does; null otherwise. The chain asks the code of an address alone where there is any, also where a key stands behind it (EIP-7702).</summary>
    public async Task<TakenSignature?> FindTakenAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken)
    {
        byte[]? own = Secp256k1.OwnSignature(digest, signer, signature);
        return !await HasCodeAsync(signer, cancellationToken).ConfigureAwait(false) ? own is null ? null : new TakenSignature(own, IsByContract: false)
            : await IsOfContractAsync(digest, signer, own ?? signature, cancellationToken).ConfigureAwait(false) ? new TakenSignature(own ?? signature, IsByContract: true)
            : null;
    }

    private async Task<bool> HasCodeAsync(Address signer, CancellationToken cancellationToken) =>
        (await node.GetCodeAsync(signer, cancellationToken: cancellationToken).ConfigureAwait(false)).Length > 0;

    private async Task<bool> IsOfContractAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken)
    {
        try
        {
            byte[] answer = await node.CallAsync(new CallRequest(signer, IsValid.EncodeCall([digest, signature])) { GasLimit = MostGas }, cancellationToken: cancellationToken).ConfigureAwait(false);
            return answer.Length == Hash32.Size && answer.AsSpan(0, 4).SequenceEqual((ReadOnlySpan<byte>)[0x16, 0x26, 0xba, 0x7e]);
        }
        catch (EthereumException error) when (error is RevertException or RpcErrorException)
        {
            // A contract that takes all its gas is answered by an error of the node's, and is no more a signature than one that reverts.
            return false;
        }
    }
}
