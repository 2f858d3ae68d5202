// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolHandler} from "./ProtocolHandler.sol";

/// @notice What holds after every call, prices moving: INV01 cash ledger and tokens, and roundings of a unit a fill at most, INV02 sizes, INV03 hashes, INV12 bonds and the credit bucket, INV14 fees on credit, INV16 what debtors owe in interest covers what creditors and insurance are promised of it, INV19 what is booked for one side alone comes back from the other but for roundings. Inside the handler: INV04 deposits never refused, all else only by a named error; INV05 no healthy account in a lot, and none ends one unsold that is not; INV06 no true witness refused; INV07 a sold lot ends;
/// INV08 the floor after what a user did; INV09 no bid lowers health; INV10 deficit only when all else has paid; INV15 a lot that is below its margin can be bid for, at most a witness later; INV17 nobody comes to insurance or leaves it while a loss is in sight, nor at the cost of who stays; INV18 what expired, was wound down or is owed to a need in its time is settled and served; INV20 orders and premiums are as fills tell them; and P6.
contract ProtocolInvariantsMovingTest {
    /// @notice Thrown when random calls reached too little to show anything.
    error NeverReached(string what);

    /// @dev A price shift of nothing, and nobody reduces.
    uint256 private constant AT_MARK = 16843027;
    ProtocolHandler private handler;

    function setUp() public {
        handler = new ProtocolHandler(true, 200_000e6);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_INV01_INV02_INV03_INV12_conservation() public view {
        handler.requireAllConserved();
    }

    /// @notice The random calls do reach what they are for: invariants of nothing would hold for ever. Those that need an order of their own have it below.
    function test_handler_reachesWhatItIsFor() public {
        uint256 seed = 7;
        // Three bitcoins at the mark, and nearly all the money out on a lie: what is computed goes no farther than the margin.
        handler.doTrade(0, 1, 0, 3e8 - 1, AT_MARK);
        handler.doBorrow(0, 3e8);
        for (uint256 i = 0; i < 600; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            _call(seed, i);
            if (i % 25 == 0) handler.requireAllConserved();
        }
        handler.requireAllConserved();
        string[19] memory all = [
            "trades",
            "reductions",
            "signed trades",
            "trades by headroom",
            "batches",
            "swaps",
            "withdrawals",
            "attested withdrawals",
            "credit",
            "moves",
            "moved positions",
            "touches",
            "lots",
            "bids",
            "rewards",
            "stakes",
            "collected fees",
            "volatilities",
            "pauses"
        ];
        for (uint256 i = 0; i < all.length; ++i) _requireReached(all[i]);
    }

    function _call(uint256 seed, uint256 i) private {
        uint64 a = uint64(seed >> 64);
        uint64 b = uint64(seed >> 128);
        uint8 c = uint8(seed >> 8);
        uint256 what = seed % 32;
        if (what < 6) handler.doTrade(a, b, c, uint64(seed >> 192), seed >> 16);
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
        else if (what < 21) handler.doBatch(a, c, b, seed >> 16);
        else if (what < 22) handler.doSwap(a, b, c % 2 == 0, uint64(seed >> 192), seed >> 16);
        else if (what < 24) handler.doMove(c % 2 == 0, uint16(b), b, uint8(seed >> 16));
        else if (what < 25) handler.doStake(a);
        else if (what < 26) handler.doExit(uint32(a));
        else if (what < 27) handler.doVolatility(a);
        else if (what < 28) handler.doCollectFees(uint32(a));
        else if (what < 29) handler.doTouch(a);
        else if (what < 30) handler.doShowLoss(a);
        else if (what < 31) handler.doEnlarge(a, c % 2 == 0);
        else if (i > 500) handler.doSilence(c % 2 == 0, uint32(a));
        else handler.doPause(uint32(a));
    }

    /// @notice INV15 where random calls seldom come: a lot begins, its account is insolvent for a while, in which next to nothing is shown of it, and then is not.
    function test_handler_bidsForALotOfWhichLittleWasShown() public {
        _leaveLittle();
        _move(300);
        handler.doStart(0);
        _move(100);
        _move(100);
        handler.doEnlarge(0, true);
        _move(1700);
        handler.doBid(0, 0);
        _requireReached("enlargements");
        _requireReached("bids");
    }

    /// @notice Who stakes leaves when his time has come.
    function test_handler_leavesTheInsurance() public {
        handler.doStake(40_000e6);
        handler.doExit(0);
        handler.doExit(0);
        handler.requireAllConserved();
        _requireReached("stakes");
        _requireReached("exits");
    }

    /// @notice A loss that is shown holds who stakes; taken over it becomes a need, which holders serve.
    function test_handler_showsALossAndTakesItOver() public {
        _sellWithLittle();
        for (uint256 i = 0; i < 9; ++i) {
            _move(2000);
            handler.doStart(0);
        }
        handler.doShowLoss(0);
        handler.doStake(1e6);
        handler.doDeleverage(0);
        handler.doPass(7199);
        handler.doServe(1);
        handler.doFinish(0);
        handler.requireAllConserved();
        _requireReached("shown losses");
        _requireReached("deleverages");
        _requireReached("served needs");
        _requireReached("ended lots");
    }

    /// @notice The same in a market that is wound down before anybody serves: who is settled serves first, and what nobody serves is settled a day later.
    function test_handler_windsAMarketDown() public {
        _sellWithLittle();
        for (uint256 i = 0; i < 9; ++i) {
            _move(2000);
            handler.doStart(0);
        }
        handler.doDeleverage(0);
        handler.doSilence(true, 0);
        handler.requireAllConserved();
        handler.doSettleNeed(252);
        handler.doSettle(1);
        handler.doFinish(0);
        handler.requireAllConserved();
        _requireReached("markets wound down");
        _requireReached("settled needs");
        _requireReached("settled accounts");
    }

    /// @notice Expiry, and a need of a future that nobody served in time.
    function test_handler_settlesAtExpiry() public {
        handler.doTrade(0, 1, 3, 1e8, AT_MARK);
        handler.doExpire(0);
        handler.doSettle(0);
        handler.doSettle(1);
        handler.requireAllConserved();
        _requireReached("expiries");
        _requireReached("settled accounts");
    }

    /// @notice Who signed a lie loses the bond, and others lend from then on; credit is paid for, and the attesters are.
    function test_handler_slashesWhoLied() public {
        handler.doTrade(0, 1, 0, 3e8 - 1, AT_MARK);
        handler.doBorrow(0, 3e8);
        handler.doPayAttesters();
        handler.doSlash(0);
        handler.doPass(3599);
        handler.doBorrow(1, 3e8);
        handler.requireAllConserved();
        _requireReached("credit");
        _requireReached("paid attesters");
        _requireReached("slashings");
    }

    /// @notice Ether above the cap lies idle, counts once there is room, and is its owner's at any time.
    function test_handler_engagesWhatLaidIdle() public {
        handler.doDeposit(0, 1, 2e17);
        handler.doCap(0);
        handler.doDeposit(1, 1, 2e17);
        handler.doTakeIdle(1, 1e16);
        handler.doCap(3);
        handler.doEngage(1);
        handler.requireAllConserved();
        _requireReached("idle tokens paid");
        _requireReached("engaged tokens");
    }

    /// @notice Who starts a lot is paid, and claims it.
    function test_handler_claimsARewardOfAStart() public {
        _leaveLittle();
        _move(300);
        handler.doStart(0);
        handler.doClaim();
        _requireReached("rewards");
        _requireReached("claims");
    }

    /// @dev The first trader holds three bitcoins, and has taken out nearly all that he may.
    function _leaveLittle() private {
        handler.doTrade(0, 1, 0, 3e8 - 1, AT_MARK);
        handler.doWithdraw(0, 0, 47_000e6);
        handler.doPass(3600);
    }

    /// @dev The first trader is short of three bitcoins, and has taken out nearly all that he may.
    function _sellWithLittle() private {
        handler.doTrade(1, 0, 0, 3e8 - 1, AT_MARK);
        handler.doWithdraw(0, 0, 47_000e6);
        handler.doPass(3600);
    }

    function _requireReached(string memory what) private view {
        if (handler.reached(what) == 0) revert NeverReached(what);
    }

    /// @dev By so many ten-thousandths over nine tenths, and on until it is believed.
    function _move(uint256 shift) private {
        handler.doPrice(true, shift);
        handler.doPass(0);
        handler.doPass(7199);
        handler.doPass(7199);
    }
}
