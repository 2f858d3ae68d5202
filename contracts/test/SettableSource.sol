// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceSource} from "../interfaces/IPriceSource.sol";

/// @title A price source that says what a test wants
contract SettableSource is IPriceSource {
    uint64 private _priceE8;
    /// @dev 0: observed now.
    uint40 private _time;

    constructor(uint64 priceE8) {
        _priceE8 = priceE8;
    }

    function set(uint64 priceE8) external {
        (_priceE8, _time) = (priceE8, 0);
    }

    function setAt(uint64 priceE8, uint40 time) external {
        (_priceE8, _time) = (priceE8, time);
    }

    function read() external view returns (uint64 priceE8, uint40 time) {
        return (_priceE8, _time == 0 ? uint40(block.timestamp) : _time);
    }
}
