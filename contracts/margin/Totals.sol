// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Figures, SurfaceChoice, UnderlyingBreakdown} from "../interfaces/IReferee.sol";
import {AccountStates} from "./AccountStates.sol";
import {Between} from "./Between.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Collaterals} from "./Collaterals.sol";
import {Instruments} from "./Instruments.sol";
import {Book, Market, Markets} from "./Markets.sol";
import {RiskGroups, Terms} from "./RiskGroups.sol";
import {Rounding} from "./Rounding.sol";
import {Tally, Underlyings, Walk} from "./Underlyings.sol";

/// @notice An underlying that an account touches: its record, its positions by memory address, its spot collateral by index.
struct Touched {
    Market market;
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
    uint256 private constant INSTRUMENT_SHIFT = 160;
    uint256 private constant UNDERLYING_SHIFT = 240;

    /// @notice Makes the book of an account: verifies the state's form and the checkpoint's length, copies the positions to memory and reads the balances.
    /// @custom:spec MRG-005
    function open(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) internal pure returns (Book memory book, Tally memory tally) {
        unchecked {
            AccountStates.validate(state);
            openCheckpoint(book, checkpoint, records, choice);
            uint256 length = state.length - AccountStates.HEADER_BYTES;
            uint256 positions;
            // Safe: the copy is allocated by moving the free pointer over it.
            assembly ("memory-safe") {
                positions := mload(0x40)
                calldatacopy(positions, add(state.offset, 64), length)
                mstore(0x40, add(positions, length))
            }
            book.positions = positions;
            book.positionsEnd = positions + length;
            (book.spots, tally.collateralE8, tally.haircutE8) = Collaterals.read(balances, checkpoint);
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
            uint256 w = Checkpoints.word(checkpoint, 0);
            book.time = uint40(w >> 152);
            book.underlyings = uint8(w >> 144);
            book.initialFactorE8 = uint32(w >> 104);
            book.choice = choice;
            uint256 hashes;
            uint256 first;
            assembly ("memory-safe") {
                hashes := checkpoint.offset
                first := records.offset
            }
            book.hashes = hashes + WORD * (Checkpoints.HEADER_WORDS + uint8(w >> 136));
            book.nextRecord = first;
            book.recordsEnd = first + records.length;
        }
    }

    /// @notice Every underlying that the positions and the spot collateral touch, ascending, with its verified record.
    function touch(Book memory book) internal pure returns (Touched[] memory touched) {
        unchecked {
            touched = _room((book.positionsEnd - book.positions) / WORD + book.spots.length);
            uint256 position = book.positions;
            uint256 spot = 0;
            uint256 count = 0;
            while (position < book.positionsEnd || spot < book.spots.length) {
                uint256 underlying = _underlyingAt(book, position, spot);
                Touched memory t;
                (t.position, t.spot) = (position, spot);
                position = _endOfPositions(book, position, underlying);
                spot = _endOfSpots(book, spot, underlying);
                (t.positionsEnd, t.spotsEnd) = (position, spot);
                t.market = Markets.open(book, underlying);
                touched[count++] = t;
            }
            // Safe: count is at most the length; the array only gets shorter.
            assembly ("memory-safe") {
                mstore(touched, count)
            }
        }
    }

    /// @notice The terms of every underlying that the book touches, ascending; equity and floor go to the tally.
    function measure(Book memory book, Tally memory tally) internal pure returns (Terms[] memory terms) {
        unchecked {
            Touched[] memory touched = touch(book);
            Walk memory walk = start(book, tally);
            (walk.selection.all, walk.selection.kinks) = (true, true);
            terms = termsOf(touched);
            for (uint256 i = 0; i < touched.length; ++i) {
                enter(book, walk, touched[i]);
                terms[i] = Underlyings.measure(walk, touched[i].position, touched[i].positionsEnd);
            }
        }
    }

    /// @notice A walk before its first underlying.
    function start(Book memory book, Tally memory tally) internal pure returns (Walk memory walk) {
        unchecked {
            walk.tally = tally;
            walk.first = book.positions;
            walk.kinks = Between.room((book.positionsEnd - book.positions) / WORD);
        }
    }

    /// @notice Takes the walk to an underlying: its market, its spot collateral with value and haircut.
    function enter(Book memory book, Walk memory walk, Touched memory t) internal pure {
        unchecked {
            walk.market = t.market;
            Underlyings.reset(walk);
            for (uint256 i = t.spot; i < t.spotsEnd; ++i) {
                uint256 sizeE8 = Collaterals.sizeE8Of(book.spots[i]);
                uint256 valueE8 = (sizeE8 * t.market.spotE8) / ONE;
                walk.spotSizeE8 += int256(sizeE8);
                walk.tally.collateralE8 += valueE8;
                walk.tally.haircutE8 += Collaterals.haircutUp(Collaterals.haircutE8Of(book.spots[i]), valueE8);
            }
        }
    }

    /// @notice An array for the terms, whose elements are not allocated yet.
    function termsOf(Touched[] memory touched) internal pure returns (Terms[] memory terms) {
        Touched[] memory pointers = _room(touched.length);
        // Safe: an array of structs in memory is an array of pointers; each is set before it is read.
        assembly ("memory-safe") {
            terms := pointers
        }
    }

    /// @notice `Σ_g MM_g`.
    /// @custom:spec MRG-033
    function groups(Terms[] memory terms) internal pure returns (uint256 sumE8) {
        unchecked {
            for (uint256 i = 0; i < terms.length; ++i) {
                if (isFirstOfGroup(terms, i)) sumE8 += RiskGroups.measure(terms, terms[i].shown.group).maintenanceE8;
            }
        }
    }

    /// @notice Whether no underlying before the i-th has its group.
    function isFirstOfGroup(Terms[] memory terms, uint256 i) internal pure returns (bool) {
        unchecked {
            for (uint256 j = 0; j < i; ++j) if (terms[j].shown.group == terms[i].shown.group) return false;
            return true;
        }
    }

    /// @notice `equity − cash`.
    /// @custom:spec MRG-050
    function equityBesideCash(Tally memory tally) internal pure returns (int256) {
        unchecked {
            return Rounding.divFloor(tally.markedE16, ONE) - tally.costE8 + int256(tally.collateralE8);
        }
    }

    /// @notice `MM`.
    /// @param groupsE8 `Σ_g MM_g`.
    /// @custom:spec MRG-051
    function maintenance(
        Tally memory tally,
        Terms[] memory terms,
        uint256 groupsE8
    ) internal pure returns (uint256 maintenanceE8) {
        unchecked {
            maintenanceE8 = groupsE8 + tally.haircutE8;
            for (uint256 i = 0; i < terms.length; ++i) maintenanceE8 += addOns(terms[i].shown);
        }
    }

    /// @notice The add-ons of an underlying that count in `MM`.
    function addOns(UnderlyingBreakdown memory t) internal pure returns (uint256) {
        unchecked {
            return t.basisE8 + t.liquidityE8 + t.vegaE8 + t.rateE8;
        }
    }

    /// @notice All figures from the terms.
    function figures(
        Book memory book,
        Tally memory tally,
        Terms[] memory terms,
        uint256 groupsE8,
        int256 cashE8
    ) internal pure returns (Figures memory f) {
        unchecked {
            int256 beside = equityBesideCash(tally);
            f.equityE8 = cashE8 + beside;
            f.maintenanceE8 = maintenance(tally, terms, groupsE8);
            uint256 staleE8 = 0;
            uint256 spreadE8 = 0;
            for (uint256 i = 0; i < terms.length; ++i) {
                staleE8 += terms[i].shown.staleE8;
                spreadE8 += terms[i].shown.spreadE8;
            }
            f.initialE8 = initial(book.initialFactorE8, f.maintenanceE8 + staleE8, spreadE8);
            f.floorE8 = tally.floorE8 + staleE8;
            f.floorEquityE8 = cashE8 + floorEquityBesideCash(tally);
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
    function floorEquityBesideCash(Tally memory tally) internal pure returns (int256) {
        unchecked {
            int256 collateral = int256(tally.collateralE8) - int256(tally.haircutE8);
            return collateral + Rounding.divFloor(tally.floorMarkedE16, ONE) - tally.costE8;
        }
    }

    /// @custom:spec MRG-056
    function leastCash(uint256 initialE8, int256 equityBesideCashE8) internal pure returns (int256) {
        unchecked {
            return int256(initialE8) - equityBesideCashE8;
        }
    }

    /// @dev An array whose elements are not allocated yet.
    function _room(uint256 length) private pure returns (Touched[] memory touched) {
        uint256[] memory pointers = new uint256[](length);
        // Safe: an array of structs in memory is an array of pointers; each is set before it is read.
        assembly ("memory-safe") {
            touched := pointers
        }
    }

    /// @dev The lower of the underlyings at a position and at a spot collateral; the largest number when both have ended.
    function _underlyingAt(Book memory book, uint256 position, uint256 spot) private pure returns (uint256) {
        unchecked {
            uint256 ofPosition = type(uint256).max;
            if (position < book.positionsEnd) {
                assembly ("memory-safe") {
                    ofPosition := shr(UNDERLYING_SHIFT, mload(position))
                }
            }
            if (spot == book.spots.length) return ofPosition;
            return Rounding.min(ofPosition, Collaterals.underlyingOf(book.spots[spot]));
        }
    }

    function _endOfPositions(Book memory book, uint256 position, uint256 underlying) private pure returns (uint256) {
        unchecked {
            while (position < book.positionsEnd) {
                (uint96 instrument, , ) = Markets.position(position);
                if (Instruments.underlyingOf(instrument) != underlying) break;
                position += WORD;
            }
            return position;
        }
    }

    function _endOfSpots(Book memory book, uint256 spot, uint256 underlying) private pure returns (uint256) {
        unchecked {
            while (spot < book.spots.length && Collaterals.underlyingOf(book.spots[spot]) == underlying) ++spot;
            return spot;
        }
    }
}
