// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {MarketTotals} from "../interfaces/ClearingTypes.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {
    IRiskParameters,
    OracleParameters,
    TokenParameters,
    UnderlyingParameters
} from "../interfaces/IRiskParameters.sol";
import {CheckpointHeader, Checkpoints, CollateralRecord, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Haircuts} from "../margin/Haircuts.sol";
import {Averages} from "./Averages.sol";
import {InterestRates} from "./InterestRates.sol";
import {PriceSources} from "./PriceSources.sol";

/// @title The price hub
contract PriceHub is IPriceHub, AccessManaged {
    int256 internal constant ONE = 1e8;
    uint64 internal constant ONE_E12 = 1e12;
    uint256 internal constant OPEN_INTEREST_MAX_E8 = 2 ** 62;
    uint256 internal constant TOTAL_MAX_E8 = 2 ** 70;
    int256 internal constant FUNDING_MAX_E8 = 2 ** 62;
    uint16 internal constant SETTLEMENT = 0;

    /// @dev `spotE8` is the last good price; everything else moves at checkpoints only.
    struct Market {
        address source;
        uint64 spotE8;
        uint64 averageSpotE8;
        uint64 openInterestE8;
        int64 fundingE8;
        int64 premiumE8;
        int128 premiumNotionalE8;
        uint128 notionalE8;
    }

    struct TokenMarket {
        address source;
        uint64 priceE8;
        uint128 totalE8;
    }

    struct Stored {
        bytes32 inputsHash;
        uint40 time;
    }

    IRiskParameters public immutable parameters;
    IMarginVault public immutable vault;
    IClearinghouse public clearinghouse;
    /// @notice Underlyings that have a source; the checkpoint names these.
    uint16 public underlyingCount;
    uint64 private _latest;
    uint64 private _debtIndexE12 = ONE_E12;
    uint64 private _creditIndexE12 = ONE_E12;
    mapping(uint64 id => Stored) private _checkpoints;
    mapping(uint16 underlying => Market) private _markets;
    mapping(uint16 token => TokenMarket) private _tokens;

    constructor(address authority, IRiskParameters parameters_, IMarginVault vault_) AccessManaged(authority) {
        parameters = parameters_;
        vault = vault_;
    }

    // Checkpoints

    /// @inheritdoc IPriceHub
    function checkpoint() public returns (uint64 id) {
        require(address(clearinghouse) != address(0), ConnectedWrongly());
        OracleParameters memory p = parameters.oracle();
        uint40 last = _checkpoints[_latest].time;
        uint40 next = last + uint40(p.checkpointIntervalSeconds);
        require(last == 0 || block.timestamp >= next, CheckpointTooSoon(last, next));
        uint256 elapsed = last == 0 ? 0 : block.timestamp - last;

        id = _latest + 1;
        _latest = id;
        _accrueInterest(elapsed);
        uint16 tokens = vault.tokenCount();
        for (uint16 token = 0; token < tokens; ++token) _advanceToken(token, elapsed, p.smoothingSeconds);
        for (uint16 u = 1; u <= underlyingCount; ++u) _advanceMarket(u, elapsed, p);
        (bytes memory encoded, bytes memory records) = _encode(id, tokens);

        bytes32 hash = keccak256(encoded);
        _checkpoints[id] = Stored(hash, uint40(block.timestamp));
        emit CheckpointTaken(id, uint40(block.timestamp), hash, encoded, records);
    }

    /// @inheritdoc IPriceHub
    function refresh() external {
        uint256 maxAge = parameters.oracle().checkpointMaxAgeSeconds;
        uint64 id = _latest;
        if (id == 0 || block.timestamp - _checkpoints[id].time > maxAge) checkpoint();
    }

    // Governance

    /// @inheritdoc IPriceHub
    function setSource(uint16 underlying, address source) external restricted {
        uint16 count = underlyingCount;
        require(
            underlying != 0 && underlying <= count + 1 && underlying <= parameters.underlyingCount(),
            UnderlyingUnknown(underlying)
        );
        uint64 priceE8 = PriceSources.read(source);
        require(priceE8 != 0, SourceUnusable(source));
        Market storage market = _markets[underlying];
        market.source = source;
        market.spotE8 = priceE8;
        if (underlying > count) {
            underlyingCount = underlying;
            market.averageSpotE8 = priceE8;
        }
        emit SourceSet(underlying, source, priceE8);
    }

    /// @inheritdoc IPriceHub
    function setTokenSource(uint16 token, address source) external restricted {
        require(token < vault.tokenCount(), TokenUnknown(token));
        uint64 priceE8 = source == address(0) ? 0 : PriceSources.read(source);
        require(source == address(0) || priceE8 != 0, SourceUnusable(source));
        _tokens[token].source = source;
        _tokens[token].priceE8 = priceE8;
        emit TokenSourceSet(token, source);
    }

    /// @inheritdoc IPriceHub
    function connect(address clearinghouse_) external restricted {
        require(address(clearinghouse) == address(0) && clearinghouse_ != address(0), ConnectedWrongly());
        clearinghouse = IClearinghouse(clearinghouse_);
        emit Connected(clearinghouse_);
    }

    // Views

    /// @inheritdoc IPriceHub
    function live() external view returns (bytes memory checkpointBytes, bytes memory records) {
        return _encode(_latest, vault.tokenCount());
    }

    /// @inheritdoc IPriceHub
    function indices() external view returns (uint64 debtIndexE12, uint64 creditIndexE12) {
        return (_debtIndexE12, _creditIndexE12);
    }

    /// @inheritdoc IPriceHub
    function latest() external view returns (uint64 id, uint40 time) {
        return (_latest, _checkpoints[_latest].time);
    }

    /// @inheritdoc IPriceHub
    function inputsHash(uint64 id) external view returns (bytes32 hash) {
        return _checkpoints[id].inputsHash;
    }

    /// @inheritdoc IPriceHub
    function timeOf(uint64 id) external view returns (uint40 time) {
        return _checkpoints[id].time;
    }

    /// @inheritdoc IPriceHub
    function cumulativeFundingE8(uint16 underlying) external view returns (int64 fundingE8) {
        return _markets[underlying].fundingE8;
    }

    /// @inheritdoc IPriceHub
    function sourceOf(uint16 underlying) external view returns (address source) {
        return _markets[underlying].source;
    }

    /// @inheritdoc IPriceHub
    function tokenSourceOf(uint16 token) external view returns (address source) {
        return _tokens[token].source;
    }

    // Moving on

    /// @custom:spec CLR-032
    function _accrueInterest(uint256 elapsed) private {
        (uint256 debtBaseE8, uint256 creditBaseE8) = clearinghouse.cashBases();
        (uint256 debtIndexE12, uint256 creditIndexE12) = InterestRates.accrue(
            parameters.interest(),
            _debtIndexE12,
            _creditIndexE12,
            debtBaseE8,
            creditBaseE8,
            elapsed
        );
        _debtIndexE12 = uint64(debtIndexE12);
        _creditIndexE12 = uint64(creditIndexE12);
    }

    /// @custom:spec CLR-030
    function _advanceToken(uint16 token, uint256 elapsed, uint256 windowSeconds) private {
        TokenMarket storage stored = _tokens[token];
        (, uint8 decimals) = vault.tokenAt(token);
        uint256 totalE8 = (uint256(vault.totalOf(token)) * uint256(ONE)) / 10 ** decimals;
        if (totalE8 > TOTAL_MAX_E8) totalE8 = TOTAL_MAX_E8;
        int256 next = Averages.follow(int256(uint256(stored.totalE8)), int256(totalE8), elapsed, windowSeconds);
        stored.totalE8 = uint128(uint256(next));
        stored.priceE8 = _tokenPriceE8(stored.source, stored.priceE8);
    }

    /// @custom:spec CLR-030
    /// @custom:spec CLR-031
    function _advanceMarket(uint16 underlying, uint256 elapsed, OracleParameters memory p) private {
        Market memory m = _markets[underlying];
        MarketTotals memory totals = clearinghouse.marketTotals(underlying);
        (m.spotE8, ) = _spot(m);
        int256 spot = int256(uint256(m.spotE8));
        m.averageSpotE8 = uint64(
            uint256(Averages.follow(int256(uint256(m.averageSpotE8)), spot, elapsed, p.averagingWindowSeconds))
        );
        uint256 open = totals.openInterestE8 < OPEN_INTEREST_MAX_E8 ? totals.openInterestE8 : OPEN_INTEREST_MAX_E8;
        m.openInterestE8 = uint64(
            uint256(Averages.follow(int256(uint256(m.openInterestE8)), int256(open), elapsed, p.smoothingSeconds))
        );

        int256 sample = _premiumSampleE8(m, totals, int256(uint256(p.premiumClampE8)));
        m.premiumE8 = int64(Averages.follow(m.premiumE8, sample, elapsed, p.averagingWindowSeconds));
        int256 rate = _clamp(m.premiumE8, int256(uint256(p.fundingRateMaxE8)));
        int256 paid = (spot * rate * int256(elapsed)) / (ONE * int256(uint256(p.fundingIntervalSeconds)));
        m.fundingE8 = int64(_clamp(m.fundingE8 + paid, FUNDING_MAX_E8));
        m.premiumNotionalE8 = totals.premiumNotionalE8;
        m.notionalE8 = totals.notionalE8;
        _markets[underlying] = m;
    }

    /// @dev Premium of the trades since the last checkpoint, by notional; 0 without one.
    function _premiumSampleE8(
        Market memory m,
        MarketTotals memory totals,
        int256 largest
    ) private pure returns (int256) {
        uint256 notional = totals.notionalE8 - m.notionalE8;
        if (notional == 0) return 0;
        return _clamp(((int256(totals.premiumNotionalE8) - m.premiumNotionalE8) * ONE) / int256(notional), largest);
    }

    // Encoding

    /// @dev Reads sources again where a checkpoint has read them in the same transaction: a view of one block gives the same answer twice.
    function _encode(uint64 id, uint16 tokens) private view returns (bytes memory encoded, bytes memory records) {
        uint16 count = underlyingCount;
        encoded = Checkpoints.encodeHeader(
            CheckpointHeader({
                id: id,
                time: uint40(block.timestamp),
                underlyings: uint8(count),
                collaterals: uint8(tokens),
                initialFactorE8: parameters.initialFactorE8(),
                debtIndexE12: _debtIndexE12,
                creditIndexE12: _creditIndexE12
            })
        );
        for (uint16 token = 0; token < tokens; ++token) {
            encoded = bytes.concat(encoded, Checkpoints.encodeCollateral(_collateral(token)));
        }
        for (uint16 u = 1; u <= count; ++u) {
            bytes memory record = Checkpoints.encodeUnderlying(_record(u));
            encoded = bytes.concat(encoded, keccak256(record));
            records = bytes.concat(records, record);
        }
    }

    function _record(uint16 underlying) private view returns (UnderlyingRecord memory record) {
        Market memory m = _markets[underlying];
        UnderlyingParameters memory p = parameters.underlyingOf(underlying);
        (record.spotE8, record.marketState) = _spot(m);
        record.perpetualMarkE8 = record.spotE8;
        record.openInterestE8 = m.openInterestE8;
        record.averageSpotE8 = m.averageSpotE8;
        record.cumulativeFundingE8 = m.fundingE8;
        record.depthE8 = p.depthE8;
        record.underlying = underlying;
        record.group = p.group;
        record.priceRangeE8 = p.priceRangeE8;
        record.volRangeE8 = p.volRangeE8;
        record.volUpFloorE8 = p.volUpFloorE8;
        record.shortOptionMinimumE8 = p.shortOptionMinimumE8;
        record.basisChargeE8 = p.basisChargeE8;
        record.basisRateE8 = p.basisRateE8;
        record.slippageE8 = p.slippageE8;
        record.slippageCapE8 = p.slippageCapE8;
        record.crowdingE8 = p.crowdingE8;
        record.vegaChargeE8 = p.vegaChargeE8;
        record.rateChargeE8 = p.rateChargeE8;
        record.floorRateE8 = p.floorRateE8;
        record.nettingFloorE8 = p.nettingFloorE8;
    }

    /// @custom:spec CLR-033
    function _collateral(uint16 token) private view returns (CollateralRecord memory record) {
        TokenMarket memory stored = _tokens[token];
        TokenParameters memory p = parameters.tokenOf(token);
        (, record.decimals) = vault.tokenAt(token);
        record.token = token;
        // An underlying that has no source yet is none: the token then counts nothing.
        record.underlying = p.underlying <= underlyingCount ? p.underlying : 0;
        if (p.underlying != 0) record.priceE8 = record.underlying == 0 ? 0 : p.unitsE8;
        else record.priceE8 = _tokenPriceE8(stored.source, stored.priceE8);
        if (token == SETTLEMENT && (stored.source == address(0) || record.priceE8 > uint64(uint256(ONE)))) {
            record.priceE8 = uint64(uint256(ONE));
        }
        record.haircutE8 = uint32(Haircuts.haircutUp(p.haircutBaseE8, p.haircutMaxE8, p.thresholdE8, stored.totalE8));
    }

    /// @dev The source's price, or the last good one and a halted market.
    function _spot(Market memory m) private view returns (uint64 spotE8, uint8 marketState) {
        spotE8 = PriceSources.read(m.source);
        if (spotE8 == 0) return (m.spotE8, uint8(Checkpoints.HALTED));
        marketState = uint8(Checkpoints.NORMAL);
    }

    function _tokenPriceE8(address source, uint64 lastE8) private view returns (uint64 priceE8) {
        if (source == address(0)) return 0;
        priceE8 = PriceSources.read(source);
        if (priceE8 == 0) priceE8 = lastE8;
    }

    function _clamp(int256 value, int256 largest) private pure returns (int256) {
        if (value > largest) return largest;
        return value < -largest ? -largest : value;
    }
}
