// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The strikes at which options may be opened: those of at most three significant digits
/// @notice A solver keeps and prices every strike that is held, so how many there can be is bounded (docs/security.md).
library StrikeGrid {
    /// @notice The largest strike of the grid that is not above a strike, and the step to the next; a strike is of the grid when it is the first itself.
    /// @dev The digits after the third, by halves rather than one by one. A strike is at most 1.1e16.
    /// @custom:spec CLR-028
    function around(uint256 strikeE8) internal pure returns (uint256 belowE8, uint256 stepE8) {
        unchecked {
            (belowE8, stepE8) = (strikeE8, 1);
            if (belowE8 >= 1e10) (belowE8, stepE8) = (belowE8 / 1e8, 1e8);
            if (belowE8 >= 1e6) (belowE8, stepE8) = (belowE8 / 1e4, stepE8 * 1e4);
            if (belowE8 >= 1e4) (belowE8, stepE8) = (belowE8 / 1e2, stepE8 * 1e2);
            if (belowE8 >= 1e3) (belowE8, stepE8) = (belowE8 / 10, stepE8 * 10);
            belowE8 *= stepE8;
        }
    }
}
