using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Whether a wallet signed something: a key's signature, or one that a contract wallet accepts (ERC-1271).</summary>
internal interface IWalletSignatures
{
    /// <summary>Whether a signer signed a digest. What a key signed is its address's, whatever code stands there by now (EIP-7702).</summary>
    Task<bool> IsSignedAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken);
}
