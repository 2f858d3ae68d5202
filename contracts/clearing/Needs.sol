// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Need} from "../interfaces/ClearingTypes.sol";
import {Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Fills} from "./Fills.sol";
import {SignedDivision} from "./SignedDivision.sol";

/// @title What was taken over from lots, and who is deleveraged by it
library Needs {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;
    /// @notice What an option counts as having gained, of one.
    uint256 internal constant OPTION_GAIN_E8 = 25e6;
    /// @dev The time in which a price moves about its range.
    uint256 internal constant RANGE_SECONDS = 12 days;
    uint256 internal constant TAU_MIN_SECONDS = 1 hours;
    uint256 internal constant DUST_PARTS = 100;

    /// @notice Adds what was taken over to the need of its own side. Its age is that of its parts, each by its size and rounded against serving: what is new in it waits for the ranking as all did.
    /// @custom:spec CLR-045
    function grow(Need memory need, int256 sizeE8, int256 costE8, uint256 time) internal pure {
        (uint256 old, uint256 added) = (int256(need.sizeE8).abs(), sizeE8.abs());
        uint256 whole = old + added;
        need.since = uint40((old * need.since + added * time + whole - 1) / whole);
        need.sizeE8 += int64(sizeE8);
        need.costE8 += int128(costE8);
    }

    /// @notice Whether there is a need, and a position of this size can serve it.
    function isOpposite(Need memory need, int256 heldE8) internal pure returns (bool) {
        return need.sizeE8 != 0 && heldE8 != 0 && (need.sizeE8 > 0) != (heldE8 > 0);
    }

    /// @notice Whether a need is too small beside a position to keep anybody waiting: dust would, again and again.
    /// @custom:spec CLR-045
    function isDust(Need memory need, int256 heldE8) internal pure returns (bool) {
        return int256(need.sizeE8).abs() * DUST_PARTS < heldE8.abs();
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

    /// @notice What the part of a position that a need would close has won at the price of its market, whatever the need costs: that takes from everybody, and whoever won less than it takes would stand with whoever won nothing.
    /// @param priceE8 Spot of a perpetual, the live forward of a future.
    /// @param fundingE8 What a perpetual's cost is kept against; 0 of anything else.
    /// @return gainE8 What closing it there would realise.
    /// @return sizeE8 Of how much, with the need's sign.
    /// @custom:spec CLR-046
    function wonE8(
        Need memory need,
        Position memory held,
        uint256 priceE8,
        int256 fundingE8
    ) internal pure returns (int256 gainE8, int256 sizeE8) {
        // `take` and `add` work on what they are given.
        (sizeE8, ) = take(Need(need.sizeE8, need.since, need.costE8), held.sizeE8);
        int256 valueE8 = Fills.valueUp(sizeE8, int256(priceE8), fundingE8);
        gainE8 = Fills.add(Position(held.instrument, held.sizeE8, held.costE8), sizeE8, valueE8);
    }

    /// @notice The least score that serves a need: a gain of all of the notional at first, nothing after the ramp.
    /// @custom:spec CLR-046
    function thresholdE8(uint256 ageSeconds, uint256 rampSeconds) internal pure returns (uint256) {
        return ageSeconds >= rampSeconds ? 0 : (ONE * (rampSeconds - ageSeconds)) / rampSeconds;
    }

    /// @notice What a position moves with a unit of its underlying: an option by its straight line, anything else by its size.
    /// @custom:spec CLR-046
    function deltaE8(
        Position memory position,
        uint256 spotE8,
        uint256 rangeE8,
        uint256 time
    ) internal pure returns (int256) {
        if (!Instruments.isOption(position.instrument)) return position.sizeE8;
        uint256 widthE8 = widthOf(spotE8, rangeE8, rootOf(Instruments.expiryOf(position.instrument), time));
        return optionPositionDeltaE8(position, spotE8, widthE8);
    }

    /// @notice What a position of options moves with a unit of its underlying.
    /// @param widthE8 `widthOf` its expiry.
    /// @custom:spec CLR-046
    function optionPositionDeltaE8(
        Position memory position,
        uint256 spotE8,
        uint256 widthE8
    ) internal pure returns (int256) {
        uint96 instrument = position.instrument;
        bool isCall = Instruments.kindOf(instrument) == Instruments.CALL;
        int256 delta = optionDeltaE8(isCall, Instruments.strikeE8Of(instrument), spotE8, widthE8);
        return (position.sizeE8 * delta) / int256(ONE);
    }

    /// @notice The root of the time until an expiry, of the time in which a price moves about its range.
    /// @custom:spec CLR-046
    function rootOf(uint256 expiry, uint256 time) internal pure returns (uint256) {
        uint256 tauSeconds = expiry > time ? expiry - time : 0;
        if (tauSeconds < TAU_MIN_SECONDS) tauSeconds = TAU_MIN_SECONDS;
        // A root of a number with sixteen decimals has eight.
        return Math.sqrt((tauSeconds * ONE * ONE) / RANGE_SECONDS);
    }

    /// @notice How wide the straight line of an expiry's options is to either side of the money.
    /// @param rangeE8 The underlying's price range, which is about what twelve days do.
    /// @param rootE8 `rootOf` the expiry.
    /// @custom:spec CLR-046
    function widthOf(uint256 spotE8, uint256 rangeE8, uint256 rootE8) internal pure returns (uint256) {
        return (((rangeE8 * spotE8) / ONE) * rootE8) / ONE + 1;
    }

    /// @notice What one option moves with a unit of its underlying: a straight line through the money, as wide as the price range over the root of its time. It reads no volatility, so that no attester moves it.
    /// @param widthE8 `widthOf` its expiry.
    /// @custom:spec CLR-046
    function optionDeltaE8(
        bool isCall,
        uint256 strikeE8,
        uint256 spotE8,
        uint256 widthE8
    ) internal pure returns (int256) {
        uint256 top = spotE8 + widthE8;
        uint256 delta = top <= strikeE8 ? 0 : ((top - strikeE8) * ONE) / (2 * widthE8);
        if (delta > ONE) delta = ONE;
        return isCall ? int256(delta) : int256(delta) - int256(ONE);
    }

    /// @notice The part of a position that nothing else of the account hedges.
    /// @param heldE8 What the position moves with a unit of the underlying.
    /// @param netE8 What the account does in all.
    /// @custom:spec CLR-046
    function openE8(int256 heldE8, int256 netE8) internal pure returns (uint256) {
        if (netE8 == 0 || heldE8 == 0 || (netE8 > 0) != (heldE8 > 0)) return 0;
        return netE8.abs() < heldE8.abs() ? (netE8.abs() * ONE) / heldE8.abs() : ONE;
    }

    /// @notice Gain over the notional of what would be closed. Not over its cost, which is net of the funding of all years.
    /// @param gainE8 What closing realises.
    /// @param sizeE8 Of how much.
    /// @custom:spec CLR-046
    function gainRatioE8(int256 gainE8, int256 sizeE8, uint256 spotE8) internal pure returns (uint256) {
        uint256 notionalE8 = (sizeE8.abs() * spotE8) / ONE;
        return gainE8 <= 0 || notionalE8 == 0 ? 0 : (uint256(gainE8) * ONE) / notionalE8;
    }

    /// @notice That, times the part of the position that is not hedged.
    /// @custom:spec CLR-046
    function scoreE8(uint256 ratioE8, uint256 open) internal pure returns (uint256) {
        return (ratioE8 * open) / ONE;
    }
}
