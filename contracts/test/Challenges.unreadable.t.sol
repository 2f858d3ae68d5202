// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "../dev/MockToken.sol";
import {AccountInput, Proof, ProofKind} from "../interfaces/ClearingTypes.sol";
import {Accused, IChallenges, Preimages} from "../interfaces/IChallenges.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {RiskAttestation, SignedHealth} from "../interfaces/RiskTypes.sol";
import {BalancesUnsorted, CollateralMissing, ExpiryMissing, UnderlyingMissing} from "../margin/MarginErrors.sol";
import {DatedAttestingFixture} from "./DatedAttestingFixture.sol";
import {VM} from "./IVm.sol";

/// @notice What the real referee refuses to read or to price must not be a lie that nobody can refute.
contract ChallengesUnreadableTest is DatedAttestingFixture {
    address private constant PROVER = address(0x9120);
    /// @dev The joint scenario in which prices fall by the whole range.
    bytes private constant WITNESS = hex"000000";

    uint64 private alice;
    uint64 private bob;

    function setUp() public {
        deployWithAttesters();
        alice = openWith(400_000);
        bob = openWith(400_000);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        deposit(alice, WETH_TOKEN, 2e18);
        deposit(alice, WBTC_TOKEN, 1e8);
        takeCheckpoint();
    }

    function test_withdraw_refusesCollateralThatNoChallengeCouldRead() public {
        bytes memory held = vault.balancesOf(alice);
        (bytes32 weth, bytes32 wbtc) = abi.decode(held, (bytes32, bytes32));
        _refused(hex"00");
        _refused(bytes.concat(held, hex"00"));
        _refused(bytes.concat(wbtc, weth));
        _refused(bytes.concat(weth, weth));
        _refused(bytes.concat(weth, bytes32(0)));
        _refused(bytes.concat(weth | bytes32(uint256(1 << 128)), wbtc));
        withdrawWith(alice, _naming(bytes.concat(wbtc)), 1e6);
        withdrawWith(alice, _naming(""), 1e6);
    }

    /// @notice A word of nothing of what is held: the referee reads it, but it is another form of the same collateral.
    function test_withdraw_refusesAWordOfNothing() public {
        (, bytes32 wbtc) = abi.decode(vault.balancesOf(alice), (bytes32, bytes32));
        bytes32 nothing = bytes32(uint256(WETH_TOKEN) << 240);
        AccountInput memory brought = input(alice, _naming(bytes.concat(nothing, wbtc)));
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectRevert(
            abi.encodeWithSelector(IHealthGate.CollateralTooLow.selector, alice, uint256(WETH_TOKEN), 2e18, 0)
        );
        clearinghouse.withdraw(brought, USDC_TOKEN, 1e6, owner);
    }

    /// @notice Attesters list an expiry by publishing its surface, so they can attest at a checkpoint that does not have it yet.
    function test_recompute_slashesWhatItsCheckpointCannotPrice() public {
        RiskAttestation memory lie = attestation(alice);
        dated.list(BTC, NEAR);
        tradeAtMark(bob, alice, call(NEAR, 95_000), 1e8);
        lie.positionsHash = keccak256(positionsOf(alice));
        withdrawWith(alice, signedProof(lie), 1e6);
        Accused memory accused = accusedSigned(lie);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, lie);
        VM.prank(PROVER);
        VM.expectPartialRevert(ExpiryMissing.selector);
        challenges.refute(accused, then, hex"000000", SALT);
        VM.prank(PROVER);
        challenges.recompute(accused, then, SALT);
        assert(registry.attesterCount() == 1);
    }

    /// @notice An honest signer says of such an account that it needs all the cash there is.
    function test_recompute_leavesWhoSaidThatItCannotBePriced() public {
        RiskAttestation memory a = attestation(alice);
        dated.list(BTC, NEAR);
        tradeAtMark(bob, alice, call(NEAR, 95_000), 1e8);
        a.positionsHash = keccak256(positionsOf(alice));
        a.leastCashE8 = type(int128).max;
        Accused memory accused = accusedSigned(a);
        Preimages memory then = preimagesOf(alice);
        VM.expectPartialRevert(IChallenges.AttestationTrue.selector);
        challenges.recompute(accused, then, SALT);
        then.records = "";
        VM.expectRevert(abi.encodeWithSelector(UnderlyingMissing.selector, BTC));
        challenges.recompute(accused, then, SALT);
    }

    /// @notice A token may be listed after the checkpoint, and held: while it has no price, the gate finds that none has moved.
    function test_recompute_slashesWhoNamesATokenThatItsCheckpointLacks() public {
        RiskAttestation memory lie = _withALateToken(0);
        withdrawWith(alice, Proof(ProofKind.Signed, abi.encode(signedHealth(lie))), 1e6);
        Accused memory accused = accusedSigned(lie);
        Preimages memory then = preimagesOf(alice);
        commitAs(PROVER, lie);
        VM.prank(PROVER);
        VM.expectPartialRevert(CollateralMissing.selector);
        challenges.refute(accused, then, WITNESS, SALT);
        VM.prank(PROVER);
        challenges.recompute(accused, then, SALT);
        assert(registry.attesterCount() == 1);
    }

    /// @notice An honest signer asks for all the cash there is, and a checkpoint that has the token leaves nothing to say.
    function test_recompute_leavesWhoSaidThatATokenCannotBePriced() public {
        RiskAttestation memory a = _withALateToken(type(int128).max);
        Accused memory accused = accusedSigned(a);
        Preimages memory then = preimagesOf(alice);
        VM.expectPartialRevert(IChallenges.AttestationTrue.selector);
        challenges.recompute(accused, then, SALT);
        takeCheckpoint();
        a = attestation(alice);
        accused = accusedSigned(a);
        then = preimagesOf(alice);
        VM.expectPartialRevert(IChallenges.AttestationTrue.selector);
        challenges.recompute(accused, then, SALT);
    }

    /// @notice Margins past 92 billion do not fit their fields. An honest signer asks for all the cash there is; a unit less is a lie like any other.
    function test_challenges_leaveWhoSaidThatMarginsAreTooLargeToSay() public {
        (RiskAttestation memory a, Preimages memory then) = _giant(type(int128).max);
        Accused memory accused = accusedSigned(a);
        VM.expectPartialRevert(IChallenges.WitnessShowsNothing.selector);
        challenges.refute(accused, then, WITNESS, SALT);
        VM.expectPartialRevert(IChallenges.AttestationTrue.selector);
        challenges.recompute(accused, then, SALT);
    }

    function test_refute_slashesWhoAskedForAUnitLessThanAll() public {
        (RiskAttestation memory a, Preimages memory then) = _giant(type(int128).max - 1);
        Accused memory accused = accusedSigned(a);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        challenges.refute(accused, then, WITNESS, SALT);
        assert(registry.attesterCount() == 1);
    }

    function test_recompute_slashesWhoAskedForAUnitLessThanAll() public {
        (RiskAttestation memory a, Preimages memory then) = _giant(type(int128).max - 1);
        Accused memory accused = accusedSigned(a);
        commitAs(PROVER, a);
        VM.prank(PROVER);
        challenges.recompute(accused, then, SALT);
        assert(registry.attesterCount() == 1);
    }

    /// @dev Of Alice at a checkpoint before a token was listed that she holds; what it says without that token is true.
    function _withALateToken(int128 leastCashE8) private returns (RiskAttestation memory a) {
        a = attestation(alice);
        vault.listToken(address(new MockToken("Late", "LATE", 18)), vault.tokenCount());
        vault.setCap(WBTC_TOKEN + 1, type(uint64).max, 0);
        deposit(alice, WBTC_TOKEN + 1, 1e18);
        a.collateralHash = keccak256(vault.balancesOf(alice));
        if (leastCashE8 != 0) a.leastCashE8 = leastCashE8;
    }

    function _refused(bytes memory named) private {
        RiskAttestation memory a = _attestation(named);
        Accused memory accused = accusedSigned(a);
        Preimages memory then = Preimages(positionsOf(alice), named, checkpoint, records);
        VM.expectPartialRevert(BalancesUnsorted.selector);
        challenges.recompute(accused, then, SALT);
        AccountInput memory brought = input(alice, _naming(named));
        address owner = ownerOf(alice);
        VM.prank(owner);
        // Half a word is read past its end, which has no error of its own.
        if (named.length % 32 == 0) VM.expectPartialRevert(IHealthGate.CollateralTooLow.selector);
        else VM.expectRevert(bytes(""));
        clearinghouse.withdraw(brought, USDC_TOKEN, 1e6, owner);
    }

    /// @dev Ten options of 11.5 billion each, the most that a position can be, are held as one account at most; here one perpetual stands for them all.
    function _giant(int128 leastCashE8) private view returns (RiskAttestation memory a, Preimages memory then) {
        bytes memory positions = abi.encodePacked(btcPerpetual, int64(30_000_000e8), int96(0));
        a = attestation(alice);
        a.positionsHash = keccak256(positions);
        (a.leastCashE8, a.initialMarginE8, a.maintenanceMarginE8) = (leastCashE8, type(int64).max, type(int64).max);
        then = Preimages(positions, vault.balancesOf(alice), checkpoint, records);
    }

    function _naming(bytes memory named) private view returns (Proof memory) {
        RiskAttestation memory a = _attestation(named);
        return Proof(ProofKind.Signed, abi.encode(SignedHealth(a, signatures(a, 0), named)));
    }

    function _attestation(bytes memory named) private view returns (RiskAttestation memory a) {
        a = attestation(alice);
        a.collateralHash = keccak256(named);
    }
}
