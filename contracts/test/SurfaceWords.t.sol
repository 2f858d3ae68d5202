// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceParameters} from "../interfaces/IVolSurfaces.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {SurfaceChecks} from "../oracle/SurfaceChecks.sol";
import {SurfaceWords} from "../oracle/SurfaceWords.sol";

/// @notice What is put into the words of a surface comes out of them, at the ends of the domain, too.
contract SurfaceWordsTest {
    /// @param seed One number of four takes an end of its range.
    function testFuzz_pack_keepsEveryField(uint256[6] calldata seed) public pure {
        uint256 forwardE8 = uint256(_within(seed[0], 1, int256(MarginDomain.FORWARD_MAX_E8)));
        int256 a = int256(MarginDomain.SVI_A_MAX_E12);
        int256 one = int256(MarginDomain.ONE);
        int256 most = int256(MarginDomain.SVI_MAX_E8);
        uint256 svi = uint256(uint64(int64(_within(seed[1], -a, a)))) << 192;
        svi |= uint256(_within(seed[2], 0, int256(MarginDomain.SVI_B_MAX_E12))) << 128;
        svi |= uint256(uint32(int32(_within(seed[3], -one, one)))) << 96;
        svi |= uint256(uint32(int32(_within(seed[4], -most, most)))) << 64;
        svi |= uint256(_within(seed[5], 1, most)) << 32;
        uint256 word = SurfaceWords.pack(forwardE8, svi);
        assert(SurfaceWords.forwardE8Of(word) == forwardE8 && SurfaceWords.sviOf(word) == svi);
    }

    function testFuzz_stamp_keepsEveryField(
        uint256[3] calldata seed,
        uint32 time,
        uint32 aside,
        uint24 risk
    ) public pure {
        uint256 age = time < 600 ? time : 600;
        uint256 stamp = SurfaceWords.stampOf(time, age, aside, risk);
        uint256[3] memory spots;
        for (uint256 i = 0; i < 3; ++i) {
            spots[i] = uint256(_within(seed[i], 0, int256(MarginDomain.SPOT_MAX_E8)));
            stamp = SurfaceWords.withSpot(stamp, i, spots[i]);
        }
        for (uint256 i = 0; i < 3; ++i) assert(SurfaceWords.spotE8Of(stamp, i) == spots[i]);
        assert(SurfaceWords.sinceOf(stamp) == time && SurfaceWords.timeOf(stamp) == time - age);
        assert(SurfaceWords.asideTimeOf(stamp) == aside && SurfaceWords.riskE6Of(stamp) == risk);
    }

    /// @dev The widest steps and bands that governance may set, two years ahead, with volatilities beyond any surface: what is stored of them has room.
    function test_stamp_hasRoomForTheLargestRisk() public pure {
        SurfaceParameters memory p;
        (p.volStepE8, p.forwardStepE8, p.forwardBandE8, p.forwardBandYearE8) = (25e6, 10e6, 50e6, 100e6);
        uint256[13] memory vols;
        for (uint256 i = 0; i < 13; ++i) vols[i] = 2 ** 40;
        uint256 tau = 2 * 31_536_000;
        uint256 ratioE8 = MarginDomain.ONE + SurfaceChecks.forwardBandE8(p, tau);
        uint256 riskE6 = SurfaceChecks.riskE6(p, SurfaceChecks.points(tau), vols, ratioE8, tau);
        assert(riskE6 > 3.5e6 && riskE6 < 2 ** 24);
        uint256 stamp = SurfaceWords.stampOf(type(uint32).max, 600, type(uint32).max, riskE6);
        assert(SurfaceWords.riskE6Of(stamp) == riskE6 && SurfaceWords.asideTimeOf(stamp) == type(uint32).max);
    }

    function _within(uint256 seed, int256 least, int256 largest) private pure returns (int256) {
        if (seed % 8 == 0) return least;
        if (seed % 8 == 1) return largest;
        return least + int256((seed >> 3) % uint256(largest - least + 1));
    }
}
