// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountStates} from "./AccountStates.sol";
import {Book} from "./Markets.sol";
import {NormalTable} from "./NormalTable.sol";
import {Totals} from "./Totals.sol";
import {Witness} from "./Witness.sol";

/// @title The part of the referee that weighs witnesses: created by the referee, which passes its calls on as they are
/// @notice A contract of its own because it computes chosen scenarios in code of its own; both together are larger than a contract may be.
contract RefereeWitness {
    /// @notice The contract whose code is the table of the normal distribution; the referee has compared it.
    address public immutable CDF_TABLE;

    constructor(address cdfTable) {
        CDF_TABLE = cdfTable;
    }

    /// @notice See `IReferee`.
    function witnessMargin(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice,
        bytes calldata witness
    ) external view returns (int256 equityE8, uint256 maintenanceE8) {
        NormalTable.load(CDF_TABLE);
        // What positions a stored state has, and what an honest attester signed, was verified when it was written (MRG-057).
        AccountStates.requireForm(state);
        Book memory book = Totals.open(state, balances, checkpoint, records, choice);
        maintenanceE8 = Witness.measure(book, witness);
        equityE8 = AccountStates.cashE8(state) + Totals.equityBesideCash();
    }
}
