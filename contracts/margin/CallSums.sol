// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// prettier-ignore
// solhint-disable-next-line no-unused-import
import {R_S_DOWN, R_V_DOWN, WS_A, WS_A_ZERO, WS_LN_X, WS_NODE, WS_PAIR, WS_SUM_DOWN, WS_SUM_UP, WS_TO_NARROW, WS_ZERO_DOWN} from "./Workspace.sol";

/// @title The hot loop: the calls of one strike under all 37 scenarios, added to the sums of `ScenarioSums`
library CallSums {
    // From a logarithm's address to that of its node's discounted forward: WS_A - WS_LN_X.
    uint256 private constant TO_A = 0x1e0;

    // From the sums of the shocks down and none, which stand word by word, on to those of the shock up: WS_SUM_UP - WS_SUM_DOWN - 64.
    uint256 private constant TO_SUM_UP = 0x180;

    // Cells are counted from the start of memory, so that a deviation's whole cells times 12 are an address: cell 0 of the table is 707, its end 707 + 2047, the mean 707 + 1040.
    uint256 private constant CELL_FIRST_Q32 = 0x2c300000000;
    uint256 private constant CELL_BEFORE_Q32 = 0x2c2ffffffff;
    uint256 private constant CELL_END_Q32 = 0xac200000000;
    uint256 private constant CELL_MEAN_Q32 = 0x6d300000000;
    uint256 private constant INVERSE_NUMERATOR = 0x6400000000000000;
    uint256 private constant HALF_Q60 = 0x800000000000000;

    /// @notice Adds `size` calls of one strike, whose deviations are in the workspace, under all 37 scenarios.
    /// @param narrow At how many shocks it is narrow, from below.
    /// @param logMoneyness `L` of MRG-026.
    /// @param b `B` of MRG-026.
    /// The values at an unchanged price go to the workspace (`R_V_DOWN` and on).
    ///
    /// Plain form: for each node, `OptionValues.valueOfCall(A, b, logMoneyness + lnX, s)`; `Referee.t.sol` compares them.
    /// - `base` holds everything of D1 but `lnX·inverse`, with 16 more bits; flooring the sum is flooring the part that has a fraction, as the rest is a multiple of 2^16.
    /// - D rises along the axis. So where D2 at node -4 and D1 at node 4 are inside the table, all deviations of the nine inner nodes are, and nothing is tested for them.
    /// - `w` is a cell of the table, then P; `d` is D1, then D2.
    /// - A pair of which that is not known is `pairAt`'s: worth 0 where its upper D1 lies left of the table, a - b where its lower D2 lies right, otherwise value by value.
    /// - Reads: 12·cell lies in the table for a deviation inside; 20 bytes beyond the last cell still are workspace. Writes: the sums and values. So it is memory-safe.
    /// - Ranges: a·P < 2^52·2^61, b·P < 2^54·2^61, |pair| < 2^55·2^128, |size·pair| < 2^242.
    /// @custom:spec MRG-031
    function add(uint256 narrow, int256 logMoneyness, uint256 b, int256 size) internal pure {
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
            function valueOf(d, ns, a, nb) -> v {
                v := sar(60, add(add(mul(a, cdf(d)), mul(nb, cdf(add(d, ns)))), HALF_Q60))
            }
            // One pair, from the address of its lower logarithm.
            function pairAt(word, inverse, base, ns, nb, count, toSum_) {
                let d := sar(16, add(mul(mload(word), inverse), base))
                let e := sar(16, add(mul(mload(add(word, WS_NODE)), inverse), base))
                let lower := mload(add(word, TO_A))
                let upper := mload(add(word, add(TO_A, WS_NODE)))
                word := add(word, toSum_)
                switch and(sgt(add(d, ns), CELL_BEFORE_Q32), slt(e, CELL_END_Q32))
                case 1 {
                    let w
                    let t
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    lower := mul(lower, w)
                    d := add(d, ns)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    lower := sar(60, add(add(lower, mul(nb, w)), HALF_Q60))
                    w := shr(160, mload(mul(12, shr(32, e))))
                    t := and(e, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    upper := mul(upper, w)
                    e := add(e, ns)
                    w := shr(160, mload(mul(12, shr(32, e))))
                    t := and(e, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    upper := sar(60, add(add(upper, mul(nb, w)), HALF_Q60))
                }
                default {
                    if slt(e, CELL_FIRST_Q32) {
                        leave
                    }
                    switch slt(add(d, ns), CELL_END_Q32)
                    case 0 {
                        lower := add(lower, nb)
                        upper := add(upper, nb)
                    }
                    default {
                        lower := valueOf(d, ns, lower, nb)
                        upper := valueOf(e, ns, upper, nb)
                    }
                }
                mstore(word, add(mload(word), mul(count, add(shl(128, lower), upper))))
            }
            // A shock at a time, by 32 times its number: down, none, up.
            narrow := shl(5, narrow)
            // What is taken off is negated once and added: the operands of a sum may lie on the stack in any order.
            let nb := sub(0, b)
            for {
                let row := 0
            } lt(row, 96) {
                row := add(row, 32)
            } {
                let s := mload(add(R_S_DOWN, row))
                let ns := sub(0, s)
                let inverse := div(INVERSE_NUMERATOR, s)
                let base := add(mul(logMoneyness, inverse), shl(16, add(shr(1, s), CELL_MEAN_Q32)))
                let shift := mul(WS_TO_NARROW, gt(narrow, row))
                // From the address of a pair's logarithm to that of its sum.
                let toSum := add(add(sub(WS_SUM_DOWN, WS_LN_X), shift), add(row, mul(TO_SUM_UP, eq(row, 64))))
                let d := add(sar(16, add(mul(mload(add(WS_LN_X, 0x40)), inverse), base)), ns)
                let valueAtZero
                switch and(
                    sgt(d, CELL_BEFORE_Q32),
                    slt(sar(16, add(mul(mload(add(WS_LN_X, 0x120)), inverse), base)), CELL_END_Q32)
                )
                case 1 {
                    let w
                    let t
                    let x
                    let pair
                    let at_
                    d := sar(16, base)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    valueAtZero := mul(mload(WS_A_ZERO), w)
                    d := add(d, ns)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    valueAtZero := sar(60, add(add(valueAtZero, mul(nb, w)), HALF_Q60))
                    // Nodes -4 and -3.
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x40)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := mul(mload(add(WS_A, 0x40)), w)
                    d := add(d, ns)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    pair := shl(128, sar(60, add(add(x, mul(nb, w)), HALF_Q60)))
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x60)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := mul(mload(add(WS_A, 0x60)), w)
                    d := add(d, ns)
                    at_ := add(toSum, add(WS_LN_X, 0x40))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := add(pair, sar(60, add(add(x, mul(nb, w)), HALF_Q60)))
                    mstore(at_, add(mload(at_), mul(size, x)))
                    // Nodes -2 and -1.
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x80)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := mul(mload(add(WS_A, 0x80)), w)
                    d := add(d, ns)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    pair := shl(128, sar(60, add(add(x, mul(nb, w)), HALF_Q60)))
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0xa0)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := mul(mload(add(WS_A, 0xa0)), w)
                    d := add(d, ns)
                    at_ := add(toSum, add(WS_LN_X, 0x80))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := add(pair, sar(60, add(add(x, mul(nb, w)), HALF_Q60)))
                    mstore(at_, add(mload(at_), mul(size, x)))
                    // Nodes 1 and 2.
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0xc0)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := mul(mload(add(WS_A, 0xc0)), w)
                    d := add(d, ns)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    pair := shl(128, sar(60, add(add(x, mul(nb, w)), HALF_Q60)))
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0xe0)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := mul(mload(add(WS_A, 0xe0)), w)
                    d := add(d, ns)
                    at_ := add(toSum, add(WS_LN_X, 0xc0))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := add(pair, sar(60, add(add(x, mul(nb, w)), HALF_Q60)))
                    mstore(at_, add(mload(at_), mul(size, x)))
                    // Nodes 3 and 4.
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x100)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := mul(mload(add(WS_A, 0x100)), w)
                    d := add(d, ns)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    pair := shl(128, sar(60, add(add(x, mul(nb, w)), HALF_Q60)))
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x120)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := mul(mload(add(WS_A, 0x120)), w)
                    d := add(d, ns)
                    at_ := add(toSum, add(WS_LN_X, 0x100))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    w := shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    x := add(pair, sar(60, add(add(x, mul(nb, w)), HALF_Q60)))
                    mstore(at_, add(mload(at_), mul(size, x)))
                }
                default {
                    valueAtZero := valueOf(sar(16, base), ns, mload(WS_A_ZERO), nb)
                    for {
                        d := add(WS_LN_X, 0x40)
                    } lt(d, add(WS_LN_X, 0x140)) {
                        d := add(d, WS_PAIR)
                    } {
                        pairAt(d, inverse, base, ns, nb, size, toSum)
                    }
                }
                mstore(add(R_V_DOWN, row), valueAtZero)
                d := add(add(WS_ZERO_DOWN, row), shift)
                mstore(d, add(mload(d), mul(size, valueAtZero)))
                if row {
                    pairAt(WS_LN_X, inverse, base, ns, nb, size, toSum)
                    pairAt(add(WS_LN_X, 0x140), inverse, base, ns, nb, size, toSum)
                    if eq(row, 64) {
                        pairAt(add(WS_LN_X, 0x180), inverse, base, ns, nb, size, toSum)
                    }
                }
            }
        }
    }
}
