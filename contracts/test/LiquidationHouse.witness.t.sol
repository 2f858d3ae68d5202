// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {ILiquidationHouse, Lot} from "../interfaces/ILiquidationHouse.sol";
import {VM} from "./IVm.sol";
import {LeveragedFixture} from "./LeveragedFixture.sol";

/// @notice Which margin a lot keeps: a witness that shows little takes nothing away from what was shown, and one that shows more always counts; where nothing is open any more, the margin of the moment.
contract LiquidationHouseWitnessTest is LeveragedFixture {
    uint64 private lot;

    /// @dev Who is insolvent for a moment starts his own lot by a witness that shows nothing: all of it is for sale, and no requirement is kept.
    function test_enlarge_takesAWitnessThatShowsMoreWhenAllIsForSale() public {
        walkBtc(66_000e8);
        lot = startLotBy(victim, "");
        pass(60);
        setBtc(72_000e8);
        // 1,955 against 10,080: in no way restored.
        house.enlarge(lot, preimages[lot], WITNESS);
        _expectKept(10_080e4);
        require(bidFor(lot, bidder, 1e8, 1e16) > 0, Broken("bids go on"));
        finishLot(lot);
        requireConserved();
    }

    function test_enlarge_byAWeakWitnessTakesNothingFromWhatWasShown() public {
        setBtc(80_000e8);
        lot = startLot(victim);
        uint56 shown = house.lotOf(victim).maintenanceE4;
        walkBtc(66_000e8);
        // The owner himself: all of it is for sale, whatever he shows.
        house.enlarge(lot, preimages[lot], "");
        setBtc(72_000e8);
        Lot memory stored = house.lotOf(victim);
        require(stored.forSaleE8 == 1e8 && stored.maintenanceE4 == shown, Broken("kept"));
        require(bidFor(lot, bidder, 1e8, 1e16) > 0, Broken("bids go on"));
        finishLot(lot);
        requireConserved();
    }

    /// @dev What is shown of an unsold part is kept as of the whole.
    function test_enlarge_afterASaleKeepsWhatTheWholeWouldAskFor() public {
        setBtc(80_000e8);
        lot = startLot(victim);
        pass(60);
        bidFor(lot, bidder, 10_000_000, 1e16);
        setBtc(76_000e8);
        house.enlarge(lot, preimages[lot], WITNESS);
        // A tenth is sold, and less is asked for: what the start showed stays.
        _expectKept(11_200e4);
    }

    function test_enlarge_afterASaleRaisesWhatTheWholeWouldAskFor() public {
        victim = openWith(20_000);
        trade(maker, victim, btcPerpetual, 1e8, BTC_PRICE);
        setBtc(97_000e8);
        lot = startLot(victim);
        pass(60);
        bidFor(lot, bidder, 5_000_000, 1e16);
        setBtc(99_000e8);
        house.enlarge(lot, preimages[lot], WITNESS);
        // Nineteen twentieths ask for 13,167.
        _expectKept(13_860e4);
        VM.expectPartialRevert(ILiquidationHouse.NotLarger.selector);
        house.enlarge(lot, preimages[lot], WITNESS);
    }

    /// @dev Insurance has paid for all of it; a wei that is deposited then is worth nothing, and asks for a unit of margin.
    function test_enlarge_findsNothingLargerWhereAllIsSold() public {
        fund(100_000e6);
        walkBtc(66_000e8);
        lot = startLot(victim);
        pass(60);
        bidFor(lot, bidder, 1e8, 1e16);
        deposit(victim, WETH_TOKEN, 1);
        VM.expectRevert(abi.encodeWithSelector(ILiquidationHouse.NotLarger.selector, lot, 1e8));
        house.enlarge(lot, preimages[lot], WITNESS);
        finishLot(lot);
        requireConserved();
    }

    /// @dev Taken over at the marks an account has cash and nothing open: nobody takes that at a discount.
    function test_bid_isRefusedForTheCashOfWhoWasTakenOverAtTheMarks() public {
        walkBtc(66_000e8);
        lot = startLot(victim);
        pass(1300);
        deposit(victim, USDC_TOKEN, 10_000e6);
        deleverageLot(lot);
        _expectRestored(1e8);
        finishLot(lot);
        require(unpacked(victim).cashE8 > 5_900e8, Broken("all of it is the account's"));
        requireConserved();
    }

    /// @dev To a unit, since it is rounded up.
    function _expectKept(uint56 maintenanceE4) private view {
        uint56 kept = house.lotOf(victim).maintenanceE4;
        require(kept == maintenanceE4 || kept == maintenanceE4 + 1, Broken("what was shown"));
    }

    function _expectRestored(uint64 fraction) private {
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(ILiquidationHouse.NotLiquidatable.selector);
        house.bid(lot, preimages[lot], fraction, 1e16, brought);
    }
}
