// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Words of memory and calldata by their address
/// @notice Callers name a word of the workspace (`Workspace.sol`), a word of something that they allocated, or calldata that they found inside its bounds.
library Words {
    function load(uint256 word) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(word)
        }
    }

    function loadSigned(uint256 word) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := mload(word)
        }
    }

    function store(uint256 word, uint256 value) internal pure {
        // Safe: see the library's notice.
        assembly ("memory-safe") {
            mstore(word, value)
        }
    }

    function store(uint256 word, int256 value) internal pure {
        // Safe: see the library's notice.
        assembly ("memory-safe") {
            mstore(word, value)
        }
    }

    /// @notice Adds to a word; the sums of the workspace stay in 256 bits (MRG-003, MRG-010).
    function add(uint256 word, uint256 value) internal pure {
        // Safe: see the library's notice.
        assembly ("memory-safe") {
            mstore(word, add(mload(word), value))
        }
    }

    function add(uint256 word, int256 value) internal pure {
        // Safe: see the library's notice.
        assembly ("memory-safe") {
            mstore(word, add(mload(word), value))
        }
    }

    function inCalldata(uint256 offset) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(offset)
        }
    }

    /// @notice Memory for `length` bytes, not cleared; a multiple of 32.
    function take(uint256 length) internal pure returns (uint256 word) {
        // Safe: moves the free pointer over what it gives, as an allocation does.
        assembly ("memory-safe") {
            word := mload(0x40)
            mstore(0x40, add(word, length))
        }
    }

    /// @notice Sets words to zero.
    function clear(uint256 word, uint256 length) internal pure {
        // Safe: see the library's notice; reading beyond the calldata gives zeros.
        assembly ("memory-safe") {
            calldatacopy(word, calldatasize(), length)
        }
    }
}
