// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {DatedLotFixture} from "./DatedLotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice Whoever is hedged by options is deleveraged last, as whoever is hedged by anything else; judged by the real referees.
contract DeleverageOptionsTest is DatedLotFixture {
    /// @dev Joint crash of the whole range, with the add-ons.
    bytes private constant CRASH = hex"000001";
    uint64 private victim;
    uint64 private naked;
    uint64 private hedged;
    uint64 private maker;

    function setUp() public {
        deployDated();
        victim = openWith(50_000);
        naked = openWith(400_000);
        hedged = openWith(400_000);
        maker = openWith(4_000_000);
    }

    /// @dev A short perpetual that has won, and calls deep in the money against it.
    function test_serve_aPerpetualHedgedByOptionsWaits() public {
        tradeAtMark(hedged, maker, call(FAR, 40_000), 1e8);
        trade(victim, naked, btcPerpetual, 1e8, BTC_PRICE);
        trade(victim, hedged, btcPerpetual, 1e8, BTC_PRICE);
        uint64 lot = _sink(60_000e8);
        deleverageLot(lot);
        _servesFirst();
    }

    /// @dev Volatility rose within the half hour: the account is insolvent by its better surfaces, and more so at the marks that its legs are closed from. The whole of it falls on opposite holders, nothing on everybody.
    function test_deleverage_makesUpForWhatPresentMarksLack() public {
        uint96 option = call(FAR, 90_000);
        tradeAtMark(naked, victim, option, 3e8);
        uint64 lot = _sink(115_000e8);
        dated.move(24e10);
        nextBlock();
        deleverageLot(lot);
        require(unpacked(victim).positions.length == 0, Broken("taken over"));
        require(cashOf(victim) >= 0 && cashOf(victim) < 1e6, Broken("nothing left, nothing lacking"));
        finishLot(lot);
        require(clearinghouse.deficit() == 0, Broken("no deficit"));
        pass(600);
        serveNeed(naked);
        require(clearinghouse.needOf(option).sizeE8 == 0, Broken("served"));
        requireConserved();
    }

    function _servesFirst() private {
        // A score of about a third is there after seven minutes; that of the hedged one never.
        pass(540);
        _expectNothing(hedged);
        serveNeed(naked);
        require(unpacked(naked).positions.length == 0, Broken("the naked one first"));
        _expectNothing(hedged);
        pass(60);
        serveNeed(hedged);
        requireConserved();
    }

    function _sink(uint256 priceE8) private returns (uint64 lot) {
        walkBtc(priceE8);
        lot = startLotBy(victim, CRASH);
        pass(60);
    }

    function _expectNothing(uint64 account) private {
        bytes memory state = stateOf(account);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToServe.selector, account));
        clearinghouse.serveNeed(account, state);
    }
}
