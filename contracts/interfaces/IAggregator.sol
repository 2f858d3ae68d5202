// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The public shape of a Chainlink price feed (AggregatorV3Interface)
interface IAggregator {
    /// @notice Decimals of the answers.
    function decimals() external view returns (uint8);

    /// @notice The latest round: its number, answer, and when it was started and updated.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
