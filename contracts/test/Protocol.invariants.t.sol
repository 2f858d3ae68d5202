// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolHandler} from "./ProtocolHandler.sol";

/// @notice What holds after every call, prices moving: INV01 cash ledger and tokens, INV02 sizes, INV03 hashes, INV12 bonds and the credit bucket, INV14 fees on credit, INV16 what debtors owe in interest covers what creditors and insurance are promised of it. Inside the handler: INV04 deposits never refused, all else only by a named error; INV05 no healthy account in a lot; INV06 no true witness refused; INV07 a sold lot ends;
/// INV08 the floor after what a user did; INV09 no bid lowers health; INV10 deficit only when all else has paid; INV15 a lot that is below its margin can be bid for, at most a witness later.
contract ProtocolInvariantsMovingTest {
    /// @notice Thrown when random calls reached too little to show anything.
    error ReachedTooLittle(uint256 trades, uint256 lots, uint256 bids, uint256 creditFeesE8, uint256 expiries);

    /// @dev A price shift of nothing, and nobody reduces.
    uint256 private constant AT_MARK = 16843027;
    ProtocolHandler private handler;

    function setUp() public {
        handler = new ProtocolHandler(true);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_INV01_INV02_INV03_INV12_conservation() public view {
        handler.requireAllConserved();
    }

    /// @notice The random calls do reach trades, lots, bids, credit and expiry: invariants of nothing would hold for ever.
    function test_handler_reachesWhatItIsFor() public {
        uint256 seed = 7;
        // Three bitcoins at the mark, and nearly all the money out on a lie: what is computed goes no farther than the margin.
        handler.doTrade(0, 1, 0, 3e8 - 1, AT_MARK);
        handler.doBorrow(0, 3e8);
        for (uint256 i = 0; i < 300; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint64 a = uint64(seed >> 64);
            uint64 b = uint64(seed >> 128);
            uint256 what = seed % 20;
            if (what < 6) handler.doTrade(a, b, uint8(seed >> 8), uint64(seed >> 192), seed >> 16);
            else if (what < 8) handler.doPrice(seed & 0x100 != 0, seed >> 16);
            else if (what < 9) handler.doPass(uint32(seed >> 32));
            else if (what < 11) handler.doStart(a);
            else if (what < 13) handler.doBid(a, b);
            else if (what < 14) handler.doFinish(a);
            else if (what < 15) handler.doWithdraw(a, uint16(b), b);
            else if (what < 16) handler.doDeposit(a, uint16(b), b);
            else if (what < 17) handler.doDeleverage(a);
            else if (what < 18) handler.doBorrow(a, b);
            else if (what < 19) handler.doServe(a);
            else if (i > 200) handler.doExpire(0);
            if (i % 100 == 99) handler.doPayAttesters();
            if (i % 25 == 0) handler.requireAllConserved();
        }
        handler.requireAllConserved();
        (uint256 trades, uint256 lots, uint256 bids) = (handler.trades(), handler.lots(), handler.bids());
        (uint256 fees, uint256 expiries) = (handler.creditFeesE8(), handler.expiries());
        bool enough = trades > 5 && lots > 0 && bids > 0 && fees > 0 && expiries > 0;
        require(enough, ReachedTooLittle(trades, lots, bids, fees, expiries));
    }

    /// @notice INV15 where random calls seldom come: a lot begins, its account is insolvent for a while, in which next to nothing is shown of it, and then is not.
    function test_handler_bidsForALotOfWhichLittleWasShown() public {
        handler.doTrade(0, 1, 0, 3e8 - 1, AT_MARK);
        handler.doWithdraw(0, 0, 47_000e6);
        handler.doPass(3600);
        _move(300);
        handler.doStart(0);
        _move(100);
        _move(100);
        handler.doEnlarge(0, true);
        _move(1700);
        handler.doBid(0, 0);
        require(
            handler.enlargements() == 1 && handler.bids() == 1,
            ReachedTooLittle(0, handler.lots(), handler.bids(), 0, 0)
        );
    }

    /// @dev By so many ten-thousandths over nine tenths, and on until it is believed.
    function _move(uint256 shift) private {
        handler.doPrice(true, shift);
        handler.doPass(0);
        handler.doPass(7199);
        handler.doPass(7199);
    }
}
