// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Forwards} from "./Forwards.sol";
import {NormalTable} from "./NormalTable.sol";
import {Rounding} from "./Rounding.sol";
import {Scenarios} from "./Scenarios.sol";

/// @title Values at a scenario
/// @notice The plain form of what `ScenarioSums` does for all scenarios at once. Unchecked: inside MRG-010 no intermediate reaches 2^200.
library OptionValues {
    uint256 internal constant ONE_E12 = 1e12;
    uint256 internal constant UNIT_E12 = 4e20;
    int256 internal constant LOG_CLAMP_Q32 = 6 * 2 ** 32;
    int256 internal constant ORIGIN = 1000 * 2 ** 28;
    uint256 internal constant INVERSE_NUMERATOR = 25600 << 44;
    /// @notice Below it an option is its intrinsic value.
    uint256 internal constant INTRINSIC_SECONDS = 60;

    /// @notice The price range of futures and options: it shrinks with what of them follows the spot still, and is 0 once their price is certain.
    /// @custom:spec MRG-026
    function rangeE8(uint256 priceRangeE8, uint256 followSeconds) internal pure returns (uint256) {
        unchecked {
            return (priceRangeE8 * followSeconds) / Forwards.WINDOW_SECONDS;
        }
    }

    /// @notice `M_q` at a node; positive, because 12·range is less than the unit.
    /// @custom:spec MRG-026
    function multiplier(uint256 node, uint256 range) internal pure returns (uint256) {
        unchecked {
            return uint256(int256(Scenarios.UNIT) + Scenarios.quarters(node) * int256(range));
        }
    }

    /// @notice `A_q`: the discounted forward at a node.
    /// @custom:spec MRG-026
    function discountedForward(uint256 discountedE20, uint256 m) internal pure returns (uint256) {
        return Rounding.divNear(discountedE20 * m, UNIT_E12);
    }

    /// @notice `B`: the discounted strike.
    /// @custom:spec MRG-026
    function discountedStrike(uint256 discountE12, uint256 strikeE8) internal pure returns (uint256) {
        unchecked {
            return Rounding.divNear(discountE12 * strikeE8, ONE_E12);
        }
    }

    /// @notice `L`: ln(forward/strike), held in [-6, 6].
    /// @param logQ32 `lnForward − kRaw`.
    /// @custom:spec MRG-026
    function moneyness(int256 logQ32) internal pure returns (int256) {
        return Rounding.clamp(logQ32, -LOG_CLAMP_Q32, LOG_CLAMP_Q32);
    }

    /// @notice A call 60 seconds or more before expiry. A put is `call - a + b`.
    /// @param a `A_q`.
    /// @param b `B`.
    /// @param logQ32 `L + lnX_q`.
    /// @param s σ·√τ in Q28 cells (MRG-024).
    /// @custom:spec MRG-026
    function valueOfCall(uint256 a, uint256 b, int256 logQ32, uint256 s) internal pure returns (int256) {
        unchecked {
            int256 inverse = int256(INVERSE_NUMERATOR / s);
            int256 d1 = ((logQ32 * inverse) >> 20) + int256(s >> 1) + ORIGIN;
            int256 d2 = d1 - int256(s);
            return (int256(a * NormalTable.cdf(d1)) - int256(b * NormalTable.cdf(d2)) + 2 ** 59) >> 60;
        }
    }

    /// @notice A call's value where its logarithm stands at ±6, as it was held there and the strike was not (a strike that the price has left far behind):
    /// within the bounds of no arbitrage, `max(A - B, 0)` and `A`. Elsewhere the value as it is.
    /// @custom:spec MRG-026
    function held(int256 value, int256 logMoneyness, uint256 a, uint256 b) internal pure returns (int256) {
        return isHeld(logMoneyness) ? withinBounds(value, a, b) : value;
    }

    /// @notice A value held within the bounds of no arbitrage.
    /// @custom:spec MRG-026
    function withinBounds(int256 value, uint256 a, uint256 b) internal pure returns (int256) {
        return Rounding.clamp(value, int256(payoff(a, b)), int256(a));
    }

    /// @notice Whether a logarithm stands at ±6 or is to be held there.
    /// @custom:spec MRG-026
    function isHeld(int256 logMoneyness) internal pure returns (bool) {
        unchecked {
            return logMoneyness * logMoneyness >= LOG_CLAMP_Q32 * LOG_CLAMP_Q32;
        }
    }

    /// @notice A call in its last 60 seconds or after: the payoff.
    /// @custom:spec MRG-026
    function payoff(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            return a > b ? a - b : 0;
        }
    }

    /// @notice Perpetual, spot collateral, future.
    /// @custom:spec MRG-028
    function linear(uint256 priceE8, uint256 m) internal pure returns (uint256) {
        unchecked {
            return Rounding.divNear(priceE8 * m, Scenarios.UNIT);
        }
    }
}
