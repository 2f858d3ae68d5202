// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {UnderlyingBreakdown} from "../interfaces/IReferee.sol";
import {AddOns, Charges} from "./AddOns.sol";
import {Between, Broken, Kink, Kinks} from "./Between.sol";
import {Instruments} from "./Instruments.sol";
import {Kernel} from "./Kernel.sol";
import {Expiry, Market, Markets} from "./Markets.sol";
import {OptionValues} from "./OptionValues.sol";
import {Terms} from "./RiskGroups.sol";
import {Rounding} from "./Rounding.sol";
import {ScenarioSums, Selection} from "./ScenarioSums.sol";
import {Scenarios} from "./Scenarios.sol";
import {Volatility} from "./Volatility.sol";
import {Weighing} from "./Weighing.sol";
import {WS_A, WS_A_ZERO, WS_LN_X, WS_NODE} from "./Workspace.sol";

/// @notice Sums over all positions and collateral of an account.
struct Tally {
    /// @notice `Σ size·mark`, E16.
    int256 markedE16;
    /// @notice The same with options at the worse of mark and intrinsic value, E16.
    int256 floorMarkedE16;
    int256 costE8;
    uint256 floorE8;
    /// @notice Value and haircut of the collateral.
    uint256 collateralE8;
    uint256 haircutE8;
}

/// @notice Where the walk over one underlying stands.
struct Walk {
    Market market;
    Charges charges;
    Tally tally;
    Kinks kinks;
    Selection selection;
    /// @notice Memory address of the account's first position, from which positions are numbered.
    uint256 first;
    /// @notice `⌈floorRateE8·spotE8/10^8⌉`.
    uint256 floorPriceE8;
    /// @notice What a long option counts at least (MRG-054): `⌈shortOptionMinimumE8·spotE8/(2·10^8)⌉`.
    uint256 leastPriceE8;
    /// @notice Index of the underlying's first kink, and at how many shocks any of its options is narrow.
    uint256 firstKink;
    uint256 narrow;
    /// @notice `Σ|size|` over short options with a range.
    uint256 shortE8;
    int256 spotSizeE8;
}

/// @title All terms of one underlying
/// @notice Walks the positions once, expiry by expiry and strike by strike, and then reads the terms off the sums.
/// Unchecked: inside MRG-003 and MRG-010 no sum reaches 2^200.
library Underlyings {
    uint256 private constant WORD = 32;
    uint256 private constant ONE = 1e8;
    uint256 private constant ONE_E16 = 1e16;
    uint256 private constant LEAST_DIVISOR = 2e8;
    uint256 private constant INSTRUMENT_SHIFT = 160;
    /// @dev Positions of one expiry have equal bits above strike and kind; of one strike, above the kind.
    uint256 private constant EXPIRY_SHIFT = INSTRUMENT_SHIFT + 48;
    uint256 private constant STRIKE_SHIFT = INSTRUMENT_SHIFT + 8;

    /// @notice Computes the terms of an underlying from its positions [from, to) and its spot collateral, and adds what concerns equity and floor to the tally.
    /// @custom:spec MRG-031
    function measure(Walk memory walk, uint256 from, uint256 to) internal pure returns (Terms memory terms) {
        unchecked {
            Market memory m = walk.market;
            ScenarioSums.clear();
            walk.floorPriceE8 = Rounding.divUp(m.floorRateE8 * m.spotE8, ONE);
            walk.leastPriceE8 = Rounding.divUp(m.shortOptionMinimumE8 * m.spotE8, LEAST_DIVISOR);
            from = _spotAndPerpetual(walk, from, to);
            while (from < to) {
                uint256 end = _runEnd(from, to, EXPIRY_SHIFT);
                (uint96 instrument, , ) = Markets.position(from);
                Expiry memory e = Markets.openExpiry(m, Instruments.expiryOf(instrument), from, end);
                _expiry(walk, e, from, end);
                from = end;
            }
            UnderlyingBreakdown memory t = terms.shown;
            t.underlying = m.underlying;
            t.group = m.group;
            t.nettingFloorE8 = m.nettingFloorE8;
            t.shortMinimumE8 = Rounding.divUp(
                m.shortOptionMinimumE8 * Rounding.divUp(m.spotE8 * walk.shortE8, ONE),
                ONE
            );
            AddOns.finish(walk.charges, m, t);
            Broken memory broken = terms.broken;
            broken.words = walk.kinks.words;
            (broken.from, broken.to, broken.narrow) = (walk.firstKink, walk.kinks.count, walk.narrow);
            // Why shared: where no option is narrow, the broken line is the grid's own.
            if (walk.narrow == 0) broken.weighted24E8 = t.weighted24E8;
            if (!walk.selection.all) {
                _weighSelected(walk, terms);
                return terms;
            }
            Weighing.weighAll(t.weighted24E8);
            t.scenario24E8 = Weighing.scenarioLoss(t.weighted24E8);
            t.loss24E8 = t.scenario24E8;
            t.worstPoint = Between.NO_POINT;
            if (walk.narrow == 0) return terms;
            Weighing.breakAll(broken.weighted24E8, t.weighted24E8, walk.narrow);
            uint256 point;
            (t.between24E8, point) = Between.worst(broken);
            if (t.between24E8 <= t.scenario24E8) return terms;
            (t.loss24E8, t.worstPoint) = (t.between24E8, point);
        }
    }

    /// @notice Forgets the underlying before.
    function reset(Walk memory walk) internal pure {
        Charges memory charges;
        walk.charges = charges;
        walk.firstKink = walk.kinks.count;
        walk.narrow = 0;
        walk.shortE8 = 0;
        walk.spotSizeE8 = 0;
    }

    /// @dev Perpetual and spot collateral move together, but are buckets of their own.
    /// @custom:spec MRG-028
    function _spotAndPerpetual(Walk memory walk, uint256 from, uint256 to) private pure returns (uint256) {
        unchecked {
            Market memory m = walk.market;
            int256 spot = walk.spotSizeE8;
            int256 perpetual = 0;
            if (from < to) {
                (uint96 instrument, int256 sizeE8, int256 costE8) = Markets.position(from);
                if (Instruments.kindOf(instrument) == Instruments.PERPETUAL) {
                    perpetual = sizeE8;
                    _tallyLinear(walk, sizeE8, costE8, m.perpetualE8);
                    from += WORD;
                }
            }
            if (spot == 0 && perpetual == 0) return from;
            ScenarioSums.addLinear(m.spotE8, m.priceRangeE8, spot + perpetual);
            int256 slope = _linearSlope(m.spotE8, m.priceRangeE8);
            AddOns.addBucket(walk.charges, m, spot * slope, 0);
            AddOns.addBucket(walk.charges, m, perpetual * slope, 0);
            return from;
        }
    }

    function _expiry(Walk memory walk, Expiry memory e, uint256 from, uint256 to) private pure {
        unchecked {
            (uint96 instrument, int256 sizeE8, int256 costE8) = Markets.position(from);
            int256 slope = 0;
            if (Instruments.kindOf(instrument) == Instruments.FUTURE) {
                _tallyLinear(walk, sizeE8, costE8, int256(e.forwardE8));
                ScenarioSums.addLinear(e.forwardE8, e.rangeE8, sizeE8);
                slope = sizeE8 * _linearSlope(e.forwardE8, e.rangeE8);
                from += WORD;
            }
            if (from < to) slope += _options(walk, e, from, to);
            AddOns.addBucket(walk.charges, walk.market, slope, e.tau);
        }
    }

    /// @dev The options of an expiry; returns their slope (MRG-041).
    function _options(Walk memory walk, Expiry memory e, uint256 from, uint256 to) private pure returns (int256 slope) {
        unchecked {
            _prepareNodes(walk, e);
            slope = -ScenarioSums.slope();
            int256 puts = 0;
            int256 worth = 0;
            int256 below = 0;
            int256 above = 0;
            uint256 kinksBefore = walk.kinks.count;
            while (from < to) {
                uint256 end = _runEnd(from, to, STRIKE_SHIFT);
                (int256 putSize, int256 strikeWorth, int256 vega, bool isBelow) = _strike(walk, e, from, end);
                puts += putSize;
                worth += strikeWorth;
                if (isBelow) below += vega;
                else above += vega;
                from = end;
            }
            Between.merge(walk.kinks.words, walk.firstKink, kinksBefore, walk.kinks.count);
            slope += ScenarioSums.slope();
            if (puts != 0) {
                ScenarioSums.addForwards(-puts);
                slope -=
                    puts *
                    (_load(WS_A + WS_NODE * Scenarios.NODE_PLUS_ONE) -
                        _load(WS_A + WS_NODE * Scenarios.NODE_MINUS_ONE));
            }
            AddOns.addVega(walk.charges, walk.market, e, below, above);
            AddOns.addRate(walk.charges, worth, e.tau);
        }
    }

    /// @dev Call and put of one strike, at least one of them.
    /// @return putSize Size of the put.
    /// @return worth `Σ size·mark`, E16.
    /// @return vega `Σ size·(value(0, up) − value(0, down))`, E16.
    /// @return isBelow Whether the strike is below the forward.
    function _strike(
        Walk memory walk,
        Expiry memory e,
        uint256 from,
        uint256 to
    ) private pure returns (int256 putSize, int256 worth, int256 vega, bool isBelow) {
        unchecked {
            (uint96 instrument, int256 size, ) = Markets.position(from);
            uint256 strikeE8 = Instruments.strikeE8Of(instrument);
            isBelow = strikeE8 < e.forwardE8;
            if (to - from == 2 * WORD) {
                (, putSize, ) = Markets.position(from + WORD);
                size += putSize;
            } else if (Instruments.kindOf(instrument) == Instruments.PUT) {
                putSize = size;
            }
            uint256 b = OptionValues.discountedStrike(e.discountE12, strikeE8);
            uint256[3] memory s;
            uint256 narrow;
            int256 mark;
            if (e.tau < OptionValues.INTRINSIC_SECONDS) {
                (mark, ) = ScenarioSums.addCallsSlowly(s, 0, 0, b, size);
                narrow = 3;
            } else {
                int256 kRaw = Kernel.ln(strikeE8, e.smile.publishedForwardE8);
                Volatility.deviations(e.shocks, Volatility.atStrike(e.smile, kRaw), s);
                if (e.rangeE8 != 0 && walk.selection.kinks) narrow = Between.narrowness(s, e.narrowLimit);
                int256 logMoneyness = OptionValues.moneyness(e.lnForward, kRaw);
                (mark, vega) = _addCalls(walk.selection, s, narrow, logMoneyness, b, size);
                vega *= size;
            }
            int256 forwardValue = _load(WS_A_ZERO) - int256(b);
            for (; from < to; from += WORD) {
                (instrument, , ) = Markets.position(from);
                bool isPut = Instruments.kindOf(instrument) == Instruments.PUT;
                worth += _tallyOption(
                    walk,
                    e,
                    from,
                    isPut ? mark - forwardValue : mark,
                    Rounding.maxSigned(isPut ? -forwardValue : forwardValue, 0)
                );
                if (narrow != 0 && e.rangeE8 != 0 && walk.selection.kinks) _addKink(walk, e, s, narrow, from);
            }
        }
    }

    /// @dev Adds calls of one strike to the sums; returns the mark and the difference between the volatility shocks.
    function _addCalls(
        Selection memory selection,
        uint256[3] memory s,
        uint256 narrow,
        int256 logMoneyness,
        uint256 b,
        int256 size
    ) private pure returns (int256, int256) {
        unchecked {
            bool isHeld = OptionValues.isHeld(logMoneyness);
            if (size == 0 && !isHeld) {
                return (OptionValues.valueOfCall(uint256(_load(WS_A_ZERO)), b, logMoneyness, s[Scenarios.MID]), 0);
            }
            if (narrow != 0) ScenarioSums.addPayoffs(narrow, b, size);
            if (isHeld) return ScenarioSums.addCallsSlowly(s, narrow, logMoneyness, b, size);
            if (selection.all) return ScenarioSums.addCalls(s, narrow, logMoneyness, b, size);
            return ScenarioSums.addCallsSelected(selection, s, narrow, logMoneyness, b, size);
        }
    }

    /// @dev Equity and floor of a perpetual or a future.
    function _tallyLinear(Walk memory walk, int256 sizeE8, int256 costE8, int256 markE8) private pure {
        unchecked {
            Tally memory tally = walk.tally;
            tally.costE8 += costE8;
            tally.markedE16 += sizeE8 * markE8;
            tally.floorMarkedE16 += sizeE8 * markE8;
            tally.floorE8 += _notionalFloor(walk.market, sizeE8);
        }
    }

    /// @dev Equity and floor of an option; returns its worth, E16.
    /// @custom:spec MRG-055
    function _tallyOption(
        Walk memory walk,
        Expiry memory e,
        uint256 word,
        int256 markE8,
        int256 intrinsicE8
    ) private pure returns (int256 worth) {
        unchecked {
            (, int256 sizeE8, int256 costE8) = Markets.position(word);
            Tally memory tally = walk.tally;
            worth = sizeE8 * markE8;
            tally.costE8 += costE8;
            tally.markedE16 += worth;
            if (sizeE8 > 0) {
                tally.floorMarkedE16 += sizeE8 * Rounding.minSigned(markE8, intrinsicE8);
                int256 least = e.rangeE8 == 0 ? int256(0) : int256(walk.leastPriceE8);
                uint256 price = Rounding.min(walk.floorPriceE8, uint256(Rounding.maxSigned(markE8, least)));
                tally.floorE8 += Rounding.divUp(uint256(sizeE8) * price, ONE);
            } else {
                tally.floorMarkedE16 += sizeE8 * Rounding.maxSigned(markE8, intrinsicE8);
                tally.floorE8 += _notionalFloor(walk.market, sizeE8);
                if (e.rangeE8 != 0) walk.shortE8 += uint256(-sizeE8);
            }
        }
    }

    /// @custom:spec MRG-054
    function _notionalFloor(Market memory m, int256 sizeE8) private pure returns (uint256) {
        unchecked {
            return Rounding.divUp(m.floorRateE8 * Rounding.magnitude(sizeE8) * m.spotE8, ONE_E16);
        }
    }

    /// @custom:spec MRG-032
    function _addKink(
        Walk memory walk,
        Expiry memory e,
        uint256[3] memory s,
        uint256 narrow,
        uint256 word
    ) private pure {
        unchecked {
            (uint96 instrument, int256 sizeE8, ) = Markets.position(word);
            Kink memory kink;
            kink.place = Between.place(Instruments.strikeE8Of(instrument), e.forwardE8, e.rangeE8);
            kink.position = (word - walk.first) / WORD;
            kink.narrow = narrow;
            kink.weight = sizeE8 * ((_load(WS_A + WS_NODE * Scenarios.NODE_PLUS_FOUR) - _load(WS_A_ZERO)) >> 2);
            if (sizeE8 < 0 && e.tau >= OptionValues.INTRINSIC_SECONDS) {
                for (uint256 shock = 0; shock < narrow; ++shock) {
                    kink.humps[shock] = uint256(-sizeE8) * Between.humpUp(e.forwardE8, s[shock]);
                }
            }
            Between.append(walk.kinks, kink);
            walk.narrow = Rounding.max(walk.narrow, narrow);
        }
    }

    /// @dev Discounted forwards of all nodes, and logarithms of those that are wanted and not there from the expiry before.
    /// @custom:spec MRG-026
    function _prepareNodes(Walk memory walk, Expiry memory e) private pure {
        unchecked {
            Market memory m = walk.market;
            ScenarioSums.setForwards(e.discountE12 * e.forwardE8, e.rangeE8);
            if (m.logarithmsOf == e.rangeE8 + 1) return;
            m.logarithmsOf = e.rangeE8 + 1;
            if (walk.selection.all) {
                for (uint256 node = 0; node < Scenarios.NODES; ++node) _setLogarithm(node, e.rangeE8);
            } else {
                for (uint256 rest = walk.selection.entries; rest != 0; rest >>= 8) _setLogarithm(rest & 0xf, e.rangeE8);
            }
        }
    }

    function _setLogarithm(uint256 node, uint256 rangeE8) private pure {
        uint256 multiplier = OptionValues.multiplier(node, rangeE8);
        _store(WS_LN_X + WS_NODE * node, uint256(Kernel.ln(multiplier, Scenarios.UNIT)));
    }

    /// @custom:spec MRG-057
    function _weighSelected(Walk memory walk, Terms memory terms) private pure {
        unchecked {
            for (uint256 entries = walk.selection.entries; entries != 0; entries >>= 8) {
                _weigh(walk.narrow, terms, entries & 0xf, (entries >> 4) & 0x3);
            }
            if (!walk.selection.zeros) return;
            for (uint256 shock = Scenarios.DOWN; shock <= Scenarios.UP; ++shock) {
                _weigh(walk.narrow, terms, Scenarios.NODE_ZERO, shock);
            }
        }
    }

    function _weigh(uint256 narrow, Terms memory terms, uint256 node, uint256 shock) private pure {
        unchecked {
            int256 mark = ScenarioSums.valueAt(Scenarios.NODE_ZERO, Scenarios.MID);
            int256 weight = int256(Scenarios.weight(node));
            uint256 s = Scenarios.index(node, shock);
            int256 weighted = Rounding.divFloor(weight * (ScenarioSums.valueAt(node, shock) - mark), ONE);
            terms.shown.weighted24E8[s] = weighted;
            if (narrow != 0) {
                if (shock < narrow) {
                    weighted = Rounding.divFloor(weight * (ScenarioSums.brokenAt(node, shock) - mark), ONE);
                }
                terms.broken.weighted24E8[s] = weighted;
            }
        }
    }

    /// @dev `value(+1) − value(−1)` of what is linear.
    function _linearSlope(uint256 priceE8, uint256 rangeE8) private pure returns (int256) {
        unchecked {
            uint256 up = OptionValues.linear(priceE8, Scenarios.UNIT + rangeE8);
            return int256(up - OptionValues.linear(priceE8, Scenarios.UNIT - rangeE8));
        }
    }

    /// @dev End of the run of positions that agree with the first above `shift` bits.
    function _runEnd(uint256 from, uint256 to, uint256 shift) private pure returns (uint256 end) {
        unchecked {
            uint256 key = uint256(_load(from)) >> shift;
            end = from + WORD;
            while (end < to && uint256(_load(end)) >> shift == key) end += WORD;
        }
    }

    function _load(uint256 word) private pure returns (int256 value) {
        assembly ("memory-safe") {
            value := mload(word)
        }
    }

    function _store(uint256 word, uint256 value) private pure {
        // Safe: callers name a word of the workspace.
        assembly ("memory-safe") {
            mstore(word, value)
        }
    }
}
