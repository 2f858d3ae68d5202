// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {VM} from "./IVm.sol";

/// @notice Governance as a deployment sets it up: each act is announced, waits, and can be taken back by the guardian.
contract GovernanceDelayTest is ProtocolFixture {
    uint64 private constant GUARDIAN = 1;
    uint64 private constant GOVERNOR = 3;
    uint32 private constant DELAY = 2 days;
    address private constant GOVERNANCE = address(0x60);
    address private constant WATCHER = address(0x61);
    bytes private act;
    uint48 private ready;

    function setUp() public {
        deploy();
        bytes4[] memory governed = new bytes4[](1);
        governed[0] = parameters.setRiskInterestMax.selector;
        manager.setTargetFunctionRole(address(parameters), governed, GOVERNOR);
        bytes4[] memory pauses = new bytes4[](1);
        pauses[0] = clearinghouse.setPaused.selector;
        manager.setTargetFunctionRole(address(clearinghouse), pauses, GUARDIAN);
        manager.grantRole(GUARDIAN, WATCHER, 0);
        manager.setRoleGuardian(GOVERNOR, GUARDIAN);
        manager.grantRole(GOVERNOR, GOVERNANCE, DELAY);
        manager.grantRole(0, GOVERNANCE, DELAY);
        manager.renounceRole(0, address(this));
        act = abi.encodeCall(parameters.setRiskInterestMax, (BTC, 5_000_000e8));
        ready = uint48(block.timestamp + DELAY);
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
        require(parameters.riskInterestMaxE8(BTC) == 0, Broken("nothing happened"));
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
        manager.grantRole(GOVERNOR, address(this), 0);
        VM.expectPartialRevert(IAccessManager.AccessManagerUnauthorizedCall.selector);
        manager.schedule(address(parameters), act, 0);
    }

    function _schedule() private returns (bytes32 id) {
        VM.prank(GOVERNANCE);
        (id, ) = manager.schedule(address(parameters), act, 0);
    }
}
