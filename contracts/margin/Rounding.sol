// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Divisions with the rounding in their name
/// @notice Every divisor is positive. Values stay below 2^190 in magnitude (the domain of MRG-003 and MRG-010), so no sum here can leave 256 bits; that is why all is unchecked.
library Rounding {
    /// @notice `⌈a/b⌉`.
    function divUp(uint256 a, uint256 b) internal pure returns (uint256 q) {
        // In assembly, because b is never 0.
        assembly ("memory-safe") {
            q := div(add(a, sub(b, 1)), b)
        }
    }

    /// @notice `near(a, b) = ⌊(a + ⌊b/2⌋)/b⌋`.
    function divNear(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            return (a + b / 2) / b;
        }
    }

    /// @notice `⌊a/b⌋`, toward minus infinity.
    function divFloor(int256 a, uint256 b) internal pure returns (int256 q) {
        // Why it is right: sdiv truncates toward zero, so a negative remainder means one less. All of b fits int256.
        assembly ("memory-safe") {
            q := sub(sdiv(a, b), slt(smod(a, b), 0))
        }
    }

    /// @notice `⌈a/b⌉`, toward plus infinity.
    function divCeil(int256 a, uint256 b) internal pure returns (int256 q) {
        // Why it is right: sdiv truncates toward zero, so a positive remainder means one more.
        assembly ("memory-safe") {
            q := add(sdiv(a, b), sgt(smod(a, b), 0))
        }
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256 r) {
        // Without a branch: a jump costs more than the product.
        assembly ("memory-safe") {
            r := xor(a, mul(xor(a, b), lt(b, a)))
        }
    }

    function max(uint256 a, uint256 b) internal pure returns (uint256 r) {
        assembly ("memory-safe") {
            r := xor(a, mul(xor(a, b), gt(b, a)))
        }
    }

    function maxSigned(int256 a, int256 b) internal pure returns (int256) {
        return a > b ? a : b;
    }

    function minSigned(int256 a, int256 b) internal pure returns (int256) {
        return a < b ? a : b;
    }

    function clamp(int256 a, int256 lo, int256 hi) internal pure returns (int256) {
        return a < lo ? lo : (a > hi ? hi : a);
    }

    /// @notice `|a|`; a is never the smallest int256.
    function magnitude(int256 a) internal pure returns (uint256 r) {
        assembly ("memory-safe") {
            let sign := sar(255, a)
            r := sub(xor(a, sign), sign)
        }
    }
}
