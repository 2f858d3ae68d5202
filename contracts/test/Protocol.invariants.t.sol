// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolHandler} from "./ProtocolHandler.sol";

/// @notice What holds after every call, prices moving: INV01 cash ledger and tokens, INV02 sizes, INV03 hashes; inside the handler INV04 deposits never refused, INV05 no healthy account in a lot, INV06 no true witness refused, INV07 a sold lot ends.
contract ProtocolInvariantsTest {
    ProtocolHandler private handler;

    function setUp() public {
        handler = new ProtocolHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 30
    function invariant_INV01_INV02_INV03_conservation() public view {
        handler.requireAllConserved();
    }
}
