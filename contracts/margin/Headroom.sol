// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountStates} from "./AccountStates.sol";
import {AddOns} from "./AddOns.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Book} from "./Markets.sol";
import {Records} from "./Records.sol";
import {Rounding} from "./Rounding.sol";
import {Terms} from "./RiskGroups.sol";
import {Totals} from "./Totals.sol";
import {Words} from "./Words.sol";
import {R_RECORD, R_RECORD_END, R_TIME} from "./Workspace.sol";

/// @title Headroom of a fill: the most that it can raise the initial margin of any account by
/// @custom:spec MRG-058
library Headroom {
    uint256 internal constant ONE = 1e8;
    /// @notice Covers the roundings.
    uint256 internal constant ROUNDING_UNITS = 8;

    uint256 private constant WORD = 32;

    /// @notice `rise`, from the book that holds only the fill.
    /// @param book Its positions and spots are set here; its checkpoint is open.
    function rise(Book memory book, uint96 instrument, int256 sizeE8) internal pure returns (uint256 riseE8) {
        unchecked {
            uint256 position = Words.take(WORD);
            Words.store(position, (uint256(instrument) << 160) | (AccountStates.zigzag(sizeE8) << 96));
            (book.positions, book.positionsEnd, book.spots) = (position, position + WORD, new uint256[](0));
            Terms[] memory terms = Totals.measure(book);
            Terms memory alone = terms[0];
            uint256 record = Words.load(R_RECORD);
            uint256 crossRateE8 = 2 * Records.slippageCapE8(record) + Rounding.divUp(3 * largestBasisRateE8(record), 2);
            uint256 requirement = Totals.groups(terms) + alone.vegaE8 + alone.rateE8 + alone.staleE8;
            requirement += Rounding.divUp(crossRateE8 * alone.grossE8, ONE);
            uint256 spread = AddOns.spread(record, alone.grossE8);
            riseE8 = Totals.initial(book.initialFactorE8, requirement, spread) + ROUNDING_UNITS;
        }
    }

    /// @notice `c_max`: the largest basis rate over spot and all expiries of the record that was measured.
    function largestBasisRateE8(uint256 record) internal pure returns (uint256 largest) {
        unchecked {
            uint256 last = 0;
            uint256 word = record + WORD * Checkpoints.UNDERLYING_WORDS;
            for (; word < Words.load(R_RECORD_END); word += WORD * Checkpoints.EXPIRY_WORDS) {
                last = Rounding.max(last, Words.inCalldata(word) >> 224);
            }
            uint256 time = Words.load(R_TIME);
            largest = AddOns.basisRateE8(record, last > time ? last - time : 0);
        }
    }
}
