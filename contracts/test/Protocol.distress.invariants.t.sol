// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolHandler} from "./ProtocolHandler.sol";

/// @notice What holds after every call where it began badly, which random calls seldom come to: two accounts in lots that lack more than they have, one of positions and one of tokens and debt, and an insurance that pays next to nothing of it.
contract ProtocolInvariantsDistressTest {
    /// @notice Thrown when the calls reached too little to show anything.
    error NeverReached(string what);

    /// @dev A price shift of nothing, and nobody reduces.
    uint256 private constant AT_MARK = 16843027;
    ProtocolHandler private handler;

    function setUp() public {
        handler = new ProtocolHandler(true, 500e6);
        // The first is short of three bitcoins, and has taken out nearly all that he may.
        handler.doTrade(1, 0, 0, 3e8 - 1, AT_MARK);
        handler.doWithdraw(0, 0, 47_000e6);
        // The third owes cash against ether. What the keeper brought is there to be lent once he was touched.
        handler.doTouch(5);
        for (uint256 i = 0; i < 20; ++i) handler.doDeposit(2, 1, 3e17 - 1);
        handler.doWithdraw(2, 0, 1e11 - 1);
        handler.doWithdraw(2, 0, 10_000e6);
        handler.doPass(3600);
        for (uint256 i = 0; i < 7; ++i) {
            handler.doPrice(true, 2000);
            handler.doPrice(false, 0);
            handler.doPass(0);
            handler.doPass(7199);
            handler.doPass(7199);
            handler.doStart(0);
            handler.doStart(2);
        }
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// hardhat-config: invariant.runs = 64
    function invariant_INV01_INV02_INV03_INV12_conservation() public view {
        handler.requireAllConserved();
    }

    /// @notice Both losses: the one is taken over, and of the other nothing pays the rest until somebody does.
    function test_handler_reachesADeficitAndPaysItBack() public {
        _requireReached("lots", 2);
        handler.doPass(3600);
        handler.doDeleverage(0);
        _requireReached("deleverages", 1);
        // It began while it had equity, so that a part of it was for sale.
        handler.doEnlarge(2, false);
        handler.doBid(2, 95_000_000);
        _requireReached("deficits", 1);
        _requireReached("insurance paid", 1);
        handler.requireAllConserved();
        handler.doFinish(2);
        _requireReached("ended lots", 1);
        handler.doFinish(0);
        _requireReached("ended lots", 2);
        // At most four thousand at a time.
        for (uint256 i = 0; i < 10 && handler.reached("deficits paid back") == 0; ++i) {
            handler.doFund(type(uint32).max);
        }
        _requireReached("deficits paid back", 1);
        handler.requireAllConserved();
    }

    function _requireReached(string memory what, uint256 times) private view {
        if (handler.reached(what) < times) revert NeverReached(what);
    }
}
