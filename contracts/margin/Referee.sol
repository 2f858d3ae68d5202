// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Figures, IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountStates} from "./AccountStates.sol";
import {Headroom} from "./Headroom.sol";
import {Instruments} from "./Instruments.sol";
import {PositionEmpty} from "./MarginErrors.sol";
import {Book} from "./Markets.sol";
import {NormalTable} from "./NormalTable.sol";
import {Standard} from "./Standard.sol";
import {Terms} from "./RiskGroups.sol";
import {Totals} from "./Totals.sol";
import {Tally} from "./Underlyings.sol";
import {Witness} from "./Witness.sol";

/// @title The referee; its contract is written at `IReferee`
contract Referee is IReferee {
    /// @notice The contract whose code is the table of the normal distribution.
    address public immutable CDF_TABLE;

    constructor(address cdfTable) {
        NormalTable.requireTable(cdfTable);
        CDF_TABLE = cdfTable;
    }

    /// @inheritdoc IReferee
    function health(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (Figures memory figures) {
        NormalTable.load(CDF_TABLE);
        (Book memory book, Tally memory tally) = Totals.open(state, balances, checkpoint, records, choice);
        Terms[] memory terms = Totals.measure(book, tally);
        int256 cashE8 = AccountStates.unzigzag(AccountStates.word(state, 0) >> 128);
        return Totals.figures(book, tally, terms, Totals.groups(terms), cashE8);
    }

    /// @inheritdoc IReferee
    function witnessMargin(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice,
        bytes calldata witness
    ) external view returns (int256 equityE8, uint256 maintenanceE8) {
        NormalTable.load(CDF_TABLE);
        (Book memory book, Tally memory tally) = Totals.open(state, balances, checkpoint, records, choice);
        maintenanceE8 = Witness.measure(book, tally, witness);
        equityE8 = AccountStates.unzigzag(AccountStates.word(state, 0) >> 128) + Totals.equityBesideCash(tally);
    }

    /// @inheritdoc IReferee
    function standardMargin(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (uint256 standardE8) {
        NormalTable.load(CDF_TABLE);
        (Book memory book, Tally memory tally) = Totals.open(state, balances, checkpoint, records, choice);
        return Standard.measure(book, tally.haircutE8);
    }

    /// @inheritdoc IReferee
    function headroom(
        uint96 instrument,
        int64 sizeE8,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (uint256 riseE8) {
        NormalTable.load(CDF_TABLE);
        require(sizeE8 != 0, PositionEmpty(0));
        Instruments.requireValid(instrument);
        Book memory book;
        Totals.openCheckpoint(book, checkpoint, records, choice);
        return Headroom.rise(book, instrument, sizeE8);
    }

    /// @inheritdoc IReferee
    function modelHash() external pure returns (bytes32 hash) {
        return keccak256(abi.encodePacked("OnchainMargin margin model 1", NormalTable.TABLE_HASH));
    }
}
