// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Rooms: contracts whose code runs in the storage of another, for size alone
library Rooms {
    /// @notice Runs the same call in a room, in the caller's storage, and ends with its answer.
    function forward(address room) internal {
        // Safe: behind the free pointer, and this call ends here. A room has code: it answered when it was fixed.
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, 0, calldatasize())
            let done := delegatecall(gas(), room, free, calldatasize(), 0, 0)
            returndatacopy(free, 0, returndatasize())
            if iszero(done) {
                revert(free, returndatasize())
            }
            return(free, returndatasize())
        }
    }
}
