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

    /// @notice A forward as it would be at another spot: by its ratio outside the settlement window; inside, where τ of 1800 parts of it follow the spot, by those. An expired one follows none.
    /// @custom:spec CLR-021
    function at(
        uint256 forwardE8,
        uint256 fromE8,
        uint256 toE8,
        uint256 tauSeconds
    ) internal pure returns (uint256 movedE8) {
        if (tauSeconds > WINDOW_SECONDS) return outsideWindow(toE8, forwardE8, fromE8);
        uint256 gone = (tauSeconds * fromE8 + WINDOW_SECONDS / 2) / WINDOW_SECONDS;
        movedE8 = forwardE8 + (tauSeconds * toE8 + WINDOW_SECONDS / 2) / WINDOW_SECONDS;
        if (movedE8 <= gone) return 1;
        movedE8 -= gone;
        if (movedE8 > FORWARD_MAX_E8) return FORWARD_MAX_E8;
    }

    /// @notice Of the seconds of the settlement window those that are to come: so many parts of a unit of an instrument follow the spot. All of them for a perpetual, whose expiry is 0.
    /// @custom:spec CLR-021
    function followingSeconds(uint256 expiry, uint256 time) internal pure returns (uint256) {
        if (expiry == 0 || expiry >= time + WINDOW_SECONDS) return WINDOW_SECONDS;
        return expiry > time ? expiry - time : 0;
    }

    /// @notice Forward inside the settlement window: `near(elapsed·average + τ·spot, 1800)` with `elapsed = 1800 − τ`, τ at most 1800.
    /// @param averageE8 The time-weighted average of spot since the window opened (spot itself at its first second).
    function insideWindow(
        uint256 spotE8,
        uint256 averageE8,
        uint256 tauSeconds
    ) internal pure returns (uint256 forwardE8) {
        uint256 elapsed = WINDOW_SECONDS - tauSeconds;
        forwardE8 = (elapsed * averageE8 + tauSeconds * spotE8 + WINDOW_SECONDS / 2) / WINDOW_SECONDS;
    }
}
