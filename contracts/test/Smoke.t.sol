// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState} from "../margin/AccountStates.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {ILiquidationHouse, LotPreimage} from "../interfaces/ILiquidationHouse.sol";

contract SmokeTest is ProtocolFixture {
    function setUp() public {
        deploy();
    }

    function test_trade_movesBothSides() public {
        uint64 buyer = openWith(50_000);
        uint64 seller = openWith(50_000);
        trade(buyer, seller, btcPerpetual, 1e8, BTC_PRICE);
        AccountState memory b = unpacked(buyer);
        require(b.positions.length == 1 && b.positions[0].sizeE8 == 1e8, "size");
        require(b.positions[0].costE8 == int256(BTC_PRICE), "cost");
        require(b.cashE8 == 50_000e8 - 45e8, "cash less taker fee");
        requireConserved();
        withdraw(buyer, USDC_TOKEN, 10_000e6);
        requireConserved();
    }

    function test_lot_fromStartToEnd() public {
        uint64 buyer = openWith(20_000);
        uint64 seller = openWith(50_000);
        uint64 bidder = openWith(100_000);
        trade(buyer, seller, btcPerpetual, 1e8, BTC_PRICE);
        pass(60);
        setBtc(80_000e8);
        bytes memory state = stateOf(buyer);
        vm.recordLogs();
        uint64 lot = house.start(buyer, state, hex"00");
        readStates();
        LotPreimage memory preimage = LotPreimage(buyer, stateOf(buyer), vault.balancesOf(buyer));
        pass(600);
        vm.recordLogs();
        vm.prank(ownerOf(bidder));
        house.bid(lot, preimage, 1e8, 1e16, input(bidder, computed()));
        readStates();
        vm.recordLogs();
        house.finish(lot, preimage);
        readStates();
        requireConserved();
    }
}
