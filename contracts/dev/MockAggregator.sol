// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAggregator} from "../interfaces/IAggregator.sol";

/// @title A price feed for local chains: anyone sets the answer and its time
contract MockAggregator is IAggregator {
    uint8 public immutable override decimals;
    uint80 private _round;
    int256 private _answer;
    uint256 private _updatedAt;

    constructor(uint8 decimals_, int256 answer) {
        decimals = decimals_;
        setAnswer(answer);
    }

    /// @notice A new round with this answer, updated now.
    function setAnswer(int256 answer) public {
        setRound(_round + 1, answer, block.timestamp);
    }

    /// @notice A round as given, bad ones included.
    function setRound(uint80 round, int256 answer, uint256 updatedAt) public {
        _round = round;
        _answer = answer;
        _updatedAt = updatedAt;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (_round, _answer, _updatedAt, _updatedAt, _round);
    }
}
