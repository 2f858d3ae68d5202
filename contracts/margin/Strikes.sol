// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Between} from "./Between.sol";
import {CallSums} from "./CallSums.sol";
import {Kernel} from "./Kernel.sol";
import {OptionValues} from "./OptionValues.sol";
import {Positions} from "./Positions.sol";
import {Rounding} from "./Rounding.sol";
import {ScenarioSums} from "./ScenarioSums.sol";
import {Scenarios} from "./Scenarios.sol";
import {Words} from "./Words.sol";
// prettier-ignore
// solhint-disable-next-line no-unused-import
import {R_ABOVE, R_BELOW, R_COST, R_DISCOUNT, R_DOWN, R_FIRST, R_FLOOR, R_FLOOR_MARKED, R_FLOOR_PRICE, R_FLOOR_RATE, R_FORWARD, R_LEAST_PRICE, R_LN_FORWARD, R_MARKED, R_NARROW, R_NARROW_LIMIT, R_PUBLISHED, R_PUTS, R_RANGE, R_ROOT_TAU, R_SHORT, R_SVI_A, R_SVI_B, R_SVI_M, R_SVI_RHO, R_SVI_SIGMA, R_S_DOWN, R_S_MID, R_S_UP, R_TAU, R_UP, R_UP_FLOOR, R_VOLATILITY, R_V_DOWN, R_V_MID, R_V_UP, WS_A, WS_A_ZERO, WS_NODE} from "./Workspace.sol";

/// @title One strike: the call and the put of it, at least one of them
/// @notice Volatility once, values once for both (a put is its call by parity), then what each position adds to the sums of the account.
/// Unchecked: inside MRG-003 and MRG-010 no sum reaches 2^200.
library Strikes {
    uint256 private constant WORD = 32;
    uint256 private constant ONE = 1e8;
    uint256 private constant ONE_E12 = 1000000000000;
    uint256 private constant ONE_E16 = 1e16;

    // The constants of MRG-022 and MRG-024, as `Volatility` names them.
    uint256 private constant LOG_CLAMP_Q32 = 25769803776;
    uint256 private constant VARIANCE_MIN_Q64 = 18446744073709;
    uint256 private constant VARIANCE_MAX_Q64 = 4722366482869645213696;
    uint256 private constant DEVIATION_MIN = 40960;
    uint256 private constant DEVIATION_MAX = 5497558138880;
    uint256 private constant HALF_Q40 = 549755813888;

    /// @notice Adds the option at `from` and, where it is the put beside it, the next: all of one strike of the open expiry.
    /// @param to End of the expiry's positions.
    /// @return next The first position of the next strike.
    /// @custom:spec MRG-031
    function add(uint256 from, uint256 to) internal pure returns (uint256 next) {
        unchecked {
            uint256 first = Words.load(from);
            uint256 second = 0;
            int256 size = Positions.sizeE8Of(first);
            int256 puts = Positions.isPut(first) ? size : int256(0);
            next = from + WORD;
            if (next < to && (Words.load(next) ^ first) >> Positions.STRIKE_SHIFT == 0) {
                second = Words.load(next);
                next += WORD;
                puts = Positions.sizeE8Of(second);
                size += puts;
            }
            if (puts != 0) Words.add(R_PUTS, puts);
            uint256 strikeE8 = Positions.strikeE8Of(first);
            uint256 b = OptionValues.discountedStrike(Words.load(R_DISCOUNT), strikeE8);
            uint256 narrow = _addValues(strikeE8, b, size);
            int256 mark = Words.loadSigned(R_V_MID);
            int256 forwardValue = Words.loadSigned(WS_A_ZERO) - int256(b);
            if (Positions.isPut(first)) tally(first, mark - forwardValue, -forwardValue);
            else tally(first, mark, forwardValue);
            if (second != 0) tally(second, mark - forwardValue, -forwardValue);
            if (narrow != 0) {
                for (; from < next; from += WORD) addKink(from, strikeE8, narrow);
            }
        }
    }

    /// @dev Adds `size` calls to the sums of all scenarios; the mark goes to the workspace.
    /// @return narrow At how many shocks the option is narrow, 0 where the price has no range.
    function _addValues(uint256 strikeE8, uint256 b, int256 size) private pure returns (uint256 narrow) {
        unchecked {
            if (Words.load(R_TAU) < OptionValues.INTRINSIC_SECONDS) {
                addPayoff(b, size);
                return Words.load(R_RANGE) == 0 ? 0 : 3;
            }
            int256 kRaw = Kernel.ln(strikeE8, Words.load(R_PUBLISHED));
            setDeviations(kRaw);
            narrow = narrowness();
            int256 logMoneyness = Words.loadSigned(R_LN_FORWARD) - kRaw;
            bool isHeld = OptionValues.isHeld(logMoneyness);
            if (isHeld) {
                logMoneyness = OptionValues.moneyness(logMoneyness);
            } else if (size == 0) {
                uint256 a = Words.load(WS_A_ZERO);
                Words.store(R_V_MID, OptionValues.valueOfCall(a, b, logMoneyness, Words.load(R_S_MID)));
                return narrow;
            }
            if (narrow != 0) ScenarioSums.addPayoffs(narrow, b, size);
            if (isHeld) ScenarioSums.addCallsHeld(narrow, logMoneyness, b, size);
            else CallSums.add(narrow, logMoneyness, b, size);
            int256 vega = Words.loadSigned(R_V_UP) - Words.loadSigned(R_V_DOWN);
            Words.add(strikeE8 < Words.load(R_FORWARD) ? R_BELOW : R_ABOVE, size * vega);
        }
    }

    /// @notice A call that is worth its payoff, whatever the volatility.
    function addPayoff(uint256 b, int256 size) internal pure {
        Words.store(R_V_MID, OptionValues.payoff(Words.load(WS_A_ZERO), b));
        ScenarioSums.addPayoffsAsValues(b, size);
    }

    /// @notice At how many shocks the strike is narrow, from below; deviations do not fall from one to the next.
    /// @custom:spec MRG-032
    function narrowness() internal pure returns (uint256) {
        if (Words.load(R_S_DOWN) >= Words.load(R_NARROW_LIMIT)) return 0;
        if (Words.load(R_S_MID) >= Words.load(R_NARROW_LIMIT)) return 1;
        return Words.load(R_S_UP) >= Words.load(R_NARROW_LIMIT) ? 2 : 3;
    }

    /// @notice The deviations of the strike under the three shocks, into the workspace, from `kRaw = ln(strike, publishedForward)` and what is ready of the expiry.
    ///
    /// Plain form: `Markets.volatility`, then `Volatility.deviationDown`, `deviation`, `deviationUp`; `Referee.t.sol` compares them.
    /// - A root needs no search for its first bit where a number within 7 % of it is known: three Newton steps bring 0.07 to 0.0027, 3.5e-6 and 6.1e-12, which is less than one unit of
    ///   a root below 2^36; a step never falls below the root rounded down, so one more unit is left at most, which the last line takes off.
    /// - `√(y² + s²)` lies within -3 % and +7 % of `max + 3/8·min`; s is 42 at least (MRG-010), so rounding that down takes less than 3 % off.
    /// - The volatility of the strike before is tried for the next, and a number above the root is halved until it is not where that is too far.
    /// - Deviations do not fall from one shock to the next, so the two ends are tested for all three limits.
    /// @custom:spec MRG-022
    function setDeviations(int256 kRaw) internal pure {
        // Safe: writes words of the workspace.
        assembly ("memory-safe") {
            function root(a, near) -> r {
                r := shr(1, add(near, div(a, near)))
                r := shr(1, add(r, div(a, r)))
                r := shr(1, add(r, div(a, r)))
                r := sub(r, gt(mul(r, r), a))
            }
            function held(s) -> r {
                r := s
                if lt(r, DEVIATION_MIN) {
                    r := DEVIATION_MIN
                }
                if gt(r, DEVIATION_MAX) {
                    r := DEVIATION_MAX
                }
            }
            let y := kRaw
            if sgt(y, LOG_CLAMP_Q32) {
                y := LOG_CLAMP_Q32
            }
            if slt(y, sub(0, LOG_CLAMP_Q32)) {
                y := sub(0, LOG_CLAMP_Q32)
            }
            y := sub(y, mload(R_SVI_M))
            let large := mload(R_SVI_SIGMA)
            let small := xor(y, mul(xor(y, sub(0, y)), slt(y, 0)))
            let v := add(mul(y, y), mul(large, large))
            if gt(small, large) {
                let swapped := small
                small := large
                large := swapped
            }
            let x := mul(mload(R_SVI_RHO), y)
            x := add(sub(sdiv(x, ONE), slt(smod(x, ONE), 0)), root(v, add(large, shr(3, mul(3, small)))))
            // `inner`, at least 0; then the variance, held.
            x := mul(x, sgt(x, 0))
            v := add(mload(R_SVI_A), div(mul(mload(R_SVI_B), shl(32, x)), ONE_E12))
            if slt(v, VARIANCE_MIN_Q64) {
                v := VARIANCE_MIN_Q64
            }
            if sgt(v, VARIANCE_MAX_Q64) {
                v := VARIANCE_MAX_Q64
            }
            let near := mload(R_VOLATILITY)
            x := mul(100, mul(near, near))
            if or(lt(x, mul(87, v)), gt(x, mul(114, v))) {
                // From 2^36, the largest root, down: each halving step is a Newton step, until it is near.
                near := 0x1000000000
                for {} gt(mul(100, mul(near, near)), mul(114, v)) {} {
                    near := shr(1, add(near, div(v, near)))
                }
            }
            let vol := root(v, near)
            mstore(R_VOLATILITY, vol)
            let rootTau := mload(R_ROOT_TAU)
            let mid := shr(40, add(mul(vol, rootTau), HALF_Q40))
            let down := shr(40, add(mul(div(mul(vol, mload(R_DOWN)), ONE), rootTau), HALF_Q40))
            x := div(mul(vol, mload(R_UP)), ONE)
            if lt(x, mload(R_UP_FLOOR)) {
                x := mload(R_UP_FLOOR)
            }
            let up := shr(40, add(mul(x, rootTau), HALF_Q40))
            if or(lt(down, DEVIATION_MIN), gt(up, DEVIATION_MAX)) {
                down := held(down)
                mid := held(mid)
                up := held(up)
            }
            mstore(R_S_DOWN, down)
            mstore(R_S_MID, mid)
            mstore(R_S_UP, up)
        }
    }

    /// @notice Equity and floor of an option.
    /// @param payoffE8 What exercising would give if it had to be done; the intrinsic value where that is positive.
    /// @custom:spec MRG-055
    function tally(uint256 w, int256 markE8, int256 payoffE8) internal pure {
        unchecked {
            int256 sizeE8 = Positions.sizeE8Of(w);
            Words.add(R_MARKED, sizeE8 * markE8);
            if (uint96(w) != 0) Words.add(R_COST, Positions.costE8Of(w));
            if (payoffE8 < 0) payoffE8 = 0;
            if (sizeE8 > 0) {
                Words.add(R_FLOOR_MARKED, sizeE8 * (markE8 < payoffE8 ? markE8 : payoffE8));
                int256 least = Words.load(R_RANGE) == 0 ? int256(0) : Words.loadSigned(R_LEAST_PRICE);
                uint256 price = uint256(markE8 > least ? markE8 : least);
                if (price > Words.load(R_FLOOR_PRICE)) price = Words.load(R_FLOOR_PRICE);
                Words.add(R_FLOOR, Rounding.divUp(uint256(sizeE8) * price, ONE));
            } else {
                Words.add(R_FLOOR_MARKED, sizeE8 * (markE8 > payoffE8 ? markE8 : payoffE8));
                Words.add(R_FLOOR, notionalFloor(uint256(-sizeE8)));
                if (Words.load(R_RANGE) != 0) Words.add(R_SHORT, uint256(-sizeE8));
            }
        }
    }

    /// @notice The floor of a perpetual, a future or a short option of that size, whatever its side.
    /// @custom:spec MRG-054
    function notionalFloor(uint256 magnitudeE8) internal pure returns (uint256) {
        return Rounding.divUp(magnitudeE8 * Words.load(R_FLOOR_RATE), ONE_E16);
    }

    /// @notice Appends the kink of the option at an address.
    /// @custom:spec MRG-032
    function addKink(uint256 word, uint256 strikeE8, uint256 narrow) internal pure {
        unchecked {
            int256 sizeE8 = Positions.sizeE8Of(Words.load(word));
            uint256 forwardE8 = Words.load(R_FORWARD);
            bool hasHump = sizeE8 < 0 && Words.load(R_TAU) >= OptionValues.INTRINSIC_SECONDS;
            int256 slope =
                (Words.loadSigned(WS_A + WS_NODE * Scenarios.NODE_PLUS_FOUR) - Words.loadSigned(WS_A_ZERO)) >> 2;
            Between.append(
                Between.place(strikeE8, forwardE8, Words.load(R_RANGE)),
                (word - Words.load(R_FIRST)) / WORD,
                narrow,
                sizeE8 * slope,
                hasHump ? uint256(-sizeE8) : 0,
                forwardE8
            );
            if (narrow > Words.load(R_NARROW)) Words.store(R_NARROW, narrow);
        }
    }
}
