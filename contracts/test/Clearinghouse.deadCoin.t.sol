// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationHouse} from "../interfaces/ILiquidationHouse.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {MockAggregator} from "../dev/MockAggregator.sol";
import {LotFixture} from "./LotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice A coin of a market that was wound down: nobody prices it any more, and it goes on backing a debt for a week, less and less.
contract ClearinghouseDeadCoinTest is LotFixture {
    uint64 private borrower;
    uint64 private bidder;

    function setUp() public {
        deploy();
        uint64 bank = openWith(1_000_000);
        bidder = openWith(200_000);
        // Their cash is in the pool from their first operation on.
        trade(bank, bidder, ethPerpetual, 1e8, ETH_PRICE);
        borrower = open();
        deposit(borrower, WBTC_TOKEN, 1e8);
        pass(1800);
        withdraw(borrower, USDC_TOKEN, 40_000e6);
        starveBtc(0);
    }

    function test_coin_countsWhollyWhileItsMarketIsHaltedAndFadesFromTheWindDownOn() public {
        starveBtc(10 days);
        assert(_units() == 1e8);
        clearinghouse.windDown(BTC);
        assert(_units() == 1e8);
        starveBtc(3.5 days);
        assert(_units() == 5e7);
        starveBtc(3.5 days - 1);
        assert(_units() == 1e8 / uint64(7 days));
        starveBtc(1);
        assert(_units() == 0);
        starveBtc(20 days);
        assert(_units() == 0);
        // Checkpoints go on, and it comes out once nothing rests on it.
        starveBtc(60);
        hub.checkpoint();
        deposit(borrower, USDC_TOKEN, 60_000e6);
        withdraw(borrower, WBTC_TOKEN, 1e8);
        assert(wbtc.balanceOf(ownerOf(borrower)) == 1e8);
        requireConserved();
    }

    /// @dev At 90,000 each the debt is safe for ever, whatever the coin is worth by now.
    function test_debtOnADeadCoin_isLiquidatedWhileItFades() public {
        starveBtc(7 days);
        clearinghouse.windDown(BTC);
        VM.expectPartialRevert(ILiquidationHouse.NotLiquidatable.selector);
        house.start(borrower, stateOf(borrower), WITNESS);
        starveBtc(3.5 days);
        uint64 lot = startLot(borrower);
        VM.warp(this.clock() + 600);
        starveBtc(0);
        int256 paid = bidFor(lot, bidder, 1e8, 1e16);
        // Half of 90,000, less the debt of 40,000, at a discount.
        require(paid > 0 && paid < 5_000e8, Broken("what it still counts"));
        require(vault.balanceOf(bidder, WBTC_TOKEN) != 0, Broken("has the coin"));
    }

    function test_coin_ofWhichASourceTellsWhatItIs_doesNotFade() public {
        MockAggregator told = new MockAggregator(8, 4e7);
        address truth = source(told, 1, 1e8);
        hub.setTokenSource(WBTC_TOKEN, truth);
        starveBtc(7 days);
        told.setAnswer(4e7);
        assert(_units() == 4e7);
        clearinghouse.windDown(BTC);
        // One that was named before fades like the coin: it may tell the rate of a share and nothing of the market.
        starveBtc(3.5 days);
        told.setAnswer(4e7);
        assert(_units() == 2e7);
        hub.setTokenSource(WBTC_TOKEN, truth);
        assert(_units() == 4e7);
        starveBtc(30 days);
        told.setAnswer(3e7);
        assert(_units() == 3e7);
        // Who takes it away says nothing.
        hub.setTokenSource(WBTC_TOKEN, address(0));
        assert(_units() == 0);
    }

    // Helpers

    function _units() private returns (uint64) {
        (bytes memory preimage, ) = hub.liveFor(0, 1 << WBTC_TOKEN);
        uint64 asked = this.unitsIn(preimage);
        (preimage, ) = hub.live();
        require(asked == this.unitsIn(preimage), Broken("one answer"));
        return asked;
    }

    function unitsIn(bytes calldata preimage) external pure returns (uint64) {
        return Checkpoints.decodeCollateral(preimage, WBTC_TOKEN).priceE8;
    }
}
