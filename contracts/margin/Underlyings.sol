// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AddOns} from "./AddOns.sol";
import {Between, Broken} from "./Between.sol";
import {Kernel} from "./Kernel.sol";
import {Instruments} from "./Instruments.sol";
import {Markets} from "./Markets.sol";
import {OptionValues} from "./OptionValues.sol";
import {Positions} from "./Positions.sol";
import {Records} from "./Records.sol";
import {Terms} from "./RiskGroups.sol";
import {Rounding} from "./Rounding.sol";
import {ScenarioSums} from "./ScenarioSums.sol";
import {Scenarios} from "./Scenarios.sol";
import {Strikes} from "./Strikes.sol";
import {Weighing} from "./Weighing.sol";
import {Words} from "./Words.sol";
// prettier-ignore
import {R_COST, R_DELTA, R_DISCOUNT, R_FIRST_KINK, R_FLOOR, R_FLOOR_MARKED, R_FLOOR_PRICE, R_FLOOR_RATE, R_FORWARD, R_GROSS, R_KINK_COUNT, R_LEAST_PRICE, R_LOGARITHMS_OF, R_MARKED, R_NARROW, R_NEXT_EXPIRY, R_PRICE_RANGE, R_PUTS, R_RANGE, R_RECORD, R_RECORD_END, R_SHORT, R_SPOT, R_SUMS_BYTES, R_SUMS_START, R_TAU, R_USED, WS_LN_X} from "./Workspace.sol";

/// @title All terms of one underlying
/// @notice Walks the positions once, expiry by expiry and strike by strike, and then reads the terms off the sums.
/// Unchecked: inside MRG-003 and MRG-010 no sum reaches 2^200.
library Underlyings {
    uint256 private constant WORD = 32;
    uint256 private constant ONE = 1e8;
    uint256 private constant LEAST_DIVISOR = 2e8;
    uint256 private constant RECORD_BYTES = 128;
    uint256 private constant WEIGHTED_BYTES = WORD * Scenarios.COUNT;

    /// @notice Makes the workspace ready for the underlying of a record, which ends at `recordEnd`.
    function enter(uint256 record, uint256 recordEnd) internal pure {
        unchecked {
            if (Words.load(R_USED) != 0) {
                ScenarioSums.clear();
                Words.clear(R_SUMS_START, R_SUMS_BYTES);
                Words.clear(R_LOGARITHMS_OF, WORD);
            }
            Words.store(R_USED, WORD);
            Words.store(R_FIRST_KINK, Words.load(R_KINK_COUNT));
            Words.store(R_RECORD, record);
            Words.store(R_NEXT_EXPIRY, record + RECORD_BYTES);
            Words.store(R_RECORD_END, recordEnd);
            uint256 spotE8 = Records.spotE8(record);
            Words.store(R_SPOT, spotE8);
            Words.store(R_PRICE_RANGE, Records.priceRangeE8(record));
            uint256 floorRate = Records.floorRateE8(record) * spotE8;
            Words.store(R_FLOOR_RATE, floorRate);
            Words.store(R_FLOOR_PRICE, Rounding.divUp(floorRate, ONE));
            Words.store(R_LEAST_PRICE, Rounding.divUp(Records.shortOptionMinimumE8(record) * spotE8, LEAST_DIVISOR));
        }
    }

    /// @notice The terms that the figures need of the underlying that was entered, from its positions [from, to) and the size of its spot collateral; equity and floor go to the sums of the
    /// account.
    /// @param keepWeighted Whether the weighted PnLs and the broken line are kept by scenario: where the group has other underlyings.
    /// @param terms All zero before; a return value would be zeroed and copied.
    /// @custom:spec MRG-031
    function measure(uint256 from, uint256 to, int256 spotSizeE8, bool keepWeighted, Terms memory terms) internal pure {
        unchecked {
            _walk(from, to, spotSizeE8, terms);
            if (keepWeighted) _weigh(terms);
            else terms.scenario24E8 = Weighing.leastAll();
            terms.loss24E8 = terms.scenario24E8;
            if (terms.broken.narrow == 0) return;
            int256 between24E8 = Between.worstLoss(terms.broken, _break(terms, keepWeighted));
            terms.loss24E8 = Rounding.maxSigned(terms.loss24E8, between24E8);
        }
    }

    /// @notice Every term, as `measure`, with the point of the largest loss.
    function report(uint256 from, uint256 to, int256 spotSizeE8, Terms memory terms) internal pure {
        unchecked {
            _walk(from, to, spotSizeE8, terms);
            _weigh(terms);
            terms.loss24E8 = terms.scenario24E8;
            terms.worstPoint = Between.NO_POINT;
            if (terms.broken.narrow == 0) return;
            _break(terms, true);
            uint256 point;
            (terms.between24E8, point) = Between.worst(terms.broken);
            if (terms.between24E8 <= terms.scenario24E8) return;
            (terms.loss24E8, terms.worstPoint) = (terms.between24E8, point);
        }
    }

    /// @dev All but the losses.
    function _walk(uint256 from, uint256 to, int256 spotSizeE8, Terms memory terms) private pure {
        unchecked {
            uint256 record = Words.load(R_RECORD);
            uint256 spotDeltaE8;
            (from, spotDeltaE8) = _spotAndPerpetual(from, to, spotSizeE8);
            int256 slope = ScenarioSums.slope();
            while (from < to) {
                uint256 end = Positions.runEnd(from, to, Positions.EXPIRY_SHIFT);
                slope = _expiry(from, end, slope);
                from = end;
            }
            terms.underlying = Records.underlying(record);
            terms.group = Records.group(record);
            terms.nettingFloorE8 = Records.nettingFloorE8(record);
            terms.shortMinimumE8 = shortMinimumUp(record);
            AddOns.finish(terms);
            terms.spreadE8 = AddOns.spread(record, AddOns.uncovered(Words.loadSigned(R_DELTA), spotDeltaE8));
            setBroken(terms.broken);
        }
    }

    /// @dev The weighted PnLs by scenario, kept. Why the broken line shares them: where no option is narrow, it is the grid's own.
    function _weigh(Terms memory terms) private pure {
        terms.weighted24E8 = Words.take(WEIGHTED_BYTES);
        Weighing.weighAll(terms.weighted24E8);
        terms.scenario24E8 = Weighing.scenarioLoss(terms.weighted24E8);
        terms.broken.weighted24E8 = terms.weighted24E8;
    }

    /// @dev The broken line where options are narrow, elsewhere the grid's own where that is kept; returns the largest loss at its nodes.
    function _break(Terms memory terms, bool keepWeighted) private pure returns (int256 loss24) {
        uint256 line = Words.take(WEIGHTED_BYTES);
        terms.broken.weighted24E8 = line;
        if (keepWeighted) Weighing.copy(line, terms.weighted24E8);
        return Weighing.breakAll(line, terms.broken.narrow);
    }

    /// @notice `shortMinimum_u`.
    /// @custom:spec MRG-033
    function shortMinimumUp(uint256 record) internal pure returns (uint256) {
        unchecked {
            uint256 notionalE8 = Rounding.divUp(Words.load(R_SPOT) * Words.load(R_SHORT), ONE);
            return Rounding.divUp(Records.shortOptionMinimumE8(record) * notionalE8, ONE);
        }
    }

    /// @notice Where the kinks of the underlying stand, and at how many shocks any of its options is narrow.
    function setBroken(Broken memory broken) internal pure {
        broken.from = Between.wordOf(Words.load(R_FIRST_KINK));
        broken.to = Between.wordOf(Words.load(R_KINK_COUNT));
        broken.narrow = Words.load(R_NARROW);
    }

    /// @notice Sorts the kinks of an expiry, which begin at the number `before`, into those of the expiries before.
    function mergeKinks(uint256 before) internal pure {
        uint256 count = Words.load(R_KINK_COUNT);
        if (count == before) return;
        Between.merge(Between.wordOf(Words.load(R_FIRST_KINK)), Between.wordOf(before), Between.wordOf(count));
    }

    /// @notice Adds the buckets of spot collateral and perpetual, before all others.
    /// @return spotDeltaE8 The delta of the spot collateral.
    /// @custom:spec MRG-041
    function addSpotBuckets(int256 spotSizeE8, int256 perpetualE8) internal pure returns (uint256 spotDeltaE8) {
        unchecked {
            uint256 rangeE8 = Words.load(R_PRICE_RANGE);
            uint256 up = OptionValues.linear(Words.load(R_SPOT), Scenarios.UNIT + rangeE8);
            int256 slope = int256(up - OptionValues.linear(Words.load(R_SPOT), Scenarios.UNIT - rangeE8));
            AddOns.addBucket(spotSizeE8 * slope, 0);
            spotDeltaE8 = Words.load(R_GROSS);
            AddOns.addBucket(perpetualE8 * slope, 0);
        }
    }

    /// @dev Perpetual and spot collateral move together, but are buckets of their own.
    /// @custom:spec MRG-028
    function _spotAndPerpetual(
        uint256 from,
        uint256 to,
        int256 spotSizeE8
    ) private pure returns (uint256 next, uint256 spotDeltaE8) {
        unchecked {
            int256 perpetual = 0;
            if (from < to) {
                uint256 w = Words.load(from);
                if (Positions.kindOf(w) == Instruments.PERPETUAL) {
                    perpetual = Positions.sizeE8Of(w);
                    tallyLinear(w, Records.perpetualE8(Words.load(R_RECORD)));
                    from += WORD;
                }
            }
            if (spotSizeE8 == 0 && perpetual == 0) return (from, 0);
            uint256 spotE8 = Words.load(R_SPOT);
            uint256 rangeE8 = Words.load(R_PRICE_RANGE);
            ScenarioSums.addLinear(spotE8, rangeE8, spotSizeE8 + perpetual);
            return (from, addSpotBuckets(spotSizeE8, perpetual));
        }
    }

    /// @dev All positions of one expiry; takes the slope of everything before it (MRG-041) and returns that with it.
    function _expiry(uint256 from, uint256 to, int256 slope) private pure returns (int256 slopeAfter) {
        unchecked {
            uint256 w = Words.load(from);
            bool hasOptions = Positions.isOption(Words.load(to - WORD));
            Markets.openExpiry(Positions.expiryOf(w), from, to, hasOptions);
            if (Positions.kindOf(w) == Instruments.FUTURE) {
                uint256 forwardE8 = Words.load(R_FORWARD);
                tallyLinear(w, int256(forwardE8));
                ScenarioSums.addLinear(forwardE8, Words.load(R_RANGE), Positions.sizeE8Of(w));
                from += WORD;
            }
            if (hasOptions) _options(from, to);
            slopeAfter = ScenarioSums.slope();
            AddOns.addBucket(slopeAfter - slope, Words.load(R_TAU));
        }
    }

    /// @dev The options of an expiry.
    function _options(uint256 from, uint256 to) private pure {
        unchecked {
            _prepareNodes();
            Words.clear(R_PUTS, 3 * WORD);
            int256 markedBefore = Words.loadSigned(R_MARKED);
            uint256 kinksBefore = Words.load(R_KINK_COUNT);
            while (from < to) {
                from = Strikes.add(from, to);
            }
            mergeKinks(kinksBefore);
            int256 puts = Words.loadSigned(R_PUTS);
            if (puts != 0) ScenarioSums.addForwards(-puts);
            AddOns.addVega();
            AddOns.addRate(Words.loadSigned(R_MARKED) - markedBefore);
        }
    }

    /// @notice Equity and floor of a perpetual or a future.
    function tallyLinear(uint256 w, int256 markE8) internal pure {
        unchecked {
            int256 sizeE8 = Positions.sizeE8Of(w);
            Words.add(R_COST, Positions.costE8Of(w));
            Words.add(R_MARKED, sizeE8 * markE8);
            Words.add(R_FLOOR_MARKED, sizeE8 * markE8);
            Words.add(R_FLOOR, Strikes.notionalFloor(Rounding.magnitude(sizeE8)));
        }
    }

    /// @dev Discounted forwards of all nodes, and their logarithms where those of the expiry before are of another range; payoffs need none.
    /// @custom:spec MRG-026
    function _prepareNodes() private pure {
        unchecked {
            uint256 rangeE8 = Words.load(R_RANGE);
            ScenarioSums.setForwards(Words.load(R_DISCOUNT) * Words.load(R_FORWARD), rangeE8);
            if (Words.load(R_LOGARITHMS_OF) == rangeE8 + 1) return;
            if (Words.load(R_TAU) < OptionValues.INTRINSIC_SECONDS) return;
            Words.store(R_LOGARITHMS_OF, rangeE8 + 1);
            Kernel.lnOfNodes(WS_LN_X, Scenarios.UNIT, rangeE8);
        }
    }
}
