// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title How many options may be open while surfaces are what their signers say
/// @custom:spec ORC-016
library OptionCaps {
    /// @dev Beyond what can be open (CLR-030).
    uint256 internal constant LARGEST_E8 = 2 ** 62;

    /// @notice The most option interest that each underlying may grow to. What the open options leave of the limit is shared out in equal parts among the underlyings that have surfaces, so that whatever is traded until the next checkpoint, all of them together stay within it.
    /// @param openE8 Option interest of each underlying.
    /// @param risksE8 What an hour of lies moves one unit by (ORC-015), 0 for an underlying without surfaces.
    /// @param limitE8 What it may be worth in all.
    /// @return mostE8 As much as is open where nothing is left; 0 for an underlying without surfaces.
    function largestE8(
        uint256[] memory openE8,
        uint256[] memory risksE8,
        uint256 limitE8
    ) internal pure returns (uint256[] memory mostE8) {
        uint256 count = 0;
        uint256 usedE16 = 0;
        for (uint256 i = 0; i < openE8.length; ++i) {
            if (risksE8[i] == 0) continue;
            ++count;
            usedE16 += openE8[i] * risksE8[i];
        }
        uint256 limitE16 = limitE8 * 1e8;
        uint256 leftE16 = usedE16 < limitE16 ? limitE16 - usedE16 : 0;
        mostE8 = new uint256[](openE8.length);
        for (uint256 i = 0; i < openE8.length; ++i) {
            if (risksE8[i] == 0) continue;
            uint256 most = openE8[i] + leftE16 / (count * risksE8[i]);
            mostE8[i] = most < LARGEST_E8 ? most : LARGEST_E8;
        }
    }
}
