// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Proof, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {LotFixture} from "./LotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice A slice of a lot rests on no more of a halted market than a trade does: its tokens and what its positions have won count for nothing (CLR-016).
contract LotModuleHaltedTest is AttestingFixture, LotFixture {
    uint64 private maker;
    uint64 private friend;

    function setUp() public {
        deployWithAttesters();
        maker = openWith(5_000_000);
        friend = openWith(100_000);
    }

    // What a bid rests on

    function test_bid_tokensOfAHaltedMarketBackNone() public {
        uint64 bidder = open();
        deposit(bidder, WETH_TOKEN, 100e18);
        uint64 lot = _bitcoinLot();
        uint256 snapshot = VM.snapshotState();
        require(tryBid(lot, bidder, 1e8), Broken("they do while the price is known"));
        VM.revertToState(snapshot);
        _haltEth();
        _expectRefused(lot, bidder, computed(), IHealthGate.MarginTooLow.selector);
        // Cash does.
        deposit(bidder, USDC_TOKEN, 20_000e6);
        require(tryBid(lot, bidder, 1e8), Broken("cash carries it"));
    }

    /// @dev 100 ether at 3,000 have won 20,000 by a last price of 3,200.
    function test_bid_whatPositionsOfAHaltedMarketHaveWonBacksNone() public {
        uint64 bidder = openWith(65_000);
        trade(bidder, maker, ethPerpetual, 100e8, ETH_PRICE);
        uint64 lot = _bitcoinLot();
        setEth(3_200e8);
        uint256 snapshot = VM.snapshotState();
        require(tryBid(lot, bidder, 1e8), Broken("it does while the price is known"));
        VM.revertToState(snapshot);
        spots.update(ETH);
        _haltEth();
        _expectRefused(lot, bidder, computed(), IHealthGate.MarginTooLow.selector);
        deposit(bidder, USDC_TOKEN, 10_000e6);
        require(tryBid(lot, bidder, 1e8), Broken("the position itself stops nobody"));
    }

    /// @dev What they have lost counts as ever: 100 ether at 3,000, and a last price of 2,800.
    function test_bid_whatPositionsOfAHaltedMarketHaveLostCounts() public {
        uint64 bidder = openWith(70_000);
        trade(bidder, maker, ethPerpetual, 100e8, ETH_PRICE);
        uint64 lot = _bitcoinLot();
        setEth(2_800e8);
        spots.update(ETH);
        _haltEth();
        _expectRefused(lot, bidder, computed(), IHealthGate.MarginTooLow.selector);
    }

    /// @dev An attestation of the account after says what cash is needed beside all of its tokens; that they are worth something comes off, a short position that they hedge or not.
    function test_bid_anAttestedOneCountsNoTokensOfAHaltedMarket() public {
        uint64 bidder = openWith(20_000);
        deposit(bidder, WETH_TOKEN, 100e18);
        trade(maker, bidder, ethPerpetual, 100e8, ETH_PRICE);
        uint64 lot = _bitcoinLot();
        takeCheckpoint();
        uint256 snapshot = VM.snapshotState();
        bidFor(lot, bidder, 1e8, 1e16);
        Proof memory proof = signedProof(attestation(bidder));
        VM.revertToState(snapshot);
        snapshot = VM.snapshotState();
        _bidWith(lot, bidder, proof);
        VM.revertToState(snapshot);
        _haltEth();
        _expectRefused(lot, bidder, proof, IHealthGate.CashTooLow.selector);
    }

    // Lots of the halted market

    /// @dev Its own lots find bidders, with cash: what comes with the slice does not carry it.
    function test_bid_lotsOfAHaltedMarketFindBiddersWithCash() public {
        uint64 victim = openWith(20_000);
        trade(victim, maker, ethPerpetual, 30e8, ETH_PRICE);
        setEth(2_750e8);
        spots.update(ETH);
        _haltEth();
        uint64 lot = startLot(victim);
        pass(60);
        uint64 bidder = open();
        deposit(bidder, WETH_TOKEN, 100e18);
        _expectRefused(lot, bidder, computed(), IHealthGate.MarginTooLow.selector);
        deposit(bidder, USDC_TOKEN, 30_000e6);
        bidFor(lot, bidder, 1e8, 1e16);
        require(unpacked(bidder).positions.length == 1, Broken("taken"));
    }

    /// @dev Backed by the coins that come with it, a slice of debts and coins would be lent cash on a price that nobody knows.
    function test_bid_tokensThatComeWithTheSliceBackNothing() public {
        uint64 victim = open();
        deposit(victim, WETH_TOKEN, 8e18);
        trade(victim, maker, btcPerpetual, 1e8, BTC_PRICE);
        walkBtc(80_000e8);
        uint64 lot = startLot(victim);
        pass(60);
        uint64 bidder = openWith(7_000);
        uint256 snapshot = VM.snapshotState();
        require(tryBid(lot, bidder, 1e8), Broken("they do while the price is known"));
        VM.revertToState(snapshot);
        _haltEth();
        _expectRefused(lot, bidder, computed(), IHealthGate.MarginTooLow.selector);
        deposit(bidder, USDC_TOKEN, 10_000e6);
        bidFor(lot, bidder, 1e8, 1e16);
        require(vault.balanceOf(bidder, WETH_TOKEN) != 0, Broken("they come all the same"));
    }

    // What it would be for

    /// @dev Coins whose last price is above the true one back a bid; the position is closed beside the mark with a friend by a reduction, which counts all there is, and the friend takes the difference home.
    function test_bid_thenAReductionBesideTheMarkCarriesNothingOut() public {
        require(_carriedOut(0) == 0, Broken("coins of a halted market paid a friend"));
    }

    /// @dev Whoever has cash gives away his own.
    function test_bid_thenAReductionBesideTheMarkIsPaidInCash() public {
        uint256 carried = _carriedOut(20_000);
        require(carried > 500e6 && carried < 20_000e6, Broken("his own money"));
    }

    /// @dev Long of 100 ether at 3,000, which may be worth anything by now: the cash beside it is kept for what it has lost, and no reduction pays a friend out of it.
    function test_bid_besideAPositionOfAHaltedMarketCarriesNothingOut() public {
        uint64 bidder = openWith(200_000);
        trade(bidder, maker, ethPerpetual, 100e8, ETH_PRICE);
        uint64 lot = _bitcoinLot();
        _haltEth();
        require(tryBid(lot, bidder, 1e8), Broken("cash carries it"));
        _reducesNearTheMarkAlone(bidder);
    }

    /// @dev The same without a lot: coins of the halted market stood behind bitcoin before it was one.
    function test_reduction_onCoinsOfAHaltedMarketCarriesNothingOut() public {
        uint64 trader = open();
        deposit(trader, WETH_TOKEN, 100e18);
        trade(trader, maker, btcPerpetual, 1e8, BTC_PRICE);
        walkBtc(80_000e8);
        _haltEth();
        uint256 snapshot = VM.snapshotState();
        _reducesNearTheMarkAlone(trader);
        VM.revertToState(snapshot);
        // Whose cash pays all of it gives away his own.
        deposit(trader, USDC_TOKEN, 15_000e6);
        _reduceAt(trader, 76_100e8);
    }

    /// @dev A part that cash just pays for: what is left would stand on the coins alone.
    function test_reduction_ofAPartLeavesNothingOnTheCoinsAlone() public {
        uint64 trader = openWith(24_100);
        deposit(trader, WETH_TOKEN, 100e18);
        trade(trader, maker, btcPerpetual, 2e8, BTC_PRICE);
        walkBtc(80_000e8);
        _haltEth();
        _reducesNearTheMarkAlone(trader, 1e8, 76_100e8);
        require(_sizeOf(trader) == 1e8, Broken("near the mark"));
    }

    /// @dev A unit of a coin that anybody deposits narrows nothing.
    function test_reduction_dustOfAHaltedMarketStopsNone() public {
        uint64 trader = openWith(30_000);
        trade(trader, maker, btcPerpetual, 1e8, BTC_PRICE);
        walkBtc(80_000e8);
        deposit(trader, WETH_TOKEN, 1);
        _haltEth();
        _reduceAt(trader, 76_100e8);
    }

    function _reducesNearTheMarkAlone(uint64 trader) private {
        _reducesNearTheMarkAlone(trader, _sizeOf(trader), 79_500e8);
    }

    function _reducesNearTheMarkAlone(uint64 trader, int256 sizeE8, uint256 tooLowE8) private {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(trader, btcPerpetual, -sizeE8, tooLowE8));
        orders[1] = signed(order(friend, btcPerpetual, sizeE8, tooLowE8));
        AccountInput[] memory accounts = pair(friend, trader, computed(), reducing());
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(uint256(sizeE8)));
        VM.expectPartialRevert(IHealthGate.ReductionTooDear.selector);
        clearinghouse.settle(accounts, orders, fills);
        tradeWith(friend, trader, btcPerpetual, sizeE8, 79_650e8, computed(), reducing());
    }

    function _reduceAt(uint64 trader, uint256 priceE8) private {
        tradeWith(friend, trader, btcPerpetual, _sizeOf(trader), priceE8, computed(), reducing());
    }

    function _sizeOf(uint64 account) private view returns (int256) {
        return unpacked(account).positions[0].sizeE8;
    }

    function _carriedOut(uint256 dollars) private returns (uint256 raw) {
        uint64 bidder = openWith(dollars + 1);
        deposit(bidder, WETH_TOKEN, 1_000e18);
        uint64 lot = _bitcoinLot();
        _haltEth();
        if (!tryBid(lot, bidder, 1e8)) return 0;
        int256 sizeE8 = unpacked(bidder).positions[0].sizeE8;
        tradeWith(friend, bidder, btcPerpetual, sizeE8, 76_100e8, computed(), reducing());
        tradeWith(maker, friend, btcPerpetual, sizeE8, 80_000e8, computed(), computed());
        pass(1800);
        int256 gainE8 = unpacked(friend).cashE8 - 100_000e8;
        raw = uint256(gainE8) / 100;
        withdraw(friend, USDC_TOKEN, uint128(100_000e6 + raw));
        require(unpacked(bidder).cashE8 > 0, Broken("no debt against the coins"));
    }

    // Helpers

    /// @dev Long of one bitcoin at 90,000, which stands at 80,000.
    function _bitcoinLot() private returns (uint64 lot) {
        uint64 victim = openWith(20_000);
        trade(victim, maker, btcPerpetual, 1e8, BTC_PRICE);
        walkBtc(80_000e8);
        lot = startLot(victim);
        pass(60);
    }

    function _haltEth() private {
        nextBlock();
        ethFeed.setRound(1000, -1, block.timestamp);
    }

    function _bidWith(uint64 lot, uint64 bidder, Proof memory proof) private {
        AccountInput memory brought = input(bidder, proof);
        VM.prank(ownerOf(bidder));
        house.bid(lot, preimages[lot], 1e8, 1e16, brought);
    }

    function _expectRefused(uint64 lot, uint64 bidder, Proof memory proof, bytes4 reason) private {
        AccountInput memory brought = input(bidder, proof);
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(reason);
        house.bid(lot, preimages[lot], 1e8, 1e16, brought);
    }
}
