// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {AttesterSignature, RiskAttestation, RiskEpoch} from "../interfaces/RiskTypes.sol";
import {Leaves} from "./Leaves.sol";

/// @title The registry of attesters and epochs
contract RiskRegistry is IRiskRegistry, AccessManaged, EIP712 {
    bytes32 internal constant EPOCH_TYPEHASH = keccak256(
        "RiskEpoch(uint64 epoch,uint64 checkpoint,bytes32 inputsHash,bytes32 modelHash,bytes32 bookRoot,uint32 accounts)"
    );
    bytes32 internal constant ATTESTATION_TYPEHASH = keccak256(
        "RiskAttestation(uint64 account,bytes32 positionsHash,bytes32 collateralHash,int128 leastCashE8,int64 initialMarginE8,int64 maintenanceMarginE8,uint64 checkpoint,bytes32 inputsHash,bytes32 modelHash,uint40 validUntil)"
    );
    uint8 internal constant SEATS = 64;
    /// @dev Of a proof: `accounts` is a uint32.
    uint256 internal constant LEVELS_MAX = 32;

    /// @dev Everything that a post reads of the council, in one word. Bit s of `active` and `condemned` is seat s.
    struct Council {
        uint64 active;
        uint64 condemned;
        uint40 latestEpoch;
        uint48 latestCheckpoint;
        uint8 threshold;
        uint8 attesters;
    }

    /// @dev Two words an epoch. The checkpoint is 0 when there is none.
    struct Posted {
        uint64 checkpoint;
        uint64 signers;
        uint32 accounts;
        bool isVoid;
        bytes32 bookRoot;
    }

    IReferee public immutable override referee;
    IReferee public immutable override witness;
    bytes32 public immutable override modelHash;
    IPriceHub public immutable override hub;
    IRiskParameters public immutable override parameters;
    address public override bonds;
    address public override challenges;
    Council private _council;
    mapping(uint8 seat => address) public override holderOf;
    /// @dev 1 + seat.
    mapping(address attester => uint8) private _seatOf;
    mapping(uint64 epoch => Posted) private _epochs;
    mapping(bytes32 attestationHash => bool) public override isVoid;
    /// @dev Seats of contract signers whose signatures of a digest were used.
    mapping(bytes32 digest => uint64 seats) private _remembered;

    modifier only(address caller) {
        require(msg.sender == caller, ConnectedWrongly(msg.sender));
        _;
    }

    constructor(
        address authority,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IReferee referee_
    ) AccessManaged(authority) EIP712("OnchainMargin RiskRegistry", "1") {
        hub = hub_;
        parameters = parameters_;
        referee = referee_;
        witness = IReferee(referee_.WITNESS());
        modelHash = referee_.modelHash();
        emit ModelSet(modelHash, address(referee_));
    }

    // Epochs

    /// @inheritdoc IRiskRegistry
    function post(RiskEpoch calldata epoch, bytes32 inputsHash, AttesterSignature[] calldata signatures) external {
        Council memory council = _council;
        uint64 previous = council.latestEpoch;
        require(epoch.epoch == previous + 1, EpochNotNext(previous + 1, epoch.epoch));
        uint64 before = council.latestCheckpoint;
        require(epoch.checkpoint >= before, CheckpointOutOfOrder(before, epoch.checkpoint));
        (bytes32 stored, uint40 time) = hub.checkpointOf(epoch.checkpoint);
        require(stored != 0 && stored == inputsHash, CheckpointMismatch(epoch.checkpoint, stored, inputsHash));
        _requireYoung(epoch.checkpoint, time);
        _requireModel(epoch.modelHash);
        (uint64 signers, ) = _requireQuorum(council, _epochDigest(epoch, stored), signatures);

        // Why nothing is cut off: epochs count from 1, and the hub counts its checkpoints.
        council.latestEpoch = uint40(epoch.epoch);
        council.latestCheckpoint = uint48(epoch.checkpoint);
        _store(council);
        _epochs[epoch.epoch] = Posted(epoch.checkpoint, signers, epoch.accounts, false, epoch.bookRoot);
        emit EpochPosted(epoch.epoch, epoch.checkpoint, epoch.modelHash, epoch.bookRoot, epoch.accounts, signers);
    }

    // Attesters

    /// @inheritdoc IRiskRegistry
    function enrol(address attester) external only(bonds) returns (uint8 seat) {
        Council memory council = _council;
        bool refused = attester == address(0) || _seatOf[attester] != 0;
        while (seat < SEATS && holderOf[seat] != address(0)) ++seat;
        require(!refused && seat < SEATS, AttestersInvalid(council.threshold, council.attesters));
        holderOf[seat] = attester;
        _seatOf[attester] = seat + 1;
        council.active |= uint64(1) << seat;
        ++council.attesters;
        _store(council);
        emit AttesterAdded(attester, seat, council.attesters);
    }

    /// @inheritdoc IRiskRegistry
    function retire(address attester) external only(bonds) {
        require(isAttester(attester), SignerUnknown(attester));
        uint8 seat = _seatOf[attester] - 1;
        Council memory council = _council;
        council.active &= ~(uint64(1) << seat);
        --council.attesters;
        _store(council);
        emit AttesterRemoved(attester, seat, council.attesters);
    }

    /// @inheritdoc IRiskRegistry
    function vacate(address attester) external only(bonds) {
        uint8 place = _seatOf[attester];
        require(place != 0 && !isAttester(attester), AttestersInvalid(_council.threshold, _council.attesters));
        delete _seatOf[attester];
        delete holderOf[place - 1];
        // What the seat signed is older than any attestation may be: nothing that was void counts again.
        _council.condemned &= ~(uint64(1) << (place - 1));
    }

    /// @inheritdoc IRiskRegistry
    function condemn(uint64 seats) external only(bonds) returns (address[] memory holders) {
        holders = new address[](_count(seats));
        uint256 found = 0;
        for (uint8 seat = 0; seats >> seat != 0; ++seat) {
            if ((seats >> seat) & 1 != 0) holders[found++] = holderOf[seat];
        }
        Council memory council = _council;
        uint64 losing = council.active & seats;
        council.active &= ~seats;
        council.condemned |= seats;
        council.attesters -= uint8(losing == seats ? found : _count(losing));
        _store(council);
        emit AttestersCondemned(seats, council.attesters);
    }

    // Challenges

    /// @inheritdoc IRiskRegistry
    function voidEpoch(uint64 epoch) external only(challenges) {
        _epochs[epoch].isVoid = true;
        emit EpochVoided(epoch);
    }

    /// @inheritdoc IRiskRegistry
    function voidAttestation(bytes32 attestationHash) external only(challenges) {
        isVoid[attestationHash] = true;
        emit AttestationVoided(attestationHash);
    }

    // Governance

    /// @inheritdoc IRiskRegistry
    function setThreshold(uint256 threshold_) external restricted {
        uint256 attesters = _council.attesters;
        require(threshold_ != 0 && threshold_ <= attesters, AttestersInvalid(threshold_, attesters));
        _council.threshold = uint8(threshold_);
        emit ThresholdSet(threshold_);
    }

    /// @inheritdoc IRiskRegistry
    function connect(IAttesterBonds bonds_) external restricted {
        require(bonds == address(0), ConnectedWrongly(msg.sender));
        bonds = address(bonds_);
        challenges = address(bonds_.challenges());
        emit Connected(bonds, challenges);
    }

    // Use

    /// @inheritdoc IRiskRegistry
    function requireSigned(RiskAttestation calldata attestation, AttesterSignature[] calldata signatures) external {
        Council memory council = _council;
        bytes32 inputsHash = _requireUsable(attestation, leafOf(attestation));
        bytes32 digest = _attestationDigest(attestation, inputsHash);
        (, uint64 contracts) = _requireQuorum(council, digest, signatures);
        if (contracts == 0) return;
        _remembered[digest] |= contracts;
        emit Remembered(digest, contracts);
    }

    /// @inheritdoc IRiskRegistry
    function requireLeaf(
        RiskAttestation calldata attestation,
        uint64 epoch,
        bytes32[] calldata merkleProof
    ) external view {
        Council memory council = _council;
        bytes32 leaf = leafOf(attestation);
        Posted storage posted = _requireLeaf(leaf, attestation.checkpoint, attestation.modelHash, epoch, merkleProof);
        uint64 signers = posted.signers;
        require(!posted.isVoid && signers & council.condemned == 0, EpochVoid(epoch));
        // Fewer bonds than the credit of now is measured by stand behind an epoch that was signed under a lower threshold.
        uint256 count = _count(signers);
        require(count >= council.threshold, SignaturesTooFew(count, council.threshold));
        _requireUsable(attestation, leaf);
    }

    /// @inheritdoc IRiskRegistry
    function requireQuorum(bytes32 digest, AttesterSignature[] calldata signatures) external view {
        _requireQuorum(_council, digest, signatures);
    }

    // Views

    /// @inheritdoc IRiskRegistry
    function seatsOf(
        RiskAttestation calldata attestation,
        AttesterSignature[] calldata signatures
    ) external view returns (uint64 seats) {
        _requireModel(attestation.modelHash);
        bytes32 digest = attestationDigest(attestation);
        uint64 remembered = _remembered[digest];
        for (uint256 i = 0; i < signatures.length; ++i) {
            address signer = signatures[i].signer;
            uint64 bit = _bitOf(signer);
            if (remembered & bit == 0) _requireSignature(digest, signatures[i]);
            seats |= bit;
        }
    }

    /// @inheritdoc IRiskRegistry
    function seatsOfLeaf(
        bytes32 leaf,
        uint64 checkpoint,
        bytes32 modelHash_,
        uint64 epoch,
        bytes32[] calldata merkleProof
    ) external view returns (uint64 seats) {
        return _requireLeaf(leaf, checkpoint, modelHash_, epoch, merkleProof).signers;
    }

    /// @inheritdoc IRiskRegistry
    function isAttester(address attester) public view returns (bool) {
        return _council.active & _bitOf(attester) != 0;
    }

    /// @inheritdoc IRiskRegistry
    function attesterCount() external view returns (uint256) {
        return _council.attesters;
    }

    /// @inheritdoc IRiskRegistry
    function threshold() external view returns (uint256) {
        return _council.threshold;
    }

    /// @inheritdoc IRiskRegistry
    function latestEpoch() external view returns (uint64) {
        return _council.latestEpoch;
    }

    /// @inheritdoc IRiskRegistry
    function isSound(uint64 epoch) external view returns (bool) {
        Posted storage posted = _epochs[epoch];
        return posted.checkpoint != 0 && !posted.isVoid && posted.signers & _council.condemned == 0;
    }

    /// @inheritdoc IRiskRegistry
    function epochOf(uint64 epoch) external view returns (RiskEpoch memory) {
        Posted storage posted = _requirePosted(epoch);
        return RiskEpoch(epoch, posted.checkpoint, modelHash, posted.bookRoot, posted.accounts);
    }

    /// @inheritdoc IRiskRegistry
    function epochDigest(RiskEpoch calldata epoch) external view returns (bytes32) {
        return _epochDigest(epoch, hub.inputsHash(epoch.checkpoint));
    }

    /// @inheritdoc IRiskRegistry
    function attestationDigest(RiskAttestation calldata attestation) public view returns (bytes32) {
        return _attestationDigest(attestation, hub.inputsHash(attestation.checkpoint));
    }

    /// @inheritdoc IRiskRegistry
    function leafOf(RiskAttestation calldata attestation) public pure returns (bytes32) {
        return Leaves.hash(attestation);
    }

    /// @inheritdoc IRiskRegistry
    function hashOf(RiskAttestation calldata attestation) external pure returns (bytes32) {
        return Leaves.attestationHash(Leaves.hash(attestation), attestation.modelHash);
    }

    // Internal

    function _count(uint64 seats) private pure returns (uint256 count) {
        for (; seats != 0; seats &= seats - 1) ++count;
    }

    /// @dev Writes the word once; the compiler's own way reads and writes it once a field.
    function _store(Council memory council) private {
        uint256 word = council.active;
        word |= uint256(council.condemned) << 64;
        word |= uint256(council.latestEpoch) << 128;
        word |= uint256(council.latestCheckpoint) << 168;
        word |= uint256(council.threshold) << 216;
        word |= uint256(council.attesters) << 224;
        // Safe: the only word of the struct, its fields from the lowest bit up as the language lays them out.
        assembly ("memory-safe") {
            sstore(_council.slot, word)
        }
    }

    function _epochDigest(RiskEpoch calldata epoch, bytes32 inputsHash) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        EPOCH_TYPEHASH,
                        epoch.epoch,
                        epoch.checkpoint,
                        inputsHash,
                        epoch.modelHash,
                        epoch.bookRoot,
                        epoch.accounts
                    )
                )
            );
    }

    function _attestationDigest(RiskAttestation calldata a, bytes32 inputsHash) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    bytes.concat(
                        abi.encode(ATTESTATION_TYPEHASH, a.account, a.positionsHash, a.collateralHash, a.leastCashE8),
                        abi.encode(a.initialMarginE8, a.maintenanceMarginE8, a.checkpoint),
                        abi.encode(inputsHash, a.modelHash, a.validUntil)
                    )
                )
            );
    }

    function _requirePosted(uint64 epoch) private view returns (Posted storage posted) {
        posted = _epochs[epoch];
        require(posted.checkpoint != 0, EpochUnknown(epoch));
    }

    /// @dev A leaf does not hold the model, which is the registry's: nobody is accused, or believed, under another.
    function _requireLeaf(
        bytes32 leaf,
        uint64 found,
        bytes32 modelHash_,
        uint64 epoch,
        bytes32[] calldata merkleProof
    ) private view returns (Posted storage posted) {
        posted = _requirePosted(epoch);
        uint64 checkpoint = posted.checkpoint;
        require(found == checkpoint, CheckpointOutOfOrder(checkpoint, found));
        _requireModel(modelHash_);
        // Deeper than any book of 2³² accounts: a proof so long that it fits no challenge is no proof.
        bool isShort = merkleProof.length <= LEVELS_MAX;
        require(isShort && MerkleProof.verifyCalldata(merkleProof, posted.bookRoot, leaf), LeafNotInBook(epoch, leaf));
    }

    function _requireUsable(
        RiskAttestation calldata attestation,
        bytes32 leaf
    ) private view returns (bytes32 inputsHash) {
        require(
            block.timestamp <= attestation.validUntil,
            AttestationExpired(attestation.account, attestation.validUntil)
        );
        uint40 time;
        (inputsHash, time) = hub.checkpointOf(attestation.checkpoint);
        require(inputsHash != 0, CheckpointMismatch(attestation.checkpoint, 0, 0));
        _requireYoung(attestation.checkpoint, time);
        _requireModel(attestation.modelHash);
        bytes32 attestationHash = Leaves.attestationHash(leaf, attestation.modelHash);
        require(!isVoid[attestationHash], AttestationVoid(attestationHash));
    }

    function _requireYoung(uint64 checkpoint, uint40 time) private view {
        uint256 age = block.timestamp - time;
        uint256 maxAge = parameters.attestationMaxAgeSeconds();
        require(age <= maxAge, CheckpointTooOld(checkpoint, age, maxAge));
    }

    function _requireModel(bytes32 found) private view {
        require(found == modelHash, ModelMismatch(modelHash, found));
    }

    /// @dev Strictly ascending signers make duplicates impossible without a search.
    function _requireQuorum(
        Council memory council,
        bytes32 digest,
        AttesterSignature[] calldata signatures
    ) private view returns (uint64 signers, uint64 contracts) {
        uint256 count = signatures.length;
        bool suffices = council.threshold != 0 && count >= council.threshold;
        require(suffices, SignaturesTooFew(count, council.threshold));
        address previous = address(0);
        for (uint256 i = 0; i < count; ++i) {
            address signer = signatures[i].signer;
            require(signer > previous, SignersUnsorted(i));
            uint64 bit = _bitOf(signer);
            require(council.active & bit != 0, SignerUnknown(signer));
            if (_requireSignature(digest, signatures[i])) contracts |= bit;
            signers |= bit;
            previous = signer;
        }
    }

    /// @dev Says whether it took the signer's code to tell. Why a key is tried first: looking at the code of an account costs 2,600 gas, and most signers have none.
    function _requireSignature(
        bytes32 digest,
        AttesterSignature calldata signed
    ) private view returns (bool byContract) {
        (address recovered, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signed.signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == signed.signer) return false;
        bool isGood = SignatureChecker.isValidERC1271SignatureNowCalldata(signed.signer, digest, signed.signature);
        require(isGood, SignatureInvalid(signed.signer));
        return true;
    }

    /// @dev The bit of an attester's seat, none when it has no seat.
    function _bitOf(address attester) private view returns (uint64) {
        uint8 place = _seatOf[attester];
        return place == 0 ? 0 : uint64(1) << (place - 1);
    }
}
