// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LotFixture} from "./LotFixture.sol";

/// @title Somebody long of one bitcoin on 20,000, who bought it of one who can pay, and one who can bid
abstract contract LeveragedFixture is LotFixture {
    uint64 internal victim;
    uint64 internal maker;
    uint64 internal bidder;

    function setUp() public {
        deploy();
        victim = openWith(20_000);
        maker = openWith(1_000_000);
        bidder = openWith(1_000_000);
        trade(victim, maker, btcPerpetual, 1e8, BTC_PRICE);
        pass(60);
    }
}
