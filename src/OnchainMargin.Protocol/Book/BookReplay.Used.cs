using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <content>Attestations that were used.</content>
public sealed partial class BookReplay
{
    /// <summary>How long an attestation can be challenged.</summary>
    private const long HorizonSeconds = 7 * 86_400;

    /// <summary>Where the positions of a state begin.</summary>
    private const int StateHeaderBytes = 64;

    /// <summary>A key's signature. What is longer a contract answered for, whose seat the registry remembers: a challenge needs none of it, and of what its signer made long it might have no room.</summary>
    private const int KeySignatureBytes = 65;

    private static readonly Hash32 NoPositions = Keccak256.Hash([]);

    /// <summary>Uses whose positions the state of their account tells, which follows in the same transaction.</summary>
    private int _awaited;

    private ProtocolBook ApplyGate(ProtocolBook book, LogEntry log) => HealthGate.DecodeEvent(log) switch
    {
        HealthGate.SignedAttestationUsedEvent signed => WithUse(
            book,
            new Challenges.Accused(
                Challenges.RiskAttestation.Decode(signed.Attestation.Encode()),
                0,
                [],
                [.. signed.Signatures.Select(static one => new Challenges.AttesterSignature(one.Signer, one.Signature.Length > KeySignatureBytes ? [] : one.Signature))]),
            [.. signed.Signatures.Select(static one => one.Signer)],
            book.Checkpoints.GetValueOrDefault(signed.Attestation.Checkpoint),
            signed.Balances,
            signed.Positions,
            log.BlockNumber),
        HealthGate.LeafUsedEvent leaf => WithUse(
            book,
            new Challenges.Accused(Challenges.RiskAttestation.Decode(leaf.Attestation.Encode()), leaf.Epoch, leaf.MerkleProof, []),
            book.Epochs.TryGetValue(leaf.Epoch, out BookEpoch? epoch) ? SignersOf(book, epoch) : [],
            book.Checkpoints.GetValueOrDefault(leaf.Attestation.Checkpoint),
            leaf.Balances,
            leaf.Positions,
            log.BlockNumber),
        _ => book,
    };

    private static ImmutableArray<Address> SignersOf(ProtocolBook book, BookEpoch epoch) =>
        [.. book.Seats.Where(seat => ((epoch.Signers >> seat.Key) & 1) != 0).Select(static seat => seat.Value)];

    private ProtocolBook WithUse(
        ProtocolBook book, Challenges.Accused accused, ImmutableArray<Address> signers, CheckpointInputs? inputs, byte[] balances, byte[] positions, ulong block)
    {
        Challenges.RiskAttestation attestation = accused.Attestation;
        bool isAwaited = positions.Length == 0 && attestation.PositionsHash != NoPositions;
        if ((!isAwaited && Keccak256.Hash(positions) != attestation.PositionsHash) || Keccak256.Hash(balances) != attestation.CollateralHash)
        {
            throw new ProtocolException($"The attestation of account {attestation.Account} that an event of block {block} uses names other positions or collateral than it tells");
        }

        _awaited += isAwaited ? 1 : 0;
        Hash32 attestationHash = AttestedBook.HashOf(RiskRegistry.RiskAttestation.Decode(attestation.Encode()));
        return book with { Used = book.Used.Add(new UsedAttestation(attestationHash, accused, signers, positions, balances, inputs)) };
    }

    /// <summary>Gives the uses that wait for this state its positions.</summary>
    private ImmutableList<UsedAttestation> Tell(ImmutableList<UsedAttestation> used, ulong account, byte[] state)
    {
        for (int i = used.Count - 1; _awaited > 0 && i >= 0; i--)
        {
            Challenges.RiskAttestation attestation = used[i].Accused.Attestation;
            bool isAwaited = used[i].Positions.Length == 0 && attestation.PositionsHash != NoPositions;
            if (isAwaited && attestation.Account == account && Keccak256.Hash(state.AsSpan(StateHeaderBytes)) == attestation.PositionsHash)
            {
                used = used.SetItem(i, used[i] with { Positions = state[StateHeaderBytes..] });
                _awaited--;
            }
        }

        return used;
    }

    /// <summary>Drops what cannot be challenged any more at a time.</summary>
    private static ImmutableList<UsedAttestation> DropOld(ImmutableList<UsedAttestation> used, long timeSeconds)
    {
        while (!used.IsEmpty && (used[0].Inputs?.Checkpoint.Header.Time ?? 0) < timeSeconds - HorizonSeconds)
        {
            used = used.RemoveAt(0);
        }

        return used;
    }
}
