// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Band, IParameterSteps, UnderlyingCorridor} from "../interfaces/IParameterSteps.sol";
import {TokenParameters, TokenStep, UnderlyingParameters, UnderlyingStep} from "../interfaces/IRiskParameters.sol";
import {IVolSurfaces, SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {AttesterSignature} from "../interfaces/RiskTypes.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {LenientManager} from "./LenientManager.sol";
import {VM} from "./IVm.sol";

/// @notice Governance as a deployment sets it up: each act is announced, waits, and can be taken back by the guardian.
contract GovernanceDelayTest is ProtocolFixture {
    uint64 private constant GUARDIAN = 1;
    uint32 private constant DELAY = 2 days;
    uint256 private constant ATTESTER = 11;
    uint32 private constant WEEK = uint32(START) + 7 days;
    address private constant GOVERNANCE = address(0x60);
    address private constant WATCHER = address(0x61);
    bytes private act;
    uint48 private ready;

    function setUp() public {
        deploy();
        bytes4[] memory pauses = new bytes4[](1);
        pauses[0] = clearinghouse.setPaused.selector;
        manager.setTargetFunctionRole(address(clearinghouse), pauses, GUARDIAN);
        pauses[0] = parameterSteps.setStopped.selector;
        manager.setTargetFunctionRole(address(parameterSteps), pauses, GUARDIAN);
        pauses[0] = surfaces.setStopped.selector;
        manager.setTargetFunctionRole(address(surfaces), pauses, GUARDIAN);
        _letAttestersStep();
        manager.grantRole(GUARDIAN, WATCHER, 0);
        manager.grantRole(0, GOVERNANCE, DELAY);
        manager.renounceRole(0, address(this));
        act = abi.encodeCall(parameters.setRiskInterestMax, (BTC, 5_000_000e8));
        ready = uint48(block.timestamp + DELAY);
    }

    /// @dev The price range and the haircuts of the local plan, and a quorum of one.
    function _letAttestersStep() private {
        Band memory still = Band(0, 1e8, 0, 0, 0, 0);
        Band memory range = Band(14_000_000, 26_900_000, 5_000_000, 25_000_000, 100_000, 2_000_000);
        parameters.setToken(WBTC_TOKEN, TokenParameters(BTC, 1e8, 5_000_000, 15_000_000, 0));
        parameterSteps.setUnderlyingCorridor(
            BTC,
            UnderlyingCorridor(Band(0, 1e18, 0, 0, 0, 0), range, still, still, still)
        );
        seat(VM.addr(ATTESTER));
        registry.setThreshold(1);
        pass(3600);
    }

    function test_governance_cannotActAtOnce() public {
        VM.prank(GOVERNANCE);
        VM.expectPartialRevert(IAccessManager.AccessManagerNotScheduled.selector);
        manager.execute(address(parameters), act);
        VM.prank(GOVERNANCE);
        VM.expectPartialRevert(IAccessManager.AccessManagerUnauthorizedCall.selector);
        manager.schedule(address(parameters), act, ready - 1);
    }

    function test_governance_actsAfterItsDelayAndNotBefore() public {
        bytes32 id = _schedule();
        VM.warp(ready - 1);
        VM.prank(GOVERNANCE);
        VM.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, id));
        manager.execute(address(parameters), act);
        VM.warp(ready);
        VM.prank(GOVERNANCE);
        manager.execute(address(parameters), act);
        require(parameters.riskInterestMaxE8(BTC) == 5_000_000e8, Broken("in force"));
        VM.prank(GOVERNANCE);
        VM.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
        manager.execute(address(parameters), act);
    }

    function test_governance_aForgottenActExpires() public {
        bytes32 id = _schedule();
        VM.warp(ready + 1 weeks);
        VM.prank(GOVERNANCE);
        VM.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerExpired.selector, id));
        manager.execute(address(parameters), act);
    }

    function test_guardian_takesAnActBack() public {
        bytes32 id = _schedule();
        VM.prank(WATCHER);
        manager.cancel(GOVERNANCE, address(parameters), act);
        VM.warp(ready);
        VM.prank(GOVERNANCE);
        VM.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
        manager.execute(address(parameters), act);
        require(parameters.riskInterestMaxE8(BTC) == type(uint128).max, Broken("nothing happened"));
    }

    /// @dev Of the manager's own acts, too, and of a contract's parting with the manager: else whoever has governance's key names a governor without a delay, or a manager that asks nobody, and the guardian could only look on. What it cannot take back is its own end, so that governance can always part with it.
    function test_guardian_takesBackWhatWouldMakeItPowerless() public {
        bytes4[] memory pauses = new bytes4[](1);
        pauses[0] = clearinghouse.setPaused.selector;
        bytes[] memory own = new bytes[](5);
        own[0] = abi.encodeCall(manager.grantRole, (0, address(0xBAD), 0));
        own[1] = abi.encodeCall(manager.grantRole, (GUARDIAN, address(0xBAD), 0));
        own[2] = abi.encodeCall(manager.setTargetClosed, (address(clearinghouse), true));
        own[3] = abi.encodeCall(manager.updateAuthority, (address(parameters), address(0xBAD)));
        own[4] = abi.encodeCall(manager.setTargetFunctionRole, (address(clearinghouse), pauses, 0));
        for (uint256 i = 0; i < own.length; ++i) _takeBack(address(manager), own[i]);
        bytes memory leaving = abi.encodeCall(IAccessManaged.setAuthority, (address(new LenientManager())));
        _takeBack(address(parameters), leaving);
        _takeBack(address(hub), leaving);
        bytes memory parting = abi.encodeCall(manager.revokeRole, (GUARDIAN, WATCHER));
        VM.prank(GOVERNANCE);
        manager.schedule(address(manager), parting, 0);
        VM.prank(WATCHER);
        VM.expectPartialRevert(IAccessManager.AccessManagerUnauthorizedCancel.selector);
        manager.cancel(GOVERNANCE, address(manager), parting);
        VM.warp(ready);
        VM.prank(GOVERNANCE);
        manager.execute(address(manager), parting);
        VM.prank(WATCHER);
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, WATCHER));
        clearinghouse.setPaused(true);
    }

    /// @dev A quorum that has let its day begin walks the price range from 14 % to 26.9 % in a day and a half, sooner than any act of governance is in force; the guardian stops it in one block.
    function test_guardian_stopsAttestersStepsBeforeGovernanceCould() public {
        _take(_steps(14_000_000));
        pass(19 hours);
        uint256 began = this.clock();
        uint256 before = VM.snapshotState();
        while (parameters.underlyingOf(BTC).priceRangeE8 < 26_900_000) {
            _take(_further());
            pass(1 hours);
        }
        uint256 taken = this.clock() - began;
        require(taken == 34 hours && taken < DELAY, Broken("the walk"));
        require(VM.revertToState(before), Broken("back"));

        VM.prank(WATCHER);
        parameterSteps.setStopped(true);
        UnderlyingStep[] memory steps = _further();
        AttesterSignature[] memory signatures = _signed(steps);
        VM.expectRevert(IParameterSteps.StepsStopped.selector);
        parameterSteps.step(steps, new TokenStep[](0), signatures);
        VM.prank(WATCHER);
        parameterSteps.setStopped(false);
        parameterSteps.step(steps, new TokenStep[](0), signatures);
        VM.prank(GOVERNANCE);
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, GOVERNANCE));
        parameterSteps.setStopped(true);
    }

    /// @dev A quorum takes a volatility to 3.4 times in six steps an hour apart, with trading paused or not; the guardian stops it in one block, and governance could in two days.
    function test_guardian_stopsSurfacesBeforeGovernanceCould() public {
        VM.prank(WATCHER);
        clearinghouse.setPaused(true);
        _publish(_surface());
        int256 honest = surfaces.surfaceOf(BTC, WEEK).aE12;
        uint256 before = VM.snapshotState();
        for (uint256 i = 0; i < 6; ++i) {
            pass(1 hours);
            spots.update(BTC);
            _publish(_raised());
        }
        // Of variance 1.5^6, so 3.38 times of volatility; what steps allow in so long is 3.86 times, and 4.73 after a silent hour.
        require(surfaces.surfaceOf(BTC, WEEK).aE12 == (honest * 729) / 64, Broken("the walk"));
        require(VM.revertToState(before), Broken("back"));

        pass(1 hours);
        spots.update(BTC);
        VM.prank(WATCHER);
        surfaces.setStopped(true);
        require(surfaces.isStopped(), Broken("stopped"));
        SurfaceUpdate[] memory updates = _raised();
        AttesterSignature[] memory signatures = _signedSurfaces(updates);
        VM.expectRevert(IVolSurfaces.SurfacesStopped.selector);
        surfaces.publish(updates, signatures);
        require(surfaces.surfaceOf(BTC, WEEK).aE12 == honest, Broken("still"));
        // Checkpoints and what stops nothing else go on.
        hub.checkpoint();
        VM.prank(WATCHER);
        surfaces.setStopped(false);
        surfaces.publish(updates, signatures);
        VM.prank(GOVERNANCE);
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, GOVERNANCE));
        surfaces.setStopped(true);
    }

    function test_guardian_pausesAtOnceAndDoesNothingElse() public {
        VM.prank(WATCHER);
        clearinghouse.setPaused(true);
        require(clearinghouse.paused(), Broken("paused"));
        VM.prank(WATCHER);
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, WATCHER));
        parameters.setRiskInterestMax(BTC, 1);
    }

    /// @dev Who set everything up holds nothing any more; nor can a stranger announce anything.
    function test_deployer_hasNothingLeft() public {
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        parameters.setRiskInterestMax(BTC, 1);
        VM.expectPartialRevert(IAccessManager.AccessManagerUnauthorizedAccount.selector);
        manager.grantRole(GUARDIAN, address(this), 0);
        VM.expectPartialRevert(IAccessManager.AccessManagerUnauthorizedCall.selector);
        manager.schedule(address(parameters), act, 0);
    }

    function _takeBack(address target, bytes memory taken) private {
        VM.prank(GOVERNANCE);
        (bytes32 id, ) = manager.schedule(target, taken, 0);
        VM.prank(WATCHER);
        manager.cancel(GOVERNANCE, target, taken);
        require(manager.getSchedule(id) == 0, Broken("taken back"));
    }

    function _take(UnderlyingStep[] memory steps) private {
        parameterSteps.step(steps, new TokenStep[](0), _signed(steps));
    }

    /// @dev As far as the quorum can go now.
    function _further() private view returns (UnderlyingStep[] memory steps) {
        (, uint64[5] memory mostE8) = parameterSteps.underlyingLimits(BTC);
        return _steps(uint32(mostE8[1]));
    }

    function _steps(uint32 rangeE8) private view returns (UnderlyingStep[] memory steps) {
        UnderlyingParameters memory p = parameters.underlyingOf(BTC);
        uint40 time = uint40(this.clock());
        steps = new UnderlyingStep[](1);
        steps[0] = UnderlyingStep(BTC, time, p.depthE8, rangeE8, p.volRangeE8, p.basisChargeE8, p.vegaChargeE8);
    }

    function _signed(UnderlyingStep[] memory steps) private view returns (AttesterSignature[] memory signatures) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(ATTESTER, parameterSteps.stepsDigest(steps, new TokenStep[](0)));
        signatures = new AttesterSignature[](1);
        signatures[0] = AttesterSignature(VM.addr(ATTESTER), abi.encodePacked(r, s, v));
    }

    function _publish(SurfaceUpdate[] memory updates) private {
        surfaces.publish(updates, _signedSurfaces(updates));
    }

    /// @dev A smile of about 60 % at spot.
    function _surface() private view returns (SurfaceUpdate[] memory updates) {
        uint64 spotE8 = spots.storedSpotE8(BTC);
        uint40 time = uint40(this.clock());
        updates = new SurfaceUpdate[](1);
        updates[0] = SurfaceUpdate(BTC, WEEK, time, spotE8, spotE8, 28e10, 4e11, -2e7, 0, 2e7);
    }

    /// @dev As far up as an hour of a week's expiry lets a quorum go: 15 % times 1.5.
    function _raised() private view returns (SurfaceUpdate[] memory updates) {
        SurfaceUpdate memory s = surfaces.surfaceOf(BTC, WEEK);
        (s.aE12, s.bE12, s.time) = ((s.aE12 * 15) / 10, (s.bE12 * 15) / 10, uint40(this.clock()));
        updates = new SurfaceUpdate[](1);
        updates[0] = s;
    }

    function _signedSurfaces(
        SurfaceUpdate[] memory updates
    ) private view returns (AttesterSignature[] memory signatures) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(ATTESTER, surfaces.publicationDigest(updates));
        signatures = new AttesterSignature[](1);
        signatures[0] = AttesterSignature(VM.addr(ATTESTER), abi.encodePacked(r, s, v));
    }

    function _schedule() private returns (bytes32 id) {
        VM.prank(GOVERNANCE);
        (id, ) = manager.schedule(address(parameters), act, 0);
    }
}
