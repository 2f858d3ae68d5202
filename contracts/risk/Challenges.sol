// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {Accused, IChallenges, Preimages} from "../interfaces/IChallenges.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {Figures, IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {RiskAttestation, RiskEpoch} from "../interfaces/RiskTypes.sol";
import {AccountStates} from "../margin/AccountStates.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {CollateralMissing, ExpiryMissing} from "../margin/MarginErrors.sol";
import {Leaves} from "./Leaves.sol";

/// @title Challenges
/// @custom:spec CLR-052
contract Challenges is IChallenges {
    uint256 internal constant ONE = 1e8;
    /// @notice How long after its checkpoint an attestation can be challenged.
    uint256 public constant HORIZON_SECONDS = 7 days;
    /// @notice How long there is to supply a leaf.
    uint256 public constant DEMAND_SECONDS = 600;

    IRiskRegistry public immutable registry;
    IAttesterBonds public immutable bonds;
    IPriceHub public immutable hub;
    IRiskParameters public immutable parameters;
    IReferee private immutable _referee;
    IReferee private immutable _witnesses;
    mapping(bytes32 commitment => uint256 blockNumber) private _commitments;
    mapping(uint64 epoch => mapping(uint64 account => uint256)) public override deadlineOf;

    constructor(IRiskRegistry registry_, IAttesterBonds bonds_, IPriceHub hub_, IRiskParameters parameters_) {
        registry = registry_;
        bonds = bonds_;
        hub = hub_;
        parameters = parameters_;
        _referee = registry_.referee();
        _witnesses = registry_.witness();
    }

    // Wrong attestations

    /// @inheritdoc IChallenges
    function commit(bytes32 commitment) external {
        uint256 since = _commitments[commitment];
        if (since == 0) since = _commitments[commitment] = block.number;
        emit Committed(commitment, since);
    }

    /// @inheritdoc IChallenges
    function refute(
        Accused calldata accused,
        Preimages calldata preimages,
        bytes calldata witness,
        bytes32 salt
    ) external {
        (bytes32 attestationHash, uint64 seats) = _open(accused, preimages);
        (int256 equityE8, uint256 maintenanceE8) = _witnesses.witnessMargin(
            _stateOf(preimages.positions),
            preimages.balances,
            preimages.checkpoint,
            preimages.records,
            SurfaceChoice.Worse,
            witness
        );
        // Why a lower bound of the initial margin: it has the factor on MM, of which this is one, and adds terms that are never negative (MRG-052).
        uint256 factorE8 = uint32(Checkpoints.word(preimages.checkpoint, 0) >> 104);
        uint256 initialE8 = (factorE8 * maintenanceE8 + ONE - 1) / ONE;
        // The state has no cash, so that its equity is what leastCash leaves out (MRG-056).
        int256 leastCashE8 = int256(initialE8) - equityE8;
        require(
            _isHarmful(accused.attestation, maintenanceE8, initialE8, leastCashE8),
            WitnessShowsNothing(accused.attestation.account, maintenanceE8, initialE8, leastCashE8)
        );
        _slash(accused, attestationHash, seats, salt);
    }

    /// @inheritdoc IChallenges
    function recompute(Accused calldata accused, Preimages calldata preimages, bytes32 salt) external {
        (bytes32 attestationHash, uint64 seats) = _open(accused, preimages);
        RiskAttestation calldata a = accused.attestation;
        (bool isKnown, Figures memory figures) = _figuresOf(preimages);
        bool isHarmful =
            isKnown ? _isHarmful(a, figures.maintenanceE8, figures.initialE8, figures.leastCashE8) : !_asksForAll(a);
        if (isHarmful) {
            _slash(accused, attestationHash, seats, salt);
            return;
        }
        bool isTrue =
            !isKnown ||
                (figures.leastCashE8 == a.leastCashE8 &&
                    figures.initialE8 == uint64(a.initialMarginE8) &&
                    figures.maintenanceE8 == uint64(a.maintenanceMarginE8));
        require(!isTrue, AttestationTrue(a.account));
        registry.voidAttestation(attestationHash);
        emit Corrected(attestationHash, accused.epoch, a.account, msg.sender);
    }

    // Withheld leaves

    /// @inheritdoc IChallenges
    function demand(uint64 epoch, uint64 account) external {
        RiskEpoch memory posted = registry.epochOf(epoch);
        (, uint40 taken) = hub.checkpointOf(posted.checkpoint);
        uint256 age = block.timestamp - taken;
        bool isUsable = registry.isSound(epoch) && age <= parameters.attestationMaxAgeSeconds();
        bool isInBook = account != 0 && account <= posted.accounts;
        require(isUsable && isInBook && deadlineOf[epoch][account] == 0, DemandRefused(epoch, account));
        uint256 deadline = block.timestamp + DEMAND_SECONDS;
        deadlineOf[epoch][account] = deadline;
        emit Demanded(epoch, account, deadline);
    }

    /// @inheritdoc IChallenges
    function supply(RiskAttestation calldata attestation, uint64 epoch, bytes32[] calldata merkleProof) external {
        uint64 account = attestation.account;
        uint256 deadline = deadlineOf[epoch][account];
        bool isDue = deadline != 0 && deadline != type(uint256).max && block.timestamp <= deadline;
        require(isDue, DemandNotDue(epoch, account, deadline));
        registry.seatsOfLeaf(
            Leaves.hash(attestation),
            attestation.checkpoint,
            attestation.modelHash,
            epoch,
            merkleProof
        );
        // Not asked for again: everybody has seen it now.
        deadlineOf[epoch][account] = type(uint256).max;
        emit Supplied(epoch, account, attestation, merkleProof);
    }

    /// @inheritdoc IChallenges
    function voidWithheld(uint64 epoch, uint64 account) external {
        uint256 deadline = deadlineOf[epoch][account];
        require(deadline != 0 && block.timestamp > deadline, DemandNotDue(epoch, account, deadline));
        registry.voidEpoch(epoch);
    }

    // Internal

    /// @dev Checks everything that an attestation names, and finds who signed it.
    function _open(
        Accused calldata accused,
        Preimages calldata preimages
    ) private view returns (bytes32 attestationHash, uint64 seats) {
        RiskAttestation calldata a = accused.attestation;
        bytes32 leaf = Leaves.hash(a);
        attestationHash = Leaves.attestationHash(leaf, a.modelHash);
        _requirePreimage(hub.inputsHash(a.checkpoint), preimages.checkpoint);
        uint256 age = block.timestamp - uint40(Checkpoints.word(preimages.checkpoint, 0) >> 152);
        require(age <= HORIZON_SECONDS, ChallengeTooLate(a.checkpoint, age, HORIZON_SECONDS));
        seats =
            accused.epoch == 0
                ? registry.seatsOf(a, accused.signatures)
                : registry.seatsOfLeaf(leaf, a.checkpoint, a.modelHash, accused.epoch, accused.merkleProof);
        _requirePreimage(a.positionsHash, preimages.positions);
        _requirePreimage(a.collateralHash, preimages.balances);
    }

    /// @dev Says whether an attestation can say the figures: the checkpoint lists all expiries that the positions name and all tokens of the collateral, and the margins fit their fields; an honest signer asks for all the cash there is where not. Why that is asked of the referee: it finds an expiry
    /// missing only in a record whose hash it has compared, and a token only in the checkpoint itself, so the answer is the checkpoint's, whatever records were brought. Attesters list expiries themselves, after a checkpoint that they then attest at; so may a token be listed.
    function _figuresOf(Preimages calldata preimages) private view returns (bool isKnown, Figures memory figures) {
        try
            _referee.health(
                _stateOf(preimages.positions),
                preimages.balances,
                preimages.checkpoint,
                preimages.records,
                SurfaceChoice.Worse
            )
        returns (Figures memory computed) {
            // Why the initial margin alone: it is never less than the maintenance margin (MRG-052).
            return (computed.initialE8 <= uint64(type(int64).max), computed);
        } catch (bytes memory reason) {
            bool isMissing = bytes4(reason) == ExpiryMissing.selector || bytes4(reason) == CollateralMissing.selector;
            if (isMissing) return (false, figures);
            // Safe: ends the call with the referee's reason as it is.
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
    }

    function _requirePreimage(bytes32 expected, bytes calldata preimage) private pure {
        bytes32 found = keccak256(preimage);
        require(found == expected, PreimageMismatch(expected, found));
    }

    /// @dev Asks for all the cash there is. No account has it, so it shows nobody's health and can harm nobody.
    function _asksForAll(RiskAttestation calldata a) private pure returns (bool) {
        return a.leastCashE8 == type(int128).max;
    }

    function _isHarmful(
        RiskAttestation calldata a,
        uint256 maintenanceE8,
        uint256 initialE8,
        int256 leastCashE8
    ) private pure returns (bool) {
        return
            !_asksForAll(a) &&
            (leastCashE8 > a.leastCashE8 ||
                int256(initialE8) > a.initialMarginE8 ||
                int256(maintenanceE8) > a.maintenanceMarginE8);
    }

    function _slash(Accused calldata accused, bytes32 attestationHash, uint64 seats, bytes32 salt) private {
        uint64 account = accused.attestation.account;
        bytes32 commitment = keccak256(abi.encode(msg.sender, attestationHash, salt));
        uint256 committed = _commitments[commitment];
        require(committed != 0 && committed < block.number, NotCommitted(commitment));
        delete _commitments[commitment];
        uint256 slashed = bonds.slash(seats, msg.sender);
        require(slashed != 0, NobodyBonded(account));
        emit Refuted(attestationHash, accused.epoch, account, msg.sender, seats, slashed, commitment);
    }

    /// @dev A state of these positions without cash: requirements do not depend on it.
    function _stateOf(bytes calldata positions) private pure returns (bytes memory) {
        return bytes.concat(AccountStates.empty(), positions);
    }
}
