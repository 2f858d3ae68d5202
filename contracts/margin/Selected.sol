// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AddOns} from "./AddOns.sol";
import {ChosenCalls} from "./ChosenCalls.sol";
import {Instruments} from "./Instruments.sol";
import {Kernel} from "./Kernel.sol";
import {Markets} from "./Markets.sol";
import {OptionValues} from "./OptionValues.sol";
import {Positions} from "./Positions.sol";
import {Records} from "./Records.sol";
import {Terms} from "./RiskGroups.sol";
import {Rounding} from "./Rounding.sol";
import {ScenarioSums} from "./ScenarioSums.sol";
import {Scenarios} from "./Scenarios.sol";
import {Strikes} from "./Strikes.sol";
import {Touched} from "./Totals.sol";
import {Underlyings} from "./Underlyings.sol";
import {Words} from "./Words.sol";
// prettier-ignore
// solhint-disable-next-line no-unused-import
import {R_COST, R_DISCOUNT, R_FORWARD, R_KINK_COUNT, R_LN_FORWARD, R_LOGARITHMS_OF, R_MARKED, R_PRICE_RANGE, R_PUBLISHED, R_PUTS, R_RANGE, R_RECORD, R_SHORT, R_SPOT, R_STALE, R_TAU, R_V_DOWN, R_V_MID, R_V_UP, WS_A, WS_A_ZERO, WS_LINEAR, WS_LINEAR_ZERO, WS_LN_X, WS_NODE} from "./Workspace.sol";

/// @notice Which scenarios a witness needs of an underlying, besides the mark.
struct Selection {
    /// @notice Whether the values at an unchanged price under both shocks are wanted.
    bool zeros;
    /// @notice Whether they are at the expiry that is open; set by `Selected.measure`.
    bool vega;
    /// @notice Whether kinks and payoffs are wanted (MRG-032).
    bool kinks;
    /// @notice Whether the add-ons are wanted, and whether the floor with its charge of stale surfaces is, and nothing else.
    bool addOns;
    bool floor;
    /// @notice One byte an entry, `0x40 | shock << 4 | node`, at most 31, each once.
    uint256 entries;
    /// @notice The nodes of the entries, `0x40 | node`, each once.
    uint256 nodes;
    /// @notice Memory addresses of the list of `ChosenCalls` and of its end; set by `Selected.measure`.
    uint256 list;
    uint256 listEnd;
    /// @notice Its end at the expiry that is open.
    uint256 openEnd;
    /// @notice At the expiry that is open, what leads from a position's address to that of its value as a call, 0 where that is not known.
    uint256 marks;
}

/// @title Some terms of one underlying: those that a witness names, or the floor
/// @notice `Underlyings` walks the same way under all scenarios; here only those asked for are computed.
/// Unchecked: inside MRG-003 and MRG-010 no sum reaches 2^200.
/// @custom:spec MRG-057
library Selected {
    uint256 private constant WORD = 32;
    uint256 private constant ONE = 1e8;
    uint256 private constant WEIGHTED_BYTES = WORD * Scenarios.COUNT;

    /// @notice The terms of the underlying that was entered; equity goes to the sums of the account.
    /// @param terms All zero before.
    function measure(
        Selection memory selection,
        Touched memory touched,
        int256 spotSizeE8,
        Terms memory terms
    ) internal pure {
        unchecked {
            (selection.list, selection.listEnd) = ChosenCalls.list(selection.entries, selection.zeros);
            uint256 record = Words.load(R_RECORD);
            uint256 to = touched.positionsEnd;
            uint256 from = _spotAndPerpetual(selection, touched.position, to, spotSizeE8);
            int256 slope = selection.addOns ? ScenarioSums.slope() : int256(0);
            while (from < to) {
                uint256 end = Positions.runEnd(from, to, Positions.EXPIRY_SHIFT);
                slope = _expiry(selection, from, end, slope);
                from = end;
            }
            terms.group = touched.group;
            terms.nettingFloorE8 = Records.nettingFloorE8(record);
            terms.shortMinimumE8 = Underlyings.shortMinimumUp(record);
            if (selection.floor) {
                terms.staleE8 = Words.load(R_STALE);
                return;
            }
            if (selection.addOns) AddOns.finish(terms);
            Underlyings.setBroken(terms.broken);
            _weigh(selection, terms);
        }
    }

    /// @custom:spec MRG-028
    function _spotAndPerpetual(
        Selection memory selection,
        uint256 from,
        uint256 to,
        int256 spotSizeE8
    ) private pure returns (uint256) {
        unchecked {
            int256 perpetual = 0;
            if (from < to && Positions.kindOf(Words.load(from)) == Instruments.PERPETUAL) {
                perpetual = _tallyLinear(selection, Words.load(from), Records.perpetualE8(Words.load(R_RECORD)));
                from += WORD;
            }
            _addLinear(selection, Words.load(R_SPOT), Words.load(R_PRICE_RANGE), spotSizeE8 + perpetual);
            if (selection.addOns) Underlyings.addSpotBuckets(spotSizeE8, perpetual);
            return from;
        }
    }

    /// @dev All positions of one expiry; takes the slope of everything before it (MRG-041) and returns that with it.
    function _expiry(
        Selection memory selection,
        uint256 from,
        uint256 to,
        int256 slope
    ) private pure returns (int256 slopeAfter) {
        unchecked {
            uint256 w = Words.load(from);
            bool hasOptions = Positions.isOption(Words.load(to - WORD));
            (, uint256 marks) = Markets.openExpiry(Positions.expiryOf(w), from, to, hasOptions);
            selection.marks = marks == 0 ? 0 : marks - from;
            if (Positions.kindOf(w) == Instruments.FUTURE) {
                uint256 forwardE8 = Words.load(R_FORWARD);
                _addLinear(selection, forwardE8, Words.load(R_RANGE), _tallyLinear(selection, w, int256(forwardE8)));
                from += WORD;
            }
            if (hasOptions) _options(selection, from, to);
            if (!selection.addOns) return 0;
            slopeAfter = ScenarioSums.slope();
            AddOns.addBucket(slopeAfter - slope, Words.load(R_TAU));
        }
    }

    function _options(Selection memory selection, uint256 from, uint256 to) private pure {
        unchecked {
            _prepareNodes(selection);
            // The floor needs the vega of a stale surface only.
            selection.vega = selection.zeros && (!selection.floor || AddOns.isStale());
            selection.openEnd = ChosenCalls.end(selection.listEnd, selection.zeros && !selection.vega);
            Words.clear(R_PUTS, 3 * WORD);
            int256 markedBefore = Words.loadSigned(R_MARKED);
            uint256 kinksBefore = Words.load(R_KINK_COUNT);
            while (from < to) from = _strike(selection, from, to);
            Underlyings.mergeKinks(kinksBefore);
            int256 puts = Words.loadSigned(R_PUTS);
            if (puts != 0) _addForwards(selection, -puts);
            if (selection.vega) AddOns.addVega();
            if (selection.addOns) AddOns.addRate(Words.loadSigned(R_MARKED) - markedBefore);
        }
    }

    /// @dev The option at `from` and, where it is the put beside it, the next; returns the first position of the next strike. See `Strikes.add`.
    function _strike(Selection memory selection, uint256 from, uint256 to) private pure returns (uint256 next) {
        unchecked {
            uint256 first;
            uint256 second;
            int256 size;
            int256 puts;
            uint256 strikeE8;
            uint256 b;
            (next, first, second, size, puts, strikeE8, b) = Strikes.parse(from, to);
            uint256 narrow = 0;
            // The floor needs no more than the mark, unless a surface is stale.
            if (!selection.floor || selection.vega) narrow = _addValues(selection, strikeE8, b, size);
            else Words.store(R_V_MID, _markOf(selection, from, strikeE8, b));
            int256 forwardValue = Strikes.addMarked(first, second, size, puts, b);
            if (selection.floor) {
                int256 mark = Words.loadSigned(R_V_MID);
                if (size != puts) Strikes.tally(size - puts, mark, forwardValue);
                if (puts != 0) Strikes.tally(puts, mark - forwardValue, -forwardValue);
            } else {
                _tallyShort(size - puts, puts);
            }
            if (narrow != 0) for (; from < next; from += WORD) Strikes.addKink(from, strikeE8, narrow);
        }
    }

    /// @dev What the option at `from` is worth as a call: where choosing the surface has told it, it is not computed again.
    function _markOf(
        Selection memory selection,
        uint256 from,
        uint256 strikeE8,
        uint256 b
    ) private pure returns (int256) {
        unchecked {
            if (selection.marks != 0) return Words.loadSigned(from + selection.marks);
            return Markets.callMark(Words.load(WS_A_ZERO), b, strikeE8);
        }
    }

    /// @dev Adds `size` calls to the sums of the chosen scenarios; the mark goes to the workspace.
    /// @return narrow At how many shocks the option is narrow, 0 where kinks are not asked for or the price has no range.
    function _addValues(
        Selection memory selection,
        uint256 strikeE8,
        uint256 b,
        int256 size
    ) private pure returns (uint256 narrow) {
        unchecked {
            bool kinks = selection.kinks && Words.load(R_RANGE) != 0;
            if (Words.load(R_TAU) < OptionValues.INTRINSIC_SECONDS) {
                Strikes.addPayoff(b, size);
                return kinks ? 3 : 0;
            }
            int256 kRaw = Kernel.ln(strikeE8, Words.load(R_PUBLISHED));
            narrow = Strikes.setDeviations(kRaw);
            if (!kinks) narrow = 0;
            if (narrow != 0) ScenarioSums.addPayoffs(narrow, b, size);
            int256 log = Words.loadSigned(R_LN_FORWARD) - kRaw;
            if (OptionValues.isHeld(log)) _addHeld(selection, narrow, OptionValues.moneyness(log), b, size);
            else ChosenCalls.add(selection.list, selection.openEnd, narrow, log, b, size);
            if (selection.vega) Strikes.addVega(strikeE8, size);
        }
    }

    /// @dev Adds those of two sizes that are short, where the price has a range.
    function _tallyShort(int256 calls, int256 puts) private pure {
        // Safe: writes a word of the workspace.
        assembly ("memory-safe") {
            if mload(R_RANGE) {
                let short := add(mul(calls, slt(calls, 0)), mul(puts, slt(puts, 0)))
                mstore(R_SHORT, sub(mload(R_SHORT), short))
            }
        }
    }

    /// @dev The same as `ChosenCalls.add` for a strike whose logarithm is held, in plain steps.
    function _addHeld(Selection memory selection, uint256 narrow, int256 log, uint256 b, int256 size) private pure {
        unchecked {
            Words.store(R_V_MID, ScenarioSums.addCall(Scenarios.NODE_ZERO, Scenarios.MID, narrow, log, b, size));
            for (uint256 rest = selection.entries; rest != 0; rest >>= 8) {
                ScenarioSums.addCall(rest & 0xf, (rest >> 4) & 0x3, narrow, log, b, size);
            }
            if (!selection.vega) return;
            Words.store(R_V_UP, ScenarioSums.addCall(Scenarios.NODE_ZERO, Scenarios.UP, narrow, log, b, size));
            Words.store(R_V_DOWN, ScenarioSums.addCall(Scenarios.NODE_ZERO, Scenarios.DOWN, narrow, log, b, size));
        }
    }

    /// @dev Equity and, where it is wanted, the floor of a perpetual or a future; returns the size.
    function _tallyLinear(Selection memory selection, uint256 w, int256 markE8) private pure returns (int256 sizeE8) {
        unchecked {
            sizeE8 = Positions.sizeE8Of(w);
            if (selection.floor) {
                Underlyings.tallyLinear(w, markE8);
            } else {
                Words.add(R_MARKED, sizeE8 * markE8);
                Words.add(R_COST, Positions.costE8Of(w));
            }
        }
    }

    /// @dev Discounted forwards of the nodes that are wanted, and their logarithms where those of the expiry before are of another range.
    /// @custom:spec MRG-026
    function _prepareNodes(Selection memory selection) private pure {
        unchecked {
            uint256 rangeE8 = Words.load(R_RANGE);
            uint256 discountedE20 = Words.load(R_DISCOUNT) * Words.load(R_FORWARD);
            bool isPayoff = Words.load(R_TAU) < OptionValues.INTRINSIC_SECONDS;
            // Kinks and payoffs need the forwards at nodes of their own.
            bool everywhere = selection.kinks || isPayoff;
            if (everywhere) ScenarioSums.setForwards(discountedE20, rangeE8);
            else ScenarioSums.setForward(Scenarios.NODE_ZERO, discountedE20, rangeE8);
            bool isReady = isPayoff || Words.load(R_LOGARITHMS_OF) == rangeE8 + 1;
            if (!isReady) Words.store(R_LOGARITHMS_OF, rangeE8 + 1);
            for (uint256 nodes = selection.nodes; nodes != 0; nodes >>= 8) {
                uint256 node = nodes & 0xf;
                if (!everywhere) ScenarioSums.setForward(node, discountedE20, rangeE8);
                if (isReady) continue;
                uint256 multiplier = OptionValues.multiplier(node, rangeE8);
                Words.store(WS_LN_X + WS_NODE * node, Kernel.ln(multiplier, Scenarios.UNIT));
            }
        }
    }

    /// @dev `size` of something linear at the nodes that are wanted, and at node 0.
    function _addLinear(Selection memory selection, uint256 priceE8, uint256 rangeE8, int256 size) private pure {
        unchecked {
            if (size == 0) return;
            Words.add(WS_LINEAR_ZERO, size * int256(priceE8));
            for (uint256 nodes = selection.nodes; nodes != 0; nodes >>= 8) {
                uint256 node = nodes & 0xf;
                int256 value = int256(OptionValues.linear(priceE8, OptionValues.multiplier(node, rangeE8)));
                Words.add(WS_LINEAR + WS_NODE * node, size * value);
            }
        }
    }

    /// @dev `size` of the discounted forward at the nodes that are wanted, and at node 0.
    function _addForwards(Selection memory selection, int256 size) private pure {
        unchecked {
            Words.add(WS_LINEAR_ZERO, size * Words.loadSigned(WS_A_ZERO));
            for (uint256 nodes = selection.nodes; nodes != 0; nodes >>= 8) {
                uint256 offset = WS_NODE * (nodes & 0xf);
                Words.add(WS_LINEAR + offset, size * Words.loadSigned(WS_A + offset));
            }
        }
    }

    /// @dev The weighted PnLs of the chosen scenarios and of the mark, and the broken line there.
    function _weigh(Selection memory selection, Terms memory terms) private pure {
        unchecked {
            uint256 narrow = terms.broken.narrow;
            terms.weighted24E8 = Words.take(WEIGHTED_BYTES);
            terms.broken.weighted24E8 = narrow == 0 ? terms.weighted24E8 : Words.take(WEIGHTED_BYTES);
            _weighOne(narrow, terms, Scenarios.NODE_ZERO, Scenarios.MID);
            for (uint256 entries = selection.entries; entries != 0; entries >>= 8) {
                _weighOne(narrow, terms, entries & 0xf, (entries >> 4) & 0x3);
            }
            if (!selection.zeros) return;
            _weighOne(narrow, terms, Scenarios.NODE_ZERO, Scenarios.DOWN);
            _weighOne(narrow, terms, Scenarios.NODE_ZERO, Scenarios.UP);
        }
    }

    function _weighOne(uint256 narrow, Terms memory terms, uint256 node, uint256 shock) private pure {
        unchecked {
            int256 mark = ScenarioSums.valueAt(Scenarios.NODE_ZERO, Scenarios.MID);
            int256 weight = int256(Scenarios.weight(node));
            uint256 offset = WORD * Scenarios.index(node, shock);
            int256 weighted = Rounding.divFloor(weight * (ScenarioSums.valueAt(node, shock) - mark), ONE);
            Words.store(terms.weighted24E8 + offset, weighted);
            if (narrow == 0) return;
            if (shock < narrow) {
                weighted = Rounding.divFloor(weight * (ScenarioSums.brokenAt(node, shock) - mark), ONE);
            }
            Words.store(terms.broken.weighted24E8 + offset, weighted);
        }
    }
}
