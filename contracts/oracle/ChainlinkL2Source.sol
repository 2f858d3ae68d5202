// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChainlinkSource} from "./ChainlinkSource.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {Rounds} from "./Rounds.sol";

/// @title A Chainlink-style feed on a chain with one sequencer
/// @notice Besides all that `ChainlinkSource` asks: the sequencer's uptime feed says 0 (up), and has said so for a grace period, in which traders can answer before prices count again.
contract ChainlinkL2Source is ChainlinkSource {
    address public immutable uptimeFeed;
    uint256 public immutable graceSeconds;

    constructor(
        address feed_,
        uint256 heartbeatSeconds_,
        uint256 minPriceE8_,
        uint256 maxPriceE8_,
        address uptimeFeed_,
        uint256 graceSeconds_
    ) ChainlinkSource(feed_, heartbeatSeconds_, minPriceE8_, maxPriceE8_) {
        uptimeFeed = uptimeFeed_;
        graceSeconds = graceSeconds_;
    }

    /// @inheritdoc IPriceSource
    function read() public view override returns (uint64 priceE8, uint40 time) {
        (bool answered, int256 isDown, uint256 startedAt) = Rounds.latestStart(uptimeFeed);
        // A start of 0 is a feed that was never told anything.
        if (!answered || isDown != 0 || startedAt == 0 || startedAt > block.timestamp) return (0, 0);
        if (block.timestamp - startedAt < graceSeconds) return (0, 0);
        return super.read();
    }
}
