// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Band} from "../interfaces/IParameterSteps.sol";

/// @title Where a parameter may go in one step
library Corridors {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant HOUR = 3600;
    /// @dev The fastest that governance can allow. Tighter by a tenth an hour is 22 % with the first step after an hour of none; by a quarter a day, counted from a value that a new day begins with, so that the end of one day and the beginning of the next make 56 % in some hours. What calls an account in within those is bounded by the corridor, and stopped by the guardian.
    uint256 internal constant TIGHTEN_HOUR_MAX_E8 = ONE / 10;
    uint256 internal constant TIGHTEN_DAY_MAX_E8 = ONE / 4;
    uint256 internal constant LOOSEN_HOUR_MAX_E8 = ONE / 100;
    uint256 internal constant LOOSEN_DAY_MAX_E8 = ONE / 20;

    /// @notice Whether a band is one: least at most largest, and no speed above the fastest.
    /// @custom:spec PAR-007
    function isSound(Band memory band) internal pure returns (bool) {
        return
            band.leastE8 <= band.mostE8 &&
            band.tightenPerHourE8 <= TIGHTEN_HOUR_MAX_E8 &&
            band.loosenPerHourE8 <= LOOSEN_HOUR_MAX_E8 &&
            band.tightenPerDayE8 <= TIGHTEN_DAY_MAX_E8 &&
            band.loosenPerDayE8 <= LOOSEN_DAY_MAX_E8;
    }

    /// @notice The value from which the day's movement counts: the present one when the day is over, or when somebody else than the attesters moved it out of the day's reach.
    /// @custom:spec PAR-002
    function anchorOf(
        Band memory band,
        uint256 valueE8,
        uint256 anchorE8,
        bool dayIsOver,
        bool tightensDown
    ) internal pure returns (uint256) {
        (uint256 leastE8, uint256 mostE8) = dayOf(band, anchorE8, tightensDown);
        return dayIsOver || valueE8 < leastE8 || valueE8 > mostE8 ? valueE8 : anchorE8;
    }

    /// @notice The least and the largest value of the next step. Outside the band a parameter may stay or come nearer. Both are rounded towards the present value.
    /// @param elapsedSeconds Since the step before.
    /// @param tightensDown Whether less of it asks for more margin, as of depth.
    /// @custom:spec PAR-001
    function limits(
        Band memory band,
        uint256 valueE8,
        uint256 anchorE8,
        uint256 elapsedSeconds,
        bool tightensDown
    ) internal pure returns (uint256 leastE8, uint256 mostE8) {
        (uint256 downE8, uint256 upE8) = tightensDown
            ? (band.tightenPerHourE8, band.loosenPerHourE8)
            : (band.loosenPerHourE8, band.tightenPerHourE8);
        uint256 part = elapsedSeconds < HOUR ? elapsedSeconds : HOUR;
        (leastE8, mostE8) = dayOf(band, anchorE8, tightensDown);
        leastE8 = _max(leastE8, valueE8 - (valueE8 * downE8 * part) / (ONE * HOUR));
        mostE8 = _min(mostE8, valueE8 + (valueE8 * upE8 * part) / (ONE * HOUR));
        leastE8 = _max(leastE8, _min(band.leastE8, valueE8));
        mostE8 = _min(mostE8, _max(band.mostE8, valueE8));
    }

    /// @notice The least and the largest value of a day that began with `anchorE8`.
    function dayOf(
        Band memory band,
        uint256 anchorE8,
        bool tightensDown
    ) internal pure returns (uint256 leastE8, uint256 mostE8) {
        (uint256 downE8, uint256 upE8) = tightensDown
            ? (band.tightenPerDayE8, band.loosenPerDayE8)
            : (band.loosenPerDayE8, band.tightenPerDayE8);
        leastE8 = anchorE8 - (anchorE8 * downE8) / ONE;
        mostE8 = anchorE8 + (anchorE8 * upE8) / ONE;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function _max(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
