using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Whether a wallet signed something: a key's signature, or one that a contract wallet accepts (ERC-1271).</summary>
internal interface IWalletSignatures
{
    /// <summary>Whether a digest was signed by whom it names.</summary>
    Task<bool> IsSignedAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken);
}
