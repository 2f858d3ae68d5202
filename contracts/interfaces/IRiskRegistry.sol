// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttesterBonds} from "./IAttesterBonds.sol";
import {IPriceHub} from "./IPriceHub.sol";
import {IReferee} from "./IReferee.sol";
import {IRiskParameters} from "./IRiskParameters.sol";
import {AttesterSignature, RiskAttestation, RiskEpoch} from "./RiskTypes.sol";

/// @title The registry of attesters, epochs and what they signed
/// @notice EIP-712, domain "OnchainMargin RiskRegistry", version "1", this chain and this contract. k of n; signatures come strictly ascending by signer.
/// What is signed holds the content of the checkpoint, too: `RiskEpoch(uint64 epoch,uint64 checkpoint,bytes32 inputsHash,bytes32 modelHash,bytes32 bookRoot,uint32 accounts)` and the attestation with
/// `bytes32 inputsHash` after its checkpoint; the contract fills `inputsHash` in from the PriceHub. So a reorganisation that changes a checkpoint leaves signatures worthless, and no honest signer refutable.
/// An attester sits on one of 64 seats. A seat is given on only when the bond of who sat there was released, so a bitmap of seats names who signed for as long as they can be slashed.
/// Warning: fewer attesters than the threshold (after a slashing) means no attestation is taken until others joined; everything can be computed meanwhile.
interface IRiskRegistry {
    event AttesterAdded(address indexed attester, uint8 seat, uint256 attesters);
    event AttesterRemoved(address indexed attester, uint8 seat, uint256 attesters);

    /// @notice Attesters were proved wrong: none of what carries their signatures counts any more.
    event AttestersCondemned(uint64 seats, uint256 attesters);
    event ThresholdSet(uint256 threshold);

    /// @notice The margin model was fixed for ever.
    event ModelSet(bytes32 modelHash, address indexed referee);

    /// @notice Who manages bonds and who judges challenges were fixed for ever.
    event Connected(address indexed bonds, address indexed challenges);

    /// @notice An epoch was posted, signed by these seats.
    event EpochPosted(
        uint64 indexed epoch,
        uint64 indexed checkpoint,
        bytes32 modelHash,
        bytes32 bookRoot,
        uint32 accounts,
        uint64 signers
    );

    /// @notice No leaf of this epoch counts any more.
    event EpochVoided(uint64 indexed epoch);

    /// @notice This attestation does not count any more, signed or as a leaf of any epoch.
    event AttestationVoided(bytes32 indexed attestationHash);

    /// @notice The contracts on these seats said that they signed: what they say later does not count.
    event Remembered(bytes32 indexed digest, uint64 seats);

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

    /// @notice Thrown when a signed model is not the registry's.
    error ModelMismatch(bytes32 expected, bytes32 found);

    /// @notice Thrown when a leaf is not in an epoch's book.
    error LeafNotInBook(uint64 epoch, bytes32 leaf);

    /// @notice Thrown when an attestation is past its last second.
    error AttestationExpired(uint64 account, uint40 validUntil);

    /// @notice Thrown when a threshold is zero or more than the attesters, or an attester is there already, not there, or the zero address, or no seat is free.
    error AttestersInvalid(uint256 threshold, uint256 attesters);

    /// @notice Thrown when an epoch was voided, or a signer of it was condemned.
    error EpochVoid(uint64 epoch);

    /// @notice Thrown when an attestation was voided.
    error AttestationVoid(bytes32 attestationHash);

    /// @notice Thrown when the caller is not the connected contract that may do this, or `connect` is called a second time.
    error ConnectedWrongly(address caller);

    /// @notice Posts the book of one checkpoint. Anyone with the signatures.
    /// @param inputsHash What the poster knows the checkpoint to hold; compared with what is stored, so that a reorganisation is noticed.
    function post(RiskEpoch calldata epoch, bytes32 inputsHash, AttesterSignature[] calldata signatures) external;

    /// @notice Seats an attester whose bond is paid. AttesterBonds only.
    function enrol(address attester) external returns (uint8 seat);

    /// @notice Takes an attester's vote. Its seat stays its own until its bond is released. AttesterBonds only.
    function retire(address attester) external;

    /// @notice Frees the seat of an attester whose bond is gone. AttesterBonds only.
    function vacate(address attester) external;

    /// @notice Takes the votes of these seats and voids every epoch that they signed. AttesterBonds only, when it slashes.
    /// @return holders Who sits on them, in the order of the seats.
    function condemn(uint64 seats) external returns (address[] memory holders);

    /// @notice Voids an epoch. Challenges only.
    function voidEpoch(uint64 epoch) external;

    /// @notice Voids an attestation. Challenges only.
    function voidAttestation(bytes32 attestationHash) external;

    /// @notice Sets how many must sign. Governance.
    function setThreshold(uint256 threshold) external;

    /// @notice Fixes who manages bonds, and with it who judges challenges; once. Governance.
    function connect(IAttesterBonds bonds) external;

    /// @notice Reverts unless the attestation carries k good signatures, is not void or expired, and names the model and a stored checkpoint that is young enough.
    /// Remembers the signers that are contracts, which could deny their signatures later.
    function requireSigned(RiskAttestation calldata attestation, AttesterSignature[] calldata signatures) external;

    /// @notice Reverts unless the attestation is a leaf of that epoch's book, is not void or expired, and names the epoch's checkpoint, young enough, and the model; and unless at least as many signed the epoch as must sign now.
    function requireLeaf(
        RiskAttestation calldata attestation,
        uint64 epoch,
        bytes32[] calldata merkleProof
    ) external view;

    /// @notice Reverts unless k attesters signed this digest; signers strictly ascending.
    function requireQuorum(bytes32 digest, AttesterSignature[] calldata signatures) external view;

    /// @notice The seats that signed an attestation: the model and each signature are checked, however old it is and however few there are. Signers without a seat count nothing.
    function seatsOf(
        RiskAttestation calldata attestation,
        AttesterSignature[] calldata signatures
    ) external view returns (uint64 seats);

    /// @notice The seats that signed the epoch whose book has this leaf (`leafOf`) of an attestation at that checkpoint by that model, which must be the registry's, however old it is.
    function seatsOfLeaf(
        bytes32 leaf,
        uint64 checkpoint,
        bytes32 modelHash,
        uint64 epoch,
        bytes32[] calldata merkleProof
    ) external view returns (uint64 seats);

    /// @notice Whether an attester may sign now.
    function isAttester(address attester) external view returns (bool);
    function attesterCount() external view returns (uint256);
    function threshold() external view returns (uint256);
    /// @notice The model that attestations must name, for as long as there is this deployment: health and lots are computed by its referee alone.
    function modelHash() external view returns (bytes32);

    /// @notice The referee that the model is.
    function referee() external view returns (IReferee);

    /// @notice The part of that referee that weighs witnesses.
    function witness() external view returns (IReferee);

    /// @notice Who sits on a seat, also while only its bond is still there.
    function holderOf(uint8 seat) external view returns (address);
    function hub() external view returns (IPriceHub);
    function parameters() external view returns (IRiskParameters);
    function bonds() external view returns (address);
    function challenges() external view returns (address);
    function latestEpoch() external view returns (uint64);
    /// @notice Whether leaves of an epoch may count: it was posted, not voided, and none of its signers was condemned.
    function isSound(uint64 epoch) external view returns (bool);
    function isVoid(bytes32 attestationHash) external view returns (bool);
    function epochOf(uint64 epoch) external view returns (RiskEpoch memory posted);
    function epochDigest(RiskEpoch calldata epoch) external view returns (bytes32);
    function attestationDigest(RiskAttestation calldata attestation) external view returns (bytes32);

    /// @notice Its leaf in a book's tree, which does not hold the model.
    function leafOf(RiskAttestation calldata attestation) external pure returns (bytes32);

    /// @notice What voids, commitments and events name it by: keccak256 of its leaf and its model, so of all its fields.
    function hashOf(RiskAttestation calldata attestation) external pure returns (bytes32);
}
