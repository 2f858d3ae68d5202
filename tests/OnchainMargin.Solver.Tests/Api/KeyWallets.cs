using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>Wallets that are keys, so that no chain has to be asked.</summary>
internal sealed class KeyWallets : IWalletSignatures
{
    public Task<bool> IsSignedAsync(Hash32 digest, Address signer, byte[] signature, CancellationToken cancellationToken) =>
        Task.FromResult(OnDemandSigner.IsGood(digest, new RiskRegistry.AttesterSignature(signer, signature)));
}
