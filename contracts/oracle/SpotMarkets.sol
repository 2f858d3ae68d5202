// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {FeedParameters, ISpotMarkets, SpotReading} from "../interfaces/ISpotMarkets.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Domains} from "../risk/Domains.sol";
import {Medians} from "./Medians.sol";
import {MarketStates, Observation, SpotMarket} from "./MarketStates.sol";
import {PriceSources} from "./PriceSources.sol";

/// @title Spot prices
contract SpotMarkets is ISpotMarkets, AccessManaged {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant SOURCES_MAX = 5;
    uint256 internal constant WINDOW_SECONDS = 1800;
    /// @dev Half of the window.
    uint256 internal constant COVERED_MIN_SECONDS = 900;
    /// @dev Two of few sources that lie apart move a price by half of this.
    uint256 internal constant DEVIATION_MIN_E8 = 25e4;
    uint256 internal constant DEVIATION_MAX_E8 = 3e6;
    uint256 internal constant REDUCE_MOVE_MIN_E8 = 3e6;
    /// @dev With the longest averaging window, which is what the band follows, a price that is believed falls by a fifth an hour at least: below that a crash would be seen when margins have long been lost.
    uint256 internal constant HALT_MOVE_MIN_E8 = 1e7;
    uint256 internal constant HALT_MOVE_MAX_E8 = 25e6;
    uint256 internal constant RECOVERY_MIN_SECONDS = 30;
    uint256 internal constant RECOVERY_MAX_SECONDS = 3600;
    /// @dev Averages are rounded toward where they were: at a lower price updates in quick succession would keep one from moving. List a cheaper coin by the thousand.
    uint256 internal constant PRICE_MIN_E8 = 1e6;
    uint256 internal constant DAY = 86_400;
    /// @dev For so long the sources of a market must have been dead before it is wound down.
    uint256 internal constant WIND_DOWN_SECONDS = 7 * DAY;

    struct Feed {
        address source;
        /// @dev The newest observation that was used: a source never goes back.
        uint40 time;
        /// @dev How many there are, in each: whoever reads the first knows it.
        uint8 count;
    }

    /// @dev Sums at a half hour.
    struct HalfHour {
        uint96 cumulativeE8;
        uint40 coveredSeconds;
        uint40 time;
    }

    IRiskParameters public immutable parameters;
    /// @notice Underlyings that have sources; the checkpoint names these.
    uint16 public underlyingCount;
    mapping(uint16 underlying => SpotMarket) private _spots;
    mapping(uint16 underlying => FeedParameters) private _feedParameters;
    mapping(uint16 underlying => Feed[SOURCES_MAX]) private _feeds;
    /// @dev Ascending. At a half hour that is not kept the sums are those of the one before it: nothing was added since.
    mapping(uint16 underlying => HalfHour[]) private _halfHours;
    mapping(uint16 underlying => mapping(uint32 expiry => uint64 priceE8)) private _settlementsE8;

    constructor(address authority, IRiskParameters parameters_) AccessManaged(authority) {
        parameters = parameters_;
    }

    // Prices

    /// @inheritdoc ISpotMarkets
    function update(uint16 underlying) external {
        _requireListed(underlying);
        _update(underlying, parameters.averagingWindowSeconds());
    }

    /// @inheritdoc ISpotMarkets
    function updateAll() external {
        uint256 window = parameters.averagingWindowSeconds();
        uint16 count = underlyingCount;
        for (uint16 u = 1; u <= count; ++u) _update(u, window);
    }

    /// @inheritdoc ISpotMarkets
    function updateThese(uint256 underlyings) external returns (SpotReading[] memory readings) {
        uint256 window = parameters.averagingWindowSeconds();
        uint16 count = underlyingCount;
        readings = new SpotReading[](count);
        for (uint16 u = 1; u <= count; ++u) {
            if ((underlyings >> u) & 1 != 0) _read(_update(u, window), readings[u - 1]);
        }
    }

    /// @inheritdoc ISpotMarkets
    /// @custom:spec ORC-004
    function tryFixSettlement(
        uint16 underlying,
        uint32 expiry
    ) external returns (uint64 priceE8, uint256 coveredSeconds) {
        _requireListed(underlying);
        priceE8 = settlementPriceE8(underlying, expiry);
        if (priceE8 != 0) return (priceE8, 0);
        if (expiry == 0) return _windDown(underlying);
        require(_isOver(expiry), ExpiryNotOver(underlying, expiry));
        SpotMarket memory m = _update(underlying, parameters.averagingWindowSeconds());
        uint256 sumE8;
        uint256 remaining;
        (sumE8, coveredSeconds, remaining, ) = _window(underlying, m, expiry, false);
        if (remaining != 0) return (0, coveredSeconds);
        priceE8 = _mean(sumE8, coveredSeconds);
        _settlementsE8[underlying][expiry] = priceE8;
        emit SettlementFixed(underlying, expiry, priceE8, uint32(coveredSeconds));
    }

    // Governance

    /// @inheritdoc ISpotMarkets
    /// @custom:spec PAR-007
    function setFeeds(uint16 underlying, address[] calldata sources, FeedParameters calldata p) external restricted {
        uint16 count = underlyingCount;
        require(!_spots[underlying].isClosed, MarketClosed(underlying));
        require(
            underlying != 0 && underlying <= count + 1 && underlying <= parameters.underlyingCount(),
            UnderlyingUnknown(underlying)
        );
        Domains.requireWithin("sources", sources.length, 1, SOURCES_MAX);
        Domains.requireWithin("minCount", p.minCount, sources.length / 2 + 1, sources.length);
        Domains.requireWithin("maxDeviationE8", p.maxDeviationE8, DEVIATION_MIN_E8, DEVIATION_MAX_E8);
        Domains.requireWithin("haltMoveE8", p.haltMoveE8, HALT_MOVE_MIN_E8, HALT_MOVE_MAX_E8);
        Domains.requireWithin("reduceMoveE8", p.reduceMoveE8, REDUCE_MOVE_MIN_E8, p.haltMoveE8);
        Domains.requireWithin("recoverySeconds", p.recoverySeconds, RECOVERY_MIN_SECONDS, RECOVERY_MAX_SECONDS);
        _replaceFeeds(underlying, sources);
        _feedParameters[underlying] = p;
        (Observation memory o, ) = _observe(underlying, p);
        // A coin that is listed may fall below what a listing takes: its sources must be replaceable then more than ever.
        bool isDear = underlying <= count || o.priceE8 >= PRICE_MIN_E8;
        require(o.used >= p.minCount && isDear, FeedsInvalid(underlying));
        SpotMarket storage m = _spots[underlying];
        if (underlying > count) {
            underlyingCount = underlying;
            m.spotE8 = o.priceE8;
            m.averageSpotE8 = o.priceE8;
            m.time = uint40(block.timestamp);
            _halfHours[underlying].push(HalfHour(0, 0, uint40(block.timestamp - (block.timestamp % WINDOW_SECONDS))));
        }
        emit FeedsSet(underlying, sources, p, o.priceE8);
    }

    // Views

    /// @inheritdoc ISpotMarkets
    function settlementPriceE8(uint16 underlying, uint32 expiry) public view returns (uint64 priceE8) {
        priceE8 = _settlementsE8[underlying][expiry];
        if (priceE8 == 0) priceE8 = _settlementsE8[underlying][0];
    }

    /// @inheritdoc ISpotMarkets
    /// @custom:spec ORC-004
    function settlementWindow(
        uint16 underlying,
        uint32 expiry
    ) external view returns (uint256 sumE8, uint256 coveredSeconds, uint256 remainingSeconds, uint256 stalledSeconds) {
        uint256 priceE8 = settlementPriceE8(underlying, expiry);
        if (priceE8 != 0) return (priceE8, 1, 0, 0);
        _requireListed(underlying);
        require(expiry % WINDOW_SECONDS == 0 && expiry != 0, ExpiryNotOver(underlying, expiry));
        if (block.timestamp + WINDOW_SECONDS < expiry) return (0, 0, WINDOW_SECONDS, WINDOW_SECONDS);
        // What has been observed is the last update's to say; whether more of it is, what an update would find now.
        bool isHalted = _reading(underlying, parameters.averagingWindowSeconds()).state == Checkpoints.HALTED;
        return _window(underlying, _spots[underlying], expiry, isHalted);
    }

    /// @inheritdoc ISpotMarkets
    function spotOf(uint16 underlying) external view returns (SpotReading memory) {
        _requireListed(underlying);
        return _reading(underlying, parameters.averagingWindowSeconds());
    }

    /// @inheritdoc ISpotMarkets
    function spots() external view returns (SpotReading[] memory readings) {
        uint256 window = parameters.averagingWindowSeconds();
        uint16 count = underlyingCount;
        readings = new SpotReading[](count);
        for (uint16 u = 1; u <= count; ++u) readings[u - 1] = _reading(u, window);
    }

    /// @inheritdoc ISpotMarkets
    function isHalted(uint16 underlying) external view returns (bool) {
        return _spots[underlying].state == Checkpoints.HALTED;
    }

    /// @inheritdoc ISpotMarkets
    function storedSpotE8(uint16 underlying) external view returns (uint64) {
        return _spots[underlying].spotE8;
    }

    /// @inheritdoc ISpotMarkets
    function feedsOf(
        uint16 underlying
    ) external view returns (address[] memory sources, FeedParameters memory feedParameters) {
        uint256 count = _feeds[underlying][0].count;
        sources = new address[](count);
        for (uint256 i = 0; i < count; ++i) sources[i] = _feeds[underlying][i].source;
        feedParameters = _feedParameters[underlying];
    }

    // Internal

    function _isOver(uint32 expiry) private view returns (bool) {
        return expiry % WINDOW_SECONDS == 0 && expiry != 0 && expiry <= block.timestamp;
    }

    function _requireListed(uint16 underlying) private view {
        require(underlying != 0 && underlying <= underlyingCount, UnderlyingUnknown(underlying));
    }

    /// @dev Once a block.
    function _update(uint16 underlying, uint256 windowSeconds) private returns (SpotMarket memory m) {
        m = _spots[underlying];
        if (m.blockNumber == uint32(block.number) || m.isClosed) return m;
        FeedParameters memory p = _feedParameters[underlying];
        (Observation memory o, uint256[] memory times) = _observe(underlying, p);
        _storeHalfHours(underlying, m);
        uint8 before = m.state;
        uint256 reasons = MarketStates.next(m, p, o, block.timestamp, windowSeconds);
        m.blockNumber = uint32(block.number);
        MarketStates.store(_spots[underlying], m);
        uint256 told = 0;
        for (uint256 i = 0; i < times.length; ++i) {
            Feed storage feed = _feeds[underlying][i];
            if (times[i] > feed.time) feed.time = uint40(times[i]);
            told |= times[i] << (40 * i);
        }
        emit SpotUpdated(underlying, m.spotE8, m.averageSpotE8, o.priceE8, uint8(o.live), uint8(o.used), told);
        if (m.state != before) emit MarketStateChanged(underlying, before, m.state, uint8(reasons));
    }

    /// @dev What an update would leave now; what it left, where there was one in this block.
    function _reading(uint16 underlying, uint256 windowSeconds) private view returns (SpotReading memory r) {
        SpotMarket memory m = _spots[underlying];
        if (m.blockNumber != uint32(block.number) && !m.isClosed) {
            FeedParameters memory p = _feedParameters[underlying];
            (Observation memory o, ) = _observe(underlying, p);
            r.reasons = uint8(MarketStates.next(m, p, o, block.timestamp, windowSeconds));
            (r.live, r.used) = (uint8(o.live), uint8(o.used));
        }
        _read(m, r);
    }

    function _read(SpotMarket memory m, SpotReading memory r) private pure {
        (r.spotE8, r.averageSpotE8, r.state) = (m.spotE8, m.averageSpotE8, m.state);
        r.spreadE8 = m.spotE8 > m.averageSpotE8 ? m.spotE8 - m.averageSpotE8 : m.averageSpotE8 - m.spotE8;
        // Its last update was the one that it was wound down after.
        if (m.isClosed) r.closedTime = m.time;
    }

    function _observe(
        uint16 underlying,
        FeedParameters memory p
    ) private view returns (Observation memory o, uint256[] memory times) {
        Feed[SOURCES_MAX] storage feeds = _feeds[underlying];
        Feed memory feed = feeds[0];
        uint256 count = feed.count;
        uint64[] memory prices = new uint64[](count);
        times = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            if (i != 0) feed = feeds[i];
            (uint64 priceE8, uint40 time) = PriceSources.readTimed(feed.source);
            if (priceE8 == 0 || time < feed.time) continue;
            (prices[i], times[i]) = (priceE8, time);
        }
        (o.priceE8, o.live, o.used) = Medians.agreed(prices, p.maxDeviationE8);
    }

    function _replaceFeeds(uint16 underlying, address[] calldata sources) private {
        delete _feeds[underlying];
        for (uint256 i = 0; i < sources.length; ++i) {
            // A source that is named twice would count twice.
            for (uint256 j = 0; j < i; ++j) require(sources[j] != sources[i], FeedsInvalid(underlying));
            _feeds[underlying][i] = Feed(sources[i], 0, uint8(sources.length));
        }
    }

    // Settlement

    /// @dev The mean over the last half hour or more in which the market was observed before it died, inside the band around its last good price.
    /// @custom:spec ORC-005
    function _windDown(uint16 underlying) private returns (uint64 priceE8, uint256 coveredSeconds) {
        _update(underlying, parameters.averagingWindowSeconds());
        SpotMarket memory m = _spots[underlying];
        // Sources that agree beyond the band bring the market back within hours: until then spot is on its way, and who calls would choose where it stops.
        uint256 since = Math.max(m.haltedTime, m.agreedTime);
        bool dead = m.state == Checkpoints.HALTED && block.timestamp - since >= WIND_DOWN_SECONDS;
        require(dead, MarketAlive(underlying, m.state, uint40(since)));
        HalfHour[] storage kept = _halfHours[underlying];
        uint256 end = m.haltedTime - (m.haltedTime % WINDOW_SECONDS) - WINDOW_SECONDS;
        // The newest that leaves enough since then; where there is none, all that was ever observed counts.
        uint256 most = uint256(m.coveredSeconds) + 1;
        uint256 count =
            most > COVERED_MIN_SECONDS ? _firstCovered(kept, 0, _countUntil(kept, end), most - COVERED_MIN_SECONDS) : 0;
        HalfHour memory from;
        if (count != 0) from = kept[count - 1];
        coveredSeconds = m.coveredSeconds - from.coveredSeconds;
        uint256 sum = m.cumulativeE8 - from.cumulativeE8;
        uint256 band = (_feedParameters[underlying].haltMoveE8 * uint256(m.spotE8)) / ONE;
        priceE8 = coveredSeconds == 0 ? m.spotE8 : _mean(sum, coveredSeconds);
        if (priceE8 > m.spotE8 + band) priceE8 = uint64(m.spotE8 + band);
        if (priceE8 < m.spotE8 - band) priceE8 = uint64(m.spotE8 - band);
        _spots[underlying].isClosed = true;
        _settlementsE8[underlying][0] = priceE8;
        emit SettlementFixed(underlying, 0, priceE8, uint32(coveredSeconds));
    }

    /// @dev Keeps the sums at the half hours that passed since the last update: the first two and the last, since between those nothing is added.
    /// @custom:spec ORC-004
    function _storeHalfHours(uint16 underlying, SpotMarket memory m) private {
        uint256 first = (m.time / WINDOW_SECONDS + 1) * WINDOW_SECONDS;
        uint256 last = block.timestamp - (block.timestamp % WINDOW_SECONDS);
        if (last < first) return;
        _storeHalfHour(underlying, m, first);
        if (last == first) return;
        _storeHalfHour(underlying, m, first + WINDOW_SECONDS);
        if (last != first + WINDOW_SECONDS) _storeHalfHour(underlying, m, last);
    }

    function _storeHalfHour(uint16 underlying, SpotMarket memory m, uint256 time) private {
        (uint96 cumulativeE8, uint40 coveredSeconds) = MarketStates.sumsAt(m, time);
        _halfHours[underlying].push(HalfHour(cumulativeE8, coveredSeconds, uint40(time)));
    }

    /// @dev Price-seconds and seconds of an expiry's window: up to the half hour that fixes its price, or up to now, with the seconds that will count if each is observed.
    /// @custom:spec ORC-004
    function _window(
        uint16 underlying,
        SpotMarket memory m,
        uint256 expiry,
        bool isHalted
    ) private view returns (uint256 sumE8, uint256 coveredSeconds, uint256 remainingSeconds, uint256 stalledSeconds) {
        (uint256 fromE8, uint256 fromSeconds) = _sumsAt(underlying, m, expiry - WINDOW_SECONDS);
        uint256 enough = fromSeconds + COVERED_MIN_SECONDS;
        (uint256 toE8, uint256 toSeconds, bool isEnough) = _sumsOfEnough(underlying, m, expiry, enough);
        if (!isEnough) {
            (toE8, toSeconds) = _sumsAt(underlying, m, block.timestamp);
            remainingSeconds =
                expiry > block.timestamp
                    ? expiry - block.timestamp
                    : WINDOW_SECONDS - (block.timestamp % WINDOW_SECONDS);
            if (toSeconds + remainingSeconds < enough) remainingSeconds += WINDOW_SECONDS;
        }
        (sumE8, coveredSeconds, stalledSeconds) = (toE8 - fromE8, toSeconds - fromSeconds, remainingSeconds);
        if (!isEnough && isHalted) {
            stalledSeconds = coveredSeconds >= COVERED_MIN_SECONDS ? 0 : WINDOW_SECONDS;
        }
    }

    /// @dev Sums at the first half hour from an expiry on, up to now, at which enough seconds are covered.
    function _sumsOfEnough(
        uint16 underlying,
        SpotMarket memory m,
        uint256 expiry,
        uint256 enough
    ) private view returns (uint256 sumE8, uint256 coveredSeconds, bool isEnough) {
        HalfHour[] storage kept = _halfHours[underlying];
        if (expiry <= m.time) {
            HalfHour memory found = kept[
                _firstCovered(kept, Math.saturatingSub(_countUntil(kept, expiry), 1), kept.length - 1, enough)
            ];
            if (found.coveredSeconds >= enough) return (found.cumulativeE8, found.coveredSeconds, true);
        }
        // Half hours after the last update are not kept yet. Nothing is added after the second of them.
        uint256 next = Math.max(expiry, (m.time / WINDOW_SECONDS + 1) * WINDOW_SECONDS);
        for (uint256 end = next + WINDOW_SECONDS; next <= end && next <= block.timestamp; next += WINDOW_SECONDS) {
            (sumE8, coveredSeconds) = MarketStates.sumsAt(m, next);
            if (coveredSeconds >= enough) return (sumE8, coveredSeconds, true);
        }
    }

    /// @dev Sums at a time: at one after the last update by holding its price, at a half hour before it as kept.
    function _sumsAt(
        uint16 underlying,
        SpotMarket memory m,
        uint256 time
    ) private view returns (uint96 cumulativeE8, uint40 coveredSeconds) {
        if (time >= m.time) return MarketStates.sumsAt(m, time);
        HalfHour memory found = _keptAt(_halfHours[underlying], time);
        return (found.cumulativeE8, found.coveredSeconds);
    }

    /// @dev The newest that was kept of a time or before it; zeros before the underlying was listed.
    function _keptAt(HalfHour[] storage kept, uint256 time) private view returns (HalfHour memory found) {
        uint256 count = _countUntil(kept, time);
        if (count != 0) found = kept[count - 1];
    }

    /// @dev How many were kept of a time or before it: looked for from the newest, which most ask about, in steps that double, and then by halves. However long nobody looked at the market, that is some dozen reads.
    function _countUntil(HalfHour[] storage kept, uint256 time) private view returns (uint256 count) {
        uint256 most = kept.length;
        count = most;
        for (uint256 step = 1; count != 0 && kept[count - 1].time > time; step *= 2) {
            most = count - 1;
            count = most > step ? most - step : 0;
        }
        while (count < most) {
            uint256 middle = (count + most + 1) / 2;
            if (kept[middle - 1].time > time) most = middle - 1;
            else count = middle;
        }
    }

    /// @dev The place of the first between two whose covered seconds are at least so many; the upper one where none is. They never fall from one to the next.
    function _firstCovered(
        HalfHour[] storage kept,
        uint256 least,
        uint256 most,
        uint256 coveredSeconds
    ) private view returns (uint256) {
        while (least < most) {
            uint256 middle = (least + most) / 2;
            if (kept[middle].coveredSeconds < coveredSeconds) least = middle + 1;
            else most = middle;
        }
        return least;
    }

    /// @dev Rounded to the nearest unit: a price is neither a credit nor a debt.
    function _mean(uint256 sumE8, uint256 seconds_) private pure returns (uint64) {
        return uint64((sumE8 + seconds_ / 2) / seconds_);
    }
}
