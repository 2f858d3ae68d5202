// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockAggregator} from "../dev/MockAggregator.sol";
import {MockToken} from "../dev/MockToken.sol";
import {ChainlinkL2Source} from "../oracle/ChainlinkL2Source.sol";
import {Medians} from "../oracle/Medians.sol";
import {RedemptionRateSource} from "../oracle/RedemptionRateSource.sol";
import {SignedSource} from "../oracle/SignedSource.sol";
import {TradeAverageSource} from "../oracle/TradeAverageSource.sol";
import {build} from "./Artifacts.sol";
import {VM} from "./IVm.sol";
import {ShareVault} from "./ShareVault.sol";
import {TradedPair} from "./TradedPair.sol";

/// @notice Each adapter against what its feed can do.
contract PriceSourcesAdaptersTest {
    uint64 internal constant PRICE = 3_000e8;
    uint256 internal constant START = 1_800_000_000;
    uint256[3] internal keys;

    function setUp() public {
        VM.warp(START);
        keys = [uint256(1), 2, 3];
        // Ascending by address.
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (VM.addr(keys[j]) < VM.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
        }
    }

    // Medians

    function testFuzz_medians_agreeWithTheirDefinition(
        uint64[5] memory given,
        uint32 deviation,
        bool near
    ) public pure {
        uint64[] memory prices = new uint64[](5);
        uint256 live = 0;
        for (uint256 i = 0; i < 5; ++i) {
            prices[i] = near && given[i] != 0 ? uint64(1e12 + (given[i] % 1e11)) : given[i] % 2 ** 48;
            if (prices[i] != 0) ++live;
        }
        uint256 largest = deviation % 2e7;
        (uint64 price, uint256 liveFound, uint256 used) = Medians.agreed(prices, largest);
        assert(liveFound == live && used <= live);
        if (used == 0) {
            assert(price == 0);
            return;
        }
        // As many of those that agree lie below as above, and all of them near each other.
        uint256 below = 0;
        uint256 above = 0;
        for (uint256 i = 0; i < 5; ++i) {
            if (prices[i] == 0) continue;
            if (prices[i] < price) ++below;
            if (prices[i] > price) ++above;
        }
        assert(below <= live - used + used / 2 && above <= live - used + used / 2);
        if (live % 2 == 1 && used == live) assert(below <= live / 2 && above <= live / 2);
    }

    function test_medians_dropWhatLiesFar() public pure {
        uint64[] memory prices = new uint64[](4);
        (prices[0], prices[1], prices[2], prices[3]) = (101, 1_000, 0, 100);
        (uint64 price, uint256 live, uint256 used) = Medians.agreed(prices, 2e6);
        assert(price == 100 && live == 3 && used == 2);
        // Two that disagree: neither is near the middle.
        (prices[0], prices[3]) = (0, 100);
        (price, live, used) = Medians.agreed(prices, 2e6);
        assert(price == 0 && live == 2 && used == 0);
    }

    // A chain with one sequencer

    function test_chainlinkL2_waitsForTheSequencerAndItsGrace() public {
        MockAggregator feed = new MockAggregator(8, int256(uint256(PRICE)));
        MockAggregator uptime = new MockAggregator(0, 0);
        bytes memory arguments = abi.encode(feed, 3600, 1e8, 1e14, uptime, 1800);
        ChainlinkL2Source source = ChainlinkL2Source(
            build("contracts/oracle/ChainlinkL2Source.sol:ChainlinkL2Source", arguments)
        );
        _expect(source.read, 0);
        VM.warp(START + 1800);
        feed.setAnswer(int256(uint256(PRICE)));
        _expect(source.read, PRICE);
        uptime.setAnswer(1);
        _expect(source.read, 0);
        VM.warp(START + 5000);
        feed.setAnswer(int256(uint256(PRICE)));
        uptime.setAnswer(0);
        _expect(source.read, 0);
        VM.warp(START + 6800);
        _expect(source.read, PRICE);
        // The price itself is asked for all that a price is asked for.
        VM.warp(START + 5000 + 3601);
        _expect(source.read, 0);
    }

    // k of n signatures

    function test_signed_takesAQuorumAndTimesThatGoForward() public {
        SignedSource source = _signedSource();
        _expect(source.read, 0);
        bytes[] memory few = _signatures(source, PRICE, uint40(START), 1);
        VM.expectRevert(abi.encodeWithSelector(SignedSource.SignaturesTooFew.selector, 1, 2));
        source.publish(PRICE, uint40(START), few);
        source.publish(PRICE, uint40(START), _signatures(source, PRICE, uint40(START), 2));
        _expect(source.read, PRICE);
        // Of two prices signed for nearly one time nobody picks the better one later.
        VM.warp(START + 9);
        _expectPublish(source, PRICE + 1, uint40(START) + 9, SignedSource.ReportTimeWrong.selector);
        _expectPublish(source, PRICE - 1, uint40(START), SignedSource.ReportTimeWrong.selector);
        _expectPublish(source, PRICE - 1, uint40(START) + 11, SignedSource.ReportTimeWrong.selector);
        VM.warp(START + 10);
        source.publish(PRICE + 1, uint40(START) + 10, _signatures(source, PRICE + 1, uint40(START) + 10, 3));
        VM.warp(START + 70);
        _expect(source.read, PRICE + 1);
        VM.warp(START + 71);
        _expect(source.read, 0);
        _expectPublish(source, PRICE, uint40(START) + 10, SignedSource.ReportTimeWrong.selector);
        _expectPublish(source, 0, uint40(START) + 71, SignedSource.ReportOutOfBounds.selector);
        _expectPublish(source, 1e15, uint40(START) + 71, SignedSource.ReportOutOfBounds.selector);
    }

    function test_signed_refusesStrangersDoublesAndOtherNumbers() public {
        SignedSource source = _signedSource();
        bytes[] memory signatures = _signatures(source, PRICE, uint40(START), 2);
        (signatures[0], signatures[1]) = (signatures[1], signatures[0]);
        VM.expectPartialRevert(SignedSource.SignerWrong.selector);
        source.publish(PRICE, uint40(START), signatures);
        signatures[0] = signatures[1];
        VM.expectPartialRevert(SignedSource.SignerWrong.selector);
        source.publish(PRICE, uint40(START), signatures);
        signatures = _signatures(source, PRICE, uint40(START), 2);
        VM.expectPartialRevert(SignedSource.SignerWrong.selector);
        source.publish(PRICE + 1, uint40(START), signatures);
        // Another contract's digest.
        SignedSource other = _signedSource();
        signatures = _signatures(other, PRICE, uint40(START), 2);
        VM.expectPartialRevert(SignedSource.SignerWrong.selector);
        source.publish(PRICE, uint40(START), signatures);
    }

    // Share rates

    /// @dev Bound: a day's growth, 20 %/365 = 0.055 %, of what is lent on shares.
    function testFuzz_redemptionRate_aDonationGrowsByADayAtMost(uint128 donated, uint32 elapsed) public {
        (ShareVault vault, RedemptionRateSource source) = _rateSource();
        _expect(source.read, 1e8);
        vault.setAssets(1_000e6 + uint256(donated));
        _expect(source.read, 1e8);
        VM.warp(START + elapsed);
        (uint64 rate, ) = source.read();
        uint256 day = elapsed < 86_400 ? elapsed : 86_400;
        assert(rate <= 1e8 + (2e7 * day) / 31_536_000);
    }

    function test_redemptionRate_followsGrowthAndFallsAtOnce() public {
        (ShareVault vault, RedemptionRateSource source) = _rateSource();
        vault.setAssets(1_100e6);
        for (uint256 day = 1; day <= 30; ++day) {
            VM.warp(START + day * 86_400);
            source.note();
        }
        (uint64 rate, ) = source.read();
        assert(rate > 1.0164e8 && rate < 1.0166e8);
        vault.setAssets(900e6);
        _expect(source.read, 0.9e8);
        // A vault that tells 0 has lost all; one that tells nothing is silent.
        vault.setAssets(0);
        _expect(source.read, 1);
        vault.setBroken(true);
        _expect(source.read, 0);
    }

    // Traded prices

    /// @dev Bound: half a minute of a half hour, 1.7 % of the distance, and no more than `maxMove` at all.
    function test_tradeAverage_aPumpOfHalfAMinuteIsDiluted() public {
        TradedPair pair = new TradedPair(1_000e18, 3_000_000e6);
        TradeAverageSource source = _tradeAverage(pair, true);
        _expect(source.read, 0);
        _note(source, 900);
        _note(source, 1800);
        _expectNear(source, PRICE, 1);
        // The price doubles for thirty seconds.
        VM.warp(START + 2000);
        pair.trade(707e18, 4_243_000e6);
        VM.warp(START + 2030);
        pair.trade(1_000e18, 3_000_000e6);
        (uint64 price, ) = source.read();
        assert(price > PRICE && price < PRICE + (PRICE * 30) / 1130 + 1e7);
        // A price that stays away is none until it was noted.
        pair.trade(707e18, 4_243_000e6);
        VM.warp(START + 3000);
        _expect(source.read, 0);
        // A pair that was emptied has none.
        pair.trade(1e18, 3_000e6);
        _expect(source.read, 0);
    }

    /// @dev From a note on the average is that of the interval the note has just ended: whoever pumped it could call for one.
    function test_tradeAverage_aNoteLetsNoPumpThrough() public {
        TradedPair pair = new TradedPair(1_000e18, 3_000_000e6);
        TradeAverageSource source = _tradeAverage(pair, true);
        _note(source, 900);
        _note(source, 1800);
        // A hundred times the price for twelve seconds before a note, and as many after it.
        VM.warp(START + 2688);
        pair.trade(100e18, 30_000_000e6);
        VM.warp(START + 2700);
        _expect(source.read, 0);
        source.note();
        _expect(source.read, 0);
        _expectNoted(source, (PRICE * 11) / 10);
        VM.warp(START + 2712);
        pair.trade(1_000e18, 3_000_000e6);
        _note(source, 3600);
        // The second interval has the same average as the first, and is none either.
        _expect(source.read, 0);
        _expectNoted(source, (PRICE * 121) / 100);
        // It comes back as soon as the honest average lies within the tenth.
        _note(source, 4500);
        _expectNear(source, PRICE, 1);
    }

    /// @dev A true fall is followed by a tenth a note, whatever the distance; no average, however low, makes the next one count as it is found.
    function test_tradeAverage_followsATrueMoveByATenthANote() public {
        TradedPair pair = new TradedPair(1_000e18, 3_000_000e6);
        TradeAverageSource source = _tradeAverage(pair, true);
        _note(source, 900);
        pair.trade(1_000e18, 2_250_000e6);
        uint64 noted = PRICE;
        for (uint256 i = 2; i < 4; ++i) {
            _note(source, 900 * i);
            noted = (noted * 9) / 10;
            _expectNoted(source, noted);
            // 2,250 against 2,700, and against 2,430.
            if (i == 2) _expect(source.read, 0);
            else _expectNear(source, (PRICE * 3) / 4, 1);
        }
        pair.trade(1_000e18, 1);
        for (uint256 i = 4; i < 9; ++i) _note(source, 900 * i);
        _expectNoted(source, (uint64(2_430e8) * 59049) / 100_000);
    }

    function test_tradeAverage_notesAtMostEveryHalfWindow() public {
        TradedPair pair = new TradedPair(3_000_000e6, 1_000e18);
        TradeAverageSource source = _tradeAverage(pair, false);
        VM.warp(START + 899);
        VM.expectRevert(abi.encodeWithSelector(TradeAverageSource.TooEarly.selector, START + 899, START + 900));
        source.note();
        _note(source, 900);
        _expectNear(source, PRICE, 1);
        VM.warp(START + 10_000);
        _expect(source.read, 0);
    }

    function _note(TradeAverageSource source, uint256 elapsed) private {
        VM.warp(START + elapsed);
        source.note();
    }

    function _expectNear(TradeAverageSource source, uint64 priceE8, uint64 units) private view {
        (uint64 found, ) = source.read();
        assert(found + units >= priceE8 && found <= priceE8 + units);
    }

    /// @dev Reserves are divided in binary, so a unit is lost now and then.
    function _expectNoted(TradeAverageSource source, uint64 priceE8) private view {
        uint64 noted = source.notedPriceE8();
        assert(noted + 4 >= priceE8 && noted <= priceE8 + 4);
    }

    function _expect(function() external view returns (uint64, uint40) read, uint64 priceE8) private view {
        (uint64 found, ) = read();
        assert(found == priceE8);
    }

    function _tradeAverage(TradedPair pair, bool isFirst) private returns (TradeAverageSource) {
        bytes memory arguments = abi.encode(pair, isFirst, 18, 6, 1800, 1e7, 100e18);
        return TradeAverageSource(build("contracts/oracle/TradeAverageSource.sol:TradeAverageSource", arguments));
    }

    function _rateSource() private returns (ShareVault vault, RedemptionRateSource source) {
        vault = new ShareVault(address(new MockToken("USD Coin", "USDC", 6)));
        source = RedemptionRateSource(
            build("contracts/oracle/RedemptionRateSource.sol:RedemptionRateSource", abi.encode(vault, uint256(2e7)))
        );
    }

    function _signedSource() private returns (SignedSource) {
        address[] memory signers = new address[](3);
        for (uint256 i = 0; i < 3; ++i) signers[i] = VM.addr(keys[i]);
        bytes memory arguments = abi.encode(signers, 2, 60, 10, 1e8, 1e14);
        return SignedSource(build("contracts/oracle/SignedSource.sol:SignedSource", arguments));
    }

    function _signatures(
        SignedSource source,
        uint64 priceE8,
        uint40 time,
        uint256 count
    ) private view returns (bytes[] memory signatures) {
        bytes32 digest = source.reportDigest(priceE8, time);
        signatures = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = VM.sign(keys[i], digest);
            signatures[i] = abi.encodePacked(r, s, v);
        }
    }

    function _expectPublish(SignedSource source, uint64 priceE8, uint40 time, bytes4 selector) private {
        bytes[] memory signatures = _signatures(source, priceE8, time, 2);
        VM.expectPartialRevert(selector);
        source.publish(priceE8, time, signatures);
    }
}
