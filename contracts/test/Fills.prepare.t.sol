// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fills} from "../clearing/Fills.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";

/// @notice Places for the legs of a slice among the positions of a bidder: each instrument once, ascending, what was held as it was.
contract FillsPrepareTest {
    uint256 private constant MOST = 24;

    /// @param held Bit i: instrument i + 1 is held. @param legs Bit i: it comes with the slice.
    function testFuzz_prepare_mergesInOrder(uint24 held, uint24 legs) public view {
        AccountState memory state;
        state.positions = new Position[](_count(held));
        bytes memory words = "";
        uint256 place = 0;
        for (uint256 i = 0; i < MOST; ++i) {
            if ((held >> i) & 1 != 0) state.positions[place++] = Position(uint96(i + 1), int256(i) - 7, int256(i) + 3);
            if ((legs >> i) & 1 != 0) words = bytes.concat(words, bytes32(AccountStates.pack(uint96(i + 1), 5, -9)));
        }
        Position[] memory merged = this.prepared(state, words);
        assert(merged.length == _count(held | legs));
        place = 0;
        for (uint256 i = 0; i < MOST; ++i) {
            if (((held | legs) >> i) & 1 == 0) continue;
            Position memory found = merged[place++];
            bool was = (held >> i) & 1 != 0;
            assert(found.instrument == i + 1);
            assert(
                found.sizeE8 == (was ? int256(i) - 7 : int256(0)) && found.costE8 == (was ? int256(i) + 3 : int256(0))
            );
        }
    }

    function prepared(AccountState memory state, bytes calldata words) external pure returns (Position[] memory) {
        Fills.prepare(state, words);
        // What is allocated next must not lie on what was prepared.
        bytes memory after_ = new bytes(320);
        for (uint256 i = 0; i < 320; ++i) after_[i] = 0xff;
        return state.positions;
    }

    function _count(uint24 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) ++count;
    }
}
