// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Need} from "../interfaces/ClearingTypes.sol";
import {ILiquidationHouse} from "../interfaces/ILiquidationHouse.sol";
import {LiveMarket, LiveMarkets} from "../clearing/LiveMarkets.sol";
import {LotLegs} from "../liquidation/LotLegs.sol";
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

    /// @dev Short of a million of ether and of little less bitcoin; ether's day is used up, and the owner pays ether in, so that bitcoin would be the larger. Whose cap pays is what the lot was: else a bid would find it empty, and a taking over full.
    function test_deleverage_isPaidByTheMarketOfTheLotWhateverIsDeposited() public {
        fund(3_000_000e6);
        uint64 seller = openWith(310_000);
        trade(maker, seller, ethPerpetual, 266.67e8, ETH_PRICE);
        trade(maker, seller, btcPerpetual, 8.4266e8, BTC_PRICE);
        walkEth(3_750e8);
        walkBtc(112_500e8);
        VM.prank(address(house));
        insurance.count(ETH, liquidationParameters().insuranceDayMaxE8);
        lot = startLot(seller);
        pass(60);
        require(_mainOf(preimages[lot].balances) == ETH, Broken("ether is the larger"));
        // What the account still lacks, and more than it lacks.
        uint256 snapshot = VM.snapshotState();
        _takenOverWith(seller, 16e18);
        VM.revertToState(snapshot);
        _takenOverWith(seller, 24e18);
    }

    function _takenOverWith(uint64 seller, uint128 depositRaw) private {
        deposit(seller, WETH_TOKEN, depositRaw);
        require(_mainOf(vault.balancesOf(seller)) == BTC, Broken("past the tie"));
        _expectStuck();
        uint256 before = insurance.balanceE8();
        uint256 counted = insurance.paidToday(ETH);
        deleverageLot(lot);
        require(insurance.paidToday(BTC) == 0, Broken("bitcoin's cap has nothing to do with it"));
        require(insurance.paidToday(ETH) == counted, Broken("ether's is used up"));
        require(insurance.balanceE8() == before, Broken("insurance keeps its own"));
        require(clearinghouse.needOf(ethPerpetual).sizeE8 == -266.67e8, Broken("all of the ether"));
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == -8.4266e8, Broken("all of the bitcoin"));
        require(unpacked(seller).positions.length == 0, Broken("nothing is left open"));
        // The coins that are left have a margin of their own.
        bidFor(lot, bidder, 1e8, 1e16);
        finishLot(lot);
        requireConserved();
    }

    /// @dev The larger market of the lot with these tokens.
    function _mainOf(bytes memory balances) private view returns (uint16) {
        (bytes memory checkpoint, bytes memory records) = hub.live();
        AccountState memory state = unpacked(preimages[lot].account);
        return LotLegs.look(checkpoint, records, state, balances, block.timestamp).main;
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
