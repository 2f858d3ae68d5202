// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title How fast the rate of a vault's share may be believed to grow
/// @notice Rates in E20, so that what a second's growth rounds off is nothing.
/// @custom:spec ORC-006
library GrowthGuards {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant YEAR = 31_536_000;
    uint256 internal constant DAY = 86_400;

    /// @notice The most that is told: the noted rate and its growth since, over a day at most.
    function ceilingE20(
        uint256 notedE20,
        uint256 growthYearE8,
        uint256 elapsedSeconds
    ) internal pure returns (uint256) {
        uint256 counted = elapsedSeconds < DAY ? elapsedSeconds : DAY;
        return notedE20 + (notedE20 * growthYearE8 * counted) / (ONE * YEAR);
    }

    /// @notice The rate to note: a rise as far as the ceiling, a fall over a day. What is told falls at once; but a rate that is low for a moment, in the middle of a payment, must not be low for years.
    function nextE20(
        uint256 notedE20,
        uint256 rateE20,
        uint256 growthYearE8,
        uint256 elapsedSeconds
    ) internal pure returns (uint256) {
        if (rateE20 >= notedE20) {
            uint256 most = ceilingE20(notedE20, growthYearE8, elapsedSeconds);
            return rateE20 < most ? rateE20 : most;
        }
        uint256 counted = elapsedSeconds < DAY ? elapsedSeconds : DAY;
        return notedE20 - ((notedE20 - rateE20) * counted) / DAY;
    }
}
