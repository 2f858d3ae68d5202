// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {MockAggregator} from "./MockAggregator.sol";

/// @title A recorded round and an update in one transaction
contract RoundReplay {
    function push(
        MockAggregator feed,
        int256 answer,
        uint256 updatedAt,
        ISpotMarkets spots,
        uint16 underlying
    ) external {
        (uint80 round, , , , ) = feed.latestRoundData();
        feed.setRound(round + 1, answer, updatedAt);
        spots.update(underlying);
    }
}
