using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The exchange of attesters that share a process: a table in memory of the last epochs.</summary>
internal sealed class LocalSignatureExchange : ISignatureExchange
{
    private const int KeptEpochs = 64;

    /// <summary>An honest attester signs an epoch's number again for each checkpoint until it is posted, and after a reorganisation. Whoever signs more pushes out his own.</summary>
    private const int KeptOfASigner = 16;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, List<(Hash32 Digest, RiskRegistry.RiskEpoch Epoch, RiskRegistry.AttesterSignature Signature)>> _epochs = [];

    /// <inheritdoc/>
    public Task PublishAsync(RiskRegistry.RiskEpoch epoch, Hash32 digest, RiskRegistry.AttesterSignature signature, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_epochs.TryGetValue(epoch.Epoch, out var offers))
            {
                _epochs[epoch.Epoch] = offers = [];
            }

            offers.RemoveAll(offer => offer.Digest == digest && offer.Signature.Signer == signature.Signer);
            offers.Add((digest, epoch, signature));
            if (offers.Count(offer => offer.Signature.Signer == signature.Signer) > KeptOfASigner)
            {
                offers.RemoveAt(offers.FindIndex(offer => offer.Signature.Signer == signature.Signer));
            }

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
            return Task.FromResult<IReadOnlyList<RiskRegistry.AttesterSignature>>(
                _epochs.TryGetValue(epoch, out var offers) ? [.. offers.Where(offer => offer.Digest == digest).Select(static offer => offer.Signature)] : []);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(RiskRegistry.RiskEpoch Epoch, Address Signer)> Others(ulong epoch, Hash32 digest)
    {
        lock (_gate)
        {
            return _epochs.TryGetValue(epoch, out var offers) ? [.. offers.Where(offer => offer.Digest != digest).Select(static offer => (offer.Epoch, offer.Signature.Signer))] : [];
        }
    }
}
