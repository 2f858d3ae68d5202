// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    IRiskParameters,
    InterestParameters,
    LiquidationParameters,
    OracleParameters
} from "../interfaces/IRiskParameters.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {VM} from "./IVm.sol";

/// @notice What setters take, at both ends and one beyond each, the other fields as the local plan has them: spec/domains.json, which the plan's check in C# is held to as well.
contract RiskParametersDomainTest is ProtocolFixture {
    string private json;

    function setUp() public {
        deploy();
        json = VM.readFile("spec/domains.json");
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
        (bool taken, ) = address(parameters).call(bytes.concat(setter, _with(plan, place, value)));
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
        (bool taken, bytes memory reason) = address(parameters).call(bytes.concat(setter, _with(plan, place, value)));
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
