// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Figures, IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountStates} from "./AccountStates.sol";
import {Headroom} from "./Headroom.sol";
import {Instruments} from "./Instruments.sol";
import {PositionEmpty} from "./MarginErrors.sol";
import {Book} from "./Markets.sol";
import {NormalTable} from "./NormalTable.sol";
import {RefereeWitness} from "./RefereeWitness.sol";
import {Standard} from "./Standard.sol";
import {Terms} from "./RiskGroups.sol";
import {Totals} from "./Totals.sol";

/// @title The referee; its contract is written at `IReferee`
contract Referee is IReferee {
    /// @notice The contract whose code is the table of the normal distribution.
    address public immutable CDF_TABLE;

    /// @notice The part that weighs witnesses.
    address public immutable WITNESS;

    constructor(address cdfTable) {
        NormalTable.requireTable(cdfTable);
        CDF_TABLE = cdfTable;
        WITNESS = address(new RefereeWitness(cdfTable));
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
        AccountStates.validate(state);
        Book memory book = Totals.open(state, balances, checkpoint, records, choice);
        Terms[] memory terms = Totals.measure(book);
        Totals.figures(book, terms, Totals.groups(terms), AccountStates.cashE8(state), figures);
    }

    /// @inheritdoc IReferee
    function witnessMargin(
        bytes calldata,
        bytes calldata,
        bytes calldata,
        bytes calldata,
        SurfaceChoice,
        bytes calldata
    ) external view returns (int256 equityE8, uint256 maintenanceE8) {
        address witness = WITNESS;
        // Safe: the call is passed on from unused memory, its two words or its error given back as they are.
        assembly ("memory-safe") {
            let call_ := mload(0x40)
            calldatacopy(call_, 0, calldatasize())
            if iszero(staticcall(gas(), witness, call_, calldatasize(), 0, 64)) {
                returndatacopy(call_, 0, returndatasize())
                revert(call_, returndatasize())
            }
            equityE8 := mload(0)
            maintenanceE8 := mload(32)
        }
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
        AccountStates.validate(state);
        Book memory book = Totals.open(state, balances, checkpoint, records, choice);
        return Standard.measure(book);
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
