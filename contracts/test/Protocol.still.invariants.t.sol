// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolHandler} from "./ProtocolHandler.sol";

/// @notice What holds after every call while prices stand still: besides what holds when they move, INV11: nobody becomes liquidatable, and no lot begins.
contract ProtocolInvariantsStillTest {
    ProtocolHandler private handler;

    function setUp() public {
        handler = new ProtocolHandler(false, 200_000e6);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_INV01_INV02_INV03_INV11_INV12_conservationAndHealth() public view {
        handler.requireAllConserved();
        handler.requireOneHealthy();
    }
}
