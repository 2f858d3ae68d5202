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

    // Cells are counted so that a deviation's whole cells times 11 are the address of the word that ends with the cell: cell 0 of the table is 723, its end 723 + 1944, the mean 723 + 1000.
    uint256 private constant CELL_FIRST_Q28 = 0x2d30000000;
    uint256 private constant CELL_BEFORE_Q28 = 0x2d2fffffff;
    uint256 private constant CELL_END_Q28 = 0xa6b0000000;
    uint256 private constant CELL_MEAN_Q28 = 0x6bb0000000;
    uint256 private constant INVERSE_NUMERATOR = 0x640000000000000;
    // Bits 28 to 87 of the polynomial, which are P in Q88 rounded down to Q60; half of one.
    uint256 private constant P_MASK = 0xfffffffffffffff0000000;
    uint256 private constant HALF_Q88 = 0x8000000000000000000000;

    /// @notice Adds `size` calls of one strike, whose deviations are in the workspace, under all 37 scenarios.
    /// @param narrow At how many shocks it is narrow, from below.
    /// @param logMoneyness `L` of MRG-026.
    /// @param b `B` of MRG-026.
    /// The values at an unchanged price go to the workspace (`R_V_DOWN` and on).
    ///
    /// Plain form: for each node, `OptionValues.valueOfCall(A, b, logMoneyness + lnX, s)`; `Referee.t.sol` compares them.
    /// - `base` holds everything of D1 but `lnX·inverse`, with 20 more bits; flooring the sum is flooring the part that has a fraction, as the rest is a multiple of 2^20.
    /// - D rises along the axis. So where D2 at node -4 and D1 at node 4 are inside the table, all deviations of the nine inner nodes are, and nothing is tested for them.
    /// - `w` ends with a cell of the table and is P in Q88 then: its polynomial is below 2^88 in every cell (`Referee.t.sol`), so whatever stands before the cell stays in the bits above, and
    ///   P rounded down to Q60 is what a mask leaves. `d` is D1, then D2.
    /// - So it is for the tails -12 to 12. A pair of which that is not known, and the last, is worth 0 where its upper D1 lies left of the table, a - b where its lower D2 lies right, otherwise goes value by value.
    /// - Reads: for a deviation inside the table the word ends in it, and 21 bytes before it are workspace. Writes: the sums and values, and the scratch space. So it is memory-safe.
    /// - Ranges: a·P < 2^52·2^89, b·P < 2^54·2^89, |pair| < 2^55·2^128, |size·pair| < 2^242.
    /// @custom:spec MRG-031
    function add(uint256 narrow, int256 logMoneyness, uint256 b, int256 size) internal pure {
        assembly ("memory-safe") {
            // P in Q88, of any deviation.
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
            function valueOf(d, ns, a, nb) -> v {
                v := sar(88, add(add(mul(a, cdf(d)), mul(nb, cdf(add(d, ns)))), HALF_Q88))
            }
            // A shock at a time, by 32 times its number: down, none, up. What is used once a shock waits in the scratch space.
            mstore(0, logMoneyness)
            mstore(32, shl(5, narrow))
            // What is taken off is negated once and added: the operands of a sum may lie on the stack in any order.
            let nb := sub(0, b)
            for {
                let row := 0
            } lt(row, 96) {
                row := add(row, 32)
            } {
                let ns := mload(add(R_S_DOWN, row))
                let inverse := div(INVERSE_NUMERATOR, ns)
                let base := add(mul(mload(0), inverse), shl(20, add(shr(1, ns), CELL_MEAN_Q28)))
                ns := sub(0, ns)
                // From the address of a pair's logarithm to that of its sum.
                let toSum := mul(WS_TO_NARROW, gt(mload(32), row))
                let toZero := add(add(WS_ZERO_DOWN, row), toSum)
                toSum := add(add(toSum, sub(WS_SUM_DOWN, WS_LN_X)), add(row, mul(TO_SUM_UP, eq(row, 64))))
                let d := sar(20, add(mul(mload(add(WS_LN_X, 0x40)), inverse), base))
                let valueAtZero
                // The first pair that is left to the loop below, and how far on the second is.
                let first
                let step
                switch and(
                    sgt(add(d, ns), CELL_BEFORE_Q28),
                    slt(sar(20, add(mul(mload(add(WS_LN_X, 0x120)), inverse), base)), CELL_END_Q28)
                )
                case 1 {
                    let w
                    let t
                    let x
                    let pair
                    let at_
                    // Nodes -4, whose deviation is known, and -3.
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := mul(mload(add(WS_A, 0x40)), w)
                    d := add(d, ns)
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    pair := shl(128, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                    d := sar(20, add(mul(mload(add(WS_LN_X, 0x60)), inverse), base))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := mul(mload(add(WS_A, 0x60)), w)
                    d := add(d, ns)
                    at_ := add(toSum, add(WS_LN_X, 0x40))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := add(pair, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                    mstore(at_, add(mload(at_), mul(size, x)))
                    // Nodes -2 and -1.
                    d := sar(20, add(mul(mload(add(WS_LN_X, 0x80)), inverse), base))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := mul(mload(add(WS_A, 0x80)), w)
                    d := add(d, ns)
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    pair := shl(128, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                    d := sar(20, add(mul(mload(add(WS_LN_X, 0xa0)), inverse), base))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := mul(mload(add(WS_A, 0xa0)), w)
                    d := add(d, ns)
                    at_ := add(toSum, add(WS_LN_X, 0x80))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := add(pair, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                    mstore(at_, add(mload(at_), mul(size, x)))
                    // Nodes 1 and 2.
                    d := sar(20, add(mul(mload(add(WS_LN_X, 0xc0)), inverse), base))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := mul(mload(add(WS_A, 0xc0)), w)
                    d := add(d, ns)
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    pair := shl(128, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                    d := sar(20, add(mul(mload(add(WS_LN_X, 0xe0)), inverse), base))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := mul(mload(add(WS_A, 0xe0)), w)
                    d := add(d, ns)
                    at_ := add(toSum, add(WS_LN_X, 0xc0))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := add(pair, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                    mstore(at_, add(mload(at_), mul(size, x)))
                    // Nodes 3 and 4.
                    d := sar(20, add(mul(mload(add(WS_LN_X, 0x100)), inverse), base))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := mul(mload(add(WS_A, 0x100)), w)
                    d := add(d, ns)
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    pair := shl(128, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                    d := sar(20, add(mul(mload(add(WS_LN_X, 0x120)), inverse), base))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := mul(mload(add(WS_A, 0x120)), w)
                    d := add(d, ns)
                    at_ := add(toSum, add(WS_LN_X, 0x100))
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    x := add(pair, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                    mstore(at_, add(mload(at_), mul(size, x)))
                    d := sar(20, base)
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    valueAtZero := mul(mload(WS_A_ZERO), w)
                    d := add(d, ns)
                    w := mload(mul(11, shr(28, d)))
                    t := and(d, 0xfffffff)
                    w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                    valueAtZero := sar(88, add(add(valueAtZero, mul(nb, w)), HALF_Q88))
                    step := 0x140
                    if row {
                        d := sar(20, add(mul(mload(WS_LN_X), inverse), base))
                        if and(
                            sgt(add(d, ns), CELL_BEFORE_Q28),
                            slt(sar(20, add(mul(mload(add(WS_LN_X, 0x160)), inverse), base)), CELL_END_Q28)
                        ) {
                            // Nodes -12, whose deviation is known, and -8.
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            x := mul(mload(WS_A), w)
                            d := add(d, ns)
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            pair := shl(128, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                            d := sar(20, add(mul(mload(add(WS_LN_X, 0x20)), inverse), base))
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            x := mul(mload(add(WS_A, 0x20)), w)
                            d := add(d, ns)
                            at_ := add(toSum, WS_LN_X)
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            x := add(pair, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                            mstore(at_, add(mload(at_), mul(size, x)))
                            // Nodes 8 and 12.
                            d := sar(20, add(mul(mload(add(WS_LN_X, 0x140)), inverse), base))
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            x := mul(mload(add(WS_A, 0x140)), w)
                            d := add(d, ns)
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            pair := shl(128, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                            d := sar(20, add(mul(mload(add(WS_LN_X, 0x160)), inverse), base))
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            x := mul(mload(add(WS_A, 0x160)), w)
                            d := add(d, ns)
                            at_ := add(toSum, add(WS_LN_X, 0x140))
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            x := add(pair, sar(88, add(add(x, mul(nb, w)), HALF_Q88)))
                            mstore(at_, add(mload(at_), mul(size, x)))
                            first := 0x180
                        }
                    }
                }
                default {
                    valueAtZero := valueOf(sar(20, base), ns, mload(WS_A_ZERO), nb)
                    step := WS_PAIR
                }
                mstore(add(R_V_DOWN, row), valueAtZero)
                mstore(toZero, add(mload(toZero), mul(size, valueAtZero)))
                // What is left of the pairs that the shock has: 1 to 4, 0 to 5, 0 to 6.
                first := add(WS_LN_X, add(first, mul(step, iszero(row))))
                for {
                    let end_ := add(add(WS_LN_X, 0x140), shl(1, row))
                } lt(first, end_) {
                    first := add(first, step)
                    step := WS_PAIR
                } {
                    d := sar(20, add(mul(mload(first), inverse), base))
                    let lower := mload(add(first, TO_A))
                    let upper := mload(add(first, add(TO_A, WS_NODE)))
                    switch slt(add(d, ns), CELL_END_Q28)
                    case 0 {
                        lower := add(lower, nb)
                        upper := add(upper, nb)
                    }
                    default {
                        let e := sar(20, add(mul(mload(add(first, WS_NODE)), inverse), base))
                        if slt(e, CELL_FIRST_Q28) {
                            continue
                        }
                        switch and(sgt(add(d, ns), CELL_BEFORE_Q28), slt(e, CELL_END_Q28))
                        case 1 {
                            let w
                            let t
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            lower := mul(lower, w)
                            d := add(d, ns)
                            w := mload(mul(11, shr(28, d)))
                            t := and(d, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            lower := sar(88, add(add(lower, mul(nb, w)), HALF_Q88))
                            w := mload(mul(11, shr(28, e)))
                            t := and(e, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            upper := mul(upper, w)
                            e := add(e, ns)
                            w := mload(mul(11, shr(28, e)))
                            t := and(e, 0xfffffff)
                            w := and(add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))), P_MASK)
                            upper := sar(88, add(add(upper, mul(nb, w)), HALF_Q88))
                        }
                        default {
                            lower := valueOf(d, ns, lower, nb)
                            upper := valueOf(e, ns, upper, nb)
                        }
                    }
                    d := add(first, toSum)
                    mstore(d, add(mload(d), mul(size, add(shl(128, lower), upper))))
                }
            }
        }
    }
}
