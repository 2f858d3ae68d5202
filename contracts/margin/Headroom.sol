// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {UnderlyingBreakdown} from "../interfaces/IReferee.sol";
import {AccountStates} from "./AccountStates.sol";
import {AddOns} from "./AddOns.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Book, Market, Markets} from "./Markets.sol";
import {Rounding} from "./Rounding.sol";
import {Terms} from "./RiskGroups.sol";
import {Totals} from "./Totals.sol";
import {Tally} from "./Underlyings.sol";

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
            uint256[] memory word = new uint256[](1);
            word[0] = (uint256(instrument) << 160) | (AccountStates.zigzag(sizeE8) << 96);
            uint256 position;
            assembly ("memory-safe") {
                position := add(word, WORD)
            }
            (book.positions, book.positionsEnd, book.spots) = (position, position + WORD, new uint256[](0));
            uint256 firstRecord = book.nextRecord;
            Tally memory tally;
            Terms[] memory terms = Totals.measure(book, tally);
            UnderlyingBreakdown memory alone = terms[0].shown;
            book.nextRecord = firstRecord;
            Market memory m = Markets.open(book, alone.underlying);
            uint256 crossRateE8 = 2 * m.slippageCapE8 + Rounding.divUp(3 * largestBasisRateE8(m), 2);
            uint256 requirement = Totals.groups(terms) + alone.vegaE8 + alone.rateE8 + alone.staleE8;
            requirement += Rounding.divUp(crossRateE8 * alone.grossE8, ONE);
            uint256 spread = Rounding.divUp(Rounding.divUp(m.spreadE8 * ONE, m.spotE8) * alone.grossE8, ONE);
            riseE8 = Totals.initial(book.initialFactorE8, requirement, spread) + ROUNDING_UNITS;
        }
    }

    /// @notice `c_max`: the largest basis rate over spot and all expiries of the record.
    function largestBasisRateE8(Market memory m) internal pure returns (uint256 largest) {
        unchecked {
            uint256 last = 0;
            for (uint256 record = m.nextExpiry; record < m.expiriesEnd; record += WORD * Checkpoints.EXPIRY_WORDS) {
                uint256 expiry;
                assembly ("memory-safe") {
                    expiry := shr(224, calldataload(record))
                }
                last = Rounding.max(last, expiry);
            }
            uint256 tau = last > m.time ? last - m.time : 0;
            largest = AddOns.basisRateE8(m, tau);
        }
    }
}
