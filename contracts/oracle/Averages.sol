// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Values that follow others slowly
/// @custom:spec CLR-030
library Averages {
    /// @notice `current + quot((sample - current)·min(elapsed, window), window)`: all of the way after a whole window.
    function follow(
        int256 current,
        int256 sample,
        uint256 elapsedSeconds,
        uint256 windowSeconds
    ) internal pure returns (int256 next) {
        if (elapsedSeconds >= windowSeconds) return sample;
        next = current + ((sample - current) * int256(elapsedSeconds)) / int256(windowSeconds);
    }
}
