// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ScenarioSums} from "./ScenarioSums.sol";
import {Scenarios} from "./Scenarios.sol";
import {Words} from "./Words.sol";
// prettier-ignore
// solhint-disable-next-line no-unused-import
import {R_S_DOWN, R_V_DOWN, WS_A, WS_LN_X, WS_NODE, WS_TO_NARROW} from "./Workspace.sol";

/// @title The calls of one strike under chosen scenarios, added to the sums of `ScenarioSums`
library ChosenCalls {
    // As in `CallSums`.
    uint256 private constant TO_A = 0x1e0;
    uint256 private constant CELL_FIRST_Q28 = 0x2d30000000;
    uint256 private constant CELL_BEFORE_Q28 = 0x2d2fffffff;
    uint256 private constant CELL_END_Q28 = 0xa6b0000000;
    uint256 private constant CELL_MEAN_Q28 = 0x6bb0000000;
    uint256 private constant INVERSE_NUMERATOR = 0x640000000000000;
    uint256 private constant P_MASK = 0xfffffffffffffff0000000;
    uint256 private constant HALF_Q88 = 0x8000000000000000000000;

    uint256 private constant WORD = 32;
    uint256 private constant ENTRY_BYTES = 160;

    /// @notice Where everything of the mark, of the entries and, where they are wanted, of the shocks at an unchanged price stands, so that it is looked up once for all strikes.
    /// @param entries As in `Selection`.
    /// @return from Memory address of the first of five words an entry: the addresses of its logarithm, deviation and sum, by what its value is multiplied for its lane, and where its value goes.
    /// @return to The end; the two entries before it are the shocks at an unchanged price where they are wanted.
    function list(uint256 entries, bool zeros) internal pure returns (uint256 from, uint256 to) {
        unchecked {
            from = Words.take(0);
            to = _append(Scenarios.NODE_ZERO, Scenarios.MID);
            for (; entries != 0; entries >>= 8) to = _append(entries & 0xf, (entries >> 4) & 0x3);
            if (zeros) {
                _append(Scenarios.NODE_ZERO, Scenarios.DOWN);
                to = _append(Scenarios.NODE_ZERO, Scenarios.UP);
            }
        }
    }

    /// @notice The end of a list of which the shocks at an unchanged price are left out.
    function end(uint256 to, bool without) internal pure returns (uint256) {
        unchecked {
            return without ? to - 2 * ENTRY_BYTES : to;
        }
    }

    function _append(uint256 node, uint256 shock) private pure returns (uint256 next) {
        unchecked {
            uint256 entry = Words.take(ENTRY_BYTES);
            Words.store(entry, WS_LN_X + WS_NODE * node);
            Words.store(entry + WORD, R_S_DOWN + WORD * shock);
            Words.store(entry + 2 * WORD, ScenarioSums.sumOf(node, shock));
            Words.store(entry + 3 * WORD, ScenarioSums.laneOf(node));
            // What is no value at an unchanged price goes to the scratch space.
            Words.store(entry + 4 * WORD, node == Scenarios.NODE_ZERO ? R_V_DOWN + WORD * shock : 0);
            return entry + ENTRY_BYTES;
        }
    }

    /// @notice Adds `size` calls of one strike, whose deviations are in the workspace and whose logarithm is not held, under the scenarios of a list.
    /// @param narrow At how many shocks it is narrow, from below.
    ///
    /// Plain form: `ScenarioSums.addCall` of each entry. Cells, reads and ranges as in `CallSums.add`; writes words of the workspace and the scratch space.
    /// @custom:spec MRG-026
    function add(uint256 from, uint256 to, uint256 narrow, int256 logMoneyness, uint256 b, int256 size) internal pure {
        assembly ("memory-safe") {
            function cdf(d) -> p {
                if iszero(slt(d, CELL_FIRST_Q28)) {
                    p := shl(88, 1)
                    if slt(d, CELL_END_Q28) {
                        let w := mload(mul(11, shr(28, d)))
                        let t := and(d, 0xfffffff)
                        p := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    }
                }
            }
            narrow := add(R_S_DOWN, shl(5, narrow))
            for {} lt(from, to) {
                from := add(from, ENTRY_BYTES)
            } {
                let word := mload(from)
                let shock := mload(add(from, 32))
                let s := mload(shock)
                let d := add(
                    sar(20, mul(add(logMoneyness, mload(word)), div(INVERSE_NUMERATOR, s))),
                    add(shr(1, s), CELL_MEAN_Q28)
                )
                let v := mload(add(word, TO_A))
                switch and(sgt(sub(d, s), CELL_BEFORE_Q28), slt(d, CELL_END_Q28))
                case 1 {
                    let w := mload(mul(11, shr(28, d)))
                    let t := and(d, 0xfffffff)
                    v := mul(v, and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK))
                    d := sub(d, s)
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    v := sub(
                        v,
                        mul(b, and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK))
                    )
                }
                default {
                    v := sub(mul(v, cdf(d)), mul(b, cdf(sub(d, s))))
                }
                v := sar(88, add(v, HALF_Q88))
                mstore(mload(add(from, 128)), v)
                let sum := add(mload(add(from, 64)), mul(WS_TO_NARROW, gt(narrow, shock)))
                mstore(sum, add(mload(sum), mul(mul(size, v), mload(add(from, 96)))))
            }
        }
    }
}
