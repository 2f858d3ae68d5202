// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Order, SignedOrder, Slice} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {AccountStates} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM} from "./IVm.sol";
import {PlainFixture} from "./PlainFixture.sol";

/// @notice Options are opened at strikes of three digits alone (CLR-028); what is held at another strike goes wherever it went, but does not grow.
contract TradeModuleStrikesTest is PlainFixture {
    uint96 private constant ODD = (1 << 80) | (uint96(EXPIRY) << 48) | (500_001 << 8) | 2;
    uint256 private constant ALICE = 1;
    uint256 private constant BOB = 2;
    uint256 private constant CAROL = 3;

    uint64 private alice;
    uint64 private bob;
    uint64 private carol;
    uint64 private _nonce;

    /// @dev Alice long and Bob short of five at an odd strike, out of a lot, whose open interest others have opened.
    function setUp() public {
        deploy();
        (alice, bob, carol) = (open(ALICE), open(BOB), open(CAROL));
        this.trade(open(4), 4, open(5), 5, Instruments.pack(1, EXPIRY, 50e4, 2), 100);
        _receive(alice, ALICE, 5);
        _receive(bob, BOB, -5);
    }

    function test_settle_atAnOddStrikeNothingIsOpened() public {
        _expectOffGrid(ODD, 50e8, 501e7);
        this.trade(carol, CAROL, bob, BOB, ODD, 1);
        // Growing is refused like entering.
        _expectOffGrid(ODD, 50e8, 501e7);
        this.trade(alice, ALICE, carol, CAROL, ODD, 1);
        // A future has no strike.
        this.trade(carol, CAROL, bob, BOB, Instruments.pack(1, EXPIRY, 0, 1), 1);
    }

    function test_settle_whatIsHeldAtAnOddStrikeIsSoldAndClosed() public {
        this.trade(carol, CAROL, alice, ALICE, ODD, 2);
        this.trade(bob, BOB, alice, ALICE, ODD, 3);
        this.trade(bob, BOB, carol, CAROL, ODD, 2);
        for (uint64 account = alice; account <= carol; ++account) {
            if (this.decoded(states[account]).positions.length != 0) revert Differs("closed");
        }
    }

    function test_move_takesWhatIsHeldAtAnOddStrike() public {
        uint64 sub = open(ALICE);
        uint96[] memory moved = new uint96[](1);
        moved[0] = ODD;
        (AccountInput memory from, AccountInput memory to) = (input(alice), input(sub));
        VM.recordLogs();
        VM.prank(VM.addr(ALICE));
        clearinghouse.move(from, to, 0, 0, moved);
        readStates();
        if (this.decoded(states[sub]).positions[0].sizeE8 != 5) revert Differs("moved");
    }

    /// @dev Over every kind of strike: taken when it has at most three digits, refused with the nearest two otherwise.
    function testFuzz_settle_opensWhatTheGridHas(uint40 strikeE4, uint8 zeros) public {
        // Near enough to the forward of 50 for MRG-003.
        uint256 strike = 62_500 + (strikeE4 % 3_937_500);
        uint256 power = 10 ** (zeros % 6);
        strike = (strike / power) * power;
        if (strike < 62_500) strike = 70_000;
        uint256 step = 1;
        while (strike / step > 999) step *= 10;
        uint96 instrument = Instruments.pack(1, EXPIRY, uint40(strike), 3);
        if (strike % step != 0) {
            uint256 below = (strike - (strike % step)) * 1e4;
            _expectOffGrid(instrument, below, below + step * 1e4);
        }
        this.trade(carol, CAROL, alice, ALICE, instrument, 1);
    }

    function trade(uint64 buyer, uint256 buys, uint64 seller, uint256 sells, uint96 instrument, int64 size) external {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(Order(seller, instrument, -size, 1, ++_nonce, type(uint40).max, 1e6, 0), sells);
        orders[1] = signed(Order(buyer, instrument, size, 1, _nonce, type(uint40).max, 1e6, 0), buys);
        AccountInput[] memory accounts = new AccountInput[](2);
        (accounts[0], accounts[1]) = buyer < seller ? (input(buyer), input(seller)) : (input(seller), input(buyer));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(size));
        VM.recordLogs();
        clearinghouse.settle(accounts, orders, fills);
        readStates();
    }

    function _expectOffGrid(uint96 instrument, uint256 belowE8, uint256 aboveE8) private {
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.StrikeOffGrid.selector, instrument, belowE8, aboveE8));
    }

    function _receive(uint64 account, uint256 key, int256 size) private {
        (bytes memory checkpoint, bytes memory records) = surroundings.liveFor(0, 0);
        Slice memory slice = Slice(0, bytes.concat(bytes32(AccountStates.pack(ODD, size, 0))), 1e8);
        VM.recordLogs();
        IClearinghouseModules(address(clearinghouse)).receiveSlice(
            input(account),
            VM.addr(key),
            0,
            1e12,
            0,
            0,
            slice,
            0,
            0,
            checkpoint,
            records
        );
        readStates();
    }
}
