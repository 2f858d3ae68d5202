using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Signs attestations on demand: of an account as it is, or of positions that it is going to have. Every node computes for itself and signs only what it computed.</summary>
internal sealed class OnDemandSigner(Broadcast<IndexedBook> books, IReadOnlyList<IHashSigner> keys, ProtocolDigests digests, PeerClient peers, AttesterOptions options)
{
    /// <summary>What this node signs of a request; null when it cannot compute it, with the reason.</summary>
    public (RiskRegistry.RiskAttestation Attestation, RiskRegistry.AttesterSignature[] Signatures, string Reason)? Sign(AttestationRequest request, out string reason)
    {
        reason = "";
        if (books.Current?.Book is not { } book || !book.Checkpoints.TryGetValue(request.Checkpoint, out CheckpointInputs? inputs))
        {
            reason = $"Checkpoint {request.Checkpoint} is not known here; ask for one of the last.";
            return null;
        }

        if (Read(request) is not { } account)
        {
            reason = "The positions or balances are not whole words in order; send the words of the state from byte 64, and balances as the vault gives them.";
            return null;
        }

        RiskRegistry.RiskAttestation attestation = AttestationBuilder.Attest(account, book, inputs);
        if (attestation.LeastCashE8 == Int128.MaxValue)
        {
            SolverTelemetry.Refusals.Add(1);
            reason = $"These positions cannot be computed at checkpoint {request.Checkpoint}: it does not hold all that they touch.";
            return null;
        }

        return (attestation, [.. keys.Where(key => book.Attesters.Contains(key.Address)).Select(key => digests.Sign(attestation, inputs.InputsHash, key))], "");
    }

    /// <summary>An account's proof as it is now, with as many signatures as are needed; null with the reason when they cannot be had.</summary>
    public async Task<(Clearinghouse.Proof Proof, RiskRegistry.RiskAttestation Attestation, CreditQuote? Credit)?> ProveAsync(ulong id, Action<string> explain, CancellationToken cancellationToken)
    {
        if (books.Current?.Book is not { LatestCheckpoint: { } inputs } book || !book.Accounts.TryGetValue(id, out BookAccount? account))
        {
            explain($"Account {id} is not known here; it was never opened, or the index is empty still.");
            return null;
        }

        ImmutableArray<Balance> collateral = Balances.WithoutSettlement(account.Balances);
        var request = new AttestationRequest(id, inputs.Id, HexData.Encode(account.StateBytes.AsSpan(64)), HexData.Encode(Balances.Pack(collateral)));
        if (Sign(request, out string reason) is not { } own)
        {
            explain(reason);
            return null;
        }

        var signatures = own.Signatures.ToDictionary(static signature => signature.Signer);
        if (signatures.Count < book.Threshold)
        {
            Hash32 digest = digests.Of(own.Attestation, inputs.InputsHash);
            foreach (SignedAttestation answer in await peers.AskAsync(options.Peers, request, cancellationToken).ConfigureAwait(false))
            {
                Add(signatures, book, digest, answer);
            }
        }

        if (signatures.Count < book.Threshold)
        {
            explain($"Only {signatures.Count} of {book.Threshold} attesters signed; ask again, use the leaf of the last epoch, or prove by computation.");
            return null;
        }

        IEnumerable<RiskRegistry.AttesterSignature> enough = signatures.Values.OrderBy(static signature => signature.Signer).Take((int)book.Threshold);
        return (Proofs.OnDemand(own.Attestation, enough, collateral), own.Attestation, CreditQuote.Of(account, book, inputs));
    }

    /// <summary>Whether a signature of a digest is its signer's own.</summary>
    public static bool IsGood(Hash32 digest, RiskRegistry.AttesterSignature offer)
    {
        try
        {
            return Secp256k1.TryRecoverAddress(digest, Signature.FromBytes(offer.Signature), out Address signer) && signer == offer.Signer;
        }
        catch (EthereumFormatException)
        {
            return false;
        }
    }

    private static void Add(Dictionary<Address, RiskRegistry.AttesterSignature> signatures, ProtocolBook book, Hash32 digest, SignedAttestation answer)
    {
        foreach (SignedAttestation.Entry entry in answer.Signatures)
        {
            try
            {
                var signature = new RiskRegistry.AttesterSignature(Address.Parse(entry.Signer), HexData.Decode(entry.Signature));
                if (book.Attesters.Contains(signature.Signer) && IsGood(digest, signature))
                {
                    signatures[signature.Signer] = signature;
                }
            }
            catch (EthereumException)
            {
                // Not a signature: as if it had not come.
            }
        }
    }

    /// <summary>An account that holds just what is asked about.</summary>
    private static BookAccount? Read(AttestationRequest request)
    {
        try
        {
            byte[] state = [.. AccountState.Empty.Pack().AsSpan(0, 64), .. HexData.Decode(request.Positions)];
            return AccountState.Unpack(state, out AccountState? unpacked) == MarginError.None && unpacked is not null
                ? new BookAccount { Id = request.Account, Owner = default, StateBytes = state, StateHash = Keccak256.Hash(state), State = unpacked, Balances = Balances.Unpack(HexData.Decode(request.Balances)), ChangedInBlock = 0 }
                : null;
        }
        catch (Exception error) when (error is EthereumException or ProtocolException)
        {
            return null;
        }
    }
}
