// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Haircut of a collateral token at a checkpoint
/// @custom:spec MRG-013
library Haircuts {
    /// @notice The base haircut, growing with the vault's total above a threshold, up to the largest. Rounded up: a haircut is a requirement.
    /// @param thresholdE8 The total at which growth begins; 0 means none.
    /// @param totalE8 The vault's total of the token, smoothed over 24 hours, at most 2^70.
    function haircutUp(
        uint256 haircutBaseE8,
        uint256 haircutMaxE8,
        uint256 thresholdE8,
        uint256 totalE8
    ) internal pure returns (uint256 haircutE8) {
        uint256 grown = haircutBaseE8;
        if (thresholdE8 != 0 && totalE8 > thresholdE8) {
            grown = (haircutBaseE8 * totalE8 + thresholdE8 - 1) / thresholdE8;
        }
        uint256 largest = haircutMaxE8 > haircutBaseE8 ? haircutMaxE8 : haircutBaseE8;
        haircutE8 = grown < largest ? grown : largest;
    }
}
