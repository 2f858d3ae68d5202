// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Order, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice Accounts of one owner, delegates, closing, and what an order or a market may bound.
contract ClearinghouseAccountsTest is ProtocolFixture {
    uint256 private constant DELEGATE_KEY = 0xde1e9a7e;
    uint64 private main;
    uint64 private sub;
    uint64 private bob;

    function setUp() public {
        deploy();
        main = openWith(100_000);
        sub = openFor(keys[main]);
        bob = openWith(1_000_000);
    }

    // Moves

    function test_move_cashToASibling() public {
        _move(main, sub, USDC_TOKEN, 40_000e6, new uint96[](0));
        require(unpacked(main).cashE8 == 60_000e8 && unpacked(sub).cashE8 == 40_000e8, Broken("cash"));
        requireConserved();
    }

    function test_move_tokensToASibling() public {
        deposit(main, WETH_TOKEN, 2e18);
        _move(main, sub, WETH_TOKEN, 15e17, new uint96[](0));
        require(vault.balanceOf(main, WETH_TOKEN) == 5e17, Broken("left"));
        require(vault.balanceOf(sub, WETH_TOKEN) == 15e17, Broken("arrived"));
        requireConserved();
    }

    function test_move_aPositionWholeWithItsCost() public {
        trade(main, bob, btcPerpetual, 2e8, BTC_PRICE);
        setBtc(92_000e8);
        pass(1800);
        hub.checkpoint();
        int256 cost = unpacked(main).positions[0].costE8;
        _move(main, sub, USDC_TOKEN, 60_000e6, _only(btcPerpetual));
        AccountState memory left = unpacked(main);
        AccountState memory arrived = unpacked(sub);
        require(left.positions.length == 0, Broken("gone"));
        require(arrived.positions[0].sizeE8 == 2e8 && arrived.positions[0].costE8 == cost, Broken("whole"));
        require(arrived.lockedGainE8 == 0, Broken("nothing is realised"));
        require(clearinghouse.marketTotals(BTC).openInterestE8 == 2e8, Broken("open interest"));
        requireConserved();
    }

    function test_move_mergesWithAnOppositePosition() public {
        deposit(sub, USDC_TOKEN, 100_000e6);
        trade(main, bob, btcPerpetual, 1e8, BTC_PRICE);
        trade(bob, sub, btcPerpetual, 1e8, 91_000e8);
        _move(main, sub, USDC_TOKEN, 0, _only(btcPerpetual));
        AccountState memory arrived = unpacked(sub);
        require(arrived.positions.length == 0, Broken("closed"));
        require(arrived.lockedGainE8 == 1_000e8, Broken("what the two earned is locked"));
        require(clearinghouse.marketTotals(BTC).openInterestE8 == 0, Broken("open interest"));
        requireConserved();
    }

    /// @dev Whatever moves between two accounts, nothing is won or lost.
    function testFuzz_move_conserves(uint64 cash, uint64 size, uint64 price) public {
        uint256 at = BTC_PRICE - 2_000e8 + (price % 4_000e8);
        trade(main, bob, btcPerpetual, int256(uint256(size % 2e8)) + 1, at);
        deposit(sub, USDC_TOKEN, 200_000e6);
        int256 before = _wealth();
        _move(main, sub, USDC_TOKEN, cash % 20_000e6, _only(btcPerpetual));
        require(_wealth() == before, Broken("cash less cost"));
        requireConserved();
    }

    function test_move_revertsBetweenOwnersAndForStrangers() public {
        AccountInput memory from = input(main, computed());
        AccountInput memory to = input(bob, computed());
        VM.prank(ownerOf(main));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountsNotSiblings.selector, main, bob));
        clearinghouse.move(from, to, USDC_TOKEN, 1, new uint96[](0));
        VM.prank(ownerOf(main));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountsNotSiblings.selector, main, main));
        clearinghouse.move(from, from, USDC_TOKEN, 1, new uint96[](0));
        to = input(sub, computed());
        address stranger = ownerOf(bob);
        VM.prank(stranger);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, main, stranger));
        clearinghouse.move(from, to, USDC_TOKEN, 1, new uint96[](0));
        VM.prank(ownerOf(main));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.PositionMissing.selector, main, btcPerpetual));
        clearinghouse.move(from, to, USDC_TOKEN, 0, _only(btcPerpetual));
    }

    function test_move_revertsWhenEitherIsLeftUnhealthyAndWhilePaused() public {
        trade(main, bob, btcPerpetual, 2e8, BTC_PRICE);
        AccountInput memory from = input(main, computed());
        AccountInput memory to = input(sub, computed());
        address owner = ownerOf(main);
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.move(from, to, USDC_TOKEN, 90_000e6, new uint96[](0));
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.move(from, to, USDC_TOKEN, 1_000e6, _only(btcPerpetual));
        clearinghouse.setPaused(true);
        VM.prank(owner);
        VM.expectRevert(IClearingEvents.Paused.selector);
        clearinghouse.move(from, to, USDC_TOKEN, 1, new uint96[](0));
    }

    /// @dev What was won a moment ago stays in the account that won it.
    function test_move_lockedGainsStay() public {
        trade(main, bob, btcPerpetual, 1e8, BTC_PRICE);
        setBtc(94_000e8);
        trade(bob, main, btcPerpetual, 1e8, 94_000e8);
        AccountInput memory from = input(main, computed());
        AccountInput memory to = input(sub, computed());
        VM.prank(ownerOf(main));
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.move(from, to, USDC_TOKEN, 102_000e6, new uint96[](0));
        _move(main, sub, USDC_TOKEN, 99_000e6, new uint96[](0));
    }

    // Closing

    function test_closeAccount_onlyWhenEmptyAndForEver() public {
        bytes memory state = stateOf(sub);
        VM.expectPartialRevert(IClearingEvents.NotAuthorised.selector);
        clearinghouse.closeAccount(sub, state);
        deposit(sub, WETH_TOKEN, 1);
        VM.prank(ownerOf(sub));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountNotEmpty.selector, sub));
        clearinghouse.closeAccount(sub, state);
        withdraw(sub, WETH_TOKEN, 1);
        state = stateOf(sub);
        VM.prank(ownerOf(sub));
        clearinghouse.closeAccount(sub, state);
        require(clearinghouse.accountHash(sub) == 0, Broken("closed"));
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.AccountUnknown.selector, sub));
        vault.deposit(sub, ownerOf(sub), USDC_TOKEN, 1);
        VM.prank(ownerOf(main));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountNotEmpty.selector, main));
        clearinghouse.closeAccount(main, stateOf(main));
    }

    /// @dev Fees and interest leave parts of a base unit, which nobody can withdraw: they are fees then.
    function test_closeAccount_withLessThanABaseUnit() public {
        deposit(sub, USDC_TOKEN, 1_000e6);
        trade(sub, bob, btcPerpetual, 100_007, BTC_PRICE);
        trade(bob, sub, btcPerpetual, 100_007, BTC_PRICE);
        uint256 cashE8 = uint256(unpacked(sub).cashE8);
        withdraw(sub, USDC_TOKEN, uint128(cashE8 / 100 - 1));
        bytes memory state = stateOf(sub);
        VM.prank(ownerOf(sub));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountNotEmpty.selector, sub));
        clearinghouse.closeAccount(sub, state);
        withdraw(sub, USDC_TOKEN, 1);
        int256 left = unpacked(sub).cashE8;
        assert(left > 0 && left < 100);
        uint256 feesE8 = clearinghouse.ledger().feesE8;
        state = stateOf(sub);
        VM.prank(ownerOf(sub));
        clearinghouse.closeAccount(sub, state);
        assert(clearinghouse.accountHash(sub) == 0 && clearinghouse.ledger().feesE8 == feesE8 + uint256(left));
        requireLedger(unpacked(main).cashE8 + unpacked(bob).cashE8);
    }

    // Delegates

    function test_delegate_signsOrdersUntilItsTimeIsOver() public {
        _appoint(1, uint40(block.timestamp + 100));
        _tradeByDelegate();
        require(unpacked(main).positions.length == 1, Broken("traded"));
        pass(101);
        _expectDelegateRefused();
    }

    /// @dev All of a block has one time: nothing is done after the right in the block in which it ends, and what was signed while it held is worth nothing then.
    function test_delegate_actsThroughItsLastSecondAndNoLonger() public {
        address delegate = VM.addr(DELEGATE_KEY);
        _appoint(1 | 4, uint40(block.timestamp + 100));
        VM.prank(ownerOf(sub));
        clearinghouse.setDelegate(sub, delegate, 4, uint40(block.timestamp + 100));
        SignedOrder[] memory orders = _orders();
        pass(100);
        AccountInput memory from = input(main, computed());
        AccountInput memory to = input(sub, computed());
        VM.recordLogs();
        VM.prank(delegate);
        clearinghouse.move(from, to, USDC_TOKEN, 1e6, new uint96[](0));
        readStates();
        pass(1);
        (from, to) = (input(main, computed()), input(sub, computed()));
        bytes memory refused = abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, main, delegate);
        VM.prank(delegate);
        VM.expectRevert(refused);
        clearinghouse.move(from, to, USDC_TOKEN, 1e6, new uint96[](0));
        AccountInput[] memory accounts = pair(main, bob, computed(), computed());
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e7);
        VM.expectRevert(refused);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_delegate_hasOnlyTheRightsGiven() public {
        _expectDelegateRefused();
        _appoint(2 | 4, type(uint40).max);
        _expectDelegateRefused();
        address delegate = VM.addr(DELEGATE_KEY);
        uint64[] memory nonces = new uint64[](1);
        VM.prank(delegate);
        clearinghouse.cancel(main, nonces);
        VM.prank(delegate);
        clearinghouse.cancelBelow(main, 5);
        AccountInput memory brought = input(main, computed());
        VM.prank(delegate);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, main, delegate));
        clearinghouse.withdraw(brought, USDC_TOKEN, 1, delegate);
        // Both accounts must have given the right.
        AccountInput memory to = input(sub, computed());
        VM.prank(delegate);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, sub, delegate));
        clearinghouse.move(brought, to, USDC_TOKEN, 1, new uint96[](0));
        VM.prank(delegate);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, main, delegate));
        clearinghouse.setDelegate(main, delegate, 7, type(uint40).max);
        _appoint(0, 0);
        VM.prank(delegate);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, main, delegate));
        clearinghouse.cancelBelow(main, 6);
        VM.prank(ownerOf(main));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.RightsUnknown.selector, 8));
        clearinghouse.setDelegate(main, delegate, 8, 1);
    }

    // Bounds of orders and markets

    function test_settle_fillOrKillTakesTheWholeOrNothing() public {
        AccountInput[] memory accounts = pair(main, bob, computed(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, btcPerpetual, -1e8, BTC_PRICE));
        Order memory whole = order(main, btcPerpetual, 1e8, BTC_PRICE);
        whole.flags = 4;
        orders[1] = signed(whole);
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 5e7);
        VM.expectRevert(
            abi.encodeWithSelector(IClearingEvents.NotFilledWhole.selector, main, whole.nonce, uint64(1e8), uint64(5e7))
        );
        clearinghouse.settle(accounts, orders, fills);
        settle(accounts, orders, 1e8);
    }

    function test_settle_capOfRiskInterestStopsGrowthOnly() public {
        // 1 BTC has 12 600 of risk interest.
        parameters.setRiskInterestMax(BTC, 13_000e8);
        trade(main, bob, btcPerpetual, 1e8, BTC_PRICE);
        AccountInput[] memory accounts = pair(main, bob, computed(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, btcPerpetual, -1e7, BTC_PRICE));
        orders[1] = signed(order(main, btcPerpetual, 1e7, BTC_PRICE));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e7);
        VM.expectPartialRevert(IClearingEvents.OpenInterestTooHigh.selector);
        clearinghouse.settle(accounts, orders, fills);
        parameters.setRiskInterestMax(BTC, 1);
        trade(bob, main, btcPerpetual, 5e7, BTC_PRICE);
        require(clearinghouse.marketTotals(BTC).openInterestE8 == 5e7, Broken("reduced"));
    }

    // Helpers

    function _only(uint96 instrument) private pure returns (uint96[] memory list) {
        list = new uint96[](1);
        list[0] = instrument;
    }

    function _move(uint64 a, uint64 b, uint16 token, uint128 amountRaw, uint96[] memory instruments) private {
        AccountInput memory from = input(a, computed());
        AccountInput memory to = input(b, computed());
        VM.recordLogs();
        VM.prank(ownerOf(a));
        clearinghouse.move(from, to, token, amountRaw, instruments);
        readStates();
    }

    /// @dev Cash, unswept dollars included, less cost, of both accounts.
    function _wealth() private view returns (int256 sum) {
        for (uint64 a = main; a <= sub; ++a) {
            AccountState memory state = unpacked(a);
            sum += state.cashE8 + int256(uint256(vault.balanceOf(a, USDC_TOKEN))) * 100;
            for (uint256 i = 0; i < state.positions.length; ++i) sum -= state.positions[i].costE8;
        }
    }

    function _appoint(uint8 rights, uint40 until) private {
        address delegate = VM.addr(DELEGATE_KEY);
        VM.prank(ownerOf(main));
        clearinghouse.setDelegate(main, delegate, rights, until);
    }

    function _orders() private returns (SignedOrder[] memory orders) {
        orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, btcPerpetual, -1e7, BTC_PRICE));
        Order memory mine = order(main, btcPerpetual, 1e7, BTC_PRICE);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(DELEGATE_KEY, clearinghouse.orderDigest(mine));
        orders[1] = SignedOrder(mine, VM.addr(DELEGATE_KEY), abi.encodePacked(r, s, v));
    }

    function _tradeByDelegate() private {
        settle(pair(main, bob, computed(), computed()), _orders(), 1e7);
    }

    function _expectDelegateRefused() private {
        AccountInput[] memory accounts = pair(main, bob, computed(), computed());
        SignedOrder[] memory orders = _orders();
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e7);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, main, VM.addr(DELEGATE_KEY)));
        clearinghouse.settle(accounts, orders, fills);
    }
}
