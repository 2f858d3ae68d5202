using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Signs the attestation of one account as it is now, for a withdrawal or trade that cannot wait for the next epoch. Only what this solver computed itself is signed.</summary>
internal sealed class OnDemandAttester(Broadcast<IndexedBook> books, SolverKeys keys, ProtocolDigests digests)
{
    /// <summary>The proof, or why it cannot be made here.</summary>
    public (ProofView? Proof, string Reason) Sign(BookAccount account)
    {
        if (books.Current is not { IsCaughtUp: true } indexed || indexed.Book.LatestCheckpoint is not { } inputs)
        {
            return (null, "The index has not reached the chain's head; ask again in a moment.");
        }

        ProtocolBook book = indexed.Book;
        Ethereum.Keys.PrivateKey[] signers = [.. keys.Attesters.Where(key => book.Attesters.Contains(key.Address)).OrderBy(static key => key.Address)];
        if (book.Threshold == 0 || signers.Length < book.Threshold)
        {
            return (null, $"This solver holds {signers.Length} attesters' keys and {book.Threshold} must sign; prove by computation, or ask the attesters.");
        }

        RiskRegistry.RiskAttestation attestation = AttestationBuilder.Attest(account, book, inputs);
        if (attestation.LeastCashE8 == Int128.MaxValue)
        {
            return (null, $"The last checkpoint does not hold all that account {account.Id} touches; ask again after the next one.");
        }

        RiskRegistry.AttesterSignature[] signatures = [.. signers.Take((int)book.Threshold).Select(key => digests.Sign(attestation, key))];
        System.Collections.Immutable.ImmutableArray<Balance> collateral = Balances.WithoutSettlement(account.Balances);
        Clearinghouse.Proof proof = Proofs.OnDemand(attestation, signatures, collateral, inputs, inputs.RecordsFor(account.State, collateral));
        return (
            new ProofView(
                "0",
                "",
                HexData.Encode(attestation.Encode()),
                ApiNumbers.Text(attestation.LeastCashE8),
                ApiNumbers.Text(attestation.ValidUntil),
                AttestedBook.LeafOf(attestation).ToString(),
                [],
                proof.Kind,
                HexData.Encode(proof.Data)),
            "");
    }
}
