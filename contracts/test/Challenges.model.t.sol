// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof} from "../interfaces/ClearingTypes.sol";
import {Accused, Preimages} from "../interfaces/IChallenges.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {RiskAttestation} from "../interfaces/RiskTypes.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {VM} from "./IVm.sol";

/// @notice What computes margins.
interface IComputing {
    function referee() external view returns (IReferee);
}

/// @notice A leaf does not hold the model, of which there is one: whoever names another with it is refused.
/// @custom:spec CLR-055
contract ChallengesModelTest is AttestingFixture {
    address private constant PROVER = address(0x9120);
    bytes private constant WITNESS = hex"01";

    uint64 private alice;

    function setUp() public {
        deployWithAttesters();
        alice = openWith(100_000);
        trade(alice, openWith(1_000_000), btcPerpetual, 1e8, BTC_PRICE);
        takeCheckpoint();
    }

    function test_leaf_isOfFourWordsHashedTwice() public view {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = -3;
        a.initialMarginE8 = -2;
        bytes memory packed = abi.encodePacked(
            a.positionsHash,
            a.collateralHash,
            a.leastCashE8,
            a.initialMarginE8,
            a.maintenanceMarginE8,
            bytes11(0),
            a.account,
            a.checkpoint,
            a.validUntil
        );
        assert(packed.length == 128);
        assert(registry.leafOf(a) == keccak256(bytes.concat(keccak256(packed))));
        assert(registry.hashOf(a) == keccak256(bytes.concat(registry.leafOf(a), a.modelHash)));
    }

    function test_leaf_underAnotherModelIsNotUsedNorJudgedNorSupplied() public {
        RiskAttestation memory a = attestation(alice);
        uint64 epoch = postLeaf(a);
        challenges.demand(epoch, alice);
        bytes32 own = a.modelHash;
        a.modelHash = keccak256("nobody's");
        bytes4 selector = IRiskRegistry.ModelMismatch.selector;
        expectWithdraw(alice, leafProof(a, epoch), 1e6, selector);
        _expectNotJudged(accusedLeaf(a, epoch), a);
        VM.expectPartialRevert(selector);
        challenges.supply(a, epoch, path());

        a.modelHash = own;
        challenges.supply(a, epoch, path());
        withdrawWith(alice, leafProof(a, epoch), 1e6);
    }

    /// @notice Anybody's own signature suffices to have a figure judged, but not under a name of his own: the leaf's figures are another attestation then.
    function test_signed_underAnotherModelIsNotUsedNorJudged() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        a.modelHash = keccak256("nobody's");
        Proof memory proof = signedProof(a);
        expectWithdraw(alice, proof, 1e6, IRiskRegistry.ModelMismatch.selector);
        _expectNotJudged(Accused(a, 0, new bytes32[](0), signatures(a, 0)), a);
        assert(registry.attesterCount() == 3 && !registry.isVoid(registry.hashOf(a)));
    }

    /// @notice Health and lots are computed by one referee for ever, so attestations are by its model and no other.
    function test_model_isThatOfTheRefereeThatHealthAndLotsAreComputedBy() public view {
        assert(registry.modelHash() == referee.modelHash() && registry.referee() == referee);
        assert(address(registry.witness()) == referee.WITNESS());
        assert(IComputing(address(gate)).referee() == referee && IComputing(address(house)).referee() == referee);
    }

    function _expectNotJudged(Accused memory accused, RiskAttestation memory a) private {
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        VM.expectPartialRevert(IRiskRegistry.ModelMismatch.selector);
        challenges.refute(accused, then, WITNESS, SALT);
        VM.prank(PROVER);
        VM.expectPartialRevert(IRiskRegistry.ModelMismatch.selector);
        challenges.recompute(accused, then, SALT);
    }
}
