// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    IRiskParameters,
    InterestParameters,
    LiquidationParameters,
    OracleParameters
} from "../interfaces/IRiskParameters.sol";
import {FeedParameters, ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {build} from "./Artifacts.sol";
import {MockAggregator} from "../dev/MockAggregator.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {VM} from "./IVm.sol";

/// @notice What setters take, at both ends and one beyond each, the other fields as the local plan has them: spec/domains.json, which the plan's check in C# is held to as well.
contract RiskParametersDomainTest is ProtocolFixture {
    string private json;
    address private _target;

    function setUp() public {
        deploy();
        json = VM.readFile("spec/domains.json");
        _target = address(parameters);
    }

    function test_setClearing_takesItsDomain() public {
        bytes32[6] memory names = [
            bytes32("makerFeeE8"),
            "takerFeeE8",
            "priceBandE8",
            "minReliefE8",
            "volBandE8",
            "creditFeeE8"
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            _hold(".clearing.", names[i], i, parameters.setClearing.selector, abi.encode(clearingParameters()));
        }
    }

    function test_setInterest_takesItsDomain() public {
        bytes memory plan = abi.encode(interestParameters());
        _hold(".interest.", "kinkUtilisationE8", 3, parameters.setInterest.selector, plan);
        _hold(".interest.", "reserveE8", 4, parameters.setInterest.selector, plan);
        // The rates bound each other.
        InterestParameters memory p = interestParameters();
        (p.baseRateE12, p.kinkRateE12, p.maxRateE12) = (3e12, 3e12, 3e12);
        parameters.setInterest(p);
        _refuse(parameters.setInterest.selector, abi.encode(p), 0, "baseRateE12", 3e12 + 1, 0, 3e12);
        _refuse(parameters.setInterest.selector, abi.encode(p), 1, "kinkRateE12", 3e12 + 1, 0, 3e12);
        p.baseRateE12 = 0;
        p.kinkRateE12 = 0;
        _refuse(parameters.setInterest.selector, abi.encode(p), 2, "maxRateE12", 3e12 + 1, 0, 3e12);
    }

    function test_setOracle_takesItsDomain() public {
        bytes32[9] memory names = [
            bytes32("checkpointIntervalSeconds"),
            "checkpointMaxAgeSeconds",
            "averagingWindowSeconds",
            "smoothingSeconds",
            "premiumClampE8",
            "fundingIntervalSeconds",
            "fundingRateMaxE8",
            "attestationMaxAgeSeconds",
            "maxDriftE8"
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            _hold(".oracle.", names[i], i, parameters.setOracle.selector, abi.encode(oracleParameters()));
        }
        // Eight seconds where hours were meant: a rate of 0.075 % would take a third of the notional an hour.
        OracleParameters memory p = oracleParameters();
        (p.fundingIntervalSeconds, p.fundingRateMaxE8) = (3600, 416_667);
        VM.expectPartialRevert(IRiskParameters.ParameterOutOfRange.selector);
        parameters.setOracle(p);
    }

    function test_setLiquidation_takesItsDomain() public {
        bytes32[12] memory names = [
            bytes32("graceSeconds"),
            "discountMaxE8",
            "discountRampSeconds",
            "targetE8",
            "bidMinE8",
            "resumeSeconds",
            "insolventRampSeconds",
            "insolventPayMaxE8",
            "deleverageRampSeconds",
            "rewardGas",
            "rewardGasPosition",
            "rewardMaxE8"
        ];
        uint8[12] memory places = [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13];
        for (uint256 i = 0; i < names.length; ++i) {
            LiquidationParameters memory p = liquidationParameters();
            _hold(".liquidation.", names[i], places[i], parameters.setLiquidation.selector, abi.encode(p));
        }
    }

    function test_setSurfaceParameters_takesItsDomain() public {
        _target = address(surfaces);
        bytes32[7] memory names = [
            bytes32("volStepE8"),
            "forwardStepE8",
            "forwardBandE8",
            "forwardBandYearE8",
            "volMinE8",
            "volMaxE8",
            "discountRateE12"
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            bytes memory plan = abi.encode(surfaceParameters());
            _hold(".surfaces.", names[i], i, surfaces.setSurfaceParameters.selector, plan);
        }
    }

    function test_setFeeds_takesItsDomain() public {
        address[] memory sources = new address[](1);
        sources[0] = source(btcFeed, 100e8, 1_000_000e8);
        _refuseFeeds(new address[](0), feedParameters(1), "sources", 0, 1, 5);
        _refuseFeeds(new address[](6), feedParameters(4), "sources", 6, 1, 5);
        _refuseFeeds(new address[](4), feedParameters(2), "minCount", 2, 3, 4);
        _refuseFeeds(sources, feedParameters(2), "minCount", 2, 1, 1);
        FeedParameters memory p = feedParameters(1);
        p.maxDeviationE8 = 249_999;
        _refuseFeeds(sources, p, "maxDeviationE8", 249_999, 250_000, 3_000_000);
        p.maxDeviationE8 = 3_000_001;
        _refuseFeeds(sources, p, "maxDeviationE8", 3_000_001, 250_000, 3_000_000);
        p = feedParameters(1);
        p.haltMoveE8 = 9_999_999;
        _refuseFeeds(sources, p, "haltMoveE8", 9_999_999, 10_000_000, 25_000_000);
        p.haltMoveE8 = 25_000_001;
        _refuseFeeds(sources, p, "haltMoveE8", 25_000_001, 10_000_000, 25_000_000);
        p = feedParameters(1);
        p.reduceMoveE8 = 2_999_999;
        _refuseFeeds(sources, p, "reduceMoveE8", 2_999_999, 3_000_000, 20_000_000);
        p.reduceMoveE8 = 20_000_001;
        _refuseFeeds(sources, p, "reduceMoveE8", 20_000_001, 3_000_000, 20_000_000);
        p = feedParameters(1);
        p.recoverySeconds = 29;
        _refuseFeeds(sources, p, "recoverySeconds", 29, 30, 3600);
        p.recoverySeconds = 3601;
        _refuseFeeds(sources, p, "recoverySeconds", 3601, 30, 3600);
        spots.setFeeds(BTC, sources, FeedParameters(1, 250_000, 3_000_000, 10_000_000, 30));
        spots.setFeeds(BTC, sources, FeedParameters(1, 3_000_000, 25_000_000, 25_000_000, 3600));
    }

    /// @dev A coin that fell below a cent keeps sources that can be replaced; none is listed there.
    function test_setFeeds_replacesSourcesOfACoinThatFellBelowACent() public {
        parameters.setUnderlying(3, parameters.underlyingOf(BTC));
        MockAggregator cheap = MockAggregator(
            build("contracts/dev/MockAggregator.sol:MockAggregator", abi.encode(uint8(8), int256(1_000_000)))
        );
        setFeed(3, source(cheap, 1, 1e8));
        cheap.setAnswer(800_000);
        nextBlock();
        setFeed(3, source(cheap, 1, 1e8));
        parameters.setUnderlying(4, parameters.underlyingOf(BTC));
        address[] memory sources = new address[](1);
        sources[0] = source(cheap, 1, 1e8);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.FeedsInvalid.selector, 4));
        spots.setFeeds(4, sources, feedParameters(1));
    }

    function test_setInitialFactor_takesItsDomain() public {
        parameters.setInitialFactor(110_000_000);
        VM.expectRevert(
            abi.encodeWithSelector(
                IRiskParameters.ParameterOutOfRange.selector,
                bytes32("initialFactorE8"),
                109_999_999,
                110_000_000,
                200_000_000
            )
        );
        parameters.setInitialFactor(109_999_999);
        VM.expectRevert(
            abi.encodeWithSelector(
                IRiskParameters.ParameterOutOfRange.selector,
                bytes32("initialFactorE8"),
                200_000_001,
                110_000_000,
                200_000_000
            )
        );
        parameters.setInitialFactor(200_000_001);
    }

    function _refuseFeeds(
        address[] memory sources,
        FeedParameters memory p,
        bytes32 name,
        uint256 value,
        uint256 least,
        uint256 most
    ) private {
        bytes4 selector = IRiskParameters.ParameterOutOfRange.selector;
        VM.expectRevert(abi.encodeWithSelector(selector, name, value, least, most));
        spots.setFeeds(BTC, sources, p);
    }

    /// @dev One field at both ends of its domain, and beyond them.
    function _hold(string memory room, bytes32 name, uint256 place, bytes4 setter, bytes memory plan) private {
        uint256[] memory ends = VM.parseJsonUintArray(json, string.concat(room, _text(name)));
        _take(setter, plan, place, ends[0]);
        _take(setter, plan, place, ends[1]);
        if (ends[0] != 0) _refuse(setter, plan, place, name, ends[0] - 1, ends[0], ends[1]);
        _refuse(setter, plan, place, name, ends[1] + 1, ends[0], ends[1]);
    }

    function _take(bytes4 setter, bytes memory plan, uint256 place, uint256 value) private {
        // solhint-disable-next-line avoid-low-level-calls
        (bool taken, ) = _target.call(bytes.concat(setter, _with(plan, place, value)));
        require(taken, Broken("within its domain"));
    }

    function _refuse(
        bytes4 setter,
        bytes memory plan,
        uint256 place,
        bytes32 name,
        uint256 value,
        uint256 least,
        uint256 most
    ) private {
        // solhint-disable-next-line avoid-low-level-calls
        (bool taken, bytes memory reason) = _target.call(bytes.concat(setter, _with(plan, place, value)));
        bytes4 selector = IRiskParameters.ParameterOutOfRange.selector;
        bool isNamed = keccak256(reason) == keccak256(abi.encodeWithSelector(selector, name, value, least, most));
        require(!taken && isNamed, Broken("beyond its domain"));
    }

    /// @dev All fields are static, so each is a word.
    function _with(bytes memory plan, uint256 place, uint256 value) private pure returns (bytes memory changed) {
        changed = bytes.concat(plan);
        // Safe: one of the words that were copied.
        assembly ("memory-safe") {
            mstore(add(changed, mul(32, add(place, 1))), value)
        }
    }

    function _text(bytes32 name) private pure returns (string memory) {
        uint256 length = 0;
        while (length < 32 && name[length] != 0) ++length;
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) text[i] = name[i];
        return string(text);
    }
}
