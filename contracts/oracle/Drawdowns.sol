// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The highest insurance of this day and of the day before.
struct InsuranceHigh {
    uint32 day;
    uint96 highE8;
    uint96 previousHighE8;
}

/// @title How far insurance has fallen from its high of one to two days
/// @custom:spec ORC-003
library Drawdowns {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant DAY = 86_400;
    /// @dev Beyond this fall only reductions are taken.
    uint256 internal constant LIMIT_E8 = 3e7;
    /// @dev A high below this says nothing: a first fee paid out again would stop every market.
    uint256 internal constant HIGH_LEAST_E8 = 10_000e8;

    /// @notice Takes the present insurance in, and says how far it lies below its high.
    function next(
        InsuranceHigh memory high,
        uint256 insuranceE8,
        uint256 time
    ) internal pure returns (uint32 drawdownE8) {
        uint96 current = uint96(insuranceE8 < type(uint96).max ? insuranceE8 : type(uint96).max);
        uint32 day = uint32(time / DAY);
        if (day != high.day) {
            high.previousHighE8 = day == high.day + 1 ? high.highE8 : current;
            (high.day, high.highE8) = (day, current);
        }
        if (current > high.highE8) high.highE8 = current;
        uint256 highest = high.highE8 > high.previousHighE8 ? high.highE8 : high.previousHighE8;
        if (highest < HIGH_LEAST_E8) return 0;
        // Safe: the high of this day is the present one at least.
        unchecked {
            drawdownE8 = uint32(((highest - current) * ONE) / highest);
        }
    }

    /// @notice What stakers take out is no loss: the highs fall in its proportion, so that the drawdown is that of a share.
    /// @param beforeE8 The insurance before it: below 2^128, as the ledger keeps it, and not 0.
    /// @param afterE8 And after, no more than that.
    function leave(InsuranceHigh memory high, uint256 beforeE8, uint256 afterE8) internal pure {
        // Safe: products of 96 and 128 bits, and no high grows.
        unchecked {
            high.highE8 = uint96((high.highE8 * afterE8) / beforeE8);
            high.previousHighE8 = uint96((high.previousHighE8 * afterE8) / beforeE8);
        }
    }
}
