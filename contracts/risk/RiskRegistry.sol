// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {AttesterSignature, RiskAttestation, RiskEpoch} from "../interfaces/RiskTypes.sol";

/// @title The registry of attesters and epochs
contract RiskRegistry is IRiskRegistry, AccessManaged, EIP712 {
    bytes32 internal constant EPOCH_TYPEHASH = keccak256(
        "RiskEpoch(uint64 epoch,uint64 checkpoint,bytes32 modelHash,bytes32 bookRoot,uint32 accounts)"
    );
    bytes32 internal constant ATTESTATION_TYPEHASH = keccak256(
        "RiskAttestation(uint64 account,bytes32 positionsHash,bytes32 collateralHash,int128 leastCashE8,int64 initialMarginE8,int64 maintenanceMarginE8,uint64 checkpoint,bytes32 modelHash,uint40 validUntil)"
    );

    IPriceHub public immutable hub;
    IRiskParameters public immutable parameters;
    bytes32 public override modelHash;
    uint256 public override threshold;
    uint256 public override attesterCount;
    uint64 public override latestEpoch;
    mapping(address attester => bool) public override isAttester;
    mapping(uint64 epoch => RiskEpoch) private _epochs;

    constructor(
        address authority,
        IPriceHub hub_,
        IRiskParameters parameters_,
        bytes32 modelHash_
    ) AccessManaged(authority) EIP712("OnchainMargin RiskRegistry", "1") {
        hub = hub_;
        parameters = parameters_;
        modelHash = modelHash_;
        emit ModelSet(modelHash_);
    }

    // Epochs

    /// @inheritdoc IRiskRegistry
    function post(RiskEpoch calldata epoch, bytes32 inputsHash, AttesterSignature[] calldata signatures) external {
        uint64 previous = latestEpoch;
        require(epoch.epoch == previous + 1, EpochNotNext(previous + 1, epoch.epoch));
        uint64 before = _epochs[previous].checkpoint;
        require(epoch.checkpoint >= before, CheckpointOutOfOrder(before, epoch.checkpoint));
        bytes32 stored = hub.inputsHash(epoch.checkpoint);
        require(stored != 0 && stored == inputsHash, CheckpointMismatch(epoch.checkpoint, stored, inputsHash));
        _requireYoung(epoch.checkpoint);
        _requireModel(epoch.modelHash);
        _requireQuorum(epochDigest(epoch), signatures);

        latestEpoch = epoch.epoch;
        _epochs[epoch.epoch] = epoch;
        emit EpochPosted(
            epoch.epoch,
            epoch.checkpoint,
            epoch.modelHash,
            epoch.bookRoot,
            epoch.accounts,
            signatures.length
        );
    }

    // Governance

    /// @inheritdoc IRiskRegistry
    function addAttester(address attester) external restricted {
        require(attester != address(0) && !isAttester[attester], AttestersInvalid(threshold, attesterCount));
        isAttester[attester] = true;
        emit AttesterAdded(attester, ++attesterCount);
    }

    /// @inheritdoc IRiskRegistry
    function removeAttester(address attester) external restricted {
        require(isAttester[attester], SignerUnknown(attester));
        require(attesterCount > threshold, AttestersInvalid(threshold, attesterCount - 1));
        isAttester[attester] = false;
        emit AttesterRemoved(attester, --attesterCount);
    }

    /// @inheritdoc IRiskRegistry
    function setThreshold(uint256 threshold_) external restricted {
        require(threshold_ != 0 && threshold_ <= attesterCount, AttestersInvalid(threshold_, attesterCount));
        threshold = threshold_;
        emit ThresholdSet(threshold_);
    }

    /// @inheritdoc IRiskRegistry
    function setModel(bytes32 modelHash_) external restricted {
        modelHash = modelHash_;
        emit ModelSet(modelHash_);
    }

    // Use

    /// @inheritdoc IRiskRegistry
    function requireSigned(
        RiskAttestation calldata attestation,
        AttesterSignature[] calldata signatures
    ) external view {
        _requireUsable(attestation);
        _requireQuorum(attestationDigest(attestation), signatures);
    }

    /// @inheritdoc IRiskRegistry
    function requireLeaf(
        RiskAttestation calldata attestation,
        uint64 epoch,
        bytes32[] calldata merkleProof
    ) external view {
        RiskEpoch storage posted = _epochs[epoch];
        require(epoch != 0 && posted.epoch == epoch, EpochUnknown(epoch));
        require(
            attestation.checkpoint == posted.checkpoint,
            CheckpointOutOfOrder(posted.checkpoint, attestation.checkpoint)
        );
        _requireUsable(attestation);
        require(
            MerkleProof.verifyCalldata(merkleProof, posted.bookRoot, leafOf(attestation)),
            LeafNotInBook(epoch, attestation.account)
        );
    }

    /// @inheritdoc IRiskRegistry
    function requireQuorum(bytes32 digest, AttesterSignature[] calldata signatures) external view {
        _requireQuorum(digest, signatures);
    }

    // Views

    /// @inheritdoc IRiskRegistry
    function epochOf(uint64 epoch) external view returns (RiskEpoch memory posted) {
        posted = _epochs[epoch];
        require(epoch != 0 && posted.epoch == epoch, EpochUnknown(epoch));
    }

    /// @inheritdoc IRiskRegistry
    function epochDigest(RiskEpoch calldata epoch) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(EPOCH_TYPEHASH, epoch)));
    }

    /// @inheritdoc IRiskRegistry
    function attestationDigest(RiskAttestation calldata attestation) public view returns (bytes32) {
        // All fields are static, so the struct encodes as its fields do.
        return _hashTypedDataV4(keccak256(abi.encode(ATTESTATION_TYPEHASH, attestation)));
    }

    /// @inheritdoc IRiskRegistry
    function leafOf(RiskAttestation calldata attestation) public pure returns (bytes32) {
        // Hashed twice, as StandardMerkleTree does, so that an inner node is never a leaf.
        return keccak256(bytes.concat(keccak256(abi.encode(attestation))));
    }

    // Internal

    function _requireUsable(RiskAttestation calldata attestation) private view {
        require(
            block.timestamp <= attestation.validUntil,
            AttestationExpired(attestation.account, attestation.validUntil)
        );
        require(hub.inputsHash(attestation.checkpoint) != 0, CheckpointMismatch(attestation.checkpoint, 0, 0));
        _requireYoung(attestation.checkpoint);
        _requireModel(attestation.modelHash);
    }

    function _requireYoung(uint64 checkpoint) private view {
        uint256 age = block.timestamp - hub.timeOf(checkpoint);
        uint256 maxAge = parameters.oracle().attestationMaxAgeSeconds;
        require(age <= maxAge, CheckpointTooOld(checkpoint, age, maxAge));
    }

    function _requireModel(bytes32 found) private view {
        require(found == modelHash, ModelMismatch(modelHash, found));
    }

    /// @dev Strictly ascending signers make duplicates impossible without a search.
    function _requireQuorum(bytes32 digest, AttesterSignature[] calldata signatures) private view {
        uint256 count = signatures.length;
        require(threshold != 0 && count >= threshold, SignaturesTooFew(count, threshold));
        address previous = address(0);
        for (uint256 i = 0; i < count; ++i) {
            address signer = signatures[i].signer;
            require(signer > previous, SignersUnsorted(i));
            require(isAttester[signer], SignerUnknown(signer));
            require(
                SignatureChecker.isValidSignatureNowCalldata(signer, digest, signatures[i].signature),
                SignatureInvalid(signer)
            );
            previous = signer;
        }
    }
}
