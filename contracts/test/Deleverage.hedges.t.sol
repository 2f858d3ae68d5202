// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {Need} from "../interfaces/ClearingTypes.sol";
import {Lot} from "../interfaces/ILiquidationHouse.sol";
import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {DatedLotFixture} from "./DatedLotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice A loss falls on the market that made it: legs that hedge each other close at their marks, and expiry spares nobody; judged by the real referees.
contract DeleverageHedgesTest is DatedLotFixture {
    /// @dev Joint crash of the whole range, with the add-ons.
    bytes private constant CRASH = hex"000001";
    uint256 private constant DAY_MOST_E8 = 20_000e8;
    uint64 private short;
    uint64 private maker;

    function setUp() public {
        deployDated();
        short = openWith(5_000_000);
        maker = openWith(5_000_000);
        fund(1_000_000e6);
        LiquidationParameters memory p = liquidationParameters();
        p.insuranceDayMaxE8 = uint128(DAY_MOST_E8);
        parameters.setLiquidation(p);
    }

    /// @dev 900,000 of the coin that fell; twice 360,000 of bitcoin hedged against each other.
    function test_deleverage_movesWhatIsOpenAndNotWhatIsHedged() public {
        uint64 ann = openWith(500_000);
        trade(ann, short, ethPerpetual, 300e8, ETH_PRICE);
        trade(ann, maker, btcPerpetual, 4e8, BTC_PRICE);
        tradeAtMark(maker, ann, future(FAR), 4e8);
        walkEth(1_200e8);
        uint64 lot = startLotBy(ann, CRASH);
        pass(60);
        deleverageLot(lot);
        require(insurance.paidToday(ETH) == DAY_MOST_E8, Broken("on the day of the market that made it"));
        require(insurance.paidToday(BTC) == 0, Broken("on no other"));
        Need memory need = clearinghouse.needOf(btcPerpetual);
        bool atMark = need.costE8 == 4 * worthOf(btcPerpetual);
        require(need.sizeE8 == 4e8 && atMark, Broken("a hedge at its mark"));
        need = clearinghouse.needOf(future(FAR));
        atMark = need.costE8 == -4 * worthOf(future(FAR));
        require(need.sizeE8 == -4e8 && atMark, Broken("and what it hedged"));
        require(clearinghouse.needOf(ethPerpetual).costE8 / 300 > 1_260e8, Broken("the coin bears the loss"));
        require(cashOf(ann) >= 0 && cashOf(ann) < 1e6, Broken("nothing left, nothing lacking"));
        finishLot(lot);
        pass(600);
        serveNeed(short);
        serveNeed(maker);
        requireConserved();
    }

    // Expiry

    function test_settle_aNeedTakenOverBeforeExpiryIsServedFirst() public {
        uint256 before = _expired();
        int256 held = cashOf(short);
        settleExpired(short);
        require(clearinghouse.needOf(future(NEAR)).sizeE8 == 0, Broken("served"));
        require(unpacked(short).positions.length == 0, Broken("nothing is left"));
        // 90,000 less the bankruptcy price, not less the 60,000 that it settled at.
        require(cashOf(short) - held < 280_000e8, Broken("at the bankruptcy price"));
        require(insurance.balanceE8() == before, Broken("insurance pays none of it"));
        requireConserved();
    }

    function test_settleNeed_holdersHaveADay() public {
        uint256 before = _expired();
        VM.expectPartialRevert(IClearingEvents.NeedNotDue.selector);
        clearinghouse.settleNeed(future(NEAR));
        pass(1 days);
        clearinghouse.settleNeed(future(NEAR));
        require(clearinghouse.needOf(future(NEAR)).sizeE8 == 0, Broken("closed at the payoff"));
        require(insurance.balanceE8() < before, Broken("what nobody served is paid by insurance"));
    }

    /// @dev A lot that stands across an expiry pays what its leg owes a need before the leg settles, as every holder does.
    function test_deleverage_anExpiredLegServesBeforeItSettles() public {
        (uint64 ann, uint64 ben) = (openWith(400_000), openWith(400_000));
        tradeAtMark(ann, ben, future(NEAR), 4e8);
        trade(ben, short, ethPerpetual, 300e8, ETH_PRICE);
        trade(ann, short, ethPerpetual, 200e8, ETH_PRICE);
        pass(NEAR - block.timestamp - 1 days);
        walkEth(1_300e8);
        (uint64 first, uint64 second) = (startLotBy(ben, CRASH), startLotBy(ann, CRASH));
        pass(60);
        deleverageLot(first);
        Need memory need = clearinghouse.needOf(future(NEAR));
        require(need.sizeE8 == -4e8, Broken("what ben was short of"));
        expire(NEAR, BTC_PRICE);
        int256 before = cashOf(ann);
        // Nothing is due but what it owes: insurance has another day, and the whole of it.
        LiquidationParameters memory p = liquidationParameters();
        p.insuranceDayMaxE8 = type(uint128).max;
        parameters.setLiquidation(p);
        uint256 insured = insurance.balanceE8();
        deleverageLot(second);
        require(clearinghouse.needOf(future(NEAR)).sizeE8 == 0, Broken("served"));
        require(cashOf(ann) - before < -4 * int256(BTC_PRICE) - need.costE8 + 40e8, Broken("at its price"));
        require(unpacked(ann).positions.length == 1, Broken("ether stays open"));
        require(insurance.balanceE8() == insured, Broken("insurance pays none of it"));
        Lot memory stored = house.lotOf(ann);
        require(stored.forSaleE8 == 0 && stored.maintenanceE4 == 0, Broken("until a witness shows what it needs"));
        requireConserved();
    }

    /// @dev Ten futures at 90,000 on 250,000, which fall to 60,000 an hour before they expire.
    function _expired() private returns (uint256 insuredE8) {
        uint64 ann = openWith(250_000);
        tradeAtMark(ann, short, future(NEAR), 10e8);
        pass(NEAR - block.timestamp - 1 days);
        walkBtc(60_000e8);
        uint64 lot = startLotBy(ann, CRASH);
        pass(60);
        deleverageLot(lot);
        finishLot(lot);
        insuredE8 = insurance.balanceE8();
        require(block.timestamp < NEAR && insurance.paidToday(BTC) == DAY_MOST_E8, Broken("before it expires"));
        expire(NEAR, 60_000e8);
    }
}
