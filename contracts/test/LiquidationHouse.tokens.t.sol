// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {LotFixture} from "./LotFixture.sol";

/// @notice A lot of collateral and debt: whoever takes it is paid for the risk of the tokens, as of positions.
contract LiquidationHouseTokensTest is LotFixture {
    uint64 private victim;
    uint64 private bidder;

    function setUp() public {
        deploy();
        victim = open();
        deposit(victim, WETH_TOKEN, 4_000e18);
        bidder = openWith(5_000_000);
        // Their money is there to be lent once they have been touched.
        trade(openWith(20_000_000), bidder, btcPerpetual, 1e8, BTC_PRICE);
        fund(3_000_000e6);
        withdraw(victim, USDC_TOKEN, 8_050_000e6);
        walkEth(2_000e8);
    }

    /// @dev 4,000 at 2,000 against 8.05 million of debt: 50,000 of loss and some interest, and after an hour three percent of eight million.
    function test_bid_ofTokensPaysAnIncentiveThatRises() public {
        uint64 lot = startLot(victim);
        pass(60);
        int256 first = -bidFor(lot, bidder, 5e7, 1e16);
        require(first >= 25_000e8 && first < 27_000e8, Broken("nothing but the loss at first"));
        pass(3600);
        int256 second = -bidFor(lot, bidder, 5e7, 1e16);
        require(second >= 145_000e8 && second < 148_000e8, Broken("three percent of its half"));
        require(vault.balanceOf(bidder, WETH_TOKEN) == 4_000e18, Broken("all of it"));
        finishLot(lot);
        require(clearinghouse.deficit() == 0, Broken("insurance paid"));
        requireConserved();
    }

    /// @dev The caps hold for the incentive, too, and the loss comes first: what is lacking of it is deficit.
    function test_bid_ofTokensStaysWithinTheCaps() public {
        LiquidationParameters memory p = liquidationParameters();
        p.insuranceEventMaxE8 = 40_000e8;
        parameters.setLiquidation(p);
        uint64 lot = startLot(victim);
        pass(3660);
        uint256 held = insurance.balanceE8();
        int256 paid = -bidFor(lot, bidder, 1e8, 1e16);
        require(held - insurance.balanceE8() <= 40_000e8, Broken("the lot's cap"));
        require(paid >= 50_000e8 && paid < 54_000e8, Broken("the loss and no more"));
        require(int256(clearinghouse.deficit()) == paid - 40_000e8, Broken("the rest is everybody's"));
        finishLot(lot);
        requireConserved();
    }
}
