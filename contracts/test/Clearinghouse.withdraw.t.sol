// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice Your money (P6), and the margin that stays.
contract ClearinghouseWithdrawTest is ProtocolFixture {
    uint64 private alice;
    uint64 private bob;

    function setUp() public {
        deploy();
        alice = openWith(100_000);
        bob = openWith(1_000_000);
    }

    function test_withdraw_withoutPositionsNeedsNoPriceAndNoPermission() public {
        deposit(alice, WETH_TOKEN, 3e18);
        clearinghouse.setPaused(true);
        VM.warp(block.timestamp + 30 days);
        withdraw(alice, USDC_TOKEN, 100_000e6);
        withdraw(alice, WETH_TOKEN, 3e18);
        assert(usdc.balanceOf(ownerOf(alice)) == 100_000e6 && weth.balanceOf(ownerOf(alice)) == 3e18);
        requireConserved();
    }

    function test_withdraw_revertsBelowInitialMargin() public {
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        // Equity 99 955, initial margin 16 380: 83 575 may go, not a unit more.
        AccountInput memory brought = input(alice, computed());
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.withdraw(brought, USDC_TOKEN, 83_576e6, owner);
        withdraw(alice, USDC_TOKEN, 83_574e6);
        requireConserved();
    }

    function test_withdraw_byStrangersReverts() public {
        AccountInput memory brought = input(alice, computed());
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, alice, address(this)));
        clearinghouse.withdraw(brought, USDC_TOKEN, 1, address(this));
    }

    function test_withdraw_gainsStayLockedForTheAveragingWindow() public {
        uint64 mango = openWith(100_000);
        trade(mango, bob, btcPerpetual, 5e8, BTC_PRICE);
        pass(60);
        setBtc(94_000e8);
        trade(bob, mango, btcPerpetual, 5e8, 94_000e8);
        // 20 000 gained in a minute: cash is there, but locked.
        AccountInput memory brought = input(mango, computed());
        address owner = ownerOf(mango);
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.withdraw(brought, USDC_TOKEN, 110_000e6, owner);
        withdraw(mango, USDC_TOKEN, 99_000e6);
        pass(1800);
        withdraw(mango, USDC_TOKEN, 20_000e6);
        requireConserved();
    }

    function test_withdraw_borrowsAgainstCollateralAtInterest() public {
        uint64 whale = open();
        deposit(whale, WETH_TOKEN, 100e18);
        deposit(bob, WETH_TOKEN, 1e18);
        // Others' cash must be in the pool to be lent.
        trade(alice, bob, btcPerpetual, 0.1e8, BTC_PRICE);
        withdraw(whale, USDC_TOKEN, 100_000e6);
        assert(unpacked(whale).cashE8 == -100_000e8);
        (uint128 debt, uint128 credit) = clearinghouse.cashBases();
        assert(debt == 100_000e8 && credit > 1_000_000e8);
        pass(3600);
        hub.checkpoint();
        VM.recordLogs();
        VM.prank(ownerOf(whale));
        clearinghouse.touch(input(whale, computed()));
        readStates();
        assert(unpacked(whale).cashE8 < -100_000e8);
        assert(clearinghouse.ledger().insuranceE8 > 0);
        requireConserved();
        pass(30 days);
        hub.checkpoint();
        uint64[3] memory all = [alice, bob, whale];
        for (uint256 i = 0; i < 3; ++i) {
            AccountInput memory brought = input(all[i], computed());
            VM.recordLogs();
            VM.prank(ownerOf(all[i]));
            clearinghouse.touch(brought);
            readStates();
            requireConserved();
        }
        // Everybody touched at one index: what debtors paid covers what creditors got.
        assert(clearinghouse.ledger().interestE8 >= 0);
    }

    function test_touch_revertsForStrangersAndWithoutHealth() public {
        trade(alice, bob, btcPerpetual, 5e8, BTC_PRICE);
        AccountInput memory brought = input(alice, computed());
        VM.expectPartialRevert(IClearingEvents.NotAuthorised.selector);
        clearinghouse.touch(brought);
        walkBtc(75_000e8);
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.touch(brought);
        brought = input(alice, reducing());
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.ProofNotAllowed.selector);
        clearinghouse.touch(brought);
    }

    function test_withdraw_revertsWhileAPriceIsHaltedAndPositionsRestOnIt() public {
        trade(alice, bob, btcPerpetual, 0.1e8, BTC_PRICE);
        nextBlock();
        btcFeed.setRound(1000, -1, block.timestamp);
        AccountInput memory brought = input(alice, computed());
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, 1, 2));
        clearinghouse.withdraw(brought, USDC_TOKEN, 1e6, owner);
    }

    /// @dev Anybody may deposit a unit of a token whose market is halted; it stops nothing of what rests on others.
    function test_withdraw_aStrangersUnitOfAHaltedMarketStopsNothing() public {
        trade(alice, bob, ethPerpetual, 10e8, ETH_PRICE);
        nextBlock();
        btcFeed.setRound(1000, -1, block.timestamp);
        deposit(alice, WBTC_TOKEN, 1);
        withdraw(alice, USDC_TOKEN, 50_000e6);
        assert(usdc.balanceOf(ownerOf(alice)) == 50_000e6);
        requireConserved();
    }

    /// @dev What such a token is worth counts for nothing beside positions, so that nothing is taken out against it.
    function test_withdraw_countsNoTokensOfAHaltedMarket() public {
        trade(alice, bob, ethPerpetual, 10e8, ETH_PRICE);
        deposit(alice, WBTC_TOKEN, 10e8);
        AccountInput memory brought = input(alice, computed());
        address owner = ownerOf(alice);
        uint256 snapshot = VM.snapshotState();
        withdraw(alice, USDC_TOKEN, 150_000e6);
        VM.revertToState(snapshot);
        nextBlock();
        btcFeed.setRound(1000, -1, block.timestamp);
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.withdraw(brought, USDC_TOKEN, 99_000e6, owner);
    }

    function test_withdraw_countsTheWorseOfLiveAndAveragedPrices() public {
        trade(alice, bob, btcPerpetual, 5e8, BTC_PRICE);
        // A jump up within seconds: the unrealised 20 000 does not count yet.
        setBtc(94_000e8);
        AccountInput memory brought = input(alice, computed());
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.withdraw(brought, USDC_TOKEN, 20_000e6, owner);
        AccountState memory state = unpacked(alice);
        assert(state.cashE8 > 0);
        withdraw(alice, USDC_TOKEN, 10_000e6);
    }
}
