// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState} from "../margin/AccountStates.sol";

/// @notice What closing what was due left of an account.
struct Closed {
    AccountState state;
    /// @notice How many expired positions were settled.
    uint256 expired;
    /// @notice How many open needs took something.
    uint256 served;
    /// @notice What the closed sides paid in, less what they were paid.
    int256 oneSidedE8;
}

/// @title What every room of the clearinghouse has done elsewhere
/// @notice Warning: runs by delegatecall of another room, in the clearinghouse's storage, and trusts the state that it is given. Called by itself it moves nothing but its own empty storage.
interface IClosingModule {
    /// @notice Settles the expired positions of a state and, when `serving`, gives open needs what they take of it.
    /// @param state Packed (MRG-002), after interest and sweep.
    function closeDue(uint64 account, bytes calldata state, bool serving) external returns (Closed memory closed);
}
