using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The exchange of attesters that share a process: a table in memory of the last epochs.</summary>
internal sealed class LocalSignatureExchange : ISignatureExchange
{
    private const int KeptEpochs = 64;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, Dictionary<Hash32, Dictionary<Address, RiskRegistry.AttesterSignature>>> _epochs = [];

    /// <inheritdoc/>
    public Task PublishAsync(RiskRegistry.RiskEpoch epoch, Hash32 digest, RiskRegistry.AttesterSignature signature, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_epochs.TryGetValue(epoch.Epoch, out Dictionary<Hash32, Dictionary<Address, RiskRegistry.AttesterSignature>>? digests))
            {
                _epochs[epoch.Epoch] = digests = [];
            }

            if (!digests.TryGetValue(digest, out Dictionary<Address, RiskRegistry.AttesterSignature>? signatures))
            {
                digests[digest] = signatures = [];
            }

            signatures[signature.Signer] = signature;
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
                _epochs.TryGetValue(epoch, out Dictionary<Hash32, Dictionary<Address, RiskRegistry.AttesterSignature>>? digests) && digests.TryGetValue(digest, out Dictionary<Address, RiskRegistry.AttesterSignature>? signatures)
                    ? [.. signatures.Values]
                    : [];
            return Task.FromResult(found);
        }
    }
}
