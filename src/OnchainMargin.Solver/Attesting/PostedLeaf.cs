using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Indexing;

namespace OnchainMargin.Solver.Attesting;

/// <summary>An account's leaf of the last epoch.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Attestation">The leaf.</param>
/// <param name="Path">The siblings up to the root.</param>
/// <param name="Collateral">The collateral that it names.</param>
internal sealed record PostedLeaf(BookEpoch Epoch, RiskRegistry.RiskAttestation Attestation, Hash32[] Path, ImmutableArray<Balance> Collateral)
{
    /// <summary>The proof for the contract.</summary>
    public Clearinghouse.Proof Proof => Proofs.Leaf(Attestation, Epoch.Epoch, Path, Collateral);

    /// <summary>The leaf, or null and the sentence that says why there is none.</summary>
    public static (PostedLeaf? Leaf, string Refusal) Find(ulong account, IndexedBook? indexed, AttestedBooks books, CancellationToken cancellationToken)
    {
        if (indexed?.Book.LatestEpoch is not { } epoch)
        {
            return (null, "No epoch was posted yet; wait for the attesters, or prove by computation.");
        }

        if (books.Find(indexed, epoch.Checkpoint, cancellationToken) is not { } made || !made.IsOf(epoch))
        {
            return (null, $"The book of epoch {epoch.Epoch} is not the one that is computed here; ask the attesters that signed it.");
        }

        return made.Find(account) is { } leaf && indexed.AtCheckpoints.TryGetValue(epoch.Checkpoint, out ProtocolBook? then) && then.Accounts.TryGetValue(account, out BookAccount? attested)
            ? (new PostedLeaf(epoch, leaf.Attestation, leaf.Proof, Balances.WithoutSettlement(attested.Balances)), "")
            : (null, $"Account {account} is not in the book of epoch {epoch.Epoch}; it was opened later.");
    }
}
