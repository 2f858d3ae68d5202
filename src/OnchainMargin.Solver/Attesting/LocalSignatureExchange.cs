using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The exchange of attesters that share a process: a table in memory of the last epochs.</summary>
internal sealed class LocalSignatureExchange : ISignatureExchange
{
    private const int KeptEpochs = 64;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, Dictionary<Hash32, Dictionary<Address, (RiskRegistry.RiskEpoch Epoch, RiskRegistry.AttesterSignature Signature)>>> _epochs = [];

    /// <inheritdoc/>
    public Task PublishAsync(RiskRegistry.RiskEpoch epoch, Hash32 digest, RiskRegistry.AttesterSignature signature, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_epochs.TryGetValue(epoch.Epoch, out Dictionary<Hash32, Dictionary<Address, (RiskRegistry.RiskEpoch Epoch, RiskRegistry.AttesterSignature Signature)>>? digests))
            {
                _epochs[epoch.Epoch] = digests = [];
            }

            if (!digests.TryGetValue(digest, out Dictionary<Address, (RiskRegistry.RiskEpoch Epoch, RiskRegistry.AttesterSignature Signature)>? signatures))
            {
                digests[digest] = signatures = [];
            }

            signatures[signature.Signer] = (epoch, signature);
            while (_epochs.Count > KeptEpochs)
            {
                _epochs.Remove(_epochs.Keys.First());
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RiskRegistry.AttesterSignature>> CollectAsync(ulong epoch, Hash32 digest, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            IReadOnlyList<RiskRegistry.AttesterSignature> found =
                _epochs.TryGetValue(epoch, out Dictionary<Hash32, Dictionary<Address, (RiskRegistry.RiskEpoch Epoch, RiskRegistry.AttesterSignature Signature)>>? digests) && digests.TryGetValue(digest, out Dictionary<Address, (RiskRegistry.RiskEpoch Epoch, RiskRegistry.AttesterSignature Signature)>? signatures)
                    ? [.. signatures.Values.Select(static offer => offer.Signature)]
                    : [];
            return Task.FromResult(found);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(RiskRegistry.RiskEpoch Epoch, Address Signer)> Others(ulong epoch, Hash32 digest)
    {
        lock (_gate)
        {
            return _epochs.TryGetValue(epoch, out Dictionary<Hash32, Dictionary<Address, (RiskRegistry.RiskEpoch Epoch, RiskRegistry.AttesterSignature Signature)>>? digests)
                ? [.. digests.Where(pair => pair.Key != digest).SelectMany(static pair => pair.Value.Values).Select(static offer => (offer.Epoch, offer.Signature.Signer))]
                : [];
        }
    }
}
