// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The price that most sources agree on
/// @custom:spec ORC-001
library Medians {
    uint256 internal constant ONE = 1e8;

    /// @notice The median of those prices that lie within `maxDeviationE8` of the median of all.
    /// @param pricesE8 One price a source; 0 for a source that has none.
    /// @return priceE8 The median of those that agree, 0 when none does.
    /// @return live How many sources have a price.
    /// @return used How many of them agree.
    function agreed(
        uint64[] memory pricesE8,
        uint256 maxDeviationE8
    ) internal pure returns (uint64 priceE8, uint256 live, uint256 used) {
        uint64[] memory sorted;
        (sorted, live) = _sort(pricesE8);
        if (live == 0) return (0, 0, 0);
        uint256 first = _median(sorted, 0, live);
        uint256 from = 0;
        uint256 to = live;
        while (from < live && sorted[from] < first && (first - sorted[from]) * ONE > maxDeviationE8 * first) ++from;
        while (to > from && sorted[to - 1] > first && (sorted[to - 1] - first) * ONE > maxDeviationE8 * first) --to;
        used = to - from;
        if (used != 0) priceE8 = uint64(_median(sorted, from, to));
    }

    /// @dev Prices that are not 0, ascending. At most five, so an insertion sort.
    function _sort(uint64[] memory pricesE8) private pure returns (uint64[] memory sorted, uint256 count) {
        uint256 n = pricesE8.length;
        sorted = new uint64[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint64 price = pricesE8[i];
            if (price == 0) continue;
            uint256 place = count++;
            while (place > 0 && sorted[place - 1] > price) {
                sorted[place] = sorted[place - 1];
                --place;
            }
            sorted[place] = price;
        }
    }

    /// @dev Of an even number the mean of the two in the middle, rounded down.
    function _median(uint64[] memory sorted, uint256 from, uint256 to) private pure returns (uint256) {
        uint256 middle = (from + to) / 2;
        if ((to - from) % 2 == 1) return sorted[middle];
        return (uint256(sorted[middle - 1]) + sorted[middle]) / 2;
    }
}
