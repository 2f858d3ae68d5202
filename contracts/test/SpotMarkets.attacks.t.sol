// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {ISpotMarkets, SpotReading} from "../interfaces/ISpotMarkets.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {build} from "./Artifacts.sol";
import {BrokenSource} from "./BrokenSource.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {SettableSource} from "./SettableSource.sol";

/// @notice What sources can do to a price, each with the most that it moves.
contract SpotMarketsAttacksTest is ProtocolFixture {
    SettableSource[3] internal three;
    BrokenSource internal broken;

    function setUp() public {
        deploy();
        for (uint256 i = 0; i < 3; ++i) {
            three[i] = SettableSource(
                build("contracts/test/SettableSource.sol:SettableSource", abi.encode(uint64(BTC_PRICE)))
            );
        }
        broken = BrokenSource(build("contracts/test/BrokenSource.sol:BrokenSource", ""));
        address[] memory sources = new address[](3);
        for (uint256 i = 0; i < 3; ++i) sources[i] = address(three[i]);
        spots.setFeeds(BTC, sources, feedParameters(2));
    }

    // One liar of three

    function testFuzz_update_oneLiarOfThreeMovesNothing(uint64 lie, uint8 which, uint16 first, uint16 second) public {
        uint64 a = uint64(BTC_PRICE + uint256(first % 900) * 1e8);
        uint64 b = uint64(BTC_PRICE + uint256(second % 900) * 1e8);
        uint256 place = which % 3;
        three[place].set(lie);
        three[(place + 1) % 3].set(a);
        three[(place + 2) % 3].set(b);
        _step(60);
        SpotReading memory r = spots.spotOf(BTC);
        (uint64 low, uint64 high) = a < b ? (a, b) : (b, a);
        // The two honest ones agree within 1 %, so the price is theirs, or lies between them and the liar inside the 2 % that count as agreement.
        assert(r.spotE8 >= low - (low * 2) / 100 && r.spotE8 <= high + (high * 2) / 100);
        assert(r.spotE8 >= low || lie < low);
        assert(r.spotE8 <= high || lie > high);
        assert(r.state == Checkpoints.NORMAL);
    }

    function test_update_aBrokenSourceOfThreeTakesNothingDown() public {
        address[] memory sources = new address[](3);
        (sources[0], sources[1], sources[2]) = (address(broken), address(three[1]), address(three[2]));
        spots.setFeeds(BTC, sources, feedParameters(2));
        for (uint8 i = 1; i <= uint8(BrokenSource.Failure.TooLarge); ++i) {
            broken.set(BrokenSource.Failure(i));
            _step(60);
            SpotReading memory r = spots.spotOf(BTC);
            assert(r.spotE8 == BTC_PRICE && r.state == Checkpoints.NORMAL);
        }
    }

    function test_update_aSourceThatComesBackOldIsNotBelieved() public {
        _step(60);
        three[0].setAt(uint64(BTC_PRICE), uint40(this.clock() - 30));
        three[1].setAt(uint64(BTC_PRICE), uint40(this.clock() - 30));
        nextBlock();
        SpotReading memory r = spots.spotOf(BTC);
        assert(r.live == 1 && r.state == Checkpoints.HALTED && r.reasons == 1 && r.spotE8 == BTC_PRICE);
        three[0].setAt(uint64(BTC_PRICE), uint40(this.clock() + 1));
        three[1].set(uint64(BTC_PRICE));
        r = spots.spotOf(BTC);
        assert(r.live == 2 && r.state == Checkpoints.NORMAL);
    }

    function test_update_oneSilentAndOneLyingHaltAtTheLastGoodPrice() public {
        three[0].set(0);
        three[1].set(uint64(BTC_PRICE * 10));
        _step(60);
        SpotReading memory r = spots.spotOf(BTC);
        assert(r.spotE8 == BTC_PRICE && r.state == Checkpoints.HALTED);
        // Healed: one step at a time, to normal after the recovery time.
        three[0].set(uint64(BTC_PRICE));
        three[1].set(uint64(BTC_PRICE));
        _step(60);
        assert(spots.spotOf(BTC).state == Checkpoints.REDUCE_ONLY);
        _step(119);
        assert(spots.spotOf(BTC).state == Checkpoints.REDUCE_ONLY);
        _step(1);
        assert(spots.spotOf(BTC).state == Checkpoints.NORMAL);
    }

    function test_update_revertsRatherThanToSeeAGoodSourceAsBroken() public {
        nextBlock();
        VM.expectPartialRevert(ISpotMarkets.GasTooLow.selector);
        spots.update{gas: 300_000}(BTC);
        spots.update{gas: 900_000}(BTC);
    }

    // Two liars of three

    function testFuzz_update_twoColludersMoveAtMostAFifthAtOnceAndAFifthAWindow(uint64 lie, uint8 steps) public {
        three[0].set(lie);
        three[1].set(lie);
        uint256 began = this.clock();
        for (uint256 i = 0; i <= steps % 12; ++i) {
            _step(240);
            SpotReading memory r = spots.spotOf(BTC);
            // The average follows a price that is never more than a fifth away from it.
            uint256 windows = 1 + (this.clock() - began + 1799) / 1800;
            uint256 most = BTC_PRICE;
            uint256 least = BTC_PRICE;
            for (uint256 w = 0; w < windows; ++w) (most, least) = ((most * 123) / 100, (least * 79) / 100);
            assert(r.spotE8 <= most && r.spotE8 >= least);
            uint256 distance = r.spotE8 > r.averageSpotE8 ? r.spotE8 - r.averageSpotE8 : r.averageSpotE8 - r.spotE8;
            assert(distance * 5 <= uint256(r.averageSpotE8) + 5);
        }
    }

    function test_update_twoColludersOfThreeStopNewRiskAboveATenth() public {
        three[0].set(uint64((BTC_PRICE * 111) / 100));
        three[1].set(uint64((BTC_PRICE * 111) / 100));
        _step(60);
        SpotReading memory r = spots.spotOf(BTC);
        assert(r.spotE8 == (BTC_PRICE * 111) / 100 && r.state == Checkpoints.REDUCE_ONLY);
        three[0].set(uint64(BTC_PRICE * 2));
        three[1].set(uint64(BTC_PRICE * 2));
        _step(60);
        r = spots.spotOf(BTC);
        assert(r.state == Checkpoints.HALTED && r.spotE8 < (BTC_PRICE * 121) / 100);
    }

    /// Below a tenth a lie is what a market that moves looks like: the average follows it, and with it everything that goes by the average.
    function test_update_twoColludersOfThreeTakeTheAverageAlong() public {
        for (uint256 minute = 1; minute <= 180; ++minute) {
            uint64 lie = uint64((uint256(spots.spotOf(BTC).averageSpotE8) * 1099) / 1000);
            three[0].set(lie);
            three[1].set(lie);
            _step(60);
            SpotReading memory r = spots.spotOf(BTC);
            assert(r.state == Checkpoints.NORMAL);
            if (minute == 60) assert(r.averageSpotE8 > (BTC_PRICE * 120) / 100 && r.spotE8 > (BTC_PRICE * 132) / 100);
            if (minute == 180)
                assert(r.averageSpotE8 > (BTC_PRICE * 175) / 100 && r.averageSpotE8 < (BTC_PRICE * 183) / 100);
        }
    }

    // A thin market pumped for 30 seconds, and the gain withdrawn (Mango)

    function test_withdraw_aPumpOfHalfAMinuteIsWorthAThirdOfAPercent() public {
        uint64 alice = openWith(200_000);
        uint64 bob = openWith(2_000_000);
        trade(alice, bob, btcPerpetual, 10e8, BTC_PRICE);
        _step(60);
        for (uint256 i = 0; i < 3; ++i) three[i].set(uint64((BTC_PRICE * 119) / 100));
        _step(1);
        _step(30);
        hub.refresh();
        SpotReading memory r = spots.spotOf(BTC);
        // 19 % for 30 of 1,800 seconds.
        assert(r.spotE8 == (BTC_PRICE * 119) / 100);
        assert(r.averageSpotE8 <= BTC_PRICE + (BTC_PRICE * 19 * 31) / 1800 / 100 + 1);
        // A market that moved so far takes no withdrawal of an account that rests on it, whatever its gain.
        nextBlock();
        VM.prank(ownerOf(alice));
        VM.expectPartialRevert(IClearingEvents.MarketNotNormal.selector);
        clearinghouse.withdraw(input(alice, computed()), USDC_TOKEN, 1e6, address(7));
    }

    // Two prices inside one block

    function test_update_everybodyInABlockGetsTheFirstPrice() public {
        _step(60);
        three[0].set(uint64((BTC_PRICE * 101) / 100));
        three[1].set(uint64((BTC_PRICE * 101) / 100));
        three[2].set(uint64((BTC_PRICE * 101) / 100));
        hub.refresh();
        spots.update(BTC);
        assert(spots.spotOf(BTC).spotE8 == BTC_PRICE);
        (, bytes memory records) = hub.live();
        assert(this.record(records).spotE8 == BTC_PRICE);
        nextBlock();
        assert(spots.spotOf(BTC).spotE8 == (BTC_PRICE * 101) / 100);
    }

    // Governance's own mistakes

    function test_setFeeds_refusesWhatMakesNoSense() public {
        address[] memory sources = new address[](2);
        (sources[0], sources[1]) = (address(three[0]), address(three[0]));
        _expectInvalid(sources);
        sources[1] = address(three[1]);
        three[1].set(uint64(BTC_PRICE * 2));
        _expectInvalid(sources);
        VM.prank(address(9));
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(9)));
        spots.setFeeds(BTC, sources, feedParameters(1));
    }

    function record(bytes calldata records) external pure returns (SpotReading memory r) {
        r.spotE8 = Checkpoints.decodeUnderlying(records[:128]).spotE8;
    }

    function _expectInvalid(address[] memory sources) private {
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.FeedsInvalid.selector, BTC));
        spots.setFeeds(BTC, sources, feedParameters(2));
    }

    function _step(uint256 secondsPassed) private {
        pass(secondsPassed);
        spots.update(BTC);
    }
}
