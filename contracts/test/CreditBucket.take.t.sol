// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof, ProofKind} from "../interfaces/ClearingTypes.sol";
import {ICreditBucket} from "../interfaces/ICreditBucket.sol";
import {HealthQuestion} from "../interfaces/IHealthGate.sol";
import {HeadroomHealth, RiskAttestation} from "../interfaces/RiskTypes.sol";
import {Fills} from "../clearing/Fills.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {VM} from "./IVm.sol";

/// @notice However a corrupt quorum goes about it, what it lends comes out of one bucket.
contract CreditBucketTest is AttestingFixture {
    /// @dev k = 2 bonds of a million: 15 % of two million.
    uint256 private constant CAPACITY_E8 = 300_000e8;
    uint64 private constant SIBLINGS = 8;

    uint64 private bank;

    function setUp() public {
        deployWithAttesters();
        bank = openWith(100_000_000);
        // Each holds 4 BTC with 80 000: it needs 65 520 (IM), the floor is 3 600, so a lie frees up to 62 000 or so.
        for (uint64 i = 0; i < SIBLINGS; ++i) trade(openWith(80_000), bank, btcPerpetual, 4e8, BTC_PRICE);
        takeCheckpoint();
    }

    function test_take_siblingsEpochsAndSignaturesDrawFromOneBucket() public {
        uint256[4] memory drawn;
        uint256 refused = 0;
        for (uint64 account = bank + 1; account <= bank + SIBLINGS; ++account) {
            uint256 way = account % 4;
            Proof memory proof = _lieBy(account, way);
            (uint256 before, ) = bucket.available();
            try this.draw(account, proof, way > 1) {
                (uint256 left, ) = bucket.available();
                drawn[way] += before - left;
            } catch (bytes memory reason) {
                require(bytes4(reason) == ICreditBucket.CreditExhausted.selector, Broken("refused for what it is"));
                VM.getRecordedLogs();
                ++refused;
            }
        }
        (uint256 rest, uint256 capacity) = bucket.available();
        uint256 sum = drawn[0] + drawn[1] + drawn[2] + drawn[3];
        assert(capacity == CAPACITY_E8 && sum + rest == CAPACITY_E8 && sum > CAPACITY_E8 / 2);
        assert(drawn[0] != 0 && drawn[1] != 0 && drawn[2] != 0 && drawn[3] != 0);
        assert(refused != 0);
        // Some 55 000 each way: 1.3·14 %·360 000 = 65 520, less what is left of the money, some 10 000, and as much again of twice the position. Five and a bit of them empty it.
        expectWithdraw(bank + SIBLINGS, _lie(bank + SIBLINGS), 70_000e6, ICreditBucket.CreditExhausted.selector);
        // Computing is never metered, and what needs no credit passes.
        withdraw(bank + SIBLINGS, USDC_TOKEN, 1_000e6);
        withdrawWith(bank, signedProof(attestation(bank)), 1_000_000e6);
        requireConserved();
    }

    /// @dev Nearly all the money out, or twice the position.
    function draw(uint64 account, Proof calldata proof, bool trades) external {
        require(msg.sender == address(this), Broken("a stranger's call"));
        if (trades) tradeWith(account, bank, btcPerpetual, 4e8, BTC_PRICE, proof, computed());
        else withdrawWith(account, proof, 70_000e6);
    }

    function test_take_refillsWithTimeAndNeverAboveTheCapacity() public {
        withdrawWith(bank + 1, _lie(bank + 1), 70_000e6);
        (uint256 left, ) = bucket.available();
        assert(left < CAPACITY_E8);
        uint256 missing = CAPACITY_E8 - left;
        // 5 % of two million a day.
        pass(1000);
        (uint256 later, ) = bucket.available();
        assert(later - left == (uint256(100_000e8) * 1000) / 1 days);
        pass((missing * 1 days) / 100_000e8);
        (later, ) = bucket.available();
        assert(later == CAPACITY_E8);
    }

    function test_take_isRefusedToStrangers() public {
        VM.expectRevert(abi.encodeWithSelector(ICreditBucket.NotConnected.selector, address(clearinghouse)));
        bucket.take(address(clearinghouse), 1, 1);
        // A stranger who asks the gate with a good attestation gets its answer, and no credit.
        uint64 account = bank + 1;
        RiskAttestation memory a = attestation(account);
        bytes memory state = stateOf(account);
        bytes memory balances = vault.balancesOf(account);
        HealthQuestion memory question;
        question.account = account;
        question.stateAfter = state;
        question.balancesAfter = balances;
        Proof memory proof = signedProof(a);
        VM.expectRevert(abi.encodeWithSelector(ICreditBucket.NotConnected.selector, address(this)));
        gate.requireHealthy(question, proof, checkpoint, records);
        (uint256 left, ) = bucket.available();
        assert(left == CAPACITY_E8);
    }

    /// @notice Whenever it is drawn from, what is had within the challenge horizon is at most half of k bonds.
    function testFuzz_take_isAtMostHalfTheStakeWithinTheHorizon(
        uint32[16] calldata waits,
        uint64[16] calldata wants
    ) public {
        uint256 begin = block.timestamp;
        uint256 drawn = 0;
        for (uint256 i = 0; i < 16; ++i) {
            VM.warp(block.timestamp + (waits[i] % 1 days));
            if (block.timestamp - begin > 7 days) break;
            (uint256 left, ) = bucket.available();
            uint256 want = left == 0 ? 0 : (uint256(wants[i]) % left) + 1;
            VM.prank(address(gate));
            bucket.take(address(clearinghouse), 1, want);
            drawn += want;
        }
        assert(drawn <= (2 * bonds.bondE8()) / 2);
    }

    /// @dev Signed on demand or as a leaf of an epoch, for a withdrawal; by headroom or signed of what will be, for a trade.
    function _lieBy(uint64 account, uint256 way) private returns (Proof memory) {
        if (way == 2) {
            RiskAttestation memory before = attestation(account);
            before.leastCashE8 = -1_000_000_000e8;
            bytes memory inner = abi.encode(signedHealth(before));
            return Proof(ProofKind.Headroom, abi.encode(HeadroomHealth(uint8(ProofKind.Signed), inner)));
        }
        AccountState memory state = unpacked(account);
        if (way == 3) Fills.add(Fills.find(state, btcPerpetual), 4e8, int256(4 * BTC_PRICE));
        RiskAttestation memory a = attestationOf(account, AccountStates.encode(state));
        a.leastCashE8 = -1_000_000_000e8;
        return way == 1 ? leafProof(a, postLeaf(a)) : signedProof(a);
    }

    /// @dev Signed by the quorum: no cash needed at all. By turns a leaf of a new epoch, and signed on demand.
    function _lie(uint64 account) private returns (Proof memory) {
        RiskAttestation memory a = attestation(account);
        a.leastCashE8 = -1_000_000_000e8;
        return account % 2 == 0 ? signedProof(a) : leafProof(a, postLeaf(a));
    }
}
