// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICumulativePair} from "../interfaces/ICumulativePair.sol";

/// @title A pair whose price a test moves; cumulative prices as a constant-product pair keeps them
contract TradedPair is ICumulativePair {
    uint112 private _reserve0;
    uint112 private _reserve1;
    uint32 private _time;
    uint256 public price0CumulativeLast;
    uint256 public price1CumulativeLast;

    constructor(uint112 reserve0, uint112 reserve1) {
        (_reserve0, _reserve1, _time) = (reserve0, reserve1, uint32(block.timestamp));
    }

    function trade(uint112 reserve0, uint112 reserve1) external {
        uint256 held = block.timestamp - _time;
        price0CumulativeLast += ((uint256(_reserve1) << 112) / _reserve0) * held;
        price1CumulativeLast += ((uint256(_reserve0) << 112) / _reserve1) * held;
        (_reserve0, _reserve1, _time) = (reserve0, reserve1, uint32(block.timestamp));
    }

    function getReserves() external view returns (uint112, uint112, uint32) {
        return (_reserve0, _reserve1, _time);
    }
}
