// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {LotFixture} from "./LotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice The oracles of a market have died for good: its price is fixed by a rule, everything in it is settled by anybody, and everybody's money comes out.
contract ClearinghouseWindDownTest is LotFixture {
    uint64 private long;
    uint64 private short;
    uint64 private other;

    function setUp() public {
        deploy();
        long = openWith(100_000);
        short = openWith(100_000);
        other = openWith(100_000);
        deposit(long, WBTC_TOKEN, 1e7);
        trade(long, short, btcPerpetual, 1e8, BTC_PRICE);
        trade(long, other, ethPerpetual, 1e8, ETH_PRICE);
        // An hour at 92,000, then a last price of 93,000 for a minute.
        for (uint256 i = 0; i < 60; ++i) {
            setBtc(92_000e8);
            pass(60);
            spots.update(BTC);
        }
        setBtc(93_000e8);
        spots.update(BTC);
        pass(60);
        spots.update(BTC);
        nextBlock();
        btcFeed.setRound(1_000, -1, block.timestamp);
        spots.update(BTC);
        assert(spots.spotOf(BTC).state == 2);
    }

    function test_windDown_waitsSevenDaysWithoutABreak() public {
        starveBtc(7 days - 1);
        VM.expectPartialRevert(ISpotMarkets.MarketAlive.selector);
        clearinghouse.windDown(BTC);
        _revive();
        starveBtc(7 days - 1);
        VM.expectPartialRevert(ISpotMarkets.MarketAlive.selector);
        clearinghouse.windDown(BTC);
        starveBtc(1);
        clearinghouse.windDown(BTC);
        VM.expectPartialRevert(IClearingEvents.MarketNotNormal.selector);
        clearinghouse.windDown(BTC);
        VM.expectPartialRevert(ISpotMarkets.MarketAlive.selector);
        clearinghouse.windDown(ETH);
    }

    function test_windDown_settlesAtTheMeanOfTheLastHalfHourInAnyOrder() public {
        int256 before = unpacked(long).cashE8;
        starveBtc(7 days);
        clearinghouse.windDown(BTC);
        uint64 price = spots.settlementPriceE8(BTC, 0);
        // Half an hour or more at 92,000, a minute at 93,000: not the last price.
        assert(price > 92_000e8 && price < 92_040e8);
        assert(spots.settlementPriceE8(BTC, 2_000_000_000) == price);
        int64 funding = hub.cumulativeFundingE8(BTC);
        _settle(short);
        requireLedgerNow();
        pass(2 days);
        hub.checkpoint();
        assert(hub.cumulativeFundingE8(BTC) == funding);
        _settle(long);
        assert(unpacked(long).positions.length == 1 && unpacked(short).positions.length == 0);
        int256 gain = int256(uint256(price)) - int256(BTC_PRICE) - funding;
        // Interest on credit is some cents.
        assert(unpacked(long).cashE8 - before - gain < 100e8 && unpacked(long).cashE8 - before - gain >= -1);
        assert(clearinghouse.marketTotals(BTC).openInterestE8 == 0 && clearinghouse.ledger().oneSidedE8 >= 0);
        assert(clearinghouse.ledger().oneSidedE8 < 3);
        requireConserved();
    }

    function test_windDown_everyOperationSettlesAndEverythingComesOut() public {
        starveBtc(7 days);
        clearinghouse.windDown(BTC);
        // What is left in another market goes on; the collateral that rests on the dead price comes out once nothing is open.
        trade(other, long, ethPerpetual, 1e8, ETH_PRICE);
        assert(unpacked(long).positions.length == 0);
        pass(1800);
        withdraw(long, WBTC_TOKEN, 1e7);
        withdraw(long, USDC_TOKEN, 100_000e6);
        _settle(short);
        withdraw(short, USDC_TOKEN, 97_000e6);
        requireConserved();
    }

    function test_windDown_isForEver() public {
        starveBtc(7 days);
        clearinghouse.windDown(BTC);
        _revive();
        spots.update(BTC);
        assert(spots.spotOf(BTC).state == 2 && spots.spotOf(BTC).spotE8 == 93_000e8);
        address[] memory sources = new address[](1);
        VM.expectRevert(abi.encodeWithSelector(ISpotMarkets.MarketClosed.selector, BTC));
        spots.setFeeds(BTC, sources, feedParameters(1));
    }

    // Helpers

    function _settle(uint64 account) private {
        bytes memory state = stateOf(account);
        VM.recordLogs();
        clearinghouse.settleExpired(account, state);
        readStates();
    }

    /// @dev While one side is settled and the other is not, sizes do not sum to zero; the cash does.
    function requireLedgerNow() private view {
        int256 sum = 0;
        for (uint64 a = 1; a <= clearinghouse.accountCount(); ++a) {
            sum += unpacked(a).cashE8;
            for (uint256 i = 0; i < unpacked(a).positions.length; ++i) sum -= unpacked(a).positions[i].costE8;
        }
        requireLedger(sum);
    }

    function _revive() private {
        setBtc(92_000e8);
        spots.update(BTC);
        nextBlock();
        btcFeed.setRound(1_000, -1, block.timestamp);
        spots.update(BTC);
    }
}
