// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {IVolSurfaces, SurfaceParameters, SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {AttesterSignature} from "../interfaces/RiskTypes.sol";
import {Discounts} from "../margin/Discounts.sol";
import {Forwards} from "../margin/Forwards.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {Domains} from "../risk/Domains.sol";
import {OptionCaps} from "./OptionCaps.sol";
import {SurfaceChecks} from "./SurfaceChecks.sol";
import {SurfaceWords} from "./SurfaceWords.sol";

/// @title Volatility surfaces
contract VolSurfaces is IVolSurfaces, AccessManaged, EIP712 {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant ONE_E12 = 1e12;
    uint256 internal constant YEAR = 31_536_000;
    uint256 internal constant HOUR = 3600;
    uint256 internal constant LISTED_MIN_SECONDS = 3600;
    uint256 internal constant LISTED_MAX_SECONDS = 2 * YEAR;
    uint256 internal constant AGE_MAX_SECONDS = 600;
    uint256 internal constant DELAY_SECONDS = 1800;
    /// @dev How far a surface's spot may lie from the hub's.
    uint256 internal constant SPOT_BAND_E8 = 1e7;
    uint256 internal constant BPS = 10_000;
    uint256 internal constant EXPIRY_BITS = 32;
    uint256 internal constant TO_WORD = 8;
    /// @dev Room for as many as MRG-010 has.
    uint256 internal constant EXPIRY_WORDS = 4;
    /// @notice Of k·bond, what an hour of lies about all open options may be worth. Half of it is lent on attesters' word (CreditBucket), nine tenths are lost: this is the rest.
    uint256 public constant OPTION_RISK_BPS = 4000;

    bytes32 internal constant UPDATE_TYPEHASH = keccak256(
        "SurfaceUpdate(uint16 underlying,uint32 expiry,uint40 time,uint64 forwardE8,uint64 spotE8,int64 aE12,uint64 bE12,int32 rhoE8,int32 mE8,uint32 sigmaE8)"
    );
    bytes32 internal constant PUBLICATION_TYPEHASH = keccak256(
        "SurfacePublication(SurfaceUpdate[] updates)SurfaceUpdate(uint16 underlying,uint32 expiry,uint40 time,uint64 forwardE8,uint64 spotE8,int64 aE12,uint64 bE12,int32 rhoE8,int32 mE8,uint32 sigmaE8)"
    );

    /// @dev Two earlier surfaces, set aside at least a delay apart, so that one of them was in force a delay ago or earlier, and is at most two delays old when surfaces come often. A word each (`SurfaceWords`): a reader of prices pays for every one.
    struct History {
        uint256 stamp;
        uint256 present;
        uint256 aside;
        uint256 older;
    }

    /// @dev The present surface in memory; `svi` is the word of MRG-004, all zero when there is none.
    struct Present {
        uint256 stamp;
        uint256 since;
        uint256 forwardE8;
        uint256 spotE8;
        uint256 svi;
    }

    ISpotMarkets public immutable spots;
    IRiskRegistry public immutable registry;
    address public immutable hub;
    bool public override isStopped;
    SurfaceParameters private _parameters;
    /// @dev Eight to a word, ascending from the low bits; zero ends them.
    mapping(uint16 underlying => uint256[EXPIRY_WORDS]) private _expiries;
    mapping(uint16 underlying => mapping(uint32 expiry => History)) private _histories;

    constructor(
        address authority,
        ISpotMarkets spots_,
        IRiskRegistry registry_,
        address hub_
    ) AccessManaged(authority) EIP712("OnchainMargin VolSurfaces", "1") {
        spots = spots_;
        registry = registry_;
        hub = hub_;
    }

    // Publication

    /// @inheritdoc IVolSurfaces
    function publish(SurfaceUpdate[] calldata updates, AttesterSignature[] calldata signatures) external {
        require(!isStopped, SurfacesStopped());
        registry.requireQuorum(publicationDigest(updates), signatures);
        SurfaceParameters memory p = _parameters;
        for (uint256 i = 0; i < updates.length; ++i) _publish(updates[i], p);
    }

    /// @inheritdoc IVolSurfaces
    /// @custom:spec ORC-010
    function setStopped(bool isStopped_) external restricted {
        isStopped = isStopped_;
        emit StoppedSet(isStopped_);
    }

    /// @inheritdoc IVolSurfaces
    /// @custom:spec PAR-007
    function setSurfaceParameters(SurfaceParameters calldata p) external restricted {
        Domains.requireWithin("volStepE8", p.volStepE8, 2e6, 2e7);
        Domains.requireWithin("forwardStepE8", p.forwardStepE8, 1e5, 1e6);
        Domains.requireWithin("forwardBandE8", p.forwardBandE8, 25e4, 3e6);
        Domains.requireWithin("forwardBandYearE8", p.forwardBandYearE8, 0, 5e7);
        Domains.requireWithin("volMinE8", p.volMinE8, 1e6, 2e7);
        Domains.requireWithin("volMaxE8", p.volMaxE8, 2 * ONE, 10 * ONE);
        Domains.requireWithin("discountRateE12", p.discountRateE12, 0, ONE_E12 / 5);
        _parameters = p;
        emit SurfaceParametersSet(p);
    }

    /// @inheritdoc IVolSurfaces
    function retire(uint16 underlying, uint32 expiry) external {
        require(msg.sender == hub, NotTheHub(msg.sender));
        uint32[] memory expiries = expiriesOf(underlying);
        uint256 count = expiries.length;
        uint256 place = 0;
        while (place < count && expiries[place] != expiry) ++place;
        if (place == count) return;
        for (; place + 1 < count; ++place) expiries[place] = expiries[place + 1];
        expiries[count - 1] = 0;
        _keepExpiries(underlying, expiries);
        delete _histories[underlying][expiry];
        emit ExpiryRetired(underlying, expiry);
    }

    // Views

    /// @inheritdoc IVolSurfaces
    function recordsOf(uint16 underlying, uint64 spotE8) external view returns (bytes memory records) {
        uint32[] memory expiries = expiriesOf(underlying);
        uint256 rateE12 = _parameters.discountRateE12;
        records = new bytes(128 * expiries.length);
        for (uint256 i = 0; i < expiries.length; ++i) {
            uint256 place;
            // Safe: the four words of place i of the bytes allocated above.
            assembly ("memory-safe") {
                place := add(add(records, 32), mul(i, 128))
            }
            _writeRecord(place, underlying, expiries[i], spotE8, rateE12);
        }
    }

    /// @inheritdoc IVolSurfaces
    function expiriesOf(uint16 underlying) public view returns (uint32[] memory expiries) {
        expiries = new uint32[](MarginDomain.EXPIRIES_MAX);
        uint256 count = 0;
        for (uint256 word = 0; word < EXPIRY_WORDS && count == word * TO_WORD; ++word) {
            for (uint256 w = _expiries[underlying][word]; w != 0; w >>= EXPIRY_BITS) expiries[count++] = uint32(w);
        }
        // Safe: only ever shortens the array.
        assembly ("memory-safe") {
            mstore(expiries, count)
        }
    }

    /// @inheritdoc IVolSurfaces
    function firstExpiry(uint16 underlying) external view returns (uint32 expiry) {
        return uint32(_expiries[underlying][0]);
    }

    /// @inheritdoc IVolSurfaces
    function surfaceOf(uint16 underlying, uint32 expiry) external view returns (SurfaceUpdate memory surface) {
        Present memory present = _present(_histories[underlying][expiry]);
        if (present.since == 0) return surface;
        uint256 w = present.svi;
        surface = SurfaceUpdate({
            underlying: underlying,
            expiry: expiry,
            time: uint40(SurfaceWords.timeOf(present.stamp)),
            forwardE8: uint64(present.forwardE8),
            spotE8: uint64(present.spotE8),
            aE12: int64(uint64(w >> 192)),
            bE12: uint64(w >> 128),
            rhoE8: int32(uint32(w >> 96)),
            mE8: int32(uint32(w >> 64)),
            sigmaE8: uint32(w >> 32)
        });
    }

    /// @inheritdoc IVolSurfaces
    /// @custom:spec MRG-011
    function liveForwardE8(uint16 underlying, uint32 expiry, uint256 spotE8) external view returns (uint256 forwardE8) {
        Present memory present = _present(_histories[underlying][expiry]);
        if (present.stamp == 0) return spotE8;
        uint256 tau = expiry > block.timestamp ? expiry - block.timestamp : 0;
        (forwardE8, , ) = _liveForward(underlying, expiry, tau, spotE8, present.forwardE8, present.spotE8);
    }

    /// @inheritdoc IVolSurfaces
    function surfaceRiskE8(uint16 underlying) external view returns (uint256 perUnitE8) {
        return _riskE8(underlying, spots.storedSpotE8(underlying));
    }

    /// @inheritdoc IVolSurfaces
    function optionInterestMaxE8(
        uint256[] calldata openE8,
        uint256[] calldata spotsE8
    ) external view returns (uint256[] memory mostE8) {
        uint256[] memory risksE8 = new uint256[](openE8.length);
        for (uint256 i = 0; i < openE8.length; ++i) risksE8[i] = _riskE8(uint16(i + 1), spotsE8[i]);
        return OptionCaps.largestE8(openE8, risksE8, riskLimitE8());
    }

    /// @inheritdoc IVolSurfaces
    function riskLimitE8() public view returns (uint256 limitE8) {
        address bonds = registry.bonds();
        if (bonds == address(0)) return 0;
        return (registry.threshold() * IAttesterBonds(bonds).bondE8() * OPTION_RISK_BPS) / BPS;
    }

    /// @inheritdoc IVolSurfaces
    function surfaceParameters() external view returns (SurfaceParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IVolSurfaces
    function publicationDigest(SurfaceUpdate[] calldata updates) public view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](updates.length);
        // All fields are static, so the struct encodes as its fields do.
        for (uint256 i = 0; i < updates.length; ++i) hashes[i] = keccak256(abi.encode(UPDATE_TYPEHASH, updates[i]));
        return _hashTypedDataV4(keccak256(abi.encode(PUBLICATION_TYPEHASH, keccak256(abi.encodePacked(hashes)))));
    }

    // Internal

    function _publish(SurfaceUpdate calldata s, SurfaceParameters memory p) private {
        History storage history = _histories[s.underlying][s.expiry];
        Present memory present = _present(history);
        _requireTime(s, present);
        if (present.since == 0) _list(s.underlying, s.expiry);
        uint256 tau = s.expiry - block.timestamp;
        require(SurfaceChecks.isInDomain(s), SurfaceOutOfDomain(s.underlying, s.expiry));
        require(SurfaceChecks.isButterflyFree(s, tau), SurfaceButterfly(s.underlying, s.expiry));
        uint256 spotE8 = spots.storedSpotE8(s.underlying);
        _requireForward(s, p, present, tau, spotE8);
        bytes32 svi = _pack(s);
        _store(history, present, s, svi, _requireVolatility(s, p, present, svi, spotE8));
        emit SurfacePublished(s.underlying, s.expiry, s.time, s.forwardE8, s.spotE8, svi);
    }

    function _present(History storage history) private view returns (Present memory present) {
        uint256 stamp = history.stamp;
        if (stamp == 0) return present;
        uint256 word = history.present;
        (present.stamp, present.since) = (stamp, SurfaceWords.sinceOf(stamp));
        present.spotE8 = SurfaceWords.spotE8Of(stamp, SurfaceWords.PRESENT);
        (present.forwardE8, present.svi) = (SurfaceWords.forwardE8Of(word), SurfaceWords.sviOf(word));
    }

    function _requireTime(SurfaceUpdate calldata s, Present memory present) private view {
        uint256 before = SurfaceWords.timeOf(present.stamp);
        bool sound = s.time <= block.timestamp && block.timestamp - s.time <= AGE_MAX_SECONDS && s.time > before;
        require(sound, SurfaceTimeWrong(s.underlying, s.expiry, s.time, uint40(before)));
        require(s.expiry > block.timestamp, ExpiryNotListable(s.underlying, s.expiry));
    }

    /// @dev Puts a new expiry in its place.
    /// @custom:spec ORC-010
    function _list(uint16 underlying, uint32 expiry) private {
        uint32[] memory listed = expiriesOf(underlying);
        uint256 count = listed.length;
        bool listable =
            underlying != 0 &&
                underlying <= spots.underlyingCount() &&
                expiry % DELAY_SECONDS == 0 &&
                expiry >= block.timestamp + LISTED_MIN_SECONDS &&
                expiry <= block.timestamp + LISTED_MAX_SECONDS &&
                count < MarginDomain.EXPIRIES_MAX;
        require(listable, ExpiryNotListable(underlying, expiry));
        uint32[] memory expiries = new uint32[](count + 1);
        uint256 place = count;
        for (; place > 0 && listed[place - 1] > expiry; --place) expiries[place] = listed[place - 1];
        expiries[place] = expiry;
        while (place > 0) (expiries[place - 1], place) = (listed[place - 1], place - 1);
        _keepExpiries(underlying, expiries);
    }

    /// @dev Ascending, and zero where one has gone. Words behind are zero already.
    function _keepExpiries(uint16 underlying, uint32[] memory expiries) private {
        for (uint256 first = 0; first < expiries.length; first += TO_WORD) {
            uint256 word = 0;
            for (uint256 i = 0; i < TO_WORD && first + i < expiries.length; ++i) {
                word |= uint256(expiries[first + i]) << (EXPIRY_BITS * i);
            }
            _expiries[underlying][first / TO_WORD] = word;
        }
    }

    /// @custom:spec ORC-014
    function _requireForward(
        SurfaceUpdate calldata s,
        SurfaceParameters memory p,
        Present memory present,
        uint256 tau,
        uint256 spotE8
    ) private view {
        uint256 ratioE8 = (s.forwardE8 * ONE) / s.spotE8;
        uint256 before = present.since == 0 ? 0 : (present.forwardE8 * ONE) / present.spotE8;
        uint256 elapsed = block.timestamp - present.since;
        // One unit more, because both ratios were rounded.
        uint256 step = (uint256(p.forwardStepE8) * (elapsed < HOUR ? elapsed : HOUR)) / HOUR + 1;
        bool sound =
            SurfaceChecks.isForwardInBand(p, tau, ratioE8, before) &&
                (present.since == 0 || _distance(ratioE8, before) <= step) &&
                _distance(s.spotE8, spotE8) * ONE <= SPOT_BAND_E8 * spotE8;
        require(sound, ForwardOutOfBand(s.underlying, s.expiry, ratioE8, before));
    }

    /// @dev Everything is looked at around the live forward, by which options are valued: S may lie off spot, and F with it, but points that S moved would look beside the money.
    /// @return riskE6 What an hour of lies moves one unit by (ORC-015).
    /// @custom:spec ORC-012
    /// @custom:spec ORC-013
    function _requireVolatility(
        SurfaceUpdate calldata s,
        SurfaceParameters memory p,
        Present memory present,
        bytes32 svi,
        uint256 spotE8
    ) private view returns (uint256 riskE6) {
        uint256 tau = s.expiry - block.timestamp;
        (uint256 liveE8, , ) = _liveForward(s.underlying, s.expiry, tau, spotE8, s.forwardE8, s.spotE8);
        int256[13] memory k = SurfaceChecks.points(tau);
        uint256[13] memory vols = SurfaceChecks.volatilities(uint256(svi), s.forwardE8, k, liveE8);
        // The same strikes on the surface before; zeros where there is none.
        uint256[13] memory before;
        if (present.since != 0) before = SurfaceChecks.volatilities(present.svi, present.forwardE8, k, liveE8);
        bool inBand = SurfaceChecks.isVolatilityInBand(p, vols[6], before[6]);
        require(inBand, SurfaceStep(s.underlying, s.expiry, 0, before[6], vols[6]));
        if (present.since != 0) {
            uint256 step = SurfaceChecks.allowedStepE8(p, tau, block.timestamp - present.since);
            uint256 i = SurfaceChecks.firstStep(before, vols, step);
            if (i < 13) revert SurfaceStep(s.underlying, s.expiry, k[i], before[i], vols[i]);
        }
        _requireCalendar(s, k, vols, spotE8);
        return SurfaceChecks.riskE6(p, k, vols, (liveE8 * ONE) / spotE8, tau);
    }

    /// @dev Compares with the neighbours that are in force, each around its own live forward.
    /// @custom:spec ORC-013
    function _requireCalendar(
        SurfaceUpdate calldata s,
        int256[13] memory k,
        uint256[13] memory vols,
        uint256 spotE8
    ) private view {
        uint256 tau = s.expiry - block.timestamp;
        uint32[] memory expiries = expiriesOf(s.underlying);
        uint256 place = 0;
        while (expiries[place] != s.expiry) ++place;
        if (place > 0 && expiries[place - 1] > block.timestamp) {
            uint32 nearer = expiries[place - 1];
            uint256[13] memory others = _volatilities(s.underlying, nearer, k, spotE8);
            uint256 i = SurfaceChecks.firstCrossing(others, nearer - block.timestamp, vols, tau);
            if (i < 13) revert SurfaceCalendar(s.underlying, nearer, s.expiry, k[i]);
        }
        if (place + 1 < expiries.length) {
            uint32 farther = expiries[place + 1];
            uint256[13] memory others = _volatilities(s.underlying, farther, k, spotE8);
            uint256 i = SurfaceChecks.firstCrossing(vols, tau, others, farther - block.timestamp);
            if (i < 13) revert SurfaceCalendar(s.underlying, s.expiry, farther, k[i]);
        }
    }

    function _volatilities(
        uint16 underlying,
        uint32 expiry,
        int256[13] memory k,
        uint256 spotE8
    ) private view returns (uint256[13] memory) {
        Present memory other = _present(_histories[underlying][expiry]);
        uint256 tau = expiry - block.timestamp;
        (uint256 liveE8, , ) = _liveForward(underlying, expiry, tau, spotE8, other.forwardE8, other.spotE8);
        return SurfaceChecks.volatilities(other.svi, other.forwardE8, k, liveE8);
    }

    /// @dev The live forward; inside its window the one that stands beside it, which is another while the market is halted; and how many of 1800 parts follow the spot at most.
    /// @custom:spec MRG-011
    function _liveForward(
        uint16 underlying,
        uint32 expiry,
        uint256 tau,
        uint256 spotE8,
        uint256 publishedForwardE8,
        uint256 publishedSpotE8
    ) private view returns (uint256 forwardE8, uint256 besideE8, uint256 followSeconds) {
        if (tau > Forwards.WINDOW_SECONDS)
            return (Forwards.outsideWindow(spotE8, publishedForwardE8, publishedSpotE8), 0, Forwards.WINDOW_SECONDS);
        (uint256 sumE8, uint256 covered, uint256 remaining, uint256 stalled) = spots.settlementWindow(
            underlying,
            expiry
        );
        return Forwards.pairInsideWindow(spotE8, sumE8, covered, remaining, stalled);
    }

    /// @dev The surface before is set aside when none was for a delay.
    function _store(
        History storage history,
        Present memory present,
        SurfaceUpdate calldata s,
        bytes32 svi,
        uint256 riskE6
    ) private {
        uint256 asideTime = SurfaceWords.asideTimeOf(present.stamp);
        uint256 asideSpot = SurfaceWords.spotE8Of(present.stamp, SurfaceWords.ASIDE);
        uint256 olderSpot = SurfaceWords.spotE8Of(present.stamp, SurfaceWords.OLDER);
        if (present.since != 0 && block.timestamp - asideTime >= DELAY_SECONDS) {
            if (asideTime != 0) (history.older, olderSpot) = (history.aside, asideSpot);
            (history.aside, asideSpot) = (history.present, present.spotE8);
            asideTime = block.timestamp;
        }
        uint256 stamp = SurfaceWords.stampOf(block.timestamp, block.timestamp - s.time, asideTime, riskE6);
        stamp = SurfaceWords.withSpot(stamp, SurfaceWords.PRESENT, s.spotE8);
        stamp = SurfaceWords.withSpot(stamp, SurfaceWords.ASIDE, asideSpot);
        history.stamp = SurfaceWords.withSpot(stamp, SurfaceWords.OLDER, olderSpot);
        history.present = SurfaceWords.pack(s.forwardE8, uint256(svi));
    }

    /// @dev Writes the four words of an expiry to a place in memory.
    /// @custom:spec MRG-004
    /// @custom:spec MRG-011
    function _writeRecord(
        uint256 place,
        uint16 underlying,
        uint32 expiry,
        uint64 spotE8,
        uint256 rateE12
    ) private view {
        History storage history = _histories[underlying][expiry];
        (uint256 stamp, uint256 word) = (history.stamp, history.present);
        uint256 tau = expiry > block.timestamp ? expiry - block.timestamp : 0;
        uint256 first = tau == 0 || rateE12 == 0 ? ONE_E12 : Discounts.discount(rateE12, tau);
        first = (uint256(expiry) << 224) | (SurfaceWords.timeOf(stamp) << 184) | (first << 144);
        uint256 published = SurfaceWords.forwardE8Of(word);
        uint256 spot = SurfaceWords.spotE8Of(stamp, SurfaceWords.PRESENT);
        (uint256 forward, uint256 delayed, uint256 followSeconds) = _liveForward(
            underlying,
            expiry,
            tau,
            spotE8,
            published,
            spot
        );
        first |= (forward << 80) | (published << 16) | followSeconds;
        if (delayed == 0) delayed = forward;
        uint256 svi = SurfaceWords.sviOf(word);
        uint256 delayedSvi = svi;
        uint256 which = _delayed(stamp);
        if (which != SurfaceWords.PRESENT) {
            word = which == SurfaceWords.ASIDE ? history.aside : history.older;
            published = SurfaceWords.forwardE8Of(word);
            spot = SurfaceWords.spotE8Of(stamp, which);
            if (tau > Forwards.WINDOW_SECONDS) delayed = Forwards.outsideWindow(spotE8, published, spot);
            delayedSvi = SurfaceWords.sviOf(word);
        }
        // Safe: the caller allocated the four words.
        assembly ("memory-safe") {
            mstore(place, first)
            mstore(add(place, 32), svi)
            mstore(add(place, 64), or(shl(192, delayed), shl(128, published)))
            mstore(add(place, 96), delayedSvi)
        }
    }

    /// @dev Which was in force a delay ago or earlier; of a younger listing the oldest there is.
    function _delayed(uint256 stamp) private view returns (uint256 place) {
        uint256 asideTime = SurfaceWords.asideTimeOf(stamp);
        if (asideTime == 0 || block.timestamp - SurfaceWords.sinceOf(stamp) >= DELAY_SECONDS)
            return SurfaceWords.PRESENT;
        bool isAside =
            block.timestamp - asideTime >= DELAY_SECONDS || SurfaceWords.spotE8Of(stamp, SurfaceWords.OLDER) == 0;
        return isAside ? SurfaceWords.ASIDE : SurfaceWords.OLDER;
    }

    /// @dev As of each expiry's last publication: whoever lies publishes.
    /// @custom:spec ORC-015
    function _riskE8(uint16 underlying, uint256 spotE8) private view returns (uint256 perUnitE8) {
        uint32[] memory expiries = expiriesOf(underlying);
        uint256 largestE6 = 0;
        for (uint256 i = 0; i < expiries.length; ++i) {
            if (expiries[i] <= block.timestamp) continue;
            uint256 riskE6 = SurfaceWords.riskE6Of(_histories[underlying][expiries[i]].stamp);
            if (riskE6 > largestE6) largestE6 = riskE6;
        }
        return (spotE8 * largestE6 + 1e6 - 1) / 1e6;
    }

    function _pack(SurfaceUpdate calldata s) private pure returns (bytes32) {
        return bytes32(abi.encodePacked(s.aE12, s.bE12, s.rhoE8, s.mE8, s.sigmaE8, uint32(0)));
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
