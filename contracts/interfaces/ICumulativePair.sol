// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The part of a constant-product pair that an average of its traded prices needs
/// @notice The shape of Uniswap v2's pair: prices are UQ112.112, cumulative over seconds, and only moved by the first trade of a block.
interface ICumulativePair {
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 time);
    function price0CumulativeLast() external view returns (uint256);
    function price1CumulativeLast() external view returns (uint256);
}
