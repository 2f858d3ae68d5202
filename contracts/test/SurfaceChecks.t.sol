// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceParameters, SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {Forwards} from "../margin/Forwards.sol";
import {VM} from "./IVm.sol";
import {SurfaceColumns} from "./SurfaceColumns.sol";
import {SurfaceChecks} from "../oracle/SurfaceChecks.sol";

/// @notice The rules of surfaces against the vectors that the C# reads, too (spec/attested).
contract SurfaceChecksTest {
    function isFree(SurfaceUpdate calldata s, uint256 tau) external pure returns (bool) {
        return SurfaceChecks.isButterflyFree(s, tau);
    }

    function test_isButterflyFree_isThatOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/ORC-011.json");
        int256[] memory a = VM.parseJsonIntArray(json, ".a");
        uint256[] memory b = VM.parseJsonUintArray(json, ".b");
        int256[] memory rho = VM.parseJsonIntArray(json, ".rho");
        int256[] memory m = VM.parseJsonIntArray(json, ".m");
        uint256[] memory sigma = VM.parseJsonUintArray(json, ".sigma");
        uint256[] memory tau = VM.parseJsonUintArray(json, ".tau");
        uint256[] memory free = VM.parseJsonUintArray(json, ".free");
        assert(free.length > 200);
        SurfaceUpdate memory s;
        for (uint256 i = 0; i < free.length; ++i) {
            (s.aE12, s.bE12, s.rhoE8) = (int64(a[i]), uint64(b[i]), int32(rho[i]));
            (s.mE8, s.sigmaE8) = (int32(m[i]), uint32(sigma[i]));
            assert(this.isFree(s, tau[i]) == (free[i] == 1));
        }
    }

    function test_points_andStepsAreThoseOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/ORC-012.json");
        uint256[] memory tau = VM.parseJsonUintArray(json, ".tau");
        uint256[] memory elapsed = VM.parseJsonUintArray(json, ".elapsed");
        uint256[] memory volStep = VM.parseJsonUintArray(json, ".volStep");
        uint256[] memory allowed = VM.parseJsonUintArray(json, ".allowed");
        int256[] memory points = VM.parseJsonIntArray(json, ".points");
        SurfaceParameters memory p;
        for (uint256 i = 0; i < tau.length; ++i) {
            p.volStepE8 = uint32(volStep[i]);
            assert(SurfaceChecks.allowedStepE8(p, tau[i], elapsed[i]) == allowed[i]);
            int256[13] memory k = SurfaceChecks.points(tau[i]);
            for (uint256 j = 0; j < 7; ++j) assert(k[6 + j] == points[7 * i + j] && k[6 - j] == -points[7 * i + j]);
        }
    }

    function test_volatilities_aroundTheLiveForwardAreThoseOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/ORC-012.json");
        uint256[] memory tau = VM.parseJsonUintArray(json, ".seen_tau");
        uint256[] memory live = VM.parseJsonUintArray(json, ".seen_live");
        uint256[] memory vols = VM.parseJsonUintArray(json, ".seen_vols");
        SurfaceUpdate[] memory seen = SurfaceColumns.read(json, "seen");
        assert(live.length > 50);
        for (uint256 i = 0; i < live.length; ++i) {
            assert(_liveForward(json, seen[i], i, tau[i]) == live[i]);
            uint256[13] memory found = SurfaceChecks.volatilities(
                SurfaceColumns.word(seen[i]),
                seen[i].forwardE8,
                SurfaceChecks.points(tau[i]),
                live[i]
            );
            for (uint256 j = 0; j < 13; ++j) assert(found[j] == vols[13 * i + j]);
        }
    }

    function _liveForward(
        string memory json,
        SurfaceUpdate memory s,
        uint256 i,
        uint256 tau
    ) private view returns (uint256) {
        uint256 market = VM.parseJsonUintArray(json, ".seen_market")[i];
        if (tau > Forwards.WINDOW_SECONDS) return Forwards.outsideWindow(market, s.forwardE8, s.spotE8);
        uint256 sum = VM.parseJsonUintArray(json, ".seen_sum")[i];
        uint256 covered = VM.parseJsonUintArray(json, ".seen_covered")[i];
        uint256 remaining = VM.parseJsonUintArray(json, ".seen_remaining")[i];
        uint256 stalled = VM.parseJsonUintArray(json, ".seen_stalled")[i];
        (uint256 forwardE8, , ) = Forwards.pairInsideWindow(market, sum, covered, remaining, stalled);
        return forwardE8;
    }

    function test_firstStep_isThatOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/ORC-012.json");
        uint256[] memory from = VM.parseJsonUintArray(json, ".from");
        uint256[] memory to = VM.parseJsonUintArray(json, ".to");
        uint256[] memory step = VM.parseJsonUintArray(json, ".step");
        uint256[] memory first = VM.parseJsonUintArray(json, ".first");
        for (uint256 i = 0; i < first.length; ++i) {
            assert(SurfaceChecks.firstStep(_thirteen(from, i), _thirteen(to, i), step[i]) == first[i]);
        }
    }

    function test_firstCrossing_isThatOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/ORC-013.json");
        uint256[] memory nearer = VM.parseJsonUintArray(json, ".nearer");
        uint256[] memory nearerTau = VM.parseJsonUintArray(json, ".nearerTau");
        uint256[] memory farther = VM.parseJsonUintArray(json, ".farther");
        uint256[] memory fartherTau = VM.parseJsonUintArray(json, ".fartherTau");
        uint256[] memory first = VM.parseJsonUintArray(json, ".first");
        for (uint256 i = 0; i < first.length; ++i) {
            uint256[13] memory near = _thirteen(nearer, i);
            assert(SurfaceChecks.firstCrossing(near, nearerTau[i], _thirteen(farther, i), fartherTau[i]) == first[i]);
        }
    }

    function test_forwardBand_isThatOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/ORC-014.json");
        uint256[] memory band = VM.parseJsonUintArray(json, ".band");
        uint256[] memory bandYear = VM.parseJsonUintArray(json, ".bandYear");
        uint256[] memory tau = VM.parseJsonUintArray(json, ".tau");
        uint256[] memory most = VM.parseJsonUintArray(json, ".most");
        SurfaceParameters memory p;
        for (uint256 i = 0; i < most.length; ++i) {
            (p.forwardBandE8, p.forwardBandYearE8) = (uint32(band[i]), uint32(bandYear[i]));
            assert(SurfaceChecks.forwardBandE8(p, tau[i]) == most[i]);
        }
    }

    function test_bands_holdWhatTheVectorsSay() public view {
        string memory json = VM.readFile("spec/attested/ORC-014.json");
        uint256[] memory band = VM.parseJsonUintArray(json, ".held_band");
        uint256[] memory tau = VM.parseJsonUintArray(json, ".held_tau");
        uint256[] memory before = VM.parseJsonUintArray(json, ".held_before");
        uint256[] memory ratio = VM.parseJsonUintArray(json, ".held_ratio");
        uint256[] memory inBand = VM.parseJsonUintArray(json, ".held_in");
        SurfaceParameters memory p;
        assert(inBand.length > 200);
        p.forwardBandYearE8 = 25_000_000;
        for (uint256 i = 0; i < inBand.length; ++i) {
            p.forwardBandE8 = uint32(band[i]);
            assert(SurfaceChecks.isForwardInBand(p, tau[i], ratio[i], before[i]) == (inBand[i] == 1));
        }
        json = VM.readFile("spec/attested/ORC-012.json");
        before = VM.parseJsonUintArray(json, ".held_before");
        uint256[] memory vol = VM.parseJsonUintArray(json, ".held_vol");
        inBand = VM.parseJsonUintArray(json, ".held_in");
        assert(inBand.length > 50);
        (p.volMinE8, p.volMaxE8) = (5_000_001, 499_999_999);
        for (uint256 i = 0; i < inBand.length; ++i) {
            assert(SurfaceChecks.isVolatilityInBand(p, vol[i], before[i]) == (inBand[i] == 1));
        }
    }

    function _thirteen(uint256[] memory flat, uint256 i) private pure returns (uint256[13] memory values) {
        for (uint256 j = 0; j < 13; ++j) values[j] = flat[13 * i + j];
    }
}
