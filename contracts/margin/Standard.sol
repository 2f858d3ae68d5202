// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Book} from "./Markets.sol";
import {Terms} from "./RiskGroups.sol";
import {Totals} from "./Totals.sol";

/// @title Standard margin: every position and every collateral in an account of its own
/// @custom:spec MRG-053
library Standard {
    uint256 private constant WORD = 32;

    /// @notice `Σ MM` over accounts that hold one position, or one collateral, each alone.
    function measure(Book memory book) internal pure returns (uint256 standardE8) {
        unchecked {
            // The whole requirement alone of the collateral that is no underlying.
            standardE8 = book.haircutE8;
            book.haircutE8 = 0;
            uint256 firstRecord = book.nextRecord;
            uint256[] memory spots = book.spots;
            uint256 end = book.positionsEnd;
            book.spots = new uint256[](0);
            for (uint256 position = book.positions; position < end; position += WORD) {
                (book.positions, book.positionsEnd) = (position, position + WORD);
                standardE8 += _alone(book, firstRecord);
            }
            book.positions = end;
            book.positionsEnd = end;
            book.spots = new uint256[](1);
            for (uint256 i = 0; i < spots.length; ++i) {
                book.spots[0] = spots[i];
                standardE8 += _alone(book, firstRecord);
            }
        }
    }

    /// @dev `MM` of the book as it is. Memory of the last one is given back, so that 160 runs need no more than one.
    function _alone(Book memory book, uint256 firstRecord) private pure returns (uint256 maintenanceE8) {
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        book.nextRecord = firstRecord;
        Terms[] memory terms = Totals.measure(book);
        maintenanceE8 = Totals.maintenance(terms, Totals.groups(terms));
        // Safe: nothing that was allocated since is used after this; the number above is on the stack.
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
