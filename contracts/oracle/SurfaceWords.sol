// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginDomain} from "../margin/MarginDomain.sol";

/// @title Surfaces in few words of storage
/// @notice A surface is one word and its spot; of an expiry the spots of all surfaces that are kept stand in a word of their own, the stamp, with the times. What is stored is in MRG-010, so that each field has room.
/// A surface: `forwardE8 u50 | aE12 + 2^53 u55 | bE12 u53 | rhoE8 + 10^8 u28 | mE8 + 6·10^8 u31 | sigmaE8 u30`.
/// A stamp: `riskE6 u24 | asideTime u32 | ageSeconds u10 | since u32 | spots of older, aside and present u49 each`; 0 where nothing was published.
/// Unchecked: sums stay inside their fields, and a difference below zero is cut to its two's complement.
library SurfaceWords {
    uint256 private constant FORWARD = 197;
    uint256 private constant A = 142;
    uint256 private constant B = 89;
    uint256 private constant RHO = 61;
    uint256 private constant M = 30;

    uint256 private constant SPOT_BITS = 49;
    uint256 private constant SINCE = 147;
    uint256 private constant AGE = 179;
    uint256 private constant ASIDE_TIME = 189;
    uint256 private constant RISK = 221;

    /// @dev Places of spots in a stamp.
    uint256 internal constant PRESENT = 0;
    uint256 internal constant ASIDE = 1;
    uint256 internal constant OLDER = 2;

    /// @param svi The word of MRG-004.
    function pack(uint256 forwardE8, uint256 svi) internal pure returns (uint256 word) {
        unchecked {
            word = (forwardE8 << FORWARD) | (uint256(uint64((svi >> 192) + MarginDomain.SVI_A_MAX_E12)) << A);
            word |= (uint256(uint64(svi >> 128)) << B) | (uint256(uint32((svi >> 96) + MarginDomain.ONE)) << RHO);
            word |= (uint256(uint32((svi >> 64) + MarginDomain.SVI_MAX_E8)) << M) | uint32(svi >> 32);
        }
    }

    function forwardE8Of(uint256 word) internal pure returns (uint256) {
        return word >> FORWARD;
    }

    /// @notice The word of MRG-004.
    function sviOf(uint256 word) internal pure returns (uint256 svi) {
        unchecked {
            svi = ((_bits(word, A, 55) - MarginDomain.SVI_A_MAX_E12) << 192) | (_bits(word, B, 53) << 128);
            svi |= uint256(uint32(_bits(word, RHO, 28) - MarginDomain.ONE)) << 96;
            svi |= uint256(uint32(_bits(word, M, 31) - MarginDomain.SVI_MAX_E8)) << 64;
            svi |= _bits(word, 0, 30) << 32;
        }
    }

    /// @notice A stamp without spots.
    /// @param ageSeconds How old the surface was when it came into force.
    function stampOf(
        uint256 since,
        uint256 ageSeconds,
        uint256 asideTime,
        uint256 riskE6
    ) internal pure returns (uint256) {
        return (riskE6 << RISK) | (asideTime << ASIDE_TIME) | (ageSeconds << AGE) | (since << SINCE);
    }

    function withSpot(uint256 stamp, uint256 place, uint256 spotE8) internal pure returns (uint256) {
        return stamp | (spotE8 << (SPOT_BITS * place));
    }

    function spotE8Of(uint256 stamp, uint256 place) internal pure returns (uint256) {
        return _bits(stamp, SPOT_BITS * place, SPOT_BITS);
    }

    /// @notice When the present surface came into force, 0 when there is none.
    function sinceOf(uint256 stamp) internal pure returns (uint256) {
        return uint32(stamp >> SINCE);
    }

    /// @notice The time that the present surface names.
    function timeOf(uint256 stamp) internal pure returns (uint256) {
        unchecked {
            return sinceOf(stamp) - _bits(stamp, AGE, 10);
        }
    }

    /// @notice When the first of the two earlier surfaces was set aside.
    function asideTimeOf(uint256 stamp) internal pure returns (uint256) {
        return uint32(stamp >> ASIDE_TIME);
    }

    /// @notice What an hour of lies moves one unit by (ORC-015).
    function riskE6Of(uint256 stamp) internal pure returns (uint256) {
        return stamp >> RISK;
    }

    function _bits(uint256 word, uint256 from, uint256 count) private pure returns (uint256) {
        return (word >> from) & ((1 << count) - 1);
    }
}
