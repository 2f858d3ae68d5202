// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Need} from "../interfaces/ClearingTypes.sol";
import {Position} from "../margin/AccountStates.sol";
import {Fills} from "./Fills.sol";
import {SignedDivision} from "./SignedDivision.sol";

/// @title What was taken over from lots, and who is deleveraged by it
library Needs {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;

    /// @notice Adds a size at its cost; what meets an opposite need is netted.
    /// @return realisedE8 Gain of the netted part.
    /// @custom:spec CLR-045
    function merge(Need memory need, int256 sizeE8, int256 costE8) internal pure returns (int256 realisedE8) {
        // Instrument 0 is no option: a need keeps its cost whatever it is of.
        Position memory position = Position(0, need.sizeE8, need.costE8);
        realisedE8 = Fills.add(position, sizeE8, costE8);
        (need.sizeE8, need.costE8) = (int64(position.sizeE8), int128(position.costE8));
    }

    /// @notice Takes out what a holder of the opposite position gets: as much as both have, at its share of the cost, rounded against the holder.
    /// @custom:spec CLR-046
    function take(Need memory need, int256 heldE8) internal pure returns (int256 sizeE8, int256 costE8) {
        int256 whole = int256(int256(need.sizeE8).abs());
        int256 most = int256(heldE8.abs());
        if (most > whole) most = whole;
        sizeE8 = need.sizeE8 > 0 ? most : -most;
        costE8 = most == whole ? int256(need.costE8) : (need.costE8 * most).ceil(whole);
        need.sizeE8 -= int64(sizeE8);
        need.costE8 -= int128(costE8);
    }

    /// @notice The least score that serves a need: all of its cost at first, nothing after the ramp.
    /// @custom:spec CLR-046
    function thresholdE8(uint256 ageSeconds, uint256 rampSeconds) internal pure returns (uint256) {
        return ageSeconds >= rampSeconds ? 0 : (ONE * (rampSeconds - ageSeconds)) / rampSeconds;
    }

    /// @notice Gain over cost of what would be closed, times the part of the position that is not hedged.
    /// @param gainE8 What closing realises.
    /// @param costE8 At which cost.
    /// @param heldE8 The position.
    /// @param netE8 What the account holds of the underlying in all.
    /// @custom:spec CLR-046
    function scoreE8(int256 gainE8, int256 costE8, int256 heldE8, int256 netE8) internal pure returns (uint256) {
        if (gainE8 <= 0 || costE8 == 0 || netE8 == 0 || (netE8 > 0) != (heldE8 > 0)) return 0;
        uint256 open = netE8.abs() < heldE8.abs() ? (netE8.abs() * ONE) / heldE8.abs() : ONE;
        return (((uint256(gainE8) * ONE) / costE8.abs()) * open) / ONE;
    }
}
