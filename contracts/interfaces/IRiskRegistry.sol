// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AttesterSignature, RiskAttestation, RiskEpoch} from "./RiskTypes.sol";

/// @title The registry of attesters, epochs and what they signed
/// @notice EIP-712, domain "OnchainMargin RiskRegistry", version "1", this chain and this contract. k of n; signatures come strictly ascending by signer.
/// Warning: bonds and challenges are not built yet: until then a corrupt quorum is bounded by the floor, which the Clearinghouse computes on chain for every use (docs/security.md).
interface IRiskRegistry {
    event AttesterAdded(address indexed attester, uint256 attesters);
    event AttesterRemoved(address indexed attester, uint256 attesters);
    event ThresholdSet(uint256 threshold);
    event ModelSet(bytes32 modelHash);

    /// @notice An epoch was posted with this many signatures.
    event EpochPosted(
        uint64 indexed epoch,
        uint64 indexed checkpoint,
        bytes32 modelHash,
        bytes32 bookRoot,
        uint32 accounts,
        uint256 signatures
    );

    /// @notice Thrown when fewer attesters signed than the threshold.
    error SignaturesTooFew(uint256 signatures, uint256 threshold);

    /// @notice Thrown when signers are not strictly ascending (so also when one is there twice).
    error SignersUnsorted(uint256 index);

    /// @notice Thrown when a signer is not an attester.
    error SignerUnknown(address signer);

    /// @notice Thrown when a signature is not its signer's.
    error SignatureInvalid(address signer);

    /// @notice Thrown when an epoch is not the next one.
    error EpochNotNext(uint64 expected, uint64 found);

    /// @notice Thrown when an epoch that is asked for was not posted.
    error EpochUnknown(uint64 epoch);

    /// @notice Thrown when a checkpoint is not stored, or the poster expected another content.
    error CheckpointMismatch(uint64 checkpoint, bytes32 expected, bytes32 found);

    /// @notice Thrown when a checkpoint is older than the one of the epoch before.
    error CheckpointOutOfOrder(uint64 previous, uint64 found);

    /// @notice Thrown when a checkpoint is too old to rest on.
    error CheckpointTooOld(uint64 checkpoint, uint256 ageSeconds, uint256 maxAgeSeconds);

    /// @notice Thrown when a signed model is not the referee's.
    error ModelMismatch(bytes32 expected, bytes32 found);

    /// @notice Thrown when a leaf is not in an epoch's book.
    error LeafNotInBook(uint64 epoch, uint64 account);

    /// @notice Thrown when an attestation is past its last second.
    error AttestationExpired(uint64 account, uint40 validUntil);

    /// @notice Thrown when a threshold is zero or more than the attesters, or an attester is there already or the zero address.
    error AttestersInvalid(uint256 threshold, uint256 attesters);

    /// @notice Posts the book of one checkpoint. Anyone with the signatures.
    /// @param inputsHash What the poster knows the checkpoint to hold; compared with what is stored, so that a reorganisation is noticed.
    function post(RiskEpoch calldata epoch, bytes32 inputsHash, AttesterSignature[] calldata signatures) external;

    function addAttester(address attester) external;
    function removeAttester(address attester) external;
    function setThreshold(uint256 threshold) external;

    /// @notice Sets the model that attestations must name: the `modelHash` of the referee in use. Governance.
    function setModel(bytes32 modelHash) external;

    /// @notice Reverts unless the attestation carries k good signatures, is not expired, and names the model and a stored checkpoint that is young enough.
    function requireSigned(RiskAttestation calldata attestation, AttesterSignature[] calldata signatures) external view;

    /// @notice Reverts unless the attestation is a leaf of that epoch's book, is not expired, and names the epoch's checkpoint, young enough.
    function requireLeaf(
        RiskAttestation calldata attestation,
        uint64 epoch,
        bytes32[] calldata merkleProof
    ) external view;

    /// @notice Reverts unless k attesters signed this digest; signers strictly ascending.
    function requireQuorum(bytes32 digest, AttesterSignature[] calldata signatures) external view;

    function isAttester(address attester) external view returns (bool);
    function attesterCount() external view returns (uint256);
    function threshold() external view returns (uint256);
    function modelHash() external view returns (bytes32);
    function latestEpoch() external view returns (uint64);
    function epochOf(uint64 epoch) external view returns (RiskEpoch memory posted);
    function epochDigest(RiskEpoch calldata epoch) external view returns (bytes32);
    function attestationDigest(RiskAttestation calldata attestation) external view returns (bytes32);
    function leafOf(RiskAttestation calldata attestation) external pure returns (bytes32);
}
