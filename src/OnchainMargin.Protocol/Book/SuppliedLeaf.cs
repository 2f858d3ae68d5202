using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>A leaf that was supplied on chain because somebody demanded it.</summary>
/// <param name="Attestation">The leaf.</param>
/// <param name="MerkleProof">The siblings up to its epoch's root.</param>
public sealed record SuppliedLeaf(Challenges.RiskAttestation Attestation, Hash32[] MerkleProof);
