// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAggregator} from "../interfaces/IAggregator.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {Rounds} from "./Rounds.sol";

/// @title A Chainlink-style feed as a price source
/// @notice Answers 0 unless the feed's round is complete, positive, not from the future, not older than its heartbeat, and inside the bounds.
contract ChainlinkSource is IPriceSource {
    uint256 internal constant PRICE_DECIMALS = 8;
    uint256 internal constant PRICE_MAX_E8 = 2 ** 48;

    address public immutable feed;
    uint256 public immutable heartbeatSeconds;
    uint256 public immutable minPriceE8;
    uint256 public immutable maxPriceE8;
    uint256 private immutable _multiplier;
    uint256 private immutable _divisor;

    /// @notice Thrown when bounds or heartbeat make no sense.
    error SourceInvalid(uint256 heartbeatSeconds, uint256 minPriceE8, uint256 maxPriceE8);

    /// @param feed_ The aggregator; its decimals are read once, and a later change of scale falls out of the bounds.
    constructor(address feed_, uint256 heartbeatSeconds_, uint256 minPriceE8_, uint256 maxPriceE8_) {
        require(
            heartbeatSeconds_ != 0 && minPriceE8_ != 0 && minPriceE8_ < maxPriceE8_ && maxPriceE8_ <= PRICE_MAX_E8,
            SourceInvalid(heartbeatSeconds_, minPriceE8_, maxPriceE8_)
        );
        uint256 decimals = IAggregator(feed_).decimals();
        feed = feed_;
        heartbeatSeconds = heartbeatSeconds_;
        minPriceE8 = minPriceE8_;
        maxPriceE8 = maxPriceE8_;
        _multiplier = decimals < PRICE_DECIMALS ? 10 ** (PRICE_DECIMALS - decimals) : 1;
        _divisor = decimals > PRICE_DECIMALS ? 10 ** (decimals - PRICE_DECIMALS) : 1;
    }

    /// @inheritdoc IPriceSource
    function read() public view virtual returns (uint64 priceE8, uint40 time) {
        (bool answered, uint256 round, int256 answer, uint256 updatedAt, uint256 answeredIn) = Rounds.latest(feed);
        if (!answered || round == 0 || answeredIn < round || answer <= 0) return (0, 0);
        if (updatedAt == 0 || updatedAt > block.timestamp) return (0, 0);
        if (block.timestamp - updatedAt > heartbeatSeconds) return (0, uint40(updatedAt));
        // Compared before scaling, so that no answer overflows.
        if (uint256(answer) > type(uint128).max) return (0, uint40(updatedAt));
        uint256 scaled = (uint256(answer) * _multiplier) / _divisor;
        if (scaled < minPriceE8 || scaled > maxPriceE8) return (0, uint40(updatedAt));
        return (uint64(scaled), uint40(updatedAt));
    }
}
