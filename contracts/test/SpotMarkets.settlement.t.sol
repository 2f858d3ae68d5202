// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {Forwards} from "../margin/Forwards.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {SettableSource} from "./SettableSource.sol";

/// @notice Settlement prices: the average over the half hour before expiry, whatever was observed of it, whoever asks, and when.
contract SpotMarketsSettlementTest is ProtocolFixture {
    /// @dev START is a multiple of 1800.
    uint32 internal constant EXPIRY = uint32(START) + 7200;

    function setUp() public {
        deploy();
    }

    function test_fixSettlement_isTheTimeWeightedAverageOfTheWindow() public {
        observeUntil(EXPIRY - 1800);
        // Ten minutes at 90,000, ten at 92,000, ten at 91,000; an update every minute.
        _hold(BTC_PRICE, 10);
        _hold(92_000e8, 10);
        _hold(91_000e8, 10);
        assert(this.clock() == EXPIRY);
        assert(hub.settlementPriceE8(BTC, EXPIRY) == 0);
        assert(_live(91_000e8) == 91_000e8);
        assert(hub.fixSettlement(BTC, EXPIRY) == 91_000e8);
        assert(hub.settlementPriceE8(BTC, EXPIRY) == 91_000e8);
        // For ever.
        setBtc(50_000e8);
        pass(1 days);
        assert(hub.fixSettlement(BTC, EXPIRY) == 91_000e8);
    }

    function test_fixSettlement_lateAndInAnyOrderIsTheSame() public {
        observeUntil(EXPIRY - 1800);
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

    /// @dev Sources that agree again half an hour before the week is over, far from where they fell silent: the band follows them, and nobody fixes a price on the way.
    function test_windDown_waitsForSourcesThatAgreeAgain() public {
        SettableSource source = new SettableSource(uint64(BTC_PRICE));
        setFeed(BTC, address(source));
        observeUntil(START + 1800);
        source.set(0);
        pass(60);
        spots.update(BTC);
        uint256 halted = this.clock();
        pass(7 days - 1800);
        source.set(uint64(BTC_PRICE * 55) / 100);
        for (uint256 i = 0; i < 30; ++i) {
            spots.update(BTC);
            pass(60);
        }
        assert(this.clock() == halted + 7 days && spots.spotOf(BTC).state == 2);
        bytes4 alive = ISpotMarkets.MarketAlive.selector;
        VM.expectRevert(abi.encodeWithSelector(alive, BTC, 2, this.clock()));
        spots.tryFixSettlement(BTC, 0);
        // That they fall silent just then makes no difference, for seven days of their own.
        source.set(0);
        pass(60);
        VM.expectPartialRevert(alive);
        spots.tryFixSettlement(BTC, 0);
        pass(7 days);
        (uint64 priceE8, ) = spots.tryFixSettlement(BTC, 0);
        assert(priceE8 != 0);
    }

    function test_fixSettlement_aPriceHoldsForFiveMinutesAndNoLonger() public {
        observeUntil(EXPIRY - 1800);
        _hold(BTC_PRICE, 10);
        // Nobody looks for fifteen minutes: five of them count.
        pass(900);
        observeAt(93_000e8);
        _hold(93_000e8, 5);
        assert(this.clock() == EXPIRY);
        // 600 + 300 seconds at 90,000 and 300 at 93,000.
        assert(hub.fixSettlement(BTC, EXPIRY) == (900 * BTC_PRICE + 300 * 93_000e8) / 1200);
    }

    function test_fixSettlement_waitsUntilHalfAWindowWasObserved() public {
        observeUntil(EXPIRY - 1800);
        pass(1800);
        // Five minutes held, 25 unseen.
        VM.expectRevert(abi.encodeWithSelector(IPriceHub.SettlementNotReady.selector, BTC, EXPIRY, 300));
        hub.fixSettlement(BTC, EXPIRY);
        nextBlock();
        observeAt(99_000e8);
        // 300 seconds before and 1800 after: known as soon as the price is.
        uint256 expectedE8 = (300 * BTC_PRICE + 1800 * 99_000e8 + 1050) / 2100;
        assert(_live(99_000e8) == expectedE8);
        _hold(99_000e8, 30);
        assert(hub.fixSettlement(BTC, EXPIRY) == expectedE8);
    }

    function test_fixSettlement_aHaltedMarketIsNotObserved() public {
        observeUntil(EXPIRY - 1800);
        _hold(BTC_PRICE, 20);
        nextBlock();
        btcFeed.setRound(1000, 0, this.clock());
        spots.update(BTC);
        for (uint256 i = 0; i < 5; ++i) {
            VM.warp(this.clock() + 60);
            nextBlock();
            spots.update(BTC);
        }
        observeAt(96_000e8);
        _hold(96_000e8, 5);
        assert(this.clock() == EXPIRY);
        assert(hub.fixSettlement(BTC, EXPIRY) == (1200 * BTC_PRICE + 300 * 96_000e8) / 1500);
    }

    // Silence across an expiry

    /// @dev Ten minutes before the expiry and half an hour after the silence: the price is the same however long nobody looked, and so is about the gas.
    function test_fixSettlement_afterAnySilenceIsThatOfAShortOne() public {
        uint256[5] memory silences = [uint256(2 hours), 2 days, 4 days, 14 days, 400 days];
        for (uint256 i = 0; i < silences.length; ++i) {
            uint256 before = VM.snapshotState();
            _silence(silences[i]);
            _fixesForLittle(EXPIRY, 0, 600);
            _hold(91_000e8, 30);
            _fixesForLittle(EXPIRY, uint64((600 * BTC_PRICE + 1500 * 91_000e8 + 1050) / 2100), 2100);
            assert(VM.revertToState(before));
        }
    }

    /// @dev All of its window was silent: what was observed after the silence is its price, and nothing of what was before.
    function test_fixSettlement_ofAnExpiryWithinASilenceIsWhatCameAfterIt() public {
        _silence(400 days);
        _hold(91_000e8, 30);
        for (uint32 day = 1; day < 400; day += 57) _fixesForLittle(EXPIRY + day * 1 days, 91_000e8, 1500);
    }

    /// @dev Against the definition, walked through update by update.
    function testFuzz_fixSettlement_isTheDefinitionThroughSilences(
        uint256 seed,
        uint8 updates,
        uint8 halfHours
    ) public {
        uint256 count = 1 + (updates % 24);
        uint256[] memory times = new uint256[](count + 1);
        uint256[] memory pricesE8 = new uint256[](count + 1);
        (times[0], pricesE8[0]) = (this.clock(), BTC_PRICE);
        for (uint256 i = 1; i <= count; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            pass(1 + (dice % (dice & (1 << 128) == 0 ? 600 : 5 days)));
            btcFeed.setAnswer(int256(BTC_PRICE + ((dice >> 160) % 2_000) * 1e8));
            spots.update(BTC);
            (times[i], pricesE8[i]) = (this.clock(), spots.storedSpotE8(BTC));
        }
        uint256 now_ = this.clock();
        uint256 most = (now_ - START) / 1800;
        if (most < 2) return;
        uint32 expiry = uint32(START + 1800 * (1 + ((uint256(halfHours) * 7) % (most - 1))));
        (uint64 priceE8, ) = spots.tryFixSettlement(BTC, expiry);
        (uint256 fromE8, uint256 from) = _sums(times, pricesE8, expiry - 1800);
        uint256 expectedE8 = 0;
        for (uint256 end = expiry; end <= now_ && expectedE8 == 0; end += 1800) {
            (uint256 toE8, uint256 to) = _sums(times, pricesE8, end);
            if (to - from >= 900) expectedE8 = (toE8 - fromE8 + (to - from) / 2) / (to - from);
        }
        assert(priceE8 == expectedE8);
    }

    /// @dev Updates at any distance, silences and halts until some second between the window's opening and two hours later; from then on the price stands still and is looked at each minute. The forward of that second is the price that is fixed, to the unit.
    function testFuzz_liveForward_isThePriceIfSpotStandsStill(uint256 seed, uint16 at, bool isWild) public {
        uint256 until = EXPIRY - 1800 + (at % 9000);
        observeUntil(EXPIRY - 1800 - (seed % 2) * 60);
        uint256 priceE8 = BTC_PRICE;
        for (uint256 i = 0; this.clock() < until; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            uint256 gap = 1 + (dice % (isWild && dice & (1 << 128) != 0 ? 1200 : 150));
            if (this.clock() + gap > until) gap = until - this.clock();
            pass(gap);
            nextBlock();
            // One time in eight the source is broken: the market is halted until it answers again.
            if (dice >> 253 == 0) {
                btcFeed.setRound(1000, 0, block.timestamp);
            } else {
                priceE8 = BTC_PRICE + ((dice >> 160) % 3_000) * 1e8;
                setBtc(priceE8);
            }
            spots.update(BTC);
        }
        nextBlock();
        observeAt(priceE8);
        assert(spots.spotOf(BTC).state != 2);
        uint256 expectedE8 = _live(priceE8);
        uint64 fixedE8 = 0;
        for (uint256 i = 0; fixedE8 == 0 && i < 120; ++i) {
            if (this.clock() >= EXPIRY) (fixedE8, ) = spots.tryFixSettlement(BTC, EXPIRY);
            if (fixedE8 != 0) break;
            assert(_live(priceE8) == expectedE8);
            pass(60);
            spots.update(BTC);
        }
        assert(fixedE8 == expectedE8 && _live(priceE8) == expectedE8);
    }

    /// @dev Between the two updates nothing is kept of the half hours: the reading says already what the update will find.
    function test_settlementWindow_isThatOfAnUpdate() public {
        observeUntil(EXPIRY - 600);
        pass(2 hours);
        (uint256 sumE8, uint256 covered, uint256 remaining, ) = spots.settlementWindow(BTC, EXPIRY);
        assert(sumE8 == 1500 * BTC_PRICE && covered == 1500 && remaining == 0);
        (sumE8, covered, remaining, ) = spots.settlementWindow(BTC, EXPIRY + 1800);
        assert(sumE8 == 0 && covered == 0 && remaining == 2400);
        spots.update(BTC);
        (sumE8, covered, remaining, ) = spots.settlementWindow(BTC, EXPIRY);
        assert(sumE8 == 1500 * BTC_PRICE && covered == 1500 && remaining == 0);
        // Fixed: the price, of one second. Before it opens: nothing.
        assert(hub.fixSettlement(BTC, EXPIRY) == BTC_PRICE);
        (sumE8, covered, remaining, ) = spots.settlementWindow(BTC, EXPIRY);
        assert(sumE8 == BTC_PRICE && covered == 1 && remaining == 0);
        (sumE8, covered, remaining, ) = spots.settlementWindow(BTC, EXPIRY + 30 days);
        assert(sumE8 == 0 && covered == 0 && remaining == 1800);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.ExpiryNotOver.selector, BTC, EXPIRY - 60));
        spots.settlementWindow(BTC, EXPIRY - 60);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.UnderlyingUnknown.selector, 3));
        spots.settlementWindow(3, EXPIRY);
    }

    function test_fixSettlement_refusesWhatIsNotOverOrAligned() public {
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.ExpiryNotOver.selector, BTC, EXPIRY));
        hub.fixSettlement(BTC, EXPIRY);
        observeUntil(EXPIRY);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.ExpiryNotOver.selector, BTC, EXPIRY - 60));
        hub.fixSettlement(BTC, EXPIRY - 60);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.UnderlyingUnknown.selector, 3));
        hub.fixSettlement(3, EXPIRY);
    }

    /// @dev Whatever was seen: within the prices of the window, and the same for whoever comes late.
    function testFuzz_fixSettlement_isWithinWhatWasSeen(uint256 seed, uint8 updates) public {
        observeUntil(EXPIRY - 1800);
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

    function _live(uint256 spotE8) private view returns (uint256 forwardE8) {
        (uint256 sumE8, uint256 covered, uint256 remaining, ) = spots.settlementWindow(BTC, EXPIRY);
        (forwardE8, ) = Forwards.insideWindow(spotE8, sumE8, covered, remaining);
    }

    /// @dev Five minutes of the window, five that the price holds, and then nobody looks; the first who does finds another price.
    function _silence(uint256 secondsPassed) private {
        observeUntil(EXPIRY - 1500);
        pass(secondsPassed);
        observeAt(91_000e8);
    }

    function _fixesForLittle(uint32 expiry, uint64 expectedE8, uint256 observed) private {
        nextBlock();
        uint256 left = gasleft();
        (uint64 priceE8, uint256 coveredSeconds) = spots.tryFixSettlement(BTC, expiry);
        require(left - gasleft() < 300_000, Broken("gas"));
        require(priceE8 == expectedE8 && coveredSeconds == observed, Broken("price"));
    }

    function _sums(
        uint256[] memory times,
        uint256[] memory pricesE8,
        uint256 time
    ) private pure returns (uint256 sumE8, uint256 covered) {
        for (uint256 i = 0; i < times.length && times[i] < time; ++i) {
            uint256 held = (i + 1 < times.length && times[i + 1] < time ? times[i + 1] : time) - times[i];
            if (held > 300) held = 300;
            (sumE8, covered) = (sumE8 + pricesE8[i] * held, covered + held);
        }
    }

    /// @dev A price for some minutes, looked at each minute.
    function _hold(uint256 priceE8, uint256 minutes_) private {
        observeAt(priceE8);
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
