using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Whether a wallet signed something: a key's signature, or one that a contract wallet accepts (ERC-1271).</summary>
internal interface IWalletSignatures
{
    /// <summary>The signature of a digest as the chain takes it, when whom it names signed; null otherwise.</summary>
    Task<byte[]?> FindAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken);
}
