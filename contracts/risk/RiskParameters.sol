// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {
    ClearingParameters,
    InterestParameters,
    IRiskParameters,
    LiquidationParameters,
    OracleParameters,
    TokenParameters,
    TokenStep,
    UnderlyingParameters,
    UnderlyingStep
} from "../interfaces/IRiskParameters.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {Domains} from "./Domains.sol";
import {ParameterDomains} from "./ParameterDomains.sol";
import {Ramps} from "./Ramps.sol";

/// @title Risk parameters
/// @dev What is virtual is so for the naive variant in contracts/test/mutants alone.
contract RiskParameters is IRiskParameters, AccessManaged {
    uint256 internal constant ONE = 1e8;
    /// @dev The longest tenor that a basis charge is bounded for.
    uint256 internal constant TENOR_YEARS = 2;
    uint256 internal constant DAY = 86_400;
    uint16 internal constant TOKENS_MAX = 32;
    /// @dev The least charge of a short option is this part of the price range, and this at least.
    uint32 internal constant SHORT_MINIMUM_PARTS = 16;
    uint32 internal constant SHORT_MINIMUM_LEAST_E8 = 1e6;

    uint256 internal constant RAMP_MIN_SECONDS = DAY / 2;
    uint256 internal constant RAMP_MAX_SECONDS = 14 * DAY;

    /// @dev Where a change began, and when.
    struct UnderlyingRamp {
        UnderlyingParameters from;
        uint40 start;
        uint40 end;
    }

    struct TokenRamp {
        TokenParameters from;
        uint40 start;
        uint40 end;
    }

    ParameterDomains private immutable _domains = new ParameterDomains();
    uint32 public override rampSeconds;
    /// @dev A bit a token, never taken back: whatever its values, a token that was set once is not new.
    uint256 private _tokensSet;
    mapping(uint16 underlying => uint128) public override riskInterestMaxE8;
    uint16 public override underlyingCount;
    /// @dev Until then something may be on its way; in one word with the count and the factor, which every reader reads, so that a market without ramps pays nothing for them.
    uint40 private _rampsEnd;
    uint32 private _factorFromE8;
    uint32 private _factorE8;
    uint40 private _factorStart;
    uint40 private _factorEnd;
    /// @dev Targets: what is in force is on its way to them.
    mapping(uint16 underlying => UnderlyingParameters) private _underlyings;
    mapping(uint16 underlying => UnderlyingRamp) private _underlyingRamps;
    TokenParameters[TOKENS_MAX] private _tokens;
    mapping(uint16 token => TokenRamp) private _tokenRamps;
    ClearingParameters private _clearing;
    InterestParameters private _interest;
    OracleParameters private _oracle;
    LiquidationParameters private _liquidation;

    constructor(address authority, uint32 initialFactorE8_) AccessManaged(authority) {
        _setInitialFactor(initialFactorE8_);
    }

    /// @inheritdoc IRiskParameters
    function setInitialFactor(uint32 initialFactorE8_) external restricted {
        _setInitialFactor(initialFactorE8_);
        for (uint16 u = 1; u <= underlyingCount; ++u) _requireCoupled(u);
        _requireCoupled(0);
    }

    /// @inheritdoc IRiskParameters
    function setRampSeconds(uint32 seconds_) external restricted {
        Domains.requireWithin("rampSeconds", seconds_, RAMP_MIN_SECONDS, RAMP_MAX_SECONDS);
        rampSeconds = seconds_;
        emit RampSecondsSet(seconds_);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-005
    function setUnderlying(uint16 underlying, UnderlyingParameters memory p) external restricted {
        uint256 count = underlyingCount;
        require(
            underlying != 0 && underlying <= count + 1 && underlying <= MarginDomain.UNDERLYINGS_MAX,
            UnderlyingUnknown(underlying)
        );
        _requireUnderlying(p);
        uint32 minimum = _shortMinimumE8(p.priceRangeE8);
        Domains.requireWithin("shortOptionMinimumE8", p.shortOptionMinimumE8, minimum, minimum);
        if (underlying > count) underlyingCount = underlying;
        else _departUnderlying(underlying, p);
        _underlyings[underlying] = p;
        _requireCoupled(underlying);
        emit UnderlyingSet(underlying, p);
    }

    /// @inheritdoc IRiskParameters
    function setToken(uint16 token, TokenParameters memory p) external restricted {
        Domains.requireWithin("token", token, 0, TOKENS_MAX - 1);
        require(p.underlying <= underlyingCount, UnderlyingUnknown(p.underlying));
        // The settlement token is cash: it is no underlying.
        if (token == 0) Domains.requireWithin("underlying", p.underlying, 0, 0);
        if (p.underlying != 0) Domains.requireWithin("unitsE8", p.unitsE8, 1, MarginDomain.SPOT_MAX_E8);
        Domains.requireWithin("haircutBaseE8", p.haircutBaseE8, 0, ONE);
        Domains.requireWithin("haircutMaxE8", p.haircutMaxE8, p.haircutBaseE8, ONE);
        _departToken(token, p);
        _tokens[token] = p;
        _requireCoupled(p.underlying);
        emit TokenSet(token, p);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-004
    /// @custom:spec PAR-006
    function stepUnderlying(UnderlyingStep calldata s) external restricted {
        UnderlyingParameters memory present = underlyingOf(s.underlying);
        UnderlyingParameters memory p = _underlyings[s.underlying];
        uint32 minimum = _shortMinimumE8(s.priceRangeE8);
        // Of what is derived, what governance has reached already stays.
        bool isOnItsWay = present.shortOptionMinimumE8 != p.shortOptionMinimumE8;
        if (isOnItsWay && minimum < present.shortOptionMinimumE8) minimum = present.shortOptionMinimumE8;
        UnderlyingParameters memory next = underlyingOf(s.underlying);
        (next.depthE8, next.priceRangeE8, next.volRangeE8) = (s.depthE8, s.priceRangeE8, s.volRangeE8);
        (next.basisChargeE8, next.vegaChargeE8) = (s.basisChargeE8, s.vegaChargeE8);
        next.shortOptionMinimumE8 = minimum;
        _meet(present, p, next);
        _requireUnderlying(p);
        _underlyings[s.underlying] = p;
        UnderlyingRamp storage ramp = _underlyingRamps[s.underlying];
        // What is on its way goes on from where the step has brought it, to the same second.
        if (block.timestamp < ramp.end) {
            UnderlyingParameters memory from = Ramps.departure(next, p);
            (ramp.from, ramp.start) = (from, uint40(block.timestamp));
            emit UnderlyingRampSet(s.underlying, from, ramp.start, ramp.end);
        }
        _requireCoupled(s.underlying);
        emit UnderlyingSet(s.underlying, p);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-006
    function stepToken(TokenStep calldata s) external restricted {
        TokenParameters memory present = tokenOf(s.token);
        TokenParameters memory p = _tokens[s.token];
        Domains.requireWithin("haircutBaseE8", s.haircutBaseE8, 0, present.haircutMaxE8);
        bool isLooser;
        uint256 target;
        (target, isLooser) = Ramps.meet(present.haircutBaseE8, p.haircutBaseE8, s.haircutBaseE8, false);
        require(!isLooser, StepAgainstRamp(s.token, s.haircutBaseE8, present.haircutBaseE8));
        p.haircutBaseE8 = uint32(target);
        present.haircutBaseE8 = s.haircutBaseE8;
        _tokens[s.token] = p;
        TokenRamp storage ramp = _tokenRamps[s.token];
        if (block.timestamp < ramp.end) {
            (ramp.from, ramp.start) = (present, uint40(block.timestamp));
            emit TokenRampSet(s.token, present, ramp.start, ramp.end);
        }
        emit TokenSet(s.token, p);
    }

    /// @inheritdoc IRiskParameters
    function setRiskInterestMax(uint16 underlying, uint128 largestE8) external restricted {
        _requireListed(underlying);
        riskInterestMaxE8[underlying] = largestE8;
        emit RiskInterestMaxSet(underlying, largestE8);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-007
    function setClearing(ClearingParameters calldata p) external restricted {
        _domains.requireClearing(p);
        _clearing = p;
        emit ClearingSet(p);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-007
    function setInterest(InterestParameters calldata p) external restricted {
        _domains.requireInterest(p);
        _interest = p;
        emit InterestSet(p);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-007
    function setOracle(OracleParameters calldata p) external restricted {
        _domains.requireOracle(p);
        _oracle = p;
        emit OracleSet(p);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-007
    function setLiquidation(LiquidationParameters calldata p) external restricted {
        _domains.requireLiquidation(p);
        _liquidation = p;
        emit LiquidationSet(p);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-005
    function initialFactorE8() external view returns (uint32) {
        return _factorNow();
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-005
    function underlyingOf(uint16 underlying) public view returns (UnderlyingParameters memory) {
        _requireListed(underlying);
        if (block.timestamp >= _rampsEnd) return _underlyings[underlying];
        UnderlyingRamp memory ramp = _underlyingRamps[underlying];
        if (block.timestamp >= ramp.end) return _underlyings[underlying];
        return
            Ramps.underlyingAt(
                ramp.from,
                _underlyings[underlying],
                block.timestamp - ramp.start,
                ramp.end - ramp.start
            );
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-005
    function tokenOf(uint16 token) public view returns (TokenParameters memory) {
        if (block.timestamp >= _rampsEnd) return _tokens[token];
        TokenRamp memory ramp = _tokenRamps[token];
        if (block.timestamp >= ramp.end) return _tokens[token];
        return Ramps.tokenAt(ramp.from, _tokens[token], block.timestamp - ramp.start, ramp.end - ramp.start);
    }

    /// @inheritdoc IRiskParameters
    function isTokenSet(uint16 token) public view returns (bool) {
        return (_tokensSet >> token) & 1 != 0;
    }

    /// @inheritdoc IRiskParameters
    function underlyingTargetOf(
        uint16 underlying
    ) external view returns (UnderlyingParameters memory target, uint40 end) {
        _requireListed(underlying);
        return (_underlyings[underlying], _underlyingRamps[underlying].end);
    }

    /// @inheritdoc IRiskParameters
    function tokenTargetOf(uint16 token) external view returns (TokenParameters memory target, uint40 end) {
        return (_tokens[token], _tokenRamps[token].end);
    }

    /// @inheritdoc IRiskParameters
    function initialFactorTarget() external view returns (uint32 targetE8, uint40 end) {
        return (_factorE8, _factorEnd);
    }

    /// @inheritdoc IRiskParameters
    function clearing() external view returns (ClearingParameters memory) {
        return _clearing;
    }

    /// @inheritdoc IRiskParameters
    function interest() external view returns (InterestParameters memory) {
        return _interest;
    }

    /// @inheritdoc IRiskParameters
    function oracle() external view returns (OracleParameters memory) {
        return _oracle;
    }

    /// @inheritdoc IRiskParameters
    function checkpointMaxAgeSeconds() external view returns (uint32) {
        return _oracle.checkpointMaxAgeSeconds;
    }

    /// @inheritdoc IRiskParameters
    function averagingWindowSeconds() external view returns (uint32) {
        return _oracle.averagingWindowSeconds;
    }

    /// @inheritdoc IRiskParameters
    function premiumClampE8() external view returns (uint32) {
        return _oracle.premiumClampE8;
    }

    /// @inheritdoc IRiskParameters
    function attestationMaxAgeSeconds() external view returns (uint32) {
        return _oracle.attestationMaxAgeSeconds;
    }

    /// @inheritdoc IRiskParameters
    function maxDriftE8() external view returns (uint32) {
        return _oracle.maxDriftE8;
    }

    /// @inheritdoc IRiskParameters
    function liquidation() external view returns (LiquidationParameters memory) {
        return _liquidation;
    }

    // Ramps

    /// @custom:spec PAR-005
    function _setInitialFactor(uint32 factorE8) private {
        Domains.requireWithin("initialFactorE8", factorE8, 11e7, 2 * ONE);
        uint32 present = _factorNow();
        (_factorFromE8, _factorStart, _factorEnd) = (factorE8, 0, 0);
        if (rampSeconds != 0 && factorE8 > present) {
            (_factorFromE8, _factorStart, _factorEnd) = (present, uint40(block.timestamp), _rampEnd());
        }
        _factorE8 = factorE8;
        emit InitialFactorSet(factorE8, _factorFromE8, _factorStart, _factorEnd);
    }

    function _factorNow() private view returns (uint32) {
        if (block.timestamp >= _factorEnd) return _factorE8;
        return
            uint32(Ramps.valueAt(_factorFromE8, _factorE8, block.timestamp - _factorStart, _factorEnd - _factorStart));
    }

    /// @dev A group cannot change by degrees: another one is another number.
    function _departUnderlying(uint16 underlying, UnderlyingParameters memory target) private {
        if (rampSeconds == 0) return;
        require(target.group == _underlyings[underlying].group, FieldFixed("group"));
        UnderlyingRamp storage ramp = _underlyingRamps[underlying];
        UnderlyingParameters memory from = Ramps.departure(underlyingOf(underlying), target);
        if (keccak256(abi.encode(from)) == keccak256(abi.encode(target))) {
            ramp.end = 0;
            return;
        }
        (ramp.from, ramp.start, ramp.end) = (from, uint40(block.timestamp), _rampEnd());
        emit UnderlyingRampSet(underlying, from, ramp.start, ramp.end);
    }

    /// @dev What a token is cannot change by degrees either, once it is set.
    function _departToken(uint16 token, TokenParameters memory target) private {
        bool isNew = !isTokenSet(token);
        _tokensSet |= 1 << token;
        if (rampSeconds == 0 || isNew) return;
        TokenParameters memory present = tokenOf(token);
        require(target.underlying == present.underlying, FieldFixed("underlying"));
        require(target.unitsE8 == present.unitsE8, FieldFixed("unitsE8"));
        TokenRamp storage ramp = _tokenRamps[token];
        TokenParameters memory from = Ramps.departure(present, target);
        if (keccak256(abi.encode(from)) == keccak256(abi.encode(target))) {
            ramp.end = 0;
            return;
        }
        (ramp.from, ramp.start, ramp.end) = (from, uint40(block.timestamp), _rampEnd());
        emit TokenRampSet(token, from, ramp.start, ramp.end);
    }

    function _rampEnd() private returns (uint40 end) {
        end = uint40(block.timestamp + rampSeconds);
        if (end > _rampsEnd) _rampsEnd = end;
    }

    /// @dev Fields that the step leaves alone are on their way as before: what is in force is neither tighter than the target nor looser than itself.
    function _meet(
        UnderlyingParameters memory present,
        UnderlyingParameters memory target,
        UnderlyingParameters memory next
    ) private pure {
        uint256[15] memory p = Ramps.fields(present);
        uint256[15] memory t = Ramps.fields(target);
        uint256[15] memory n = Ramps.fields(next);
        for (uint256 i = 0; i < Ramps.FIELDS; ++i) {
            bool isLooser;
            (t[i], isLooser) = Ramps.meet(p[i], t[i], n[i], i == Ramps.DEPTH);
            require(!isLooser, StepAgainstRamp(i, n[i], p[i]));
        }
    }

    // Bounds

    /// @dev The least charge of a short option that a price range has.
    /// @custom:spec PAR-004
    function _shortMinimumE8(uint32 priceRangeE8) private pure returns (uint32 minimumE8) {
        minimumE8 = priceRangeE8 / SHORT_MINIMUM_PARTS;
        if (minimumE8 < SHORT_MINIMUM_LEAST_E8) minimumE8 = SHORT_MINIMUM_LEAST_E8;
    }

    /// @dev The domain of MRG-010.
    function _requireUnderlying(UnderlyingParameters memory p) private pure {
        Domains.requireWithin("depthE8", p.depthE8, ONE, MarginDomain.UNITS_MAX_E8);
        Domains.requireWithin(
            "priceRangeE8",
            p.priceRangeE8,
            MarginDomain.PRICE_RANGE_MIN_E8,
            MarginDomain.PRICE_RANGE_MAX_E8
        );
        Domains.requireWithin("volRangeE8", p.volRangeE8, 0, MarginDomain.VOL_RANGE_MAX_E8);
        Domains.requireWithin("volUpFloorE8", p.volUpFloorE8, 0, MarginDomain.VOL_UP_FLOOR_MAX_E8);
        Domains.requireWithin("basisChargeE8", p.basisChargeE8, 0, ONE);
        Domains.requireWithin("basisRateE8", p.basisRateE8, 0, ONE);
        Domains.requireWithin("slippageE8", p.slippageE8, 0, ONE);
        Domains.requireWithin("slippageCapE8", p.slippageCapE8, 0, ONE);
        Domains.requireWithin("crowdingE8", p.crowdingE8, 0, ONE);
        Domains.requireWithin("vegaChargeE8", p.vegaChargeE8, 0, ONE);
        Domains.requireWithin("rateChargeE8", p.rateChargeE8, 0, ONE);
        Domains.requireWithin("floorRateE8", p.floorRateE8, 0, MarginDomain.FLOOR_RATE_MAX_E8);
        Domains.requireWithin("nettingFloorE8", p.nettingFloorE8, MarginDomain.NETTING_FLOOR_MIN_E8, ONE);
    }

    /// @dev Held for targets, which no value on its way is beyond. A deposit adds at most `initialFactor·(haircut + scenario loss + basis + liquidity)` of its value to IM; while that is at most its value it never lowers health.
    function _requireCoupled(uint16 underlying) internal view virtual {
        UnderlyingParameters storage u = _underlyings[underlying];
        uint256 basis = uint256(u.basisRateE8) * TENOR_YEARS;
        if (basis < u.basisChargeE8) basis = u.basisChargeE8;
        if (basis > ONE) basis = ONE;
        uint256 risk = underlying == 0 ? 0 : uint256(u.priceRangeE8) + basis + 2 * uint256(u.slippageCapE8);
        for (uint16 token = 0; token < TOKENS_MAX; ++token) {
            TokenParameters storage t = _tokens[token];
            if (t.underlying != underlying) continue;
            uint256 sum = risk + t.haircutMaxE8;
            require(_factorE8 * sum <= ONE * ONE, ParametersCoupled(underlying, token, sum));
        }
    }

    function _requireListed(uint16 underlying) private view {
        require(underlying != 0 && underlying <= underlyingCount, UnderlyingUnknown(underlying));
    }
}
