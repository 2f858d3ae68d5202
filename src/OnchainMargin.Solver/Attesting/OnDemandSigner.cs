using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Signs attestations on demand, of what an account is going to be, and gathers those of others. Every node computes for itself and signs only what it computed; one without keys gathers alone.</summary>
internal sealed class OnDemandSigner(Broadcast<IndexedBook> books, IReadOnlyList<IHashSigner> keys, ProtocolDigests digests, PeerClient peers, ProofAccess access, SolverOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Whether there is anybody to ask.</summary>
    public bool IsThere => keys.Count > 0 || options.Attester.Peers.Count > 0;

    /// <summary>What this node signs of a request; null when it cannot compute it, with the reason.</summary>
    public (RiskRegistry.RiskAttestation Attestation, RiskRegistry.AttesterSignature[] Signatures, string Reason)? Sign(AttestationRequest request, out string reason)
    {
        reason = "";
        if (books.Current?.Book is not { } book || !book.Checkpoints.TryGetValue(request.Checkpoint, out CheckpointInputs? inputs))
        {
            reason = $"Checkpoint {request.Checkpoint} is not known here; ask for one of the last.";
            return null;
        }

        if (book.ModelHash != MarginModel.Hash)
        {
            reason = $"The chain's margin model {book.ModelHash} is not the one that is computed here.";
            return null;
        }

        if (Read(request) is not { } account)
        {
            reason = "The positions or balances are not whole words in order, or larger than an account can hold; send the words of the state from byte 64, and balances as the vault gives them.";
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

    /// <summary>A proof of a state that an operation leaves behind, signed by as many attesters as are needed, at the last checkpoint. They are asked for a short time only: who waits for them can always compute.</summary>
    /// <param name="account">The account.</param>
    /// <param name="state">The state after the operation.</param>
    /// <param name="collateral">The collateral after it, without the settlement token.</param>
    /// <param name="asker">Who asks for it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The proof with its attestation, or null and the reason why there is none.</returns>
    public async Task<(Clearinghouse.Proof? Proof, RiskRegistry.RiskAttestation Attestation, string Reason)> GatherAsync(
        ulong account, AccountState state, ImmutableArray<Balance> collateral, ProofAsker asker, CancellationToken cancellationToken)
    {
        if (books.Current?.Book is not { LatestCheckpoint: { } inputs } book)
        {
            return (null, default, "no checkpoint is known here yet");
        }

        if (await access.RefusalAsync(account, asker, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return (null, default, InASentence(refusal));
        }

        var request = new AttestationRequest(account, inputs.Id, HexData.Encode(state.Pack().AsSpan(64)), HexData.Encode(Balances.Pack(collateral)), asker);
        if (Sign(request, out string reason) is not { } own)
        {
            return (null, default, InASentence(reason));
        }

        var signatures = own.Signatures.ToDictionary(static signature => signature.Signer);
        await AskPeersAsync(signatures, book, digests.Of(own.Attestation, inputs.InputsHash), request, cancellationToken).ConfigureAwait(false);
        return signatures.Count < book.Threshold
            ? (null, own.Attestation, $"only {signatures.Count} of {book.Threshold} attesters signed")
            : (Proofs.OnDemand(own.Attestation, signatures.Values.OrderBy(static signature => signature.Signer).Take((int)book.Threshold), collateral), own.Attestation, "");
    }

    private async Task AskPeersAsync(Dictionary<Address, RiskRegistry.AttesterSignature> signatures, ProtocolBook book, Hash32 digest, AttestationRequest request, CancellationToken cancellationToken)
    {
        if (signatures.Count >= book.Threshold)
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await foreach (SignedAttestation answer in peers.AskAsync(options.Attester.Peers, request, patience.Token).ConfigureAwait(false))
            {
                Add(signatures, book, digest, answer);
                if (signatures.Count >= book.Threshold)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever has not answered by now is silent.
        }
        finally
        {
            await patience.CancelAsync().ConfigureAwait(false);
        }
    }

    private static string InASentence(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');

    /// <summary>A signature of a digest as the registry takes it, when it is its signer's own; null otherwise.</summary>
    public static RiskRegistry.AttesterSignature? Own(Hash32 digest, RiskRegistry.AttesterSignature offer) =>
        Secp256k1.OwnSignature(digest, offer.Signer, offer.Signature) is { } signature ? new RiskRegistry.AttesterSignature(offer.Signer, signature) : null;

    private static void Add(Dictionary<Address, RiskRegistry.AttesterSignature> signatures, ProtocolBook book, Hash32 digest, SignedAttestation answer)
    {
        foreach (SignedAttestation.Entry entry in answer.Signatures)
        {
            try
            {
                var offer = new RiskRegistry.AttesterSignature(Address.Parse(entry.Signer), HexData.Decode(entry.Signature));
                if (book.Attesters.Contains(offer.Signer) && Own(digest, offer) is { } signature)
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

    /// <summary>An account that holds just what is asked about. Outside the domain of MRG-003 engine and referee need not agree, and who signs is judged by the referee.</summary>
    private static BookAccount? Read(AttestationRequest request)
    {
        try
        {
            byte[] state = [.. AccountState.Empty.Pack().AsSpan(0, 64), .. HexData.Decode(request.Positions ?? "")];
            return AccountState.Unpack(state, out AccountState? unpacked) == MarginError.None && unpacked is not null && MarginDomain.IsStateHeld(unpacked)
                ? new BookAccount { Id = request.Account, Owner = default, StateBytes = state, StateHash = Keccak256.Hash(state), State = unpacked, Balances = Balances.Unpack(HexData.Decode(request.Balances ?? "")), ChangedInBlock = 0 }
                : null;
        }
        catch (Exception error) when (error is EthereumException or ProtocolException)
        {
            return null;
        }
    }
}
