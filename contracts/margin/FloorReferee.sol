// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FloorFigures, IFloorReferee, Quote} from "../interfaces/IFloorReferee.sol";
import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountStates} from "./AccountStates.sol";
import {Instruments} from "./Instruments.sol";
import {Kernel} from "./Kernel.sol";
import {InstrumentInvalid} from "./MarginErrors.sol";
import {Book, Expiry, Market, Markets} from "./Markets.sol";
import {NormalTable} from "./NormalTable.sol";
import {OptionValues} from "./OptionValues.sol";
import {Scenarios} from "./Scenarios.sol";
import {Totals, Touched} from "./Totals.sol";
import {Tally, Underlyings, Walk} from "./Underlyings.sol";
import {Volatility} from "./Volatility.sol";

/// @title The floor referee; its contract is written at `IFloorReferee`
contract FloorReferee is IFloorReferee {
    uint256 private constant WORD = 32;
    uint256 private constant INSTRUMENT_SHIFT = 160;
    uint256 private constant SIZE_SHIFT = 96;

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
        (Book memory book, Tally memory tally) = Totals.open(state, balances, checkpoint, records, choice);
        Touched[] memory touched = Totals.touch(book);
        Walk memory walk = Totals.start(book, tally);
        // The volatility shocks at the mark are wanted for the charge of stale surfaces; no scenario, no kink.
        walk.selection.zeros = true;
        uint256 staleE8 = 0;
        for (uint256 i = 0; i < touched.length; ++i) {
            Totals.enter(book, walk, touched[i]);
            staleE8 += Underlyings.measure(walk, touched[i].position, touched[i].positionsEnd).shown.staleE8;
        }
        int256 cashE8 = AccountStates.unzigzag(AccountStates.word(state, 0) >> 128);
        figures.equityE8 = cashE8 + Totals.equityBesideCash(tally);
        figures.floorE8 = tally.floorE8 + staleE8;
        figures.floorEquityE8 = cashE8 + Totals.floorEquityBesideCash(tally);
    }

    /// @inheritdoc IFloorReferee
    /// @custom:spec MRG-026
    function quoteOf(
        uint96 instrument,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (Quote memory quote) {
        NormalTable.load(CDF_TABLE);
        require(
            Instruments.isValid(instrument) && Instruments.kindOf(instrument) != Instruments.PERPETUAL,
            InstrumentInvalid(instrument)
        );
        Book memory book;
        Totals.openCheckpoint(book, checkpoint, records, SurfaceChoice.Present);
        Market memory m = Markets.open(book, Instruments.underlyingOf(instrument));
        uint256[1] memory held = [(uint256(instrument) << INSTRUMENT_SHIFT) | (uint256(2) << SIZE_SHIFT)];
        uint256 from;
        // Safe: the address of the one word of `held`.
        assembly ("memory-safe") {
            from := held
        }
        Expiry memory e = Markets.openExpiry(m, Instruments.expiryOf(instrument), from, from + WORD);
        quote.forwardE8 = e.forwardE8;
        if (!Instruments.isOption(instrument)) {
            quote.markE8 = int256(e.forwardE8);
            return quote;
        }
        uint256 strikeE8 = Instruments.strikeE8Of(instrument);
        uint256 a = OptionValues.discountedForward(e.discountE12 * e.forwardE8, Scenarios.UNIT);
        uint256 b = OptionValues.discountedStrike(e.discountE12, strikeE8);
        quote.markE8 = Markets.callMark(e, a, b, strikeE8);
        if (e.tau >= OptionValues.INTRINSIC_SECONDS) quote.vegaE8 = _vega(e, a, b, strikeE8);
        if (Instruments.kindOf(instrument) == Instruments.PUT) quote.markE8 += int256(b) - int256(a);
    }

    /// @dev A call's value at an unchanged price, volatility up less volatility down; a put's is the same.
    /// @custom:spec MRG-044
    function _vega(Expiry memory e, uint256 a, uint256 b, uint256 strikeE8) private pure returns (int256) {
        int256 kRaw = Kernel.ln(strikeE8, e.smile.publishedForwardE8);
        uint256[3] memory s;
        Volatility.deviations(e.shocks, Volatility.atStrike(e.smile, kRaw), s);
        int256 log = OptionValues.moneyness(e.lnForward, kRaw);
        int256 up = OptionValues.held(OptionValues.valueOfCall(a, b, log, s[Scenarios.UP]), log, a, b);
        return up - OptionValues.held(OptionValues.valueOfCall(a, b, log, s[Scenarios.DOWN]), log, a, b);
    }
}
