// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FloorFigures, IFloorReferee, Quote} from "../interfaces/IFloorReferee.sol";
import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountStates} from "./AccountStates.sol";
import {Instruments} from "./Instruments.sol";
import {Kernel} from "./Kernel.sol";
import {InstrumentInvalid, StateMalformed} from "./MarginErrors.sol";
import {Book, Markets} from "./Markets.sol";
import {NormalTable} from "./NormalTable.sol";
import {OptionValues} from "./OptionValues.sol";
import {Positions} from "./Positions.sol";
import {Records} from "./Records.sol";
import {Terms} from "./RiskGroups.sol";
import {Scenarios} from "./Scenarios.sol";
import {Selected, Selection} from "./Selected.sol";
import {Totals, Touched} from "./Totals.sol";
import {Underlyings} from "./Underlyings.sol";
import {Words} from "./Words.sol";
// prettier-ignore
import {R_COST, R_DISCOUNT, R_FLOOR, R_FORWARD, R_LN_FORWARD, R_MARKED, R_PUBLISHED, R_S_DOWN, R_S_UP, R_TAU} from "./Workspace.sol";

/// @title The floor referee; its contract is written at `IFloorReferee`
contract FloorReferee is IFloorReferee {
    uint256 private constant WORD = 32;

    /// @notice The contract whose code is the table of the normal distribution.
    address public immutable CDF_TABLE;

    constructor(address cdfTable) {
        NormalTable.requireTable(cdfTable);
        CDF_TABLE = cdfTable;
    }

    /// @inheritdoc IFloorReferee
    /// @custom:spec MRG-054
    /// @custom:spec MRG-055
    function floorOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (FloorFigures memory figures) {
        NormalTable.load(CDF_TABLE);
        AccountStates.validate(state);
        Book memory book = Totals.open(state, balances, checkpoint, records, choice);
        Touched[] memory touched = Totals.touch(book);
        Totals.start(book);
        Terms[] memory terms = Totals.termsOf(touched);
        // The volatility shocks at the mark are for the charge of stale surfaces; no other scenario, no kink.
        Selection memory selection;
        (selection.zeros, selection.floor) = (true, true);
        uint256 staleE8 = 0;
        for (uint256 i = 0; i < touched.length; ++i) {
            Selected.measure(selection, touched[i], Totals.enter(book, touched[i]), terms[i]);
            staleE8 += terms[i].staleE8;
        }
        int256 cashE8 = AccountStates.cashE8(state);
        figures.equityE8 = cashE8 + Totals.equityBesideCash();
        figures.floorE8 = Words.load(R_FLOOR) + staleE8;
        figures.floorEquityE8 = cashE8 + Totals.floorEquityBesideCash();
    }

    /// @inheritdoc IFloorReferee
    /// @custom:spec MRG-050
    function equityOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (int256 equityE8) {
        (equityE8, ) = _equity(state, balances, checkpoint, records, choice, false);
    }

    /// @inheritdoc IFloorReferee
    /// @custom:spec MRG-050
    function marksOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (int256 equityE8, int256[] memory marksE8) {
        return _equity(state, balances, checkpoint, records, SurfaceChoice.Present, true);
    }

    /// @inheritdoc IFloorReferee
    /// @custom:spec MRG-012
    function worthsOf(
        bytes calldata positions,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (int256 presentE16, int256 delayedE16) {
        NormalTable.load(CDF_TABLE);
        uint256 length = positions.length;
        require(length != 0 && length % WORD == 0, StateMalformed(length));
        uint256 from = Words.take(length);
        // Safe: the copy has the length that was taken.
        assembly ("memory-safe") {
            calldatacopy(from, positions.offset, length)
        }
        uint96 instrument = uint96(Words.load(from) >> 160);
        _enterDated(instrument, checkpoint, records);
        return Markets.worthsOf(Instruments.expiryOf(instrument), from, from + length);
    }

    /// @inheritdoc IFloorReferee
    /// @custom:spec MRG-026
    function quoteOf(
        uint96 instrument,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (Quote memory quote) {
        NormalTable.load(CDF_TABLE);
        _enterDated(instrument, checkpoint, records);
        bool isOption = Instruments.isOption(instrument);
        Markets.openExpiry(Instruments.expiryOf(instrument), 0, 0, isOption);
        uint256 forwardE8 = Words.load(R_FORWARD);
        quote.forwardE8 = forwardE8;
        if (!isOption) {
            quote.markE8 = int256(forwardE8);
            return quote;
        }
        uint256 strikeE8 = Instruments.strikeE8Of(instrument);
        uint256 discountE12 = Words.load(R_DISCOUNT);
        uint256 a = OptionValues.discountedForward(discountE12 * forwardE8, Scenarios.UNIT);
        uint256 b = OptionValues.discountedStrike(discountE12, strikeE8);
        quote.markE8 = Markets.callMark(a, b, strikeE8);
        if (Words.load(R_TAU) >= OptionValues.INTRINSIC_SECONDS) quote.vegaE8 = _vega(a, b, strikeE8);
        if (Instruments.kindOf(instrument) == Instruments.PUT) quote.markE8 += int256(b) - int256(a);
    }

    /// @param keepsMarks Whether the mark of each position is told, too.
    function _equity(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice,
        bool keepsMarks
    ) private view returns (int256 equityE8, int256[] memory marksE8) {
        NormalTable.load(CDF_TABLE);
        AccountStates.validate(state);
        Book memory book = Totals.open(state, balances, checkpoint, records, choice);
        Touched[] memory touched = Totals.touch(book);
        Totals.start(book);
        uint256 marks = 0;
        if (keepsMarks) {
            marksE8 = new int256[]((book.positionsEnd - book.positions) / WORD);
            assembly ("memory-safe") {
                marks := add(marksE8, 32)
            }
        }
        for (uint256 i = 0; i < touched.length; ++i) {
            Totals.enter(book, touched[i]);
            uint256 from = touched[i].position;
            uint256 first = keepsMarks ? marks + from - book.positions : 0;
            _addMarked(touched[i].record, from, touched[i].positionsEnd, first);
        }
        equityE8 = AccountStates.cashE8(state) + Totals.equityBesideCash();
    }

    /// @dev Makes the workspace ready for the underlying of a future or an option, on present surfaces.
    function _enterDated(uint96 instrument, bytes calldata checkpoint, bytes calldata records) private pure {
        require(
            Instruments.isValid(instrument) && Instruments.kindOf(instrument) != Instruments.PERPETUAL,
            InstrumentInvalid(instrument)
        );
        Book memory book;
        Totals.openCheckpoint(book, checkpoint, records, SurfaceChoice.Present);
        uint256 record = Markets.find(book, Instruments.underlyingOf(instrument));
        Totals.start(book);
        Underlyings.enter(record, book.nextRecord);
    }

    /// @dev Marks and costs of the positions of the underlying that was entered.
    /// @param marks Memory address where the mark of each goes; 0 where nobody asks.
    /// @custom:spec MRG-050
    function _addMarked(uint256 record, uint256 from, uint256 to, uint256 marks) private pure {
        for (uint256 i = from; i < to; i += WORD) Words.add(R_COST, Positions.costE8Of(Words.load(i)));
        if (from < to && Positions.kindOf(Words.load(from)) == Instruments.PERPETUAL) {
            int256 markE8 = Records.perpetualE8(record);
            Words.add(R_MARKED, Positions.sizeE8Of(Words.load(from)) * markE8);
            if (marks != 0) {
                Words.store(marks, markE8);
                marks += WORD;
            }
            from += WORD;
        }
        while (from < to) {
            uint256 end = Positions.runEnd(from, to, Positions.EXPIRY_SHIFT);
            bool hasOptions = Positions.isOption(Words.load(end - WORD));
            uint256 expiry = Positions.expiryOf(Words.load(from));
            (int256 worthE16, uint256 calls) = Markets.worthOf(expiry, from, end, hasOptions);
            Words.add(R_MARKED, worthE16);
            if (marks != 0) {
                Markets.storeMarks(from, end, calls, marks);
                marks += end - from;
            }
            from = end;
        }
    }

    /// @dev A call's value at an unchanged price, volatility up less volatility down; a put's is the same. Its mark has been taken: the deviations stand in the workspace.
    /// @custom:spec MRG-044
    function _vega(uint256 a, uint256 b, uint256 strikeE8) private pure returns (int256) {
        int256 kRaw = Kernel.ln(strikeE8, Words.load(R_PUBLISHED));
        int256 log = OptionValues.moneyness(Words.loadSigned(R_LN_FORWARD) - kRaw);
        int256 up = OptionValues.held(OptionValues.valueOfCall(a, b, log, Words.load(R_S_UP)), log, a, b);
        return up - OptionValues.held(OptionValues.valueOfCall(a, b, log, Words.load(R_S_DOWN)), log, a, b);
    }
}
