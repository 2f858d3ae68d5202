// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, MarketTotals, Order, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice Fills: what moves, what is refused, and that money and sizes are conserved.
contract ClearinghouseSettleTest is ProtocolFixture {
    uint64 private alice;
    uint64 private bob;

    function setUp() public {
        deploy();
        alice = openWith(1_000_000);
        bob = openWith(1_000_000);
    }

    /// @dev Nobody pays for prices of markets in which he has nothing.
    function test_settle_readsTheMarketsThatItsAccountsRestOnAndNoOther() public {
        pass(60);
        btcFeed.setAnswer(int256(91_000e8));
        ethFeed.setAnswer(int256(3_100e8));
        trade(alice, bob, btcPerpetual, 1e7, 91_000e8);
        assert(spots.storedSpotE8(BTC) == 91_000e8 && spots.storedSpotE8(ETH) == ETH_PRICE);
        // Collateral counts, too.
        deposit(bob, WETH_TOKEN, 1e18);
        trade(alice, bob, btcPerpetual, 1e7, 91_000e8);
        assert(spots.storedSpotE8(ETH) == 3_100e8);
    }

    function test_settle_movesSizeCostAndFees() public {
        trade(alice, bob, btcPerpetual, 2e8, 90_500e8);
        AccountState memory a = unpacked(alice);
        AccountState memory b = unpacked(bob);
        assert(a.positions[0].sizeE8 == 2e8 && a.positions[0].costE8 == 181_000e8);
        assert(b.positions[0].sizeE8 == -2e8 && b.positions[0].costE8 == -181_000e8);
        // 181 000 at 5 bp for the taker, 2 bp for the maker.
        assert(a.cashE8 == 1_000_000e8 - 90.5e8 && b.cashE8 == 1_000_000e8 - 36.2e8);
        MarketTotals memory totals = clearinghouse.marketTotals(BTC);
        assert(totals.openInterestE8 == 2e8 && totals.notionalE8 == 180_000e8 && totals.premiumNotionalE8 == 900e8);
        assert(a.version == 1 && a.lastOperation == block.timestamp);
        requireConserved();
    }

    function testFuzz_settle_conserves(uint256 seed) public {
        for (uint256 i = 0; i < 6; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            int256 size = int256(1 + ((seed >> 8) % 2e8));
            uint256 price = BTC_PRICE - 4_000e8 + ((seed >> 64) % 8_000e8);
            (uint64 buyer, uint64 seller) = seed & 1 == 0 ? (alice, bob) : (bob, alice);
            trade(buyer, seller, btcPerpetual, size, price);
            requireConserved();
        }
    }

    /// @dev There and back at the edge of the band, between two who hold nothing then: each unit counts as one at the clamp, half a percent from spot.
    function test_premium_aFillFarFromSpotWeighsNoMoreThanTheClamp() public {
        trade(alice, bob, btcPerpetual, 2e8, BTC_PRICE);
        trade(bob, alice, btcPerpetual, 2e8, BTC_PRICE);
        trade(alice, bob, btcPerpetual, 0.75e8, (BTC_PRICE * 105) / 100);
        trade(bob, alice, btcPerpetual, 0.75e8, (BTC_PRICE * 105) / 100);
        trade(alice, bob, btcPerpetual, 1e8, (BTC_PRICE * 95) / 100);
        MarketTotals memory totals = clearinghouse.marketTotals(BTC);
        assert(totals.premiumNotionalE8 == 1.5 * 450e8 - 450e8);
        assert(totals.notionalE8 == 6.5 * 90_000e8);
    }

    function test_settle_closingRealisesAllAndLocksTheGain() public {
        trade(alice, bob, btcPerpetual, 1e8, 90_000e8);
        setBtc(93_000e8);
        trade(bob, alice, btcPerpetual, 1e8, 93_000e8);
        AccountState memory a = unpacked(alice);
        assert(a.positions.length == 0 && unpacked(bob).positions.length == 0);
        assert(a.cashE8 == 1_000_000e8 + 3_000e8 - 45e8 - 18.6e8);
        assert(a.lockedGainE8 == 3_000e8 && unpacked(bob).lockedGainE8 == 0);
        assert(clearinghouse.marketTotals(BTC).openInterestE8 == 0);
        requireConserved();
    }

    function test_settle_turnsAPosition() public {
        trade(alice, bob, btcPerpetual, 1e8, 90_000e8);
        trade(bob, alice, btcPerpetual, 3e8, 91_000e8);
        AccountState memory a = unpacked(alice);
        assert(a.positions[0].sizeE8 == -2e8 && a.positions[0].costE8 == -182_000e8);
        assert(a.lockedGainE8 == 1_000e8);
        requireConserved();
    }

    function test_settle_revertsWhenStateIsOld() public {
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        VM.expectPartialRevert(IClearingEvents.StateMismatch.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_revertsWhenAnotherSigned() public {
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        orders[1].order.limitPriceE8 += 1;
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.SignatureInvalid.selector, alice, ownerOf(alice)));
        clearinghouse.settle(accounts, orders, fills);
        orders[1] = signed(order(alice, btcPerpetual, 1e8, BTC_PRICE));
        orders[1].signer = ownerOf(bob);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, alice, ownerOf(bob)));
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_revertsOnAnotherChain() public {
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        VM.chainId(999);
        VM.expectPartialRevert(IClearingEvents.SignatureInvalid.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_revertsWhenOrderIsReplayed() public {
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        settle(accounts, orders, 1e8);
        accounts = pair(alice, bob, computed(), computed());
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.OrderDone.selector, bob, orders[0].order.nonce));
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_fillsAnOrderInPartsAndNoMore() public {
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(3e8, BTC_PRICE, BTC_PRICE);
        settle(pair(alice, bob, computed(), computed()), orders, 2e8);
        (bool done, uint64 filled) = clearinghouse.orderStatus(bob, orders[0].order.nonce);
        assert(!done && filled == 2e8);
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        fills[0].sizeE8 = 2e8;
        VM.expectPartialRevert(IClearingEvents.OrderOverfilled.selector);
        clearinghouse.settle(accounts, orders, fills);
        settle(accounts, orders, 1e8);
        (done, ) = clearinghouse.orderStatus(bob, orders[0].order.nonce);
        assert(done);
    }

    function test_cancel_stopsAnOrder() public {
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        uint64[] memory nonces = new uint64[](1);
        nonces[0] = orders[0].order.nonce;
        VM.prank(ownerOf(bob));
        clearinghouse.cancel(bob, nonces);
        VM.expectPartialRevert(IClearingEvents.OrderDone.selector);
        clearinghouse.settle(accounts, orders, fills);
        VM.expectPartialRevert(IClearingEvents.NotAuthorised.selector);
        clearinghouse.cancel(alice, nonces);
    }

    function test_cancelBelow_stopsAllBelow() public {
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        VM.prank(ownerOf(bob));
        clearinghouse.cancelBelow(bob, orders[0].order.nonce + 1);
        VM.expectPartialRevert(IClearingEvents.OrderDone.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    /// @dev A slip, or a delegate who may cancel, does not end an account's nonces for ever.
    function test_cancelBelow_leavesNoncesForTheFuture() public {
        uint64 step = 2 ** 48;
        VM.startPrank(ownerOf(bob));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NonceTooFar.selector, bob, type(uint64).max, uint64(0)));
        clearinghouse.cancelBelow(bob, type(uint64).max);
        clearinghouse.cancelBelow(bob, step);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NonceTooFar.selector, bob, 2 * step + 1, step));
        clearinghouse.cancelBelow(bob, 2 * step + 1);
        clearinghouse.cancelBelow(bob, 2 * step);
        VM.stopPrank();
    }

    function test_settle_revertsPastExpiryWrongLimitsAndSelfTrade() public {
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE - 1);
        VM.expectPartialRevert(IClearingEvents.OrdersDoNotMatch.selector);
        clearinghouse.settle(accounts, orders, fills);

        uint64 sibling = openFor(keys[alice]);
        deposit(sibling, USDC_TOKEN, 1_000_000e6);
        orders[0] = signed(order(sibling, btcPerpetual, -1e8, BTC_PRICE));
        orders[1] = signed(order(alice, btcPerpetual, 1e8, BTC_PRICE));
        accounts = pair(alice, sibling, computed(), computed());
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.SelfTrade.selector, ownerOf(alice)));
        clearinghouse.settle(accounts, orders, fills);

        (orders, fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        accounts = pair(alice, bob, computed(), computed());
        pass(601);
        VM.expectPartialRevert(IClearingEvents.OrderExpired.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_revertsOutsideThePriceBand() public {
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        uint256 edge = (BTC_PRICE * 105) / 100;
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, edge + 1, edge + 1);
        VM.expectPartialRevert(IClearingEvents.PriceOutOfBand.selector);
        clearinghouse.settle(accounts, orders, fills);
        (orders, fills) = _match(1e8, edge, edge);
        settle(accounts, orders, 1e8);
    }

    function test_settle_refusesUnknownUnderlyings() public {
        uint96 unknown = Instruments.pack(9, 0, 0, uint8(Instruments.PERPETUAL));
        _expectInstrument(unknown, IClearingEvents.UnderlyingUnknown.selector);
    }

    function test_settle_flagsAndFeesBindTheFill() public {
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e8);
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, btcPerpetual, -1e8, BTC_PRICE));
        Order memory taker = order(alice, btcPerpetual, 1e8, BTC_PRICE);
        taker.flags = 2;
        orders[1] = signed(taker);
        VM.expectPartialRevert(IClearingEvents.PostOnlyTaker.selector);
        clearinghouse.settle(accounts, orders, fills);
        taker.flags = 1;
        orders[1] = signed(taker);
        VM.expectPartialRevert(IClearingEvents.NotReducing.selector);
        clearinghouse.settle(accounts, orders, fills);
        taker.flags = 0;
        taker.maxFeeRateE8 = 49_999;
        orders[1] = signed(taker);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.FeeTooHigh.selector, alice, 50_000, 49_999));
        clearinghouse.settle(accounts, orders, fills);
        taker.flags = 8;
        orders[1] = signed(taker);
        VM.expectPartialRevert(IClearingEvents.OrderInvalid.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_revertsBelowInitialMargin() public {
        uint64 poor = openWith(16_000);
        // 1 BTC needs 1.3·0.14·90 000 = 16 380.
        AccountInput[] memory accounts = pair(poor, bob, computed(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, btcPerpetual, -1e8, BTC_PRICE));
        orders[1] = signed(order(poor, btcPerpetual, 1e8, BTC_PRICE));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e8);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_reducingNeedsNoMarginButMustReduce() public {
        uint64 poor = openWith(17_000);
        trade(poor, bob, btcPerpetual, 1e8, BTC_PRICE);
        setBtc(86_000e8);
        // Half is worth it; a thousandth of the position is not, below the maintenance margin? Not yet below: equity 12 955 > 12 040.
        tradeWith(bob, poor, btcPerpetual, 0.001e8, 86_000e8, computed(), reducing());
        setBtc(84_000e8);
        // Now below it: small reductions would be a way to change the hash for nothing.
        AccountInput[] memory accounts = pair(bob, poor, computed(), reducing());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(poor, btcPerpetual, -0.001e8, 84_000e8));
        orders[1] = signed(order(bob, btcPerpetual, 0.001e8, 84_000e8));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 0.001e8);
        VM.expectPartialRevert(IHealthGate.ReliefTooSmall.selector);
        clearinghouse.settle(accounts, orders, fills);
        tradeWith(bob, poor, btcPerpetual, 0.4e8, 84_000e8, computed(), reducing());
        requireConserved();
    }

    /// @dev Fills there and back within one settlement grow no position and would carry out a band of any size: what a reduction loses is bounded by what it closes.
    function test_settle_reducingThereAndBackIsBoundedByWhatIsClosed() public {
        uint64 poor = openWith(25_000);
        trade(poor, bob, btcPerpetual, 1e8, BTC_PRICE);
        SignedOrder[] memory orders = new SignedOrder[](4);
        orders[0] = signed(order(poor, btcPerpetual, 0.6e8, (BTC_PRICE * 104) / 100));
        orders[1] = signed(order(bob, btcPerpetual, -0.6e8, (BTC_PRICE * 104) / 100));
        orders[2] = signed(order(poor, btcPerpetual, -1.1e8, (BTC_PRICE * 96) / 100));
        orders[3] = signed(order(bob, btcPerpetual, 1.1e8, (BTC_PRICE * 96) / 100));
        Fill[] memory fills = new Fill[](2);
        (fills[0], fills[1]) = (Fill(0, 1, 0.6e8), Fill(2, 3, 1.1e8));
        AccountInput[] memory accounts = pair(bob, poor, computed(), reducing());
        VM.expectPartialRevert(IHealthGate.ReductionTooDear.selector);
        clearinghouse.settle(accounts, orders, fills);
        // The same close alone is its owner's to make.
        tradeWith(bob, poor, btcPerpetual, 0.5e8, (BTC_PRICE * 96) / 100, computed(), reducing());
        requireConserved();
    }

    function test_settle_reducingMayNotGrowOrTurn() public {
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        AccountInput[] memory accounts = pair(bob, alice, computed(), reducing());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(alice, btcPerpetual, -2e8, BTC_PRICE));
        orders[1] = signed(order(bob, btcPerpetual, 2e8, BTC_PRICE));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 2e8);
        VM.expectPartialRevert(IHealthGate.NotReducing.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_pausedOrHaltedTakesOnlyReductions() public {
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        clearinghouse.setPaused(true);
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        VM.expectRevert(IClearingEvents.Paused.selector);
        clearinghouse.settle(accounts, orders, fills);
        tradeWith(bob, alice, btcPerpetual, 0.5e8, BTC_PRICE, reducing(), reducing());
        clearinghouse.setPaused(false);

        nextBlock();

        btcFeed.setRound(1000, 0, block.timestamp);
        accounts = pair(alice, bob, computed(), computed());
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, 1, 2));
        clearinghouse.settle(accounts, orders, fills);
        tradeWith(bob, alice, btcPerpetual, 0.5e8, BTC_PRICE, reducing(), reducing());
        requireConserved();
    }

    /// @dev An account that came twice would be written twice, the second time without what the first was given.
    function test_settle_bringsEachAccountOnce() public {
        uint64 carol = openWith(1_000_000);
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        uint64[] memory accounts = new uint64[](3);
        (accounts[0], accounts[1], accounts[2]) = (alice, alice, bob);
        _expectSettle(accounts, orders, fills, abi.encodeWithSelector(IClearingEvents.AccountsUnsorted.selector, 1));
        accounts[1] = bob;
        _expectSettle(accounts, orders, fills, abi.encodeWithSelector(IClearingEvents.AccountsUnsorted.selector, 2));
        // Nor does anybody come whom no fill names: his state would change for nothing.
        accounts[2] = carol;
        bytes memory refusal = abi.encodeWithSelector(IClearingEvents.NothingToSettle.selector, carol);
        _expectSettle(accounts, orders, fills, refusal);
        accounts = new uint64[](2);
        (accounts[0], accounts[1]) = (bob, alice);
        _expectSettle(accounts, orders, fills, abi.encodeWithSelector(IClearingEvents.AccountsUnsorted.selector, 1));
        (accounts[0], accounts[1]) = (alice, bob);
        refusal = abi.encodeWithSelector(IClearingEvents.NothingToSettle.selector, 0);
        _expectSettle(accounts, orders, new Fill[](0), refusal);
        fills[0] = Fill(0, 2, 1e8);
        _expectSettle(accounts, orders, fills, abi.encodeWithSelector(IClearingEvents.OrderMissing.selector, 2, 2));
        fills[0] = Fill(7, 1, 1e8);
        _expectSettle(accounts, orders, fills, abi.encodeWithSelector(IClearingEvents.OrderMissing.selector, 7, 2));
        fills[0] = Fill(0, 1, 1e8);
        accounts[1] = carol;
        refusal = abi.encodeWithSelector(IClearingEvents.AccountNotBrought.selector, bob);
        _expectSettle(accounts, orders, fills, refusal);
        accounts[1] = bob;
        orders[1] = signed(order(carol, btcPerpetual, 1e8, BTC_PRICE));
        refusal = abi.encodeWithSelector(IClearingEvents.AccountNotBrought.selector, carol);
        _expectSettle(accounts, orders, fills, refusal);
        (orders, fills) = _match(1e8, BTC_PRICE, BTC_PRICE);
        settle(pair(alice, bob, computed(), computed()), orders, 1e8);
        requireConserved();
    }

    function _expectSettle(
        uint64[] memory numbers,
        SignedOrder[] memory orders,
        Fill[] memory fills,
        bytes memory refusal
    ) private {
        AccountInput[] memory accounts = new AccountInput[](numbers.length);
        for (uint256 i = 0; i < numbers.length; ++i) accounts[i] = input(numbers[i], computed());
        VM.expectRevert(refusal);
        clearinghouse.settle(accounts, orders, fills);
    }

    function _match(
        int256 size,
        uint256 makerPrice,
        uint256 takerPrice
    ) private returns (SignedOrder[] memory orders, Fill[] memory fills) {
        orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, btcPerpetual, -size, makerPrice));
        orders[1] = signed(order(alice, btcPerpetual, size, takerPrice));
        fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(uint256(size)));
    }

    function _expectInstrument(uint96 instrument, bytes4 selector) private {
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, instrument, -1e8, BTC_PRICE));
        orders[1] = signed(order(alice, instrument, 1e8, BTC_PRICE));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e8);
        VM.expectPartialRevert(selector);
        clearinghouse.settle(accounts, orders, fills);
    }
}
