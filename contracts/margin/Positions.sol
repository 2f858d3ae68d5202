// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Words} from "./Words.sol";

/// @title Positions as words of MRG-002
/// @notice `instrument u96 | zz(sizeE8) u64 | zz(costE8) u96` with `instrument = underlying u16 | expiry u32 | strikeE4 u40 | kind u8`; words ascend as instruments do.
/// @custom:spec MRG-002
library Positions {
    /// @dev Words of one underlying have equal bits from here up; so have those of one expiry, of one strike.
    uint256 internal constant UNDERLYING_SHIFT = 240;
    uint256 internal constant EXPIRY_SHIFT = 208;
    uint256 internal constant STRIKE_SHIFT = 168;

    uint256 private constant WORD = 32;
    uint256 private constant STRIKE_SCALE = 10_000;

    function kindOf(uint256 position) internal pure returns (uint256) {
        return (position >> 160) & 0xff;
    }

    /// @notice Of an option, whether it is a put: kinds 2 and 3 are call and put.
    function isPut(uint256 position) internal pure returns (bool) {
        return (position >> 160) & 1 == 1;
    }

    function isOption(uint256 position) internal pure returns (bool) {
        return (position >> 161) & 1 == 1;
    }

    function expiryOf(uint256 position) internal pure returns (uint256) {
        return (position >> EXPIRY_SHIFT) & 0xffffffff;
    }

    function strikeE8Of(uint256 position) internal pure returns (uint256) {
        unchecked {
            return ((position >> STRIKE_SHIFT) & 0xffffffffff) * STRIKE_SCALE;
        }
    }

    function sizeE8Of(uint256 position) internal pure returns (int256 sizeE8) {
        // The zig-zag form of 64 bits: half of it, all bits turned where it is odd.
        assembly ("memory-safe") {
            sizeE8 := xor(and(shr(97, position), 0x7fffffffffffffff), sub(0, and(shr(96, position), 1)))
        }
    }

    function costE8Of(uint256 position) internal pure returns (int256 costE8) {
        // The zig-zag form of 96 bits.
        assembly ("memory-safe") {
            costE8 := xor(and(shr(1, position), 0x7fffffffffffffffffffffff), sub(0, and(position, 1)))
        }
    }

    /// @notice End of the run of words from `from` that agree with the first above `shift` bits.
    function runEnd(uint256 from, uint256 to, uint256 shift) internal pure returns (uint256 end) {
        unchecked {
            uint256 key = Words.load(from) >> shift;
            end = from + WORD;
            while (end < to && Words.load(end) >> shift == key) end += WORD;
        }
    }
}
