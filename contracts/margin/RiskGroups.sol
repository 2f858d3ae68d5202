// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Between, Broken} from "./Between.sol";
import {Rounding} from "./Rounding.sol";
import {Scenarios} from "./Scenarios.sol";
import {Weighing} from "./Weighing.sol";
import {Words} from "./Words.sol";

/// @notice The terms of an underlying, with what its group needs of it; in money E8, or in 24ths of it where the name says so.
struct Terms {
    uint256 underlying;
    uint256 group;
    uint256 nettingFloorE8;
    /// @notice The largest loss over the scenarios, between them, and of both.
    int256 scenario24E8;
    int256 between24E8;
    int256 loss24E8;
    /// @notice The kink or node of the largest loss where it lies between scenarios, otherwise `Between.NO_POINT`.
    uint256 worstPoint;
    uint256 shortMinimumE8;
    /// @notice Memory address of the weighted PnLs by scenario, 37 words; only where they are kept.
    uint256 weighted24E8;
    uint256 netE8;
    uint256 grossE8;
    uint256 basisE8;
    uint256 liquidityE8;
    uint256 vegaE8;
    uint256 staleE8;
    uint256 rateE8;
    uint256 spreadE8;
    Broken broken;
}

/// @notice The terms of a risk group.
struct GroupTerms {
    uint256 group;
    int256 scenario24E8;
    int256 between24E8;
    uint256 worstPoint;
    int256 loss24E8;
    /// @notice The part of those losses that netting cannot remove.
    uint256 nettingFloor24E8;
    uint256 shortMinimumE8;
    uint256 maintenanceE8;
}

/// @title Risk groups: everything crashes together, and netting is never trusted fully
/// @notice Unchecked: inside the domain no sum reaches 2^200.
/// @custom:spec MRG-033
library RiskGroups {
    uint256 internal constant ONE = 1e8;
    uint256 private constant WORD = 32;
    uint256 private constant WEIGHTED_BYTES = WORD * Scenarios.COUNT;

    /// @notice `MM_g` of a group from the terms of its underlyings; `terms[i]` belongs to the group when its number says so.
    /// Why the whole of the pooled line is searched, not only the shocks at which an option is narrow: elsewhere it is the grid's own, which the scenarios have counted.
    function maintenanceOf(Terms[] memory terms, uint256 group) internal pure returns (uint256) {
        unchecked {
            uint256 floor24E16 = 0;
            uint256 shortMinimumE8 = 0;
            uint256 members = 0;
            uint256 last = 0;
            for (uint256 i = 0; i < terms.length; ++i) {
                Terms memory t = terms[i];
                if (t.group != group) continue;
                floor24E16 += t.nettingFloorE8 * uint256(t.loss24E8);
                shortMinimumE8 += t.shortMinimumE8;
                ++members;
                last = i;
            }
            if (members == 1) return alone(terms[last]);
            Broken memory pooled = pool(terms, group);
            int256 joint24E8 = Between.worstLoss(pooled, Weighing.scenarioLoss(pooled.weighted24E8));
            joint24E8 = Rounding.maxSigned(joint24E8, Weighing.scenarioLoss(weightedOf(terms, group)));
            return _largest(uint256(joint24E8), Rounding.divUp(floor24E16, ONE), shortMinimumE8);
        }
    }

    /// @notice The terms of a group.
    function measure(Terms[] memory terms, uint256 group) internal pure returns (GroupTerms memory g) {
        unchecked {
            g.group = group;
            uint256 floor24E16 = 0;
            uint256 members = 0;
            uint256 last = 0;
            for (uint256 i = 0; i < terms.length; ++i) {
                Terms memory t = terms[i];
                if (t.group != group) continue;
                floor24E16 += t.nettingFloorE8 * uint256(t.loss24E8);
                g.loss24E8 += t.loss24E8;
                g.shortMinimumE8 += t.shortMinimumE8;
                ++members;
                last = i;
            }
            if (members == 1) {
                // Why nothing is computed again: the scenarios and kinks of the group are those of its one underlying.
                Terms memory only = terms[last];
                (g.scenario24E8, g.between24E8, g.worstPoint) = (only.scenario24E8, only.between24E8, only.worstPoint);
            } else {
                g.scenario24E8 = Weighing.scenarioLoss(weightedOf(terms, group));
                g.worstPoint = Between.NO_POINT;
                uint256 point;
                (g.between24E8, point) = Between.worst(pool(terms, group));
                if (g.between24E8 > g.scenario24E8) g.worstPoint = point;
            }
            g.nettingFloor24E8 = Rounding.divUp(floor24E16, ONE);
            uint256 joint24E8 = uint256(Rounding.maxSigned(g.scenario24E8, g.between24E8));
            g.maintenanceE8 = _largest(joint24E8, g.nettingFloor24E8, g.shortMinimumE8);
        }
    }

    /// @notice `MM_g` of a group of one underlying: its loss is the joint one, and a netting floor is at most all of it.
    function alone(Terms memory t) internal pure returns (uint256) {
        return _largest(uint256(t.loss24E8), 0, t.shortMinimumE8);
    }

    /// @notice The kinks of all underlyings of a group together, and the sum of their broken lines.
    function pool(Terms[] memory terms, uint256 group) internal pure returns (Broken memory pooled) {
        unchecked {
            uint256 bytes_ = 0;
            for (uint256 i = 0; i < terms.length; ++i) {
                if (terms[i].group == group) bytes_ += terms[i].broken.to - terms[i].broken.from;
            }
            pooled.weighted24E8 = _zeros();
            pooled.from = Words.take(bytes_);
            pooled.to = pooled.from;
            for (uint256 i = 0; i < terms.length; ++i) {
                if (terms[i].group != group) continue;
                Broken memory b = terms[i].broken;
                Weighing.addTo(pooled.weighted24E8, b.weighted24E8);
                pooled.narrow = Rounding.max(pooled.narrow, b.narrow);
                uint256 middle = pooled.to;
                for (uint256 k = b.from; k < b.to; k += WORD) {
                    Words.store(pooled.to, Words.load(k));
                    pooled.to += WORD;
                }
                Between.merge(pooled.from, middle, pooled.to);
            }
        }
    }

    /// @notice The first scenario that shows a loss.
    /// @param weighted Memory address of 37 weighted PnLs, one of which shows it.
    function scenarioOf(uint256 weighted, int256 loss24) internal pure returns (uint256 scenario) {
        unchecked {
            while (-Words.loadSigned(weighted + WORD * scenario) != loss24) ++scenario;
        }
    }

    /// @notice The sums of the weighted PnLs of a group's underlyings: memory address of 37 words.
    function weightedOf(Terms[] memory terms, uint256 group) internal pure returns (uint256 sums) {
        unchecked {
            sums = _zeros();
            for (uint256 i = 0; i < terms.length; ++i) {
                if (terms[i].group == group) Weighing.addTo(sums, terms[i].weighted24E8);
            }
        }
    }

    /// @dev `MM_g`; no argument is negative, as the mark itself is a scenario without a loss.
    function _largest(uint256 joint24, uint256 floor24, uint256 shortMinimumE8) private pure returns (uint256) {
        unchecked {
            uint256 least24 = Scenarios.WEIGHT_ONE * shortMinimumE8;
            return Rounding.divUp(Rounding.max(Rounding.max(joint24, floor24), least24), Scenarios.WEIGHT_ONE);
        }
    }

    function _zeros() private pure returns (uint256 word) {
        word = Words.take(WEIGHTED_BYTES);
        Words.clear(word, WEIGHTED_BYTES);
    }
}
