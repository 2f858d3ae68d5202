// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A manager that asks nobody, as a thief of governance's key would have one
contract LenientManager {
    function canCall(address, address, bytes4) external pure returns (bool) {
        return true;
    }
}
