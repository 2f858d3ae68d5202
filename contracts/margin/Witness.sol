// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Between} from "./Between.sol";
import {PositionsUnsorted, WitnessMalformed} from "./MarginErrors.sol";
import {Book, Markets} from "./Markets.sol";
import {Positions} from "./Positions.sol";
import {RiskGroups, Terms} from "./RiskGroups.sol";
import {Rounding} from "./Rounding.sol";
import {Scenarios} from "./Scenarios.sol";
import {Selected, Selection} from "./Selected.sol";
import {Totals, Touched} from "./Totals.sol";
import {Underlyings} from "./Underlyings.sol";
import {Words} from "./Words.sol";
import {R_FORWARD, R_HAIRCUT, R_RANGE} from "./Workspace.sol";

/// @title A witness: a lower bound of the maintenance margin at a small part of the work
/// @notice Bytes: for each group of the account, ascending, its branch and the points that the branch names; last, whether the add-ons count.
/// A point is a scenario, 64 + the index of a position for its kink, or 192 + a place of the axis.
/// @custom:spec MRG-057
library Witness {
    uint256 internal constant JOINT = 0;
    uint256 internal constant NETTING_FLOOR = 1;
    uint256 internal constant SHORT_MINIMUM = 2;

    uint256 private constant ONE = 1e8;
    uint256 private constant WORD = 32;
    uint256 private constant NO_GROUP = type(uint256).max;
    uint256 private constant ENTRY = 0x40;

    /// @notice `MM_w`; equity goes to the sums of the workspace.
    function measure(Book memory book, bytes calldata witness) internal pure returns (uint256 maintenanceE8) {
        unchecked {
            Touched[] memory touched = Totals.touch(book);
            // More than the checkpoint has: one of them twice, in positions that no account can hold.
            require(touched.length <= book.underlyings, PositionsUnsorted(touched.length));
            (uint256[] memory branches, uint256[] memory points, bool addOns) = _parse(touched, witness);
            Totals.start(book);
            Terms[] memory terms = Totals.termsOf(touched);
            // Why before the walk: a record is walked once, from its first expiry to its last.
            uint256[] memory places = new uint256[](touched.length);
            for (uint256 i = 0; i < touched.length; ++i) {
                if (points[i] >= Between.KINK_POINT) {
                    places[i] = _placeOf(book, touched, i, branches[i] == JOINT, points[i]);
                }
            }
            Selection memory selection;
            selection.addOns = addOns;
            for (uint256 i = 0; i < touched.length; ++i) {
                _select(selection, points[i], places[i]);
                Selected.measure(selection, touched[i], Totals.enter(book, touched[i]), terms[i]);
                if (addOns) maintenanceE8 += Totals.addOns(terms[i]);
            }
            for (uint256 i = 0; i < terms.length; ++i) {
                if (Totals.isFirstOfGroup(terms, i)) maintenanceE8 += _group(terms, points, i, branches[i]);
            }
            maintenanceE8 += Words.load(R_HAIRCUT);
        }
    }

    /// @dev What the witness shows of the group of the i-th underlying.
    function _group(
        Terms[] memory terms,
        uint256[] memory points,
        uint256 first,
        uint256 branch
    ) private pure returns (uint256) {
        unchecked {
            uint256 group = terms[first].group;
            if (branch == JOINT) return Rounding.divUp(_jointLoss(terms, group, points[first]), Scenarios.WEIGHT_ONE);
            uint256 floor24E16 = 0;
            uint256 shortMinimum = 0;
            for (uint256 i = first; i < terms.length; ++i) {
                Terms memory t = terms[i];
                if (t.group != group) continue;
                shortMinimum += t.shortMinimumE8;
                if (branch == NETTING_FLOOR) floor24E16 += t.nettingFloorE8 * _loss(t, points[i]);
            }
            if (branch == SHORT_MINIMUM) return shortMinimum;
            return Rounding.divUp(Rounding.divUp(floor24E16, ONE), Scenarios.WEIGHT_ONE);
        }
    }

    /// @dev Loss of a point over all underlyings of a group, at least 0.
    function _jointLoss(Terms[] memory terms, uint256 group, uint256 point) private pure returns (uint256) {
        unchecked {
            if (point >= Between.KINK_POINT) {
                Terms memory joint;
                joint.broken = RiskGroups.pool(terms, group);
                return _loss(joint, point);
            }
            int256 sum = 0;
            for (uint256 i = 0; i < terms.length; ++i) {
                if (terms[i].group == group) sum += Words.loadSigned(terms[i].weighted24E8 + WORD * point);
            }
            return uint256(Rounding.maxSigned(-sum, 0));
        }
    }

    /// @dev Loss of a point, at least 0.
    function _loss(Terms memory t, uint256 point) private pure returns (uint256) {
        unchecked {
            int256 loss;
            if (point < Between.KINK_POINT) {
                loss = -Words.loadSigned(t.weighted24E8 + WORD * point);
            } else if (point >= Between.NODE_POINT) {
                loss = Between.lossAtPlace(t.broken, point - Between.NODE_POINT);
            } else {
                bool found;
                (loss, found) = Between.lossAtKink(t.broken, point - Between.KINK_POINT);
                require(found, WitnessMalformed(point));
            }
            return uint256(Rounding.maxSigned(loss, 0));
        }
    }

    /// @dev The branch and the point of every underlying, and whether the add-ons count. A short minimum needs no point; the mark stands in.
    function _parse(
        Touched[] memory touched,
        bytes calldata witness
    ) private pure returns (uint256[] memory branches, uint256[] memory points, bool addOns) {
        unchecked {
            branches = new uint256[](touched.length);
            points = new uint256[](touched.length);
            uint256 offset = 0;
            for (uint256 group = _nextGroup(touched, 0); group != NO_GROUP; group = _nextGroup(touched, group + 1)) {
                uint256 branch = _byte(witness, offset++);
                require(branch <= SHORT_MINIMUM, WitnessMalformed(offset - 1));
                uint256 point = branch == JOINT ? _point(witness, offset++) : Scenarios.MARK;
                for (uint256 i = 0; i < touched.length; ++i) {
                    if (touched[i].group != group) continue;
                    branches[i] = branch;
                    points[i] = branch == NETTING_FLOOR ? _point(witness, offset++) : point;
                }
            }
            uint256 last = _byte(witness, offset++);
            require(last <= 1 && offset == witness.length, WitnessMalformed(offset - 1));
            addOns = last == 1;
        }
    }

    /// @dev The smallest group that is not below `least`.
    function _nextGroup(Touched[] memory touched, uint256 least) private pure returns (uint256 group) {
        unchecked {
            group = NO_GROUP;
            for (uint256 i = 0; i < touched.length; ++i) {
                uint256 candidate = touched[i].group;
                if (candidate >= least && candidate < group) group = candidate;
            }
        }
    }

    function _point(bytes calldata witness, uint256 offset) private pure returns (uint256 point) {
        unchecked {
            point = _byte(witness, offset);
            bool known = point < Scenarios.COUNT || point >= Between.KINK_POINT;
            require(known && point < Between.NODE_POINT + Between.PLACES, WitnessMalformed(offset));
        }
    }

    function _byte(bytes calldata witness, uint256 offset) private pure returns (uint256) {
        require(offset < witness.length, WitnessMalformed(offset));
        return uint8(witness[offset]);
    }

    /// @dev The scenarios that a point and the add-ons need of an underlying.
    /// @param p The place of the axis at the point, or at the left of its kink's interval.
    function _select(Selection memory selection, uint256 point, uint256 p) private pure {
        unchecked {
            selection.zeros = selection.addOns;
            (selection.entries, selection.nodes) = (0, 0);
            selection.kinks = point >= Between.KINK_POINT;
            if (selection.addOns) {
                _want(selection, Scenarios.NODE_MINUS_ONE, Scenarios.MID);
                _want(selection, Scenarios.NODE_PLUS_ONE, Scenarios.MID);
            }
            if (point < Between.KINK_POINT) {
                (uint256 node, uint256 shock) = Scenarios.parts(point);
                _want(selection, node, shock);
                return;
            }
            _wantAll(selection, Between.nodeAt(p));
            if (point < Between.NODE_POINT) _wantAll(selection, Between.nodeAt(p + 1));
        }
    }

    /// @dev Adds every scenario of a node.
    function _wantAll(Selection memory selection, uint256 node) private pure {
        unchecked {
            for (uint256 shock = Scenarios.firstShock(node); shock <= Scenarios.UP; ++shock) {
                _want(selection, node, shock);
            }
        }
    }

    /// @dev Adds a scenario once. Those at node 0 under a shock come with the values under both; the mark is always there.
    function _want(Selection memory selection, uint256 node, uint256 shock) private pure {
        unchecked {
            if (node == Scenarios.NODE_ZERO) {
                if (shock != Scenarios.MID) selection.zeros = true;
                return;
            }
            uint256 entry = ENTRY | (shock << 4) | node;
            if (!_holds(selection.entries, entry)) selection.entries = (selection.entries << 8) | entry;
            entry = ENTRY | node;
            if (!_holds(selection.nodes, entry)) selection.nodes = (selection.nodes << 8) | entry;
        }
    }

    function _holds(uint256 list, uint256 entry) private pure returns (bool) {
        unchecked {
            for (; list != 0; list >>= 8) if (list & 0xff == entry) return true;
            return false;
        }
    }

    /// @dev The place of the axis that a point names; for a kink, the left end of the interval that holds it strictly inside.
    /// @param i The underlying that the point was named for.
    /// @param joint Whether the position may be of another underlying of the group.
    function _placeOf(
        Book memory book,
        Touched[] memory touched,
        uint256 i,
        bool joint,
        uint256 point
    ) private pure returns (uint256) {
        unchecked {
            if (point >= Between.NODE_POINT) return point - Between.NODE_POINT;
            uint256 word = book.positions + WORD * (point - Between.KINK_POINT);
            for (uint256 k = 0; k < touched.length; ++k) {
                Touched memory t = touched[k];
                if (word < t.position || word >= t.positionsEnd) continue;
                if (k == i || (joint && t.group == touched[i].group)) return _intervalOf(t, word, point);
            }
            revert WitnessMalformed(point);
        }
    }

    /// @dev The interval of a position's kink, on the surface that is chosen for its expiry.
    function _intervalOf(Touched memory touched, uint256 word, uint256 point) private pure returns (uint256 p) {
        unchecked {
            uint256 w = Words.load(word);
            require(Positions.isOption(w), WitnessMalformed(point));
            uint256 expiry = Positions.expiryOf(w);
            uint256 from = word;
            while (from > touched.position && Positions.expiryOf(Words.load(from - WORD)) == expiry) from -= WORD;
            uint256 to = Positions.runEnd(word, touched.positionsEnd, Positions.EXPIRY_SHIFT);
            Underlyings.enter(touched.record, touched.recordEnd);
            Markets.openExpiry(expiry, from, to, true);
            require(Words.load(R_RANGE) != 0, WitnessMalformed(point));
            p = Between.intervalOf(Between.place(Positions.strikeE8Of(w), Words.load(R_FORWARD), Words.load(R_RANGE)));
            require(p < Between.PLACES, WitnessMalformed(point));
        }
    }
}
