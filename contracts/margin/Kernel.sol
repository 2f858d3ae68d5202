// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

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
    int256 internal constant LN2_Q88 = 214518661983232317777896372;

    /// @notice `⌊√a⌋` for `0 <= a < 2^127`.
    /// @dev Newton from above: the start `2^⌈(h+1)/2⌉` is at least √a and at most 2·√a, so the relative error falls below 0.25, 0.025, 3.1e-4, 4.7e-8, 1.1e-15, 6.2e-31: six steps
    /// leave ⌊√a⌋ or one more, as an integer Newton step from above never falls below ⌊√a⌋.
    /// @custom:spec MRG-020
    function isqrt(uint256 a) internal pure returns (uint256 r) {
        unchecked {
            if (a == 0) return 0;
            r = 1 << ((highestBit(a) >> 1) + 1);
            r = (r + a / r) >> 1;
            r = (r + a / r) >> 1;
            r = (r + a / r) >> 1;
            r = (r + a / r) >> 1;
            r = (r + a / r) >> 1;
            r = (r + a / r) >> 1;
            if (r * r > a) --r;
        }
    }

    /// @notice `ln(n/d)` in Q32, n and d in [1, 2^56].
    /// @dev Ranges: r < 2^121, z < 2^43 (z <= 2^44/3), u < 2^41, p < 2^46.
    /// @custom:spec MRG-021
    function ln(uint256 n, uint256 d) internal pure returns (int256 result) {
        unchecked {
            uint256 r = (n << 64) / d;
            if (r == 0) r = 1;
            uint256 h = highestBit(r);
            uint256 m = h >= 62 ? r >> (h - 62) : r << (62 - h);
            uint256 z = ((m - 2 ** 62) << 44) / (m + 2 ** 62);
            uint256 u = (z * z) >> 44;
            uint256 p = LN_C7_Q44;
            p = LN_C6_Q44 + ((p * u) >> 44);
            p = LN_C5_Q44 + ((p * u) >> 44);
            p = LN_C4_Q44 + ((p * u) >> 44);
            p = LN_C3_Q44 + ((p * u) >> 44);
            p = LN_C2_Q44 + ((p * u) >> 44);
            p = LN_C1_Q44 + ((p * u) >> 44);
            p = LN_C0_Q44 + ((p * u) >> 44);
            result = ((int256(h) - 64) * LN2_Q88 + int256(z * p)) >> 56;
        }
    }

    /// @notice Index of the highest set bit of `1 <= a < 2^128`.
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
