// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Need} from "../interfaces/ClearingTypes.sol";
import {Needs} from "../clearing/Needs.sol";

/// @notice Who is deleveraged first: deltas and scores.
contract NeedsTest {
    uint256 private constant SPOT = 90_000e8;
    uint256 private constant RANGE = 14e6;

    function test_delta_knownValues() public pure {
        // Twelve days: as wide as the range, 12,600 on either side.
        assert(_near(_call(90_000e8, 12 days), 50e6) && _near(_call(96_300e8, 12 days), 25e6));
        assert(_call(102_601e8, 12 days) == 0 && _call(77_399e8, 12 days) == 1e8);
        // Four times the time, twice the width.
        assert(_near(_call(102_600e8, 48 days), 25e6));
        assert(_put(77_399e8, SPOT, 12 days) == 0);
        assert(_put(120_000e8, SPOT, 12 days) == -1e8);
    }

    /// @dev Between nothing and one, falling with the strike; a put is a call less one; never refused.
    function testFuzz_delta_isBoundedAndMonotonous(uint48 spot, uint48 strike, uint48 above, uint32 tau) public pure {
        uint256 s = uint256(spot) + 1;
        int256 lower = _callAt(strike, s, tau);
        int256 higher = _callAt(uint256(strike) + above, s, tau);
        assert(lower >= 0 && lower <= 1e8 && higher <= lower);
        assert(_put(strike, s, tau) == lower - 1e8);
    }

    function test_score_hedgedIsNothing() public pure {
        assert(Needs.openE8(1e8, 1e8) == 1e8 && Needs.openE8(1e8, 5e8) == 1e8);
        assert(Needs.openE8(-2e8, -5e7) == 25e6);
        assert(Needs.openE8(1e8, 0) == 0 && Needs.openE8(1e8, -1) == 0 && Needs.openE8(0, 1e8) == 0);
        assert(Needs.gainRatioE8(30e8, -2e8, 50e8) == 30e6 && Needs.scoreE8(30e6, 50e6) == 15e6);
        assert(Needs.gainRatioE8(-1, 2e8, 50e8) == 0 && Needs.gainRatioE8(1, 1, 50e6) == 0);
    }

    /// @dev A need is as old as its parts, each by its size; a new one begins now, whatever stood there before.
    function test_grow_newPartsWaitAsOldOnesDid() public pure {
        Need memory need = Need(0, 7, 0);
        Needs.grow(need, -3e8, -300e8, 1000);
        assert(need.sizeE8 == -3e8 && need.costE8 == -300e8 && need.since == 1000);
        Needs.grow(need, -9e8, -800e8, 1600);
        assert(need.sizeE8 == -12e8 && need.costE8 == -1100e8 && need.since == 1450);
        // Dust makes it a second younger at most.
        Needs.grow(need, -1, -1, 2000);
        assert(need.since == 1451);
    }

    function testFuzz_grow_isBetweenOldAndNow(uint40 since, uint32 later, uint48 old, uint48 added) public pure {
        since >>= 1;
        Need memory need = Need(int64(uint64(old)), since, 0);
        uint256 time = uint256(since) + later;
        Needs.grow(need, int256(uint256(added)) + 1, 0, time);
        assert(need.since >= since && need.since <= time);
        if (old == 0) assert(need.since == time);
    }

    function _call(uint256 strikeE8, uint256 tau) private pure returns (int256) {
        return _callAt(strikeE8, SPOT, tau);
    }

    function _callAt(uint256 strikeE8, uint256 spotE8, uint256 tau) private pure returns (int256) {
        return Needs.optionDeltaE8(true, strikeE8, spotE8, _width(spotE8, tau));
    }

    function _put(uint256 strikeE8, uint256 spotE8, uint256 tau) private pure returns (int256) {
        return Needs.optionDeltaE8(false, strikeE8, spotE8, _width(spotE8, tau));
    }

    function _width(uint256 spotE8, uint256 tau) private pure returns (uint256) {
        return Needs.widthOf(spotE8, RANGE, Needs.rootOf(tau, 0));
    }

    /// @dev A width is a root rounded down: one part in a million.
    function _near(int256 a, int256 b) private pure returns (bool) {
        return a - b <= 100 && b - a <= 100;
    }
}
