// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice Settlement prices: the average over the half hour before expiry, whatever was observed of it, whoever asks, and when.
contract SpotMarketsSettlementTest is ProtocolFixture {
    /// @dev START is a multiple of 1800.
    uint32 internal constant EXPIRY = uint32(START) + 7200;

    function setUp() public {
        deploy();
    }

    function test_fixSettlement_isTheTimeWeightedAverageOfTheWindow() public {
        _to(EXPIRY - 1800);
        // Ten minutes at 90,000, ten at 92,000, ten at 91,000; an update every minute.
        _hold(BTC_PRICE, 10);
        _hold(92_000e8, 10);
        _hold(91_000e8, 10);
        assert(this.clock() == EXPIRY);
        assert(hub.settlementPriceE8(BTC, EXPIRY) == 0);
        assert(spots.windowAverageE8(BTC, EXPIRY) == 91_000e8);
        assert(hub.fixSettlement(BTC, EXPIRY) == 91_000e8);
        assert(hub.settlementPriceE8(BTC, EXPIRY) == 91_000e8);
        // For ever.
        setBtc(50_000e8);
        pass(1 days);
        assert(hub.fixSettlement(BTC, EXPIRY) == 91_000e8);
    }

    function test_fixSettlement_lateAndInAnyOrderIsTheSame() public {
        _to(EXPIRY - 1800);
        _hold(BTC_PRICE, 10);
        _hold(92_000e8, 10);
        _hold(91_000e8, 10);
        _hold(80_000e8, 30);
        pass(3 days);
        assert(hub.fixSettlement(BTC, EXPIRY + 1800) == 80_000e8);
        assert(hub.fixSettlement(BTC, EXPIRY) == 91_000e8);
    }

    /// @dev The search goes back through two weeks of half hours, none of which was observed for long enough.
    function test_windDown_ofAMarketThatDiedInMinutesFitsABlock() public {
        _hold(BTC_PRICE, 4);
        _die();
        pass(7 days);
        _die();
        uint256 left = gasleft();
        (uint64 priceE8, uint256 observed) = spots.tryFixSettlement(BTC, 0);
        assert(left - gasleft() < 6_000_000);
        assert(observed > 0 && observed < 900 && priceE8 == BTC_PRICE);
    }

    function test_fixSettlement_aPriceHoldsForFiveMinutesAndNoLonger() public {
        _to(EXPIRY - 1800);
        _hold(BTC_PRICE, 10);
        // Nobody looks for fifteen minutes: five of them count.
        pass(900);
        _at(93_000e8);
        _hold(93_000e8, 5);
        assert(this.clock() == EXPIRY);
        // 600 + 300 seconds at 90,000 and 300 at 93,000.
        assert(hub.fixSettlement(BTC, EXPIRY) == (900 * BTC_PRICE + 300 * 93_000e8) / 1200);
    }

    function test_fixSettlement_waitsUntilHalfAWindowWasObserved() public {
        _to(EXPIRY - 1800);
        pass(1800);
        // Five minutes held, 25 unseen.
        VM.expectRevert(abi.encodeWithSelector(IPriceHub.SettlementNotReady.selector, BTC, EXPIRY, 300));
        hub.fixSettlement(BTC, EXPIRY);
        assert(spots.windowAverageE8(BTC, EXPIRY) == BTC_PRICE);
        nextBlock();
        _at(99_000e8);
        _hold(99_000e8, 30);
        // 300 seconds before and 1800 after.
        assert(hub.fixSettlement(BTC, EXPIRY) == (300 * BTC_PRICE + 1800 * 99_000e8 + 1050) / 2100);
    }

    function test_fixSettlement_aHaltedMarketIsNotObserved() public {
        _to(EXPIRY - 1800);
        _hold(BTC_PRICE, 20);
        nextBlock();
        btcFeed.setRound(1000, 0, this.clock());
        spots.update(BTC);
        for (uint256 i = 0; i < 5; ++i) {
            VM.warp(this.clock() + 60);
            nextBlock();
            spots.update(BTC);
        }
        _at(96_000e8);
        _hold(96_000e8, 5);
        assert(this.clock() == EXPIRY);
        assert(hub.fixSettlement(BTC, EXPIRY) == (1200 * BTC_PRICE + 300 * 96_000e8) / 1500);
    }

    function test_fixSettlement_refusesWhatIsNotOverOrAligned() public {
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.ExpiryNotOver.selector, BTC, EXPIRY));
        hub.fixSettlement(BTC, EXPIRY);
        _to(EXPIRY);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.ExpiryNotOver.selector, BTC, EXPIRY - 60));
        hub.fixSettlement(BTC, EXPIRY - 60);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.UnderlyingUnknown.selector, 3));
        hub.fixSettlement(3, EXPIRY);
    }

    /// @dev Whatever was seen: within the prices of the window, and the same for whoever comes late.
    function testFuzz_fixSettlement_isWithinWhatWasSeen(uint256 seed, uint8 updates) public {
        _to(EXPIRY - 1800);
        uint256 low = BTC_PRICE;
        uint256 high = BTC_PRICE;
        uint256 sum = 0;
        uint256 covered = 0;
        uint256 price = BTC_PRICE;
        for (uint256 i = 0; i <= updates % 20; ++i) {
            uint256 gap = 1 + (uint256(keccak256(abi.encode(seed, i))) % 400);
            if (this.clock() + gap > EXPIRY) gap = EXPIRY - this.clock();
            uint256 held = gap < 300 ? gap : 300;
            (sum, covered) = (sum + price * held, covered + held);
            pass(gap);
            price = BTC_PRICE + (uint256(keccak256(abi.encode(seed, i, "price"))) % 4_000) * 1e8;
            btcFeed.setAnswer(int256(price));
            spots.update(BTC);
            price = spots.spotOf(BTC).spotE8;
            (low, high) = (price < low ? price : low, price > high ? price : high);
        }
        uint256 rest = EXPIRY - this.clock();
        if (rest > 0) {
            uint256 held = rest < 300 ? rest : 300;
            (sum, covered) = (sum + price * held, covered + held);
            pass(rest);
        }
        if (covered < 900) return;
        pass((seed >> 8) % 10 days);
        uint256 fixedE8 = hub.fixSettlement(BTC, EXPIRY);
        assert(fixedE8 == (sum + covered / 2) / covered && fixedE8 >= low && fixedE8 <= high);
    }

    function _to(uint256 time) private {
        while (this.clock() < time) {
            uint256 left = time - this.clock();
            pass(left < 60 ? left : 60);
            spots.update(BTC);
        }
    }

    function _at(uint256 priceE8) private {
        setBtc(priceE8);
        spots.update(BTC);
    }

    /// @dev A price for some minutes, looked at each minute.
    function _hold(uint256 priceE8, uint256 minutes_) private {
        _at(priceE8);
        for (uint256 i = 0; i < minutes_; ++i) {
            pass(60);
            spots.update(BTC);
        }
    }

    function _die() private {
        nextBlock();
        btcFeed.setRound(1_000, -1, block.timestamp);
        spots.update(BTC);
        assert(spots.spotOf(BTC).state == 2);
    }
}
