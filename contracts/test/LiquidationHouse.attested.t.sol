// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {RiskAttestation} from "../interfaces/RiskTypes.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {VM} from "./IVm.sol";

/// @notice An attestation names the bidder's positions as they are after the bid, to the last unit: one that asks for all that a bid takes is refused once a dollar is paid in before it, one that asks for clearly less is not.
contract LiquidationHouseAttestedTest is AttestingFixture {
    uint64 private victim;
    uint64 private bidder;
    uint64 private lot;
    LotPreimage private preimage;

    function setUp() public {
        deployWithAttesters();
        uint64 bank = openWith(100_000_000);
        victim = openWith(20_000);
        bidder = openWith(200_000);
        // So that his money is cash, and no collateral that the attestation would name.
        withdraw(bidder, USDC_TOKEN, 1);
        trade(victim, bank, btcPerpetual, 1e8, BTC_PRICE);
        setBtc(75_500e8);
        bytes memory state = stateOf(victim);
        VM.recordLogs();
        lot = house.start(victim, state, hex"00");
        readStates();
        preimage = LotPreimage(victim, stateOf(victim), "");
        pass(660);
        setBtc(80_000e8);
        takeCheckpoint();
    }

    function test_bid_attestedForAllThatRestoresIsRefusedOnceADollarIsPaidIn() public {
        AccountInput memory brought = _attested(_restoring());
        uint256 unpaid = VM.snapshotState();
        _bid(brought, _restoring());
        assert(house.lotOf(victim).soldE8 != 0);
        VM.revertToState(unpaid);

        uint64 asked = _restoring();
        deposit(victim, USDC_TOKEN, 1e6);
        VM.expectPartialRevert(IHealthGate.ProofOfAnother.selector);
        _bid(brought, asked);
    }

    function test_bid_attestedForNineTenthsOfWhatRestoresIsTaken() public {
        uint64 asked = (_restoring() * 9) / 10;
        AccountInput memory brought = _attested(asked);
        deposit(victim, USDC_TOKEN, 1e6);
        _bid(brought, asked);
        assert(house.lotOf(victim).soldE8 == asked);
    }

    function _bid(AccountInput memory brought, uint64 asked) private {
        VM.prank(ownerOf(bidder));
        house.bid(lot, preimage, asked, 1e16, brought);
    }

    /// @dev The bidder as he is once he has taken so much of one long bitcoin.
    function _attested(uint64 part) private view returns (AccountInput memory) {
        AccountState memory later = unpacked(victim);
        int256 taken = int256(uint256(part));
        later.positions[0] = Position(btcPerpetual, taken, (later.positions[0].costE8 * taken) / ONE);
        RiskAttestation memory a = attestation(bidder);
        a.positionsHash = keccak256(this.tail(AccountStates.encode(later)));
        return input(bidder, signedProof(a));
    }

    /// @dev What restores it at 80 000: equity is cash and gain, the target 1.1 times the margin that the lot keeps, at a discount of a fifth.
    function _restoring() private view returns (uint64) {
        int256 targetE8 = (int256(uint256(house.lotOf(victim).maintenanceE4)) * 1.1e12 + ONE - 1) / ONE;
        int256 equityE8 = unpacked(victim).cashE8 + 80_000e8 - int256(uint256(BTC_PRICE));
        int256 sparedE8 = targetE8 - equityE8 / 5;
        return uint64(uint256(((targetE8 - equityE8) * ONE + sparedE8 - 1) / sparedE8));
    }
}
