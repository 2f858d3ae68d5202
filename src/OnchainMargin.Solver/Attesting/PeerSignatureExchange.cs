using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The exchange between nodes: what is published here goes to every peer, what peers publish arrives at this node's API and lies in the local table.</summary>
internal sealed class PeerSignatureExchange(LocalSignatureExchange local, PeerClient peers, AttesterOptions options) : ISignatureExchange
{
    /// <inheritdoc/>
    public async Task PublishAsync(RiskRegistry.RiskEpoch epoch, Hash32 digest, RiskRegistry.AttesterSignature signature, CancellationToken cancellationToken)
    {
        await local.PublishAsync(epoch, digest, signature, cancellationToken).ConfigureAwait(false);
        var offer = new EpochOffer(HexData.Encode(epoch.Encode()), signature.Signer.ToString(), HexData.Encode(signature.Signature));
        await peers.OfferAsync(options.Peers, offer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RiskRegistry.AttesterSignature>> CollectAsync(ulong epoch, Hash32 digest, CancellationToken cancellationToken) => local.CollectAsync(epoch, digest, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<(RiskRegistry.RiskEpoch Epoch, Address Signer)> Others(ulong epoch, Hash32 digest) => local.Others(epoch, digest);
}
