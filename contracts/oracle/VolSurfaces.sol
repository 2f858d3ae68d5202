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
import {Kernel} from "../margin/Kernel.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {OptionCaps} from "./OptionCaps.sol";
import {Smiles} from "./Smiles.sol";
import {SurfaceChecks} from "./SurfaceChecks.sol";

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
    /// @notice Of k·bond, what an hour of lies about all open options may be worth. Half of it is lent on attesters' word (CreditBucket), nine tenths are lost: this is the rest.
    uint256 public constant OPTION_RISK_BPS = 4000;

    bytes32 internal constant UPDATE_TYPEHASH = keccak256(
        "SurfaceUpdate(uint16 underlying,uint32 expiry,uint40 time,uint64 forwardE8,uint64 spotE8,int64 aE12,uint64 bE12,int32 rhoE8,int32 mE8,uint32 sigmaE8)"
    );
    bytes32 internal constant PUBLICATION_TYPEHASH = keccak256(
        "SurfacePublication(SurfaceUpdate[] updates)SurfaceUpdate(uint16 underlying,uint32 expiry,uint40 time,uint64 forwardE8,uint64 spotE8,int64 aE12,uint64 bE12,int32 rhoE8,int32 mE8,uint32 sigmaE8)"
    );

    /// @dev `svi` is the word of MRG-004. Two words.
    struct Slice {
        uint64 forwardE8;
        uint64 spotE8;
        uint32 time;
        /// @dev When it came into force.
        uint32 since;
        /// @dev When the first of the two before it was set aside; only in `present`.
        uint32 asideTime;
        /// @dev What an hour of lies moves one unit by, as a part of spot, E6.
        uint24 riskE6;
        /// @dev Whether there is a second before it; only in `present`, so that a reader need not look for it.
        bool hasOlder;
        bytes32 svi;
    }

    /// @dev Two earlier surfaces, set aside at least a delay apart, so that one of them was in force a delay ago or earlier, and is at most two delays old when surfaces come often.
    struct History {
        Slice present;
        Slice aside;
        Slice older;
    }

    ISpotMarkets public immutable spots;
    IRiskRegistry public immutable registry;
    address public immutable hub;
    SurfaceParameters private _parameters;
    mapping(uint16 underlying => uint32[]) private _expiries;
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
        registry.requireQuorum(publicationDigest(updates), signatures);
        SurfaceParameters memory p = _parameters;
        for (uint256 i = 0; i < updates.length; ++i) _publish(updates[i], p);
    }

    /// @inheritdoc IVolSurfaces
    function setSurfaceParameters(SurfaceParameters calldata p) external restricted {
        bool sound =
            p.volStepE8 != 0 &&
                p.volStepE8 <= ONE / 4 &&
                p.forwardStepE8 <= ONE / 10 &&
                p.forwardBandE8 <= ONE / 2 &&
                p.forwardBandYearE8 <= ONE &&
                p.volMinE8 != 0 &&
                p.volMinE8 < p.volMaxE8 &&
                p.discountRateE12 <= ONE_E12;
        require(sound, SurfaceParametersInvalid());
        _parameters = p;
        emit SurfaceParametersSet(p);
    }

    /// @inheritdoc IVolSurfaces
    function retire(uint16 underlying, uint32 expiry) external {
        require(msg.sender == hub, NotTheHub(msg.sender));
        uint32[] storage expiries = _expiries[underlying];
        uint256 count = expiries.length;
        uint256 place = 0;
        while (place < count && expiries[place] != expiry) ++place;
        if (place == count) return;
        for (; place + 1 < count; ++place) expiries[place] = expiries[place + 1];
        expiries.pop();
        delete _histories[underlying][expiry];
        emit ExpiryRetired(underlying, expiry);
    }

    // Views

    /// @inheritdoc IVolSurfaces
    function recordsOf(uint16 underlying, uint64 spotE8) external view returns (bytes memory records) {
        uint32[] memory expiries = _expiries[underlying];
        uint256 rateE12 = _parameters.discountRateE12;
        records = new bytes(128 * expiries.length);
        for (uint256 i = 0; i < expiries.length; ++i) {
            uint256[4] memory words = _record(underlying, expiries[i], spotE8, rateE12);
            // Safe: writes the four words of place i of the bytes allocated above.
            assembly ("memory-safe") {
                mcopy(add(add(records, 32), mul(i, 128)), words, 128)
            }
        }
    }

    /// @inheritdoc IVolSurfaces
    function expiriesOf(uint16 underlying) external view returns (uint32[] memory expiries) {
        return _expiries[underlying];
    }

    /// @inheritdoc IVolSurfaces
    function firstExpiry(uint16 underlying) external view returns (uint32 expiry) {
        uint32[] storage expiries = _expiries[underlying];
        return expiries.length == 0 ? 0 : expiries[0];
    }

    /// @inheritdoc IVolSurfaces
    function surfaceOf(uint16 underlying, uint32 expiry) external view returns (SurfaceUpdate memory surface) {
        Slice memory slice = _histories[underlying][expiry].present;
        if (slice.since == 0) return surface;
        uint256 w = uint256(slice.svi);
        surface = SurfaceUpdate({
            underlying: underlying,
            expiry: expiry,
            time: slice.time,
            forwardE8: slice.forwardE8,
            spotE8: slice.spotE8,
            aE12: int64(uint64(w >> 192)),
            bE12: uint64(w >> 128),
            rhoE8: int32(uint32(w >> 96)),
            mE8: int32(uint32(w >> 64)),
            sigmaE8: uint32(w >> 32)
        });
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
        Slice memory present = history.present;
        _requireTime(s, present);
        if (present.since == 0) _list(s.underlying, s.expiry);
        uint256 tau = s.expiry - block.timestamp;
        require(SurfaceChecks.isInDomain(s), SurfaceOutOfDomain(s.underlying, s.expiry));
        require(SurfaceChecks.isButterflyFree(s, tau), SurfaceButterfly(s.underlying, s.expiry));
        _requireForward(s, p, present, tau);
        bytes32 svi = _pack(s);
        uint24 riskE6 = uint24(_requireVolatility(s, p, present, tau, svi));
        _store(
            history,
            present,
            Slice(s.forwardE8, s.spotE8, uint32(s.time), uint32(block.timestamp), 0, riskE6, false, svi)
        );
        emit SurfacePublished(s.underlying, s.expiry, s.time, s.forwardE8, s.spotE8, svi);
    }

    function _requireTime(SurfaceUpdate calldata s, Slice memory present) private view {
        bool sound = s.time <= block.timestamp && block.timestamp - s.time <= AGE_MAX_SECONDS && s.time > present.time;
        require(sound, SurfaceTimeWrong(s.underlying, s.expiry, s.time, present.time));
        require(s.expiry > block.timestamp, ExpiryNotListable(s.underlying, s.expiry));
    }

    /// @dev Puts a new expiry in its place.
    /// @custom:spec ORC-010
    function _list(uint16 underlying, uint32 expiry) private {
        uint32[] storage expiries = _expiries[underlying];
        uint256 count = expiries.length;
        bool listable =
            underlying != 0 &&
                underlying <= spots.underlyingCount() &&
                expiry % DELAY_SECONDS == 0 &&
                expiry >= block.timestamp + LISTED_MIN_SECONDS &&
                expiry <= block.timestamp + LISTED_MAX_SECONDS &&
                count < MarginDomain.EXPIRIES_MAX;
        require(listable, ExpiryNotListable(underlying, expiry));
        expiries.push(expiry);
        for (uint256 i = count; i > 0 && expiries[i - 1] > expiry; --i) {
            (expiries[i], expiries[i - 1]) = (expiries[i - 1], expiry);
        }
    }

    /// @custom:spec ORC-014
    function _requireForward(
        SurfaceUpdate calldata s,
        SurfaceParameters memory p,
        Slice memory present,
        uint256 tau
    ) private view {
        uint256 ratioE8 = (s.forwardE8 * ONE) / s.spotE8;
        uint256 before = present.since == 0 ? ratioE8 : (present.forwardE8 * ONE) / present.spotE8;
        uint256 elapsed = block.timestamp - present.since;
        // One unit more, because both ratios were rounded.
        uint256 step = (uint256(p.forwardStepE8) * (elapsed < HOUR ? elapsed : HOUR)) / HOUR + 1;
        uint256 spotE8 = spots.storedSpotE8(s.underlying);
        bool sound =
            _distance(ratioE8, ONE) <= SurfaceChecks.forwardBandE8(p, tau) &&
                _distance(ratioE8, before) <= step &&
                _distance(s.spotE8, spotE8) * ONE <= SPOT_BAND_E8 * spotE8;
        require(sound, ForwardOutOfBand(s.underlying, s.expiry, ratioE8, before));
    }

    /// @return riskE6 What an hour of lies moves one unit by (ORC-015).
    /// @custom:spec ORC-012
    /// @custom:spec ORC-013
    function _requireVolatility(
        SurfaceUpdate calldata s,
        SurfaceParameters memory p,
        Slice memory present,
        uint256 tau,
        bytes32 svi
    ) private view returns (uint256 riskE6) {
        int256[13] memory k = SurfaceChecks.points(tau);
        uint256[13] memory vols = SurfaceChecks.volatilities(Smiles.unpack(uint256(svi)), k, 0);
        bool inBand = vols[6] * ONE >= uint256(p.volMinE8) << 32 && vols[6] * ONE <= uint256(p.volMaxE8) << 32;
        require(inBand, SurfaceStep(s.underlying, s.expiry, 0, 0, vols[6]));
        if (present.since != 0) {
            // The same strikes, seen from the forward of the surface before.
            uint256[13] memory before = SurfaceChecks.volatilities(
                Smiles.unpack(uint256(present.svi)),
                k,
                Kernel.ln(s.forwardE8, present.forwardE8)
            );
            uint256 step = SurfaceChecks.allowedStepE8(p, tau, block.timestamp - present.since);
            uint256 i = SurfaceChecks.firstStep(before, vols, step);
            if (i < 13) revert SurfaceStep(s.underlying, s.expiry, k[i], before[i], vols[i]);
        }
        _requireCalendar(s, k, vols, tau);
        return SurfaceChecks.riskE6(p, vols, (s.forwardE8 * ONE) / s.spotE8, tau);
    }

    /// @dev Compares with the neighbours that are in force.
    /// @custom:spec ORC-013
    function _requireCalendar(
        SurfaceUpdate calldata s,
        int256[13] memory k,
        uint256[13] memory vols,
        uint256 tau
    ) private view {
        uint32[] memory expiries = _expiries[s.underlying];
        uint256 place = 0;
        while (expiries[place] != s.expiry) ++place;
        if (place > 0 && expiries[place - 1] > block.timestamp) {
            uint32 nearer = expiries[place - 1];
            uint256[13] memory others = _volatilities(s.underlying, nearer, k);
            uint256 i = SurfaceChecks.firstCrossing(others, nearer - block.timestamp, vols, tau);
            if (i < 13) revert SurfaceCalendar(s.underlying, nearer, s.expiry, k[i]);
        }
        if (place + 1 < expiries.length) {
            uint32 farther = expiries[place + 1];
            uint256[13] memory others = _volatilities(s.underlying, farther, k);
            uint256 i = SurfaceChecks.firstCrossing(vols, tau, others, farther - block.timestamp);
            if (i < 13) revert SurfaceCalendar(s.underlying, s.expiry, farther, k[i]);
        }
    }

    function _volatilities(
        uint16 underlying,
        uint32 expiry,
        int256[13] memory k
    ) private view returns (uint256[13] memory) {
        Slice storage slice = _histories[underlying][expiry].present;
        return SurfaceChecks.volatilities(Smiles.unpack(uint256(slice.svi)), k, 0);
    }

    /// @dev The surface before is set aside when none was for a delay.
    function _store(History storage history, Slice memory present, Slice memory next) private {
        (next.asideTime, next.hasOlder) = (present.asideTime, present.hasOlder);
        if (present.since != 0 && block.timestamp - present.asideTime >= DELAY_SECONDS) {
            if (present.asideTime != 0) (history.older, next.hasOlder) = (history.aside, true);
            history.aside = present;
            next.asideTime = uint32(block.timestamp);
        }
        history.present = next;
    }

    /// @custom:spec MRG-004
    /// @custom:spec MRG-011
    function _record(
        uint16 underlying,
        uint32 expiry,
        uint64 spotE8,
        uint256 rateE12
    ) private view returns (uint256[4] memory words) {
        History storage history = _histories[underlying][expiry];
        Slice memory present = history.present;
        Slice memory delayed = _delayed(history, present);
        uint256 tau = expiry > block.timestamp ? expiry - block.timestamp : 0;
        uint256 discountE12 = tau == 0 || rateE12 == 0 ? ONE_E12 : Discounts.discount(rateE12, tau);
        uint256 forward;
        uint256 delayedForward;
        if (tau > DELAY_SECONDS) {
            forward = Forwards.outsideWindow(spotE8, present.forwardE8, present.spotE8);
            delayedForward = Forwards.outsideWindow(spotE8, delayed.forwardE8, delayed.spotE8);
        } else {
            uint256 average = spots.windowAverageE8(underlying, expiry);
            forward = Forwards.insideWindow(spotE8, average, tau);
            delayedForward = forward;
        }
        words[0] = (uint256(expiry) << 224) | (uint256(present.time) << 184) | (discountE12 << 144);
        words[0] |= (forward << 80) | (uint256(present.forwardE8) << 16);
        words[1] = uint256(present.svi);
        words[2] = (delayedForward << 192) | (uint256(delayed.forwardE8) << 128);
        words[3] = uint256(delayed.svi);
    }

    /// @dev What was in force a delay ago or earlier; of a younger listing the oldest there is.
    function _delayed(History storage history, Slice memory present) private view returns (Slice memory) {
        if (present.asideTime == 0 || block.timestamp - present.since >= DELAY_SECONDS) return present;
        bool isAside = block.timestamp - present.asideTime >= DELAY_SECONDS || !present.hasOlder;
        return isAside ? history.aside : history.older;
    }

    /// @dev As of each expiry's last publication: whoever lies publishes.
    /// @custom:spec ORC-015
    function _riskE8(uint16 underlying, uint256 spotE8) private view returns (uint256 perUnitE8) {
        uint32[] memory expiries = _expiries[underlying];
        uint256 largestE6 = 0;
        for (uint256 i = 0; i < expiries.length; ++i) {
            if (expiries[i] <= block.timestamp) continue;
            uint256 riskE6 = _histories[underlying][expiries[i]].present.riskE6;
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
