// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Band, IParameterSteps, UnderlyingCorridor} from "../interfaces/IParameterSteps.sol";
import {
    IRiskParameters,
    TokenParameters,
    TokenStep,
    UnderlyingParameters,
    UnderlyingStep
} from "../interfaces/IRiskParameters.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {AttesterSignature} from "../interfaces/RiskTypes.sol";
import {Corridors} from "../risk/Corridors.sol";
import {VM} from "./IVm.sol";
import {SurfaceFixture} from "./SurfaceFixture.sol";

/// @notice How far the quorum moves parameters, how fast, and what it cannot do.
contract ParameterStepsTest is SurfaceFixture {
    uint64 internal constant PER_HOUR = 5_000_000;
    uint64 internal constant PER_DAY = 25_000_000;

    function setUp() public {
        deployWithAttesters();
        Band memory still = Band(0, 1e8, 0, 0, 0, 0);
        parameterSteps.setUnderlyingCorridor(
            BTC,
            UnderlyingCorridor(
                _band(500e8, 50_000e8),
                _band(10_000_000, 16_900_000),
                _band(40_000_000, 1e8),
                still,
                still
            )
        );
        parameterSteps.setTokenCorridor(WBTC_TOKEN, _band(5_000_000, 10_000_000));
        pass(3600);
    }

    // What moves

    function test_step_movesWhatIsSteppedAndNothingElse() public {
        UnderlyingParameters memory before = parameters.underlyingOf(BTC);
        UnderlyingStep memory s = _same();
        (s.depthE8, s.priceRangeE8, s.volRangeE8) = (4900e8, 14_500_000, 46_000_000);
        _step(s);
        UnderlyingParameters memory later = parameters.underlyingOf(BTC);
        assert(later.depthE8 == 4900e8 && later.priceRangeE8 == 14_500_000 && later.volRangeE8 == 46_000_000);
        (before.depthE8, before.priceRangeE8, before.volRangeE8) = (4900e8, 14_500_000, 46_000_000);
        assert(keccak256(abi.encode(later)) == keccak256(abi.encode(before)));
        (uint40 time, uint40 since) = parameterSteps.lastUnderlyingStep(BTC);
        assert(time == s.time && since == this.clock());
    }

    /// @dev PAR-006: a field that governance tightens is another each second, so a step that repeats what was in force when it was computed moves the others all the same.
    function test_step_movesTheOthersWhileGovernanceTightensOne() public {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        p.priceRangeE8 = 15_500_000;
        (p.basisChargeE8, p.slippageCapE8) = (p.basisChargeE8 + 100_000, 4_000_000);
        parameters.setRampSeconds(86_400);
        parameters.setUnderlying(BTC, p);
        pass(3600);
        UnderlyingStep memory s = _same();
        assert(s.priceRangeE8 > 14_000_000 && s.priceRangeE8 < 15_500_000);
        s.volRangeE8 = 46_000_000;
        pass(300);
        UnderlyingParameters memory before = parameters.underlyingOf(BTC);
        assert(before.priceRangeE8 > s.priceRangeE8 && before.basisChargeE8 > s.basisChargeE8);
        // Nor does it hold back what it would loosen.
        s.priceRangeE8 -= 500_000;
        _step(s);
        UnderlyingParameters memory later = parameters.underlyingOf(BTC);
        assert(later.volRangeE8 == 46_000_000);
        assert(later.priceRangeE8 == before.priceRangeE8 && later.basisChargeE8 == before.basisChargeE8);
        pass(86_400);
        later = parameters.underlyingOf(BTC);
        assert(later.priceRangeE8 == 15_500_000 && later.basisChargeE8 == p.basisChargeE8);
    }

    /// @dev PAR-004: a sixteenth of the range, and 1 % at least.
    function test_step_theShortMinimumFollowsTheRange() public {
        UnderlyingParameters memory p = underlyingParameters(16_000_000, 45_000_000);
        p.slippageCapE8 = 4_000_000;
        parameters.setUnderlying(BTC, p);
        UnderlyingStep memory s = _same();
        s.priceRangeE8 = 16_800_000;
        _step(s);
        assert(parameters.underlyingOf(BTC).shortOptionMinimumE8 == 1_050_000);
    }

    function test_step_movesAHaircut() public {
        _stepToken(TokenStep(WBTC_TOKEN, uint40(this.clock()), 5_250_000));
        assert(parameters.tokenOf(WBTC_TOKEN).haircutBaseE8 == 5_250_000);
        assert(parameters.tokenOf(WBTC_TOKEN).haircutMaxE8 == 25_000_000);
        pass(1);
        _refuseToken(
            TokenStep(WBTC_TOKEN, uint40(this.clock()), 5_251_000),
            IParameterSteps.StepOutOfCorridor.selector
        );
    }

    // What does not

    function test_step_needsTheQuorumOverExactlyThis() public {
        UnderlyingStep memory s = _same();
        s.priceRangeE8 += 100_000;
        AttesterSignature[] memory signatures = _signed(_one(s), new TokenStep[](0), 1);
        VM.expectPartialRevert(IRiskRegistry.SignaturesTooFew.selector);
        parameterSteps.step(_one(s), new TokenStep[](0), signatures);
        signatures = _signed(_one(s), new TokenStep[](0), 2);
        s.priceRangeE8 += 1;
        VM.expectPartialRevert(IRiskRegistry.SignatureInvalid.selector);
        parameterSteps.step(_one(s), new TokenStep[](0), signatures);
    }

    function test_step_timesAscendAndAreYoung() public {
        UnderlyingStep memory s = _same();
        s.time = uint40(this.clock()) + 1;
        _refuse(s, IParameterSteps.StepTimeWrong.selector);
        s.time = uint40(this.clock()) - 601;
        _refuse(s, IParameterSteps.StepTimeWrong.selector);
        s.time = uint40(this.clock()) - 600;
        _step(s);
        // The same signatures again, as anybody may try who saw them.
        _refuse(s, IParameterSteps.StepTimeWrong.selector);
    }

    function test_step_stopsAtTheHour() public {
        UnderlyingStep memory s = _same();
        s.priceRangeE8 = 14_700_001;
        _refuse(s, IParameterSteps.StepOutOfCorridor.selector);
        s.priceRangeE8 = 14_700_000;
        _step(s);
        // Six minutes later a tenth of the step, in both directions at their speeds.
        pass(360);
        s = _same();
        s.priceRangeE8 = 14_700_000 + 73_501;
        _refuse(s, IParameterSteps.StepOutOfCorridor.selector);
        s.priceRangeE8 = 14_700_000 - 1_471;
        _refuse(s, IParameterSteps.StepOutOfCorridor.selector);
        s.priceRangeE8 = 14_700_000 - 1_470;
        _step(s);
    }

    /// @dev Tightening depth is lowering it.
    function test_step_depthTightensDownwards() public {
        UnderlyingStep memory s = _same();
        s.depthE8 = 4750e8 - 1;
        _refuse(s, IParameterSteps.StepOutOfCorridor.selector);
        s.depthE8 = 5005e8 + 1;
        _refuse(s, IParameterSteps.StepOutOfCorridor.selector);
        s.depthE8 = 4750e8;
        _step(s);
        pass(3600);
        s = _same();
        s.depthE8 = 4750e8 + 475_000_000;
        _step(s);
    }

    function test_step_stopsAtTheDayAndAtTheBand() public {
        uint256 hoursTaken = _push(14_000_000 + 3_500_000, 100);
        // The band's most, 16.9 %, comes before the day's 25 %.
        assert(parameters.underlyingOf(BTC).priceRangeE8 == 16_900_000 && hoursTaken == 4);
        // Depth has a wide band: the day stops it at three quarters.
        for (uint256 i = 0; i < 12; ++i) {
            pass(3600);
            UnderlyingStep memory s = _same();
            (uint64[5] memory leastE8, ) = parameterSteps.underlyingLimits(BTC);
            s.depthE8 = leastE8[0];
            _step(s);
        }
        assert(parameters.underlyingOf(BTC).depthE8 == 3750e8);
        // A day after the first step the day is another.
        pass(86_400);
        (uint64[5] memory least, ) = parameterSteps.underlyingLimits(BTC);
        assert(least[0] == (3750e8 * 95) / 100);
    }

    function test_step_holdsWhatTheCoupledBoundForbids() public {
        Band memory wide = _band(10_000_000, 32_000_000);
        Band memory still = Band(0, 1e8, 0, 0, 0, 0);
        parameterSteps.setUnderlyingCorridor(BTC, UnderlyingCorridor(still, wide, still, still, still));
        _push(16_900_000, 10);
        pass(3600);
        UnderlyingStep memory s = _same();
        s.priceRangeE8 = 17_000_000;
        _refuse(s, IRiskParameters.ParametersCoupled.selector);
    }

    function test_step_outsideTheBandOnlyTowardsIt() public {
        // Governance holds 14 % and sets a band below it.
        Band memory low = _band(10_000_000, 12_000_000);
        Band memory still = Band(0, 1e8, 0, 0, 0, 0);
        parameterSteps.setUnderlyingCorridor(BTC, UnderlyingCorridor(still, low, still, still, still));
        UnderlyingStep memory s = _same();
        s.priceRangeE8 = 14_000_001;
        s.depthE8 = 5000e8;
        _refuse(s, IParameterSteps.StepOutOfCorridor.selector);
        s.priceRangeE8 = 14_000_000 - 14_000;
        _step(s);
    }

    function test_step_nothingMovesWithoutACorridor() public {
        UnderlyingParameters memory p = parameters.underlyingOf(ETH);
        UnderlyingStep memory s = _of(ETH, p);
        _step(s);
        pass(3600);
        s = _of(ETH, p);
        s.volRangeE8 += 1;
        _refuse(s, IParameterSteps.StepOutOfCorridor.selector);
    }

    function test_stepUnderlying_isForTheContractOfStepsAlone() public {
        UnderlyingStep memory s = _same();
        VM.expectPartialRevert(IAccessManaged.AccessManagedUnauthorized.selector);
        parameters.stepUnderlying(s);
        VM.expectPartialRevert(IAccessManaged.AccessManagedUnauthorized.selector);
        parameters.stepToken(TokenStep(WBTC_TOKEN, 0, 0));
        // And governance takes it away from that one.
        manager.revokeRole(STEPS_ROLE, address(parameterSteps));
        _refuse(s, IAccessManaged.AccessManagedUnauthorized.selector);
    }

    function test_setCorridor_refusesWhatIsNone() public {
        Band memory still = Band(0, 1e8, 0, 0, 0, 0);
        Band memory turned = Band(2, 1, 0, 0, 0, 0);
        VM.expectPartialRevert(IParameterSteps.BandInvalid.selector);
        parameterSteps.setUnderlyingCorridor(BTC, UnderlyingCorridor(still, still, still, still, turned));
        VM.expectPartialRevert(IParameterSteps.BandInvalid.selector);
        parameterSteps.setTokenCorridor(WBTC_TOKEN, Band(0, 1, 25_000_001, 0, 0, 0));
        VM.expectPartialRevert(IParameterSteps.BandInvalid.selector);
        parameterSteps.setTokenCorridor(WBTC_TOKEN, Band(0, 1, 0, 0, 0, 100_000_001));
        VM.prank(address(77));
        VM.expectPartialRevert(IAccessManaged.AccessManagedUnauthorized.selector);
        parameterSteps.setTokenCorridor(WBTC_TOKEN, still);
    }

    // Attack: the whole quorum is corrupt

    /// @dev Whatever it signs, hour after hour: no parameter leaves its band, and each of the days that it touches takes a quarter of depth at most.
    function testFuzz_step_aCorruptQuorumStaysInTheCorridor(uint256 seed) public {
        uint64 first = parameters.underlyingOf(BTC).depthE8;
        for (uint256 i = 0; i < 48; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            pass(60 + (seed % 7200));
            (uint64[5] memory leastE8, uint64[5] memory mostE8) = parameterSteps.underlyingLimits(BTC);
            UnderlyingStep memory s = _same();
            s.depthE8 = seed & 1 == 0 ? leastE8[0] : mostE8[0];
            s.priceRangeE8 = uint32(seed & 6 == 0 ? leastE8[1] : mostE8[1]);
            s.volRangeE8 = uint32(seed & 24 == 0 ? leastE8[2] : mostE8[2]);
            _step(s);
            UnderlyingParameters memory p = parameters.underlyingOf(BTC);
            assert(p.priceRangeE8 >= 10_000_000 && p.priceRangeE8 <= 16_900_000);
            assert(p.volRangeE8 >= 40_000_000 && p.volRangeE8 <= 1e8);
            // 48 steps of 2 h at most are 4 days and 5 anchors.
            assert(p.depthE8 >= (uint256(first) * 75 ** 5) / 100 ** 5);
        }
    }

    /// @dev Two days are parts of three, the end of one, a whole one and the beginning of the next: (1 + D)³ and no more, which is beyond (1 + D)².
    function testFuzz_step_twoDaysTakeThreeDaysOfSteps(uint256 seed) public {
        Band memory still = Band(0, 1e8, 0, 0, 0, 0);
        Band memory wide = _band(10_000_000, 32_000_000);
        parameterSteps.setUnderlyingCorridor(BTC, UnderlyingCorridor(still, wide, still, still, still));
        // A haircut that leaves room for a range of 14 % · 1.25³ (PAR-004).
        parameters.setToken(WBTC_TOKEN, TokenParameters(BTC, 1e8, 5_000_000, 10_000_000, 0));
        // A day begins, and is nearly over.
        _step(_same());
        pass(16 hours);
        uint256 first = parameters.underlyingOf(BTC).priceRangeE8;
        assert(first == 14_000_000);
        uint256 end = this.clock() + 2 days;
        uint256 last = first;
        while (this.clock() < end) {
            (, uint64[5] memory mostE8) = parameterSteps.underlyingLimits(BTC);
            UnderlyingStep memory s = _same();
            s.priceRangeE8 = uint32(mostE8[1]);
            _step(s);
            last = parameters.underlyingOf(BTC).priceRangeE8;
            assert(last * 100 ** 3 <= first * 125 ** 3);
            seed = uint256(keccak256(abi.encode(seed)));
            pass(1800 + (seed % 1800));
        }
        assert(last * 100 ** 2 > first * 125 ** 2);
    }

    /// @dev Limits hold the present value, and are monotone in time.
    function testFuzz_limits_holdTheValueAndGrow(
        uint64 value,
        uint64 least,
        uint64 most,
        uint32 up,
        uint32 down,
        uint32 elapsed
    ) public pure {
        VM.assume(least <= most && value < 1 << 60);
        Band memory band = Band(least, most, up % 25_000_001, up % 100_000_001, down % 25_000_001, down % 100_000_001);
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 low, uint256 high) = Corridors.limits(band, value, value, elapsed, i == 0);
            assert(low <= value && value <= high);
            (uint256 later, uint256 laterHigh) = Corridors.limits(band, value, value, uint256(elapsed) + 60, i == 0);
            assert(later <= low && high <= laterHigh);
        }
    }

    // Helpers

    function _band(uint64 least, uint64 most) private pure returns (Band memory) {
        return Band(least, most, uint32(PER_HOUR), uint32(PER_DAY), 100_000, 2_000_000);
    }

    function _same() private view returns (UnderlyingStep memory) {
        return _of(BTC, parameters.underlyingOf(BTC));
    }

    function _of(uint16 underlying, UnderlyingParameters memory p) private view returns (UnderlyingStep memory) {
        return
            UnderlyingStep(
                underlying,
                uint40(this.clock()),
                p.depthE8,
                p.priceRangeE8,
                p.volRangeE8,
                p.basisChargeE8,
                p.vegaChargeE8
            );
    }

    /// @dev Raises the range as far as it goes, once an hour, until it is there or does not move; returns the steps taken.
    function _push(uint32 target, uint256 atMost) private returns (uint256 taken) {
        while (taken < atMost) {
            (, uint64[5] memory mostE8) = parameterSteps.underlyingLimits(BTC);
            UnderlyingStep memory s = _same();
            if (s.priceRangeE8 >= target || mostE8[1] == s.priceRangeE8) return taken;
            s.priceRangeE8 = mostE8[1] > target ? target : uint32(mostE8[1]);
            _step(s);
            ++taken;
            pass(3600);
        }
    }

    function _one(UnderlyingStep memory s) private pure returns (UnderlyingStep[] memory steps) {
        steps = new UnderlyingStep[](1);
        steps[0] = s;
    }

    function _signed(
        UnderlyingStep[] memory underlyings,
        TokenStep[] memory tokens,
        uint256 count
    ) private view returns (AttesterSignature[] memory signatures) {
        bytes32 digest = parameterSteps.stepsDigest(underlyings, tokens);
        signatures = new AttesterSignature[](count);
        for (uint256 i = 0; i < count; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = VM.sign(attesterKeys[i], digest);
            signatures[i] = AttesterSignature(VM.addr(attesterKeys[i]), abi.encodePacked(r, s, v));
        }
    }

    function _step(UnderlyingStep memory s) private {
        parameterSteps.step(_one(s), new TokenStep[](0), _signed(_one(s), new TokenStep[](0), 2));
    }

    function _refuse(UnderlyingStep memory s, bytes4 selector) private {
        AttesterSignature[] memory signatures = _signed(_one(s), new TokenStep[](0), 2);
        VM.expectPartialRevert(selector);
        parameterSteps.step(_one(s), new TokenStep[](0), signatures);
    }

    function _stepToken(TokenStep memory s) private {
        TokenStep[] memory tokens = new TokenStep[](1);
        tokens[0] = s;
        parameterSteps.step(new UnderlyingStep[](0), tokens, _signed(new UnderlyingStep[](0), tokens, 2));
    }

    function _refuseToken(TokenStep memory s, bytes4 selector) private {
        TokenStep[] memory tokens = new TokenStep[](1);
        tokens[0] = s;
        AttesterSignature[] memory signatures = _signed(new UnderlyingStep[](0), tokens, 2);
        VM.expectPartialRevert(selector);
        parameterSteps.step(new UnderlyingStep[](0), tokens, signatures);
    }
}
