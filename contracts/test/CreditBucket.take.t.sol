// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof} from "../interfaces/ClearingTypes.sol";
import {ICreditBucket} from "../interfaces/ICreditBucket.sol";
import {HealthQuestion} from "../interfaces/IHealthGate.sol";
import {RiskAttestation} from "../interfaces/RiskTypes.sol";
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
        uint256 drawn = 0;
        uint256 refused = 0;
        for (uint64 account = bank + 1; account <= bank + SIBLINGS; ++account) {
            Proof memory proof = _lie(account);
            (uint256 before, ) = bucket.available();
            try this.tryWithdraw(account, proof, 70_000e6) {
                (uint256 left, ) = bucket.available();
                drawn += before - left;
            } catch {
                ++refused;
            }
        }
        (uint256 rest, uint256 capacity) = bucket.available();
        assert(capacity == CAPACITY_E8 && drawn + rest == CAPACITY_E8 && drawn > CAPACITY_E8 / 2);
        assert(refused != 0);
        // 1.3·14 %·360 000 = 65 520, less what is left of the money: some 10 000. Five and a bit of them empty it.
        expectWithdraw(bank + SIBLINGS, _lie(bank + SIBLINGS), 70_000e6, ICreditBucket.CreditExhausted.selector);
        // Computing is never metered, and what needs no credit passes.
        withdraw(bank + SIBLINGS, USDC_TOKEN, 1_000e6);
        withdrawWith(bank, signedProof(attestation(bank)), 1_000_000e6);
        requireConserved();
    }

    function tryWithdraw(uint64 account, Proof calldata proof, uint128 amountRaw) external {
        require(msg.sender == address(this), Broken("a stranger's call"));
        withdrawWith(account, proof, amountRaw);
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

    /// @dev Signed by the quorum: no cash needed at all. By turns a leaf of a new epoch, and signed on demand.
    function _lie(uint64 account) private returns (Proof memory) {
        RiskAttestation memory a = attestation(account);
        a.leastCashE8 = -1_000_000_000e8;
        return account % 2 == 0 ? signedProof(a) : leafProof(a, postLeaf(a));
    }
}
