// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Need} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILiquidationHouse, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice The waterfall below the account: insurance with its caps, then opposite holders at the bankruptcy price, hedged ones last.
contract LiquidationHouseDeleverageTest is ProtocolFixture {
    bytes private constant WITNESS = hex"00";
    /// @dev What the shift of the marks, in 1e-8 of them, may leave over.
    int256 private constant CENT = 1e6;
    uint64 private victim;
    uint64 private winner;
    uint64 private hedged;
    uint64 private bidder;
    LotPreimage private preimage;

    function setUp() public {
        deploy();
        victim = openWith(40_000);
        winner = openWith(100_000);
        hedged = openWith(100_000);
        bidder = openWith(1_000_000);
        deposit(hedged, WBTC_TOKEN, 1e8);
        trade(victim, winner, btcPerpetual, 1e8, BTC_PRICE);
        trade(victim, hedged, btcPerpetual, 1e8, BTC_PRICE);
        pass(60);
    }

    // The order of the waterfall

    function test_bid_isRefusedWhenInsuranceCannotPay() public {
        uint64 lot = _start(65_000e8);
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(ILiquidationHouse.InsuranceExhausted.selector);
        house.bid(lot, preimage, 1e8, 1e16, brought);
    }

    function test_deleverage_isRefusedInGraceWhileSolventOrInsured() public {
        uint64 lot = _start(75_000e8);
        VM.warp(block.timestamp - 60);
        VM.expectPartialRevert(ILiquidationHouse.InGrace.selector);
        house.deleverage(lot, preimage);
        VM.warp(block.timestamp + 60);
        VM.expectPartialRevert(ILiquidationHouse.NothingToDeleverage.selector);
        house.deleverage(lot, preimage);
        setBtc(65_000e8);
        _fund(20_000e6);
        VM.expectPartialRevert(ILiquidationHouse.NothingToDeleverage.selector);
        house.deleverage(lot, preimage);
    }

    function test_deleverage_endsTheAccountWithNothingAndOpensANeed() public {
        uint64 lot = _start(65_000e8);
        _deleverage(lot);
        Need memory need = clearinghouse.needOf(btcPerpetual);
        require(need.sizeE8 == 2e8, Broken("both bitcoins"));
        // 40 000 less 90 of fees, over 2: bankrupt at 70 045.
        require(need.costE8 >= 140_090e8 && need.costE8 < 140_090e8 + CENT, Broken("bankruptcy price"));
        AccountState memory left = unpacked(victim);
        require(left.positions.length == 0, Broken("no position"));
        require(left.cashE8 >= 0 && left.cashE8 < CENT, Broken("nothing lost, nothing left"));
        requireConserved();
        _finish(lot);
        require(clearinghouse.deficit() == 0, Broken("no deficit"));
        requireConserved();
    }

    function test_deleverage_insurancePaysWhatItCanFirst() public {
        _fund(6_000e6);
        uint64 lot = _start(65_000e8);
        _deleverage(lot);
        require(insurance.balanceE8() == 0 && insurance.paidToday(BTC) == 6_000e8, Broken("insurance paid"));
        require(clearinghouse.needOf(btcPerpetual).costE8 / 2e8 == 67_045, Broken("3 000 a bitcoin less"));
        requireConserved();
    }

    // Who is deleveraged

    function test_serve_unhedgedGainsFirstHedgedOnesLast() public {
        uint64 lot = _start(65_000e8);
        _deleverage(lot);
        // The winner has won 25,000 on 65,000, whatever the need leaves of it: 38.5 %; the threshold is there after 369.2 seconds.
        pass(369);
        _expectNothingToServe(winner);
        pass(1);
        int256 before = unpacked(winner).cashE8;
        _serve(winner);
        int256 gain = unpacked(winner).cashE8 - before;
        require(gain <= 19_955e8 && gain > 19_955e8 - CENT, Broken("paid the bankruptcy price"));
        require(unpacked(winner).positions.length == 0, Broken("deleveraged"));
        require(unpacked(winner).lockedGainE8 == uint256(gain), Broken("the gain is locked"));
        requireConserved();
        _expectNothingToServe(hedged);
        pass(230);
        _serve(hedged);
        require(unpacked(hedged).positions.length == 0, Broken("the hedged one at last"));
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == 0, Broken("served"));
        require(clearinghouse.ledger().oneSidedE8 >= 0, Broken("all have paid"));
        require(clearinghouse.marketTotals(BTC).openInterestE8 == 0, Broken("no open interest"));
        _finish(lot);
        requireConserved();
    }

    /// @dev Whoever changes his hash serves the need on the way.
    function test_serve_everyOperationOfAHolderServesFirst() public {
        uint64 lot = _start(65_000e8);
        _deleverage(lot);
        pass(500);
        // A trade in another market.
        trade(bidder, winner, ethPerpetual, 1e8, ETH_PRICE);
        AccountState memory state = unpacked(winner);
        require(state.positions.length == 1 && state.positions[0].instrument == ethPerpetual, Broken("served first"));
        // A withdrawal.
        pass(101);
        withdraw(hedged, USDC_TOKEN, 1e6);
        require(unpacked(hedged).positions.length == 0, Broken("served first"));
        requireConserved();
    }

    function test_serve_takesNoMoreThanTheNeedAndNobodyOfItsOwnSide() public {
        uint64 rich = openWith(1_000_000);
        trade(bidder, rich, btcPerpetual, 3e8, BTC_PRICE);
        uint64 lot = _start(65_000e8);
        _deleverage(lot);
        pass(600);
        _expectNothingToServe(bidder);
        _serve(rich);
        require(unpacked(rich).positions[0].sizeE8 == -1e8, Broken("two of three"));
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == 0, Broken("served"));
        _expectNothingToServe(winner);
        requireConserved();
    }

    /// @dev At any price and with any insurance the victim ends with nothing, the ledger adds up, and the last served leaves a unit or two.
    function testFuzz_deleverage_conserves(uint256 price, uint64 insured, uint64 sold) public {
        price = 55_000e8 + (price % 13_000e8);
        _fund(uint128(insured % 10_000e6) + 1);
        uint64 lot = _start(price);
        sold = 5e6 + (sold % 3e7);
        AccountInput memory brought = input(bidder, computed());
        VM.recordLogs();
        VM.prank(ownerOf(bidder));
        try house.bid(lot, preimage, sold, 1e16, brought) {
            readStates();
        } catch {
            VM.getRecordedLogs();
        }
        VM.recordLogs();
        try house.deleverage(lot, preimage) {
            readStates();
        } catch {
            VM.getRecordedLogs();
            return;
        }
        require(unpacked(victim).cashE8 >= 0 && unpacked(victim).cashE8 < CENT, Broken("nothing left"));
        requireConserved();
        pass(600);
        _serve(winner);
        if (clearinghouse.needOf(btcPerpetual).sizeE8 != 0) _serve(hedged);
        require(clearinghouse.needOf(btcPerpetual).sizeE8 == 0, Broken("served"));
        int256 left = clearinghouse.ledger().oneSidedE8;
        require(left >= 0 && left < 4, Broken("a unit a step"));
        requireConserved();
    }

    // Insurance

    function test_coverage_isCappedPerDayAndUnderlying() public {
        _fund(100_000e6);
        LiquidationParameters memory p = liquidationParameters();
        p.insuranceDayMaxE8 = 4_000e8;
        parameters.setLiquidation(p);
        require(insurance.coverage(BTC, 9_000e8, 0) == 4_000e8, Broken("the day's cap"));
        uint64 lot = _start(65_000e8);
        _deleverage(lot);
        require(insurance.paidToday(BTC) == 4_000e8 && insurance.coverage(BTC, 1, 0) == 0, Broken("used up"));
        require(insurance.coverage(ETH, 9_000e8, 0) == 4_000e8, Broken("another market has its own"));
        pass(1 days);
        require(insurance.coverage(BTC, 9_000e8, 0) == 4_000e8, Broken("another day, too"));
        VM.expectRevert(abi.encodeWithSelector(IInsuranceFund.NotConnected.selector, address(this)));
        insurance.count(BTC, 1);
    }

    // Helpers

    function _fund(uint128 amountRaw) private {
        usdc.mint(address(this), amountRaw);
        usdc.approve(address(vault), amountRaw);
        insurance.fund(amountRaw);
    }

    /// @dev A lot whose grace is over.
    function _start(uint256 price) private returns (uint64 lot) {
        walkBtc(price);
        bytes memory state = stateOf(victim);
        VM.recordLogs();
        lot = house.start(victim, state, WITNESS);
        readStates();
        preimage = LotPreimage(victim, stateOf(victim), vault.balancesOf(victim));
        pass(60);
    }

    function _deleverage(uint64 lot) private {
        VM.recordLogs();
        house.deleverage(lot, preimage);
        readStates();
        preimage = LotPreimage(victim, stateOf(victim), vault.balancesOf(victim));
    }

    function _serve(uint64 account) private {
        bytes memory state = stateOf(account);
        VM.recordLogs();
        clearinghouse.serveNeed(account, state);
        readStates();
    }

    function _finish(uint64 lot) private {
        VM.recordLogs();
        house.finish(lot, preimage);
        readStates();
    }

    function _expectNothingToServe(uint64 account) private {
        bytes memory state = stateOf(account);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToServe.selector, account));
        clearinghouse.serveNeed(account, state);
    }
}
