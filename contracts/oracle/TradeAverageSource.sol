// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICumulativePair} from "../interfaces/ICumulativePair.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";

/// @title A bounded time-weighted average of prices that were traded in a pair
/// @notice Observations of the pair's cumulative price are noted by anyone, at least half a window apart. The price is the average over the time since the older of the two noted ones, which is half a window to `maxAgeSeconds` long.
/// Bounded: what is noted follows the average by at most `maxMoveE8` of itself a note, whoever notes; an average that lies more than that from what is noted is no price. A pair with less than `minReserve` of the priced token has none.
/// Warning: the first note takes the average as it is found, since there is none to compare it with. Look at `notedPriceE8` before the source is named anywhere.
/// Assumptions: the other token of the pair is worth one unit of the price's currency.
contract TradeAverageSource is IPriceSource {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant PRICE_DECIMALS = 8;
    uint256 internal constant Q112 = 2 ** 112;
    uint256 internal constant PAIR_GAS = 60_000;

    struct Observation {
        uint224 cumulative;
        uint32 time;
    }

    address public immutable pair;
    /// @notice Whether the priced token is the pair's first.
    bool public immutable isFirst;
    uint256 public immutable windowSeconds;
    uint256 public immutable maxAgeSeconds;
    uint256 public immutable maxMoveE8;
    uint256 public immutable minReserve;
    uint256 private immutable _scale;
    Observation public older;
    Observation public newer;
    /// @notice What averages are compared with: the one that was found when an observation was last noted, at most `maxMoveE8` from what was noted before.
    uint64 public notedPriceE8;

    /// @notice An observation was noted, and with it the price that averages are compared with from here.
    event Noted(uint256 cumulative, uint40 time, uint64 notedPriceE8);

    /// @notice Thrown when windows or decimals make no sense.
    error SourceInvalid();

    /// @notice Thrown when an observation is noted before half a window has passed.
    error TooEarly(uint256 time, uint256 next);

    /// @param decimals Decimals of the priced token.
    /// @param otherDecimals Decimals of the token that it is priced in.
    constructor(
        address pair_,
        bool isFirst_,
        uint8 decimals,
        uint8 otherDecimals,
        uint256 windowSeconds_,
        uint256 maxMoveE8_,
        uint256 minReserve_
    ) {
        bool sound =
            windowSeconds_ >= 60 &&
                windowSeconds_ <= 86_400 &&
                maxMoveE8_ != 0 &&
                maxMoveE8_ < ONE &&
                otherDecimals <= decimals + PRICE_DECIMALS;
        require(sound, SourceInvalid());
        pair = pair_;
        isFirst = isFirst_;
        windowSeconds = windowSeconds_;
        maxAgeSeconds = 4 * windowSeconds_;
        maxMoveE8 = maxMoveE8_;
        minReserve = minReserve_;
        _scale = 10 ** (decimals + PRICE_DECIMALS - otherDecimals);
        newer = _observe();
        older = newer;
        emit Noted(newer.cumulative, newer.time, 0);
    }

    /// @notice Notes an observation. Anyone, at most every half window.
    function note() external {
        uint256 next = newer.time + windowSeconds / 2;
        require(block.timestamp >= next, TooEarly(block.timestamp, next));
        Observation memory observed = _observe();
        uint64 boundedE8 = _boundedE8(notedPriceE8, _averageE8(newer, observed));
        older = newer;
        newer = observed;
        notedPriceE8 = boundedE8;
        emit Noted(observed.cumulative, uint40(block.timestamp), boundedE8);
    }

    /// @inheritdoc IPriceSource
    function read() external view returns (uint64 priceE8, uint40 time) {
        Observation memory from = older;
        uint256 age = block.timestamp - from.time;
        if (notedPriceE8 == 0 || age < windowSeconds / 2 || age > maxAgeSeconds) return (0, 0);
        if (_reserve() < minReserve) return (0, 0);
        uint256 average = _averageE8(from, _observe());
        uint256 noted = notedPriceE8;
        uint256 distance = average > noted ? average - noted : noted - average;
        if (average == 0 || distance * ONE > maxMoveE8 * noted) return (0, 0);
        return (uint64(average), uint40(block.timestamp));
    }

    /// @dev The cumulative price as a trade now would store it. Wraps as the pair's own does.
    function _observe() private view returns (Observation memory) {
        ICumulativePair target = ICumulativePair(pair);
        (uint112 reserve0, uint112 reserve1, uint32 last) = target.getReserves{gas: PAIR_GAS}();
        (uint256 base, uint256 quote) = isFirst ? (reserve0, reserve1) : (reserve1, reserve0);
        uint256 cumulative =
            isFirst ? target.price0CumulativeLast{gas: PAIR_GAS}() : target.price1CumulativeLast{gas: PAIR_GAS}();
        unchecked {
            uint256 held = uint32(block.timestamp) - last;
            if (base != 0) cumulative += ((quote * Q112) / base) * uint32(held);
            return Observation(uint224(cumulative), uint32(block.timestamp));
        }
    }

    /// @dev Bounded, and not the average as it is found: from a note on it is that same half window that is told, so it would be compared with itself, and a spike of a block would be let through by a note. Never 0 again, which would take the next one as it is found.
    function _boundedE8(uint256 notedE8, uint256 foundE8) private view returns (uint64) {
        if (notedE8 == 0) return uint64(foundE8);
        // Rounded up, so that the smallest price moves, too.
        uint256 move = Math.ceilDiv(notedE8 * maxMoveE8, ONE);
        uint256 least = Math.max(notedE8 - move, 1);
        return uint64(Math.min(Math.max(foundE8, least), notedE8 + move));
    }

    function _averageE8(Observation memory from, Observation memory to) private view returns (uint64) {
        if (to.time == from.time) return 0;
        uint256 mean;
        unchecked {
            mean = uint224(to.cumulative - from.cumulative) / uint32(to.time - from.time);
        }
        // Compared before scaling, so that nothing overflows.
        if (mean > type(uint256).max / _scale) return 0;
        uint256 priceE8 = (mean * _scale) / Q112;
        return priceE8 > MarginDomain.SPOT_MAX_E8 ? 0 : uint64(priceE8);
    }

    function _reserve() private view returns (uint256) {
        (uint112 reserve0, uint112 reserve1, ) = ICumulativePair(pair).getReserves{gas: PAIR_GAS}();
        return isFirst ? reserve0 : reserve1;
    }
}
