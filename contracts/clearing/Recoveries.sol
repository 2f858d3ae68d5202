// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What all who took a loss may still get back.
struct Recovery {
    uint128 lostE8;
    /// @notice What is left of a loss of one, since the generation began.
    uint128 factorE18;
    /// @notice Grows when everything was paid back: losses of an earlier one are gone.
    uint64 generation;
}

/// @notice What one owner may still get back, as of a factor.
struct Loss {
    uint128 lostE8;
    uint128 factorE18;
    uint64 generation;
}

/// @title Losses that withdrawers took, and what later fees pay back of them, without a loop over anybody
library Recoveries {
    uint256 internal constant ONE_E18 = 1e18;

    /// @notice The part of an amount that nothing stands behind while losses are not paid: base units, no more than are whole in what lacks.
    /// @param creditE8 All that accounts are credited.
    /// @param deficitE8 What lacks of it, above 0.
    /// @param scale Cash units in one base unit.
    /// @custom:spec CLR-023
    function unpaidRaw(
        uint256 amountRaw,
        uint256 creditE8,
        uint256 deficitE8,
        uint256 scale
    ) internal pure returns (uint256) {
        uint256 paidRaw = creditE8 > deficitE8 ? (amountRaw * (creditE8 - deficitE8)) / creditE8 : 0;
        return Math.min(amountRaw - paidRaw, deficitE8 / scale);
    }

    /// @notice How fees are shared between losses that still stand and losses that withdrawers took: in proportion, so that nobody gains by waiting.
    /// @return paidE8 To losses that stand, rounded up.
    /// @return backE8 To withdrawers.
    /// @custom:spec CLR-026
    function share(
        uint256 feesE8,
        uint256 deficitE8,
        uint256 lostE8
    ) internal pure returns (uint256 paidE8, uint256 backE8) {
        uint256 all = deficitE8 + lostE8;
        uint256 used = feesE8 < all ? feesE8 : all;
        if (used == 0) return (0, 0);
        backE8 = (used * lostE8) / all;
        paidE8 = used - backE8;
    }

    /// @notice All losses after so much of them was paid back. Rounded up, so that never more is promised than was paid.
    /// @custom:spec CLR-026
    function shrink(Recovery memory all, uint256 backE8) internal pure {
        uint256 left = all.lostE8 - backE8;
        if (left == 0) (all.factorE18, all.generation) = (uint128(ONE_E18), all.generation + 1);
        else all.factorE18 = uint128((all.factorE18 * left + all.lostE8 - 1) / all.lostE8);
        all.lostE8 = uint128(left);
    }

    /// @notice What an owner got back since the factor of his loss.
    /// @custom:spec CLR-026
    function backDown(Recovery memory all, Loss memory own) internal pure returns (uint256) {
        if (own.lostE8 == 0 || own.generation != all.generation) return own.lostE8;
        return own.lostE8 - (uint256(own.lostE8) * all.factorE18 + own.factorE18 - 1) / own.factorE18;
    }
}
