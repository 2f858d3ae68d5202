// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceParameters, SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {Surface} from "../margin/Checkpoints.sol";
import {Kernel} from "../margin/Kernel.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {Rounding} from "../margin/Rounding.sol";
import {Volatility} from "../margin/Volatility.sol";
import {Smile, Smiles} from "./Smiles.sol";

/// @title What a published surface must be
/// @notice `τ` in seconds throughout; volatilities as MRG-022 has them.
library SurfaceChecks {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant ONE_E12 = 1e12;
    uint256 internal constant YEAR = 31_536_000;
    uint256 internal constant HOUR = 3600;
    /// @dev A kink narrower than a hundredth of log-moneyness is none that a market shows, and could hide between the points.
    uint256 internal constant SIGMA_MIN_E8 = 1e6;
    /// @dev ln 8: the farthest strike that may be entered.
    int256 internal constant FARTHEST_Q32 = 8931177019;
    uint256 internal constant POINTS = 13;
    /// @dev Points 3, 4, 6, 8, 9: one and two units to either side, and the forward.
    uint256 internal constant CALENDAR_POINTS = 0x0908060403;
    /// @dev Of the larger of a deviation and √τ, what a kink between two points may move unseen: a tenth of √τ, as points lie the farther apart, and a fifteenth at most. An allowance above what was found by search.
    uint256 internal constant HIDDEN_DIVISOR = 10;
    uint256 internal constant HIDDEN_MAX_Q32 = 286331153;

    /// @notice Whether the numbers are in MRG-010 and the surface is wide enough.
    /// @custom:spec ORC-010
    function isInDomain(SurfaceUpdate calldata s) internal pure returns (bool) {
        if (s.spotE8 == 0 || s.spotE8 > MarginDomain.SPOT_MAX_E8 || s.sigmaE8 < SIGMA_MIN_E8) return false;
        return MarginDomain.isSurface(Surface(s.forwardE8, s.forwardE8, s.aE12, s.bE12, s.rhoE8, s.mE8, s.sigmaE8));
    }

    /// @notice A test that passes only for slices without butterfly arbitrage, at this τ and at every smaller one.
    /// @dev With w the total variance, w' its slope, T = w − k·w' and w'' >= 0, the density is not negative where `w + T >= |w'|·√(w + w²/4)`. On a side of the minimum `|w'| <= S = b(1 ± ρ)τ`, and T, concave in the angle of the
    /// hyperbola, is at least the smaller of its values at the minimum of w and at infinity. So `(1 − S²/4)x² + (2T − S²)x + T² >= 0` and `x + T >= 0` for all x >= the least w are enough. Everything is divided by τ (by τ²) here.
    /// @custom:spec ORC-011
    function isButterflyFree(SurfaceUpdate calldata s, uint256 tau) internal pure returns (bool) {
        int256 b = int256(uint256(s.bE12));
        int256 rho = s.rhoE8;
        int256 root = int256(Kernel.isqrt(uint256(1e16 - rho * rho)));
        int256 least = int256(s.aE12) + (b * int256(uint256(s.sigmaE8)) * root) / 1e16;
        if (least <= 0) return false;
        int256 right = int256(s.aE12) - Rounding.divCeil(b * s.mE8 * (1e8 + rho), 1e16);
        int256 left = int256(s.aE12) + Rounding.divFloor(b * s.mE8 * (1e8 - rho), 1e16);
        return
            _isSideFree(Rounding.divUp(uint256(b * (1e8 + rho)), ONE), Rounding.minSigned(right, least), least, tau) &&
            _isSideFree(Rounding.divUp(uint256(b * (1e8 - rho)), ONE), Rounding.minSigned(left, least), least, tau);
    }

    /// @dev Slope, intercept and least variance in E12, annualised.
    function _isSideFree(
        uint256 slopeE12,
        int256 interceptE12,
        int256 leastE12,
        uint256 tau
    ) private pure returns (bool) {
        uint256 tauE12 = Rounding.divUp(tau * ONE_E12, YEAR);
        uint256 total = Rounding.divUp(slopeE12 * tauE12, ONE_E12);
        if (total >= 2 * ONE_E12 || leastE12 + interceptE12 < 0) return false;
        int256 c = int256(ONE_E12 - Rounding.divUp(total * total, 4 * ONE_E12));
        int256 q = int256(Rounding.divUp(total * slopeE12, ONE_E12));
        int256 linear = q - 2 * interceptE12;
        if (linear <= 0) return true;
        int256 square = interceptE12 * interceptE12 * int256(ONE_E12);
        // The parabola's least lies at linear/(2c), or at the least variance where that is greater.
        if (linear * int256(ONE_E12) > 2 * c * leastE12)
            return 4 * c * (square / int256(ONE_E12)) >= linear * linear * int256(ONE_E12);
        return c * leastE12 * leastE12 - linear * leastE12 * int256(ONE_E12) + square >= 0;
    }

    /// @notice Points of log-moneyness to the live forward at which surfaces are compared, ascending: 0, ±½, ±1, ±2, ±4, ±8 units of 0.6·√τ, and ±ln 8, which none passes.
    /// @custom:spec ORC-012
    function points(uint256 tau) internal pure returns (int256[POINTS] memory k) {
        int256 unit = int256(Kernel.isqrt(((36 * tau) << 64) / (100 * YEAR)));
        int256 distance = unit / 2;
        for (uint256 i = 1; i < 6; ++i) {
            k[6 + i] = Rounding.minSigned(distance, FARTHEST_Q32);
            k[6 - i] = -k[6 + i];
            distance *= 2;
        }
        (k[0], k[12]) = (-FARTHEST_Q32, FARTHEST_Q32);
    }

    /// @notice Volatilities of a surface, in the word of MRG-004, at the strikes that lie at points around a forward.
    /// @param publishedForwardE8 The surface's own forward.
    /// @param forwardE8 The one that points count from.
    /// @custom:spec ORC-012
    function volatilities(
        uint256 svi,
        uint256 publishedForwardE8,
        int256[POINTS] memory k,
        uint256 forwardE8
    ) internal pure returns (uint256[POINTS] memory volsQ32) {
        Smile memory smile = Smiles.unpack(svi);
        int256 shiftQ32 = Kernel.ln(forwardE8, publishedForwardE8);
        for (uint256 i = 0; i < POINTS; ++i) volsQ32[i] = Smiles.atStrike(smile, k[i] + shiftQ32);
    }

    /// @notice The first point at which a volatility moved by more than `stepE8` of itself; `POINTS` when there is none.
    /// @custom:spec ORC-012
    function firstStep(
        uint256[POINTS] memory fromQ32,
        uint256[POINTS] memory toQ32,
        uint256 stepE8
    ) internal pure returns (uint256 i) {
        for (; i < POINTS; ++i) {
            uint256 moved = fromQ32[i] > toQ32[i] ? fromQ32[i] - toQ32[i] : toQ32[i] - fromQ32[i];
            if (moved * ONE > stepE8 * fromQ32[i]) return i;
        }
    }

    /// @notice The first calendar point at which the nearer expiry has more total variance than the farther; `POINTS` when there is none.
    /// @custom:spec ORC-013
    function firstCrossing(
        uint256[POINTS] memory nearerQ32,
        uint256 nearerTau,
        uint256[POINTS] memory fartherQ32,
        uint256 fartherTau
    ) internal pure returns (uint256) {
        for (uint256 j = 0; j < 5; ++j) {
            uint256 i = uint8(CALENDAR_POINTS >> (8 * j));
            if (nearerQ32[i] * nearerQ32[i] * nearerTau > fartherQ32[i] * fartherQ32[i] * fartherTau) return i;
        }
        return POINTS;
    }

    /// @notice The most that a volatility may move after a time: `volStep·κ(τ)` an hour, an hour's worth at most.
    /// @custom:spec ORC-012
    function allowedStepE8(
        SurfaceParameters memory p,
        uint256 tau,
        uint256 elapsedSeconds
    ) internal pure returns (uint256) {
        uint256 counted = elapsedSeconds < HOUR ? elapsedSeconds : HOUR;
        return (uint256(p.volStepE8) * Volatility.kappaE8(tau) * counted) / (ONE * HOUR);
    }

    /// @notice What an hour of lies can move the value of one unit of any option or future of an expiry by, as a part of spot in E6, rounded up.
    /// @dev Steps of which s an hour are allowed multiply a volatility by less than e^s <= (2 + s)/(2 − s), and the first of an hour may be a whole one after a silent hour: (1 + s)(2 + s)/(2 − s). No option is worth more than its forward.
    /// The forward moves twice its step, and by a unit a second that its rounding lets pass.
    /// @param k The points.
    /// @param volsQ32 Volatilities at the points.
    /// @param ratioE8 Live forward over spot.
    /// @custom:spec ORC-015
    function riskE6(
        SurfaceParameters memory p,
        int256[POINTS] memory k,
        uint256[POINTS] memory volsQ32,
        uint256 ratioE8,
        uint256 tau
    ) internal pure returns (uint256) {
        uint256 step = allowedStepE8(p, tau, HOUR);
        uint256 growthE8 = Rounding.divUp((ONE + step) * (2 * ONE + step), 2 * ONE - step) - ONE;
        uint256 rootTauQ32 = Kernel.isqrt((tau << 64) / YEAR) + 1;
        uint256 moveE8 = Rounding.min(ONE, _largestMoveE8(k, volsQ32, growthE8, rootTauQ32));
        uint256 forwardE8 = 2 * uint256(p.forwardStepE8) + HOUR;
        return Rounding.divUp(forwardE8 * ONE + (ratioE8 + forwardE8) * moveE8, 100 * ONE);
    }

    /// @dev Vega to the deviation s is at most 0.4·F·exp(−d²/2), d = |k|/s − s/2 where that is positive, and below the forward e^−|k| times that. Variance is convex between two points, so no deviation there is above the larger of theirs.
    /// Unchecked: with volatilities below 2^40 a deviation is below 2^41, the exponent below 2^72.
    /// @return largestE8 By how much volatilities move an option, as a part of the forward.
    function _largestMoveE8(
        int256[POINTS] memory k,
        uint256[POINTS] memory volsQ32,
        uint256 growthE8,
        uint256 rootTauQ32
    ) private pure returns (uint256 largestE8) {
        unchecked {
            uint256 hiddenQ32 = Rounding.min(rootTauQ32 / HIDDEN_DIVISOR + 1, HIDDEN_MAX_Q32);
            uint256 left = volsQ32[0];
            for (uint256 i = 1; i < POINTS; ++i) {
                uint256 right = volsQ32[i];
                uint256 reached = ((Rounding.max(left, right) * rootTauQ32) >> 32) + 1;
                left = right;
                uint256 moved =
                    (reached * growthE8) / ONE + ((Rounding.max(reached, rootTauQ32) * hiddenQ32) >> 32) + 2;
                reached += moved;
                // The end that is nearer to the forward; below it vega has the factor e^-|k| besides.
                uint256 distance = i > 6 ? uint256(k[i - 1]) : uint256(-k[i]);
                uint256 d = (distance << 32) / reached;
                uint256 half = reached / 2 + 1;
                d = d > half ? d - half : 0;
                uint256 x = (d * d) >> 33;
                if (i < 7) x += distance;
                // e^x >= 1 + x + x²/2.
                uint256 decay = (1 << 32) + x + ((x * x) >> 33);
                largestE8 = Rounding.max(largestE8, (4 * ONE * moved) / (10 * decay) + 1);
            }
        }
    }

    /// @notice Whether the volatility at the forward lies in its band, or no farther out of it than before.
    /// @param beforeQ32 On the surface before, 0 for a listing.
    /// @custom:spec ORC-012
    function isVolatilityInBand(
        SurfaceParameters memory p,
        uint256 volQ32,
        uint256 beforeQ32
    ) internal pure returns (bool) {
        return _isHeld(volQ32 * ONE, beforeQ32 * ONE, uint256(p.volMinE8) << 32, uint256(p.volMaxE8) << 32);
    }

    /// @notice Whether forward/spot lies in its band, or no farther out of it than before.
    /// @param beforeE8 On the surface before, 0 for a listing.
    /// @custom:spec ORC-014
    function isForwardInBand(
        SurfaceParameters memory p,
        uint256 tau,
        uint256 ratioE8,
        uint256 beforeE8
    ) internal pure returns (bool) {
        uint256 band = forwardBandE8(p, tau);
        return _isHeld(ratioE8, beforeE8, ONE - Rounding.min(band, ONE), ONE + band);
    }

    /// @dev Bands move under what is in force, since τ runs and governance may narrow them. What is then out of its band by more than a step comes back step by step, or could never come back.
    function _isHeld(uint256 value, uint256 before, uint256 least, uint256 most) private pure returns (bool) {
        if (before == 0) before = least;
        return value >= Rounding.min(least, before) && value <= Rounding.max(most, before);
    }

    /// @notice The most that forward/spot lies from 1.
    /// @custom:spec ORC-014
    function forwardBandE8(SurfaceParameters memory p, uint256 tau) internal pure returns (uint256) {
        return p.forwardBandE8 + (uint256(p.forwardBandYearE8) * tau) / YEAR;
    }
}
