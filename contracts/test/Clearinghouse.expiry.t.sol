// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, CashLedger, Fill, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {ExpiryMissing} from "../margin/MarginErrors.sol";
import {DatedFixture} from "./DatedFixture.sol";
import {VM} from "./IVm.sol";

/// @notice Futures and options from the first trade to settlement, by the real referees.
contract ClearinghouseExpiryTest is DatedFixture {
    uint64 private alice;
    uint64 private bob;
    uint64 private carol;

    function setUp() public {
        deployDated();
        alice = openWith(400_000);
        bob = openWith(400_000);
        carol = openWith(400_000);
    }

    // Between expiry and price

    /// @dev No margin is asked for what has expired, and what its price will be is not known: until it is, nothing leaves and nothing is added.
    function test_pending_takesNothingOutAndOnlyReduces() public {
        tradeAtMark(alice, bob, future(NEAR), 1e8);
        trade(alice, bob, ethPerpetual, 10e8, ETH_PRICE);
        pass(NEAR - block.timestamp);
        _expectPending(alice);
        AccountInput memory source = input(alice, computed());
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.SettlementPending.selector, alice));
        VM.prank(ownerOf(alice));
        clearinghouse.withdraw(source, USDC_TOKEN, 1e6, ownerOf(alice));
        uint64 second = openFor(keys[alice]);
        AccountInput memory target = input(second, computed());
        source = input(alice, computed());
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.SettlementPending.selector, alice));
        VM.prank(ownerOf(alice));
        clearinghouse.move(source, target, USDC_TOKEN, 1e6, new uint96[](0));
        tradeWith(carol, alice, ethPerpetual, 5e8, ETH_PRICE, computed(), reducing());

        dated.fix(BTC, NEAR, uint64(BTC_PRICE));
        trade(alice, carol, ethPerpetual, 1e8, ETH_PRICE);
        pass(1800);
        withdraw(alice, USDC_TOKEN, 1e6);
    }

    function _expectPending(uint64 account) private {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(carol, ethPerpetual, -1e8, ETH_PRICE));
        orders[1] = signed(order(account, ethPerpetual, 1e8, ETH_PRICE));
        AccountInput[] memory accounts = pair(account, carol, computed(), computed());
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e8);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.SettlementPending.selector, account));
        clearinghouse.settle(accounts, orders, fills);
    }

    // Trading

    function test_settle_premiumMovesCashAndIsNoCost() public {
        uint96 option = call(NEAR, 95_000);
        uint256 price = markOf(option);
        tradeAtMark(alice, bob, option, 2e8);
        AccountState memory buyer = unpacked(alice);
        AccountState memory seller = unpacked(bob);
        require(buyer.positions[0].sizeE8 == 2e8 && buyer.positions[0].costE8 == 0, Broken("buyer's position"));
        require(seller.positions[0].sizeE8 == -2e8 && seller.positions[0].costE8 == 0, Broken("seller's position"));
        int256 premium = int256(2 * price);
        require(buyer.cashE8 == 400_000e8 - premium - _fee(premium, 50_000), Broken("buyer pays"));
        require(seller.cashE8 == 400_000e8 + premium - _fee(premium, 20_000), Broken("seller gets"));
        require(seller.lockedGainE8 == uint256(premium), Broken("a premium taken is locked for the window"));
        require(clearinghouse.marketTotals(BTC).openInterestE8 == 2e8, Broken("open interest"));
        require(clearinghouse.marketTotals(BTC).notionalE8 == 0, Broken("options do not move the funding premium"));
        requireConserved();
    }

    function test_settle_futureKeepsItsCost() public {
        tradeAtMark(alice, bob, future(FAR), 1e8);
        AccountState memory buyer = unpacked(alice);
        require(buyer.positions[0].costE8 == int256(BTC_PRICE), Broken("a future's cost is its price"));
        require(clearinghouse.marketTotals(BTC).notionalE8 == 0, Broken("futures do not move the funding premium"));
        requireConserved();
    }

    function test_settle_refusesUnlistedExpiredFarAndOddStrikes() public {
        _expectRefused(future(uint32(START + 11 days)), BTC_PRICE, ExpiryMissing.selector);
        _expectRefused(call(NEAR, 11_000), markOf(call(NEAR, 11_000)), IClearingEvents.OutOfDomain.selector);
        _expectRefused(put(NEAR, 721_000), markOf(put(NEAR, 721_000)), IClearingEvents.OutOfDomain.selector);
        _expectRefused(call(NEAR, 96_550), markOf(call(NEAR, 96_550)), IClearingEvents.StrikeOffGrid.selector);
        tradeAtMark(alice, bob, call(NEAR, 96_500), 1e7);
        pass(10 days);
        _expectRefused(future(NEAR), BTC_PRICE, IHealthGate.Expired.selector);
    }

    /// @dev Who holds something gets out by whatever surface there is; nothing is opened by one that may be of another market.
    function test_settle_opensNothingByASurfaceOfMoreThanAnHour() public {
        uint96 option = call(NEAR, 95_000);
        tradeAtMark(alice, bob, option, 1e8);
        tradeAtMark(alice, bob, future(FAR), 1e8);
        dated.age(3600);
        tradeAtMark(alice, bob, option, 1e8);
        dated.age(3601);
        _expectRefused(option, markOf(option), IClearingEvents.SurfaceTooOld.selector);
        _expectRefused(put(NEAR, 85_000), markOf(put(NEAR, 85_000)), IClearingEvents.SurfaceTooOld.selector);
        _expectRefused(future(FAR), markOf(future(FAR)), IClearingEvents.SurfaceTooOld.selector);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        // Alice sells to carol, who had none: as many are open as before.
        tradeAtMark(carol, alice, option, 1e8);
        tradeAtMark(bob, alice, option, 1e8);
        tradeAtMark(bob, alice, future(FAR), 1e8);
        require(unpacked(alice).positions.length == 1, Broken("she is out of all that is dated"));
        requireConserved();
    }

    /// @dev An old surface holds up its own expiry and no other, of its underlying or of another, wherever either stands in the records.
    function test_settle_opensByTheSurfaceOfItsOwnExpiry() public {
        // So that records of both markets come with every settlement between the two.
        trade(alice, bob, ethPerpetual, 1e8, ETH_PRICE);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        uint16[4] memory underlyings = [BTC, BTC, ETH, ETH];
        uint32[4] memory expiries = [NEAR, FAR, NEAR, FAR];
        for (uint256 old = 0; old < 4; ++old) {
            dated.age(underlyings[old], expiries[old], 3601);
            for (uint256 i = 0; i < 4; ++i) {
                uint96 instrument = Instruments.pack(underlyings[i], expiries[i], 0, uint8(Instruments.FUTURE));
                uint256 price = underlyings[i] == BTC ? BTC_PRICE : ETH_PRICE;
                if (i == old) _expectRefused(instrument, price, IClearingEvents.SurfaceTooOld.selector);
                else tradeAtMark(alice, bob, instrument, 1e7);
            }
            dated.age(underlyings[old], expiries[old], 0);
        }
        requireConserved();
    }

    /// @dev Nobody has quotes of an expiry's last hour: a surface of the hour before holds until the end.
    function test_settle_opensByASurfaceOfTheHourBeforeTheLast() public {
        pass(10 days - 1800);
        dated.age(5401);
        _expectRefused(future(NEAR), BTC_PRICE, IClearingEvents.SurfaceTooOld.selector);
        _expectRefused(future(FAR), BTC_PRICE, IClearingEvents.SurfaceTooOld.selector);
        dated.age(5400);
        _expectRefused(future(FAR), BTC_PRICE, IClearingEvents.SurfaceTooOld.selector);
        tradeAtMark(alice, bob, future(NEAR), 1e8);
        pass(1799);
        dated.age(7199);
        tradeAtMark(alice, bob, future(NEAR), 1e8);
    }

    function test_settle_bandOfAFutureIsOfItsMark() public {
        uint256 edge = (BTC_PRICE * 105) / 100;
        _expectRefused(future(NEAR), edge + 1, IClearingEvents.PriceOutOfBand.selector);
        trade(alice, bob, future(NEAR), 1e8, edge);
    }

    function test_settle_bandOfAnOptionIsOfMarkOrVega() public {
        uint96 option = call(FAR, 90_000);
        uint256 mark = markOf(option);
        // A fifth of the vega at the money is far more than 5 % of the mark.
        trade(alice, bob, option, 1e8, (mark * 107) / 100);
        _expectRefused(option, mark * 2, IClearingEvents.PriceOutOfBand.selector);
        _expectRefused(option, mark / 2, IClearingEvents.PriceOutOfBand.selector);
    }

    function test_settle_aWorthlessOptionCanBeClosed() public {
        uint96 option = call(NEAR, 95_000);
        tradeAtMark(alice, bob, option, 1e8);
        pass(10 days - 4 hours);
        walkBtc(60_000e8);
        require(markOf(option) <= 1, Broken("it is worthless"));
        trade(bob, alice, option, 1e8, 1);
        require(unpacked(alice).positions.length == 0, Broken("closed"));
        requireConserved();
    }

    // Expiry

    function test_settleExpired_paysTheIntrinsicValueInAnyOrder() public {
        tradeAtMark(alice, bob, call(NEAR, 95_000), 1e8);
        tradeAtMark(carol, alice, put(NEAR, 85_000), 1e8);
        tradeAtMark(bob, carol, future(NEAR), 1e8);
        int256 aliceBefore = cashOf(alice);
        int256 bobBefore = cashOf(bob);
        int256 carolBefore = cashOf(carol);
        expire(NEAR, 101_000e8);
        // The winner first: the ledger owes until the losers are settled.
        settleExpired(alice);
        require(cashOf(alice) - aliceBefore == 6_000e8, Broken("the call pays 6000, the short put nothing"));
        require(clearinghouse.ledger().oneSidedE8 == -6_000e8, Broken("owed"));
        requireConserved();
        pass(50 days);
        settleExpired(carol);
        require(cashOf(carol) - carolBefore == -11_000e8, Broken("short future"));
        settleExpired(bob);
        require(cashOf(bob) - bobBefore == 5_000e8, Broken("future less call"));
        require(clearinghouse.ledger().oneSidedE8 == 0, Broken("all paid"));
        require(clearinghouse.marketTotals(BTC).openInterestE8 == 0, Broken("no open interest"));
        require(unpacked(bob).positions.length == 0, Broken("no position"));
        requireConserved();
    }

    /// @dev Whatever is traded and wherever it settles, nothing is lost; at the end the ledger keeps what the roundings took.
    function testFuzz_settleExpired_conserves(uint256 seed) public {
        uint64[3] memory all = [alice, bob, carol];
        for (uint256 i = 0; i < 5; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint96 instrument = _random(seed);
            uint64 buyer = all[(seed >> 32) % 3];
            uint64 seller = all[((seed >> 32) + 1 + ((seed >> 40) % 2)) % 3];
            int256 size = int256((seed >> 64) % 50_000_000) + 1;
            // A price that rounds.
            trade(buyer, seller, instrument, size, markOf(instrument) + 1);
        }
        requireConserved();
        expire(NEAR, ((80_000 + (seed % 20_000)) * 1e8) + 7);
        for (uint256 i = 0; i < 3; ++i) {
            uint64 account = all[(seed + i) % 3];
            if (unpacked(account).positions.length != 0) settleExpired(account);
            requireConserved();
        }
        CashLedger memory book = clearinghouse.ledger();
        require(book.oneSidedE8 >= 0 && book.oneSidedE8 <= 15, Broken("a unit a position"));
        require(clearinghouse.marketTotals(BTC).openInterestE8 == 0, Broken("no open interest"));
    }

    function test_settleExpired_revertsWithoutAnythingToSettle() public {
        tradeAtMark(alice, bob, call(NEAR, 95_000), 1e8);
        _expectNothing();
        // Expired, but the price is not fixed yet.
        pass(10 days);
        _expectNothing();
        dated.fix(BTC, NEAR, uint64(BTC_PRICE));
        settleExpired(alice);
        _expectNothing();
    }

    function test_touch_settlesWhatExpiredAndLocksTheGain() public {
        tradeAtMark(alice, bob, call(NEAR, 95_000), 1e8);
        expire(NEAR, 105_000e8);
        int256 before = cashOf(alice);
        // A trade in something else settles it on the way.
        trade(alice, carol, btcPerpetual, 1e7, 105_000e8);
        AccountState memory state = unpacked(alice);
        require(state.positions.length == 1 && state.positions[0].instrument == btcPerpetual, Broken("settled"));
        require(state.cashE8 > before + 9_900e8, Broken("paid"));
        require(state.lockedGainE8 == 10_000e8, Broken("locked"));
        requireConserved();
    }

    function test_withdraw_cannotTakeTheGainOfItsOwnSettlement() public {
        tradeAtMark(alice, bob, call(NEAR, 95_000), 1e8);
        expire(NEAR, 105_000e8);
        uint128 all = uint128(uint256(cashOf(alice) + 10_000e8) / 100);
        AccountInput memory brought = input(alice, computed());
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.withdraw(brought, USDC_TOKEN, all, owner);
        withdraw(alice, USDC_TOKEN, all - 10_000e6);
        pass(1800);
        withdraw(alice, USDC_TOKEN, 10_000e6);
        require(cashOf(alice) < 1e2, Broken("all of it, later"));
        requireConserved();
    }

    function test_bid_aLegThatExpiredInTheLotIsCash() public {
        uint64 lot = _startLot();
        bytes memory state = stateOf(bob);
        LotPreimage memory preimage = LotPreimage(bob, state, vault.balancesOf(bob));
        expire(NEAR, 120_000e8);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountInLot.selector, bob));
        clearinghouse.settleExpired(bob, state);
        AccountInput memory brought = input(carol, computed());
        VM.recordLogs();
        VM.prank(ownerOf(carol));
        house.bid(lot, preimage, 5e7, 1e16, brought);
        readStates();
        AccountState memory bidder = unpacked(carol);
        int256 part = 2 * int256(uint256(house.lotOf(bob).soldE8));
        require(bidder.positions.length == 1 && bidder.positions[0].sizeE8 == -part, Broken("part of the other leg"));
        require(clearinghouse.ledger().oneSidedE8 == 25_000 * part, Broken("part of the expired one"));
        setBtc(95_000e8);
        VM.recordLogs();
        house.finish(lot, preimage);
        readStates();
        require(unpacked(bob).positions.length == 1, Broken("the rest has one leg"));
        settleExpired(alice);
        require(clearinghouse.ledger().oneSidedE8 == 0, Broken("all paid"));
        requireConserved();
    }

    // Helpers

    function _startLot() private returns (uint64 lot) {
        withdraw(bob, USDC_TOKEN, 310_000e6);
        tradeAtMark(alice, bob, call(NEAR, 95_000), 2e8);
        tradeAtMark(alice, bob, call(FAR, 95_000), 2e8);
        pass(9 days);
        walkBtc(109_000e8);
        bytes memory state = stateOf(bob);
        VM.recordLogs();
        // The joint branch, up by the whole range, with the add-ons.
        lot = house.start(bob, state, hex"001901");
        readStates();
    }

    function _random(uint256 seed) private pure returns (uint96) {
        uint256 kind = seed % 3;
        if (kind == 0) return future(NEAR);
        uint256 strike = 80_000 + 2_500 * ((seed >> 8) % 8);
        return kind == 1 ? call(NEAR, strike) : put(NEAR, strike);
    }

    function _fee(int256 notional, int256 rate) private pure returns (int256) {
        return (notional * rate + 1e8 - 1) / 1e8;
    }

    function _expectNothing() private {
        bytes memory state = stateOf(alice);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingExpired.selector, alice));
        clearinghouse.settleExpired(alice, state);
    }

    function _expectRefused(uint96 instrument, uint256 price, bytes4 selector) private {
        AccountInput[] memory accounts = pair(alice, bob, computed(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, instrument, -1e7, price));
        orders[1] = signed(order(alice, instrument, 1e7, price));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e7);
        VM.expectPartialRevert(selector);
        clearinghouse.settle(accounts, orders, fills);
    }
}
