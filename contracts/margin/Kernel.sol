// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Scenarios} from "./Scenarios.sol";

/// @title Square root and logarithm in integers
/// @notice Unchecked throughout: the ranges stand at each function, and no intermediate reaches 2^200.
library Kernel {
    uint256 internal constant LN_C0_Q44 = 35184372088830;
    uint256 internal constant LN_C1_Q44 = 11728124032221;
    uint256 internal constant LN_C2_Q44 = 7036873928768;
    uint256 internal constant LN_C3_Q44 = 5026373673355;
    uint256 internal constant LN_C4_Q44 = 3908163732805;
    uint256 internal constant LN_C5_Q44 = 3221279850854;
    uint256 internal constant LN_C6_Q44 = 2474416650593;
    uint256 internal constant LN_C7_Q44 = 3532842613346;
    uint256 internal constant LN2_Q88 = 214518661983232317777896372;

    /// @notice `⌊√a⌋` for `0 <= a < 2^127`.
    /// @dev With 2^k the power of two at or below √a, `3/4·2^k + a/(3·2^k)` is a Newton step from 3/2·2^k: at least √a and at most 8.4 % above. One more unit keeps it so after the
    /// divisions round down. Four Newton steps bring the error from 0.084 + 2^-k to 1e-22 and below where k > 8, and to less than a unit for every smaller a (`Referee.t.sol` tries
    /// them all below 2^14), so ⌊√a⌋ or one more is left, as an integer Newton step never falls below ⌊√a⌋. In assembly, because a division by zero cannot happen but for a = 0,
    /// where EVM's 0 is right.
    /// @custom:spec MRG-020
    function isqrt(uint256 a) internal pure returns (uint256 r) {
        uint256 h = highestBit(a);
        assembly ("memory-safe") {
            r := shl(shr(1, h), 3)
            r := add(add(shr(2, r), div(a, r)), 1)
            r := shr(1, add(r, div(a, r)))
            r := shr(1, add(r, div(a, r)))
            r := shr(1, add(r, div(a, r)))
            r := shr(1, add(r, div(a, r)))
            r := sub(r, gt(mul(r, r), a))
        }
    }

    /// @notice `ln(n/d)` in Q32, n and d in [1, 2^56].
    /// @dev Range: r < 2^121.
    /// @custom:spec MRG-021
    function ln(uint256 n, uint256 d) internal pure returns (int256 result) {
        unchecked {
            uint256 r;
            // Why it is safe: d >= 1.
            assembly ("memory-safe") {
                r := div(shl(64, n), d)
            }
            // `m` in [2^62, 2^63) and `e`. The short way: n/d in [1/2, 2), where most are.
            uint256 m;
            int256 e;
            if (r - 2 ** 63 < 3 * 2 ** 63) {
                assembly ("memory-safe") {
                    e := sub(gt(r, 0xffffffffffffffff), 1)
                    m := shr(add(e, 2), r)
                }
            } else {
                if (r == 0) r = 1;
                uint256 h = highestBit(r);
                m = h < 62 ? r << (62 - h) : r >> (h - 62);
                e = int256(h) - 64;
            }
            m = _seriesQ88(m);
            assembly ("memory-safe") {
                result := sar(56, add(mul(e, LN2_Q88), m))
            }
        }
    }

    /// @notice `ln(m, unit)` of MRG-021 for `m = unit + q·range` at the fourteen nodes of the grid beside 0 (MRG-030), in their order, into as many words.
    /// @param range At least 1, and `25·range <= 2·unit` (MRG-010).
    /// @custom:spec MRG-021
    function lnOfNodes(uint256 to, uint256 unit, uint256 range) internal pure {
        unchecked {
            if (_writeKnown(to, unit, range)) return;
            for (uint256 node = 0; node < Scenarios.NODES; ++node) {
                int256 logarithm = ln(uint256(int256(unit) + Scenarios.quarters(node) * int256(range)), unit);
                // Safe: callers own the words.
                assembly ("memory-safe") {
                    mstore(add(to, shl(5, node)), logarithm)
                }
            }
        }
    }

    /// @dev Writes the fourteen logarithms where they are known: at the price ranges that underlyings begin with (`spec/constants.json`), because computing them is a twelfth of a small
    /// account's gas. Seven fields of 36 bits a word from the top, signed; `Referee.t.sol` compares each with `ln`.
    function _writeKnown(uint256 to, uint256 unit, uint256 range) private pure returns (bool) {
        if (unit != 4e8) return false;
        uint256 lower;
        uint256 upper;
        if (range == 16e6) {
            lower = 0xf58984668f9d453941fd35d9390fdf464feafeaa780bcff58cb09400a0a5e600;
            upper = 0x13b3b80201d031bd5025feda7c04712df9d0645cdec90ac4616c8112534dca0;
        } else if (range == 14e6) {
            lower = 0xf748cc284fabe7284ffd963abcdfe399fd3efed6c01cfff6e12325008ce882a0;
            upper = 0x115213c20198f76c00218b117503f3238d9059c4a61309c1998b40fc5e7d4c0;
        } else if (range == 25e6) {
            lower = 0xe9d1bd010f4e8de808fb65a77bbfcad82586fddd0e2fbfef7a674a00f8518600;
            upper = 0x1e27076e02bfe60e10391fef8f067cc8fb208f42faf30ea920787162e42fef0;
        } else {
            return false;
        }
        // Safe: callers own the words.
        assembly ("memory-safe") {
            mstore(to, sar(220, lower))
            mstore(add(to, 32), sar(220, shl(36, lower)))
            mstore(add(to, 64), sar(220, shl(72, lower)))
            mstore(add(to, 96), sar(220, shl(108, lower)))
            mstore(add(to, 128), sar(220, shl(144, lower)))
            mstore(add(to, 160), sar(220, shl(180, lower)))
            mstore(add(to, 192), sar(220, shl(216, lower)))
            mstore(add(to, 224), sar(220, upper))
            mstore(add(to, 256), sar(220, shl(36, upper)))
            mstore(add(to, 288), sar(220, shl(72, upper)))
            mstore(add(to, 320), sar(220, shl(108, upper)))
            mstore(add(to, 352), sar(220, shl(144, upper)))
            mstore(add(to, 384), sar(220, shl(180, upper)))
            mstore(add(to, 416), sar(220, shl(216, upper)))
        }
        return true;
    }

    /// @dev `ln(m/2^62)` in Q88 for m in [2^62, 2^63): z < 2^43 (z <= 2^44/3), u < 2^41, p < 2^46.
    function _seriesQ88(uint256 m) private pure returns (uint256 result) {
        // Why it is safe: m + 2^62 > 0.
        assembly ("memory-safe") {
            let z := div(shl(44, sub(m, 0x4000000000000000)), add(m, 0x4000000000000000))
            let u := shr(44, mul(z, z))
            let p := add(LN_C6_Q44, shr(44, mul(LN_C7_Q44, u)))
            p := add(LN_C5_Q44, shr(44, mul(p, u)))
            p := add(LN_C4_Q44, shr(44, mul(p, u)))
            p := add(LN_C3_Q44, shr(44, mul(p, u)))
            p := add(LN_C2_Q44, shr(44, mul(p, u)))
            p := add(LN_C1_Q44, shr(44, mul(p, u)))
            p := add(LN_C0_Q44, shr(44, mul(p, u)))
            result := mul(z, p)
        }
    }

    /// @notice Index of the highest set bit of `1 <= a < 2^128`, 0 for 0.
    function highestBit(uint256 a) internal pure returns (uint256 h) {
        // Binary search; each step adds its half when the bits above it are not all zero. The last four bits are looked up: nibble i of the word is the highest bit of i.
        assembly ("memory-safe") {
            h := shl(6, gt(a, 0xffffffffffffffff))
            h := or(h, shl(5, gt(shr(h, a), 0xffffffff)))
            h := or(h, shl(4, gt(shr(h, a), 0xffff)))
            h := or(h, shl(3, gt(shr(h, a), 0xff)))
            h := or(h, shl(2, gt(shr(h, a), 0xf)))
            h := or(h, and(shr(shl(1, shr(h, a)), 0xffffaa50), 3))
        }
    }
}
