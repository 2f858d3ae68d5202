// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeedParameters} from "../interfaces/ISpotMarkets.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Averages} from "./Averages.sol";

/// @notice The price of an underlying as it was last updated. Two slots: every update writes these and no more.
struct SpotMarket {
    /// @notice The last good price.
    uint64 spotE8;
    uint64 averageSpotE8;
    uint40 time;
    uint8 state;
    /// @notice Since when it is halted without a break; of no meaning while it is not.
    uint40 haltedTime;
    /// @notice Wound down: halted for ever, its price never moves again.
    bool isClosed;
    /// @notice When something last demanded a state at least as severe as the present one.
    uint40 demandedTime;
    /// @notice Low bits of the number of the block of the last update: one price set a block.
    uint32 blockNumber;
    /// @notice Price-seconds and seconds that were observed, ever since.
    uint96 cumulativeE8;
    uint40 coveredSeconds;
    /// @notice When enough of its sources last agreed, be it on a price beyond the band.
    uint40 agreedTime;
}

/// @notice What the sources say now.
struct Observation {
    /// @notice The median of those that agree, 0 when none does.
    uint64 priceE8;
    uint256 live;
    uint256 used;
}

/// @title How a market's price and state follow from what its sources say
/// @custom:spec ORC-002
/// @custom:spec ORC-003
library MarketStates {
    uint256 internal constant ONE = 1e8;
    /// @dev A price is taken to hold for this long after it was observed, and no longer.
    uint256 internal constant HELD_SECONDS = 300;

    uint256 internal constant STALE = 1;
    uint256 internal constant DIVERGED = 2;
    uint256 internal constant MOVED = 4;

    /// @notice Writes each of the two words once; the compiler's own way reads and writes them once a field.
    function store(SpotMarket storage place, SpotMarket memory m) internal {
        uint256 first = m.spotE8;
        first |= uint256(m.averageSpotE8) << 64;
        first |= uint256(m.time) << 128;
        first |= uint256(m.state) << 168;
        first |= uint256(m.haltedTime) << 176;
        if (m.isClosed) first |= 1 << 216;
        uint256 second = m.demandedTime;
        second |= uint256(m.blockNumber) << 40;
        second |= uint256(m.cumulativeE8) << 72;
        second |= uint256(m.coveredSeconds) << 168;
        second |= uint256(m.agreedTime) << 208;
        // Safe: the two words of the struct, their fields from the lowest bit up as the language lays them out.
        assembly ("memory-safe") {
            sstore(place.slot, first)
            sstore(add(place.slot, 1), second)
        }
    }

    /// @notice The market after an update at `time`. The price held until now moves the average and the sums; the new one counts from now on.
    /// @return reasons What demands a state other than normal, as bits.
    function next(
        SpotMarket memory m,
        FeedParameters memory p,
        Observation memory o,
        uint256 time,
        uint256 windowSeconds
    ) internal pure returns (uint256 reasons) {
        (m.cumulativeE8, m.coveredSeconds) = sumsAt(m, time);
        uint256 elapsed = time - m.time;
        m.averageSpotE8 = uint64(
            uint256(Averages.follow(int256(uint256(m.averageSpotE8)), _signed(m.spotE8), elapsed, windowSeconds))
        );
        m.time = uint40(time);
        if (o.used >= p.minCount) m.agreedTime = uint40(time);
        uint256 demanded;
        (demanded, reasons) = _demand(m, p, o);
        _move(m, p, demanded, time);
    }

    /// @notice Price-seconds and observed seconds up to a time not before the last update: the last price counts for `HELD_SECONDS` at most, and not while halted.
    /// @custom:spec ORC-004
    function sumsAt(
        SpotMarket memory m,
        uint256 time
    ) internal pure returns (uint96 cumulativeE8, uint40 coveredSeconds) {
        (cumulativeE8, coveredSeconds) = (m.cumulativeE8, m.coveredSeconds);
        if (m.state == Checkpoints.HALTED) return (cumulativeE8, coveredSeconds);
        uint256 held = time - m.time;
        if (held > HELD_SECONDS) held = HELD_SECONDS;
        // Cannot overflow: a price is below 2^48 and 2^40 seconds are 34,000 years.
        cumulativeE8 += uint96(m.spotE8 * held);
        coveredSeconds += uint40(held);
    }

    /// @dev Takes the price over, held inside its band around the average, and says which state that demands.
    function _demand(
        SpotMarket memory m,
        FeedParameters memory p,
        Observation memory o
    ) private pure returns (uint256 demanded, uint256 reasons) {
        if (o.used < p.minCount) return (Checkpoints.HALTED, o.live < p.minCount ? STALE : DIVERGED);
        if (2 * o.used <= o.live) (demanded, reasons) = (Checkpoints.REDUCE_ONLY, DIVERGED);
        uint256 average = m.averageSpotE8;
        uint256 price = o.priceE8;
        uint256 distance = price > average ? price - average : average - price;
        if (distance * ONE > p.reduceMoveE8 * average) (demanded, reasons) = (Checkpoints.REDUCE_ONLY, reasons | MOVED);
        uint256 band = (p.haltMoveE8 * average) / ONE;
        if (distance > band) {
            demanded = Checkpoints.HALTED;
            price = price > average ? average + band : average - band;
        }
        m.spotE8 = uint64(price == 0 ? 1 : price);
    }

    /// @dev Worse at once; better one step at a time, and to normal only after `recoverySeconds` in which nothing demanded otherwise.
    function _move(SpotMarket memory m, FeedParameters memory p, uint256 demanded, uint256 time) private pure {
        if (demanded == Checkpoints.HALTED && m.state != Checkpoints.HALTED) m.haltedTime = uint40(time);
        if (demanded >= m.state) {
            (m.state, m.demandedTime) = (uint8(demanded), uint40(time));
        } else if (m.state == Checkpoints.HALTED) {
            (m.state, m.demandedTime) = (uint8(Checkpoints.REDUCE_ONLY), uint40(time));
        } else if (time - m.demandedTime >= p.recoverySeconds) {
            m.state = uint8(Checkpoints.NORMAL);
        }
    }

    function _signed(uint64 value) private pure returns (int256) {
        return int256(uint256(value));
    }
}
