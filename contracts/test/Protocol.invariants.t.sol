// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolHandler} from "./ProtocolHandler.sol";

/// @notice What holds after every call, prices moving: INV01 cash ledger and tokens, INV02 sizes, INV03 hashes; inside the handler INV04 deposits never refused, INV05 no healthy account in a lot, INV06 no true witness refused, INV07 a sold lot ends.
contract ProtocolInvariantsTest {
    /// @notice Thrown when random calls reached too little to show anything.
    error ReachedTooLittle(uint256 trades, uint256 lots, uint256 bids);

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

    /// @notice The random calls do reach trades, lots and bids: invariants of nothing would hold for ever.
    function test_handler_reachesTradesLotsAndBids() public {
        uint256 seed = 7;
        for (uint256 i = 0; i < 400; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint64 a = uint64(seed >> 64);
            uint64 b = uint64(seed >> 128);
            uint256 what = seed % 18;
            if (what < 6) handler.doTrade(a, b, seed & 0x100 != 0, uint64(seed >> 192), seed >> 16);
            else if (what < 8) handler.doPrice(seed & 0x100 != 0, seed >> 16);
            else if (what < 9) handler.doPass(uint32(seed >> 32));
            else if (what < 11) handler.doStart(a);
            else if (what < 13) handler.doBid(a, b);
            else if (what < 14) handler.doFinish(a);
            else if (what < 15) handler.doWithdraw(a, uint16(b), b);
            else if (what < 16) handler.doDeposit(a, uint16(b), b);
            else if (what < 17) handler.doDeleverage(a);
            else handler.doServe(a);
            if (i % 25 == 0) handler.requireAllConserved();
        }
        handler.requireAllConserved();
        (uint256 trades, uint256 lots, uint256 bids) = (handler.trades(), handler.lots(), handler.bids());
        require(trades > 5 && lots > 0 && bids > 0, ReachedTooLittle(trades, lots, bids));
    }
}
