// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "../dev/MockToken.sol";
import {AccountInput, Need} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {ILiquidationHouse, Lot} from "../interfaces/ILiquidationHouse.sol";
import {LiquidationParameters, TokenParameters} from "../interfaces/IRiskParameters.sol";
import {build} from "./Artifacts.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";
import {ShareVault} from "./ShareVault.sol";

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
        // Who won most is asked first: nobody jumps that queue by having his account taken over.
        VM.expectRevert(
            abi.encodeWithSelector(ILiquidationHouse.NeedTooYoung.selector, btcPerpetual, block.timestamp + 600)
        );
        house.deleverage(second, preimages[second]);
        pass(600);
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

    /// @dev Whose lot is open owes a need what he would owe without it, once it is anybody's turn: not who bids at the marks, and not insurance.
    function test_deleverage_aLotServesBeforeItIsBidFor() public {
        (uint64 ann, uint64 ben, uint64 bidder) = (openWith(50_000), openWith(400_000), openWith(1_000_000));
        trade(ann, ben, btcPerpetual, 2e8, BTC_PRICE);
        trade(ben, short, ethPerpetual, 300e8, ETH_PRICE);
        walkEth(1_500e8);
        trade(ann, short, ethPerpetual, 10e8, 1_500e8);
        uint64 first = startLot(ben);
        pass(60);
        deleverageLot(first);
        Need memory need = clearinghouse.needOf(btcPerpetual);
        require(need.sizeE8 == -2e8 && need.costE8 > -2 * int256(BTC_PRICE), Broken("below the mark"));
        // His gain is none, so that he is asked last; a fall puts him up for sale.
        setBtc(73_000e8);
        uint64 lot = startLot(ann);
        pass(300);
        require(tryBid(lot, bidder, 5e6), Broken("nobody is asked yet"));
        pass(300);
        require(unpacked(ann).positions.length == 2, Broken("open"));
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NeedFirst.selector, btcPerpetual));
        house.bid(lot, preimages[lot], 5e6, 1e16, brought);
        uint256 insured = insurance.balanceE8();
        deleverageLot(lot);
        require(unpacked(ann).positions.length == 1, Broken("ether alone is left"));
        require(insurance.balanceE8() == insured, Broken("insurance pays nothing"));
        Lot memory stored = house.lotOf(ann);
        require(stored.forSaleE8 == 0 && stored.soldE8 == 0 && stored.proceedsE8 == 0, Broken("begun anew"));
        require(!tryBid(lot, bidder, 5e6), Broken("nothing is for sale until a witness shows it"));
        VM.expectPartialRevert(ILiquidationHouse.NothingToDeleverage.selector);
        house.deleverage(lot, preimages[lot]);
        finishLot(lot);
        require(house.openLotOf(ann) == 0, Broken("healthy"));
        finishLot(first);
        requireConserved();
    }

    /// @dev What is dust beside a lot's leg is so beside each of its slices: else it would stop all bids, and be none to serve.
    function test_bid_dustBesideTheLegStopsNoSliceOfIt() public {
        uint256 snapshot = VM.snapshotState();
        _dustBesideALeg(1_800_000, 200_000_000);
        VM.revertToState(snapshot);
        // By one unit: a slice of it is cut.
        _dustBesideALeg(1_999_999, 199_999_901);
    }

    function _dustBesideALeg(int256 dustE8, int256 legE8) private {
        (uint64 ann, uint64 ben, uint64 bidder) = (openWith(50_000), openWith(400_000), openWith(1_000_000));
        trade(ann, ben, btcPerpetual, dustE8, BTC_PRICE);
        trade(ann, short, btcPerpetual, legE8 - dustE8, BTC_PRICE);
        trade(ben, short, ethPerpetual, 300e8, ETH_PRICE);
        walkEth(1_500e8);
        uint64 first = startLot(ben);
        pass(60);
        deleverageLot(first);
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == -dustE8, Broken("less than a hundredth of the leg"));
        setBtc(73_000e8);
        uint64 lot = startLot(ann);
        pass(700);
        VM.expectPartialRevert(ILiquidationHouse.NothingToDeleverage.selector);
        house.deleverage(lot, preimages[lot]);
        require(tryBid(lot, bidder, 5e6), Broken("a twentieth of it"));
    }

    /// @dev Dust beside a lot's leg keeps nobody waiting, resets no lot and stops no bid; and who adds to a need again and again keeps a lot no longer than its ramp.
    function test_deleverage_dustStopsNothingAndYoungNeedsStopNothingForEver() public {
        (uint64 ann, uint64 ben, uint64 cid) = (openWith(400_000), openWith(400_000), openWith(400_000));
        trade(ann, ben, btcPerpetual, 2e5, BTC_PRICE);
        trade(ann, cid, btcPerpetual, 199_800_000, BTC_PRICE);
        trade(ann, short, ethPerpetual, 300e8, ETH_PRICE);
        trade(ben, short, ethPerpetual, 300e8, ETH_PRICE);
        trade(cid, short, ethPerpetual, 300e8, ETH_PRICE);
        walkEth(1_500e8);
        (uint64 lot, uint64 dust, uint64 large) = (startLot(ann), startLot(ben), startLot(cid));
        pass(60);
        deleverageLot(dust);
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == -2e5, Broken("a thousandth of the other's leg"));
        uint256 undone = VM.snapshotState();
        deleverageLot(lot);
        require(clearinghouse.needOf(btcPerpetual).sizeE8 > 0, Broken("taken over at once, the dust served"));
        require(unpacked(ann).positions.length == 0, Broken("all of it"));
        VM.revertToState(undone);
        pass(300);
        deleverageLot(large);
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == -2e8, Broken("as much as the other's leg"));
        VM.expectPartialRevert(ILiquidationHouse.NeedTooYoung.selector);
        house.deleverage(lot, preimages[lot]);
        pass(299);
        VM.expectPartialRevert(ILiquidationHouse.NeedTooYoung.selector);
        house.deleverage(lot, preimages[lot]);
        pass(1);
        deleverageLot(lot);
        require(unpacked(ann).positions.length == 0, Broken("the lot has stood for the ramp"));
        requireConserved();
    }

    /// @dev A market that was wound down gives holders of its perpetual a day, as expiry gives those of a future.
    function test_settleNeed_afterAWindDownHoldersHaveADay() public {
        uint64 ann = openWith(40_000);
        trade(ann, short, btcPerpetual, 2e8, BTC_PRICE);
        walkBtc(60_000e8);
        uint64 lot = startLot(ann);
        pass(60);
        deleverageLot(lot);
        finishLot(lot);
        VM.expectPartialRevert(IClearingEvents.NeedNotDue.selector);
        clearinghouse.settleNeed(btcPerpetual);
        nextBlock();
        btcFeed.setRound(1_000, -1, block.timestamp);
        spots.update(BTC);
        VM.warp(block.timestamp + 7 days);
        nextBlock();
        btcFeed.setRound(1_000, -1, block.timestamp);
        spots.update(BTC);
        clearinghouse.windDown(BTC);
        uint256 day = block.timestamp + 1 days;
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NeedNotDue.selector, btcPerpetual, day));
        clearinghouse.settleNeed(btcPerpetual);
        VM.warp(day);
        nextBlock();
        clearinghouse.settleNeed(btcPerpetual);
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == 0, Broken("closed"));
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

    /// @dev Eight shares of a vault that are one and a quarter each hedge ten: who holds them is asked last, and not by a fifth of his position before.
    function test_serve_sharesHedgeByTheirRate() public {
        ShareVault shares = new ShareVault(address(usdc));
        shares.setAssets(1_250e6);
        uint16 token = vault.tokenCount();
        vault.listToken(address(new MockToken("Share", "SHR", 18)), token);
        vault.setCap(token, type(uint64).max, 0);
        parameters.setToken(token, TokenParameters(ETH, 1e8, 5_000_000, 25_000_000, 0));
        hub.setTokenSource(
            token,
            build("contracts/oracle/RedemptionRateSource.sol:RedemptionRateSource", abi.encode(shares, 2e7))
        );
        require(hub.tokenUnitsE8Of(token) == 1.25e8, Broken("the rate"));
        require(hub.tokenUnitsE8Of(WETH_TOKEN) == 1e8, Broken("a coin has none"));
        (uint64 ann, uint64 hedged) = (openWith(400_000), openWith(50_000));
        deposit(hedged, token, 8e18);
        trade(ann, hedged, ethPerpetual, 10e8, ETH_PRICE);
        trade(ann, short, ethPerpetual, 290e8, ETH_PRICE);
        walkEth(1_500e8);
        uint64 lot = startLot(ann);
        pass(60);
        deleverageLot(lot);
        require(clearinghouse.needOf(ethPerpetual).sizeE8 == 300e8, Broken("taken over"));
        pass(599);
        bytes memory state = stateOf(hedged);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToServe.selector, hedged));
        clearinghouse.serveNeed(hedged, state);
        pass(1);
        serveNeed(hedged);
        require(clearinghouse.needOf(ethPerpetual).sizeE8 == 290e8, Broken("at the end of the ramp"));
    }

    /// @dev After a year of the largest funding the cost of a perpetual is next to nothing, and less; what somebody won is told from its price as ever.
    function test_serve_yearsOfFundingMoveNobodysPlace() public {
        (uint64 ann, uint64 cid) = (openWith(400_000), openWith(400_000));
        trade(ann, cid, ethPerpetual, 10e8, (ETH_PRICE * 104) / 100);
        trade(cid, ann, ethPerpetual, 10e8, (ETH_PRICE * 104) / 100);
        pass(365 days);
        hub.checkpoint();
        require(hub.cumulativeFundingE8(ETH) > (int256(ETH_PRICE) * 8) / 10, Broken("four fifths of the price"));
        trade(ann, short, ethPerpetual, 300e8, ETH_PRICE);
        walkEth(1_600e8);
        uint64 lot = startLot(ann);
        pass(60);
        deleverageLot(lot);
        pass(48);
        // A gain of 1,400 of 1,600 waits for an eighth of the ramp.
        bytes memory state = stateOf(short);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToServe.selector, short));
        clearinghouse.serveNeed(short, state);
        pass(48);
        serveNeed(short);
        require(clearinghouse.needOf(ethPerpetual).sizeE8 == 0, Broken("served"));
    }

    /// @dev What the need costs takes from everybody: who won four percent comes before who won nothing, though it costs five. Of a perpetual with funding of before.
    function test_serve_whoWonLessThanTheNeedCostsComesBeforeWhoWonNothing() public {
        uint64 ann = openWith(425_000);
        uint64[3] memory holders = [openWith(400_000), openWith(400_000), openWith(400_000)];
        trade(short, holders[0], ethPerpetual, 1e8, (ETH_PRICE * 104) / 100);
        trade(holders[0], short, ethPerpetual, 1e8, (ETH_PRICE * 104) / 100);
        pass(30 days);
        hub.checkpoint();
        require(hub.cumulativeFundingE8(ETH) > 20e8, Broken("funding"));
        // At spot, each at its time, so that nothing is paid for a premium any more.
        uint256[3] memory spots_ = [uint256(2_970e8), 2_808e8, 2_700e8];
        for (uint256 i = 0; i < 3; ++i) {
            walkEth(spots_[i]);
            trade(ann, holders[i], ethPerpetual, 100e8, spots_[i]);
        }
        trade(ann, short, btcPerpetual, 10e8, BTC_PRICE);
        LiquidationParameters memory p = liquidationParameters();
        (p.insuranceEventMaxE8, p.insuranceDayMaxE8) = (0, 0);
        parameters.setLiquidation(p);
        walkBtc(45_000e8);
        uint64 lot = startLot(ann);
        pass(60);
        deleverageLot(lot);
        Need memory need = clearinghouse.needOf(ethPerpetual);
        int256 priceE8 = int256(need.costE8) / 300 + hub.cumulativeFundingE8(ETH);
        require(priceE8 > 2_808e8 && priceE8 < 2_862e8, Broken("more than the four percent, and at most six"));
        pass(545);
        serveNeed(holders[0]);
        _expectNothingToServe(holders[1]);
        pass(40);
        _expectNothingToServe(holders[2]);
        serveNeed(holders[1]);
        pass(14);
        _expectNothingToServe(holders[2]);
        require(clearinghouse.needOf(ethPerpetual).sizeE8 == 100e8, Broken("two of three have served"));
        pass(1);
        serveNeed(holders[2]);
        require(clearinghouse.needOf(ethPerpetual).sizeE8 == 0, Broken("the last at the end of the ramp"));
        finishLot(lot);
        requireConserved();
    }

    function _expectNothingToServe(uint64 account) private {
        bytes memory state = stateOf(account);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToServe.selector, account));
        clearinghouse.serveNeed(account, state);
    }

    /// @dev What served is asked for its margin anew; that it served is not forgotten by that.
    function test_start_restsAfterALotThatServedAndWasShownAgain() public {
        (uint64 ann, uint64 ben) = (openWith(100_000), openWith(400_000));
        trade(ann, ben, btcPerpetual, 2e8, BTC_PRICE);
        trade(ben, short, ethPerpetual, 300e8, ETH_PRICE);
        walkEth(1_500e8);
        trade(ann, short, ethPerpetual, 150e8, 1_500e8);
        uint64 first = startLot(ben);
        pass(60);
        deleverageLot(first);
        setBtc(73_000e8);
        setEth(1_400e8);
        uint64 lot = startLot(ann);
        pass(600);
        deleverageLot(lot);
        require(house.lotOf(ann).served && house.lotOf(ann).maintenanceE4 == 0, Broken("it only served"));
        walkEth(1_050e8);
        house.enlarge(lot, preimages[lot], WITNESS);
        require(house.lotOf(ann).maintenanceE4 != 0, Broken("shown again"));
        deposit(ann, USDC_TOKEN, 5_000e6);
        finishLot(lot);
        setEth(1_015e8);
        bytes memory state = stateOf(ann);
        uint256 until = block.timestamp + 300;
        VM.expectRevert(abi.encodeWithSelector(ILiquidationHouse.TooSoon.selector, ann, until));
        house.start(ann, state, WITNESS);
        pass(300);
        startLot(ann);
        require(!house.lotOf(ann).served, Broken("a new lot has served nothing"));
    }
}
