// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// prettier-ignore
// solhint-disable-next-line no-unused-import
import {WS_LINEAR, WS_LINEAR_ZERO, WS_NODE, WS_PAYOFF, WS_SUM_DOWN, WS_SUM_MID, WS_SUM_UP, WS_TO_NARROW, WS_WIDTH, WS_ZERO_DOWN, WS_ZERO_MID} from "./Workspace.sol";

/// @title From sums to weighted PnL: `N_s`, and `E_s` of the broken line
/// @notice `ScenarioSums.valueAt` and `brokenAt` are the plain form of what is read here, pair by pair.
/// @custom:spec MRG-031
library Weighing {
    uint256 private constant ONE = 1e8;

    // One byte a node, node 0 in the lowest, as in `Scenarios`: weights, and the index of the scenario without a shock.
    uint256 private constant WEIGHTS = 0x180103080c18181818181818180c08;
    uint256 private constant MID_INDEX = 0x0d2322211d191613100a0704011b1f;

    /// @notice Writes all 37 weighted PnLs.
    function weighAll(int256[37] memory weighted) internal pure {
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

    /// @notice Writes the weighted broken line: the grid's own with narrow options at their payoffs at the shocks below `narrow`.
    /// @custom:spec MRG-032
    function breakAll(int256[37] memory broken, int256[37] memory weighted, uint256 narrow) internal pure {
        // Safe: writes the 37 words of `broken` only, see `weighAll`.
        assembly ("memory-safe") {
            function pair(word, toLower, toUpper, lower, upper, weights) {
                let w := mload(word)
                let odd := signextend(15, w)
                let x := mul(and(weights, 0xff), add(sar(128, sub(w, odd)), lower))
                mstore(toLower, sub(sdiv(x, ONE), slt(smod(x, ONE), 0)))
                x := mul(and(shr(8, weights), 0xff), add(odd, upper))
                mstore(toUpper, sub(sdiv(x, ONE), slt(smod(x, ONE), 0)))
            }
            mcopy(broken, weighted, 1184)
            let mark := add(mload(WS_ZERO_MID), add(mload(add(WS_ZERO_MID, WS_TO_NARROW)), mload(WS_LINEAR_ZERO)))
            // From the widest in: an option that is narrow at three shocks counts at all of them.
            for {
                let node := 0
            } lt(node, 14) {
                node := add(node, 2)
            } {
                let offset := shl(5, node)
                let payoffs := add(add(WS_PAYOFF, offset), mul(2, WS_WIDTH))
                let lower := add(sub(mload(add(WS_LINEAR, offset)), mark), mload(payoffs))
                let upper := add(sub(mload(add(WS_LINEAR, add(offset, 32))), mark), mload(add(payoffs, 32)))
                let weights := shr(shl(3, node), WEIGHTS)
                let indices := shr(shl(3, node), MID_INDEX)
                let toLower := add(broken, shl(5, and(indices, 0xff)))
                let toUpper := add(broken, shl(5, and(shr(8, indices), 0xff)))
                let word := add(WS_SUM_DOWN, offset)
                if gt(narrow, 2) {
                    pair(
                        add(word, sub(WS_SUM_UP, WS_SUM_DOWN)),
                        add(toLower, 32),
                        add(toUpper, 32),
                        lower,
                        upper,
                        weights
                    )
                }
                payoffs := sub(payoffs, WS_WIDTH)
                lower := add(lower, mload(payoffs))
                upper := add(upper, mload(add(payoffs, 32)))
                if and(gt(narrow, 1), lt(node, 12)) {
                    pair(add(word, WS_NODE), toLower, toUpper, lower, upper, weights)
                }
                payoffs := sub(payoffs, WS_WIDTH)
                lower := add(lower, mload(payoffs))
                upper := add(upper, mload(add(payoffs, 32)))
                if lt(sub(node, 2), 8) {
                    pair(word, sub(toLower, 32), sub(toUpper, 32), lower, upper, weights)
                }
            }
            // Node 0: indices 12, 13, 14.
            let value := sub(mload(WS_LINEAR_ZERO), mark)
            for {
                let shock := 3
            } shock {} {
                shock := sub(shock, 1)
                value := add(value, mload(add(add(WS_PAYOFF, 448), mul(WS_WIDTH, shock))))
                if lt(shock, narrow) {
                    let x := mul(24, add(value, mload(add(WS_ZERO_DOWN, shl(5, shock)))))
                    mstore(add(broken, shl(5, add(12, shock))), sub(sdiv(x, ONE), slt(smod(x, ONE), 0)))
                }
            }
        }
    }

    /// @notice The largest loss over the scenarios.
    function scenarioLoss(int256[37] memory weighted) internal pure returns (int256 loss24) {
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
