// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Need} from "../interfaces/ClearingTypes.sol";
import {ILiquidationHouse} from "../interfaces/ILiquidationHouse.sol";
import {LiveMarket, LiveMarkets} from "../clearing/LiveMarkets.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {VM} from "./IVm.sol";
import {LeveragedFixture} from "./LeveragedFixture.sol";

/// @notice Lots that are insolvent and uninsured while their accounts, by proceeds or deposits, are not and yet are not restored: taken over at the marks, since no bid may take them.
contract LiquidationHouseBetweenTest is LeveragedFixture {
    uint64 private lot;

    function test_deleverage_atTheMarkWhenProceedsMakeUpForTheLoss() public {
        _soldInPart();
        _expectStuck();
        _takeOverAtTheMark();
    }

    function test_deleverage_atTheMarkWhenADepositMakesUpForTheLoss() public {
        _insolvent();
        deposit(victim, USDC_TOKEN, 5_000e6);
        _expectStuck();
        _takeOverAtTheMark();
    }

    /// @dev Insurance that pays a part of the loss only lets no bid pass either; it keeps what it has, since the account pays.
    function test_deleverage_atTheMarkWhenInsuranceIsTooSmall() public {
        fund(1_000e6);
        _soldInPart();
        _expectStuck();
        _takeOverAtTheMark();
        require(insurance.balanceE8() >= 1_000e8 && insurance.paidToday(BTC) == 0, Broken("insurance keeps its own"));
    }

    function test_deleverage_isRefusedWhileInsuranceCanPayTheRest() public {
        fund(100_000e6);
        _soldInPart();
        _expectNothingToDeleverage();
        bidFor(lot, bidder, 1e8, 1e16);
        finishLot(lot);
        requireConserved();
    }

    function test_deleverage_isRefusedWhenADepositRestoresTheAccount() public {
        _insolvent();
        deposit(victim, USDC_TOKEN, 18_000e6);
        _expectNothingToDeleverage();
        finishLot(lot);
        require(unpacked(victim).positions.length == 1, Broken("its position is its own"));
    }

    function test_deleverage_isRefusedOnceTheLotIsSolventAgain() public {
        _soldInPart();
        walkBtc(72_000e8);
        _expectNothingToDeleverage();
    }

    /// @dev A part is sold at 80,000; at 68,000 the whole would have lost more than it was, and the account has 700 of its proceeds.
    function _soldInPart() private {
        setBtc(80_000e8);
        lot = startLot(victim);
        pass(60);
        bidFor(lot, bidder, 1e8, 1e16);
        walkBtc(68_000e8);
        house.enlarge(lot, preimages[lot], WITNESS);
    }

    function _insolvent() private {
        walkBtc(66_000e8);
        lot = startLot(victim);
        pass(60);
    }

    /// @dev No bid is taken, and the account is not healthy.
    function _expectStuck() private {
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(ILiquidationHouse.InsuranceExhausted.selector);
        house.bid(lot, preimages[lot], 1e8, 1e16, brought);
        VM.expectPartialRevert(ILiquidationHouse.NotHealthy.selector);
        house.finish(lot, preimages[lot]);
    }

    function _expectNothingToDeleverage() private {
        VM.expectPartialRevert(ILiquidationHouse.NothingToDeleverage.selector);
        house.deleverage(lot, preimages[lot]);
    }

    function _takeOverAtTheMark() private {
        int256 sold = int256(uint256(house.lotOf(victim).soldE8));
        deleverageLot(lot);
        (, bytes memory records) = hub.live();
        LiveMarket memory market = LiveMarkets.find(records, BTC);
        Need memory need = clearinghouse.needOf(btcPerpetual);
        int256 price = int256(market.markE8) - market.fundingE8;
        require(need.sizeE8 == ONE - sold, Broken("all that was left"));
        require(need.costE8 == (int256(need.sizeE8) * price) / ONE, Broken("who serves it pays the mark and no more"));
        AccountState memory left = unpacked(victim);
        require(left.positions.length == 0 && left.cashE8 > 0, Broken("the account keeps what it has"));
        finishLot(lot);
        pass(600);
        int256 before = unpacked(maker).cashE8 - _costOf(maker);
        serveNeed(maker);
        int256 paid = before - unpacked(maker).cashE8 + _costOf(maker);
        require(paid == int256(need.costE8), Broken("at that price"));
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == 0, Broken("served"));
        require(clearinghouse.deficit() == 0, Broken("no deficit"));
        requireConserved();
    }

    function _costOf(uint64 account) private view returns (int256 costE8) {
        AccountState memory state = unpacked(account);
        for (uint256 i = 0; i < state.positions.length; ++i) costE8 += state.positions[i].costE8;
    }
}
