// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {AccountInput, Proof, ProofKind} from "../interfaces/ClearingTypes.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {
    AttesterSignature,
    HeadroomHealth,
    LeafHealth,
    RiskAttestation,
    RiskEpoch,
    SignedHealth
} from "../interfaces/RiskTypes.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice k of n, epochs, and the use of attestations for withdrawals and trades.
contract RiskRegistryAttestTest is ProtocolFixture {
    uint64 private alice;
    uint64 private bob;
    uint256[3] private attesters;
    bytes private checkpoint;
    bytes private records;

    function setUp() public {
        deploy();
        alice = openWith(100_000);
        bob = openWith(1_000_000);
        // Keys in the order of their addresses.
        attesters = [uint256(101), 102, 103];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (VM.addr(attesters[j]) < VM.addr(attesters[i])) {
                    (attesters[i], attesters[j]) = (attesters[j], attesters[i]);
                }
            }
        }
        for (uint256 i = 0; i < 3; ++i) seat(VM.addr(attesters[i]));
        registry.setThreshold(2);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        _checkpoint();
    }

    // Epochs

    function test_post_storesTheNextEpoch() public {
        RiskEpoch memory epoch = _epoch(1, keccak256("root"));
        registry.post(epoch, hub.inputsHash(epoch.checkpoint), _signEpoch(epoch, 0, 2));
        assert(registry.latestEpoch() == 1 && registry.epochOf(1).bookRoot == keccak256("root"));
        AttesterSignature[] memory again = _signEpoch(epoch, 0, 2);
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.EpochNotNext.selector, uint64(2), uint64(1)));
        registry.post(epoch, bytes32(0), again);
    }

    function test_post_revertsForBadQuorums() public {
        RiskEpoch memory epoch = _epoch(1, keccak256("root"));
        bytes32 inputs = hub.inputsHash(epoch.checkpoint);
        AttesterSignature[] memory one = _signEpoch(epoch, 0, 1);
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignaturesTooFew.selector, 1, 2));
        registry.post(epoch, inputs, one);

        AttesterSignature[] memory two = _signEpoch(epoch, 0, 2);
        AttesterSignature memory first = two[0];
        two[0] = two[1];
        two[1] = first;
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignersUnsorted.selector, 1));
        registry.post(epoch, inputs, two);
        two[0] = first;
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignersUnsorted.selector, 1));
        registry.post(epoch, inputs, two);

        two = _signEpoch(epoch, 0, 2);
        epoch.bookRoot = keccak256("another");
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignatureInvalid.selector, VM.addr(attesters[0])));
        registry.post(epoch, inputs, two);
    }

    function test_post_revertsForAnAttesterThatLeft() public {
        RiskEpoch memory epoch = _epoch(1, keccak256("root"));
        AttesterSignature[] memory two = _signEpoch(epoch, 0, 2);
        VM.prank(VM.addr(attesters[1]));
        bonds.resign();
        bytes32 inputs = hub.inputsHash(epoch.checkpoint);
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignerUnknown.selector, VM.addr(attesters[1])));
        registry.post(epoch, inputs, two);
    }

    function test_post_revertsForAnotherContentModelOrAge() public {
        RiskEpoch memory epoch = _epoch(1, keccak256("root"));
        AttesterSignature[] memory two = _signEpoch(epoch, 0, 2);
        VM.expectPartialRevert(IRiskRegistry.CheckpointMismatch.selector);
        registry.post(epoch, keccak256("reorganised"), two);
        bytes32 inputs = hub.inputsHash(epoch.checkpoint);
        pass(601);
        VM.expectPartialRevert(IRiskRegistry.CheckpointTooOld.selector);
        registry.post(epoch, inputs, two);
        _checkpoint();
        epoch = _epoch(1, keccak256("root"));
        epoch.modelHash = keccak256("other model");
        two = _signEpoch(epoch, 0, 2);
        inputs = hub.inputsHash(epoch.checkpoint);
        VM.expectPartialRevert(IRiskRegistry.ModelMismatch.selector);
        registry.post(epoch, inputs, two);
    }

    function test_post_revertsOnAnotherChain() public {
        RiskEpoch memory epoch = _epoch(1, keccak256("root"));
        AttesterSignature[] memory two = _signEpoch(epoch, 0, 2);
        bytes32 inputs = hub.inputsHash(epoch.checkpoint);
        VM.chainId(5);
        VM.expectPartialRevert(IRiskRegistry.SignatureInvalid.selector);
        registry.post(epoch, inputs, two);
    }

    function test_attesters_areGovernedOnly() public {
        VM.prank(address(7));
        VM.expectRevert();
        bonds.admit(address(7));
        VM.expectPartialRevert(IRiskRegistry.ConnectedWrongly.selector);
        registry.enrol(address(7));
        VM.expectPartialRevert(IAttesterBonds.NotAdmitted.selector);
        bonds.join(address(7));
        VM.expectPartialRevert(IRiskRegistry.AttestersInvalid.selector);
        registry.setThreshold(4);
    }

    // Use

    function test_withdraw_withASignedAttestation() public {
        _withdrawWith(Proof(ProofKind.Signed, abi.encode(_signed(_attestation(alice)))), 50_000e6);
        requireConserved();
    }

    function test_withdraw_withALeafOfAnEpoch() public {
        RiskAttestation memory a = _attestation(alice);
        bytes32 other = keccak256("another leaf");
        RiskEpoch memory epoch = _epoch(1, Hashes.commutativeKeccak256(registry.leafOf(a), other));
        registry.post(epoch, hub.inputsHash(epoch.checkpoint), _signEpoch(epoch, 1, 2));
        bytes32[] memory path = new bytes32[](1);
        path[0] = other;
        LeafHealth memory leaf = LeafHealth(a, 1, path, "", checkpoint, records);
        _withdrawWith(Proof(ProofKind.Leaf, abi.encode(leaf)), 50_000e6);
        leaf.attestation.leastCashE8 -= 1;
        _expectWithdraw(
            Proof(ProofKind.Leaf, abi.encode(leaf)),
            1e6,
            abi.encodeWithSelector(IRiskRegistry.LeafNotInBook.selector, uint64(1), alice)
        );
    }

    function test_withdraw_revertsBelowTheAttestedCash() public {
        SignedHealth memory health = _signed(_attestation(alice));
        _expectPartially(Proof(ProofKind.Signed, abi.encode(health)), 99_000e6, IHealthGate.CashTooLow.selector);
    }

    function test_withdraw_revertsBelowTheFloorWhateverIsSigned() public {
        RiskAttestation memory a = _attestation(alice);
        a.leastCashE8 = -1_000_000e8;
        SignedHealth memory health = _signed(a);
        // The floor of 1 BTC is 1 % of 90 000.
        _expectPartially(Proof(ProofKind.Signed, abi.encode(health)), 99_500e6, IHealthGate.FloorTooLow.selector);
    }

    function test_withdraw_revertsWhenPositionsChanged() public {
        SignedHealth memory health = _signed(_attestation(alice));
        trade(alice, bob, btcPerpetual, 0.1e8, BTC_PRICE);
        _expectPartially(Proof(ProofKind.Signed, abi.encode(health)), 1e6, IHealthGate.ProofOfAnother.selector);
    }

    function test_withdraw_revertsForAnotherAccountsAttestation() public {
        SignedHealth memory health = _signed(_attestation(bob));
        _expectPartially(Proof(ProofKind.Signed, abi.encode(health)), 1e6, IHealthGate.ProofOfAnother.selector);
    }

    function test_withdraw_revertsWithLessCollateralThanNamed() public {
        deposit(alice, WETH_TOKEN, 2e18);
        SignedHealth memory health = _signed(_attestation(alice));
        address owner = ownerOf(alice);
        AccountInput memory brought = input(alice, Proof(ProofKind.Signed, abi.encode(health)));
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.CollateralTooLow.selector);
        clearinghouse.withdraw(brought, WETH_TOKEN, 1e18, owner);
    }

    function test_withdraw_revertsAfterDriftExpiryOrAge() public {
        SignedHealth memory health = _signed(_attestation(alice));
        setBtc((BTC_PRICE * 979) / 1000);
        _expectPartially(Proof(ProofKind.Signed, abi.encode(health)), 1e6, IHealthGate.Drifted.selector);
        setBtc(BTC_PRICE);
        pass(301);
        _expectPartially(Proof(ProofKind.Signed, abi.encode(health)), 1e6, IRiskRegistry.AttestationExpired.selector);
        RiskAttestation memory a = _attestation(alice);
        a.validUntil = uint40(block.timestamp + 10_000);
        health = _signed(a);
        pass(300);
        _expectPartially(Proof(ProofKind.Signed, abi.encode(health)), 1e6, IRiskRegistry.CheckpointTooOld.selector);
    }

    function test_withdraw_revertsWithAForgedCheckpointPreimage() public {
        SignedHealth memory health = _signed(_attestation(alice));
        health.checkpoint = bytes.concat(health.checkpoint, bytes32(0));
        _expectPartially(Proof(ProofKind.Signed, abi.encode(health)), 1e6, IHealthGate.ProofOfAnother.selector);
    }

    function test_settle_byHeadroomOfAnAttestationBefore() public {
        HeadroomHealth memory headroom = HeadroomHealth(
            uint8(ProofKind.Signed),
            abi.encode(_signed(_attestation(alice)))
        );
        Proof memory proof = Proof(ProofKind.Headroom, abi.encode(headroom));
        tradeWith(alice, bob, btcPerpetual, 2e8, BTC_PRICE, proof, computed());
        assert(unpacked(alice).positions[0].sizeE8 == 3e8);
        requireConserved();
    }

    // Attestations

    function _checkpoint() private {
        pass(60);
        hub.checkpoint();
        (checkpoint, records) = hub.live();
    }

    function _epoch(uint64 number, bytes32 root) private view returns (RiskEpoch memory) {
        (uint64 id, ) = hub.latest();
        return RiskEpoch(number, id, referee.modelHash(), root, 2);
    }

    function _attestation(uint64 account) private view returns (RiskAttestation memory a) {
        bytes memory state = stateOf(account);
        bytes memory balances = vault.balancesOf(account);
        Figures memory figures = referee.health(state, balances, checkpoint, records, SurfaceChoice.Worse);
        (uint64 id, ) = hub.latest();
        a.account = account;
        a.positionsHash = _positionsHash(state);
        a.collateralHash = keccak256(balances);
        a.leastCashE8 = int128(figures.leastCashE8);
        a.initialMarginE8 = int64(int256(figures.initialE8));
        a.maintenanceMarginE8 = int64(int256(figures.maintenanceE8));
        a.checkpoint = id;
        a.modelHash = referee.modelHash();
        a.validUntil = uint40(block.timestamp + 300);
    }

    function _positionsHash(bytes memory state) private view returns (bytes32) {
        return this.tailHash(state);
    }

    function tailHash(bytes calldata state) external pure returns (bytes32) {
        return keccak256(state[64:]);
    }

    function _signed(RiskAttestation memory a) private view returns (SignedHealth memory) {
        AttesterSignature[] memory signatures = new AttesterSignature[](2);
        bytes32 digest = registry.attestationDigest(a);
        for (uint256 i = 0; i < 2; ++i) signatures[i] = _sign(attesters[i], digest);
        return SignedHealth(a, signatures, vault.balancesOf(a.account), checkpoint, records);
    }

    function _signEpoch(
        RiskEpoch memory epoch,
        uint256 first,
        uint256 count
    ) private view returns (AttesterSignature[] memory signatures) {
        signatures = new AttesterSignature[](count);
        bytes32 digest = registry.epochDigest(epoch);
        for (uint256 i = 0; i < count; ++i) signatures[i] = _sign(attesters[first + i], digest);
    }

    function _sign(uint256 key, bytes32 digest) private pure returns (AttesterSignature memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return AttesterSignature(VM.addr(key), abi.encodePacked(r, s, v));
    }

    function _withdrawWith(Proof memory proof, uint128 amountRaw) private {
        AccountInput memory brought = input(alice, proof);
        address owner = ownerOf(alice);
        VM.recordLogs();
        VM.prank(owner);
        clearinghouse.withdraw(brought, USDC_TOKEN, amountRaw, owner);
        readStates();
    }

    function _expectWithdraw(Proof memory proof, uint128 amountRaw, bytes memory reason) private {
        AccountInput memory brought = input(alice, proof);
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectRevert(reason);
        clearinghouse.withdraw(brought, USDC_TOKEN, amountRaw, owner);
    }

    function _expectPartially(Proof memory proof, uint128 amountRaw, bytes4 selector) private {
        AccountInput memory brought = input(alice, proof);
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectPartialRevert(selector);
        clearinghouse.withdraw(brought, USDC_TOKEN, amountRaw, owner);
    }
}
