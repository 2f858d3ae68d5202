// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";

/// @notice Needs of two lots: opposite ones serve each other and cost insurance nothing, those of one side wait as if they were one.
contract DeleverageNeedsTest is LotFixture {
    uint256 private constant DAY_MOST_E8 = 20_000e8;
    uint64 private short;

    function setUp() public {
        deploy();
        short = openWith(5_000_000);
        fund(1_000_000e6);
        LiquidationParameters memory p = liquidationParameters();
        p.insuranceDayMaxE8 = uint128(DAY_MOST_E8);
        parameters.setLiquidation(p);
    }

    /// @dev Two friends lose on the same coin and hold the two sides of another; the third, who won, gives his gain back, and insurance pays no more than its cap.
    function test_deleverage_oppositeLegsOfTwoLotsCostInsuranceNothing() public {
        (uint64 ann, uint64 ben) = (openWith(400_000), openWith(400_000));
        trade(ann, short, ethPerpetual, 300e8, ETH_PRICE);
        trade(ben, short, ethPerpetual, 300e8, ETH_PRICE);
        trade(ann, ben, btcPerpetual, 1e8, BTC_PRICE);
        walkEth(1_500e8);
        (uint64 first, uint64 second) = (startLot(ann), startLot(ben));
        pass(60);
        uint256 before = insurance.balanceE8();
        deleverageLot(first);
        deleverageLot(second);
        uint256 paid = before - insurance.balanceE8();
        require(paid <= DAY_MOST_E8, Broken("more than the day's cap"));
        require(paid == insurance.paidToday(ETH) && insurance.paidToday(BTC) == 0, Broken("all of it is counted"));
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == 0, Broken("the second serves the first"));
        require(clearinghouse.needOf(ethPerpetual).sizeE8 == 600e8, Broken("one need of both"));
        require(clearinghouse.deficit() == 0, Broken("nobody else pays"));
        require(unpacked(ann).cashE8 >= 0 && unpacked(ben).cashE8 >= 0, Broken("nothing lacks"));
        finishLot(first);
        finishLot(second);
        pass(600);
        serveNeed(short);
        require(unpacked(short).positions.length == 0, Broken("the third gives up what he won"));
        require(insurance.balanceE8() + paid >= before, Broken("nothing more"));
        requireConserved();
    }

    /// @dev Two bitcoins wait nearly their whole ramp; six more come; who is ranked last is not taken a second later.
    function test_deleverage_whatIsAddedToANeedIsRankedAnew() public {
        (uint64 ann, uint64 ben, uint64 last) = (openWith(40_000), openWith(120_000), openWith(500_000));
        deposit(last, WBTC_TOKEN, 8e8);
        trade(ann, last, btcPerpetual, 2e8, BTC_PRICE);
        trade(ben, last, btcPerpetual, 6e8, BTC_PRICE);
        walkBtc(55_000e8);
        (uint64 first, uint64 second) = (startLot(ann), startLot(ben));
        pass(60);
        deleverageLot(first);
        uint256 opened = block.timestamp;
        pass(598);
        deleverageLot(second);
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == 8e8, Broken("one need of both"));
        uint256 since = clearinghouse.needOf(btcPerpetual).since;
        require(since == opened + (3 * (block.timestamp - opened) + 3) / 4, Broken("three quarters of it are new"));
        pass(10);
        bytes memory state = stateOf(last);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToServe.selector, last));
        clearinghouse.serveNeed(last, state);
        pass(450);
        serveNeed(last);
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == 0, Broken("served at the end of the ramp"));
        requireConserved();
    }
}
