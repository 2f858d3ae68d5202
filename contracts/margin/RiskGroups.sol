// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GroupBreakdown, UnderlyingBreakdown} from "../interfaces/IReferee.sol";
import {Between, Broken} from "./Between.sol";
import {Rounding} from "./Rounding.sol";
import {Scenarios} from "./Scenarios.sol";
import {Weighing} from "./Weighing.sol";

/// @notice The terms of an underlying, with what its group needs of it.
struct Terms {
    UnderlyingBreakdown shown;
    Broken broken;
}

/// @title Risk groups: everything crashes together, and netting is never trusted fully
/// @notice Unchecked: inside the domain no sum reaches 2^200.
/// @custom:spec MRG-033
library RiskGroups {
    uint256 internal constant ONE = 1e8;

    /// @notice The terms of a group from those of its underlyings; `terms[i]` belongs to the group when its number says so.
    function measure(Terms[] memory terms, uint256 group) internal pure returns (GroupBreakdown memory g) {
        unchecked {
            g.group = group;
            uint256 members = 0;
            uint256 last = 0;
            for (uint256 i = 0; i < terms.length; ++i) {
                UnderlyingBreakdown memory t = terms[i].shown;
                if (t.group != group) continue;
                g.nettingFloorE8 = Rounding.max(g.nettingFloorE8, t.nettingFloorE8);
                g.loss24E8 += t.loss24E8;
                g.shortMinimumE8 += t.shortMinimumE8;
                ++members;
                last = i;
            }
            if (members == 1) {
                // Why nothing is computed again: the scenarios and kinks of the group are those of its one underlying.
                UnderlyingBreakdown memory only = terms[last].shown;
                (g.scenario24E8, g.between24E8, g.worstPoint) = (only.scenario24E8, only.between24E8, only.worstPoint);
            } else {
                g.scenario24E8 = Weighing.scenarioLoss(weightedOf(terms, group));
                g.worstPoint = Between.NO_POINT;
                uint256 point;
                (g.between24E8, point) = Between.worst(pool(terms, group));
                if (g.between24E8 > g.scenario24E8) g.worstPoint = point;
            }
            g.maintenanceE8 = combine(
                uint256(Rounding.maxSigned(g.scenario24E8, g.between24E8)),
                g.nettingFloorE8,
                uint256(g.loss24E8),
                g.shortMinimumE8
            );
        }
    }

    /// @notice `MM_g`; no argument is negative, as the mark itself is a scenario without a loss.
    function combine(
        uint256 joint24,
        uint256 nettingFloorE8,
        uint256 loss24,
        uint256 shortMinimumE8
    ) internal pure returns (uint256) {
        unchecked {
            uint256 netted = Rounding.divUp(nettingFloorE8 * loss24, ONE);
            uint256 least = Scenarios.WEIGHT_ONE * shortMinimumE8;
            return Rounding.divUp(Rounding.max(Rounding.max(joint24, netted), least), Scenarios.WEIGHT_ONE);
        }
    }

    /// @notice The kinks of all underlyings of a group together, and the sum of their broken lines.
    function pool(Terms[] memory terms, uint256 group) internal pure returns (Broken memory pooled) {
        unchecked {
            uint256 count = 0;
            for (uint256 i = 0; i < terms.length; ++i) {
                Broken memory b = terms[i].broken;
                if (terms[i].shown.group == group) count += b.to - b.from;
            }
            pooled.words = new uint256[](count);
            for (uint256 i = 0; i < terms.length; ++i) {
                Broken memory b = terms[i].broken;
                if (terms[i].shown.group != group) continue;
                addTo(pooled.weighted24E8, b.weighted24E8);
                pooled.narrow = Rounding.max(pooled.narrow, b.narrow);
                uint256 middle = pooled.to;
                for (uint256 k = b.from; k < b.to; ++k) pooled.words[pooled.to++] = b.words[k];
                Between.merge(pooled.words, 0, middle, pooled.to);
            }
        }
    }

    /// @notice The first scenario that shows a loss.
    function scenarioOf(int256[37] memory weighted, int256 loss24) internal pure returns (uint256 scenario) {
        unchecked {
            while (-weighted[scenario] != loss24) ++scenario;
        }
    }

    /// @notice The sums of the weighted PnLs of a group's underlyings.
    function weightedOf(Terms[] memory terms, uint256 group) internal pure returns (int256[37] memory sums) {
        unchecked {
            for (uint256 i = 0; i < terms.length; ++i) {
                if (terms[i].shown.group == group) addTo(sums, terms[i].shown.weighted24E8);
            }
        }
    }

    function addTo(int256[37] memory sums, int256[37] memory more) internal pure {
        // Safe: 37 words of each.
        assembly ("memory-safe") {
            for {
                let offset := 0
            } lt(offset, 1184) {
                offset := add(offset, 32)
            } {
                let word := add(sums, offset)
                mstore(word, add(mload(word), mload(add(more, offset))))
            }
        }
    }
}
