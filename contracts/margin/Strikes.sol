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
    uint256 private constant HALF_E12 = 500000000000;
    uint256 private constant ONE_E16 = 1e16;
    // As in `Positions`.
    uint256 private constant STRIKE_SCALE = 10000;

    // The constants of MRG-022 and MRG-024, as `Volatility` names them.
    uint256 private constant LOG_CLAMP_Q32 = 25769803776;
    uint256 private constant VARIANCE_MIN_Q64 = 18446744073709;
    uint256 private constant VARIANCE_MAX_Q64 = 4722366482869645213696;
    uint256 private constant DEVIATION_MIN = 2560;
    uint256 private constant DEVIATION_MAX = 343597383680;
    uint256 private constant HALF_Q44 = 8796093022208;

    /// @notice Adds the option at `from` and, where it is the put beside it, the next: all of one strike of the open expiry.
    /// @param to End of the expiry's positions.
    /// @return next The first position of the next strike.
    /// @custom:spec MRG-031
    function add(uint256 from, uint256 to) internal pure returns (uint256 next) {
        unchecked {
            uint256 first;
            uint256 second;
            int256 size;
            int256 puts;
            uint256 strikeE8;
            uint256 b;
            (next, first, second, size, puts, strikeE8, b) = parse(from, to);
            uint256 narrow = _addValues(strikeE8, b, size);
            int256 forwardValue = addMarked(first, second, size, puts, b);
            int256 mark = Words.loadSigned(R_V_MID);
            if (size != puts) tally(size - puts, mark, forwardValue);
            if (puts != 0) tally(puts, mark - forwardValue, -forwardValue);
            if (narrow != 0) {
                for (; from < next; from += WORD) addKink(from, strikeE8, narrow);
            }
        }
    }

    /// @notice The option at `from` and, where it is the put beside it, the next; the puts are added to their sum.
    /// @param to End of the expiry's positions.
    /// @return next The first position of the next strike.
    /// @return first The word at `from`.
    /// @return second The put beside the call, 0 where there is none.
    /// @return size The size of both together.
    /// @return puts The size of the put; no position has size zero, so this says whether there is one, and `size - puts` whether there is a call.
    /// @return strikeE8 Their strike.
    /// @return b The same discounted, `B` of MRG-026.
    function parse(
        uint256 from,
        uint256 to
    )
        internal
        pure
        returns (uint256 next, uint256 first, uint256 second, int256 size, int256 puts, uint256 strikeE8, uint256 b)
    {
        // Safe: writes a word of the workspace. Plain form: `Positions` and `OptionValues.discountedStrike`. Kinds 2 and 3 are call and put, so a call stands before its put.
        assembly ("memory-safe") {
            function sizeOf(w) -> s {
                s := xor(and(shr(97, w), 0x7fffffffffffffff), sub(0, and(shr(96, w), 1)))
            }
            first := mload(from)
            size := sizeOf(first)
            puts := mul(size, and(shr(160, first), 1))
            next := add(from, WORD)
            if lt(next, to) {
                let w := mload(next)
                if iszero(shr(168, xor(w, first))) {
                    second := w
                    puts := sizeOf(w)
                    size := add(size, puts)
                    next := add(next, WORD)
                }
            }
            mstore(R_PUTS, add(mload(R_PUTS), puts))
            strikeE8 := mul(and(shr(168, first), 0xffffffffff), STRIKE_SCALE)
            b := div(add(mul(mload(R_DISCOUNT), strikeE8), HALF_E12), ONE_E12)
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
            narrow = setDeviations(kRaw);
            int256 logMoneyness = Words.loadSigned(R_LN_FORWARD) - kRaw;
            if (narrow != 0 && size != 0) ScenarioSums.addPayoffs(narrow, b, size);
            if (OptionValues.isHeld(logMoneyness)) {
                ScenarioSums.addCallsHeld(narrow, OptionValues.moneyness(logMoneyness), b, size);
            } else if (size == 0) {
                uint256 a = Words.load(WS_A_ZERO);
                Words.store(R_V_MID, OptionValues.valueOfCall(a, b, logMoneyness, Words.load(R_S_MID)));
                return narrow;
            } else {
                CallSums.add(narrow, logMoneyness, b, size);
            }
            addVega(strikeE8, size);
        }
    }

    /// @notice Adds what a strike whose values stand in the workspace gives to the vega below or above the forward.
    /// @custom:spec MRG-044
    function addVega(uint256 strikeE8, int256 size) internal pure {
        // Safe: writes a word of the workspace; the sum below the forward stands one word before that above.
        assembly ("memory-safe") {
            let sum := sub(R_ABOVE, shl(5, lt(strikeE8, mload(R_FORWARD))))
            mstore(sum, add(mload(sum), mul(size, sub(mload(R_V_UP), mload(R_V_DOWN)))))
        }
    }

    /// @notice A call that is worth its payoff, whatever the volatility.
    function addPayoff(uint256 b, int256 size) internal pure {
        Words.store(R_V_MID, OptionValues.payoff(Words.load(WS_A_ZERO), b));
        ScenarioSums.addPayoffsAsValues(b, size);
    }

    /// @notice The deviations of the strike under the three shocks, into the workspace, from `kRaw = ln(strike, publishedForward)` and what is ready of the expiry.
    ///
    /// Plain form: `Volatility.atStrike`, then `Volatility.deviationDown`, `deviation`, `deviationUp`; `Referee.t.sol` compares them.
    /// - A root needs no search for its first bit where a number within 7 % of it is known: three Newton steps bring 0.07 to 0.0027, 3.5e-6 and 6.1e-12, which is less than one unit of
    ///   a root below 2^36; a step never falls below the root rounded down, so one more unit is left at most, which the last line takes off.
    /// - `√(y² + s²)` lies within -3 % and +7 % of `max + 3/8·min`; s is 42 at least (MRG-010), so rounding that down takes less than 3 % off.
    /// - The volatility of the strike before is tried for the next, and a number above the root is halved until it is not where that is too far.
    /// - Deviations do not fall from one shock to the next, so the two ends are tested for all three limits.
    /// @return narrow At how many shocks the strike is narrow, from below (MRG-032).
    /// @custom:spec MRG-022
    function setDeviations(int256 kRaw) internal pure returns (uint256 narrow) {
        // Safe: writes words of the workspace.
        assembly ("memory-safe") {
            function held(s) -> d {
                d := s
                if lt(d, DEVIATION_MIN) {
                    d := DEVIATION_MIN
                }
                if gt(d, DEVIATION_MAX) {
                    d := DEVIATION_MAX
                }
            }
            let y := kRaw
            // Outside [-limit, limit], in one comparison.
            if gt(add(y, LOG_CLAMP_Q32), 51539607552) {
                y := sub(mul(51539607552, sgt(y, 0)), LOG_CLAMP_Q32)
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
            // The root, by three steps.
            let r := add(large, shr(3, mul(3, small)))
            r := shr(1, add(r, div(v, r)))
            r := shr(1, add(r, div(v, r)))
            r := shr(1, add(r, div(v, r)))
            let x := mul(mload(R_SVI_RHO), y)
            x := add(sub(sdiv(x, ONE), slt(smod(x, ONE), 0)), sub(r, gt(mul(r, r), v)))
            // `inner`, at least 0; then the variance, held.
            x := mul(x, sgt(x, 0))
            v := add(mload(R_SVI_A), div(mul(mload(R_SVI_B), shl(32, x)), ONE_E12))
            if gt(sub(v, VARIANCE_MIN_Q64), sub(VARIANCE_MAX_Q64, VARIANCE_MIN_Q64)) {
                switch sgt(v, VARIANCE_MAX_Q64)
                case 1 {
                    v := VARIANCE_MAX_Q64
                }
                default {
                    v := VARIANCE_MIN_Q64
                }
            }
            // A step from anywhere lands at the root or above it; then down until it is within 1/512.
            let vol := mload(R_VOLATILITY)
            vol := or(vol, shl(31, iszero(vol)))
            vol := shr(1, add(vol, div(v, vol)))
            for {} gt(mul(vol, vol), add(v, shr(8, v))) {} {
                vol := shr(1, add(vol, div(v, vol)))
            }
            vol := shr(1, add(vol, div(v, vol)))
            vol := shr(1, add(vol, div(v, vol)))
            vol := sub(vol, gt(mul(vol, vol), v))
            mstore(R_VOLATILITY, vol)
            let rootTau := mload(R_ROOT_TAU)
            let mid := shr(44, add(mul(vol, rootTau), HALF_Q44))
            let down := shr(44, add(mul(div(mul(vol, mload(R_DOWN)), ONE), rootTau), HALF_Q44))
            x := div(mul(vol, mload(R_UP)), ONE)
            if lt(x, mload(R_UP_FLOOR)) {
                x := mload(R_UP_FLOOR)
            }
            let up := shr(44, add(mul(x, rootTau), HALF_Q44))
            if or(lt(down, DEVIATION_MIN), gt(up, DEVIATION_MAX)) {
                down := held(down)
                mid := held(mid)
                up := held(up)
            }
            mstore(R_S_DOWN, down)
            mstore(R_S_MID, mid)
            mstore(R_S_UP, up)
            x := mload(R_NARROW_LIMIT)
            narrow := add(lt(down, x), add(lt(mid, x), lt(up, x)))
        }
    }

    /// @notice Adds what the options of a strike are worth to equity, `Σ size·mark`, and their costs.
    /// @param second 0 where there is only one.
    /// @param size The size of both together, `puts` that of the put.
    /// @param b The discounted strike.
    /// @return forwardValue What a call is worth above its put.
    /// @custom:spec MRG-050
    function addMarked(
        uint256 first,
        uint256 second,
        int256 size,
        int256 puts,
        uint256 b
    ) internal pure returns (int256 forwardValue) {
        unchecked {
            // Safe: writes a word of the workspace.
            assembly ("memory-safe") {
                forwardValue := sub(mload(WS_A_ZERO), b)
                mstore(R_MARKED, add(mload(R_MARKED), sub(mul(size, mload(R_V_MID)), mul(puts, forwardValue))))
            }
            // Why rarely: an option's premium moved cash.
            if (uint96(first | second) != 0) {
                Words.add(R_COST, Positions.costE8Of(first) + Positions.costE8Of(second));
            }
        }
    }

    /// @notice The floor of an option, and its size where that counts for the short minimum.
    /// @param payoffE8 What exercising would give if it had to be done; the intrinsic value where that is positive.
    ///
    /// Plain form, with `payoff = max(payoffE8, 0)`: long, `size·min(mark, payoff)` and `⌈size·min(max(mark, least), floorPrice)/10^8⌉`; short, `size·max(mark, payoff)` and
    /// `notionalFloor(-size)`; `least` and the size of a short count where the price has a range.
    /// @custom:spec MRG-055
    function tally(int256 size, int256 markE8, int256 payoffE8) internal pure {
        // Safe: writes words of the workspace.
        assembly ("memory-safe") {
            let price := mul(payoffE8, sgt(payoffE8, 0))
            let hasRange := iszero(iszero(mload(R_RANGE)))
            switch sgt(size, 0)
            case 1 {
                if slt(markE8, price) {
                    price := markE8
                }
                mstore(R_FLOOR_MARKED, add(mload(R_FLOOR_MARKED), mul(size, price)))
                price := mul(mload(R_LEAST_PRICE), hasRange)
                if sgt(markE8, price) {
                    price := markE8
                }
                if gt(price, mload(R_FLOOR_PRICE)) {
                    price := mload(R_FLOOR_PRICE)
                }
                mstore(R_FLOOR, add(mload(R_FLOOR), div(add(mul(size, price), 99999999), ONE)))
            }
            default {
                if sgt(markE8, price) {
                    price := markE8
                }
                mstore(R_FLOOR_MARKED, add(mload(R_FLOOR_MARKED), mul(size, price)))
                size := sub(0, size)
                mstore(
                    R_FLOOR,
                    add(mload(R_FLOOR), div(add(mul(size, mload(R_FLOOR_RATE)), 9999999999999999), 10000000000000000))
                )
                mstore(R_SHORT, add(mload(R_SHORT), mul(size, hasRange)))
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
