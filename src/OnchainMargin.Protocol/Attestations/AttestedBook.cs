using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Merkle;

namespace OnchainMargin.Protocol.Attestations;

/// <summary>The attestations of every account at one checkpoint under one Merkle root: what an epoch stands for. A leaf is <c>abi.encode</c> of the attestation's fields.</summary>
public sealed class AttestedBook
{
    private readonly StandardMerkleTree? _tree;
    private readonly Dictionary<ulong, int> _placeOf = [];

    /// <summary>Builds the book.</summary>
    /// <param name="checkpoint">The checkpoint that all attestations name.</param>
    /// <param name="attestations">One for each account.</param>
    public AttestedBook(ulong checkpoint, IEnumerable<RiskRegistry.RiskAttestation> attestations)
    {
        Checkpoint = checkpoint;
        Attestations = [.. attestations.OrderBy(static attestation => attestation.Account)];
        for (int i = 0; i < Attestations.Length; i++)
        {
            if (Attestations[i].Checkpoint != checkpoint || !_placeOf.TryAdd(Attestations[i].Account, i))
            {
                throw new ArgumentException($"The attestation of account {Attestations[i].Account} is there twice or names checkpoint {Attestations[i].Checkpoint}; a book has one for each account at checkpoint {checkpoint}.", nameof(attestations));
            }
        }

        Hash32[] leaves = [.. Attestations.Select(static attestation => LeafOf(attestation))];
        _tree = leaves.Length == 0 ? null : StandardMerkleTree.Build(leaves);
    }

    /// <summary>The checkpoint.</summary>
    public ulong Checkpoint { get; }

    /// <summary>The attestations by account, ascending.</summary>
    public ImmutableArray<RiskRegistry.RiskAttestation> Attestations { get; }

    /// <summary>The Merkle root; zero for a book without accounts, which no epoch can post.</summary>
    public Hash32 Root => _tree?.Root ?? Hash32.Zero;

    /// <summary>The hash of an attestation's leaf.</summary>
    public static Hash32 LeafOf(RiskRegistry.RiskAttestation attestation) => StandardMerkleTree.LeafHash(attestation.Encode());

    /// <summary>The epoch that attesters sign for this book.</summary>
    public RiskRegistry.RiskEpoch ToEpoch(ulong epoch, Hash32 modelHash) => new(epoch, Checkpoint, modelHash, Root, (uint)Attestations.Length);

    /// <summary>An account's attestation with its proof; null when the account is not in the book.</summary>
    public (RiskRegistry.RiskAttestation Attestation, Hash32[] Proof)? Find(ulong account) =>
        _tree is not null && _placeOf.TryGetValue(account, out int place) ? (Attestations[place], _tree.ProofOf(place)) : null;
}
