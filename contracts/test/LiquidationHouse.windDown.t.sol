// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {ILiquidationHouse} from "../interfaces/ILiquidationHouse.sol";
import {LotFixture} from "./LotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice A lot that is open when its market is wound down: bids pay for what slices are settled at, not for the last good price, which lies 8,000 dollars above it.
contract LiquidationHouseWindDownTest is LotFixture {
    uint64 private maker;
    uint64 private bidder;

    function setUp() public {
        deploy();
        maker = openWith(1_000_000);
        bidder = openWith(1_000_000);
    }

    /// @dev Settled, its account has cash and nothing open: nobody takes that at a discount, and anybody ends the lot.
    function test_windDown_leavesNothingToBidForWhereAllIsSettled() public {
        (uint64 lot, uint64 victim) = _shortThatOracleDeathCatches(17_000, 0);
        uint64 price = _windDown();
        _expectRefused(lot, ILiquidationHouse.NotLiquidatable.selector);
        VM.expectPartialRevert(ILiquidationHouse.NothingToDeleverage.selector);
        house.deleverage(lot, preimages[lot]);
        finishLot(lot);
        int256 loss = int256(uint256(price)) - int256(BTC_PRICE);
        // A fee of 18.
        require(unpacked(victim).cashE8 == 16_982e8 - loss, Broken("settled at the last price"));
    }

    /// @dev A little ether stays open: the margin that the lot keeps is nearly all bitcoin's, which is gone.
    function test_windDown_takesNoBidFromWhoIsHealthyWithoutWhatIsSettled() public {
        (uint64 lot, uint64 victim) = _shortThatOracleDeathCatches(18_000, 1e8);
        _windDown();
        _expectRefused(lot, ILiquidationHouse.NotLiquidatable.selector);
        finishLot(lot);
        require(unpacked(victim).positions.length == 1, Broken("ether is open"));
    }

    function test_windDown_bidsPayForWhatIsSettled() public {
        (uint64 lot, uint64 victim) = _shortThatOracleDeathCatches(36_000, 30e8);
        _requireBidPaysForWhatIsSettled(lot, victim, _windDown());
    }

    /// @notice The last price is fixed, by anybody, and no account was told: a bid would pay for what is closed at it and be given it open. So a bid tells it.
    function test_windDown_ofALastPriceThatIsFixedIsToldByABid() public {
        (uint64 lot, uint64 victim) = _shortThatOracleDeathCatches(36_000, 30e8);
        _requireBidPaysForWhatIsSettled(lot, victim, _fixOnly());
        require(clearinghouse.woundDownAt(BTC) == this.clock() && clearinghouse.woundDownAt(ETH) == 0, Broken("told"));
    }

    function test_windDown_ofALastPriceThatIsFixedIsToldByTheEndOfALot() public {
        (uint64 lot, uint64 victim) = _shortThatOracleDeathCatches(17_000, 0);
        int256 loss = int256(uint256(_fixOnly())) - int256(BTC_PRICE);
        finishLot(lot);
        require(unpacked(victim).cashE8 == 16_982e8 - loss, Broken("settled at the last price"));
        require(unpacked(victim).positions.length == 0, Broken("and not judged at the last good one"));
    }

    function test_windDown_ofALastPriceThatIsFixedIsToldByATakingOver() public {
        (uint64 lot, uint64 victim) = _shortThatOracleDeathCatches(36_000, 30e8);
        _fixOnly();
        walkEth(1_700e8);
        deleverageLot(lot);
        require(unpacked(victim).positions.length == 0 && clearinghouse.woundDownAt(BTC) != 0, Broken("taken over"));
    }

    function _requireBidPaysForWhatIsSettled(uint64 lot, uint64 victim, uint64 price) private {
        walkEth(2_100e8);
        int256 equity = 36_000e8 - 63e8 - 30 * 900e8 - (int256(uint256(price)) - int256(BTC_PRICE));
        int256 paid = bidFor(lot, bidder, 10_000_000, 1e16);
        // A tenth, at four fifths.
        require(paid >= (equity * 8) / 100 && paid < (equity * 8) / 100 + 1e8, Broken("what it is worth"));
        // What the bidder won by it is the discount, with his part of the other leg's loss, which is open.
        int256 cash = unpacked(bidder).cashE8 - 1_000_000e8;
        require(cash + paid < 3_600e8 && unpacked(bidder).positions.length == 1, Broken("no more than his share"));
        require(house.openLotOf(victim) == lot, Broken("goes on"));
    }

    /// @dev The whole lot lacks something and nobody insures it; a deposit made what is left healthy, whose margin is that of its ether. No bid takes it, and nobody takes it over.
    function test_windDown_takesNothingOverFromWhoIsHealthyWithoutWhatIsSettled() public {
        (uint64 lot, uint64 victim) = _shortThatOracleDeathCatches(36_000, 30e8);
        _windDown();
        walkEth(1_700e8);
        uint256 snapshot = VM.snapshotState();
        deleverageLot(lot);
        require(unpacked(victim).positions.length == 0, Broken("without the deposit it is taken over"));
        VM.revertToState(snapshot);
        deposit(victim, USDC_TOKEN, 15_000e6);
        _expectRefused(lot, ILiquidationHouse.NotLiquidatable.selector);
        VM.expectPartialRevert(ILiquidationHouse.NothingToDeleverage.selector);
        house.deleverage(lot, preimages[lot]);
        finishLot(lot);
        require(unpacked(victim).positions.length == 1, Broken("ether is open"));
    }

    /// @dev Short of one bitcoin at 90,000, and long so much ether. After an hour bitcoin stands at 98,000 for a minute, a witness starts the lot, and its source dies.
    function _shortThatOracleDeathCatches(uint256 dollars, int256 etherE8) private returns (uint64 lot, uint64 victim) {
        victim = openWith(dollars);
        trade(maker, victim, btcPerpetual, 1e8, BTC_PRICE);
        if (etherE8 != 0) trade(victim, maker, ethPerpetual, etherE8, ETH_PRICE);
        for (uint256 i = 0; i < 60; ++i) {
            pass(60);
            spots.update(BTC);
        }
        setBtc(98_000e8);
        if (etherE8 != 0) setEth(2_800e8);
        spots.update(BTC);
        pass(60);
        lot = startLot(victim);
        starveBtc(0);
    }

    function _windDown() private returns (uint64 price) {
        starveBtc(7 days);
        clearinghouse.windDown(BTC);
        price = spots.settlementPriceE8(BTC, 0);
        require(price < 91_000e8 && spots.spotOf(BTC).spotE8 == 98_000e8, Broken("8,000 apart"));
    }

    /// @dev What anybody may do without `windDown`.
    function _fixOnly() private returns (uint64 price) {
        starveBtc(7 days);
        price = hub.fixSettlement(BTC, 0);
        require(clearinghouse.woundDownAt(BTC) == 0 && price != 0, Broken("fixed, and not told"));
    }

    function _expectRefused(uint64 lot, bytes4 reason) private {
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(reason);
        house.bid(lot, preimages[lot], 1e8, 1e16, brought);
    }
}
