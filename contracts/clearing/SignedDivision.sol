// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Division of signed numbers with its rounding in the name
library SignedDivision {
    /// @notice Toward minus infinity; `b > 0`.
    function floor(int256 a, int256 b) internal pure returns (int256 q) {
        q = a / b;
        if (a < 0 && q * b != a) --q;
    }

    /// @notice Toward plus infinity; `b > 0`.
    function ceil(int256 a, int256 b) internal pure returns (int256 q) {
        q = a / b;
        if (a > 0 && q * b != a) ++q;
    }

    /// @notice `|a|`.
    function abs(int256 a) internal pure returns (uint256) {
        return uint256(a < 0 ? -a : a);
    }
}
