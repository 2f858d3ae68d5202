// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the vault needs of a token that wraps ether
interface IWrappedEther {
    /// @notice Gives the caller as much of the token as it pays in.
    function deposit() external payable;
}
