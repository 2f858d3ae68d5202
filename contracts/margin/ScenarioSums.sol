// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OptionValues} from "./OptionValues.sol";
import {Scenarios} from "./Scenarios.sol";
import {Words} from "./Words.sol";
// prettier-ignore
// solhint-disable-next-line no-unused-import
import {R_S_DOWN, R_V_DOWN, WS_A, WS_A_ZERO, WS_LINEAR, WS_LINEAR_ZERO, WS_LN_X, WS_NODE, WS_PAIR, WS_PAYOFF, WS_SUMS_BYTES, WS_SUMS_START, WS_SUM_DOWN, WS_SUM_MID, WS_SUM_UP, WS_TO_NARROW, WS_WIDTH, WS_ZERO_DOWN} from "./Workspace.sol";

/// @title Sums of size·value over the scenarios of an underlying, in the workspace
/// @notice Puts enter as calls; what parity adds is linear and enters once an expiry. Sums are exact integers, so their order does not matter.
/// A strike that is narrow at a shock (MRG-032) goes to sums of its own there, so that the grid reads all sums and the broken line those of the others with the payoffs.
/// @custom:spec MRG-031
library ScenarioSums {
    // The units of MRG-026 and their halves.
    uint256 private constant UNIT = 400000000;
    uint256 private constant HALF_UNIT = 200000000;
    uint256 private constant UNIT_E12 = 400000000000000000000;
    uint256 private constant HALF_UNIT_E12 = 200000000000000000000;

    /// @notice Sets every sum to zero.
    function clear() internal pure {
        Words.clear(WS_SUMS_START, WS_SUMS_BYTES);
    }

    /// @notice Adds `size` calls of a strike whose logarithm is held, at every node, without haste; see `CallSums.add`.
    /// @custom:spec MRG-026
    function addCallsHeld(uint256 narrow, int256 logMoneyness, uint256 b, int256 size) internal pure {
        unchecked {
            for (uint256 node = 0; node <= Scenarios.NODES; ++node) {
                for (uint256 shock = Scenarios.DOWN; shock <= Scenarios.UP; ++shock) {
                    int256 value = addCall(node, shock, narrow, logMoneyness, b, size);
                    if (node == Scenarios.NODE_ZERO) Words.store(R_V_DOWN + WS_NODE * shock, value);
                }
            }
        }
    }

    /// @notice Adds `size` calls of one strike under one scenario, in plain steps; returns the value.
    /// @custom:spec MRG-026
    function addCall(
        uint256 node,
        uint256 shock,
        uint256 narrow,
        int256 logMoneyness,
        uint256 b,
        int256 size
    ) internal pure returns (int256 value) {
        unchecked {
            // The word of the logarithm of node 0 is 0.
            int256 log = logMoneyness + Words.loadSigned(WS_LN_X + WS_NODE * node);
            uint256 a = Words.load(WS_A + WS_NODE * node);
            value = OptionValues.valueOfCall(a, b, log, Words.load(R_S_DOWN + WS_NODE * shock));
            value = OptionValues.held(value, logMoneyness, a, b);
            Words.add(_sum(node, shock, narrow), size * value * int256(laneOf(node)));
        }
    }

    /// @notice Adds the payoffs of `size` calls of one strike that is narrow at `narrow` shocks, one at least, at the nodes that the last of these has.
    /// @custom:spec MRG-032
    function addPayoffs(uint256 narrow, uint256 b, int256 size) internal pure {
        unchecked {
            uint256 sums = WS_PAYOFF + WS_WIDTH * (narrow - 1);
            if (narrow == 1) _addPayoffs(sums, sums + 2 * WS_NODE, sums + 10 * WS_NODE, b, size);
            else _addPayoffs(sums, sums, sums + (narrow == 2 ? 12 : 14) * WS_NODE, b, size);
        }
    }

    /// @notice Adds the payoffs of `size` calls of one strike as their values, which they are below 60 seconds whatever the volatility.
    /// @custom:spec MRG-026
    function addPayoffsAsValues(uint256 b, int256 size) internal pure {
        _addPayoffs(WS_LINEAR, WS_LINEAR, WS_LINEAR_ZERO, b, size);
    }

    /// @dev Adds to the words [first, end), an even number, of a row of fifteen sums and to the last of the row.
    function _addPayoffs(uint256 sums, uint256 first, uint256 end, uint256 b, int256 size) private pure {
        // Safe: at most fifteen words of the workspace. Plain form: `OptionValues.payoff` at each node. Forwards ascend from node 0 to 13, so going down the first that is worth nothing
        // ends it.
        assembly ("memory-safe") {
            let payoff := sub(mload(WS_A_ZERO), b)
            if sgt(payoff, 0) {
                let sum := add(sums, mul(14, WS_NODE))
                mstore(sum, add(mload(sum), mul(size, payoff)))
            }
            let toA := sub(WS_A, sums)
            for {} gt(end, first) {} {
                let word := sub(end, WS_NODE)
                let value := sub(mload(add(word, toA)), b)
                if iszero(sgt(value, 0)) {
                    break
                }
                mstore(word, add(mload(word), mul(size, value)))
                end := sub(end, WS_PAIR)
                value := sub(mload(add(end, toA)), b)
                mstore(end, add(mload(end), mul(size, mul(value, sgt(value, 0)))))
            }
        }
    }

    /// @notice `Σ size·value` of everything at a node under a shock, but what parity takes from it at every node, E16.
    function valueAt(uint256 node, uint256 shock) internal pure returns (int256) {
        unchecked {
            return
                _lane(node, _sum(node, shock, 0)) +
                _lane(node, _sum(node, shock, 3)) +
                Words.loadSigned(WS_LINEAR + WS_NODE * node);
        }
    }

    /// @notice The same with narrow options at their payoffs.
    /// @custom:spec MRG-032
    function brokenAt(uint256 node, uint256 shock) internal pure returns (int256 value) {
        unchecked {
            value = _lane(node, _sum(node, shock, 0)) + Words.loadSigned(WS_LINEAR + WS_NODE * node);
            for (uint256 width = shock; width <= Scenarios.UP; ++width) {
                value += Words.loadSigned(WS_PAYOFF + WS_WIDTH * width + WS_NODE * node);
            }
        }
    }

    /// @notice `Σ size·(value(+1, none) − value(−1, none))` over everything so far, E16.
    function slope() internal pure returns (int256 difference) {
        // Plain form: `valueAt(6, 1) - valueAt(5, 1)`. Node -1 is the upper lane of the third pair, node +1 the lower lane of the fourth.
        assembly ("memory-safe") {
            let below := add(WS_SUM_MID, 0x80)
            below := add(mload(below), mload(add(below, WS_TO_NARROW)))
            let above := add(WS_SUM_MID, 0xc0)
            above := add(mload(above), mload(add(above, WS_TO_NARROW)))
            difference := sub(sar(128, sub(above, signextend(15, above))), signextend(15, below))
            difference := add(difference, sub(mload(add(WS_LINEAR, 0xc0)), mload(add(WS_LINEAR, 0xa0))))
        }
    }

    /// @notice Sets the discounted forward of every node.
    /// @param discountedE20 Discount times forward.
    /// @custom:spec MRG-026
    function setForwards(uint256 discountedE20, uint256 rangeE8) internal pure {
        unchecked {
            uint256 base = discountedE20 * UNIT + HALF_UNIT_E12;
            uint256 step = discountedE20 * rangeE8;
            // Safe: fifteen words of the workspace. Plain form: `setForward` of each node; twelve steps are less than the base.
            assembly ("memory-safe") {
                mstore(WS_A, div(sub(base, mul(12, step)), UNIT_E12))
                mstore(add(WS_A, 0x20), div(sub(base, mul(8, step)), UNIT_E12))
                mstore(add(WS_A, 0x40), div(sub(base, mul(4, step)), UNIT_E12))
                mstore(add(WS_A, 0x60), div(sub(base, mul(3, step)), UNIT_E12))
                mstore(add(WS_A, 0x80), div(sub(base, mul(2, step)), UNIT_E12))
                mstore(add(WS_A, 0xa0), div(sub(base, step), UNIT_E12))
                mstore(add(WS_A, 0xc0), div(add(base, step), UNIT_E12))
                mstore(add(WS_A, 0xe0), div(add(base, mul(2, step)), UNIT_E12))
                mstore(add(WS_A, 0x100), div(add(base, mul(3, step)), UNIT_E12))
                mstore(add(WS_A, 0x120), div(add(base, mul(4, step)), UNIT_E12))
                mstore(add(WS_A, 0x140), div(add(base, mul(8, step)), UNIT_E12))
                mstore(add(WS_A, 0x160), div(add(base, mul(12, step)), UNIT_E12))
                mstore(add(WS_A, 0x180), div(add(base, mul(24, step)), UNIT_E12))
                mstore(add(WS_A, 0x1a0), div(add(base, mul(48, step)), UNIT_E12))
                mstore(add(WS_A, 0x1c0), div(base, UNIT_E12))
            }
        }
    }

    /// @notice Sets the discounted forward of one node.
    /// @custom:spec MRG-026
    function setForward(uint256 node, uint256 discountedE20, uint256 rangeE8) internal pure {
        unchecked {
            uint256 m = OptionValues.multiplier(node, rangeE8);
            Words.store(WS_A + WS_NODE * node, OptionValues.discountedForward(discountedE20, m));
        }
    }

    /// @notice Adds `size` of the discounted forward at every node.
    function addForwards(int256 size) internal pure {
        // Safe: fifteen words of the workspace each.
        assembly ("memory-safe") {
            function addTo(word, amount) {
                mstore(word, add(mload(word), amount))
            }
            addTo(WS_LINEAR, mul(size, mload(WS_A)))
            addTo(add(WS_LINEAR, 0x20), mul(size, mload(add(WS_A, 0x20))))
            addTo(add(WS_LINEAR, 0x40), mul(size, mload(add(WS_A, 0x40))))
            addTo(add(WS_LINEAR, 0x60), mul(size, mload(add(WS_A, 0x60))))
            addTo(add(WS_LINEAR, 0x80), mul(size, mload(add(WS_A, 0x80))))
            addTo(add(WS_LINEAR, 0xa0), mul(size, mload(add(WS_A, 0xa0))))
            addTo(add(WS_LINEAR, 0xc0), mul(size, mload(add(WS_A, 0xc0))))
            addTo(add(WS_LINEAR, 0xe0), mul(size, mload(add(WS_A, 0xe0))))
            addTo(add(WS_LINEAR, 0x100), mul(size, mload(add(WS_A, 0x100))))
            addTo(add(WS_LINEAR, 0x120), mul(size, mload(add(WS_A, 0x120))))
            addTo(add(WS_LINEAR, 0x140), mul(size, mload(add(WS_A, 0x140))))
            addTo(add(WS_LINEAR, 0x160), mul(size, mload(add(WS_A, 0x160))))
            addTo(add(WS_LINEAR, 0x180), mul(size, mload(add(WS_A, 0x180))))
            addTo(add(WS_LINEAR, 0x1a0), mul(size, mload(add(WS_A, 0x1a0))))
            addTo(add(WS_LINEAR, 0x1c0), mul(size, mload(add(WS_A, 0x1c0))))
        }
    }

    /// @notice Adds `size` of something linear at every node.
    /// @custom:spec MRG-028
    function addLinear(uint256 priceE8, uint256 rangeE8, int256 size) internal pure {
        unchecked {
            uint256 base = priceE8 * UNIT + HALF_UNIT;
            uint256 step = priceE8 * rangeE8;
            // Safe: fifteen words of the workspace. Plain form: `OptionValues.linear` at each node.
            assembly ("memory-safe") {
                function addTo(word, amount) {
                    mstore(word, add(mload(word), amount))
                }
                addTo(WS_LINEAR, mul(size, div(sub(base, mul(12, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x20), mul(size, div(sub(base, mul(8, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x40), mul(size, div(sub(base, mul(4, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x60), mul(size, div(sub(base, mul(3, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x80), mul(size, div(sub(base, mul(2, step)), UNIT)))
                addTo(add(WS_LINEAR, 0xa0), mul(size, div(sub(base, step), UNIT)))
                addTo(add(WS_LINEAR, 0xc0), mul(size, div(add(base, step), UNIT)))
                addTo(add(WS_LINEAR, 0xe0), mul(size, div(add(base, mul(2, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x100), mul(size, div(add(base, mul(3, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x120), mul(size, div(add(base, mul(4, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x140), mul(size, div(add(base, mul(8, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x160), mul(size, div(add(base, mul(12, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x180), mul(size, div(add(base, mul(24, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x1a0), mul(size, div(add(base, mul(48, step)), UNIT)))
                addTo(add(WS_LINEAR, 0x1c0), mul(size, div(base, UNIT)))
            }
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

    /// @notice Address of the sum at a node under a shock for strikes that are not narrow there; for those that are it stands `WS_TO_NARROW` on.
    function sumOf(uint256 node, uint256 shock) internal pure returns (uint256) {
        return _sum(node, shock, 0);
    }

    /// @notice By what an amount is multiplied for the lane of a node: the even node of a pair has the upper one; node 0 has a word for itself.
    function laneOf(uint256 node) internal pure returns (uint256) {
        return node & 1 == 0 && node != Scenarios.NODE_ZERO ? 2 ** 128 : 1;
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
}
