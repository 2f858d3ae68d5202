// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {AccountInput, Proof, ProofKind} from "../interfaces/ClearingTypes.sol";
import {Accused, Preimages} from "../interfaces/IChallenges.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {AttesterSignature, LeafHealth, RiskAttestation, RiskEpoch, SignedHealth} from "../interfaces/RiskTypes.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @title Three bonded attesters, two of whom must sign, and what they sign
abstract contract AttestingFixture is ProtocolFixture {
    bytes32 internal constant SALT = keccak256("salt");

    /// @dev In the order of their addresses.
    uint256[3] internal attesters;
    bytes internal checkpoint;
    bytes internal records;
    bytes32 private _sibling = keccak256("another leaf");
    /// @dev How deep the one leaf of `postLeaf` lies.
    uint256 internal levels = 1;

    function deployWithAttesters() internal {
        deploy();
        appointAttesters();
    }

    function appointAttesters() internal {
        attesters = [uint256(101), 102, 103];
        sortAttesters();
        for (uint256 i = 0; i < 3; ++i) seat(VM.addr(attesters[i]));
        registry.setThreshold(2);
    }

    /// @dev By their addresses, as signatures must be.
    function sortAttesters() internal {
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (VM.addr(attesters[j]) < VM.addr(attesters[i])) {
                    (attesters[i], attesters[j]) = (attesters[j], attesters[i]);
                }
            }
        }
    }

    function takeCheckpoint() internal {
        pass(60);
        hub.checkpoint();
        (checkpoint, records) = hub.live();
    }

    /// @dev The true attestation of an account as it is, at the last checkpoint.
    function attestation(uint64 account) internal view returns (RiskAttestation memory) {
        return attestationOf(account, stateOf(account));
    }

    /// @dev The same of an account as it will be.
    function attestationOf(uint64 account, bytes memory state) internal view returns (RiskAttestation memory a) {
        bytes memory balances = vault.balancesOf(account);
        Figures memory figures = referee.health(state, balances, checkpoint, records, SurfaceChoice.Worse);
        (uint64 id, ) = hub.latest();
        a.account = account;
        a.positionsHash = keccak256(this.tail(state));
        a.collateralHash = keccak256(balances);
        a.leastCashE8 = int128(figures.leastCashE8);
        a.initialMarginE8 = int64(int256(figures.initialE8));
        a.maintenanceMarginE8 = int64(int256(figures.maintenanceE8));
        a.checkpoint = id;
        a.modelHash = referee.modelHash();
        a.validUntil = uint40(block.timestamp + 600);
    }

    function positionsOf(uint64 account) internal view returns (bytes memory) {
        return this.tail(stateOf(account));
    }

    function tail(bytes calldata state) external pure returns (bytes memory) {
        return state[64:];
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (AttesterSignature memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return AttesterSignature(VM.addr(key), abi.encodePacked(r, s, v));
    }

    /// @dev Signed by the attesters `first` and the next.
    function signatures(
        RiskAttestation memory a,
        uint256 first
    ) internal view returns (AttesterSignature[] memory signed) {
        bytes32 digest = registry.attestationDigest(a);
        signed = new AttesterSignature[](2);
        for (uint256 i = 0; i < 2; ++i) signed[i] = sign(attesters[first + i], digest);
    }

    function signedHealth(RiskAttestation memory a) internal view returns (SignedHealth memory) {
        return SignedHealth(a, signatures(a, 0), vault.balancesOf(a.account));
    }

    function signedProof(RiskAttestation memory a) internal view returns (Proof memory) {
        return Proof(ProofKind.Signed, abi.encode(signedHealth(a)));
    }

    /// @dev An epoch at the last checkpoint, of two accounts.
    function epochOf(uint64 number, bytes32 root) internal view returns (RiskEpoch memory) {
        (uint64 id, ) = hub.latest();
        return RiskEpoch(number, id, referee.modelHash(), root, 2);
    }

    /// @dev Signed by `count` attesters from `first` on.
    function signEpoch(
        RiskEpoch memory epoch,
        uint256 first,
        uint256 count
    ) internal view returns (AttesterSignature[] memory signed) {
        bytes32 digest = registry.epochDigest(epoch);
        signed = new AttesterSignature[](count);
        for (uint256 i = 0; i < count; ++i) signed[i] = sign(attesters[first + i], digest);
    }

    /// @dev Posts an epoch of two leaves, one of them this attestation, signed by attesters 0 and 1.
    function postLeaf(RiskAttestation memory a) internal returns (uint64 number) {
        number = registry.latestEpoch() + 1;
        bytes32 root = MerkleProof.processProof(path(), registry.leafOf(a));
        RiskEpoch memory epoch = RiskEpoch(number, a.checkpoint, a.modelHash, root, 2);
        registry.post(epoch, hub.inputsHash(a.checkpoint), signEpoch(epoch, 0, 2));
    }

    function path() internal view returns (bytes32[] memory merkleProof) {
        merkleProof = new bytes32[](levels);
        for (uint256 i = 0; i < levels; ++i) merkleProof[i] = _sibling;
    }

    function leafProof(RiskAttestation memory a, uint64 epoch) internal view returns (Proof memory) {
        LeafHealth memory health = LeafHealth(a, epoch, path(), vault.balancesOf(a.account));
        return Proof(ProofKind.Leaf, abi.encode(health));
    }

    // Challenges

    function accusedLeaf(RiskAttestation memory a, uint64 epoch) internal view returns (Accused memory) {
        return Accused(a, epoch, path(), new AttesterSignature[](0));
    }

    function accusedSigned(RiskAttestation memory a) internal view returns (Accused memory) {
        return Accused(a, 0, new bytes32[](0), signatures(a, 0));
    }

    function preimagesOf(uint64 account) internal view returns (Preimages memory) {
        return Preimages(positionsOf(account), vault.balancesOf(account), checkpoint, records);
    }

    /// @dev Commits as `prover` and waits for the next block.
    function commitAs(address prover, RiskAttestation memory a) internal {
        challenges.commit(keccak256(abi.encode(prover, registry.hashOf(a), SALT)));
        VM.roll(block.number + 1);
    }

    // Use

    function withdrawWith(uint64 account, Proof memory proof, uint128 amountRaw) internal {
        AccountInput memory brought = input(account, proof);
        address owner = ownerOf(account);
        VM.recordLogs();
        VM.prank(owner);
        clearinghouse.withdraw(brought, USDC_TOKEN, amountRaw, owner);
        readStates();
    }

    function expectWithdraw(uint64 account, Proof memory proof, uint128 amountRaw, bytes4 selector) internal {
        AccountInput memory brought = input(account, proof);
        address owner = ownerOf(account);
        VM.prank(owner);
        VM.expectPartialRevert(selector);
        clearinghouse.withdraw(brought, USDC_TOKEN, amountRaw, owner);
    }
}
