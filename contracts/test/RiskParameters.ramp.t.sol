// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {MockToken} from "../dev/MockToken.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {
    IRiskParameters,
    TokenParameters,
    UnderlyingParameters,
    UnderlyingStep
} from "../interfaces/IRiskParameters.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Ramps} from "../risk/Ramps.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {VM} from "./IVm.sol";
import {SettableSource} from "./SettableSource.sol";

/// @notice What asks for more margin comes by degrees; what asks for less comes at once; no mixture on the way is looser or tighter than both ends.
contract RiskParametersRampTest is ProtocolFixture {
    uint32 private constant RAMP = 86_400;

    function setUp() public {
        deploy();
        parameters.setRampSeconds(RAMP);
        manager.grantRole(STEPS_ROLE, address(this), 0);
    }

    function test_setUnderlying_tightensLinearlyAndLoosensAtOnce() public {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        (p.priceRangeE8, p.volRangeE8, p.depthE8) = (18_000_000, 30_000_000, 3000e8);
        p.shortOptionMinimumE8 = shortMinimumE8(p.priceRangeE8);
        p.slippageCapE8 = 8_000_000;
        parameters.setUnderlying(BTC, p);
        _requireNow(14_000_000, 30_000_000, 5000e8);
        assert(parameters.underlyingOf(BTC).slippageCapE8 == 8_000_000);
        pass(RAMP / 4);
        _requireNow(15_000_000, 30_000_000, 4500e8);
        pass(RAMP / 4 + 1);
        // A second of the ramp is worth 46.3 units of the range: it rounds up, and depth down.
        _requireNow(16_000_047, 30_000_000, 399_997_685_185);
        pass(RAMP);
        _requireNow(18_000_000, 30_000_000, 3000e8);
        (UnderlyingParameters memory target, uint40 end) = parameters.underlyingTargetOf(BTC);
        assert(target.priceRangeE8 == 18_000_000 && end < this.clock());
    }

    /// @dev The referee and the engine read records, so a record must say what is in force.
    function test_live_saysWhatIsInForce() public {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        (p.priceRangeE8, p.slippageCapE8) = (18_000_000, 8_000_000);
        p.shortOptionMinimumE8 = shortMinimumE8(p.priceRangeE8);
        parameters.setUnderlying(BTC, p);
        pass(RAMP / 2);
        (, bytes memory records) = hub.live();
        assert(this.rangeOf(records) == 16_000_000);
    }

    function rangeOf(bytes calldata records) external pure returns (uint32) {
        return Checkpoints.decodeUnderlying(records).priceRangeE8;
    }

    function test_setUnderlying_aSecondChangeGoesOnFromWhatIsInForce() public {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        (p.priceRangeE8, p.slippageCapE8) = (18_000_000, 8_000_000);
        p.shortOptionMinimumE8 = shortMinimumE8(p.priceRangeE8);
        parameters.setUnderlying(BTC, p);
        pass(RAMP / 2);
        p.priceRangeE8 = 17_000_000;
        p.shortOptionMinimumE8 = shortMinimumE8(p.priceRangeE8);
        parameters.setUnderlying(BTC, p);
        assert(parameters.underlyingOf(BTC).priceRangeE8 == 16_000_000);
        pass(RAMP / 2);
        assert(parameters.underlyingOf(BTC).priceRangeE8 == 16_500_000);
        p.priceRangeE8 = 15_000_000;
        p.shortOptionMinimumE8 = shortMinimumE8(p.priceRangeE8);
        parameters.setUnderlying(BTC, p);
        assert(parameters.underlyingOf(BTC).priceRangeE8 == 15_000_000);
        pass(10);
        assert(parameters.underlyingOf(BTC).priceRangeE8 == 15_000_000);
    }

    function test_setToken_haircutsRiseLinearly() public {
        parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 1e8, 7_000_000, 25_000_000, 0));
        assert(parameters.tokenOf(WETH_TOKEN).haircutBaseE8 == 5_000_000);
        pass(RAMP / 2);
        assert(parameters.tokenOf(WETH_TOKEN).haircutBaseE8 == 6_000_000);
        parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 1e8, 4_000_000, 25_000_000, 0));
        assert(parameters.tokenOf(WETH_TOKEN).haircutBaseE8 == 4_000_000);
    }

    /// @dev Without a threshold no haircut grows: a first one must not raise any at once.
    function test_setToken_aFirstThresholdRaisesNothingAtOnce() public {
        parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 1e8, 5_000_000, 25_000_000, 1e8));
        TokenParameters memory p = parameters.tokenOf(WETH_TOKEN);
        assert(p.thresholdE8 == 1e8 && p.haircutMaxE8 == 5_000_000);
        pass(RAMP / 2);
        assert(parameters.tokenOf(WETH_TOKEN).haircutMaxE8 == 15_000_000);
        pass(RAMP / 2);
        // From then on a smaller one is a ramp of its own.
        parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 1e8, 5_000_000, 25_000_000, 0.5e8));
        p = parameters.tokenOf(WETH_TOKEN);
        assert(p.thresholdE8 == 1e8 && p.haircutMaxE8 == 25_000_000);
        pass(RAMP / 2);
        assert(parameters.tokenOf(WETH_TOKEN).thresholdE8 == 0.75e8);
    }

    /// @dev Values that say nothing make no token new: governance reaches them at once, by loosening.
    function test_setToken_whatWasLoosenedToNothingRisesLinearly() public {
        parameters.setToken(USDC_TOKEN, TokenParameters(0, 0, 0, 0, 0));
        assert(parameters.tokenOf(USDC_TOKEN).haircutMaxE8 == 0);
        parameters.setToken(USDC_TOKEN, TokenParameters(0, 0, 60_000_000, 60_000_000, 0));
        assert(parameters.tokenOf(USDC_TOKEN).haircutBaseE8 == 0);
        pass(RAMP / 2);
        assert(parameters.tokenOf(USDC_TOKEN).haircutBaseE8 == 30_000_000);
    }

    /// @dev Nor does a first setting without haircuts, after which it could have been anything.
    function test_setToken_whatWasSetWithoutHaircutsIsNotNew() public {
        uint16 listed = WBTC_TOKEN + 1;
        assert(!parameters.isTokenSet(listed));
        parameters.setToken(listed, TokenParameters(0, 0, 0, 0, 0));
        assert(parameters.isTokenSet(listed));
        VM.expectRevert(abi.encodeWithSelector(IRiskParameters.FieldFixed.selector, bytes32("underlying")));
        parameters.setToken(listed, TokenParameters(BTC, 1e8, 5_000_000, 25_000_000, 0));
        parameters.setToken(listed, TokenParameters(0, 0, 70_000_000, 70_000_000, 0));
        assert(parameters.tokenOf(listed).haircutBaseE8 == 0);
        pass(RAMP);
        assert(parameters.tokenOf(listed).haircutBaseE8 == 70_000_000);
        // The first time all of it is there at once, since until then it counted nothing.
        parameters.setToken(listed + 1, TokenParameters(0, 0, 70_000_000, 70_000_000, 0));
        assert(parameters.tokenOf(listed + 1).haircutBaseE8 == 70_000_000);
    }

    /// @dev So none counts before it is set.
    function test_setTokenSource_refusesATokenThatWasNeverSet() public {
        vault.listToken(address(new MockToken("Late", "LATE", 18)), vault.tokenCount());
        SettableSource late = new SettableSource(1e8);
        VM.expectRevert(abi.encodeWithSelector(IPriceHub.TokenUnknown.selector, WBTC_TOKEN + 1));
        hub.setTokenSource(WBTC_TOKEN + 1, address(late));
        parameters.setToken(WBTC_TOKEN + 1, TokenParameters(0, 0, 70_000_000, 70_000_000, 0));
        hub.setTokenSource(WBTC_TOKEN + 1, address(late));
    }

    function test_setInitialFactor_risesLinearlyAndFallsAtOnce() public {
        parameters.setInitialFactor(131_000_000);
        assert(parameters.initialFactorE8() == 130_000_000);
        pass(RAMP / 2);
        assert(parameters.initialFactorE8() == 130_500_000);
        (uint32 target, uint40 end) = parameters.initialFactorTarget();
        assert(target == 131_000_000 && end == this.clock() + RAMP / 2);
        parameters.setInitialFactor(120_000_000);
        assert(parameters.initialFactorE8() == 120_000_000);
    }

    /// @dev Both sides of the bound on their way at once: it holds for the targets, so on the way as well.
    function test_setters_holdTheCoupledBoundForTargets() public {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        p.slippageCapE8 = 0;
        parameters.setUnderlying(BTC, p);
        p.priceRangeE8 = 30_000_000;
        p.shortOptionMinimumE8 = shortMinimumE8(p.priceRangeE8);
        parameters.setUnderlying(BTC, p);
        // In force are 14 %, but 30 % are promised: with them a haircut of 60 % would be too much.
        VM.expectPartialRevert(IRiskParameters.ParametersCoupled.selector);
        parameters.setToken(WBTC_TOKEN, TokenParameters(BTC, 1e8, 5_000_000, 60_000_000, 0));
        VM.expectPartialRevert(IRiskParameters.ParametersCoupled.selector);
        parameters.setInitialFactor(200_000_000);
    }

    function test_setters_refuseWhatCannotComeByDegrees() public {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        p.group = 2;
        VM.expectRevert(abi.encodeWithSelector(IRiskParameters.FieldFixed.selector, bytes32("group")));
        parameters.setUnderlying(BTC, p);
        VM.expectRevert(abi.encodeWithSelector(IRiskParameters.FieldFixed.selector, bytes32("underlying")));
        parameters.setToken(WETH_TOKEN, TokenParameters(BTC, 1e8, 5_000_000, 25_000_000, 0));
        VM.expectRevert(abi.encodeWithSelector(IRiskParameters.FieldFixed.selector, bytes32("unitsE8")));
        parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 2e8, 5_000_000, 25_000_000, 0));
        VM.expectPartialRevert(IRiskParameters.ParameterOutOfRange.selector);
        parameters.setRampSeconds(0);
        VM.prank(address(9));
        VM.expectPartialRevert(IAccessManaged.AccessManagedUnauthorized.selector);
        parameters.setRampSeconds(RAMP);
    }

    /// @dev A token that has no threshold, before and after, grows by nothing: its largest haircut is on no way.
    function test_setToken_ofTheSameValuesMovesNothing() public {
        TokenParameters memory p = parameters.tokenOf(WETH_TOKEN);
        assert(p.thresholdE8 == 0 && p.haircutMaxE8 > p.haircutBaseE8);
        parameters.setToken(WETH_TOKEN, p);
        assert(keccak256(abi.encode(parameters.tokenOf(WETH_TOKEN))) == keccak256(abi.encode(p)));
    }

    /// @dev What the next step of attesters would make it, and nothing else: 3 % on a range of 18 % would have fallen to 1.125 % in one block.
    function test_setUnderlying_refusesAnotherShortMinimumThanTheRangeHas() public {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        (p.priceRangeE8, p.slippageCapE8, p.shortOptionMinimumE8) = (18_000_000, 8_000_000, 3_000_000);
        bytes32 field = "shortOptionMinimumE8";
        VM.expectRevert(
            abi.encodeWithSelector(IRiskParameters.ParameterOutOfRange.selector, field, 3_000_000, 1_125_000, 1_125_000)
        );
        parameters.setUnderlying(BTC, p);
        p.shortOptionMinimumE8 = 1_125_000;
        parameters.setUnderlying(BTC, p);
        pass(RAMP);
        parameters.stepUnderlying(_same());
        assert(parameters.underlyingOf(BTC).shortOptionMinimumE8 == 1_125_000);
    }

    // Attesters' steps on the way

    function test_step_maySpeedARampUpButNotHoldItBack() public {
        _ramp();
        pass(RAMP / 2);
        UnderlyingStep memory s = _same();
        s.priceRangeE8 = 15_999_999;
        VM.expectRevert(abi.encodeWithSelector(IRiskParameters.StepAgainstRamp.selector, 2, 15_999_999, 16_000_000));
        parameters.stepUnderlying(s);
        (s.priceRangeE8, s.volRangeE8) = (17_000_000, 44_000_000);
        parameters.stepUnderlying(s);
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        // What is not on its way the step moves as ever.
        assert(p.priceRangeE8 == 17_000_000 && p.volRangeE8 == 44_000_000);
        assert(p.slippageCapE8 == 8_000_000);
        pass(RAMP / 4);
        assert(parameters.underlyingOf(BTC).priceRangeE8 == 17_500_000);
        pass(RAMP / 4);
        assert(parameters.underlyingOf(BTC).priceRangeE8 == 18_000_000);
    }

    function test_step_beyondTheTargetEndsTheRamp() public {
        _ramp();
        UnderlyingStep memory s = _same();
        s.priceRangeE8 = 18_500_000;
        parameters.stepUnderlying(s);
        pass(RAMP / 2);
        assert(parameters.underlyingOf(BTC).priceRangeE8 == 18_500_000);
    }

    // Libraries

    function testFuzz_valueAt_risesFromOneEndToTheOther(
        uint64 from,
        uint64 to,
        uint32 elapsed,
        uint32 duration
    ) public pure {
        if (duration == 0) duration = 1;
        uint256 value = Ramps.valueAt(from, to, elapsed, duration);
        uint256 later = Ramps.valueAt(from, to, uint256(elapsed) + 1, duration);
        (uint256 least, uint256 most) = from < to ? (from, to) : (to, from);
        assert(value >= least && value <= most);
        assert(to >= from ? later >= value : later <= value);
        assert(Ramps.valueAt(from, to, 0, duration) == from && Ramps.valueAt(from, to, duration, duration) == to);
    }

    /// @dev Every field of a departure is as tight as the looser of both ends, and the way from there is never tighter than the target.
    function testFuzz_departure_isNeverTighterThanEitherEnd(uint32 a, uint32 b, uint32 c, uint32 d) public pure {
        TokenParameters memory present = TokenParameters(1, 1, a < b ? a : b, a < b ? b : a, c % 2 == 0 ? 0 : c);
        TokenParameters memory target = TokenParameters(1, 1, c < d ? c : d, c < d ? d : c, a % 2 == 0 ? 0 : a);
        TokenParameters memory from = Ramps.departure(present, target);
        assert(from.haircutBaseE8 <= present.haircutBaseE8 && from.haircutBaseE8 <= target.haircutBaseE8);
        assert(from.haircutMaxE8 <= target.haircutMaxE8 && from.haircutBaseE8 <= from.haircutMaxE8);
        TokenParameters memory half = Ramps.tokenAt(from, target, 1, 2);
        assert(half.haircutBaseE8 <= half.haircutMaxE8 && half.haircutMaxE8 <= target.haircutMaxE8);
    }

    function _ramp() private {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        (p.priceRangeE8, p.slippageCapE8) = (18_000_000, 8_000_000);
        p.shortOptionMinimumE8 = shortMinimumE8(p.priceRangeE8);
        parameters.setUnderlying(BTC, p);
    }

    /// @dev This contract has the role of the contract of steps.
    function _same() private view returns (UnderlyingStep memory) {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        return UnderlyingStep(BTC, 0, p.depthE8, p.priceRangeE8, p.volRangeE8, p.basisChargeE8, p.vegaChargeE8);
    }

    function _requireNow(uint32 priceRangeE8, uint32 volRangeE8, uint64 depthE8) private view {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        assert(p.priceRangeE8 == priceRangeE8 && p.volRangeE8 == volRangeE8 && p.depthE8 == depthE8);
    }
}
