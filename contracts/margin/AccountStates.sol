// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Instruments} from "./Instruments.sol";
import {PositionEmpty, PositionsUnsorted, StateMalformed} from "./MarginErrors.sol";

/// @notice One position: what is held and what it cost (an option's premium moved cash, so its cost is 0).
struct Position {
    uint96 instrument;
    int256 sizeE8;
    int256 costE8;
}

/// @notice An account's state, unpacked.
struct AccountState {
    int256 cashE8;
    uint64 interestIndexE12;
    uint32 version;
    uint24 flags;
    uint64 lockedGainE8;
    uint40 gainTime;
    uint40 lastOperation;
    Position[] positions;
}

/// @title The packed state of an account
/// @notice `2 + n` words, n at most 128: word 0 `zz(cashE8) u128 | interestIndexE12 u64 | version u32 | format u8 | flags u24`,
/// word 1 `lockedGainE8 u64 | gainTime u40 | lastOperation u40 | 0 u112`, then `instrument u96 | zz(sizeE8) u64 | zz(costE8) u96` a position.
/// @custom:spec MRG-002
library AccountStates {
    uint256 internal constant FORMAT = 1;
    uint256 internal constant HEADER_BYTES = 64;
    uint256 internal constant POSITIONS_MAX = 128;
    uint256 private constant EXPIRY_MASK = 0xffffffff0000000000000000000000000000000000000000000000000000;
    uint256 private constant STRIKE_MASK = 0xffffffffff000000000000000000000000000000000000000000;
    uint256 private constant SIZE_MASK = 0x00ffffffffffffffff000000000000000000000000;
    uint256 private constant FORMS = 0x1128;
    // One more than the bytes of the most positions.
    uint256 private constant SPAN = 4097;

    /// @notice The zig-zag form `v >= 0 ? 2v : -2v - 1`, so that small negative numbers keep zero bytes.
    function zigzag(int256 v) internal pure returns (uint256 z) {
        // Why unchecked: callers hold |v| < 2^127 (MRG-003), so 2v stays in int256; v >> 255 is 0 or -1.
        unchecked {
            z = uint256((v << 1) ^ (v >> 255));
        }
    }

    function unzigzag(uint256 z) internal pure returns (int256 v) {
        // Why unchecked: z & 1 is 0 or 1, so the mask is 0 or -1.
        unchecked {
            v = int256(z >> 1) ^ -int256(z & 1);
        }
    }

    /// @notice The state of an account that was never touched: all zero words but the format.
    function empty() internal pure returns (bytes memory) {
        return abi.encodePacked(FORMAT << 24, uint256(0));
    }

    /// @notice The cash of a well-formed state.
    function cashE8(bytes calldata state) internal pure returns (int256) {
        uint256 w;
        assembly ("memory-safe") {
            w := calldataload(state.offset)
        }
        return unzigzag(w >> 128);
    }

    /// @notice The index that the cash of a well-formed state is at.
    function interestIndexE12(bytes calldata state) internal pure returns (uint64) {
        return uint64(word(state, 0) >> 64);
    }

    /// @notice Number of positions of a well-formed state.
    function count(bytes calldata state) internal pure returns (uint256) {
        return (state.length - HEADER_BYTES) / 32;
    }

    function word(bytes calldata state, uint256 index) internal pure returns (uint256) {
        return uint256(bytes32(state[32 * index:32 * index + 32]));
    }

    /// @notice Reverts unless the state is well formed, in the order StateMalformed, PositionsUnsorted, PositionEmpty, InstrumentInvalid.
    function validate(bytes calldata state) internal pure {
        requireForm(state);
        if (!_arePositionsValid(state)) _refusePositions(state);
    }

    /// @notice Reverts with StateMalformed unless length, format and spare bits are those of a state.
    function requireForm(bytes calldata state) internal pure {
        bool fits;
        // Safe: reading beyond the calldata gives zeros, and the length is compared too. Byte 28 of the first word is the format; the last 14 of the second are spare.
        assembly ("memory-safe") {
            let length := state.length
            fits := and(lt(sub(length, HEADER_BYTES), SPAN), iszero(and(length, 31)))
            fits := and(fits, eq(byte(28, calldataload(state.offset)), FORMAT))
            fits := and(fits, iszero(shl(144, calldataload(add(state.offset, 32)))))
        }
        require(fits, StateMalformed(state.length));
    }

    /// @dev One pass over the positions, without a branch in it.
    function _arePositionsValid(bytes calldata state) private pure returns (bool valid) {
        // Why it is right: `bad` collects one bit of each rule. Order: instruments rise, so every one is above 0. Size: the 64 bits are not all zero. Underlying: not 0 in the first, so in none.
        // Kind, expiry and strike: kind·4, whether there is no expiry ·2 and whether there is no strike make a number, of which four are right: 3, 5, 8 and 12.
        // Reads calldata inside `state`, whose length is 64 and a multiple of 32.
        assembly ("memory-safe") {
            let previous := 0
            let end := add(state.offset, state.length)
            let at_ := add(state.offset, HEADER_BYTES)
            let bad := and(lt(at_, end), iszero(shr(240, calldataload(at_))))
            for {} lt(at_, end) {
                at_ := add(at_, 32)
            } {
                let w := calldataload(at_)
                let instrument := shr(160, w)
                let form := add(iszero(and(w, STRIKE_MASK)), shl(1, iszero(and(w, EXPIRY_MASK))))
                form := add(form, shl(2, and(instrument, 0xff)))
                bad := or(bad, iszero(and(shr(form, FORMS), gt(instrument, previous))))
                bad := or(bad, iszero(and(w, SIZE_MASK)))
                previous := instrument
            }
            valid := iszero(bad)
        }
    }

    /// @dev Finds the error of positions that are not valid, in the order of the rules.
    function _refusePositions(bytes calldata state) private pure {
        uint256 n = count(state);
        uint256 previous = 0;
        for (uint256 i = 0; i < n; ++i) {
            uint256 instrument = word(state, 2 + i) >> 160;
            require(instrument > previous, PositionsUnsorted(i));
            previous = instrument;
        }
        for (uint256 i = 0; i < n; ++i) require(uint64(word(state, 2 + i) >> 96) != 0, PositionEmpty(i));
        for (uint256 i = 0; i < n; ++i) Instruments.requireValid(uint96(word(state, 2 + i) >> 160));
    }

    /// @notice Unpacks a well-formed state.
    function decode(bytes calldata state) internal pure returns (AccountState memory account) {
        uint256 w = word(state, 0);
        account.cashE8 = unzigzag(w >> 128);
        account.interestIndexE12 = uint64(w >> 64);
        account.version = uint32(w >> 32);
        account.flags = uint24(w);
        w = word(state, 1);
        account.lockedGainE8 = uint64(w >> 192);
        account.gainTime = uint40(w >> 152);
        account.lastOperation = uint40(w >> 112);
        account.positions = _unpackAll(state);
    }

    /// @dev The position of every word, in memory that is written once: an array of structs that the compiler allocates is first filled with zeros.
    function _unpackAll(bytes calldata state) private pure returns (Position[] memory positions) {
        // Safe: takes the array's length and pointers, and behind them three words a position, all written; reads the words of `state` behind its header.
        // Zig-zag as in `unzigzag`; the masks leave 64 and 96 bits.
        assembly ("memory-safe") {
            positions := mload(0x40)
            let at_ := add(state.offset, HEADER_BYTES)
            let end := add(state.offset, state.length)
            mstore(positions, shr(5, sub(end, at_)))
            let pointer := add(positions, 32)
            let position := add(pointer, sub(end, at_))
            for {} lt(at_, end) {
                at_ := add(at_, 32)
            } {
                let w := calldataload(at_)
                mstore(pointer, position)
                pointer := add(pointer, 32)
                mstore(position, shr(160, w))
                let z := and(shr(96, w), 0xffffffffffffffff)
                mstore(add(position, 32), xor(shr(1, z), sub(0, and(z, 1))))
                z := and(w, 0xffffffffffffffffffffffff)
                mstore(add(position, 64), xor(shr(1, z), sub(0, and(z, 1))))
                position := add(position, 96)
            }
            mstore(0x40, position)
        }
    }

    /// @notice Packs a state whose values are in the domain of MRG-003 and whose positions are sorted and not empty.
    function encode(AccountState memory account) internal pure returns (bytes memory state) {
        uint256 n = account.positions.length;
        state = new bytes(HEADER_BYTES + 32 * n);
        uint256 word0 =
            (zigzag(account.cashE8) << 128) |
                (uint256(account.interestIndexE12) << 64) |
                (uint256(account.version) << 32) |
                (FORMAT << 24) |
                account.flags;
        uint256 word1 =
            (uint256(account.lockedGainE8) << 192) |
                (uint256(account.gainTime) << 152) |
                (uint256(account.lastOperation) << 112);
        _store(state, 0, word0);
        _store(state, 1, word1);
        _packAll(account.positions, state);
    }

    /// @dev `pack` of every position, behind the header.
    function _packAll(Position[] memory positions, bytes memory state) private pure {
        // Safe: writes as many words behind the header as `encode` allocated; zig-zag as in `zigzag`, in the domain of MRG-003 no field reaches into the next.
        assembly ("memory-safe") {
            let pointer := add(positions, 32)
            let to := add(add(state, 32), HEADER_BYTES)
            for {
                let end := add(pointer, shl(5, mload(positions)))
            } lt(pointer, end) {
                pointer := add(pointer, 32)
                to := add(to, 32)
            } {
                let position := mload(pointer)
                let size := mload(add(position, 32))
                let cost := mload(add(position, 64))
                let w := or(shl(160, mload(position)), shl(96, xor(shl(1, size), sar(255, size))))
                mstore(to, or(w, xor(shl(1, cost), sar(255, cost))))
            }
        }
    }

    function pack(uint96 instrument, int256 sizeE8, int256 costE8) internal pure returns (uint256) {
        return (uint256(instrument) << 160) | (zigzag(sizeE8) << 96) | zigzag(costE8);
    }

    function _store(bytes memory state, uint256 index, uint256 value) private pure {
        // Safe: callers pass index < state.length / 32, and state was allocated by `new bytes`.
        assembly ("memory-safe") {
            mstore(add(add(state, 32), mul(32, index)), value)
        }
    }
}
