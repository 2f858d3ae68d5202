// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {Accused, IChallenges, Preimages} from "../interfaces/IChallenges.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {AttesterSignature, RiskAttestation, RiskEpoch} from "../interfaces/RiskTypes.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {ContractSigner} from "./ContractSigner.sol";
import {VM} from "./IVm.sol";

/// @notice Attestations proved wrong: harmful ones slash, the others are void, true ones survive.
contract ChallengesRefuteTest is AttestingFixture {
    address private constant PROVER = address(0x9120);
    bytes private constant WITNESS = hex"01";

    uint64 private alice;
    uint64 private bob;

    function setUp() public {
        deployWithAttesters();
        alice = openWith(100_000);
        bob = openWith(1_000_000);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        deposit(alice, WETH_TOKEN, 2e18);
        takeCheckpoint();
    }

    // Harmful

    function test_refute_slashesWhoSignedTooLittleCash() public {
        RiskAttestation memory a = attestation(alice);
        // A witness shows a lower bound, short of the terms that it leaves out; here one unit of the initial margin.
        a.leastCashE8 -= 2;
        _refuteSigned(a);
        _requireSlashed();
    }

    function test_refute_slashesWhoSignedTooLittleMaintenance() public {
        RiskAttestation memory a = attestation(alice);
        a.maintenanceMarginE8 -= 1;
        _refuteSigned(a);
        _requireSlashed();
    }

    function test_refute_slashesWhoSignedTooLittleInitial() public {
        RiskAttestation memory a = attestation(alice);
        a.initialMarginE8 -= 2;
        _refuteSigned(a);
        _requireSlashed();
    }

    function test_refute_slashesTheSignersOfAnEpochAndVoidsIt() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = -1_000_000e8;
        uint64 epoch = postLeaf(a);
        assert(registry.isSound(epoch));
        Accused memory accused = accusedLeaf(a, epoch);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        challenges.refute(accused, then, WITNESS, SALT);
        _requireSlashed();
        assert(!registry.isSound(epoch));
        // The third attester is left: too few for the threshold, so nothing attested passes; computing does.
        expectWithdraw(alice, leafProof(a, epoch), 1e6, IRiskRegistry.EpochVoid.selector);
        expectWithdraw(alice, signedProof(attestation(alice)), 1e6, IRiskRegistry.SignerUnknown.selector);
        withdraw(alice, USDC_TOKEN, 1e6);
        requireConserved();
        // Two others sit down, and the protocol attests again.
        attesters[0] = 104;
        attesters[1] = 105;
        if (VM.addr(104) > VM.addr(105)) (attesters[0], attesters[1]) = (uint256(105), uint256(104));
        seat(VM.addr(104));
        seat(VM.addr(105));
        withdrawWith(alice, signedProof(attestation(alice)), 1e6);
    }

    function test_recompute_slashesByTheFullReferee() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 -= 1;
        Accused memory accused = accusedSigned(a);
        commitAs(PROVER, a);
        Preimages memory then = preimagesOf(alice);
        VM.prank(PROVER);
        challenges.recompute(accused, then, SALT);
        _requireSlashed();
    }

    function test_refute_worksAfterTheAccountPricesParametersAndModelMovedOn() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        Accused memory accused = accusedSigned(a);
        Preimages memory then = preimagesOf(alice);
        trade(bob, alice, btcPerpetual, 1e8, BTC_PRICE);
        setBtc(BTC_PRICE / 2);
        parameters.setUnderlying(BTC, underlyingParameters(5_000_000, 10_000_000));
        pass(6 days);
        hub.checkpoint();
        commitAs(PROVER, a);
        VM.prank(PROVER);
        challenges.refute(accused, then, WITNESS, SALT);
        _requireSlashed();
    }

    function test_refute_reachesAttestersThatLeft() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        Accused memory accused = accusedSigned(a);
        VM.prank(VM.addr(attesters[0]));
        bonds.resign();
        pass(7 days - 60);
        commitAs(PROVER, a);
        Preimages memory then = preimagesOf(alice);
        VM.prank(PROVER);
        challenges.refute(accused, then, WITNESS, SALT);
        _requireSlashed();
        address attester = VM.addr(attesters[0]);
        pass(1 days + 60);
        VM.expectPartialRevert(IAttesterBonds.BondLocked.selector);
        bonds.release(attester);
    }

    function test_refute_reachesAContractThatDeniesItsSignature() public {
        ContractSigner wallet = new ContractSigner();
        seat(address(wallet));
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 -= 10;
        bytes32 digest = registry.attestationDigest(a);
        AttesterSignature[] memory two = new AttesterSignature[](2);
        bool isFirst = address(wallet) < VM.addr(attesters[0]);
        two[isFirst ? 0 : 1] = AttesterSignature(address(wallet), "yes");
        two[isFirst ? 1 : 0] = sign(attesters[0], digest);
        registry.requireSigned(a, two);
        wallet.deny();
        Accused memory accused = Accused(a, 0, new bytes32[](0), two);
        commitAs(PROVER, a);
        Preimages memory then = preimagesOf(alice);
        VM.prank(PROVER);
        challenges.refute(accused, then, WITNESS, SALT);
        (uint256 left, ) = bonds.bondOf(address(wallet));
        assert(left == 0 && !registry.isAttester(address(wallet)));
    }

    // Not harmful

    function test_recompute_voidsWhatErrsTheOtherWay() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 += 1;
        uint64 epoch = postLeaf(a);
        withdrawWith(alice, leafProof(a, epoch), 1e6);
        Preimages memory then = preimagesOf(alice);
        Accused memory accused = accusedLeaf(a, epoch);
        VM.prank(PROVER);
        challenges.recompute(accused, then, SALT);
        assert(registry.attesterCount() == 3 && registry.isVoid(registry.hashOf(a)));
        expectWithdraw(alice, leafProof(a, epoch), 1e6, IRiskRegistry.AttestationVoid.selector);
        expectWithdraw(alice, signedProof(a), 1e6, IRiskRegistry.AttestationVoid.selector);
    }

    /// @notice Whatever is asked of a true attestation reverts, and costs nobody but who asked.
    function testFuzz_challenges_ofATrueAttestationFail(uint96 dollars, uint8 witness) public {
        deposit(alice, USDC_TOKEN, uint128((uint256(dollars) % 1e15) + 1));
        takeCheckpoint();
        RiskAttestation memory a = attestation(alice);
        Accused memory accused = accusedSigned(a);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        VM.expectPartialRevert(IChallenges.AttestationTrue.selector);
        challenges.recompute(accused, then, SALT);
        VM.prank(PROVER);
        VM.expectPartialRevert(IChallenges.WitnessShowsNothing.selector);
        challenges.refute(accused, then, witness % 2 == 0 ? bytes("") : WITNESS, SALT);
        assert(registry.attesterCount() == 3);
    }

    function test_refute_needsTheVeryPreimages() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        Accused memory accused = accusedSigned(a);
        commitAs(PROVER, a);
        Preimages memory wrong = preimagesOf(bob);
        wrong.balances = vault.balancesOf(alice);
        VM.prank(PROVER);
        VM.expectPartialRevert(IChallenges.PreimageMismatch.selector);
        challenges.refute(accused, wrong, WITNESS, SALT);
        wrong = preimagesOf(alice);
        wrong.balances = "";
        VM.prank(PROVER);
        VM.expectPartialRevert(IChallenges.PreimageMismatch.selector);
        challenges.refute(accused, wrong, WITNESS, SALT);
        setBtc(BTC_PRICE * 2);
        takeCheckpoint();
        wrong = preimagesOf(alice);
        VM.prank(PROVER);
        VM.expectPartialRevert(IChallenges.PreimageMismatch.selector);
        challenges.refute(accused, wrong, WITNESS, SALT);
    }

    function test_refute_endsWithTheHorizon() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        Accused memory accused = accusedSigned(a);
        commitAs(PROVER, a);
        pass(7 days + 1);
        Preimages memory then = preimagesOf(alice);
        VM.prank(PROVER);
        VM.expectPartialRevert(IChallenges.ChallengeTooLate.selector);
        challenges.refute(accused, then, WITNESS, SALT);
    }

    function test_refute_needsSomebodyToSlash() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        bytes32 digest = registry.attestationDigest(a);
        AttesterSignature[] memory one = new AttesterSignature[](1);
        one[0] = sign(7, digest);
        Accused memory accused = Accused(a, 0, new bytes32[](0), one);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        VM.expectPartialRevert(IChallenges.NobodyBonded.selector);
        challenges.refute(accused, then, WITNESS, SALT);
        // A signature that is not the attester's slashes nobody.
        one[0].signer = VM.addr(attesters[0]);
        accused.signatures = one;
        VM.prank(PROVER);
        VM.expectPartialRevert(IRiskRegistry.SignatureInvalid.selector);
        challenges.refute(accused, then, WITNESS, SALT);
    }

    // Provers

    function test_refute_cannotBeTakenOverFromTheMempool() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        Accused memory accused = accusedSigned(a);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, a);
        // Who copies the transaction has no commitment; who commits now is a block late.
        address thief = address(0x7);
        VM.prank(thief);
        VM.expectPartialRevert(IChallenges.NotCommitted.selector);
        challenges.refute(accused, then, WITNESS, SALT);
        challenges.commit(keccak256(abi.encode(thief, registry.hashOf(a), SALT)));
        VM.prank(thief);
        VM.expectPartialRevert(IChallenges.NotCommitted.selector);
        challenges.refute(accused, then, WITNESS, SALT);
        VM.prank(PROVER);
        challenges.refute(accused, then, WITNESS, SALT);
        for (uint256 i = 0; i < 2; ++i) bonds.payReward(VM.addr(attesters[i]));
        assert(usdc.balanceOf(PROVER) == BOND_RAW / 5);
        VM.roll(block.number + 1);
        VM.prank(thief);
        VM.expectPartialRevert(IChallenges.NobodyBonded.selector);
        challenges.refute(accused, then, WITNESS, SALT);
    }

    function test_refute_ofOneselfLosesNineTenths() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        address attester = VM.addr(attesters[0]);
        AttesterSignature[] memory own = new AttesterSignature[](1);
        own[0] = sign(attesters[0], registry.attestationDigest(a));
        Preimages memory then = preimagesOf(alice);
        commitAs(attester, a);
        VM.prank(attester);
        challenges.refute(Accused(a, 0, new bytes32[](0), own), then, WITNESS, SALT);
        bonds.payReward(attester);
        assert(usdc.balanceOf(attester) == BOND_RAW / 10);
        assert(registry.attesterCount() == 2);
        // It may not simply come back.
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NotAdmitted.selector, attester));
        bonds.join(attester);
    }

    function test_payReward_goesOnceToTheProverWhoeverCallsAndWhateverTheSeatIsByThen() public {
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        (address first, address second) = (VM.addr(attesters[0]), VM.addr(attesters[1]));
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NothingOwed.selector, first));
        bonds.payReward(first);
        _refuteSigned(a);
        bonds.payReward(second);
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NothingOwed.selector, second));
        bonds.payReward(second);
        pass(8 days);
        bonds.release(first);
        bonds.release(second);
        bonds.admit(first);
        bonds.admit(second);
        usdc.mint(address(this), 2 * BOND_RAW);
        usdc.approve(address(bonds), 2 * BOND_RAW);
        // Its word still holds whose the reward is, and that insurance has not its part.
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NotAdmitted.selector, first));
        bonds.join(first);
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NotAdmitted.selector, second));
        bonds.join(second);
        bonds.payInsurance(second);
        bonds.join(second);
        assert(usdc.balanceOf(PROVER) == BOND_RAW / 10);
        VM.prank(first);
        bonds.payReward(first);
        assert(usdc.balanceOf(PROVER) == BOND_RAW / 5);
        bonds.payInsurance(first);
        bonds.join(first);
        // Who sits has nothing of that kind, and its bond is whole when it leaves.
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NothingOwed.selector, first));
        bonds.payReward(first);
        VM.prank(first);
        bonds.resign();
        pass(8 days);
        bonds.release(first);
        assert(usdc.balanceOf(first) == BOND_RAW);
        VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NothingOwed.selector, first));
        bonds.payReward(first);
        requireConserved();
    }

    /// @notice Shares that came in before the lie stay the attester's; the reward does not touch them, nor they the reward.
    function test_refute_leavesWhatWasSharedBefore() public {
        usdc.mint(address(bonds), 300e6);
        bonds.share();
        RiskAttestation memory a = attestation(alice);
        a.leastCashE8 = 0;
        _refuteSigned(a);
        _requireSlashed();
        address attester = VM.addr(attesters[0]);
        VM.prank(attester);
        assert(bonds.claim() == 100e6);
    }

    // Withheld leaves

    function test_demand_unansweredVoidsTheEpoch() public {
        RiskAttestation memory a = attestation(alice);
        uint64 epoch = postLeaf(a);
        challenges.demand(epoch, alice);
        uint256 deadline = block.timestamp + 600;
        VM.expectRevert(abi.encodeWithSelector(IChallenges.DemandNotDue.selector, epoch, alice, deadline));
        challenges.voidWithheld(epoch, alice);
        pass(601);
        // What comes later than asked for comes too late, whoever is first now.
        VM.expectRevert(abi.encodeWithSelector(IChallenges.DemandNotDue.selector, epoch, alice, deadline));
        challenges.supply(a, epoch, path());
        challenges.voidWithheld(epoch, alice);
        assert(!registry.isSound(epoch) && registry.attesterCount() == 3);
    }

    function test_demand_answeredShowsTheLeafAndVoidsNothing() public {
        RiskAttestation memory a = attestation(alice);
        uint64 epoch = postLeaf(a);
        VM.expectPartialRevert(IChallenges.DemandNotDue.selector);
        challenges.supply(a, epoch, path());
        challenges.demand(epoch, alice);
        RiskAttestation memory other = a;
        other.leastCashE8 += 1;
        VM.expectPartialRevert(IRiskRegistry.LeafNotInBook.selector);
        challenges.supply(other, epoch, path());
        other.leastCashE8 -= 1;
        challenges.supply(a, epoch, path());
        pass(601);
        VM.expectPartialRevert(IChallenges.DemandNotDue.selector);
        challenges.voidWithheld(epoch, alice);
        assert(registry.isSound(epoch));
    }

    function test_demand_isRefusedForAccountsThatTheBookCannotHave() public {
        uint64 epoch = postLeaf(attestation(alice));
        uint64 later = openWith(1);
        VM.expectRevert(abi.encodeWithSelector(IChallenges.DemandRefused.selector, epoch, later));
        challenges.demand(epoch, later);
        VM.expectPartialRevert(IChallenges.DemandRefused.selector);
        challenges.demand(epoch, 0);
        challenges.demand(epoch, alice);
        VM.expectPartialRevert(IChallenges.DemandRefused.selector);
        challenges.demand(epoch, alice);
        pass(601);
        VM.expectPartialRevert(IChallenges.DemandRefused.selector);
        challenges.demand(epoch, bob);
    }

    // Reorganisation

    /// @notice A signature binds the content of the checkpoint: after a reorganisation an honest signer cannot be refuted with it.
    function test_seatsOf_refusesASignatureOfAnotherCheckpointContent() public {
        RiskAttestation memory a = attestation(alice);
        a.checkpoint += 1;
        Accused memory accused = accusedSigned(a);
        takeCheckpoint();
        VM.expectPartialRevert(IRiskRegistry.SignatureInvalid.selector);
        registry.seatsOf(a, accused.signatures);
    }

    // Internal

    function _refuteSigned(RiskAttestation memory a) private {
        Accused memory accused = accusedSigned(a);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        challenges.refute(accused, then, WITNESS, SALT);
    }

    /// @dev Attesters 0 and 1 lost bond, vote and admission; a tenth is the prover's, the rest reaches insurance.
    function _requireSlashed() private {
        for (uint256 i = 0; i < 2; ++i) {
            address attester = VM.addr(attesters[i]);
            (uint256 left, ) = bonds.bondOf(attester);
            assert(left == 0 && !registry.isAttester(attester) && !bonds.isAdmitted(attester));
            (address prover, uint256 rewardRaw) = bonds.rewardOf(attester);
            assert(prover == PROVER && rewardRaw == BOND_RAW / 10);
            bonds.payReward(attester);
        }
        assert(registry.attesterCount() == 1);
        assert(usdc.balanceOf(PROVER) == BOND_RAW / 5);
        uint256 before = insurance.balanceE8();
        for (uint256 i = 0; i < 2; ++i) {
            address attester = VM.addr(attesters[i]);
            assert(bonds.insuranceDueOf(attester) == (uint256(BOND_RAW) * 9) / 10);
            bonds.payInsurance(attester);
            VM.expectRevert(abi.encodeWithSelector(IAttesterBonds.NothingOwed.selector, attester));
            bonds.payInsurance(attester);
        }
        assert(insurance.balanceE8() == before + (uint256(BOND_RAW) * 100 * 18) / 10);
        requireConserved();
        // What the slashed sign now is nobody's word.
        RiskEpoch memory epoch = RiskEpoch(registry.latestEpoch() + 1, attestation(bob).checkpoint, "", "", 1);
        epoch.modelHash = referee.modelHash();
        (uint64 id, uint40 taken) = hub.latest();
        epoch.checkpoint = id;
        AttesterSignature[] memory again = new AttesterSignature[](2);
        for (uint256 i = 0; i < 2; ++i) again[i] = sign(attesters[i], registry.epochDigest(epoch));
        bytes32 inputs = hub.inputsHash(id);
        if (block.timestamp <= taken + 600) {
            VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignerUnknown.selector, VM.addr(attesters[0])));
            registry.post(epoch, inputs, again);
        }
    }
}
