// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OptionValues} from "./OptionValues.sol";
import {Scenarios} from "./Scenarios.sol";
// prettier-ignore
// solhint-disable-next-line no-unused-import
import { WS_A, WS_A_ZERO, WS_LINEAR, WS_LINEAR_ZERO, WS_LN_X, WS_NODE, WS_PAIR, WS_PAYOFF, WS_SUMS_BYTES, WS_SUMS_START, WS_SUM_DOWN, WS_SUM_MID, WS_SUM_UP, WS_TO_NARROW, WS_WIDTH, WS_ZERO_DOWN, WS_ZERO_MID, WS_ZERO_UP } from "./Workspace.sol";

/// @notice Which scenarios are wanted: all, or a list with the mark.
struct Selection {
    bool all;
    /// @notice Whether the values at an unchanged price under both shocks are wanted.
    bool zeros;
    /// @notice Whether kinks and payoffs are wanted (MRG-032).
    bool kinks;
    /// @notice One byte an entry, `0x40 | shock << 4 | node`, at most 31, each once. Unused when `all`.
    uint256 entries;
}

/// @title Sums of size·value over the scenarios of an underlying, in the workspace
/// @notice Puts enter as calls; what parity adds is linear and enters once an expiry. Sums are exact integers, so their order does not matter.
/// A strike that is narrow at a shock (MRG-032) goes to sums of its own there, so that the grid reads all sums and the broken line those of the others with the payoffs.
/// @custom:spec MRG-031
library ScenarioSums {
    // The pairs that a shock has, from the first logarithm's address to the end: the inner nodes have all shocks, the tails none and up, the two outermost only up.
    uint256 private constant DOWN_FROM = WS_LN_X + WS_PAIR;
    uint256 private constant DOWN_TO = WS_LN_X + 5 * WS_PAIR;
    uint256 private constant MID_FROM = WS_LN_X;
    uint256 private constant MID_TO = WS_LN_X + 6 * WS_PAIR;
    uint256 private constant UP_FROM = WS_LN_X;
    uint256 private constant UP_TO = WS_LN_X + 7 * WS_PAIR;

    // From a logarithm's address to that of its node's discounted forward: WS_A - WS_LN_X.
    uint256 private constant TO_A = 0x1e0;

    // Cells are counted from the start of memory, so that a deviation's whole cells times 12 are an address: cell 0 of the table is 555, its end 555 + 2047, the mean 555 + 1040.
    uint256 private constant CELL_FIRST_Q32 = 0x22b00000000;
    uint256 private constant CELL_END_Q32 = 0xa2a00000000;
    uint256 private constant CELL_MEAN_Q32 = 0x63b00000000;
    uint256 private constant INVERSE_NUMERATOR = 0x6400000000000000;
    // Quarters of the range, one byte a node, as in `Scenarios`; the units of MRG-026 and their halves.
    uint256 private constant QUARTERS = 0x0030180c0804030201fffefdfcf8f4;
    uint256 private constant UNIT = 400000000;
    uint256 private constant HALF_UNIT = 200000000;
    uint256 private constant UNIT_E12 = 400000000000000000000;
    uint256 private constant HALF_UNIT_E12 = 200000000000000000000;
    uint256 private constant HALF_Q60 = 0x800000000000000;

    /// @notice Sets every sum to zero.
    function clear() internal pure {
        // Safe: the region lies in the workspace; reading beyond the calldata gives zeros.
        assembly ("memory-safe") {
            calldatacopy(WS_SUMS_START, calldatasize(), WS_SUMS_BYTES)
        }
    }

    /// @notice Adds `size` calls of one strike under all 37 scenarios.
    /// @param s The strike's deviations under the three shocks (MRG-024).
    /// @param narrow At how many of them it is narrow, from below.
    /// @param logMoneyness `L` of MRG-026.
    /// @param b `B` of MRG-026.
    /// @return mark The call's value at the mark.
    /// @return spread Its value at an unchanged price, volatility up less volatility down.
    /// @custom:spec MRG-031
    function addCalls(
        uint256[3] memory s,
        uint256 narrow,
        int256 logMoneyness,
        uint256 b,
        int256 size
    ) internal pure returns (int256 mark, int256 spread) {
        unchecked {
            uint256 shift = narrow > Scenarios.MID ? WS_TO_NARROW : 0;
            mark = _addShock(
                s[Scenarios.MID],
                logMoneyness,
                b,
                size,
                MID_FROM,
                MID_TO,
                WS_SUM_MID - WS_LN_X + shift,
                WS_ZERO_MID + shift
            );
            shift = narrow > Scenarios.UP ? WS_TO_NARROW : 0;
            spread = _addShock(
                s[Scenarios.UP],
                logMoneyness,
                b,
                size,
                UP_FROM,
                UP_TO,
                WS_SUM_UP - WS_LN_X + shift,
                WS_ZERO_UP + shift
            );
            shift = narrow > Scenarios.DOWN ? WS_TO_NARROW : 0;
            spread -= _addShock(
                s[Scenarios.DOWN],
                logMoneyness,
                b,
                size,
                DOWN_FROM,
                DOWN_TO,
                WS_SUM_DOWN - WS_LN_X + shift,
                WS_ZERO_DOWN + shift
            );
        }
    }

    /// @notice Adds `size` calls of one strike under the chosen scenarios and the mark; see `addCalls`.
    /// @custom:spec MRG-057
    function addCallsSelected(
        Selection memory selection,
        uint256[3] memory s,
        uint256 narrow,
        int256 logMoneyness,
        uint256 b,
        int256 size
    ) internal pure returns (int256 mark, int256 spread) {
        unchecked {
            uint256 a = uint256(_load(WS_A_ZERO));
            mark = OptionValues.valueOfCall(a, b, logMoneyness, s[Scenarios.MID]);
            _addTo(_sum(Scenarios.NODE_ZERO, Scenarios.MID, narrow), size * mark);
            if (selection.zeros) {
                int256 up = OptionValues.valueOfCall(a, b, logMoneyness, s[Scenarios.UP]);
                int256 down = OptionValues.valueOfCall(a, b, logMoneyness, s[Scenarios.DOWN]);
                spread = up - down;
                _addTo(_sum(Scenarios.NODE_ZERO, Scenarios.UP, narrow), size * up);
                _addTo(_sum(Scenarios.NODE_ZERO, Scenarios.DOWN, narrow), size * down);
            }
            for (uint256 rest = selection.entries; rest != 0; rest >>= 8) {
                (uint256 node, uint256 shock) = (rest & 0xf, (rest >> 4) & 0x3);
                int256 log = logMoneyness + _load(WS_LN_X + WS_NODE * node);
                int256 value = OptionValues.valueOfCall(uint256(_load(WS_A + WS_NODE * node)), b, log, s[shock]);
                _addTo(_sum(node, shock, narrow), _inLane(node, size * value));
            }
        }
    }

    /// @notice Adds `size` calls of one strike at every node, without haste: those whose logarithm is held, and, with deviations of 0, those worth their payoff
    /// (less than 60 seconds left, the same under every shock); see `addCalls`.
    /// @custom:spec MRG-026
    function addCallsSlowly(
        uint256[3] memory s,
        uint256 narrow,
        int256 logMoneyness,
        uint256 b,
        int256 size
    ) internal pure returns (int256 mark, int256 spread) {
        unchecked {
            int256 down;
            for (uint256 node = 0; node <= Scenarios.NODES; ++node) {
                uint256 a = uint256(_load(WS_A + WS_NODE * node));
                int256 log = logMoneyness + _load(WS_LN_X + WS_NODE * node);
                for (uint256 shock = Scenarios.DOWN; shock <= Scenarios.UP; ++shock) {
                    uint256 deviation = s[shock];
                    int256 value =
                        deviation == 0
                            ? int256(OptionValues.payoff(a, b))
                            : OptionValues.withinBounds(OptionValues.valueOfCall(a, b, log, deviation), a, b);
                    _addTo(_sum(node, shock, narrow), _inLane(node, size * value));
                    // The last node is the mark's; its three values are down, unchanged, up.
                    (down, mark, spread) = (mark, spread, value);
                }
            }
            spread -= down;
        }
    }

    /// @notice Adds the payoffs of `size` calls of one strike that is narrow at `narrow` shocks, one at least.
    /// @custom:spec MRG-032
    function addPayoffs(uint256 narrow, uint256 b, int256 size) internal pure {
        unchecked {
            uint256 sums = WS_PAYOFF + WS_WIDTH * (narrow - 1);
            // Safe: fifteen words of the workspace. Plain form: `OptionValues.payoff` at each node.
            assembly ("memory-safe") {
                let toA := sub(WS_A, sums)
                for {
                    let end := add(sums, WS_WIDTH)
                } lt(sums, end) {
                    sums := add(sums, WS_NODE)
                } {
                    let a := mload(add(sums, toA))
                    if gt(a, b) {
                        mstore(sums, add(mload(sums), mul(size, sub(a, b))))
                    }
                }
            }
        }
    }

    /// @notice `Σ size·value` of everything at a node under a shock, but what parity takes from it at every node, E16.
    function valueAt(uint256 node, uint256 shock) internal pure returns (int256) {
        unchecked {
            return
                _lane(node, _sum(node, shock, 0)) +
                _lane(node, _sum(node, shock, 3)) +
                _load(WS_LINEAR + WS_NODE * node);
        }
    }

    /// @notice The same with narrow options at their payoffs.
    /// @custom:spec MRG-032
    function brokenAt(uint256 node, uint256 shock) internal pure returns (int256 value) {
        unchecked {
            value = _lane(node, _sum(node, shock, 0)) + _load(WS_LINEAR + WS_NODE * node);
            for (uint256 width = shock; width <= Scenarios.UP; ++width) {
                value += _load(WS_PAYOFF + WS_WIDTH * width + WS_NODE * node);
            }
        }
    }

    /// @notice `Σ size·(value(+1, none) − value(−1, none))` over the options so far as calls, E16.
    function slope() internal pure returns (int256) {
        unchecked {
            return _midAt(Scenarios.NODE_PLUS_ONE) - _midAt(Scenarios.NODE_MINUS_ONE);
        }
    }

    /// @notice Sets the discounted forward of every node.
    /// @param discountedE20 Discount times forward.
    /// @custom:spec MRG-026
    function setForwards(uint256 discountedE20, uint256 rangeE8) internal pure {
        // Safe: fifteen words of the workspace. Plain form: `OptionValues.discountedForward` of `OptionValues.multiplier`.
        assembly ("memory-safe") {
            let quarters := QUARTERS
            for {
                let word := WS_A
            } iszero(gt(word, WS_A_ZERO)) {
                word := add(word, WS_NODE)
            } {
                let m := add(UNIT, mul(signextend(0, quarters), rangeE8))
                mstore(word, div(add(mul(discountedE20, m), HALF_UNIT_E12), UNIT_E12))
                quarters := shr(8, quarters)
            }
        }
    }

    /// @notice Adds `size` of the discounted forward at every node.
    function addForwards(int256 size) internal pure {
        // Safe: fifteen words of the workspace each.
        assembly ("memory-safe") {
            for {
                let word := WS_A
            } iszero(gt(word, WS_A_ZERO)) {
                word := add(word, WS_NODE)
            } {
                let linear := add(word, sub(WS_LINEAR, WS_A))
                mstore(linear, add(mload(linear), mul(size, mload(word))))
            }
        }
    }

    /// @notice Adds `size` of something linear at every node.
    /// @custom:spec MRG-028
    function addLinear(uint256 priceE8, uint256 rangeE8, int256 size) internal pure {
        // Safe: fifteen words of the workspace. Plain form: `OptionValues.linear`.
        assembly ("memory-safe") {
            let quarters := QUARTERS
            for {
                let word := WS_LINEAR
            } iszero(gt(word, WS_LINEAR_ZERO)) {
                word := add(word, WS_NODE)
            } {
                let m := add(UNIT, mul(signextend(0, quarters), rangeE8))
                mstore(word, add(mload(word), mul(size, div(add(mul(priceE8, m), HALF_UNIT), UNIT))))
                quarters := shr(8, quarters)
            }
        }
    }

    /// @dev One shock of one strike: the value at node 0 is added to `zero`, those of the pairs whose logarithms lie in [from, to) to the sums `toSum` bytes above.
    ///
    /// Plain form: for each node, `OptionValues.valueOfCall(A, b, logMoneyness + lnX, s)`; `Referee.t.sol` compares them.
    /// - `base` holds everything of D1 but `lnX·inverse`, with 16 more bits; flooring the sum is flooring the part that has a fraction, as the rest is a multiple of 2^16.
    /// - D rises along the axis. So the pairs whose lower D2 lies left of the table come first and those whose upper D1 lies right of it come last: two loops peel them off, value by
    ///   value, with the constants 0 and 2^60 outside the table. A pair whose upper D1 lies left is worth 0, one whose lower D2 lies right is worth a - b.
    /// - In every pair that is left all four deviations are inside the table, so the middle loop tests nothing.
    /// - Reads: 12·cell lies in the table for a deviation inside; 20 bytes beyond the last cell still are workspace. Writes: the sums. So it is memory-safe.
    /// - Ranges: a·P < 2^52·2^61, b·P < 2^54·2^61, |pair| < 2^55·2^128, |size·pair| < 2^242.
    function _addShock(
        uint256 s,
        int256 logMoneyness,
        uint256 b,
        int256 size,
        uint256 from,
        uint256 to,
        uint256 toSum,
        uint256 zero
    ) private pure returns (int256 valueAtZero) {
        assembly ("memory-safe") {
            function cdf(d) -> p {
                if iszero(slt(d, CELL_FIRST_Q32)) {
                    p := 0x1000000000000000
                    if slt(d, CELL_END_Q32) {
                        let w := shr(160, mload(mul(12, shr(32, d))))
                        let t := and(d, 0xffffffff)
                        p := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    }
                }
            }
            function valueOf(d, deviation, a, strike) -> v {
                v := sar(60, add(sub(mul(a, cdf(d)), mul(strike, cdf(sub(d, deviation)))), HALF_Q60))
            }
            function addPair(sum, amount) {
                mstore(sum, add(mload(sum), amount))
            }
            let inverse := div(INVERSE_NUMERATOR, s)
            let base := add(mul(logMoneyness, inverse), shl(16, add(shr(1, s), CELL_MEAN_Q32)))
            valueAtZero := valueOf(sar(16, base), s, mload(WS_A_ZERO), b)
            addPair(zero, mul(size, valueAtZero))
            // Left of the table.
            for {} lt(from, to) {
                from := add(from, WS_PAIR)
            } {
                let d := sar(16, add(mul(mload(from), inverse), base))
                if iszero(slt(sub(d, s), CELL_FIRST_Q32)) {
                    break
                }
                let e := sar(16, add(mul(mload(add(from, WS_NODE)), inverse), base))
                if iszero(slt(e, CELL_FIRST_Q32)) {
                    let pair := shl(128, valueOf(d, s, mload(add(from, TO_A)), b))
                    pair := add(pair, valueOf(e, s, mload(add(from, add(TO_A, WS_NODE))), b))
                    addPair(add(from, toSum), mul(size, pair))
                }
            }
            // Right of the table.
            for {} lt(from, to) {} {
                let last := sub(to, WS_PAIR)
                let e := sar(16, add(mul(mload(add(last, WS_NODE)), inverse), base))
                if slt(e, CELL_END_Q32) {
                    break
                }
                let d := sar(16, add(mul(mload(last), inverse), base))
                let pair := shl(128, valueOf(d, s, mload(add(last, TO_A)), b))
                pair := add(pair, valueOf(e, s, mload(add(last, add(TO_A, WS_NODE))), b))
                addPair(add(last, toSum), mul(size, pair))
                to := last
            }
            // Inside.
            for {} lt(from, to) {
                from := add(from, WS_PAIR)
            } {
                let d := sar(16, add(mul(mload(from), inverse), base))
                let w := shr(160, mload(mul(12, shr(32, d))))
                let t := and(d, 0xffffffff)
                let x := mul(
                    mload(add(from, TO_A)),
                    shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                )
                d := sub(d, s)
                w := shr(160, mload(mul(12, shr(32, d))))
                t := and(d, 0xffffffff)
                x := sub(x, mul(b, shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))))
                let pair := shl(128, sar(60, add(x, HALF_Q60)))
                d := sar(16, add(mul(mload(add(from, WS_NODE)), inverse), base))
                w := shr(160, mload(mul(12, shr(32, d))))
                t := and(d, 0xffffffff)
                x := mul(
                    mload(add(from, add(TO_A, WS_NODE))),
                    shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                )
                d := sub(d, s)
                w := shr(160, mload(mul(12, shr(32, d))))
                t := and(d, 0xffffffff)
                x := sub(x, mul(b, shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))))
                let sum := add(from, toSum)
                mstore(sum, add(mload(sum), mul(size, add(pair, sar(60, add(x, HALF_Q60))))))
            }
        }
    }

    function _midAt(uint256 node) private pure returns (int256) {
        unchecked {
            return _lane(node, _sum(node, Scenarios.MID, 0)) + _lane(node, _sum(node, Scenarios.MID, 3));
        }
    }

    /// @dev Address of the sum at a node under a shock for strikes that are narrow at `narrow` shocks.
    function _sum(uint256 node, uint256 shock, uint256 narrow) private pure returns (uint256 word) {
        unchecked {
            word = narrow > shock ? WS_TO_NARROW : 0;
            if (node == Scenarios.NODE_ZERO) return word + WS_ZERO_DOWN + WS_NODE * shock;
            word += WS_PAIR * (node >> 1);
            return word + (shock == Scenarios.UP ? WS_SUM_UP : WS_SUM_DOWN + WS_NODE * shock);
        }
    }

    /// @dev The even node of a pair is its upper lane; node 0 has a word for itself.
    function _inLane(uint256 node, int256 amount) private pure returns (int256) {
        return node & 1 == 0 && node != Scenarios.NODE_ZERO ? amount << 128 : amount;
    }

    function _lane(uint256 node, uint256 word) private pure returns (int256 sum) {
        // Why it is right: the word is `even·2^128 + odd` as an integer, |odd| < 2^127.
        assembly ("memory-safe") {
            let w := mload(word)
            sum := w
            if lt(node, 14) {
                sum := signextend(15, w)
                if iszero(and(node, 1)) {
                    sum := sar(128, sub(w, sum))
                }
            }
        }
    }

    function _load(uint256 word) private pure returns (int256 value) {
        assembly ("memory-safe") {
            value := mload(word)
        }
    }

    function _addTo(uint256 word, int256 amount) private pure {
        // Safe: callers name a word of the workspace.
        assembly ("memory-safe") {
            mstore(word, add(mload(word), amount))
        }
    }
}
