// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OracleParameters} from "../interfaces/IRiskParameters.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";

/// @title The traded premium of perpetuals: their mark, and what longs pay for it
/// @custom:spec CLR-031
library Premiums {
    int256 internal constant ONE = 1e8;
    int256 internal constant FUNDING_MAX_E16 = 2 ** 62 * ONE;
    /// @dev Trades below a thousandth of the market's depth between two checkpoints count only in proportion.
    uint256 internal constant LEAST_SHARE = 1000;

    /// @notice The notional that trades must reach to count in full.
    function leastNotionalE8(uint256 depthE8, uint256 spotE8) internal pure returns (uint256) {
        return (depthE8 * spotE8) / (uint256(ONE) * LEAST_SHARE);
    }

    /// @notice What a fill adds to the sum that `sampleE8` is of. Beside spot it counts as far as the mean of all may lie from it: one fill at the edge of the band would outweigh ten at spot.
    /// @custom:spec CLR-015
    function ofFillE8(uint256 priceE8, uint256 spotE8, uint256 sizeE8, uint256 clampE8) internal pure returns (int256) {
        int256 most = int256((spotE8 * clampE8) / uint256(ONE));
        return (_clamp(int256(priceE8) - int256(spotE8), most) * int256(sizeE8)) / ONE;
    }

    /// @notice Premium of the trades since the last checkpoint, by notional, held within the clamp; 0 without one.
    function sampleE8(
        int256 premiumNotionalE8,
        uint256 notionalE8,
        uint256 leastE8,
        uint256 clampE8
    ) internal pure returns (int256) {
        if (notionalE8 == 0) return 0;
        uint256 weight = notionalE8 > leastE8 ? notionalE8 : leastE8;
        return _clamp((premiumNotionalE8 * ONE) / int256(weight), int256(clampE8));
    }

    /// @notice Cumulative funding after a time. With twice the digits of what is paid: a minute of a coin of five cents at 0.009 % in eight hours is less than a unit of E8, and would be nothing each time.
    function fundingE16(
        int256 cumulativeE16,
        int256 premiumE8,
        uint256 spotE8,
        uint256 elapsedSeconds,
        OracleParameters memory p
    ) internal pure returns (int96) {
        int256 rate = _clamp(premiumE8, int256(uint256(p.fundingRateMaxE8)));
        int256 paid = (int256(spotE8) * rate * int256(elapsedSeconds)) / int256(uint256(p.fundingIntervalSeconds));
        return int96(_clamp(cumulativeE16 + paid, FUNDING_MAX_E16));
    }

    /// @notice What records tell of cumulative funding, and positions pay by.
    function toldE8(int256 cumulativeE16) internal pure returns (int64) {
        return int64(cumulativeE16 / ONE);
    }

    /// @notice The mark: spot and the averaged premium on it, `spot + quot(spot·premium, 10^8)`, in the domain of a price.
    function markE8(uint256 spotE8, int256 premiumE8) internal pure returns (uint64) {
        int256 mark = int256(spotE8) + (int256(spotE8) * premiumE8) / ONE;
        if (mark < 1) return 1;
        return uint64(uint256(mark) < MarginDomain.SPOT_MAX_E8 ? uint256(mark) : MarginDomain.SPOT_MAX_E8);
    }

    function _clamp(int256 value, int256 largest) private pure returns (int256) {
        if (value > largest) return largest;
        return value < -largest ? -largest : value;
    }
}
