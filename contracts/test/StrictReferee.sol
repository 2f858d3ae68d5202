// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Figures} from "../interfaces/IReferee.sol";
import {LinearReferee} from "./LinearReferee.sol";

/// @title Twice the linear margin, under a name of its own
contract StrictReferee is LinearReferee {
    function modelHash() external pure override returns (bytes32) {
        return keccak256("strict");
    }

    function _figures(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) internal pure override returns (Figures memory figures) {
        figures = super._figures(state, balances, checkpoint, records);
        figures.leastCashE8 += int256(figures.initialE8);
        figures.initialE8 *= 2;
        figures.maintenanceE8 *= 2;
    }
}
