// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {LotFixture} from "./LotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice 10 October 2025: two billion dollars of positions were deleveraged within twelve minutes, coin by coin. The losers' money lasted to the price at which the winners were closed;
/// what the winners got then is in the record, and deleveraging must give them that and take nothing more. Each of the largest coins is replayed at a thousandth of its notional, its price moved by powers of ten into the domain.
contract IncidentsOctoberTest is LotFixture {
    string private constant RECORD = "../shared/data/orderbook/hyperliquid_adl_by_coin_2025-10-10.csv";
    string private constant DISTRESS = "contracts/liquidation/DistressModule.sol:DistressModule";
    uint256 private constant COINS = 6;
    uint256 private constant PARTS = 1000;
    /// @dev What steps of prices, of sizes and of cents may come to.
    int256 private constant CENTS = 5e6;

    struct Coin {
        uint256 volumeE8;
        uint256 notionalE8;
        uint256 gainE8;
    }

    function test_october2025_replay_winnersGetWhatTheRecordSays() public {
        Coin[] memory coins = _read();
        for (uint256 i = 0; i < coins.length; ++i) {
            uint256 clean = VM.snapshotState();
            (int256 got, int256 recorded) = _replay(coins[i]);
            VM.revertToState(clean);
            require(got <= recorded + CENTS && got >= recorded - CENTS, Broken("the winners get what the record says"));
        }
    }

    function test_october2025_replay_onTheMutant() public {
        standIn(DISTRESS, "OverhaircutModule", 0);
        Coin[] memory coins = _read();
        (int256 got, int256 recorded) = _replay(coins[0]);
        require(got < recorded / 2, Broken("the attack works on the naive variant"));
    }

    function _replay(Coin memory coin) private returns (int256 gotE8, int256 recordedE8) {
        deploy();
        parameters.setUnderlying(BTC, underlyingParameters(2_000_000, 45_000_000));
        uint256 bankruptE8 = (coin.notionalE8 * 1e8) / coin.volumeE8;
        uint256 entryE8 = ((coin.notionalE8 + coin.gainE8) * 1e8) / coin.volumeE8;
        while (entryE8 < 1_000e8) (entryE8, bankruptE8) = (entryE8 * 10, bankruptE8 * 10);
        uint256 sizeE8 = ((coin.notionalE8 / PARTS) * 1e8) / bankruptE8;
        recordedE8 = int256((sizeE8 * (entryE8 - bankruptE8)) / 1e8);
        walkBtc(entryE8);
        uint64 loser = open();
        // The fee of the taker comes on top.
        uint256 feeE8 = (((sizeE8 * entryE8) / 1e8) * 50_000) / 1e8;
        deposit(loser, USDC_TOKEN, uint128((uint256(recordedE8) + feeE8) / 100));
        uint64 winner = openWith(10_000_000);
        trade(loser, winner, btcPerpetual, int256(sizeE8), entryE8);
        uint64 hedged = _hedged(sizeE8, entryE8);
        walkBtc((bankruptE8 * 95) / 100);
        uint64 lot = startLot(loser);
        pass(60);
        deleverageLot(lot);
        // Whoever gained as much and holds the coin itself is asked last of all: by then the other has served.
        pass(599);
        _requireSpared(hedged);
        pass(1);
        int256 before = unpacked(winner).cashE8;
        serveNeed(winner);
        gotE8 = unpacked(winner).cashE8 - before;
        _requireSpared(hedged);
        require(unpacked(hedged).positions.length == 1, Broken("a hedge was taken away"));
        requireConserved();
    }

    /// @dev Another winner of the same size, whose short position hedges as many coins.
    function _hedged(uint256 sizeE8, uint256 entryE8) private returns (uint64 hedged) {
        hedged = openWith(10_000_000);
        deposit(hedged, WBTC_TOKEN, uint128(sizeE8));
        trade(openWith(100_000_000), hedged, btcPerpetual, int256(sizeE8), entryE8);
    }

    function _requireSpared(uint64 hedged) private {
        bytes memory state = stateOf(hedged);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToServe.selector, hedged));
        clearinghouse.serveNeed(hedged, state);
    }

    // The record

    /// @dev Where the record is not there, the test is skipped, and says so.
    function _read() private returns (Coin[] memory coins) {
        try VM.readFile(RECORD) returns (string memory text) {
            return _parse(bytes(text));
        } catch {
            VM.skip(true, string.concat(RECORD, " is not there"));
        }
    }

    /// @dev ticker,net_volume,net_notional_usd,total_pnl,num_adl_events,avg_price; ordered by notional.
    function _parse(bytes memory text) private pure returns (Coin[] memory coins) {
        coins = new Coin[](COINS);
        uint256 place = _after(text, 0, "\n");
        for (uint256 i = 0; i < COINS; ++i) {
            place = _after(text, place, ",");
            (coins[i].volumeE8, place) = _numberE8(text, place);
            (coins[i].notionalE8, place) = _numberE8(text, place);
            (coins[i].gainE8, place) = _numberE8(text, place);
            place = _after(text, place, "\n");
        }
    }

    function _after(bytes memory text, uint256 place, bytes1 mark) private pure returns (uint256) {
        while (text[place] != mark) ++place;
        return place + 1;
    }

    /// @dev Eight decimals; further ones are cut.
    function _numberE8(bytes memory text, uint256 place) private pure returns (uint256 value, uint256 next) {
        uint256 decimals = 0;
        bool behind = false;
        for (; text[place] != ","; ++place) {
            if (text[place] == ".") {
                behind = true;
                continue;
            }
            if (behind && decimals == 8) continue;
            if (behind) ++decimals;
            value = value * 10 + (uint8(text[place]) - 48);
        }
        return (value * 10 ** (8 - decimals), place + 1);
    }
}
