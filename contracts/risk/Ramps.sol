// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TokenParameters, UnderlyingParameters} from "../interfaces/IRiskParameters.sol";

/// @title Parameters on their way
/// @notice What asks for less margin moves at once; what asks for more moves linearly, and no value is ever beyond its target: bounds that hold for targets hold on the way.
library Ramps {
    uint256 internal constant FIELDS = 15;
    uint256 internal constant DEPTH = 0;
    uint256 internal constant GROUP = 1;

    /// @notice A value on its way, rounded towards where it goes: against the account.
    /// @custom:spec PAR-005
    function valueAt(uint256 from, uint256 to, uint256 elapsed, uint256 duration) internal pure returns (uint256) {
        if (elapsed >= duration) return to;
        if (to >= from) return from + ((to - from) * elapsed + duration - 1) / duration;
        return from - ((from - to) * elapsed + duration - 1) / duration;
    }

    /// @notice Where an underlying's ramp begins: what is in force, but for what the target loosens.
    /// @custom:spec PAR-005
    function departure(
        UnderlyingParameters memory present,
        UnderlyingParameters memory target
    ) internal pure returns (UnderlyingParameters memory from) {
        (uint256[FIELDS] memory f, uint256[FIELDS] memory p) = (fields(from), fields(present));
        uint256[FIELDS] memory t = fields(target);
        f[DEPTH] = t[DEPTH] > p[DEPTH] ? t[DEPTH] : p[DEPTH];
        f[GROUP] = t[GROUP];
        for (uint256 i = GROUP + 1; i < FIELDS; ++i) f[i] = p[i] < t[i] ? p[i] : t[i];
    }

    /// @notice An underlying on its way.
    /// @custom:spec PAR-005
    function underlyingAt(
        UnderlyingParameters memory from,
        UnderlyingParameters memory to,
        uint256 elapsed,
        uint256 duration
    ) internal pure returns (UnderlyingParameters memory now_) {
        (uint256[FIELDS] memory n, uint256[FIELDS] memory f) = (fields(now_), fields(from));
        uint256[FIELDS] memory t = fields(to);
        for (uint256 i = 0; i < FIELDS; ++i) n[i] = valueAt(f[i], t[i], elapsed, duration);
    }

    /// @notice The fields of a struct in its order, in the same memory.
    function fields(UnderlyingParameters memory p) internal pure returns (uint256[FIELDS] memory words) {
        // Safe: a struct of 15 value types is 15 words in memory, as an array of 15 is; a value written through it stays in its field's type, since it lies between two of that field.
        assembly ("memory-safe") {
            words := p
        }
    }

    /// @notice Where a token's ramp begins.
    /// @custom:spec PAR-005
    function departure(
        TokenParameters memory present,
        TokenParameters memory target
    ) internal pure returns (TokenParameters memory from) {
        (from.underlying, from.unitsE8) = (target.underlying, target.unitsE8);
        // Without a threshold nothing grows, whatever the largest haircut says: a first threshold counts at once, and the largest haircut rises from the base.
        bool grew = present.thresholdE8 != 0;
        uint64 thresholdE8 = target.thresholdE8;
        if (grew && thresholdE8 != 0 && thresholdE8 < present.thresholdE8) thresholdE8 = present.thresholdE8;
        from.thresholdE8 = thresholdE8;
        from.haircutBaseE8 = _less(present.haircutBaseE8, target.haircutBaseE8);
        bool begins = !grew && thresholdE8 != 0;
        from.haircutMaxE8 = _less(begins ? present.haircutBaseE8 : present.haircutMaxE8, target.haircutMaxE8);
    }

    /// @notice A token on its way.
    /// @custom:spec PAR-005
    function tokenAt(
        TokenParameters memory from,
        TokenParameters memory to,
        uint256 elapsed,
        uint256 duration
    ) internal pure returns (TokenParameters memory p) {
        (p.underlying, p.unitsE8) = (to.underlying, to.unitsE8);
        p.haircutBaseE8 = uint32(valueAt(from.haircutBaseE8, to.haircutBaseE8, elapsed, duration));
        p.haircutMaxE8 = uint32(valueAt(from.haircutMaxE8, to.haircutMaxE8, elapsed, duration));
        p.thresholdE8 = uint64(valueAt(from.thresholdE8, to.thresholdE8, elapsed, duration));
    }

    /// @notice The target that is left when a step of attesters meets a ramp: of what is on its way the tighter of both.
    /// @return merged The target.
    /// @return looser Whether the step would loosen what governance is tightening.
    /// @custom:spec PAR-006
    function meet(
        uint256 present,
        uint256 target,
        uint256 step,
        bool tightensDown
    ) internal pure returns (uint256 merged, bool looser) {
        if (present == target) return (step, false);
        looser = tightensDown ? step > present : step < present;
        bool further = tightensDown ? step < target : step > target;
        merged = further ? step : target;
    }

    /// @notice What a step says of a field, no looser than what is in force while governance tightens it: of what moves by the second nobody can sign the value of the block to come.
    /// @custom:spec PAR-006
    function atLeast(uint64 present, uint64 target, uint64 step, bool tightensDown) internal pure returns (uint64) {
        bool looser = tightensDown ? step > present : step < present;
        return present != target && looser ? present : step;
    }

    function _less(uint32 a, uint32 b) private pure returns (uint32) {
        return a < b ? a : b;
    }
}
