// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Forwards of a checkpoint
/// @notice All prices E8. Rounded to the nearest unit: a forward is a price, neither a credit nor a debt.
/// @custom:spec MRG-011
library Forwards {
    uint256 internal constant WINDOW_SECONDS = 1800;
    uint256 internal constant FORWARD_MAX_E8 = 2 ** 49;

    /// @notice Live forward outside the settlement window: `clamp(near(spot·F_p, S_p), 1, 2^49)`, with forward and spot as published with the surface.
    function outsideWindow(
        uint256 spotE8,
        uint256 publishedForwardE8,
        uint256 publishedSpotE8
    ) internal pure returns (uint256 forwardE8) {
        forwardE8 = (spotE8 * publishedForwardE8 + publishedSpotE8 / 2) / publishedSpotE8;
        if (forwardE8 == 0) return 1;
        if (forwardE8 > FORWARD_MAX_E8) return FORWARD_MAX_E8;
    }

    /// @notice A forward as it would be at another spot: by its ratio where all of it follows the spot; where so many of 1800 parts do, by those.
    /// @custom:spec CLR-021
    function at(
        uint256 forwardE8,
        uint256 fromE8,
        uint256 toE8,
        uint256 followSeconds
    ) internal pure returns (uint256 movedE8) {
        if (followSeconds == WINDOW_SECONDS) return outsideWindow(toE8, forwardE8, fromE8);
        uint256 gone = (followSeconds * fromE8 + WINDOW_SECONDS / 2) / WINDOW_SECONDS;
        movedE8 = forwardE8 + (followSeconds * toE8 + WINDOW_SECONDS / 2) / WINDOW_SECONDS;
        if (movedE8 <= gone) return 1;
        movedE8 -= gone;
        if (movedE8 > FORWARD_MAX_E8) return FORWARD_MAX_E8;
    }

    /// @notice Forward inside the settlement window and until the price is fixed: what that will be if so many seconds more are observed at today's spot. And how many of 1800 parts of it follow the spot.
    /// @param sumE8 Price-seconds that the window has so far.
    /// @param coveredSeconds Seconds that they are of.
    /// @param remainingSeconds Seconds that are still to be counted; 0 once the price is certain. One of both is not 0.
    function insideWindow(
        uint256 spotE8,
        uint256 sumE8,
        uint256 coveredSeconds,
        uint256 remainingSeconds
    ) internal pure returns (uint256 forwardE8, uint256 followSeconds) {
        uint256 all = coveredSeconds + remainingSeconds;
        forwardE8 = (sumE8 + remainingSeconds * spotE8 + all / 2) / all;
        followSeconds = (WINDOW_SECONDS * remainingSeconds + all - 1) / all;
    }

    /// @notice Both forwards of an expiry's record in that time: if a market that is halted stays so to the end of the half hour, and beside it, in the place of the delayed one, if every second from now on is observed. They are one where the market is not halted. And how many of 1800 parts follow the spot at most.
    function pairInsideWindow(
        uint256 spotE8,
        uint256 sumE8,
        uint256 coveredSeconds,
        uint256 remainingSeconds,
        uint256 stalledSeconds
    ) internal pure returns (uint256 forwardE8, uint256 seenE8, uint256 followSeconds) {
        (forwardE8, followSeconds) = insideWindow(spotE8, sumE8, coveredSeconds, stalledSeconds);
        if (stalledSeconds == remainingSeconds) return (forwardE8, forwardE8, followSeconds);
        uint256 seenFollow;
        (seenE8, seenFollow) = insideWindow(spotE8, sumE8, coveredSeconds, remainingSeconds);
        if (seenFollow > followSeconds) followSeconds = seenFollow;
    }
}
