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
            function valueOf(d, s, a, strike) -> v {
                v := sar(60, add(sub(mul(a, cdf(d)), mul(strike, cdf(sub(d, s)))), HALF_Q60))
            }
            // One pair, from the address of its lower logarithm.
            function pairAt(word, inverse, base, s, b_, count, toSum_) {
                let d := sar(16, add(mul(mload(word), inverse), base))
                let e := sar(16, add(mul(mload(add(word, WS_NODE)), inverse), base))
                let lower := mload(add(word, TO_A))
                let upper := mload(add(word, add(TO_A, WS_NODE)))
                switch and(sgt(sub(d, s), CELL_BEFORE_Q32), slt(e, CELL_END_Q32))
                case 1 {
                    let w
                    let t
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    lower := mul(
                        lower,
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    lower := sar(
                        60,
                        add(
                            sub(
                                lower,
                                mul(
                                    b_,
                                    shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                                )
                            ),
                            HALF_Q60
                        )
                    )
                    w := shr(160, mload(mul(12, shr(32, e))))
                    t := and(e, 0xffffffff)
                    upper := mul(
                        upper,
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    e := sub(e, s)
                    w := shr(160, mload(mul(12, shr(32, e))))
                    t := and(e, 0xffffffff)
                    upper := sar(
                        60,
                        add(
                            sub(
                                upper,
                                mul(
                                    b_,
                                    shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                                )
                            ),
                            HALF_Q60
                        )
                    )
                }
                default {
                    if slt(e, CELL_FIRST_Q32) {
                        leave
                    }
                    switch slt(sub(d, s), CELL_END_Q32)
                    case 0 {
                        lower := sub(lower, b_)
                        upper := sub(upper, b_)
                    }
                    default {
                        lower := valueOf(d, s, lower, b_)
                        upper := valueOf(e, s, upper, b_)
                    }
                }
                word := add(word, toSum_)
                mstore(word, add(mload(word), mul(count, add(shl(128, lower), upper))))
            }
            // A shock at a time, by 32 times its number: down, none, up.
            narrow := shl(5, narrow)
            for {
                let row := 0
            } lt(row, 96) {
                row := add(row, 32)
            } {
                let s := mload(add(R_S_DOWN, row))
                let inverse := div(INVERSE_NUMERATOR, s)
                let base := add(mul(logMoneyness, inverse), shl(16, add(shr(1, s), CELL_MEAN_Q32)))
                let shift := mul(WS_TO_NARROW, gt(narrow, row))
                // From the address of a pair's logarithm to that of its sum.
                let toSum := add(add(sub(WS_SUM_DOWN, WS_LN_X), shift), add(row, mul(TO_SUM_UP, eq(row, 64))))
                let d := sub(sar(16, add(mul(mload(add(WS_LN_X, 0x40)), inverse), base)), s)
                let t := sar(16, add(mul(mload(add(WS_LN_X, 0x120)), inverse), base))
                let valueAtZero
                switch and(sgt(d, CELL_BEFORE_Q32), slt(t, CELL_END_Q32))
                case 1 {
                    let w
                    let x
                    let pair
                    d := sar(16, base)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(WS_A_ZERO),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    valueAtZero := sar(
                        60,
                        add(
                            sub(
                                x,
                                mul(b, shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w)))))))
                            ),
                            HALF_Q60
                        )
                    )
                    // Nodes -4 and -3.
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x40)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(add(WS_A, 0x40)),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    pair := shl(
                        128,
                        sar(
                            60,
                            add(
                                sub(
                                    x,
                                    mul(
                                        b,
                                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                                    )
                                ),
                                HALF_Q60
                            )
                        )
                    )
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x60)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(add(WS_A, 0x60)),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    d := add(toSum, add(WS_LN_X, 0x40))
                    mstore(
                        d,
                        add(
                            mload(d),
                            mul(
                                size,
                                add(
                                    pair,
                                    sar(
                                        60,
                                        add(
                                            sub(
                                                x,
                                                mul(
                                                    b,
                                                    shr(
                                                        36,
                                                        add(
                                                            w,
                                                            mul(
                                                                t,
                                                                add(and(w, 0xffffffffffffff), mul(t, signextend(1, w)))
                                                            )
                                                        )
                                                    )
                                                )
                                            ),
                                            HALF_Q60
                                        )
                                    )
                                )
                            )
                        )
                    )
                    // Nodes -2 and -1.
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x80)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(add(WS_A, 0x80)),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    pair := shl(
                        128,
                        sar(
                            60,
                            add(
                                sub(
                                    x,
                                    mul(
                                        b,
                                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                                    )
                                ),
                                HALF_Q60
                            )
                        )
                    )
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0xa0)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(add(WS_A, 0xa0)),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    d := add(toSum, add(WS_LN_X, 0x80))
                    mstore(
                        d,
                        add(
                            mload(d),
                            mul(
                                size,
                                add(
                                    pair,
                                    sar(
                                        60,
                                        add(
                                            sub(
                                                x,
                                                mul(
                                                    b,
                                                    shr(
                                                        36,
                                                        add(
                                                            w,
                                                            mul(
                                                                t,
                                                                add(and(w, 0xffffffffffffff), mul(t, signextend(1, w)))
                                                            )
                                                        )
                                                    )
                                                )
                                            ),
                                            HALF_Q60
                                        )
                                    )
                                )
                            )
                        )
                    )
                    // Nodes 1 and 2.
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0xc0)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(add(WS_A, 0xc0)),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    pair := shl(
                        128,
                        sar(
                            60,
                            add(
                                sub(
                                    x,
                                    mul(
                                        b,
                                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                                    )
                                ),
                                HALF_Q60
                            )
                        )
                    )
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0xe0)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(add(WS_A, 0xe0)),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    d := add(toSum, add(WS_LN_X, 0xc0))
                    mstore(
                        d,
                        add(
                            mload(d),
                            mul(
                                size,
                                add(
                                    pair,
                                    sar(
                                        60,
                                        add(
                                            sub(
                                                x,
                                                mul(
                                                    b,
                                                    shr(
                                                        36,
                                                        add(
                                                            w,
                                                            mul(
                                                                t,
                                                                add(and(w, 0xffffffffffffff), mul(t, signextend(1, w)))
                                                            )
                                                        )
                                                    )
                                                )
                                            ),
                                            HALF_Q60
                                        )
                                    )
                                )
                            )
                        )
                    )
                    // Nodes 3 and 4.
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x100)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(add(WS_A, 0x100)),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    pair := shl(
                        128,
                        sar(
                            60,
                            add(
                                sub(
                                    x,
                                    mul(
                                        b,
                                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                                    )
                                ),
                                HALF_Q60
                            )
                        )
                    )
                    d := sar(16, add(mul(mload(add(WS_LN_X, 0x120)), inverse), base))
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    x := mul(
                        mload(add(WS_A, 0x120)),
                        shr(36, add(w, mul(t, add(and(w, 0xffffffffffffff), mul(t, signextend(1, w))))))
                    )
                    d := sub(d, s)
                    w := shr(160, mload(mul(12, shr(32, d))))
                    t := and(d, 0xffffffff)
                    d := add(toSum, add(WS_LN_X, 0x100))
                    mstore(
                        d,
                        add(
                            mload(d),
                            mul(
                                size,
                                add(
                                    pair,
                                    sar(
                                        60,
                                        add(
                                            sub(
                                                x,
                                                mul(
                                                    b,
                                                    shr(
                                                        36,
                                                        add(
                                                            w,
                                                            mul(
                                                                t,
                                                                add(and(w, 0xffffffffffffff), mul(t, signextend(1, w)))
                                                            )
                                                        )
                                                    )
                                                )
                                            ),
                                            HALF_Q60
                                        )
                                    )
                                )
                            )
                        )
                    )
                }
                default {
                    valueAtZero := valueOf(sar(16, base), s, mload(WS_A_ZERO), b)
                    for {
                        d := add(WS_LN_X, 0x40)
                    } lt(d, add(WS_LN_X, 0x140)) {
                        d := add(d, WS_PAIR)
                    } {
                        pairAt(d, inverse, base, s, b, size, toSum)
                    }
                }
                mstore(add(R_V_DOWN, row), valueAtZero)
                d := add(add(WS_ZERO_DOWN, row), shift)
                mstore(d, add(mload(d), mul(size, valueAtZero)))
                if row {
                    pairAt(WS_LN_X, inverse, base, s, b, size, toSum)
                    pairAt(add(WS_LN_X, 0x140), inverse, base, s, b, size, toSum)
                    if eq(row, 64) {
                        pairAt(add(WS_LN_X, 0x180), inverse, base, s, b, size, toSum)
                    }
                }
            }
        }
    }
}
