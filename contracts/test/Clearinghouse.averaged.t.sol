// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {AveragedRecords} from "../clearing/AveragedRecords.sol";
import {Checkpoints, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {DatedFixture} from "./DatedFixture.sol";
import {VM} from "./IVm.sol";

/// @notice Gains of options inside the averaging window cannot be taken out (CLR-021).
contract ClearinghouseAveragedTest is DatedFixture {
    uint64 private alice;
    uint64 private bob;

    function setUp() public {
        deployDated();
        alice = openWith(100_000);
        bob = openWith(2_000_000);
    }

    function test_withdraw_anOptionsGainWaitsForTheAverage() public {
        // Deep in the money: it moves with spot, coin for coin.
        tradeAtMark(alice, bob, call(FAR, 60_000), 1e8);
        setBtc(94_000e8);
        hub.refresh();
        AccountInput memory brought = input(alice, computed());
        address owner = ownerOf(alice);
        uint128 most = _most(brought, owner);
        // Both wait for the average: the gain of 4 000, and the spread of 4 000 that initial margin asks for meanwhile.
        pass(1800);
        brought = input(alice, computed());
        uint128 later = _most(brought, owner);
        assert(later > most + 7_000e6 && later < most + 9_000e6);
    }

    function test_withdraw_aFallCountsAtOnce() public {
        tradeAtMark(alice, bob, call(FAR, 60_000), 1e8);
        AccountInput memory brought = input(alice, computed());
        address owner = ownerOf(alice);
        uint128 before = _most(brought, owner);
        setBtc(87_000e8);
        uint128 later = _most(input(alice, computed()), owner);
        assert(later + 2_000e6 < before);
    }

    /// @dev All at the average: what the library makes of a record is the record of a market that stands there.
    function test_average_movesEveryPriceAndNothingElse() public {
        setBtc(93_000e8);
        (bytes memory checkpoint, bytes memory records) = dated.live();
        (bytes memory averaged, bytes memory averages) = AveragedRecords.average(checkpoint, records);
        // The library works in place: the originals are read anew.
        (checkpoint, records) = dated.live();
        (UnderlyingRecord memory was, UnderlyingRecord memory is_) = (this.recordOf(records), this.recordOf(averages));
        assert(is_.spotE8 == was.averageSpotE8 && is_.spotE8 < was.spotE8);
        assert(was.perpetualMarkE8 - was.spotE8 == is_.perpetualMarkE8 - is_.spotE8);
        for (uint256 i = 0; i < was.expiries.length; ++i) {
            uint256 forward = was.expiries[i].present.forwardE8;
            assert(is_.expiries[i].present.forwardE8 == (forward * is_.spotE8 + was.spotE8 / 2) / was.spotE8);
            assert(is_.expiries[i].present.publishedForwardE8 == was.expiries[i].present.publishedForwardE8);
            assert(is_.expiries[i].present.aE12 == was.expiries[i].present.aE12);
            forward = was.expiries[i].delayed.forwardE8;
            assert(is_.expiries[i].delayed.forwardE8 == (forward * is_.spotE8 + was.spotE8 / 2) / was.spotE8);
        }
        // Account values can be computed on it: its hashes fit.
        floors.floorOf(stateOf(alice), vault.balancesOf(alice), averaged, averages, SurfaceChoice.Worse);
        assert(keccak256(averaged) != keccak256(checkpoint));
    }

    function recordOf(bytes calldata record) external pure returns (UnderlyingRecord memory) {
        return Checkpoints.decodeUnderlying(record);
    }

    /// @dev The most that can be withdrawn, by halving.
    function _most(AccountInput memory brought, address owner) private returns (uint128 good) {
        uint128 bad = 200_000e6;
        while (bad - good > 1e6) {
            uint128 middle = (good + bad) / 2;
            uint256 snapshot = VM.snapshotState();
            VM.prank(owner);
            try clearinghouse.withdraw(brought, USDC_TOKEN, middle, owner) {
                good = middle;
            } catch {
                bad = middle;
            }
            VM.revertToState(snapshot);
        }
    }
}
