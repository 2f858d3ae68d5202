// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SignedDivision} from "./SignedDivision.sol";

/// @title Interest on cash
library Interest {
    using SignedDivision for int256;

    int256 internal constant ONE_E12 = 1e12;

    /// @notice Cash that was `cashE8` at an index, at another: rounded down for credits and debts alike, so against the account.
    /// @dev |cash| < 2^100 and an index < 2^63, so no overflow.
    /// @custom:spec CLR-001
    function accrueFloor(int256 cashE8, uint256 fromE12, uint256 toE12) internal pure returns (int256) {
        if (cashE8 == 0 || fromE12 == toE12) return cashE8;
        return (cashE8 * int256(toE12)).floor(int256(fromE12));
    }

    /// @notice What an amount of cash adds to the sums of debts and credits: debts down, credits up.
    /// @custom:spec CLR-006
    function bases(int256 cashE8, uint256 indexE12) internal pure returns (uint256 debtE8, uint256 creditE8) {
        if (cashE8 < 0) debtE8 = uint256((-cashE8 * ONE_E12) / int256(indexE12));
        else if (cashE8 > 0) creditE8 = uint256((cashE8 * ONE_E12).ceil(int256(indexE12)));
    }
}
