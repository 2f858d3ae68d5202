// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Accused, IChallenges, Preimages} from "../interfaces/IChallenges.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {AttesterSignature, RiskAttestation} from "../interfaces/RiskTypes.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {VM} from "./IVm.sol";
import {StrictReferee} from "./StrictReferee.sol";

/// @notice A leaf does not hold the model: the epoch does. Whoever names another model with it is refused, and what becomes of an attestation of the same figures under another model is not the leaf's fate.
/// @custom:spec CLR-055
contract ChallengesModelTest is AttestingFixture {
    address private constant PROVER = address(0x9120);
    bytes private constant WITNESS = hex"01";

    uint64 private alice;
    IReferee private strict;

    function setUp() public {
        deployWithAttesters();
        alice = openWith(100_000);
        trade(alice, openWith(1_000_000), btcPerpetual, 1e8, BTC_PRICE);
        takeCheckpoint();
        strict = new StrictReferee();
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

    /// @notice The leaf of honest signers is a lie by a stricter model.
    function test_leaf_underAnotherModelIsNotUsedNorJudgedNorSupplied() public {
        RiskAttestation memory a = attestation(alice);
        uint64 epoch = postLeaf(a);
        challenges.demand(epoch, alice);
        registry.setModel(strict);
        RiskAttestation memory other = a;
        bytes32 own = a.modelHash;
        other.modelHash = strict.modelHash();
        _expectRefused(other, epoch);
        other.modelHash = keccak256("nobody's");
        _expectRefused(other, epoch);

        a.modelHash = own;
        challenges.supply(a, epoch, path());
        expectWithdraw(alice, leafProof(a, epoch), 1e6, IRiskRegistry.ModelMismatch.selector);
        // A model that comes back is the one that it was.
        registry.setModel(referee);
        withdrawWith(alice, leafProof(a, epoch), 1e6);
        Accused memory accused = accusedLeaf(a, epoch);
        Preimages memory then = Preimages(positionsOf(alice), "", checkpoint, records);
        VM.expectPartialRevert(IChallenges.AttestationTrue.selector);
        challenges.recompute(accused, then, SALT);
        assert(registry.attesterCount() == 3);
    }

    function test_refute_slashesByTheModelOfTheEpochAfterItWasReplaced() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        uint64 epoch = postLeaf(a);
        registry.setModel(strict);
        Accused memory accused = accusedLeaf(a, epoch);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        challenges.refute(accused, then, WITNESS, SALT);
        assert(registry.attesterCount() == 1 && !registry.isSound(epoch));
    }

    /// @notice Anybody's own signature suffices to have a figure judged, and by an older model an honest one may ask for too much.
    function test_recompute_underAnotherModelVoidsNoLeaf() public {
        registry.setModel(strict);
        IReferee linear = referee;
        referee = strict;
        RiskAttestation memory a = attestation(alice);
        uint64 epoch = postLeaf(a);
        RiskAttestation memory other = attestation(alice);
        other.modelHash = linear.modelHash();
        assert(registry.leafOf(other) == registry.leafOf(a));
        AttesterSignature[] memory own = new AttesterSignature[](1);
        own[0] = sign(7, registry.attestationDigest(other));
        challenges.recompute(Accused(other, 0, new bytes32[](0), own), preimagesOf(alice), SALT);
        assert(registry.isVoid(registry.hashOf(other)) && !registry.isVoid(registry.hashOf(a)));
        withdrawWith(alice, leafProof(a, epoch), 1e6);
    }

    function _expectRefused(RiskAttestation memory a, uint64 epoch) private {
        bytes4 selector = IRiskRegistry.ModelMismatch.selector;
        expectWithdraw(alice, leafProof(a, epoch), 1e6, selector);
        Accused memory accused = accusedLeaf(a, epoch);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        VM.expectPartialRevert(selector);
        challenges.refute(accused, then, WITNESS, SALT);
        VM.prank(PROVER);
        VM.expectPartialRevert(selector);
        challenges.recompute(accused, then, SALT);
        VM.expectPartialRevert(selector);
        challenges.supply(a, epoch, path());
    }
}
