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

/// @title Risk parameters
contract RiskParameters is IRiskParameters, AccessManaged {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant ONE_E12 = 1e12;
    /// @dev The longest tenor that a basis charge is bounded for.
    uint256 internal constant TENOR_YEARS = 2;
    uint256 internal constant FEE_MAX_E8 = 1e6;
    uint256 internal constant DAY = 86_400;
    uint16 internal constant TOKENS_MAX = 32;
    /// @dev The least charge of a short option is this part of the price range, and this at least.
    uint32 internal constant SHORT_MINIMUM_PARTS = 16;
    uint32 internal constant SHORT_MINIMUM_LEAST_E8 = 1e6;

    uint32 public override initialFactorE8;
    uint16 public override underlyingCount;
    mapping(uint16 underlying => UnderlyingParameters) private _underlyings;
    TokenParameters[TOKENS_MAX] private _tokens;
    mapping(uint16 underlying => uint128) public override riskInterestMaxE8;
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
    function setUnderlying(uint16 underlying, UnderlyingParameters calldata p) external restricted {
        uint256 count = underlyingCount;
        require(
            underlying != 0 && underlying <= count + 1 && underlying <= MarginDomain.UNDERLYINGS_MAX,
            UnderlyingUnknown(underlying)
        );
        _requireUnderlying(p);
        _underlyings[underlying] = p;
        if (underlying > count) underlyingCount = underlying;
        _requireCoupled(underlying);
        emit UnderlyingSet(underlying, p);
    }

    /// @inheritdoc IRiskParameters
    function setToken(uint16 token, TokenParameters calldata p) external restricted {
        _within("token", token, 0, TOKENS_MAX - 1);
        require(p.underlying <= underlyingCount, UnderlyingUnknown(p.underlying));
        // The settlement token is cash: it is no underlying.
        if (token == 0) _within("underlying", p.underlying, 0, 0);
        if (p.underlying != 0) _within("unitsE8", p.unitsE8, 1, MarginDomain.SPOT_MAX_E8);
        _within("haircutBaseE8", p.haircutBaseE8, 0, ONE);
        _within("haircutMaxE8", p.haircutMaxE8, p.haircutBaseE8, ONE);
        _tokens[token] = p;
        _requireCoupled(p.underlying);
        emit TokenSet(token, p);
    }

    /// @inheritdoc IRiskParameters
    /// @custom:spec PAR-004
    function stepUnderlying(UnderlyingStep calldata s) external restricted {
        require(s.underlying != 0 && s.underlying <= underlyingCount, UnderlyingUnknown(s.underlying));
        UnderlyingParameters memory p = _underlyings[s.underlying];
        p.depthE8 = s.depthE8;
        p.priceRangeE8 = s.priceRangeE8;
        p.volRangeE8 = s.volRangeE8;
        p.basisChargeE8 = s.basisChargeE8;
        p.vegaChargeE8 = s.vegaChargeE8;
        uint32 minimum = s.priceRangeE8 / SHORT_MINIMUM_PARTS;
        p.shortOptionMinimumE8 = minimum > SHORT_MINIMUM_LEAST_E8 ? minimum : SHORT_MINIMUM_LEAST_E8;
        _requireUnderlying(p);
        _underlyings[s.underlying] = p;
        _requireCoupled(s.underlying);
        emit UnderlyingSet(s.underlying, p);
    }

    /// @inheritdoc IRiskParameters
    function stepToken(TokenStep calldata s) external restricted {
        TokenParameters memory p = tokenOf(s.token);
        _within("haircutBaseE8", s.haircutBaseE8, 0, p.haircutMaxE8);
        p.haircutBaseE8 = s.haircutBaseE8;
        _tokens[s.token] = p;
        emit TokenSet(s.token, p);
    }

    /// @inheritdoc IRiskParameters
    function setRiskInterestMax(uint16 underlying, uint128 largestE8) external restricted {
        require(underlying != 0 && underlying <= underlyingCount, UnderlyingUnknown(underlying));
        riskInterestMaxE8[underlying] = largestE8;
        emit RiskInterestMaxSet(underlying, largestE8);
    }

    /// @inheritdoc IRiskParameters
    function setClearing(ClearingParameters calldata p) external restricted {
        _within("makerFeeE8", p.makerFeeE8, 0, FEE_MAX_E8);
        _within("takerFeeE8", p.takerFeeE8, 0, FEE_MAX_E8);
        _within("priceBandE8", p.priceBandE8, 1, ONE / 5);
        _within("minReliefE8", p.minReliefE8, 1, ONE);
        _within("volBandE8", p.volBandE8, 0, ONE);
        _clearing = p;
        emit ClearingSet(p);
    }

    /// @inheritdoc IRiskParameters
    function setInterest(InterestParameters calldata p) external restricted {
        _within("baseRateE12", p.baseRateE12, 0, p.kinkRateE12);
        _within("kinkRateE12", p.kinkRateE12, 0, p.maxRateE12);
        _within("maxRateE12", p.maxRateE12, 0, 10 * ONE_E12);
        _within("kinkUtilisationE8", p.kinkUtilisationE8, 1, ONE - 1);
        _within("reserveE8", p.reserveE8, 0, ONE);
        _interest = p;
        emit InterestSet(p);
    }

    /// @inheritdoc IRiskParameters
    function setOracle(OracleParameters calldata p) external restricted {
        _within("checkpointIntervalSeconds", p.checkpointIntervalSeconds, 1, p.checkpointMaxAgeSeconds);
        _within("checkpointMaxAgeSeconds", p.checkpointMaxAgeSeconds, 1, DAY);
        _within("averagingWindowSeconds", p.averagingWindowSeconds, 1, DAY);
        _within("smoothingSeconds", p.smoothingSeconds, 1, 30 * DAY);
        _within("premiumClampE8", p.premiumClampE8, 0, ONE / 10);
        _within("fundingIntervalSeconds", p.fundingIntervalSeconds, 1, 30 * DAY);
        _within("fundingRateMaxE8", p.fundingRateMaxE8, 0, ONE / 10);
        _within("attestationMaxAgeSeconds", p.attestationMaxAgeSeconds, 1, DAY);
        _within("maxDriftE8", p.maxDriftE8, 1, ONE / 5);
        _oracle = p;
        emit OracleSet(p);
    }

    /// @inheritdoc IRiskParameters
    function setLiquidation(LiquidationParameters calldata p) external restricted {
        _within("graceSeconds", p.graceSeconds, 0, DAY);
        _within("discountMaxE8", p.discountMaxE8, 0, ONE / 2);
        _within("discountRampSeconds", p.discountRampSeconds, 1, DAY);
        _within("targetE8", p.targetE8, ONE, 2 * ONE);
        _within("bidMinE8", p.bidMinE8, 1, ONE / 2);
        _within("resumeSeconds", p.resumeSeconds, 0, DAY);
        _within("insolventRampSeconds", p.insolventRampSeconds, 1, DAY);
        _within("deleverageRampSeconds", p.deleverageRampSeconds, 1, DAY);
        _within("insolventPayMaxE8", p.insolventPayMaxE8, 0, ONE / 10);
        _liquidation = p;
        emit LiquidationSet(p);
    }

    /// @inheritdoc IRiskParameters
    function underlyingOf(uint16 underlying) external view returns (UnderlyingParameters memory) {
        require(underlying != 0 && underlying <= underlyingCount, UnderlyingUnknown(underlying));
        return _underlyings[underlying];
    }

    /// @inheritdoc IRiskParameters
    function tokenOf(uint16 token) public view returns (TokenParameters memory) {
        return _tokens[token];
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
    function liquidation() external view returns (LiquidationParameters memory) {
        return _liquidation;
    }

    function _setInitialFactor(uint32 factorE8) private {
        _within("initialFactorE8", factorE8, ONE, MarginDomain.INITIAL_FACTOR_MAX_E8);
        initialFactorE8 = factorE8;
        emit InitialFactorSet(factorE8);
    }

    /// @dev The domain of MRG-010.
    function _requireUnderlying(UnderlyingParameters memory p) private pure {
        _within("depthE8", p.depthE8, ONE, MarginDomain.UNITS_MAX_E8);
        _within("priceRangeE8", p.priceRangeE8, MarginDomain.PRICE_RANGE_MIN_E8, MarginDomain.PRICE_RANGE_MAX_E8);
        _within("volRangeE8", p.volRangeE8, 0, MarginDomain.VOL_RANGE_MAX_E8);
        _within("volUpFloorE8", p.volUpFloorE8, 0, MarginDomain.VOL_UP_FLOOR_MAX_E8);
        _within("shortOptionMinimumE8", p.shortOptionMinimumE8, 0, ONE);
        _within("basisChargeE8", p.basisChargeE8, 0, ONE);
        _within("basisRateE8", p.basisRateE8, 0, ONE);
        _within("slippageE8", p.slippageE8, 0, ONE);
        _within("slippageCapE8", p.slippageCapE8, 0, ONE);
        _within("crowdingE8", p.crowdingE8, 0, ONE);
        _within("vegaChargeE8", p.vegaChargeE8, 0, ONE);
        _within("rateChargeE8", p.rateChargeE8, 0, ONE);
        _within("floorRateE8", p.floorRateE8, 0, MarginDomain.FLOOR_RATE_MAX_E8);
        _within("nettingFloorE8", p.nettingFloorE8, MarginDomain.NETTING_FLOOR_MIN_E8, ONE);
    }

    /// @dev A deposit adds at most `initialFactor·(haircut + scenario loss + basis + liquidity)` of its value to IM; while that is at most its value it never lowers health.
    function _requireCoupled(uint16 underlying) private view {
        UnderlyingParameters storage u = _underlyings[underlying];
        uint256 basis = uint256(u.basisRateE8) * TENOR_YEARS;
        if (basis < u.basisChargeE8) basis = u.basisChargeE8;
        if (basis > ONE) basis = ONE;
        uint256 risk = underlying == 0 ? 0 : uint256(u.priceRangeE8) + basis + 2 * uint256(u.slippageCapE8);
        for (uint16 token = 0; token < TOKENS_MAX; ++token) {
            TokenParameters storage t = _tokens[token];
            if (t.underlying != underlying) continue;
            uint256 sum = risk + t.haircutMaxE8;
            require(initialFactorE8 * sum <= ONE * ONE, ParametersCoupled(underlying, token, sum));
        }
    }

    function _within(bytes32 name, uint256 value, uint256 least, uint256 largest) private pure {
        require(value >= least && value <= largest, ParameterOutOfRange(name, value, least, largest));
    }
}
