// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {SignedDivision} from "./SignedDivision.sol";

/// @title Fills and slices on a state in memory
library Fills {
    using SignedDivision for int256;

    int256 internal constant ONE = 1e8;

    /// @notice What a fill of a signed size costs at a price against its cumulative funding, rounded up: a buyer pays more, a seller gets less.
    /// @custom:spec CLR-011
    function valueUp(int256 sizeE8, int256 priceE8, int256 fundingE8) internal pure returns (int256 valueE8) {
        return (sizeE8 * (priceE8 - fundingE8)).ceil(ONE);
    }

    /// @notice Adds size `d` at cost `v` to a position. An option keeps no cost: its premium moves cash. Of another kind the part that closes is realised into cash, pro rata and rounded down; `cash - cost` falls by exactly `v`.
    /// @return realisedE8 What moved from cost into cash.
    /// @custom:spec CLR-011
    function add(Position memory position, int256 d, int256 v) internal pure returns (int256 realisedE8) {
        (int256 s, int256 c) = (position.sizeE8, position.costE8);
        if (Instruments.isOption(position.instrument)) {
            position.sizeE8 = s + d;
            return -v;
        }
        if (s == 0 || (s > 0) == (d > 0)) {
            position.sizeE8 = s + d;
            position.costE8 = c + v;
            return 0;
        }
        int256 magnitude = int256(s.abs());
        int256 traded = int256(d.abs());
        int256 closed = traded < magnitude ? traded : magnitude;
        int256 closedCost = closed == magnitude ? c : (c * closed).ceil(magnitude);
        int256 closedValue = closed == traded ? v : (v * closed).ceil(traded);
        position.sizeE8 = s + d;
        position.costE8 = c - closedCost + v - closedValue;
        realisedE8 = -closedValue - closedCost;
    }

    /// @notice The position of an instrument in a sorted state; an empty one is put in its place when there is none.
    function find(AccountState memory account, uint96 instrument) internal pure returns (Position memory) {
        Position[] memory old = account.positions;
        uint256 n = old.length;
        uint256 place = _placeOf(old, instrument);
        if (place < n && old[place].instrument == instrument) return old[place];
        Position[] memory grown = _pointers(n + 1);
        for (uint256 i = 0; i < place; ++i) grown[i] = old[i];
        grown[place] = Position(instrument, 0, 0);
        for (uint256 i = place; i < n; ++i) grown[i + 1] = old[i];
        account.positions = grown;
        return grown[place];
    }

    /// @dev The first place whose instrument is not below another, halving what is left.
    function _placeOf(Position[] memory positions, uint96 instrument) private pure returns (uint256 place) {
        uint256 end = positions.length;
        while (place < end) {
            uint256 middle = (place + end) / 2;
            if (positions[middle].instrument < instrument) place = middle + 1;
            else end = middle;
        }
    }

    /// @notice Puts empty positions in their places for words of positions that ascend by instrument, all in one pass: one by one each would copy the whole array.
    function prepare(AccountState memory account, bytes calldata words) internal pure {
        Position[] memory old = account.positions;
        Position[] memory grown;
        // Safe: takes room for as many pointers as there are positions and words, and behind them three words for each position that is new; the reads stay inside `old` and `words`.
        assembly ("memory-safe") {
            grown := mload(0x40)
            let to := add(grown, 32)
            let from := add(old, 32)
            let end := add(from, shl(5, mload(old)))
            let fresh := add(to, add(sub(end, from), words.length))
            let word := words.offset
            for {
                let last := add(word, words.length)
            } lt(word, last) {
                word := add(word, 32)
            } {
                let added := shr(160, calldataload(word))
                for {} lt(from, end) {
                    from := add(from, 32)
                    to := add(to, 32)
                } {
                    if iszero(lt(mload(mload(from)), added)) {
                        break
                    }
                    mstore(to, mload(from))
                }
                let position := fresh
                if lt(from, end) {
                    if eq(mload(mload(from)), added) {
                        position := mload(from)
                        from := add(from, 32)
                    }
                }
                if eq(position, fresh) {
                    mstore(fresh, added)
                    mstore(add(fresh, 32), 0)
                    mstore(add(fresh, 64), 0)
                    fresh := add(fresh, 96)
                }
                mstore(to, position)
                to := add(to, 32)
            }
            mcopy(to, from, sub(end, from))
            mstore(grown, shr(5, sub(add(to, sub(end, from)), add(grown, 32))))
            mstore(0x40, fresh)
        }
        account.positions = grown;
    }

    /// @dev An array whose places are all set before they are read: the compiler would fill each with a position of its own.
    function _pointers(uint256 count) private pure returns (Position[] memory positions) {
        // Safe: takes the length and the pointers.
        assembly ("memory-safe") {
            positions := mload(0x40)
            mstore(positions, count)
            mstore(0x40, add(positions, shl(5, add(count, 1))))
        }
    }

    /// @notice Drops positions of size zero. Their cost is zero, too: closing realises all of it.
    function prune(AccountState memory account) internal pure {
        Position[] memory positions = account.positions;
        uint256 n = positions.length;
        uint256 kept = _heldUpTo(positions);
        // Mostly there is none to drop.
        if (kept == n) return;
        for (uint256 i = kept + 1; i < n; ++i) if (positions[i].sizeE8 != 0) positions[kept++] = positions[i];
        // Safe: only ever shortens the array.
        assembly ("memory-safe") {
            mstore(positions, kept)
        }
    }

    /// @dev How many positions stand before the first of size zero.
    function _heldUpTo(Position[] memory positions) private pure returns (uint256 count) {
        // Safe: reads the pointers of the array and the second word of each position, the size.
        assembly ("memory-safe") {
            let first := add(positions, 32)
            let pointer := first
            for {
                let end := add(first, shl(5, mload(positions)))
            } lt(pointer, end) {
                pointer := add(pointer, 32)
            } {
                if iszero(mload(add(mload(pointer), 32))) {
                    break
                }
            }
            count := shr(5, sub(pointer, first))
        }
    }
}
