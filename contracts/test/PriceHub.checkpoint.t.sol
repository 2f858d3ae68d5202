// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {MockAggregator} from "../dev/MockAggregator.sol";
import {Checkpoints, CollateralRecord, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {CollateralMissing, UnderlyingMissing} from "../margin/MarginErrors.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {
    IRiskParameters,
    OracleParameters,
    TokenParameters,
    UnderlyingParameters
} from "../interfaces/IRiskParameters.sol";
import {build} from "./Artifacts.sol";
import {BrokenSource} from "./BrokenSource.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice One reading of every input, whatever a feed does; and the parameters' setters.
contract PriceHubCheckpointTest is ProtocolFixture {
    function setUp() public {
        deploy();
    }

    function test_checkpoint_storesTheHashOfWhatLiveSays() public {
        pass(60);
        uint64 id = hub.checkpoint();
        (bytes memory preimage, bytes memory records) = hub.live();
        (bytes32 hash, uint40 time) = hub.checkpointOf(id);
        assert(hash == keccak256(preimage) && hub.inputsHash(id) == hash && time == block.timestamp);
        assert(preimage.length == 32 * (2 + 3 + 2) && records.length == 2 * 128);
        UnderlyingRecord memory btc = this.record(records, 0);
        assert(btc.spotE8 == BTC_PRICE && btc.underlying == BTC && MarginDomain.isUnderlying(btc));
        CollateralRecord memory wethRecord = this.collateral(preimage, WETH_TOKEN);
        assert(wethRecord.underlying == ETH && wethRecord.decimals == 18 && wethRecord.priceE8 == 1e8);
        assert(wethRecord.haircutE8 == 5_000_000);
        assert(this.collateral(preimage, USDC_TOKEN).priceE8 == 1e8);
    }

    function test_checkpoint_keepsItsPricesForTheNext63() public {
        pass(60);
        uint64 id = hub.checkpoint();
        uint64 eth = hub.spotE8Of(ETH);
        assert(hub.spotE8At(id, BTC) == BTC_PRICE && hub.spotE8At(id, ETH) == eth && eth != 0);
        assert(hub.tokenPriceE8At(id, USDC_TOKEN) == 1e8 && hub.tokenPriceE8At(id, WETH_TOKEN) == 1e8);
        // What there is not: underlyings and tokens beyond the last, checkpoints to come and the one of number 0.
        assert(hub.spotE8At(id, 0) == 0 && hub.spotE8At(id, ETH + 1) == 0 && hub.spotE8At(id, 65) == 0);
        assert(hub.tokenPriceE8At(id, 3) == 0 && hub.tokenPriceE8At(id, type(uint16).max) == 0);
        assert(hub.spotE8At(id + 1, BTC) == 0 && hub.spotE8At(0, BTC) == 0 && hub.tokenPriceE8At(0, USDC_TOKEN) == 0);
        setBtc(BTC_PRICE + 1e8);
        for (uint256 i = 0; i < 63; ++i) {
            pass(60);
            hub.checkpoint();
        }
        assert(hub.spotE8At(id, BTC) == BTC_PRICE && hub.spotE8At(id + 63, BTC) == BTC_PRICE + 1e8);
        pass(60);
        hub.checkpoint();
        assert(hub.spotE8At(id, BTC) == 0 && hub.tokenPriceE8At(id, USDC_TOKEN) == 0);
    }

    function test_checkpoint_atMostOneAnInterval() public {
        VM.expectRevert(abi.encodeWithSelector(IPriceHub.CheckpointTooSoon.selector, START, START + 60));
        hub.checkpoint();
        hub.refresh();
        (uint64 id, ) = hub.latest();
        assert(id == 1);
        pass(301);
        hub.refresh();
        (id, ) = hub.latest();
        assert(id == 2);
    }

    function test_liveFor_saysTheSameOfWhatIsNamedAndNothingOfTheRest() public {
        pass(60);
        hub.refresh();
        (bytes memory whole, bytes memory records) = hub.live();
        // Header, and what the mask names; word 2 is the settlement token, words 3 and 4 are WETH and WBTC, 5 and 6 the hashes of BTC and ETH.
        _expectPart(1 << ETH, 0, whole, records, 128, 0x43);
        _expectPart(1 << BTC, 0, whole, records, 0, 0x23);
        // A token brings the underlying that it is.
        _expectPart(0, 1 << WETH_TOKEN, whole, records, 128, 0x4b);
        _expectPart(0, 1 << USDC_TOKEN, whole, records, 256, 0x07);
        (bytes memory preimage, bytes memory all) = hub.liveFor(type(uint256).max, type(uint256).max);
        assert(keccak256(preimage) == keccak256(whole) && keccak256(all) == keccak256(records));
    }

    /// @param from Where the named record begins among all; at their end: none is named.
    /// @param words The words of the preimage that are told, by their bits.
    function _expectPart(
        uint256 underlyings,
        uint256 tokens,
        bytes memory whole,
        bytes memory records,
        uint256 from,
        uint256 words
    ) private {
        (bytes memory preimage, bytes memory named) = hub.liveFor(underlyings, tokens);
        assert(preimage.length == whole.length && named.length == (from == 256 ? 0 : 128));
        assert(keccak256(named) == keccak256(this.slice(records, from, from + named.length)));
        for (uint256 i = 0; i < 7; ++i) {
            // A token that is not named: number 65535. An underlying: no hash.
            bytes32 told = i < 5 ? bytes32(uint256(type(uint16).max) << 240) : bytes32(0);
            if ((words >> i) & 1 != 0) told = this.wordOf(whole, i);
            assert(this.wordOf(preimage, i) == told);
        }
    }

    function test_liveFor_updatesOnlyWhatIsNamedAndTakesACheckpointWhenTheLastIsOld() public {
        pass(60);
        btcFeed.setAnswer(int256(91_000e8));
        ethFeed.setAnswer(int256(3_100e8));
        hub.liveFor(1 << BTC, 0);
        assert(spots.storedSpotE8(BTC) == 91_000e8 && spots.storedSpotE8(ETH) == ETH_PRICE);
        hub.liveFor(0, 1 << WETH_TOKEN);
        assert(spots.storedSpotE8(ETH) == 3_100e8);
        (uint64 id, ) = hub.latest();
        pass(301);
        hub.liveFor(1 << BTC, 0);
        (uint64 next, ) = hub.latest();
        assert(next == id + 1);
    }

    /// @dev What was not asked for cannot be priced: it is not valued at nothing.
    function test_liveFor_refusesAnAccountThatRestsOnMore() public {
        uint64 alice = openWith(100_000);
        uint64 bob = openWith(100_000);
        trade(alice, bob, ethPerpetual, 1e8, ETH_PRICE);
        deposit(alice, WBTC_TOKEN, 1e8);
        bytes memory balances = vault.balancesOf(alice);
        bytes memory state = stateOf(alice);
        (bytes memory preimage, bytes memory records) = hub.liveFor(1 << ETH, 1 << WBTC_TOKEN);
        referee.health(state, balances, preimage, records, SurfaceChoice.Worse);
        (preimage, records) = hub.liveFor(1 << BTC, 1 << WBTC_TOKEN);
        VM.expectRevert(abi.encodeWithSelector(UnderlyingMissing.selector, ETH));
        referee.health(state, balances, preimage, records, SurfaceChoice.Worse);
        (preimage, records) = hub.liveFor((1 << ETH) | (1 << BTC), 0);
        VM.expectRevert(abi.encodeWithSelector(CollateralMissing.selector, WBTC_TOKEN));
        referee.health(state, balances, preimage, records, SurfaceChoice.Worse);
    }

    function test_live_keepsTheLastGoodPriceAndHaltsForEveryBadRound() public {
        _expectHalted(0, block.timestamp);
        _expectHalted(-1, block.timestamp);
        _expectHalted(int256(BTC_PRICE), block.timestamp - HEARTBEAT - 1);
        _expectHalted(int256(BTC_PRICE), block.timestamp + 1);
        _expectHalted(int256(BTC_PRICE), 0);
        _expectHalted(int256(BTC_PRICE) * 1e10, block.timestamp);
        _expectHalted(type(int256).max, block.timestamp);
        _expectHalted(99e8, block.timestamp);
        nextBlock();
        btcFeed.setRound(0, int256(BTC_PRICE), block.timestamp);
        _requireHalted();
        setBtc(91_000e8);
        (, bytes memory records) = hub.live();
        assert(this.record(records, 0).spotE8 == 91_000e8 && this.record(records, 0).marketState == 0);
    }

    function test_live_survivesEveryBrokenSource() public {
        BrokenSource broken = BrokenSource(build("contracts/test/BrokenSource.sol:BrokenSource", ""));
        setFeed(ETH, address(broken));
        for (uint8 i = 1; i <= uint8(BrokenSource.Failure.TooLarge); ++i) {
            nextBlock();
            broken.set(BrokenSource.Failure(i));
            (, bytes memory records) = hub.live();
            assert(this.record(records, 128).spotE8 == ETH_PRICE);
            assert(this.record(records, 128).marketState == Checkpoints.HALTED);
            // The other market goes on.
            assert(this.record(records, 0).marketState == Checkpoints.NORMAL);
        }
        pass(60);
        hub.checkpoint();
        address[] memory sources = new address[](1);
        sources[0] = address(broken);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.FeedsInvalid.selector, BTC));
        spots.setFeeds(BTC, sources, feedParameters(1));
    }

    function test_checkpoint_totalsAndAveragesFollowSlowly() public {
        parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 1e8, 5_000_000, 25_000_000, 100e8));
        uint64 whale = open();
        deposit(whale, WETH_TOKEN, 1_000e18);
        setBtc(99_000e8);
        pass(60);
        hub.checkpoint();
        (bytes memory preimage, bytes memory records) = hub.live();
        // A flash deposit moves nobody's haircut: a minute of a day of 1 000.
        assert(this.collateral(preimage, WETH_TOKEN).haircutE8 == 5_000_000);
        // A price counts in the average for the time that it held, which has only begun.
        assert(this.record(records, 0).averageSpotE8 == BTC_PRICE && this.record(records, 0).spreadE8 == 9_000e8);
        pass(60);
        hub.checkpoint();
        (preimage, records) = hub.live();
        // One minute of the averaging half hour: a thirtieth of the way.
        assert(this.record(records, 0).averageSpotE8 == 90_300e8);
        pass(1 days);
        hub.checkpoint();
        (preimage, records) = hub.live();
        assert(this.collateral(preimage, WETH_TOKEN).haircutE8 == 25_000_000);
        assert(this.record(records, 0).averageSpotE8 == 99_000e8);
    }

    function test_checkpoint_fundingFollowsTheTradedPremiumWithinItsClamp() public {
        uint64 alice = openWith(1_000_000);
        uint64 bob = openWith(1_000_000);
        trade(alice, bob, btcPerpetual, 1e8, 94_000e8);
        pass(1800);
        hub.checkpoint();
        // Premium 4.4 % clamped to 0.5 %, funding rate clamped to 0.075 % in 8 hours: 1 800 s of it on 90 000.
        assert(hub.cumulativeFundingE8(BTC) == 421_875_000);
        // The long pays it when it closes, the short gets it.
        trade(bob, alice, btcPerpetual, 1e8, 90_000e8);
        assert(unpacked(alice).cashE8 - unpacked(bob).cashE8 < -8_000e8 - 2 * 4.2e8);
        requireConserved();
    }

    /// @dev A minute's funding of a cheap coin is less than the last digit that is paid: a checkpoint each minute, which anybody takes, must not make it nothing.
    function test_checkpoint_fundingOfManyShortStepsIsThatOfOneLong() public {
        OracleParameters memory p = oracleParameters();
        // 0.00912 % in eight hours, which the premium stays above.
        p.fundingRateMaxE8 = 9_120;
        parameters.setOracle(p);
        uint16 cent = _listCent();
        trade(
            openWith(1_000),
            openWith(1_000),
            Instruments.pack(cent, 0, 0, uint8(Instruments.PERPETUAL)),
            5_000e8,
            5_050_000
        );
        uint256 snapshot = VM.snapshotState();
        for (uint256 i = 0; i < 15; ++i) {
            pass(60);
            hub.checkpoint();
        }
        (, , int96 many) = hub.marketOf(cent);
        int64 told = hub.cumulativeFundingE8(cent);
        VM.revertToState(snapshot);
        pass(900);
        hub.checkpoint();
        (, , int96 one) = hub.marketOf(cent);
        assert(one == many && hub.cumulativeFundingE8(cent) == told);
        // 0.95 of a unit a minute.
        assert(many == 15 * 95e6 && told == 14);
        (, bytes memory records) = hub.live();
        assert(this.record(records, 256).cumulativeFundingE8 == told);
    }

    /// @dev A coin of five cents.
    function _listCent() private returns (uint16 underlying) {
        underlying = 3;
        parameters.setUnderlying(underlying, underlyingParameters(14_000_000, 45_000_000));
        parameters.setRiskInterestMax(underlying, type(uint128).max);
        bytes memory arguments = abi.encode(uint8(8), int256(5_000_000));
        MockAggregator cheap = MockAggregator(build("contracts/dev/MockAggregator.sol:MockAggregator", arguments));
        setFeed(underlying, source(cheap, 1, 1e8));
    }

    function test_setters_refuseWhatCouldLowerHealthByADeposit() public {
        UnderlyingParameters memory p = underlyingParameters(14_000_000, 45_000_000);
        p.priceRangeE8 = 32_000_000;
        p.shortOptionMinimumE8 = shortMinimumE8(p.priceRangeE8);
        VM.expectPartialRevert(IRiskParameters.ParametersCoupled.selector);
        parameters.setUnderlying(BTC, p);
        VM.expectPartialRevert(IRiskParameters.ParametersCoupled.selector);
        parameters.setToken(WBTC_TOKEN, TokenParameters(BTC, 1e8, 5_000_000, 40_000_000, 0));
        VM.expectPartialRevert(IRiskParameters.ParametersCoupled.selector);
        parameters.setInitialFactor(160_000_000);
        p = underlyingParameters(14_000_000, 45_000_000);
        p.nettingFloorE8 = 49_999_999;
        VM.expectPartialRevert(IRiskParameters.ParameterOutOfRange.selector);
        parameters.setUnderlying(BTC, p);
        VM.expectRevert(abi.encodeWithSelector(IRiskParameters.UnderlyingUnknown.selector, 4));
        parameters.setUnderlying(4, underlyingParameters(14_000_000, 45_000_000));
        VM.prank(address(9));
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(9)));
        parameters.setInitialFactor(130_000_000);
    }

    function record(bytes calldata records, uint256 start) external pure returns (UnderlyingRecord memory) {
        return Checkpoints.decodeUnderlying(records[start:start + 128]);
    }

    function slice(bytes calldata data, uint256 from, uint256 to) external pure returns (bytes memory) {
        return data[from:to];
    }

    function wordOf(bytes calldata data, uint256 index) external pure returns (bytes32) {
        return bytes32(Checkpoints.word(data, index));
    }

    function collateral(bytes calldata preimage, uint16 token) external pure returns (CollateralRecord memory) {
        return Checkpoints.decodeCollateral(preimage, token);
    }

    function _expectHalted(int256 answer, uint256 updatedAt) private {
        nextBlock();
        btcFeed.setRound(100, answer, updatedAt);
        _requireHalted();
    }

    function _requireHalted() private view {
        (, bytes memory records) = hub.live();
        assert(this.record(records, 0).spotE8 == BTC_PRICE);
        assert(this.record(records, 0).marketState == Checkpoints.HALTED);
    }
}
