using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Quorum;

/// <summary>
/// The last proposals with their signatures: what is published here goes to every peer, what peers publish comes in by this node's API. Only signatures of sitting attesters get in, over what could land yet. They are
/// public, and anybody brings them in again: whose proposals are the most loses the one of the earliest second, so that old ones push out no newer one.
/// </summary>
internal sealed class ProposalExchange(PeerClient peers, AttesterOptions options)
{
    private const int KeptOfAKind = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<ProposalKind, List<(Proposal Proposal, Address Proposer, Dictionary<Address, RiskRegistry.AttesterSignature> Signatures)>> _known = [];
    private readonly RefusedSigners _unfit = new();

    /// <summary>The proposals of a kind, oldest first.</summary>
    public IReadOnlyList<Proposal> Of(ProposalKind kind)
    {
        lock (_gate)
        {
            return _known.TryGetValue(kind, out var known) ? [.. known.Select(static one => one.Proposal)] : [];
        }
    }

    /// <summary>Whether somebody's signature of a proposal is known.</summary>
    public bool IsSignedBy(Proposal proposal, Address signer)
    {
        lock (_gate)
        {
            return Find(proposal) is { } signatures && signatures.ContainsKey(signer);
        }
    }

    /// <summary>As many good signatures of sitting attesters as are needed, ascending; none while there are too few.</summary>
    public IReadOnlyList<RiskRegistry.AttesterSignature> Enough(Proposal proposal, ProtocolBook book)
    {
        lock (_gate)
        {
            RiskRegistry.AttesterSignature[] good = Find(proposal) is { } signatures
                ? [.. signatures.Values.Where(one => book.Attesters.Contains(one.Signer) && !_unfit.Contains(proposal.Digest, one.Signer)).OrderBy(static one => one.Signer).Take((int)book.Threshold)]
                : [];
            return book.Threshold > 0 && good.Length == book.Threshold ? good : [];
        }
    }

    /// <summary>Leaves a signer out of a proposal whose signature of it the chain refused.</summary>
    /// <returns>Whether a refusal names one.</returns>
    public bool LeaveOut(Proposal proposal, RevertException refusal)
    {
        lock (_gate)
        {
            return _unfit.Add(proposal.Digest, refusal);
        }
    }

    /// <summary>Takes a signature that was checked, of a proposal that can land.</summary>
    public void Take(Proposal proposal, RiskRegistry.AttesterSignature signature)
    {
        lock (_gate)
        {
            if (Find(proposal) is { } signatures)
            {
                signatures[signature.Signer] = signature;
                return;
            }

            if (!_known.TryGetValue(proposal.Kind, out var known))
            {
                _known[proposal.Kind] = known = [];
            }

            known.Add((proposal, signature.Signer, new Dictionary<Address, RiskRegistry.AttesterSignature> { [signature.Signer] = signature }));
            if (known.Count > KeptOfAKind)
            {
                Address busiest = known.CountBy(static one => one.Proposer).MaxBy(static pair => pair.Value).Key;
                known.Remove(known.Where(one => one.Proposer == busiest).MinBy(static one => one.Proposal.Time));
            }
        }
    }

    /// <summary>Publishes a signature of this node.</summary>
    public async Task PublishAsync(Proposal proposal, RiskRegistry.AttesterSignature signature, CancellationToken cancellationToken)
    {
        Take(proposal, signature);
        await OfferAsync(proposal, signature, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Offers a signer's known signature to the peers once more.</summary>
    public async Task OfferAgainAsync(Proposal proposal, Address signer, CancellationToken cancellationToken)
    {
        RiskRegistry.AttesterSignature? signature;
        lock (_gate)
        {
            signature = Find(proposal) is { } signatures && signatures.TryGetValue(signer, out RiskRegistry.AttesterSignature found) ? found : null;
        }

        if (signature is { } known)
        {
            await OfferAsync(proposal, known, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task OfferAsync(Proposal proposal, RiskRegistry.AttesterSignature signature, CancellationToken cancellationToken) => peers.OfferAsync(
        options.Peers, new ProposalOffer(proposal.Kind.ToString(), HexData.Encode(proposal.Content), signature.Signer.ToString(), HexData.Encode(signature.Signature)), cancellationToken);

    private Dictionary<Address, RiskRegistry.AttesterSignature>? Find(Proposal proposal) =>
        _known.TryGetValue(proposal.Kind, out var known) ? known.Where(one => one.Proposal.Digest == proposal.Digest).Select(static one => one.Signatures).FirstOrDefault() : null;
}
