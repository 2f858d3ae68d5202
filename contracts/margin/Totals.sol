// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountStates} from "./AccountStates.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Collaterals} from "./Collaterals.sol";
import {Book, Markets} from "./Markets.sol";
import {Positions} from "./Positions.sol";
import {Records} from "./Records.sol";
import {RiskGroups, Terms} from "./RiskGroups.sol";
import {Rounding} from "./Rounding.sol";
import {Underlyings} from "./Underlyings.sol";
import {Words} from "./Words.sol";
// prettier-ignore
import {R_CHOICE, R_COLLATERAL, R_COST, R_FIRST, R_FLOOR, R_FLOOR_MARKED, R_HAIRCUT, R_KINK_ROOM, R_MARKED, R_TIME} from "./Workspace.sol";

/// @notice An underlying that an account touches: calldata offsets of its verified record, its positions by memory address, its spot collateral by index.
struct Touched {
    uint256 record;
    uint256 recordEnd;
    uint256 group;
    uint256 position;
    uint256 positionsEnd;
    uint256 spot;
    uint256 spotsEnd;
}

/// @title Account totals
/// @notice Unchecked: inside the domain no sum reaches 2^200.
library Totals {
    uint256 private constant WORD = 32;
    uint256 private constant ONE = 1e8;
    uint256 private constant TOUCHED_BYTES = 7 * WORD;
    uint256 private constant TERMS_BYTES = 18 * WORD;
    uint256 private constant BROKEN_BYTES = 4 * WORD;
    uint256 private constant ACCOUNT_BYTES = R_KINK_ROOM - R_TIME;

    /// @notice Makes the book of an account whose state was verified, by the caller: verifies the checkpoint's length, copies the positions to memory and reads the balances.
    /// @return book What the computation runs over; its sums begin with the collateral that is no underlying.
    /// @custom:spec MRG-005
    function open(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) internal pure returns (Book memory book) {
        unchecked {
            openCheckpoint(book, checkpoint, records, choice);
            uint256 length = state.length - AccountStates.HEADER_BYTES;
            uint256 positions = Words.take(length);
            // Safe: the copy has the length that was taken.
            assembly ("memory-safe") {
                calldatacopy(positions, add(state.offset, 64), length)
            }
            book.positions = positions;
            book.positionsEnd = positions + length;
            (book.spots, book.collateralE8, book.haircutE8) = Collaterals.read(balances, checkpoint);
        }
    }

    /// @notice The part of a book that comes from the checkpoint.
    function openCheckpoint(
        Book memory book,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) internal pure {
        unchecked {
            Checkpoints.requireLength(checkpoint);
            uint256 hashes;
            uint256 first;
            assembly ("memory-safe") {
                hashes := checkpoint.offset
                first := records.offset
            }
            uint256 w = Words.inCalldata(hashes);
            book.time = uint40(w >> 152);
            book.underlyings = uint8(w >> 144);
            book.initialFactorE8 = uint32(w >> 104);
            book.choice = choice;
            book.hashes = hashes + WORD * (Checkpoints.HEADER_WORDS + uint8(w >> 136));
            book.nextRecord = first;
            book.recordsEnd = first + records.length;
        }
    }

    /// @notice Every underlying that the positions and the spot collateral touch, ascending, with its verified record.
    function touch(Book memory book) internal pure returns (Touched[] memory touched) {
        unchecked {
            // Room for all of the checkpoint: no other is found, and each once.
            uint256 pointers = Words.take(WORD * (book.underlyings + 1));
            // Safe: an array of structs in memory is its length and as many pointers; each is set before the length counts it.
            assembly ("memory-safe") {
                touched := pointers
            }
            Words.clear(pointers, WORD);
            uint256 position = book.positions;
            uint256 positionsEnd = book.positionsEnd;
            uint256[] memory spots = book.spots;
            (uint256 spot, uint256 count) = (0, 0);
            while (position < positionsEnd || spot < spots.length) {
                // The lower of the underlyings at a position and at a spot collateral.
                uint256 underlying = type(uint256).max;
                if (position < positionsEnd) underlying = Words.load(position) >> Positions.UNDERLYING_SHIFT;
                if (spot < spots.length) underlying = Rounding.min(underlying, Collaterals.underlyingOf(spots[spot]));
                uint256 word = Words.take(TOUCHED_BYTES);
                ++count;
                Words.store(pointers + WORD * count, word);
                Words.store(pointers, count);
                Touched memory t = _touchedAt(word);
                (t.position, t.spot) = (position, spot);
                position = _endOfPositions(position, positionsEnd, underlying);
                while (spot < spots.length && Collaterals.underlyingOf(spots[spot]) == underlying) ++spot;
                (t.positionsEnd, t.spotsEnd) = (position, spot);
                uint256 record = Markets.find(book, underlying);
                t.record = record;
                t.recordEnd = book.nextRecord;
                t.group = Records.group(record);
            }
        }
    }

    /// @notice The terms, as far as the figures need them, of every underlying that the book touches, ascending; equity and floor go to the sums of the workspace.
    function measure(Book memory book) internal pure returns (Terms[] memory terms) {
        unchecked {
            Touched[] memory touched = touch(book);
            start(book);
            terms = termsOf(touched);
            for (uint256 i = 0; i < touched.length; ++i) {
                Touched memory t = touched[i];
                bool keepWeighted = touched.length != 1 && _isInCompany(touched, i);
                Underlyings.measure(t.position, t.positionsEnd, enter(book, t), keepWeighted, terms[i]);
            }
        }
    }

    /// @notice Every term of them.
    function report(Book memory book) internal pure returns (Terms[] memory terms) {
        unchecked {
            Touched[] memory touched = touch(book);
            start(book);
            terms = termsOf(touched);
            for (uint256 i = 0; i < touched.length; ++i) {
                Touched memory t = touched[i];
                Underlyings.report(t.position, t.positionsEnd, enter(book, t), terms[i]);
            }
        }
    }

    /// @notice Makes the workspace ready for an underlying; value and haircut of its spot collateral go to the sums of the account, the size of that is returned.
    /// @custom:spec MRG-040
    function enter(Book memory book, Touched memory t) internal pure returns (int256 spotSizeE8) {
        unchecked {
            Underlyings.enter(t.record, t.recordEnd);
            for (uint256 i = t.spot; i < t.spotsEnd; ++i) {
                uint256 sizeE8 = Collaterals.sizeE8Of(book.spots[i]);
                uint256 valueE8 = (sizeE8 * Records.spotE8(t.record)) / ONE;
                spotSizeE8 += int256(sizeE8);
                Words.add(R_COLLATERAL, valueE8);
                Words.add(R_HAIRCUT, Collaterals.haircutUp(Collaterals.haircutE8Of(book.spots[i]), valueE8));
            }
        }
    }

    /// @notice Sets the sums of the account to where they begin.
    function start(Book memory book) internal pure {
        unchecked {
            Words.clear(R_TIME, ACCOUNT_BYTES);
            Words.store(R_TIME, book.time);
            Words.store(R_CHOICE, uint256(book.choice));
            Words.store(R_FIRST, book.positions);
            Words.store(R_COLLATERAL, book.collateralE8);
            Words.store(R_HAIRCUT, book.haircutE8);
            Words.store(R_KINK_ROOM, (book.positionsEnd - book.positions) / WORD);
        }
    }

    /// @notice Terms, all zero, one for each underlying.
    function termsOf(Touched[] memory touched) internal pure returns (Terms[] memory terms) {
        unchecked {
            uint256 count = touched.length;
            uint256 pointers = Words.take(WORD * (count + 1));
            Words.store(pointers, count);
            for (uint256 i = 1; i <= count; ++i) {
                // Terms, and behind them the broken line that their last word points to.
                uint256 word = Words.take(TERMS_BYTES + BROKEN_BYTES);
                Words.clear(word, TERMS_BYTES + BROKEN_BYTES);
                Words.store(word + TERMS_BYTES - WORD, word + TERMS_BYTES);
                Words.store(pointers + WORD * i, word);
            }
            // Safe: an array of structs in memory is its length and as many pointers.
            assembly ("memory-safe") {
                terms := pointers
            }
        }
    }

    /// @notice `Σ_g MM_g`.
    /// @custom:spec MRG-033
    function groups(Terms[] memory terms) internal pure returns (uint256 sumE8) {
        unchecked {
            // Why apart: most accounts hold one underlying.
            if (terms.length == 1) return RiskGroups.alone(terms[0]);
            for (uint256 i = 0; i < terms.length; ++i) {
                if (isFirstOfGroup(terms, i)) sumE8 += RiskGroups.maintenanceOf(terms, terms[i].group);
            }
        }
    }

    /// @notice Whether no underlying before the i-th has its group.
    function isFirstOfGroup(Terms[] memory terms, uint256 i) internal pure returns (bool) {
        unchecked {
            for (uint256 j = 0; j < i; ++j) if (terms[j].group == terms[i].group) return false;
            return true;
        }
    }

    /// @notice `equity − cash`.
    /// @custom:spec MRG-050
    function equityBesideCash() internal pure returns (int256) {
        unchecked {
            return
                Rounding.divFloor(Words.loadSigned(R_MARKED), ONE) -
                Words.loadSigned(R_COST) +
                Words.loadSigned(R_COLLATERAL);
        }
    }

    /// @notice `MM`.
    /// @param groupsE8 `Σ_g MM_g`.
    /// @custom:spec MRG-051
    function maintenance(Terms[] memory terms, uint256 groupsE8) internal pure returns (uint256 maintenanceE8) {
        unchecked {
            maintenanceE8 = groupsE8 + Words.load(R_HAIRCUT);
            for (uint256 i = 0; i < terms.length; ++i) maintenanceE8 += addOns(terms[i]);
        }
    }

    /// @notice The add-ons of an underlying that count in `MM`.
    function addOns(Terms memory t) internal pure returns (uint256) {
        unchecked {
            return t.basisE8 + t.liquidityE8 + t.vegaE8 + t.rateE8;
        }
    }

    /// @notice All figures from the terms and `Σ_g MM_g`, into `f`.
    function figures(
        Book memory book,
        Terms[] memory terms,
        uint256 groupsE8,
        int256 cashE8,
        Figures memory f
    ) internal pure {
        unchecked {
            int256 beside = equityBesideCash();
            f.equityE8 = cashE8 + beside;
            f.maintenanceE8 = maintenance(terms, groupsE8);
            (uint256 staleE8, uint256 spreadE8) = (0, 0);
            for (uint256 i = 0; i < terms.length; ++i) {
                staleE8 += terms[i].staleE8;
                spreadE8 += terms[i].spreadE8;
            }
            f.initialE8 = initial(book.initialFactorE8, f.maintenanceE8 + staleE8, spreadE8);
            f.floorE8 = Words.load(R_FLOOR) + staleE8;
            f.floorEquityE8 = cashE8 + floorEquityBesideCash();
            f.leastCashE8 = leastCash(f.initialE8, beside);
        }
    }

    /// @custom:spec MRG-052
    function initial(uint256 factorE8, uint256 requirementE8, uint256 spreadE8) internal pure returns (uint256) {
        unchecked {
            return Rounding.divUp(factorE8 * requirementE8, ONE) + spreadE8;
        }
    }

    /// @custom:spec MRG-055
    function floorEquityBesideCash() internal pure returns (int256) {
        unchecked {
            int256 collateral = Words.loadSigned(R_COLLATERAL) - Words.loadSigned(R_HAIRCUT);
            return collateral + Rounding.divFloor(Words.loadSigned(R_FLOOR_MARKED), ONE) - Words.loadSigned(R_COST);
        }
    }

    /// @custom:spec MRG-056
    function leastCash(uint256 initialE8, int256 equityBesideCashE8) internal pure returns (int256) {
        unchecked {
            return int256(initialE8) - equityBesideCashE8;
        }
    }

    /// @dev Whether another underlying has the group of the i-th.
    function _isInCompany(Touched[] memory touched, uint256 i) private pure returns (bool) {
        unchecked {
            uint256 group = touched[i].group;
            for (uint256 j = 0; j < touched.length; ++j) if (j != i && touched[j].group == group) return true;
            return false;
        }
    }

    function _touchedAt(uint256 word) private pure returns (Touched memory touched) {
        // Safe: callers took the words.
        assembly ("memory-safe") {
            touched := word
        }
    }

    function _endOfPositions(uint256 position, uint256 end, uint256 underlying) private pure returns (uint256) {
        unchecked {
            // Why the last is tried first: most accounts hold one underlying.
            if (position < end && Words.load(position) >> Positions.UNDERLYING_SHIFT == underlying) {
                if (Words.load(end - WORD) >> Positions.UNDERLYING_SHIFT == underlying) return end;
                return Positions.runEnd(position, end, Positions.UNDERLYING_SHIFT);
            }
            return position;
        }
    }
}
