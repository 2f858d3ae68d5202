using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>An attestation that showed an account healthy on chain, with all that it takes to compute it anew and to prove it wrong (CLR-053).</summary>
/// <param name="AttestationHash">What a challenge's commitment names.</param>
/// <param name="Accused">The attestation as a challenge takes it: an epoch and a path, or signatures.</param>
/// <param name="Signers">Who signed it; nobody where it is a leaf of an epoch that the book does not know.</param>
/// <param name="Positions">The preimage of its positions hash.</param>
/// <param name="Balances">The preimage of its collateral hash.</param>
/// <param name="Inputs">Its checkpoint; null when that is one that the book does not keep any more.</param>
public sealed record UsedAttestation(
    Hash32 AttestationHash, Challenges.Accused Accused, ImmutableArray<Address> Signers, byte[] Positions, byte[] Balances, CheckpointInputs? Inputs);
