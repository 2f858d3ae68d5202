// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {AccountInput, Fill, Proof, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {OracleParameters} from "../interfaces/IRiskParameters.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {
    AttesterSignature,
    HeadroomHealth,
    LeafHealth,
    RiskAttestation,
    RiskEpoch,
    SignedHealth
} from "../interfaces/RiskTypes.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {IVm, VM} from "./IVm.sol";

/// @notice k of n, epochs, and the use of attestations for withdrawals and trades.
contract RiskRegistryAttestTest is AttestingFixture {
    uint64 private alice;
    uint64 private bob;

    function setUp() public {
        deployWithAttesters();
        alice = openWith(100_000);
        bob = openWith(1_000_000);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        takeCheckpoint();
    }

    // Epochs

    function test_post_storesTheNextEpoch() public {
        RiskEpoch memory epoch = epochOf(1, keccak256("root"));
        registry.post(epoch, hub.inputsHash(epoch.checkpoint), signEpoch(epoch, 0, 2));
        assert(registry.latestEpoch() == 1 && registry.epochOf(1).bookRoot == keccak256("root"));
        AttesterSignature[] memory again = signEpoch(epoch, 0, 2);
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.EpochNotNext.selector, uint64(2), uint64(1)));
        registry.post(epoch, bytes32(0), again);
    }

    function test_post_revertsForBadQuorums() public {
        RiskEpoch memory epoch = epochOf(1, keccak256("root"));
        bytes32 inputs = hub.inputsHash(epoch.checkpoint);
        AttesterSignature[] memory one = signEpoch(epoch, 0, 1);
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignaturesTooFew.selector, 1, 2));
        registry.post(epoch, inputs, one);

        AttesterSignature[] memory two = signEpoch(epoch, 0, 2);
        AttesterSignature memory first = two[0];
        two[0] = two[1];
        two[1] = first;
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignersUnsorted.selector, 1));
        registry.post(epoch, inputs, two);
        two[0] = first;
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignersUnsorted.selector, 1));
        registry.post(epoch, inputs, two);

        two = signEpoch(epoch, 0, 2);
        epoch.bookRoot = keccak256("another");
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignatureInvalid.selector, VM.addr(attesters[0])));
        registry.post(epoch, inputs, two);
    }

    function test_post_revertsForAnAttesterThatLeft() public {
        RiskEpoch memory epoch = epochOf(1, keccak256("root"));
        AttesterSignature[] memory two = signEpoch(epoch, 0, 2);
        VM.prank(VM.addr(attesters[1]));
        bonds.resign();
        bytes32 inputs = hub.inputsHash(epoch.checkpoint);
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignerUnknown.selector, VM.addr(attesters[1])));
        registry.post(epoch, inputs, two);
    }

    function test_post_revertsForAnotherContentModelOrAge() public {
        RiskEpoch memory epoch = epochOf(1, keccak256("root"));
        AttesterSignature[] memory two = signEpoch(epoch, 0, 2);
        VM.expectPartialRevert(IRiskRegistry.CheckpointMismatch.selector);
        registry.post(epoch, keccak256("reorganised"), two);
        bytes32 inputs = hub.inputsHash(epoch.checkpoint);
        pass(601);
        VM.expectPartialRevert(IRiskRegistry.CheckpointTooOld.selector);
        registry.post(epoch, inputs, two);
        takeCheckpoint();
        epoch = epochOf(1, keccak256("root"));
        epoch.modelHash = keccak256("other model");
        two = signEpoch(epoch, 0, 2);
        inputs = hub.inputsHash(epoch.checkpoint);
        VM.expectPartialRevert(IRiskRegistry.ModelMismatch.selector);
        registry.post(epoch, inputs, two);
    }

    function test_post_revertsOnAnotherChain() public {
        RiskEpoch memory epoch = epochOf(1, keccak256("root"));
        AttesterSignature[] memory two = signEpoch(epoch, 0, 2);
        bytes32 inputs = hub.inputsHash(epoch.checkpoint);
        VM.chainId(5);
        VM.expectPartialRevert(IRiskRegistry.SignatureInvalid.selector);
        registry.post(epoch, inputs, two);
    }

    function test_attesters_areGovernedOnly() public {
        VM.prank(address(7));
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(7)));
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
        withdrawWith(alice, Proof(ProofKind.Signed, abi.encode(signedHealth(_attestation(alice)))), 50_000e6);
        requireConserved();
    }

    /// @dev Before the state that has its positions, and with the preimage of its collateral, so that whoever reads logs can challenge it (CLR-053).
    function test_withdraw_tellsTheAttestationThatItUsed() public {
        SignedHealth memory shown = signedHealth(_attestation(alice));
        AccountInput memory brought = input(alice, Proof(ProofKind.Signed, abi.encode(shown)));
        address owner = ownerOf(alice);
        VM.recordLogs();
        VM.prank(owner);
        clearinghouse.withdraw(brought, USDC_TOKEN, 1e6, owner);
        IVm.Log[] memory logs = VM.getRecordedLogs();
        uint256 used = _placeOf(logs, IHealthGate.SignedAttestationUsed.selector);
        assert(used < _placeOf(logs, IClearingEvents.AccountUpdated.selector));
        bytes memory told = abi.encode(shown.attestation, shown.signatures, shown.balances, new bytes(0));
        assert(keccak256(logs[used].data) == keccak256(told));
        assert(keccak256(shown.balances) == shown.attestation.collateralHash);
    }

    /// @dev The credit of now is measured by the threshold of now: fewer signers' bonds do not stand behind it.
    function test_withdraw_aLeafCountsWhileAsManySignedAsMustNow() public {
        RiskAttestation memory a = _attestation(alice);
        Proof memory leaf = Proof(ProofKind.Leaf, abi.encode(LeafHealth(a, postLeaf(a), path(), "")));
        registry.setThreshold(3);
        AccountInput memory brought = input(alice, leaf);
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectRevert(abi.encodeWithSelector(IRiskRegistry.SignaturesTooFew.selector, 2, 3));
        clearinghouse.withdraw(brought, USDC_TOKEN, 1e6, owner);
        registry.setThreshold(1);
        withdrawWith(alice, leaf, 1e6);
    }

    function test_withdraw_withALeafOfAnEpoch() public {
        RiskAttestation memory a = _attestation(alice);
        LeafHealth memory leaf = LeafHealth(a, postLeaf(a), path(), "");
        withdrawWith(alice, Proof(ProofKind.Leaf, abi.encode(leaf)), 50_000e6);
        leaf.attestation.leastCashE8 -= 1;
        _expectWithdraw(
            Proof(ProofKind.Leaf, abi.encode(leaf)),
            1e6,
            abi.encodeWithSelector(IRiskRegistry.LeafNotInBook.selector, uint64(1), registry.leafOf(leaf.attestation))
        );
    }

    /// @dev No book of 2³² accounts is deeper than 32: a liar's leaf thousands of levels down would be used, and its proof too long for whoever challenges it.
    function test_withdraw_refusesALeafDeeperThanAnyBook() public {
        RiskAttestation memory a = _attestation(alice);
        levels = 32;
        withdrawWith(alice, Proof(ProofKind.Leaf, abi.encode(LeafHealth(a, postLeaf(a), path(), ""))), 1e6);
        levels = 33;
        _expectWithdraw(
            Proof(ProofKind.Leaf, abi.encode(LeafHealth(a, postLeaf(a), path(), ""))),
            1e6,
            abi.encodeWithSelector(IRiskRegistry.LeafNotInBook.selector, uint64(2), registry.leafOf(a))
        );
    }

    function test_withdraw_revertsBelowTheAttestedCash() public {
        SignedHealth memory health = signedHealth(_attestation(alice));
        expectWithdraw(alice, Proof(ProofKind.Signed, abi.encode(health)), 99_000e6, IHealthGate.CashTooLow.selector);
    }

    function test_withdraw_revertsBelowTheFloorWhateverIsSigned() public {
        RiskAttestation memory a = _attestation(alice);
        a.leastCashE8 = -1_000_000e8;
        SignedHealth memory health = signedHealth(a);
        // The floor of 1 BTC is 1 % of 90 000.
        expectWithdraw(alice, Proof(ProofKind.Signed, abi.encode(health)), 99_500e6, IHealthGate.FloorTooLow.selector);
    }

    function test_withdraw_revertsWhenPositionsChanged() public {
        SignedHealth memory health = signedHealth(_attestation(alice));
        trade(alice, bob, btcPerpetual, 0.1e8, BTC_PRICE);
        expectWithdraw(alice, Proof(ProofKind.Signed, abi.encode(health)), 1e6, IHealthGate.ProofOfAnother.selector);
    }

    function test_withdraw_revertsForAnotherAccountsAttestation() public {
        SignedHealth memory health = signedHealth(_attestation(bob));
        expectWithdraw(alice, Proof(ProofKind.Signed, abi.encode(health)), 1e6, IHealthGate.ProofOfAnother.selector);
    }

    function test_withdraw_revertsWithLessCollateralThanNamed() public {
        deposit(alice, WETH_TOKEN, 2e18);
        SignedHealth memory health = signedHealth(_attestation(alice));
        address owner = ownerOf(alice);
        AccountInput memory brought = input(alice, Proof(ProofKind.Signed, abi.encode(health)));
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.CollateralTooLow.selector);
        clearinghouse.withdraw(brought, WETH_TOKEN, 1e18, owner);
    }

    function test_withdraw_revertsAfterDriftExpiryOrAge() public {
        SignedHealth memory health = signedHealth(_attestation(alice));
        setBtc((BTC_PRICE * 979) / 1000);
        expectWithdraw(alice, Proof(ProofKind.Signed, abi.encode(health)), 1e6, IHealthGate.Drifted.selector);
        setBtc(BTC_PRICE);
        pass(301);
        expectWithdraw(
            alice,
            Proof(ProofKind.Signed, abi.encode(health)),
            1e6,
            IRiskRegistry.AttestationExpired.selector
        );
        RiskAttestation memory a = _attestation(alice);
        a.validUntil = uint40(block.timestamp + 10_000);
        health = signedHealth(a);
        pass(300);
        expectWithdraw(
            alice,
            Proof(ProofKind.Signed, abi.encode(health)),
            1e6,
            IRiskRegistry.CheckpointTooOld.selector
        );
    }

    function test_withdraw_revertsWhenTheHubHasForgottenThePrices() public {
        RiskAttestation memory a = _attestation(alice);
        a.validUntil = uint40(block.timestamp + 10_000);
        SignedHealth memory health = signedHealth(a);
        OracleParameters memory p = parameters.oracle();
        // As many checkpoints as the hub keeps, in the longest life that an attestation can have beside them: the last second of it.
        (p.checkpointIntervalSeconds, p.attestationMaxAgeSeconds) = (10, 640);
        parameters.setOracle(p);
        for (uint256 i = 0; i < 63; ++i) {
            pass(10);
            hub.checkpoint();
        }
        withdrawWith(alice, Proof(ProofKind.Signed, abi.encode(health)), 1e6);
        pass(10);
        hub.checkpoint();
        expectWithdraw(alice, Proof(ProofKind.Signed, abi.encode(health)), 1e6, IHealthGate.Drifted.selector);
    }

    function test_settle_byHeadroomOfAnAttestationBefore() public {
        HeadroomHealth memory headroom = HeadroomHealth(
            uint8(ProofKind.Signed),
            abi.encode(signedHealth(_attestation(alice)))
        );
        Proof memory proof = Proof(ProofKind.Headroom, abi.encode(headroom));
        tradeWith(alice, bob, btcPerpetual, 2e8, BTC_PRICE, proof, computed());
        assert(unpacked(alice).positions[0].sizeE8 == 3e8);
        requireConserved();
    }

    /// @notice A position that the trade closes is in the attestation as well: what it was worth then, it need not be worth now.
    function test_settle_byHeadroomRevertsWhenWhatIsClosedHasDrifted() public {
        trade(alice, bob, ethPerpetual, 10e8, ETH_PRICE);
        takeCheckpoint();
        HeadroomHealth memory headroom = HeadroomHealth(
            uint8(ProofKind.Signed),
            abi.encode(signedHealth(_attestation(alice)))
        );
        AccountInput[] memory accounts = pair(alice, bob, Proof(ProofKind.Headroom, abi.encode(headroom)), computed());
        uint256 price = (ETH_PRICE * 979) / 1000;
        setEth(price);
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, ethPerpetual, 10e8, price));
        orders[1] = signed(order(alice, ethPerpetual, -10e8, price));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 10e8);
        VM.expectPartialRevert(IHealthGate.Drifted.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    // Attestations

    /// @dev Of the one log of an event.
    function _placeOf(IVm.Log[] memory logs, bytes32 selector) private pure returns (uint256 place) {
        place = logs.length;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != selector) continue;
            assert(place == logs.length);
            place = i;
        }
        assert(place < logs.length);
    }

    function _attestation(uint64 account) private view returns (RiskAttestation memory a) {
        a = attestation(account);
        a.validUntil = uint40(block.timestamp + 300);
    }

    function _expectWithdraw(Proof memory proof, uint128 amountRaw, bytes memory reason) private {
        AccountInput memory brought = input(alice, proof);
        address owner = ownerOf(alice);
        VM.prank(owner);
        VM.expectRevert(reason);
        clearinghouse.withdraw(brought, USDC_TOKEN, amountRaw, owner);
    }
}
