// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

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
    /// @dev A high below this stops nothing: a first fee paid out again would stop every market. One that stopped them and that an exit has made so small stops them still.
    uint256 internal constant HIGH_LEAST_E8 = 10_000e8;

    /// @notice Takes the present insurance in, and says how far it lies below its high.
    /// @param isDrawn Whether it lay beyond the limit.
    function next(
        InsuranceHigh memory high,
        uint256 insuranceE8,
        uint256 time,
        bool isDrawn
    ) internal pure returns (uint32 drawdownE8) {
        uint96 current = _held(insuranceE8);
        uint32 day = uint32(time / DAY);
        if (day != high.day) {
            high.previousHighE8 = day == high.day + 1 ? high.highE8 : current;
            (high.day, high.highE8) = (day, current);
        }
        if (current > high.highE8) high.highE8 = current;
        uint256 highest = high.highE8 > high.previousHighE8 ? high.highE8 : high.previousHighE8;
        if (highest < (isDrawn ? 1 : HIGH_LEAST_E8)) return 0;
        // Safe: the high of this day is the present one at least.
        unchecked {
            drawdownE8 = uint32(((highest - current) * ONE) / highest);
        }
    }

    /// @notice What stakers bring or take out is neither gain nor loss: the highs follow in its proportion, so that the drawdown is that of a share. Highs that stopped nothing before a stake stop nothing after it: the fall from them was too small to stop a market, and a stake does not make it larger.
    /// @param beforeE8 The insurance before it: below 2^128, as the ledger keeps it, and not 0.
    /// @param afterE8 And after.
    /// @param isDrawn Whether it lies beyond the limit: who leaves and comes back ends no stop.
    function resize(InsuranceHigh memory high, uint256 beforeE8, uint256 afterE8, bool isDrawn) internal pure {
        bool isSilent = !isDrawn && high.highE8 < HIGH_LEAST_E8 && high.previousHighE8 < HIGH_LEAST_E8;
        if (isSilent && afterE8 > beforeE8) high.highE8 = high.previousHighE8 = _held(beforeE8);
        high.highE8 = _scaled(high.highE8, beforeE8, afterE8);
        high.previousHighE8 = _scaled(high.previousHighE8, beforeE8, afterE8);
    }

    function _scaled(uint256 highE8, uint256 beforeE8, uint256 afterE8) private pure returns (uint96) {
        // Safe: products of 96 and 128 bits.
        unchecked {
            return _held((highE8 * afterE8) / beforeE8);
        }
    }

    function _held(uint256 valueE8) private pure returns (uint96) {
        return uint96(Math.min(valueE8, type(uint96).max));
    }
}
