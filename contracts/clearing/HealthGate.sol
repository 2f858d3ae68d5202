// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof, ProofKind} from "../interfaces/ClearingTypes.sol";
import {HealthQuestion, IHealthGate, PriceTrust} from "../interfaces/IHealthGate.sol";
import {FloorFigures, IFloorReferee, Quote} from "../interfaces/IFloorReferee.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {ICreditBucket} from "../interfaces/ICreditBucket.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {Figures, IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {ClearingParameters, IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {HeadroomHealth, LeafHealth, RiskAttestation, SignedHealth} from "../interfaces/RiskTypes.sol";
import {AccountStates} from "../margin/AccountStates.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {AttestedCredit} from "../risk/AttestedCredit.sol";
import {AveragedRecords} from "./AveragedRecords.sol";
import {Exposures} from "./Exposures.sol";
import {SignedDivision} from "./SignedDivision.sol";

/// @title The gate
contract HealthGate is IHealthGate {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;
    uint256 internal constant WORD = 32;
    /// @dev The least band of an option, of its forward.
    uint256 internal constant LEAST_BAND_E8 = 1000;
    /// @dev What part of the band a reduction may give away whose account rests on a halted market.
    uint256 internal constant NARROW_PARTS = 10;
    /// @dev What part of the maintenance margin tokens are worth, at least, that an account rests on.
    int256 internal constant RESTING_PARTS = 100;

    /// @dev How old the surface of an expiry may be in which a fill opens something.
    uint256 internal constant SURFACE_OPENS_SECONDS = 3600;

    IReferee public immutable referee;
    IFloorReferee public immutable floors;
    IRiskRegistry public immutable registry;
    IPriceHub public immutable hub;
    IRiskParameters public immutable parameters;
    ICreditBucket public immutable bucket;

    constructor(
        IReferee referee_,
        IFloorReferee floors_,
        IRiskRegistry registry_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        ICreditBucket bucket_
    ) {
        referee = referee_;
        floors = floors_;
        registry = registry_;
        hub = hub_;
        parameters = parameters_;
        bucket = bucket_;
    }

    /// @inheritdoc IHealthGate
    function requireHealthy(
        HealthQuestion calldata question,
        Proof calldata proof,
        bytes calldata checkpoint,
        bytes calldata records
    ) external returns (uint256 feeE8) {
        if (proof.kind == ProofKind.Reducing) {
            _requireReducing(question, checkpoint, records);
            return 0;
        }
        bool isComputed = proof.kind == ProofKind.Computed;
        FloorFigures memory figures;
        uint256 initialE8 = 0;
        bytes memory balances = question.balancesAfter;
        (uint256 moved, uint256 waiting) = (0, 0);
        if (question.trust != PriceTrust.Live) {
            uint256 held = question.trust == PriceTrust.Adverse ? 0 : Exposures.underlyingsOf(question.stateAfter);
            (moved, waiting) = _movedAndWaiting(question, held, checkpoint, records);
        }
        uint256 adverse = question.trust == PriceTrust.Adverse ? waiting : 0;
        if (isComputed && waiting != 0) {
            // Without them, so that they lower no margin either.
            (balances, waiting) = (Exposures.without(question.balancesAfter, checkpoint, waiting), 0);
        }
        if (isComputed) (figures, initialE8) = _compute(question, balances, checkpoint, records);
        else figures = _floor(question, checkpoint, records);
        int256 aside = int256(question.lockedE8);
        if (moved | waiting != 0) {
            aside += _dropE8(question, balances, figures.equityE8, moved, waiting, checkpoint, records);
        }
        if (adverse != 0) aside += _wonE8(question.stateAfter, adverse, checkpoint, records);
        uint256 creditE8 = 0;
        if (!isComputed) {
            creditE8 = _creditOf(question, checkpoint, records, figures.floorEquityE8 - aside);
            feeE8 = _feeOn(creditE8);
            // All that follows is to be shown without what is paid for it.
            aside += int256(feeE8);
        }
        if (isComputed) {
            require(
                figures.equityE8 - aside >= int256(initialE8),
                MarginTooLow(question.account, figures.equityE8 - aside, initialE8)
            );
        } else if (proof.kind == ProofKind.Headroom) {
            _requireHeadroom(question, proof.data, figures.equityE8, aside, checkpoint, records);
        } else {
            _requireAttested(question, proof, aside, checkpoint, records);
        }
        int256 floorEquityE8 = figures.floorEquityE8 - aside;
        require(
            floorEquityE8 >= int256(figures.floorE8),
            FloorTooLow(question.account, floorEquityE8, figures.floorE8)
        );
        // What is paid is lent, too: it leaves the account's cash. Only the clearinghouse may have an attestation told as used, which the bucket asks, too.
        if (creditE8 != 0) bucket.take(msg.sender, question.account, creditE8 + feeE8);
        else if (!isComputed)
            require(msg.sender == address(hub.clearinghouse()), ICreditBucket.NotConnected(msg.sender));
    }

    /// @inheritdoc IHealthGate
    /// @custom:spec CLR-013
    /// @custom:spec CLR-017
    function requireInBand(
        uint96 instrument,
        uint256 priceE8,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (uint256 forwardE8, bool isStale) {
        uint256 expiry = Instruments.expiryOf(instrument);
        require(block.timestamp < expiry, Expired(instrument, expiry));
        (uint256 mark, uint256 band, uint256 liveE8) = _datedBand(instrument, checkpoint, records);
        uint256 distance = priceE8 > mark ? priceE8 - mark : mark - priceE8;
        require(distance <= band, IClearingEvents.PriceOutOfBand(instrument, priceE8, mark, band));
        // In an expiry's last hour, for which nobody has quotes, a surface of the hour before holds.
        uint256 until = Exposures.surfaceTime(records, instrument) + SURFACE_OPENS_SECONDS;
        return (liveE8, block.timestamp > until && expiry > until + SURFACE_OPENS_SECONDS);
    }

    /// @inheritdoc IHealthGate
    function attesters() external view returns (address) {
        return address(bucket.bonds());
    }

    // Kinds of proof

    /// @custom:spec CLR-020
    function _compute(
        HealthQuestion calldata question,
        bytes memory balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (FloorFigures memory, uint256 initialE8) {
        Figures memory figures = referee.health(
            question.stateAfter,
            balances,
            checkpoint,
            records,
            SurfaceChoice.Worse
        );
        return (FloorFigures(figures.equityE8, figures.floorE8, figures.floorEquityE8), figures.initialE8);
    }

    function _floor(
        HealthQuestion calldata question,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (FloorFigures memory) {
        return floors.floorOf(question.stateAfter, question.balancesAfter, checkpoint, records, SurfaceChoice.Worse);
    }

    /// @custom:spec CLR-020
    function _requireAttested(
        HealthQuestion calldata question,
        Proof calldata proof,
        int256 aside,
        bytes calldata checkpoint,
        bytes calldata records
    ) private {
        int256 least = _requireProof(question, false, uint8(proof.kind), proof.data, checkpoint, records);
        int256 cash = AccountStates.cashE8(question.stateAfter);
        require(cash - aside >= least, CashTooLow(question.account, cash - aside, least));
    }

    /// @custom:spec CLR-020
    /// @custom:spec MRG-058
    function _requireHeadroom(
        HealthQuestion calldata question,
        bytes calldata data,
        int256 equityAfterE8,
        int256 aside,
        bytes calldata checkpoint,
        bytes calldata records
    ) private {
        require(question.stateBefore.length != 0, ProofNotAllowed(question.account, uint8(ProofKind.Headroom)));
        HeadroomHealth calldata headroom = _headroomIn(data);
        int256 least = _requireProof(question, true, headroom.kind, headroom.data, checkpoint, records);
        int256 cash = AccountStates.cashE8(question.stateAfter);
        for (uint256 i = 0; i < question.instruments.length; ++i) {
            (uint96 instrument, int64 sizeE8) = (question.instruments[i], question.sizesE8[i]);
            if (sizeE8 == 0) continue;
            SurfaceChoice choice = _choiceFor(question, instrument, sizeE8, checkpoint, records);
            least += int256(referee.headroom(instrument, sizeE8, checkpoint, records, choice));
        }
        int256 loss =
            _equityBefore(question, checkpoint, records) -
                AccountStates.cashE8(question.stateBefore) -
                (equityAfterE8 - cash);
        if (loss > 0) least += loss;
        require(cash - aside >= least, CashTooLow(question.account, cash - aside, least));
    }

    /// @dev On which surfaces a fill's rise is asked for, so that account before, account after and fill alone count on one.
    /// @custom:spec MRG-058
    function _choiceFor(
        HealthQuestion calldata question,
        uint96 instrument,
        int64 sizeE8,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (SurfaceChoice) {
        if (Instruments.kindOf(instrument) == Instruments.PERPETUAL) return SurfaceChoice.Worse;
        bytes calldata had = Exposures.ofExpiry(question.stateBefore, instrument);
        bytes calldata has = Exposures.ofExpiry(question.stateAfter, instrument);
        bool isDelayed = _delayedLess(had.length != 0 ? had : has, checkpoint, records) < 0;
        bool turned = had.length != 0 && has.length != 0 && _delayedLess(has, checkpoint, records) < 0 != isDelayed;
        bytes memory fill = abi.encodePacked(AccountStates.pack(instrument, sizeE8, 0));
        int256 alone = _delayedLess(fill, checkpoint, records);
        // A future that is worth the same on both is the same on both: they have one forward.
        bool isSame = alone == 0 && !Instruments.isOption(instrument);
        if (!turned && (isSame || alone < 0 == isDelayed)) return SurfaceChoice.Worse;
        require(!turned && alone > 0 == isDelayed, HeadroomTurned(question.account, instrument));
        return SurfaceChoice.Better;
    }

    /// @dev What positions of one expiry are worth on the delayed surface less what they are on the present one: MRG-012 takes the delayed one as the worse where that is negative, as the better where it is positive.
    function _delayedLess(
        bytes memory positions,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (int256) {
        (int256 presentE16, int256 delayedE16) = floors.worthsOf(positions, checkpoint, records);
        return delayedE16 - presentE16;
    }

    /// @custom:spec CLR-020
    function _requireReducing(
        HealthQuestion calldata question,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view {
        require(question.stateBefore.length != 0, ProofNotAllowed(question.account, uint8(ProofKind.Reducing)));
        _requireSmaller(question);
        Figures memory earlier = referee.health(
            question.stateBefore,
            question.balancesBefore,
            checkpoint,
            records,
            SurfaceChoice.Present
        );
        Figures memory later = referee.health(
            question.stateAfter,
            question.balancesAfter,
            checkpoint,
            records,
            SurfaceChoice.Present
        );
        int256 excessBefore = earlier.equityE8 - int256(earlier.maintenanceE8);
        int256 excessAfter = later.equityE8 - int256(later.maintenanceE8);
        uint256 relief = 0;
        // Below the maintenance margin a reduction must be worth a new hash, or its owner could dodge a liquidation by small ones.
        if (excessBefore < 0) {
            relief = (uint256(parameters.clearing().minReliefE8) * earlier.maintenanceE8 + ONE - 1) / ONE;
        }
        // Nor may what is left be worse covered than before: the loss of a trade would be somebody else's.
        if (earlier.maintenanceE8 != 0) {
            int256 covered = (earlier.equityE8 * int256(later.maintenanceE8)).ceil(int256(earlier.maintenanceE8));
            int256 least = covered - int256(later.maintenanceE8) - excessBefore;
            if (least > int256(relief)) relief = uint256(least);
        }
        require(
            excessAfter - excessBefore >= int256(relief),
            ReliefTooSmall(question.account, excessBefore, excessAfter, relief)
        );
        if (later.equityE8 < earlier.equityE8) {
            _requireNearMarks(question, earlier.equityE8, later.equityE8, checkpoint, records);
        }
    }

    /// @dev What a reduction loses beside the mark its counterparty wins: no more than the band of what became smaller, or fills there and back would carry out that of any size. Of an account that may have lost more than can be seen it is the money of others.
    /// @custom:spec CLR-016
    /// @custom:spec CLR-020
    function _requireNearMarks(
        HealthQuestion calldata question,
        int256 equityBeforeE8,
        int256 equityAfterE8,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view {
        bool isHalted =
            question.trust != PriceTrust.Live && _restsOnHalted(question, equityAfterE8, checkpoint, records);
        uint256 parts = isHalted ? NARROW_PARTS : 1;
        uint256 mostE8 = 0;
        for (uint256 i = 0; i < question.instruments.length; ++i) {
            uint256 size = int256(question.sizesE8[i]).abs();
            if (size != 0)
                mostE8 += (size * _mayLoseE16(question.instruments[i], parts, checkpoint, records)) / ONE ** 2;
        }
        uint256 lostE8 = uint256(equityBeforeE8 - equityAfterE8);
        require(lostE8 <= mostE8, ReductionTooDear(question.account, lostE8, mostE8));
    }

    /// @dev Whether the account has a position in a halted market, or lacks maintenance margin without its tokens of one, which are worth a hundredth of that or more. Less may be a stranger's, whose unit would take from an account in need nine tenths of the band. Whether it has the margin with them is not asked: who lacks it with them, too, would give away what is not there as well, and could see to it that he does.
    /// @custom:spec CLR-016
    function _restsOnHalted(
        HealthQuestion calldata question,
        int256 equityE8,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (bool) {
        (, uint256 halted) = _movedAndWaiting(question, 0, checkpoint, records);
        if (halted == 0 || halted & Exposures.underlyingsOf(question.stateAfter) != 0) return halted != 0;
        bytes memory balances = Exposures.without(question.balancesAfter, checkpoint, halted);
        Figures memory rest = referee.health(question.stateAfter, balances, checkpoint, records, SurfaceChoice.Present);
        int256 maintenanceE8 = int256(rest.maintenanceE8);
        return rest.equityE8 < maintenanceE8 && (equityE8 - rest.equityE8) * RESTING_PARTS >= maintenanceE8;
    }

    /// @dev What a reduction may lose by a unit that it closes: a part of the band, and the fee of a price at its edge.
    function _mayLoseE16(
        uint96 instrument,
        uint256 parts,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (uint256) {
        ClearingParameters memory p = parameters.clearing();
        (uint256 mark, uint256 band) = (0, 0);
        if (Instruments.kindOf(instrument) != Instruments.PERPETUAL) {
            (mark, band, ) = _datedBand(instrument, checkpoint, records);
        } else {
            uint256 prices = Checkpoints.word(Exposures.find(records, Instruments.underlyingOf(instrument)), 0);
            mark = uint64(prices >> 128);
            band = (p.priceBandE8 * mark) / ONE;
        }
        uint256 rate = p.takerFeeE8 > p.makerFeeE8 ? p.takerFeeE8 : p.makerFeeE8;
        return (ONE * band) / parts + rate * (mark + band) + ONE;
    }

    /// @dev How far from its mark a future or an option trades.
    /// @custom:spec CLR-013
    function _datedBand(
        uint96 instrument,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (uint256 markE8, uint256 bandE8, uint256 forwardE8) {
        Quote memory quote = floors.quoteOf(instrument, checkpoint, records);
        ClearingParameters memory p = parameters.clearing();
        (markE8, forwardE8) = (quote.markE8 > 0 ? uint256(quote.markE8) : 0, quote.forwardE8);
        bandE8 = (p.priceBandE8 * markE8) / ONE;
        if (!Instruments.isOption(instrument)) return (markE8, bandE8, forwardE8);
        uint256 ofVega = (p.volBandE8 * quote.vegaE8.abs()) / (2 * ONE);
        if (ofVega > bandE8) bandE8 = ofVega;
        // A worthless option has neither mark nor vega: its holders may still close at a price of next to nothing.
        uint256 least = (forwardE8 * LEAST_BAND_E8) / ONE;
        if (least > bandE8) bandE8 = least;
    }

    function _requireSmaller(HealthQuestion calldata question) private pure {
        bytes calldata earlier = question.stateBefore;
        for (uint256 i = 0; i < question.instruments.length; ++i) {
            uint96 instrument = question.instruments[i];
            int256 before = Exposures.sizeOf(earlier, instrument);
            int256 later = Exposures.sizeOf(question.stateAfter, instrument);
            bool turned = later != 0 && (later > 0) != (before > 0);
            require(!turned && later.abs() <= before.abs(), NotReducing(question.account, instrument, before, later));
        }
    }

    // Attestations

    /// @dev What the attesters' word adds to what the chain sees for itself.
    /// @custom:spec CLR-050
    function _creditOf(
        HealthQuestion calldata question,
        bytes calldata checkpoint,
        bytes calldata records,
        int256 floorEquityE8
    ) private pure returns (uint256) {
        return AttestedCredit.creditOf(question.stateAfter, question.balancesAfter, checkpoint, records, floorEquityE8);
    }

    /// @custom:spec CLR-054
    function _feeOn(uint256 creditE8) private view returns (uint256) {
        return creditE8 == 0 ? 0 : AttestedCredit.feeUp(creditE8, parameters.clearing().creditFeeE8);
    }

    /// @dev An attestation of this account, whichever way it was signed, while nothing that it is of has drifted since its checkpoint. What the registry accepts is told with all that a challenge needs, whoever called and through whatever contract.
    /// @param isEarlier Whether it is of the account before the operation.
    /// @return leastE8 The cash that it says is needed.
    /// @custom:spec CLR-053
    function _requireProof(
        HealthQuestion calldata question,
        bool isEarlier,
        uint8 kind,
        bytes calldata data,
        bytes calldata checkpoint,
        bytes calldata records
    ) private returns (int256 leastE8) {
        bytes calldata state = isEarlier ? question.stateBefore : question.stateAfter;
        bytes calldata balances = isEarlier ? question.balancesBefore : question.balancesAfter;
        // Of the account after, the state that is emitted next tells them.
        bytes calldata positions = isEarlier ? state[AccountStates.HEADER_BYTES:] : state[:0];
        if (kind == uint8(ProofKind.Signed)) {
            SignedHealth calldata signed = _signedIn(data);
            registry.requireSigned(signed.attestation, signed.signatures);
            emit SignedAttestationUsed(signed.attestation, signed.signatures, signed.balances, positions);
            _requireSubject(question.account, state, balances, signed.attestation, signed.balances);
            _requireSteady(state, signed.balances, signed.attestation.checkpoint, checkpoint, records);
            return signed.attestation.leastCashE8;
        }
        require(kind == uint8(ProofKind.Leaf), ProofNotAllowed(question.account, kind));
        LeafHealth calldata leaf = _leafIn(data);
        registry.requireLeaf(leaf.attestation, leaf.epoch, leaf.merkleProof);
        emit LeafUsed(leaf.attestation, leaf.epoch, leaf.merkleProof, leaf.balances, positions);
        _requireSubject(question.account, state, balances, leaf.attestation, leaf.balances);
        _requireSteady(state, leaf.balances, leaf.attestation.checkpoint, checkpoint, records);
        return leaf.attestation.leastCashE8;
    }

    /// @dev The attestation is of this account, these positions, and at most this collateral.
    function _requireSubject(
        uint64 account,
        bytes calldata state,
        bytes calldata balances,
        RiskAttestation calldata a,
        bytes calldata named
    ) private pure {
        require(a.account == account, ProofOfAnother(account, bytes32(uint256(account)), bytes32(uint256(a.account))));
        bytes32 positions = keccak256(state[AccountStates.HEADER_BYTES:]);
        require(a.positionsHash == positions, ProofOfAnother(account, positions, a.positionsHash));
        bytes32 collateral = keccak256(named);
        require(a.collateralHash == collateral, ProofOfAnother(account, collateral, a.collateralHash));
        Exposures.requireAtLeast(account, balances, named);
    }

    /// @dev No price that the attestation rests on moved more than the largest drift since its checkpoint. Of one whose prices the hub has forgotten all have.
    /// @param named The tokens that it names: others, which anybody may deposit, are in none of its figures.
    /// @custom:spec CLR-022
    function _requireSteady(
        bytes calldata state,
        bytes calldata named,
        uint64 then,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view {
        uint256 largest = parameters.maxDriftE8();
        uint256 touched = Exposures.touched(state, named, checkpoint);
        for (uint256 u = 1; touched >> u != 0; ++u) {
            if ((touched >> u) & 1 == 0) continue;
            _requireNear(u, hub.spotE8At(then, uint16(u)), Exposures.spotIn(Exposures.find(records, u)), largest);
        }
        for (uint256 i = 0; i < named.length / WORD; ++i) {
            uint256 token = Exposures.tokenAt(named, i);
            uint256 earlier = hub.tokenPriceE8At(then, uint16(token));
            _requireNear(token, earlier, Exposures.tokenPriceOf(checkpoint, token), largest);
        }
    }

    // What a proof's data is the encoding of, read in place. Safe, all three: wherever the data points to, the compiler's own reads stay inside the calldata, and what they find is compared with a signature, a root or a hash.

    function _signedIn(bytes calldata data) private pure returns (SignedHealth calldata signed) {
        assembly ("memory-safe") {
            signed := add(data.offset, calldataload(data.offset))
        }
    }

    function _leafIn(bytes calldata data) private pure returns (LeafHealth calldata leaf) {
        assembly ("memory-safe") {
            leaf := add(data.offset, calldataload(data.offset))
        }
    }

    function _headroomIn(bytes calldata data) private pure returns (HeadroomHealth calldata headroom) {
        assembly ("memory-safe") {
            headroom := add(data.offset, calldataload(data.offset))
        }
    }

    function _requireNear(uint256 subject, uint256 earlier, uint256 later, uint256 largestE8) private pure {
        uint256 moved = earlier > later ? earlier - later : later - earlier;
        require(moved * ONE <= largestE8 * earlier, Drifted(subject, earlier, later));
    }

    // Figures

    /// @dev Underlyings by bits: those that count at their average, and those that the operation may not rest on.
    /// @param positions Underlyings in which positions wait: of who takes over a lot none does.
    /// Why tokens do not wait: anybody may deposit a unit of one, and would keep the owner from taking out, or trading, all else.
    /// @custom:spec CLR-016
    /// @custom:spec CLR-020
    /// @custom:spec CLR-021
    function _movedAndWaiting(
        HealthQuestion calldata question,
        uint256 positions,
        bytes calldata checkpoint,
        bytes calldata records
    ) private pure returns (uint256 moved, uint256 waiting) {
        uint256 touched = Exposures.touched(question.stateAfter, question.balancesAfter, checkpoint);
        bool averaged = question.trust == PriceTrust.Averaged;
        for (uint256 u = 1; touched >> u != 0; ++u) {
            if ((touched >> u) & 1 == 0) continue;
            bytes calldata record = Exposures.find(records, u);
            uint256 second = Checkpoints.word(record, 1);
            uint256 marketState = uint8(second >> 32);
            bool waits =
                averaged ? Checkpoints.ofPrices(marketState) != Checkpoints.NORMAL : marketState == Checkpoints.HALTED;
            if (waits) {
                require((positions >> u) & 1 == 0, IClearingEvents.MarketNotNormal(u, marketState));
                waiting |= 1 << u;
            } else if (averaged && Exposures.spotIn(record) != second >> 192) {
                moved |= 1 << u;
            }
        }
    }

    /// @dev What equity loses when spot is replaced by its average, and by tokens that count for nothing. With options whose spot is not its average all is priced anew.
    /// @param balances Tokens that the equity is of.
    /// @param waiting Whose tokens are among them, and count for nothing.
    /// @custom:spec CLR-021
    function _dropE8(
        HealthQuestion calldata question,
        bytes memory balances,
        int256 equityE8,
        uint256 moved,
        uint256 waiting,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (int256 dropE8) {
        if (waiting != 0) dropE8 = _worthE16(question, waiting, false, checkpoint, records).ceil(int256(ONE));
        if (Exposures.holdsOption(question.stateAfter, moved)) {
            (bytes memory averaged, bytes memory averages) = AveragedRecords.average(checkpoint, records);
            int256 averagedE8 = floors.equityOf(question.stateAfter, balances, averaged, averages, SurfaceChoice.Worse);
            return dropE8 + (equityE8 > averagedE8 ? equityE8 - averagedE8 : int256(0));
        }
        int256 dropE16 = _worthE16(question, moved, true, checkpoint, records);
        return dropE8 + (dropE16 > 0 ? dropE16.ceil(int256(ONE)) : int256(0));
    }

    /// @dev What positions of some underlyings are worth above their costs, in each that is: what is lost in one makes no gain of another surer.
    /// @custom:spec CLR-016
    function _wonE8(
        bytes calldata state,
        uint256 underlyings,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (int256 wonE8) {
        for (uint256 u = 1; underlyings >> u != 0; ++u) {
            if ((underlyings >> u) & 1 == 0) continue;
            bytes memory alone = bytes.concat(AccountStates.empty(), Exposures.ofUnderlying(state, u));
            int256 worthE8 = _equityE8(alone, "", checkpoint, records);
            if (worthE8 > 0) wonE8 += worthE8;
        }
    }

    /// @dev Units held of some underlyings: tokens alone at spot, all of them at what spot is above its average.
    function _worthE16(
        HealthQuestion calldata question,
        uint256 underlyings,
        bool isDrop,
        bytes calldata checkpoint,
        bytes calldata records
    ) private pure returns (int256 sumE16) {
        for (uint256 u = 1; underlyings >> u != 0; ++u) {
            if ((underlyings >> u) & 1 == 0) continue;
            bytes calldata record = Exposures.find(records, u);
            int256 priceE8 = int256(Exposures.spotIn(record));
            if (isDrop) priceE8 -= int256(Checkpoints.word(record, 1) >> 192);
            bytes calldata state = isDrop ? question.stateAfter : question.stateAfter[:0];
            sumE16 += Exposures.deltaOf(state, question.balancesAfter, checkpoint, record) * priceE8;
        }
    }

    function _equityE8(
        bytes memory state,
        bytes memory balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (int256) {
        return floors.equityOf(state, balances, checkpoint, records, SurfaceChoice.Worse);
    }

    function _equityBefore(
        HealthQuestion calldata question,
        bytes calldata checkpoint,
        bytes calldata records
    ) private view returns (int256) {
        return floors.equityOf(question.stateBefore, question.balancesBefore, checkpoint, records, SurfaceChoice.Worse);
    }
}
