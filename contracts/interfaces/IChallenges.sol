// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AttesterSignature, RiskAttestation} from "./RiskTypes.sol";

/// @notice An attestation and who stands for it: a leaf of an epoch (`epoch` not 0, with its proof), or signatures (`epoch` 0), one of which suffices.
struct Accused {
    RiskAttestation attestation;
    uint64 epoch;
    bytes32[] merkleProof;
    AttesterSignature[] signatures;
}

/// @notice What an attestation names: position words, balance words, and its checkpoint with the records that they touch.
struct Preimages {
    bytes positions;
    bytes balances;
    bytes checkpoint;
    bytes records;
}

/// @title Challenges: attestations that can be proved wrong, by anybody, from preimages alone
/// @notice An attestation says: these positions with this collateral need this cash, at that checkpoint, by that model. Nothing of it depends on what the account is now or what parameters are now, so it can be judged for
/// seven days from its checkpoint, in which the bond of everybody who signed it stays locked. It is harmful when its least cash, initial or maintenance margin is below the referee's: everybody who signed it loses the bond and the vote in the same call. An attestation that
/// errs the other way is void and costs nobody a bond. A true one survives: every challenge of it reverts (`AttestationTrue`, `WitnessShowsNothing`) and costs its author gas only.
/// The reward of a slashing goes to a prover who committed in an earlier block, so a proof that is seen in the mempool cannot be taken over (docs/security.md).
interface IChallenges {
    /// @notice A prover has a proof since this block: the first that he committed to it in.
    event Committed(bytes32 indexed commitment, uint256 blockNumber);

    /// @notice An attestation was proved harmful; the seats lost what bonds they had, and the commitment is used up.
    event Refuted(
        bytes32 indexed attestationHash,
        uint64 indexed epoch,
        uint64 account,
        address indexed prover,
        uint64 seats,
        uint256 slashed,
        bytes32 commitment
    );

    /// @notice An attestation was wrong in the other direction and does not count any more.
    event Corrected(bytes32 indexed attestationHash, uint64 indexed epoch, uint64 account, address indexed prover);

    /// @notice Somebody wants to see the leaf of an account.
    event Demanded(uint64 indexed epoch, uint64 indexed account, uint256 deadline);

    /// @notice The leaf is there.
    event Supplied(uint64 indexed epoch, uint64 indexed account, RiskAttestation attestation, bytes32[] merkleProof);

    /// @notice Thrown when an attestation is what the referee computes.
    error AttestationTrue(uint64 account);

    /// @notice Thrown when a witness shows no more than was attested.
    error WitnessShowsNothing(uint64 account, uint256 maintenanceE8, uint256 initialE8, int256 leastCashE8);

    /// @notice Thrown when a preimage does not hash to what the attestation names.
    error PreimageMismatch(bytes32 expected, bytes32 found);

    /// @notice Thrown when the checkpoint is older than the challenge horizon.
    error ChallengeTooLate(uint64 checkpoint, uint256 ageSeconds, uint256 horizonSeconds);

    /// @notice Thrown when nobody who signed has a bond to lose.
    error NobodyBonded(uint64 account);

    /// @notice Thrown when the prover did not commit to this attestation in an earlier block.
    error NotCommitted(bytes32 commitment);

    /// @notice Thrown when an account cannot be demanded: it is not among those of the epoch, the epoch is void or too old, or it was demanded already.
    error DemandRefused(uint64 epoch, uint64 account);

    /// @notice Thrown when there is no demand that may be acted on.
    error DemandNotDue(uint64 epoch, uint64 account, uint256 deadline);

    /// @notice Commits to refute an attestation: `keccak256(abi.encode(prover, attestationHash, salt))`, the hash as `RiskRegistry.hashOf`. It says nothing to anybody else.
    function commit(bytes32 commitment) external;

    /// @notice Proves an attestation harmful by one witness (MRG-057) at its checkpoint. The caller is the prover.
    function refute(
        Accused calldata accused,
        Preimages calldata preimages,
        bytes calldata witness,
        bytes32 salt
    ) external;

    /// @notice Judges an attestation by the full referee of its model. Harmful ones need a commitment of the caller; for one that errs the other way `salt` is not read.
    function recompute(Accused calldata accused, Preimages calldata preimages, bytes32 salt) external;

    /// @notice Demands to see the leaf of an account, 1 to the epoch's `accounts`, while the epoch may be used.
    function demand(uint64 epoch, uint64 account) external;

    /// @notice Answers a demand. Anyone.
    function supply(RiskAttestation calldata attestation, uint64 epoch, bytes32[] calldata merkleProof) external;

    /// @notice Voids an epoch of which a leaf was withheld past the deadline. Anyone.
    function voidWithheld(uint64 epoch, uint64 account) external;

    /// @notice When a demand must be answered; 0 when there is none.
    function deadlineOf(uint64 epoch, uint64 account) external view returns (uint256 deadline);
}
