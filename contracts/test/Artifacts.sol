// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NormalTable} from "../margin/NormalTable.sol";
import {VM} from "./IVm.sol";

/// @notice Thrown when the named artifact could not be created.
error NotCreated(string artifact);

/// @dev What is tested is created from its own artifact: the code that is deployed, compiled once and not inside each test.
/// @param artifact The contract's name, with its file before a colon where the name alone is not unique.
function build(string memory artifact, bytes memory arguments) returns (address created) {
    bytes memory code = bytes.concat(VM.getCode(artifact), arguments);
    // Safe: reads `code` only.
    assembly ("memory-safe") {
        created := create(0, add(code, 32), mload(code))
    }
    require(created != address(0), NotCreated(artifact));
}

/// @dev The table of the normal distribution, as the referees' constructors take it.
function buildNormalTable() returns (address created) {
    bytes memory table = VM.parseJsonBytes(VM.readFile("spec/cdf.json"), ".table");
    bytes memory code = abi.encodePacked(NormalTable.CREATION_PREFIX, table);
    // Safe: reads `code` only.
    assembly ("memory-safe") {
        created := create(0, add(code, 32), mload(code))
    }
    require(created != address(0), NotCreated("the normal distribution's table"));
}
