using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Solver.Attesting;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>Wallets that are keys, so that no chain has to be asked.</summary>
internal sealed class KeyWallets : IWalletSignatures
{
    public Task<bool> IsSignedAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken) =>
        Task.FromResult(Secp256k1.OwnSignature(digest, signer, signature) is not null);
}
