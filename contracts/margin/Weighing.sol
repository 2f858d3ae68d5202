// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// prettier-ignore
// solhint-disable-next-line no-unused-import
import {WS_LINEAR, WS_LINEAR_ZERO, WS_NODE, WS_PAIR, WS_PAYOFF, WS_SUM_DOWN, WS_SUM_MID, WS_SUM_UP, WS_TO_NARROW, WS_WIDTH, WS_ZERO_DOWN, WS_ZERO_MID, WS_ZERO_UP} from "./Workspace.sol";

/// @title From sums to weighted PnL: `N_s`, and `E_s` of the broken line
/// @notice `ScenarioSums.valueAt` and `brokenAt` are the plain form of what is read here, pair by pair.
/// @custom:spec MRG-031
library Weighing {
    uint256 private constant ONE = 1e8;

    // What makes a weighted sum, below 2^133 in magnitude, positive, and what that is after the division: a floor without looking at the sign.
    uint256 private constant LIFT_E8 = 0x5f5e10000000000000000000000000000000000000;
    uint256 private constant LIFT = 0x100000000000000000000000000000000000;

    // One byte a node, node 0 in the lowest, as in `Scenarios`: weights, and the index of the scenario without a shock.
    uint256 private constant WEIGHTS = 0x180103080c18181818181818180c08;
    uint256 private constant MID_INDEX = 0x0d2322211d191613100a0704011b1f;

    /// @notice The largest loss over the scenarios, straight from the sums: the least of 37 weighted PnLs before they are divided, as division keeps their order.
    /// @custom:spec MRG-031
    function leastAll() internal pure returns (int256 loss24) {
        // Safe: reads the workspace. Plain form: `weighAll`, then `scenarioLoss`. Of words that hold a pair, the least has the least first lane: lanes are below 2^127 in magnitude.
        assembly ("memory-safe") {
            function least(a, b) -> r {
                r := xor(a, mul(xor(a, b), slt(b, a)))
            }
            // A word of sums and that of the narrow options beside it.
            function both(word) -> w {
                w := add(mload(word), mload(add(word, WS_TO_NARROW)))
            }
            // The first lane of a word of which the second is given.
            function firstOf(w) -> lane {
                lane := sar(128, sub(w, signextend(15, w)))
            }
            // Takes the lowest through a pair of nodes at two shocks; `offset` is that of the pair, `weights` are those of its nodes.
            function outer(lowest, w, x, offset, mark, weights) -> r {
                let linear := add(WS_LINEAR, offset)
                r := least(lowest, mul(and(weights, 0xff), sub(add(firstOf(least(w, x)), mload(linear)), mark)))
                w := least(signextend(15, w), signextend(15, x))
                r := least(r, mul(shr(8, weights), sub(add(w, mload(add(linear, WS_NODE))), mark)))
            }
            let mark := both(WS_ZERO_MID)
            // Node 0, where nothing linear is left; then the inner nodes; all weigh the same.
            let lowest := least(0, sub(least(both(WS_ZERO_DOWN), both(WS_ZERO_UP)), mark))
            mark := add(mark, mload(WS_LINEAR_ZERO))
            for {
                let offset := WS_PAIR
            } lt(offset, 0x140) {
                offset := add(offset, WS_PAIR)
            } {
                let w := both(add(WS_SUM_DOWN, offset))
                let x := both(add(WS_SUM_MID, offset))
                let y := both(add(WS_SUM_UP, offset))
                let lower := sub(add(firstOf(least(least(w, x), y)), mload(add(WS_LINEAR, offset))), mark)
                y := least(least(signextend(15, w), signextend(15, x)), signextend(15, y))
                y := sub(add(y, mload(add(add(WS_LINEAR, WS_NODE), offset))), mark)
                lowest := least(least(lowest, lower), y)
            }
            lowest := mul(24, lowest)
            // The tails, by their weights: -12 and -8, 8 and 12, 24 and 48, of which the last two have one shock.
            lowest := outer(lowest, both(WS_SUM_MID), both(WS_SUM_UP), 0, mark, 0x0c08)
            let w := both(add(WS_SUM_MID, mul(5, WS_PAIR)))
            lowest := outer(lowest, w, both(add(WS_SUM_UP, mul(5, WS_PAIR))), mul(5, WS_PAIR), mark, 0x080c)
            w := both(add(WS_SUM_UP, mul(6, WS_PAIR)))
            lowest := outer(lowest, w, w, mul(6, WS_PAIR), mark, 0x0103)
            // The floor of the least, turned round: the ceiling of the loss.
            loss24 := sub(0, lowest)
            loss24 := add(sdiv(loss24, ONE), sgt(smod(loss24, ONE), 0))
        }
    }

    /// @notice Writes all 37 weighted PnLs from the address `weighted` on.
    function weighAll(uint256 weighted) internal pure {
        // Safe: writes the 37 words of `weighted` only: index + shock - 1 runs over 0..36 for the shocks that a node has. Reads the workspace.
        assembly ("memory-safe") {
            // `⌊w·(sum − mark)/10^8⌋` of both nodes of a pair: sdiv truncates, so a negative remainder means one less.
            function pair(word, toLower, toUpper, linearLower, linearUpper, weights) {
                let w := add(mload(word), mload(add(word, WS_TO_NARROW)))
                let upper := signextend(15, w)
                let x := mul(and(weights, 0xff), add(sar(128, sub(w, upper)), linearLower))
                mstore(toLower, sub(sdiv(x, ONE), slt(smod(x, ONE), 0)))
                x := mul(and(shr(8, weights), 0xff), add(upper, linearUpper))
                mstore(toUpper, sub(sdiv(x, ONE), slt(smod(x, ONE), 0)))
            }
            let mark := add(mload(WS_ZERO_MID), mload(add(WS_ZERO_MID, WS_TO_NARROW)))
            for {
                let node := 0
            } lt(node, 14) {
                node := add(node, 2)
            } {
                let linear := add(WS_LINEAR, shl(5, node))
                let lower := sub(sub(mload(linear), mload(WS_LINEAR_ZERO)), mark)
                let upper := sub(sub(mload(add(linear, WS_NODE)), mload(WS_LINEAR_ZERO)), mark)
                let weights := shr(shl(3, node), WEIGHTS)
                let indices := shr(shl(3, node), MID_INDEX)
                let toLower := add(weighted, shl(5, and(indices, 0xff)))
                let toUpper := add(weighted, shl(5, and(shr(8, indices), 0xff)))
                let word := add(WS_SUM_DOWN, shl(5, node))
                if lt(sub(node, 2), 8) {
                    pair(word, sub(toLower, 32), sub(toUpper, 32), lower, upper, weights)
                }
                if lt(node, 12) {
                    pair(add(word, WS_NODE), toLower, toUpper, lower, upper, weights)
                }
                pair(add(word, sub(WS_SUM_UP, WS_SUM_DOWN)), add(toLower, 32), add(toUpper, 32), lower, upper, weights)
            }
            // Node 0: no linear part is left; indices 12, 13, 14.
            for {
                let shock := 0
            } lt(shock, 3) {
                shock := add(shock, 1)
            } {
                let word := add(WS_ZERO_DOWN, shl(5, shock))
                let x := mul(24, sub(add(mload(word), mload(add(word, WS_TO_NARROW))), mark))
                mstore(add(weighted, shl(5, add(12, shock))), sub(sdiv(x, ONE), slt(smod(x, ONE), 0)))
            }
        }
    }

    /// @notice Writes the weighted broken line at the shocks below `narrow`: the sums without what is narrow there, and the payoffs of that.
    /// @return loss24 The largest loss among them, 0 at least.
    /// @custom:spec MRG-032
    function breakAll(uint256 broken, uint256 narrow) internal pure returns (int256 loss24) {
        // Safe: writes words of the 37 of `broken`, see `weighAll`, and sums of the workspace. Plain form: `ScenarioSums.brokenAt`. From the last shock down, as an option that is narrow at
        // several counts at all of them: what is linear goes to the payoffs of the last, and with them to those of the one before.
        assembly ("memory-safe") {
            let mark := add(mload(WS_ZERO_MID), add(mload(add(WS_ZERO_MID, WS_TO_NARROW)), mload(WS_LINEAR_ZERO)))
            let more := WS_LINEAR
            for {} narrow {} {
                narrow := sub(narrow, 1)
                let toBroken := add(broken, sub(shl(5, narrow), 32))
                let sums := add(add(WS_SUM_DOWN, shl(5, narrow)), mul(384, eq(narrow, 2)))
                let payoffs := add(WS_PAYOFF, mul(WS_WIDTH, narrow))
                // The pairs that the shock has: 1 to 4, 0 to 5, 0 to 6.
                for {
                    let offset := shl(6, iszero(narrow))
                    let end := shl(6, add(5, narrow))
                } lt(offset, end) {
                    offset := add(offset, WS_PAIR)
                } {
                    let lower := mload(add(sums, offset))
                    let upper := signextend(15, lower)
                    lower := sar(128, sub(lower, upper))
                    // What is linear, or narrow at more shocks, goes to the payoffs and with them to the line.
                    let row := add(payoffs, offset)
                    let linear := add(mload(row), mload(add(more, offset)))
                    mstore(row, linear)
                    row := add(row, WS_NODE)
                    lower := add(lower, sub(linear, mark))
                    linear := add(mload(row), mload(add(add(more, WS_NODE), offset)))
                    mstore(row, linear)
                    upper := add(upper, sub(linear, mark))
                    let indices := shr(shr(2, offset), MID_INDEX)
                    let weights := shr(shr(2, offset), WEIGHTS)
                    lower := sub(div(add(mul(and(weights, 0xff), lower), LIFT_E8), ONE), LIFT)
                    mstore(add(toBroken, shl(5, and(indices, 0xff))), lower)
                    upper := sub(div(add(mul(and(shr(8, weights), 0xff), upper), LIFT_E8), ONE), LIFT)
                    mstore(add(toBroken, shl(5, and(shr(8, indices), 0xff))), upper)
                    lower := xor(lower, mul(xor(upper, lower), slt(upper, lower)))
                    loss24 := xor(loss24, mul(xor(lower, loss24), slt(lower, loss24)))
                }
                // Node 0: indices 12, 13, 14.
                let linear := add(mload(add(payoffs, 448)), mload(add(more, 448)))
                mstore(add(payoffs, 448), linear)
                let value := mul(24, sub(add(mload(add(WS_ZERO_DOWN, shl(5, narrow))), linear), mark))
                value := sub(div(add(value, LIFT_E8), ONE), LIFT)
                mstore(add(toBroken, 416), value)
                loss24 := xor(loss24, mul(xor(value, loss24), slt(value, loss24)))
                more := payoffs
            }
            loss24 := sub(0, loss24)
        }
    }

    /// @notice Copies 37 words.
    function copy(uint256 to, uint256 from) internal pure {
        // Safe: callers allocated 37 words at both.
        assembly ("memory-safe") {
            mcopy(to, from, 1184)
        }
    }

    /// @notice Adds 37 words to others.
    function addTo(uint256 sums, uint256 more) internal pure {
        // Safe: callers allocated 37 words at both.
        assembly ("memory-safe") {
            for {
                let offset := 0
            } lt(offset, 1184) {
                offset := add(offset, 32)
            } {
                let word := add(sums, offset)
                mstore(word, add(mload(word), mload(add(more, offset))))
            }
        }
    }

    /// @notice The largest loss over the scenarios, from the weighted PnLs.
    function scenarioLoss(uint256 weighted) internal pure returns (int256 loss24) {
        assembly ("memory-safe") {
            // Branchless minimum, four a round: 1 + 9·4 = 37.
            function least(lowest, word) -> r {
                let n := mload(word)
                r := xor(lowest, mul(xor(n, lowest), slt(n, lowest)))
            }
            let end := add(weighted, 1184)
            let lowest := mload(weighted)
            for {
                let word := add(weighted, 32)
            } lt(word, end) {
                word := add(word, 128)
            } {
                lowest := least(lowest, word)
                lowest := least(lowest, add(word, 32))
                lowest := least(lowest, add(word, 64))
                lowest := least(lowest, add(word, 96))
            }
            loss24 := sub(0, lowest)
        }
    }
}
