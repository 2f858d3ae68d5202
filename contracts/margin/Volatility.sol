// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Kernel} from "./Kernel.sol";
import {Rounding} from "./Rounding.sol";

/// @title Implied volatilities, shocked, and the deviation that they make with time
/// @notice Unchecked throughout: inside MRG-010 no intermediate reaches 2^200.
library Volatility {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant ONE_E12 = 1e12;
    uint256 internal constant YEAR = 31_536_000;
    int256 internal constant LOG_CLAMP_Q32 = 6 * 2 ** 32;
    int256 internal constant VARIANCE_MIN_Q64 = 18446744073709;
    int256 internal constant VARIANCE_MAX_Q64 = 2 ** 72;
    uint256 internal constant VOL_DOWN_FACTOR_MIN_E8 = 5e6;

    uint256 internal constant DEVIATION_MIN = 2560;
    uint256 internal constant DEVIATION_MAX = 160 * 2 ** 31;

    /// @notice The parameters of a surface's word, scaled: `⌊aE12·2^64/10^12⌋`, `bE12`, `rhoE8`, `mQ`, `sQ`.
    /// @custom:spec MRG-022
    function scale(
        uint256 word
    ) internal pure returns (int256 aQ64, uint256 bE12, int256 rhoE8, int256 mQ32, uint256 sigmaQ32) {
        unchecked {
            aQ64 = Rounding.divFloor(int256(int64(uint64(word >> 192))) * 2 ** 64, ONE_E12);
            bE12 = uint64(word >> 128);
            rhoE8 = int32(uint32(word >> 96));
            mQ32 = Rounding.divFloor(int256(int32(uint32(word >> 64))) * 2 ** 32, ONE);
            sigmaQ32 = (uint256(uint32(word >> 32)) << 32) / ONE;
        }
    }

    /// @notice Volatility in Q32 at `kRaw = ln(strike, publishedForward)`; between 0.1 % and 1600 %. The rest as from `scale`.
    /// @custom:spec MRG-022
    function atStrike(
        int256 kRaw,
        int256 aQ64,
        uint256 bE12,
        int256 rhoE8,
        int256 mQ32,
        uint256 sigmaQ32
    ) internal pure returns (uint256 volQ32) {
        unchecked {
            int256 y = Rounding.clamp(kRaw, -LOG_CLAMP_Q32, LOG_CLAMP_Q32) - mQ32;
            int256 inner = int256(Kernel.isqrt(uint256(y * y) + sigmaQ32 * sigmaQ32));
            inner = Rounding.maxSigned(Rounding.divFloor(rhoE8 * y, ONE) + inner, 0);
            int256 v = aQ64 + int256((bE12 * (uint256(inner) << 32)) / ONE_E12);
            volQ32 = Kernel.isqrt(uint256(Rounding.clamp(v, VARIANCE_MIN_Q64, VARIANCE_MAX_Q64)));
        }
    }

    /// @notice Linear between the knots (1 d, 2), (7 d, 1.5), (30 d, 1), (90 d, 0.7), (365 d, 0.4), flat outside.
    /// @custom:spec MRG-023
    function kappaE8(uint256 tau) internal pure returns (uint256) {
        if (tau <= 86_400) return 2e8;
        if (tau <= 604_800) return _between(tau, 86_400, 2e8, 604_800, 1.5e8);
        if (tau <= 2_592_000) return _between(tau, 604_800, 1.5e8, 2_592_000, 1e8);
        if (tau <= 7_776_000) return _between(tau, 2_592_000, 1e8, 7_776_000, 0.7e8);
        if (tau < 31_536_000) return _between(tau, 7_776_000, 0.7e8, 31_536_000, 0.4e8);
        return 0.4e8;
    }

    /// @notice What the shocks do to every volatility of an expiry: the factors down and up, and the floor of the latter.
    /// @custom:spec MRG-023
    function shocks(
        uint256 tau,
        uint256 volRangeE8,
        uint256 volUpFloorE8
    ) internal pure returns (uint256 downE8, uint256 upE8, uint256 upFloorQ32) {
        unchecked {
            uint256 shift = (volRangeE8 * kappaE8(tau)) / ONE;
            downE8 = shift + VOL_DOWN_FACTOR_MIN_E8 > ONE ? VOL_DOWN_FACTOR_MIN_E8 : ONE - shift;
            upE8 = ONE + shift;
            upFloorQ32 = (volUpFloorE8 << 32) / ONE;
        }
    }

    /// @notice The deviation at the volatility shocked down.
    /// @custom:spec MRG-023
    function deviationDown(uint256 volQ32, uint256 downE8, uint256 rootTau) internal pure returns (uint256) {
        unchecked {
            return deviation((volQ32 * downE8) / ONE, rootTau);
        }
    }

    /// @notice The deviation at the volatility shocked up.
    /// @custom:spec MRG-023
    function deviationUp(
        uint256 volQ32,
        uint256 upE8,
        uint256 upFloorQ32,
        uint256 rootTau
    ) internal pure returns (uint256) {
        unchecked {
            return deviation(Rounding.max((volQ32 * upE8) / ONE, upFloorQ32), rootTau);
        }
    }

    /// @notice `160·√τ` in Q40, τ in years.
    /// @custom:spec MRG-024
    function rootTauQ40(uint256 tau) internal pure returns (uint256) {
        unchecked {
            return Kernel.isqrt((tau * (25600 << 80)) / YEAR);
        }
    }

    /// @notice σ·√τ in Q28 table cells, held in [2^-24, 8] standard deviations.
    /// @custom:spec MRG-024
    function deviation(uint256 volQ32, uint256 rootTau) internal pure returns (uint256) {
        unchecked {
            uint256 s = (volQ32 * rootTau + 2 ** 43) >> 44;
            return Rounding.min(Rounding.max(s, DEVIATION_MIN), DEVIATION_MAX);
        }
    }

    function _between(uint256 tau, uint256 t0, uint256 k0, uint256 t1, uint256 k1) private pure returns (uint256) {
        unchecked {
            return k0 - ((k0 - k1) * (tau - t0)) / (t1 - t0);
        }
    }
}
