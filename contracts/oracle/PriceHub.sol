// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {MarketTotals} from "../interfaces/ClearingTypes.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {
    InterestParameters,
    IRiskParameters,
    OracleParameters,
    TokenParameters,
    UnderlyingParameters
} from "../interfaces/IRiskParameters.sol";
import {ISpotMarkets, SpotReading} from "../interfaces/ISpotMarkets.sol";
import {IVolSurfaces} from "../interfaces/IVolSurfaces.sol";
import {CheckpointHeader, Checkpoints, CollateralRecord, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Haircuts} from "../margin/Haircuts.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {Averages} from "./Averages.sol";
import {CheckpointPrices, PriceWords} from "./CheckpointPrices.sol";
import {InterestRates} from "./InterestRates.sol";
import {Drawdowns, InsuranceHigh} from "./Drawdowns.sol";
import {Premiums} from "./Premiums.sol";
import {PriceSources} from "./PriceSources.sol";

/// @title The price hub
contract PriceHub is IPriceHub, AccessManaged {
    uint256 internal constant ONE = 1e8;
    uint64 internal constant ONE_E12 = 1e12;
    uint256 internal constant OPEN_INTEREST_MAX_E8 = 2 ** 62;
    uint256 internal constant TOTAL_MAX_E8 = 2 ** 70;
    uint16 internal constant SETTLEMENT = 0;
    /// @dev A collateral record of a token that there is none of. Not zero, which is the settlement token's number.
    bytes32 internal constant NOT_NAMED = bytes32(uint256(type(uint16).max) << 240);
    /// @dev So many checkpoints' prices are kept, over an hour's; their places are used again, because a new word costs four times as much.
    uint64 internal constant PRICES_KEPT = 64;
    /// @dev For so long a coin of a market that was wound down goes on counting, less and less.
    uint256 internal constant CLOSED_FADE_SECONDS = 604_800;

    /// @dev Moves at checkpoints only. A premium is within the clamp, 1 % at most.
    struct Market {
        uint64 openInterestE8;
        int96 fundingE16;
        int32 premiumE8;
        uint64 optionInterestMaxE8;
        int128 premiumNotionalE8;
        uint128 notionalE8;
    }

    /// @dev `priceE8` is the last that a checkpoint read, at `goodTime`. The source was named at `sourceTime`.
    struct TokenMarket {
        address source;
        uint64 priceE8;
        uint32 goodTime;
        uint128 totalE8;
        uint40 sourceTime;
    }

    struct Stored {
        bytes32 inputsHash;
        uint40 time;
    }

    IRiskParameters public immutable parameters;
    IMarginVault public immutable vault;
    ISpotMarkets public immutable override spots;
    IClearinghouse public override clearinghouse;
    IVolSurfaces public override surfaces;
    /// @dev In one word, which every reader of prices reads: the last checkpoint, the time up to which interest is in the indices (0 until a checkpoint finds a curve), they, and the last checkpoint's time.
    uint40 private _latest;
    uint40 private _accruedTime;
    uint64 private _debtIndexE12 = ONE_E12;
    uint64 private _creditIndexE12 = ONE_E12;
    uint40 private _latestTime;
    /// @notice Whether insurance has fallen so far that every market only takes reductions.
    bool public insuranceDrawn;
    mapping(uint64 id => Stored) private _checkpoints;
    mapping(uint16 underlying => Market) private _markets;
    mapping(uint16 token => TokenMarket) private _tokens;
    InsuranceHigh private _insurance;
    PriceWords[PRICES_KEPT] private _prices;
    /// @dev What interest is reckoned by: the curve that the last checkpoint found. One word.
    InterestParameters private _curve;

    constructor(
        address authority,
        IRiskParameters parameters_,
        IMarginVault vault_,
        ISpotMarkets spots_
    ) AccessManaged(authority) {
        parameters = parameters_;
        vault = vault_;
        spots = spots_;
    }

    // Checkpoints

    /// @inheritdoc IPriceHub
    function checkpoint() public returns (uint64 id) {
        require(address(clearinghouse) != address(0), ConnectedWrongly());
        OracleParameters memory p = parameters.oracle();
        uint40 last = _latestTime;
        uint40 next = last + uint40(p.checkpointIntervalSeconds);
        require(last == 0 || block.timestamp >= next, CheckpointTooSoon(last, next));
        uint256 elapsed = last == 0 ? 0 : block.timestamp - last;

        id = uint64(_latest) + 1;
        (_latest, _latestTime) = (uint40(id), uint40(block.timestamp));
        accrue();
        _takeCurve();
        _watchInsurance();
        uint16 tokens = vault.tokenCount();
        for (uint16 token = 0; token < tokens; ++token) _advanceToken(token, elapsed, p);
        spots.updateAll();
        _advanceMarkets(elapsed, p);
        (bytes memory encoded, bytes memory records) = _encodeAll(id);

        bytes32 hash = keccak256(encoded);
        _checkpoints[id] = Stored(hash, uint40(block.timestamp));
        CheckpointPrices.store(_prices[id % PRICES_KEPT], encoded, records);
        emit CheckpointTaken(id, uint40(block.timestamp), hash, encoded, records);
        // Last, since a source is called that may call back: this block has its checkpoint.
        _noteSources(tokens);
    }

    /// @inheritdoc IPriceHub
    /// @custom:spec ORC-003
    function resizeInsurance(uint256 beforeE8, uint256 afterE8) external {
        require(msg.sender == address(clearinghouse), NotConnected(msg.sender));
        InsuranceHigh memory high = _insurance;
        Drawdowns.resize(high, beforeE8, afterE8, insuranceDrawn);
        _insurance = high;
    }

    /// @inheritdoc IPriceHub
    function refresh() external {
        if (_isOld(parameters.checkpointMaxAgeSeconds())) checkpoint();
        else spots.updateAll();
    }

    /// @inheritdoc IPriceHub
    function liveFor(
        uint256 underlyings,
        uint256 tokens
    ) external returns (bytes memory checkpointBytes, bytes memory records) {
        if (_isOld(parameters.checkpointMaxAgeSeconds())) checkpoint();
        else accrue();
        uint16 listed = vault.tokenCount();
        for (uint16 token = SETTLEMENT + 1; token < listed; ++token) {
            if ((tokens >> token) & 1 != 0) underlyings |= 1 << parameters.tokenOf(token).underlying;
        }
        return _encode(_latest, spots.updateThese(underlyings), underlyings, listed, tokens);
    }

    /// @inheritdoc IPriceHub
    /// @custom:spec CLR-032
    function accrue() public returns (uint64 debtIndexE12, uint64 creditIndexE12) {
        uint256 insuranceE8;
        (debtIndexE12, creditIndexE12, insuranceE8) = _accrued();
        uint40 since = _accruedTime;
        if (since == block.timestamp || since == 0) return (debtIndexE12, creditIndexE12);
        (_accruedTime, _debtIndexE12, _creditIndexE12) = (uint40(block.timestamp), debtIndexE12, creditIndexE12);
        // Here and not when debtors come: the part that credits were not given is fixed by what their index has just grown by.
        if (insuranceE8 != 0) IClearinghouseModules(address(clearinghouse)).bookInterest(insuranceE8);
        emit InterestAccrued(debtIndexE12, creditIndexE12, insuranceE8);
    }

    /// @inheritdoc IPriceHub
    function fixSettlement(uint16 underlying, uint32 expiry) external returns (uint64 priceE8) {
        uint256 covered;
        (priceE8, covered) = spots.tryFixSettlement(underlying, expiry);
        require(priceE8 != 0, SettlementNotReady(underlying, expiry, covered));
    }

    // Governance

    /// @inheritdoc IPriceHub
    function setTokenSource(uint16 token, address source) external restricted {
        // Why it must be set: one that already counted would get its first haircut in one block.
        require(token < vault.tokenCount() && parameters.isTokenSet(token), TokenUnknown(token));
        uint64 priceE8 = source == address(0) ? 0 : PriceSources.read(source);
        require(source == address(0) || priceE8 != 0, SourceUnusable(source));
        TokenMarket storage stored = _tokens[token];
        (stored.source, stored.priceE8, stored.goodTime) = (source, priceE8, uint32(block.timestamp));
        stored.sourceTime = source == address(0) ? 0 : uint40(block.timestamp);
        emit TokenSourceSet(token, source);
    }

    /// @inheritdoc IPriceHub
    function connect(address clearinghouse_, address surfaces_) external restricted {
        bool isComplete = clearinghouse_ != address(0) && surfaces_ != address(0);
        require(address(clearinghouse) == address(0) && isComplete, ConnectedWrongly());
        (clearinghouse, surfaces) = (IClearinghouse(clearinghouse_), IVolSurfaces(surfaces_));
        emit Connected(clearinghouse_, surfaces_);
    }

    // Views

    /// @inheritdoc IPriceHub
    function live() external view returns (bytes memory checkpointBytes, bytes memory records) {
        return _encodeAll(_latest);
    }

    /// @inheritdoc IPriceHub
    function spotE8Of(uint16 underlying) external view returns (uint64 spotE8) {
        if (underlying == 0 || underlying > spots.underlyingCount()) return 0;
        return spots.spotOf(underlying).spotE8;
    }

    /// @inheritdoc IPriceHub
    /// @custom:spec CLR-033
    function tokenUnitsE8Of(uint16 token) external view returns (uint64 unitsE8) {
        TokenMarket storage stored = _tokens[token];
        address source = stored.source;
        uint256 rateE8 = source == address(0) ? 0 : _tokenPriceE8(stored, source);
        return _unitsE8(parameters.tokenOf(token).unitsE8, source, rateE8);
    }

    /// @inheritdoc IPriceHub
    function isHalted(uint16 token) external view returns (bool) {
        uint16 underlying = parameters.tokenOf(token).underlying;
        return underlying != 0 && spots.isHalted(underlying);
    }

    /// @inheritdoc IPriceHub
    /// @custom:spec CLR-032
    function indices() public view returns (uint64 debtIndexE12, uint64 creditIndexE12) {
        (debtIndexE12, creditIndexE12, ) = _accrued();
    }

    /// @inheritdoc IPriceHub
    function latest() external view returns (uint64 id, uint40 time) {
        return (_latest, _latestTime);
    }

    /// @inheritdoc IPriceHub
    function inputsHash(uint64 id) external view returns (bytes32 hash) {
        return _checkpoints[id].inputsHash;
    }

    /// @inheritdoc IPriceHub
    function checkpointOf(uint64 id) external view returns (bytes32 hash, uint40 time) {
        Stored storage stored = _checkpoints[id];
        return (stored.inputsHash, stored.time);
    }

    /// @inheritdoc IPriceHub
    /// @custom:spec CLR-022
    function spotE8At(uint64 id, uint16 underlying) external view returns (uint64 spotE8) {
        return _isKept(id) ? CheckpointPrices.spotE8(_prices[id % PRICES_KEPT], underlying) : 0;
    }

    /// @inheritdoc IPriceHub
    /// @custom:spec CLR-022
    function tokenPriceE8At(uint64 id, uint16 token) external view returns (uint64 priceE8) {
        return _isKept(id) ? CheckpointPrices.tokenPriceE8(_prices[id % PRICES_KEPT], token) : 0;
    }

    /// @inheritdoc IPriceHub
    function settlementPriceE8(uint16 underlying, uint32 expiry) external view returns (uint64 priceE8) {
        return spots.settlementPriceE8(underlying, expiry);
    }

    /// @inheritdoc IPriceHub
    function cumulativeFundingE8(uint16 underlying) external view returns (int64 fundingE8) {
        return Premiums.toldE8(_markets[underlying].fundingE16);
    }

    /// @inheritdoc IPriceHub
    function marketOf(
        uint16 underlying
    ) external view returns (uint64 openInterestE8, int64 premiumE8, int96 fundingE16) {
        Market storage m = _markets[underlying];
        return (m.openInterestE8, m.premiumE8, m.fundingE16);
    }

    /// @inheritdoc IPriceHub
    function optionInterestMaxE8(uint16 underlying) external view returns (uint64 largestE8) {
        return _markets[underlying].optionInterestMaxE8;
    }

    /// @inheritdoc IPriceHub
    function smoothedTotalE8(uint16 token) external view returns (uint128 totalE8) {
        return _tokens[token].totalE8;
    }

    /// @inheritdoc IPriceHub
    function tokenSourceOf(uint16 token) external view returns (address source) {
        return _tokens[token].source;
    }

    // Moving on

    /// @custom:spec CLR-032
    function _accrued() private view returns (uint64 debtIndexE12, uint64 creditIndexE12, uint256 insuranceE8) {
        (debtIndexE12, creditIndexE12) = (_debtIndexE12, _creditIndexE12);
        uint40 since = _accruedTime;
        if (since == block.timestamp || since == 0) return (debtIndexE12, creditIndexE12, 0);
        (uint256 debtBaseE8, uint256 creditBaseE8) = clearinghouse.cashBases();
        (uint256 nextDebtE12, uint256 nextCreditE12) = InterestRates.accrue(
            _curve,
            debtIndexE12,
            creditIndexE12,
            debtBaseE8,
            creditBaseE8,
            block.timestamp - since
        );
        insuranceE8 = InterestRates.reservedE8(
            debtBaseE8,
            creditBaseE8,
            nextDebtE12 - debtIndexE12,
            nextCreditE12 - creditIndexE12
        );
        return (uint64(nextDebtE12), uint64(nextCreditE12), insuranceE8);
    }

    /// @dev After the interest until now: a new curve is for the time from here on. Interest runs from the first one.
    /// @custom:spec CLR-032
    function _takeCurve() private {
        InterestParameters memory curve = parameters.interest();
        _curve = curve;
        if (_accruedTime == 0 && curve.kinkUtilisationE8 != 0) _accruedTime = uint40(block.timestamp);
    }

    function _isKept(uint64 id) private view returns (bool) {
        uint64 last = _latest;
        return id != 0 && id <= last && last - id < PRICES_KEPT;
    }

    function _isOld(uint256 maxAge) private view returns (bool) {
        uint40 last = _latestTime;
        return last == 0 || block.timestamp - last > maxAge;
    }

    /// @custom:spec CLR-030
    /// @custom:spec CLR-033
    function _advanceToken(uint16 token, uint256 elapsed, OracleParameters memory p) private {
        TokenMarket storage stored = _tokens[token];
        (, uint8 decimals) = vault.tokenAt(token);
        uint256 totalE8 = (uint256(vault.totalOf(token)) * ONE) / 10 ** decimals;
        if (totalE8 > TOTAL_MAX_E8) totalE8 = TOTAL_MAX_E8;
        int256 next = Averages.follow(int256(uint256(stored.totalE8)), int256(totalE8), elapsed, p.smoothingSeconds);
        stored.totalE8 = uint128(uint256(next));
        address source = stored.source;
        uint64 priceE8 = source == address(0) ? 0 : PriceSources.read(source);
        if (priceE8 != 0) {
            (stored.priceE8, stored.goodTime) = (priceE8, uint32(block.timestamp));
        } else {
            // Time in which nobody could ask, and nobody act, is no silence. A source that was set since the last checkpoint was silent for no longer than it is there.
            uint256 silent = Math.min(elapsed, block.timestamp - stored.goodTime);
            if (silent > p.checkpointMaxAgeSeconds) stored.goodTime += uint32(silent - p.checkpointMaxAgeSeconds);
        }
    }

    /// @dev Settles, moves on, and says how many options may be open until the next checkpoint.
    /// @custom:spec ORC-016
    function _advanceMarkets(uint256 elapsed, OracleParameters memory p) private {
        uint16 count = spots.underlyingCount();
        if (count == 0) return;
        uint256[] memory optionsE8 = new uint256[](count);
        uint256[] memory spotsE8 = new uint256[](count);
        for (uint16 u = 1; u <= count; ++u) {
            _settleExpired(u);
            (optionsE8[u - 1], spotsE8[u - 1]) = _advanceMarket(u, elapsed, p);
        }
        uint256[] memory mostE8 = surfaces.optionInterestMaxE8(optionsE8, spotsE8);
        for (uint16 u = 1; u <= count; ++u) _markets[u].optionInterestMaxE8 = uint64(mostE8[u - 1]);
    }

    function _noteSources(uint16 tokens) private {
        for (uint16 token = 0; token < tokens; ++token) {
            address source = _tokens[token].source;
            if (source != address(0)) PriceSources.note(source);
        }
    }

    /// @custom:spec CLR-030
    /// @custom:spec CLR-031
    function _advanceMarket(
        uint16 underlying,
        uint256 elapsed,
        OracleParameters memory p
    ) private returns (uint256 optionsE8, uint256 spot) {
        Market memory m = _markets[underlying];
        MarketTotals memory totals = clearinghouse.marketTotals(underlying);
        uint256 open = totals.openInterestE8 < OPEN_INTEREST_MAX_E8 ? totals.openInterestE8 : OPEN_INTEREST_MAX_E8;
        m.openInterestE8 = uint64(
            uint256(Averages.follow(int256(uint256(m.openInterestE8)), int256(open), elapsed, p.smoothingSeconds))
        );
        spot = spots.storedSpotE8(underlying);
        int256 sample = Premiums.sampleE8(
            int256(totals.premiumNotionalE8) - m.premiumNotionalE8,
            totals.notionalE8 - m.notionalE8,
            Premiums.leastNotionalE8(parameters.underlyingOf(underlying).depthE8, spot),
            p.premiumClampE8
        );
        m.premiumE8 = int32(Averages.follow(m.premiumE8, sample, elapsed, p.averagingWindowSeconds));
        // Who is settled late after a wind-down pays no more funding than who came first.
        if (spots.settlementPriceE8(underlying, 0) == 0) {
            m.fundingE16 = Premiums.fundingE16(m.fundingE16, m.premiumE8, spot, elapsed, p);
        }
        m.premiumNotionalE8 = totals.premiumNotionalE8;
        m.notionalE8 = totals.notionalE8;
        _markets[underlying] = m;
        return (totals.optionInterestE8, spot);
    }

    /// @custom:spec ORC-003
    function _watchInsurance() private {
        InsuranceHigh memory high = _insurance;
        uint32 drawdownE8 = Drawdowns.next(high, clearinghouse.ledger().insuranceE8, block.timestamp, insuranceDrawn);
        _insurance = high;
        bool drawn = drawdownE8 > Drawdowns.LIMIT_E8;
        if (drawn == insuranceDrawn) return;
        insuranceDrawn = drawn;
        emit InsuranceDrawn(drawn, drawdownE8);
    }

    /// @dev Expiries ascend, so the first that is not ready ends it: the next checkpoint tries again.
    /// @custom:spec ORC-004
    function _settleExpired(uint16 underlying) private {
        for (
            uint32 expiry = surfaces.firstExpiry(underlying);
            expiry != 0 && expiry <= block.timestamp;
            expiry = surfaces.firstExpiry(underlying)
        ) {
            (uint64 priceE8, ) = spots.tryFixSettlement(underlying, expiry);
            if (priceE8 == 0) return;
            surfaces.retire(underlying, expiry);
        }
    }

    // Encoding

    function _encodeAll(uint64 id) private view returns (bytes memory encoded, bytes memory records) {
        SpotReading[] memory readings = spots.spots();
        uint16 listed = vault.tokenCount();
        // As many bits as there are, not all: for a constant the compiler would make a second copy of everything below.
        uint256 underlyings = type(uint256).max >> (255 - readings.length);
        return _encode(id, readings, underlyings, listed, type(uint256).max >> (256 - listed));
    }

    /// @dev Everything of the underlyings and tokens whose bit is set; in the place of the rest stands what nothing finds.
    function _encode(
        uint64 id,
        SpotReading[] memory readings,
        uint256 underlyings,
        uint16 listed,
        uint256 tokens
    ) private view returns (bytes memory encoded, bytes memory records) {
        bytes memory hashes;
        (hashes, records) = _encodeRecords(readings, underlyings);
        bytes memory collaterals = _encodeCollaterals(listed, tokens, readings);
        encoded = bytes.concat(_encodeHeader(id, listed, readings.length), collaterals, hashes);
    }

    function _encodeRecords(
        SpotReading[] memory readings,
        uint256 underlyings
    ) private view returns (bytes memory hashes, bytes memory records) {
        for (uint16 u = 1; u <= readings.length; ++u) {
            bytes32 hash = 0;
            if ((underlyings >> u) & 1 != 0) {
                bytes memory record = _record(u, readings[u - 1]);
                hash = keccak256(record);
                records = bytes.concat(records, record);
            }
            hashes = bytes.concat(hashes, hash);
        }
    }

    function _encodeCollaterals(
        uint16 listed,
        uint256 tokens,
        SpotReading[] memory readings
    ) private view returns (bytes memory collaterals) {
        for (uint16 token = 0; token < listed; ++token) {
            bool named = (tokens >> token) & 1 != 0;
            collaterals = bytes.concat(collaterals, named ? _collateral(token, readings) : bytes.concat(NOT_NAMED));
        }
    }

    function _encodeHeader(uint64 id, uint16 tokens, uint256 underlyings) private view returns (bytes memory) {
        CheckpointHeader memory header;
        (header.id, header.time) = (id, uint40(block.timestamp));
        (header.underlyings, header.collaterals) = (uint8(underlyings), uint8(tokens));
        header.initialFactorE8 = parameters.initialFactorE8();
        (header.debtIndexE12, header.creditIndexE12) = indices();
        return Checkpoints.encodeHeader(header);
    }

    function _record(uint16 underlying, SpotReading memory reading) private view returns (bytes memory) {
        UnderlyingRecord memory record;
        Market storage m = _markets[underlying];
        UnderlyingParameters memory p = parameters.underlyingOf(underlying);
        (record.spotE8, record.marketState) = (reading.spotE8, reading.state);
        if (insuranceDrawn && reading.state == Checkpoints.NORMAL) record.marketState = uint8(Checkpoints.UNINSURED);
        record.perpetualMarkE8 = Premiums.markE8(reading.spotE8, m.premiumE8);
        record.spreadE8 = reading.spreadE8;
        record.openInterestE8 = m.openInterestE8;
        record.averageSpotE8 = reading.averageSpotE8;
        record.cumulativeFundingE8 = Premiums.toldE8(m.fundingE16);
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
        bytes memory expiries = surfaces.recordsOf(underlying, reading.spotE8);
        return Checkpoints.encodeUnderlyingWith(record, expiries);
    }

    /// @custom:spec CLR-033
    function _collateral(uint16 token, SpotReading[] memory readings) private view returns (bytes memory) {
        CollateralRecord memory record;
        TokenMarket storage stored = _tokens[token];
        TokenParameters memory p = parameters.tokenOf(token);
        address source = stored.source;
        (, record.decimals) = vault.tokenAt(token);
        record.token = token;
        // An underlying that has no source yet is none: the token then counts nothing.
        record.underlying = p.underlying <= readings.length ? p.underlying : 0;
        uint256 priceE8 = source == address(0) ? 0 : _tokenPriceE8(stored, source);
        if (p.underlying == 0) record.priceE8 = uint64(priceE8);
        else if (record.underlying != 0) {
            uint40 closedTime = readings[p.underlying - 1].closedTime;
            record.priceE8 = _fadedE8(stored, _unitsE8(p.unitsE8, source, priceE8), closedTime);
        }
        if (token == SETTLEMENT && (source == address(0) || record.priceE8 > uint64(ONE))) {
            record.priceE8 = uint64(ONE);
        }
        // Without a threshold the total counts nothing, and is not read.
        uint256 totalE8 = p.thresholdE8 == 0 ? 0 : stored.totalE8;
        record.haircutE8 = uint32(Haircuts.haircutUp(p.haircutBaseE8, p.haircutMaxE8, p.thresholdE8, totalE8));
        return Checkpoints.encodeCollateral(record);
    }

    /// @dev Of a silent source the last price, which fades: it is neither believed for ever nor gone at once.
    function _tokenPriceE8(TokenMarket storage stored, address source) private view returns (uint256 priceE8) {
        priceE8 = PriceSources.read(source);
        if (priceE8 == 0) priceE8 = PriceSources.fadedE8(stored.priceE8, block.timestamp - stored.goodTime);
    }

    /// @dev Units of the underlying in one token; a source beside it says by how much a share has grown.
    function _unitsE8(uint64 unitsE8, address source, uint256 rateE8) private pure returns (uint64) {
        if (source == address(0)) return unitsE8;
        return uint64(Math.min((unitsE8 * rateE8) / ONE, MarginDomain.SPOT_MAX_E8));
    }

    /// @dev Nobody prices a coin whose market was wound down: what its last price made of it fades, unless a source that was named since tells what it is.
    function _fadedE8(TokenMarket storage stored, uint64 unitsE8, uint40 closedTime) private view returns (uint64) {
        if (closedTime == 0 || stored.sourceTime >= closedTime) return unitsE8;
        uint256 left = Math.saturatingSub(closedTime + CLOSED_FADE_SECONDS, block.timestamp);
        return uint64((unitsE8 * left) / CLOSED_FADE_SECONDS);
    }
}
