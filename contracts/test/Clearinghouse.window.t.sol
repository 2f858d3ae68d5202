// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {LiveMarkets} from "../clearing/LiveMarkets.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {ILiquidationHouse} from "../interfaces/ILiquidationHouse.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM} from "./IVm.sol";
import {PricedFixture} from "./PricedFixture.sol";

/// @notice Futures in a settlement window of which little was observed, on real surfaces and the real referee: they are worth what will be paid if spot stands still, and ask for margin by what of it follows spot.
contract ClearinghouseWindowTest is PricedFixture {
    uint32 internal constant EXPIRY = uint32(START) + 7200;
    uint256 internal constant FALLEN_E8 = 81_900e8;
    uint96 private _future;

    function setUp() public {
        deployWithAttesters();
        publish(smile(BTC, EXPIRY));
        _future = Instruments.pack(BTC, EXPIRY, 0, uint8(Instruments.FUTURE));
    }

    /// @dev Twenty silent minutes in which the price falls by 9 %, and a minute left: 720 seconds are covered, so 60 more are not enough and the half hour after the expiry will count.
    function test_settle_afterASilentWindowAsksForWhatIsCertain() public {
        (uint64 poor, uint64 rich, uint64 seller) = (openWith(1_000), openWith(20_000), openWith(1_000_000));
        observeUntil(EXPIRY - 1500);
        pass(1320);
        observeAt(FALLEN_E8);
        observeUntil(EXPIRY - 60);
        uint256 certain = (600 * BTC_PRICE + 120 * FALLEN_E8 + 1860 * FALLEN_E8 + 1290) / 2580;
        assert(markOf(_future) == certain);
        // By the clock it was worth 88,425, of which a thirtieth follows: 800 of margin. Now 1298 parts of 1800 do.
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, _future, -1e8, certain));
        orders[1] = signed(order(poor, _future, 1e8, certain));
        AccountInput[] memory accounts = pair(poor, seller, computed(), computed());
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        this.settleOutside(accounts, orders, 1e8);
        trade(rich, seller, _future, 1e8, certain);
        int256 cash = unpacked(rich).cashE8;
        observeUntil(EXPIRY + 1800);
        assert(hub.fixSettlement(BTC, EXPIRY) == certain);
        bytes memory state = stateOf(rich);
        VM.recordLogs();
        clearinghouse.settleExpired(rich, state);
        readStates();
        assert(unpacked(rich).cashE8 == cash);
    }

    /// @dev Long the perpetual, short the future; the market is halted for most of the window, and the price is not fixed at the expiry. What the future still follows stands against the perpetual, in its mark and in the scenarios.
    function test_start_aHedgeAcrossAHaltedExpiryIsHealthy() public {
        (uint64 hedged, uint64 other) = (openWith(20_000), openWith(1_000_000));
        trade(hedged, other, btcPerpetual, 1e8, BTC_PRICE);
        trade(other, hedged, _future, 1e8, markOf(_future));
        withdraw(hedged, USDC_TOKEN, 10_000e6);
        observeUntil(EXPIRY - 1500);
        for (uint256 left = 1500; left > 180; left -= 60) {
            starveBtc(60);
        }
        observeAt(FALLEN_E8);
        observeUntil(EXPIRY + 60);
        assert(spots.settlementPriceE8(BTC, EXPIRY) == 0 && spots.spotOf(BTC).spotE8 == FALLEN_E8);
        assert(markOf(_future) == (360 * BTC_PRICE + (240 + 1740) * FALLEN_E8 + 1170) / 2340);
        Figures memory figures = _figures(hedged, SurfaceChoice.Better);
        // At the average that stood still he had lost 4,700 and more, and the perpetual alone asked for 11,466.
        assert(figures.equityE8 > 8_500e8 && figures.maintenanceE8 < 5_000e8);
        bytes memory state = stateOf(hedged);
        VM.expectPartialRevert(ILiquidationHouse.NotLiquidatable.selector);
        house.start(hedged, state, hex"000001");
    }

    /// @dev A fall of 30 % halts the market, and nothing is observed any more: if every second to come were, what follows the spot would go to nothing with the seconds, and come back at once when 900 cannot be reached before the expiry. Whoever is hedged is called in by neither reading, and what asks for one alone, reductions and the marks at which lots are taken over, has the one that stands still.
    function test_start_aHedgeInAHaltedWindowIsHealthyToTheLastSecond() public {
        (uint64 hedged, uint64 other) = (openWith(22_500), openWith(1_000_000));
        trade(hedged, other, btcPerpetual, 1e8, BTC_PRICE);
        trade(other, hedged, _future, 1e8, markOf(_future));
        _crash(960);
        bytes memory state = stateOf(hedged);
        for (uint256 left = 960; left > 60; left -= 15) {
            pass(15);
            spots.update(BTC);
            Figures memory figures = _figures(hedged, SurfaceChoice.Better);
            assert(figures.equityE8 > int256(figures.maintenanceE8));
        }
        assert(spots.isHalted(BTC));
        // What it was judged by once: a debt, which half a minute later is 14,000 of equity again.
        int256 worse = _figures(hedged, SurfaceChoice.Worse).equityE8;
        assert(worse < -600e8);
        VM.expectPartialRevert(ILiquidationHouse.NotLiquidatable.selector);
        house.start(hedged, state, hex"000001");
        (uint256 before, int256 present) = (markOf(_future), _figures(hedged, SurfaceChoice.Present).equityE8);
        pass(30);
        spots.update(BTC);
        // Spot follows its average meanwhile, and a hedge what of the future does not follow spot.
        assert(markOf(_future) < before && markOf(_future) + 200e8 > before);
        int256 later = _figures(hedged, SurfaceChoice.Present).equityE8;
        assert(later < present && later + 200e8 > present);
        assert(_figures(hedged, SurfaceChoice.Worse).equityE8 > worse + 14_000e8);
    }

    /// @dev Both legs closed by half at their marks, a minute before the expiry: by the forward that drifts the account owed, and nothing but a deposit could have helped it.
    function test_settle_aHedgeInAHaltedWindowIsReducedEvenly() public {
        (uint64 hedged, uint64 other) = (openWith(22_500), openWith(1_000_000));
        trade(hedged, other, btcPerpetual, 1e8, BTC_PRICE);
        trade(other, hedged, _future, 1e8, markOf(_future));
        _crash(960);
        for (uint256 left = 960; left > 60; left -= 15) {
            pass(15);
            spots.update(BTC);
        }
        assert(spots.isHalted(BTC) && _figures(hedged, SurfaceChoice.Worse).equityE8 < 0);
        _bothHalved(hedged, other);
        assert(unpacked(hedged).positions.length == 2 && unpacked(hedged).positions[0].sizeE8 == 5e7);
    }

    /// @dev Enough was observed before the fall: unless the halt ends in time the price is that of before, and a lot that is long the future is worth that.
    function test_health_aFutureWhoseAverageStandsCountsThatToo() public {
        (uint64 long, uint64 short) = (openWith(20_000), openWith(1_000_000));
        uint256 paid = markOf(_future);
        trade(long, short, _future, 1e8, paid);
        int256 equityE8 = unpacked(long).cashE8 + int256(BTC_PRICE) - int256(paid);
        _crash(600);
        pass(15);
        spots.update(BTC);
        assert(spots.isHalted(BTC) && markOf(_future) == BTC_PRICE);
        assert(_figures(long, SurfaceChoice.Present).equityE8 == equityE8);
        assert(_figures(long, SurfaceChoice.Better).equityE8 == equityE8);
        assert(_figures(long, SurfaceChoice.Worse).equityE8 < equityE8 - 5_000e8);
        observeUntil(EXPIRY);
        assert(hub.fixSettlement(BTC, EXPIRY) == BTC_PRICE);
    }

    /// @dev Both sides of both legs give up half, at the marks.
    function _bothHalved(uint64 hedged, uint64 other) private {
        (, bytes memory records) = hub.live();
        uint256 perpetualE8 = LiveMarkets.find(records, BTC).markE8;
        SignedOrder[] memory orders = new SignedOrder[](4);
        orders[0] = signed(order(other, btcPerpetual, 5e7, perpetualE8));
        orders[1] = signed(order(hedged, btcPerpetual, -5e7, perpetualE8));
        orders[2] = signed(order(other, _future, -5e7, markOf(_future)));
        orders[3] = signed(order(hedged, _future, 5e7, markOf(_future)));
        Fill[] memory fills = new Fill[](2);
        (fills[0], fills[1]) = (Fill(0, 1, 5e7), Fill(2, 3, 5e7));
        AccountInput[] memory accounts = pair(hedged, other, reducing(), reducing());
        VM.recordLogs();
        clearinghouse.settle(accounts, orders, fills);
        readStates();
    }

    function _crash(uint256 before) private {
        observeUntil(EXPIRY - before);
        observeAt((BTC_PRICE * 7) / 10);
    }

    function _figures(uint64 account, SurfaceChoice choice) private view returns (Figures memory) {
        (bytes memory checkpoint, bytes memory records) = hub.live();
        return referee.health(stateOf(account), vault.balancesOf(account), checkpoint, records, choice);
    }
}
