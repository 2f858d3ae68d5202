// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {VM} from "./IVm.sol";

/// @notice Joining, leaving, shares of fees; who is slashed is in Challenges.refute.t.sol.
contract AttesterBondsTest is AttestingFixture {
    address private first;

    function setUp() public {
        deployWithAttesters();
        first = VM.addr(attesters[0]);
    }

    function test_join_seatsOnlyTheAdmittedAndOnlyOnce() public {
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NotAdmitted.selector, first));
        bonds.join(first);
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NotAdmitted.selector, first));
        bonds.admit(first);
        VM.prank(first);
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, first));
        bonds.admit(address(5));
        (uint256 amountRaw, uint256 releaseTime) = bonds.bondOf(first);
        assert(amountRaw == BOND_RAW && releaseTime == 0 && registry.isAttester(first));
        assert(bonds.bondE8() == uint256(BOND_RAW) * 100);
    }

    function test_resign_takesTheVoteNowAndTheBondAfterTheDelay() public {
        VM.prank(first);
        bonds.resign();
        assert(!registry.isAttester(first) && registry.attesterCount() == 2);
        uint256 releaseTime = block.timestamp + 8 days;
        pass(8 days - 1);
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.BondLocked.selector, first, releaseTime));
        bonds.release(first);
        pass(1);
        bonds.release(first);
        assert(usdc.balanceOf(first) == BOND_RAW && registry.holderOf(0) == address(0));
        // It may come back, to the free seat.
        VM.prank(first);
        usdc.approve(address(bonds), BOND_RAW);
        VM.prank(first);
        bonds.join(first);
        assert(registry.holderOf(0) == first && registry.isAttester(first));
    }

    function test_expel_isForGovernanceAndKeepsTheBondAsLong() public {
        VM.prank(first);
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, first));
        bonds.expel(VM.addr(attesters[1]));
        bonds.expel(first);
        assert(!registry.isAttester(first) && !bonds.isAdmitted(first));
        VM.expectPartialRevert(IAttesterBonds.BondLocked.selector);
        bonds.release(first);
        pass(8 days);
        bonds.release(first);
        assert(usdc.balanceOf(first) == BOND_RAW);
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NotAdmitted.selector, first));
        bonds.join(first);
    }

    function test_slash_isForChallengesOnly() public {
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NotChallenges.selector, address(this)));
        bonds.slash(1, address(this));
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.ConnectedWrongly.selector, address(this)));
        registry.condemn(1);
    }

    /// @notice What arrives is shared in equal parts by those who sit; nobody's bond is ever shared out.
    function testFuzz_share_givesEqualPartsToThoseWhoSit(uint64 amount, uint64 more) public {
        uint256 arrived = uint256(amount) + 3;
        usdc.mint(address(bonds), arrived);
        bonds.share();
        VM.prank(first);
        bonds.resign();
        uint256 later = uint256(more) + 3;
        usdc.mint(address(bonds), later);
        bonds.share();
        uint256 each = arrived / 3;
        assert(bonds.owedTo(first) == each);
        uint256 both = (later + (arrived - 3 * each)) / 2;
        assert(bonds.owedTo(VM.addr(attesters[1])) == each + both);
        for (uint256 i = 0; i < 3; ++i) {
            VM.prank(VM.addr(attesters[i]));
            bonds.claim();
        }
        assert(usdc.balanceOf(address(bonds)) >= 3 * uint256(BOND_RAW));
        assert(usdc.balanceOf(address(bonds)) < 3 * uint256(BOND_RAW) + 3);
        VM.prank(first);
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NothingOwed.selector, first));
        bonds.claim();
    }
}
