// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {AveragedRecords} from "../clearing/AveragedRecords.sol";
import {Exposures} from "../clearing/Exposures.sol";
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

    /// @dev Tokens of a halted market count for nothing: neither their value, nor what they net, nor that their market stands off its average. An option makes all of it be priced anew.
    function test_withdraw_tokensOfAHaltedMarketBesideAnOption() public {
        tradeAtMark(alice, bob, call(FAR, 60_000), 1e8);
        for (uint256 up = 0; up < 2; ++up) {
            uint256 snapshot = VM.snapshotState();
            _haltEth(up == 1 ? ETH_PRICE + 240e8 : ETH_PRICE - 240e8);
            setBtc(90_500e8);
            hub.refresh();
            address owner = ownerOf(alice);
            uint128 bare = _most(input(alice, computed()), owner);
            deposit(alice, WETH_TOKEN, 30e18);
            assert(_most(input(alice, computed()), owner) == bare);
            VM.revertToState(snapshot);
        }
    }

    /// @dev Ether against a short bitcoin asks for less margin than the bitcoin alone: not while its market is halted.
    function test_withdraw_tokensOfAHaltedMarketNetNothing() public {
        trade(bob, alice, btcPerpetual, 2e8, BTC_PRICE);
        address owner = ownerOf(alice);
        uint256 snapshot = VM.snapshotState();
        uint128 bare = _most(input(alice, computed()), owner);
        deposit(alice, WETH_TOKEN, 60e18);
        require(_most(input(alice, computed()), owner) > bare, Broken("they count while it is normal"));
        VM.revertToState(snapshot);
        _haltEth(ETH_PRICE);
        bare = _most(input(alice, computed()), owner);
        deposit(alice, WETH_TOKEN, 60e18);
        require(_most(input(alice, computed()), owner) == bare, Broken("and for nothing while it is not"));
    }

    /// @dev Of a market that is not normal nothing is averaged: its positions wait, its tokens do not count.
    function test_average_leavesAHaltedMarketAsItIs() public {
        _haltEth(ETH_PRICE + 240e8);
        setBtc(93_000e8);
        (bytes memory checkpoint, bytes memory records) = dated.live();
        UnderlyingRecord memory was = this.lastOf(records);
        assert(was.marketState != Checkpoints.NORMAL && was.spotE8 != was.averageSpotE8);
        (, bytes memory averages) = AveragedRecords.average(checkpoint, records);
        UnderlyingRecord memory is_ = this.lastOf(averages);
        assert(is_.spotE8 == was.spotE8 && is_.perpetualMarkE8 == was.perpetualMarkE8);
        assert(this.recordOf(averages).spotE8 != 93_000e8);
    }

    /// @dev Half a minute before it expires a future follows a sixtieth of the spot: sold against a coin that was pumped it hides next to nothing of that.
    function test_withdraw_anExpiringFutureHidesNoPump() public {
        deposit(alice, WBTC_TOKEN, 2e8);
        tradeAtMark(bob, alice, future(NEAR), 2e8);
        pass(NEAR - block.timestamp - 30);
        setBtc(92_000e8);
        AccountInput memory brought = input(alice, computed());
        bytes memory balances = vault.balancesOf(alice);
        (bytes memory checkpoint, bytes memory records) = dated.live();
        // Two coins and the perpetuals that she has, less two sixtieths.
        int256 with = this.delta(brought.state, balances, checkpoint, records);
        pass(30);
        (checkpoint, records) = dated.live();
        int256 expired = this.delta(brought.state, balances, checkpoint, records);
        assert(expired - with == 3_333_333);
    }

    function delta(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) external pure returns (int256) {
        return Exposures.deltaOf(state, balances, checkpoint, Exposures.find(records, BTC));
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

    /// @dev The record of the second of two markets.
    function lastOf(bytes calldata all) external pure returns (UnderlyingRecord memory) {
        uint256 words = Checkpoints.UNDERLYING_WORDS + Checkpoints.EXPIRY_WORDS * Checkpoints.expiriesOf(all);
        return Checkpoints.decodeUnderlying(all[32 * words:]);
    }

    /// @dev At a price that its average has not reached.
    function _haltEth(uint256 priceE8) private {
        setEth(priceE8);
        hub.refresh();
        nextBlock();
        ethFeed.setRound(1000, -1, block.timestamp);
        hub.refresh();
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
