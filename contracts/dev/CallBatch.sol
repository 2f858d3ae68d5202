// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Many calls of one contract in one `eth_call`
/// @notice For differential runs; nothing of the protocol calls it. A call that reverts gives its revert data and stops nothing.
contract CallBatch {
    /// @notice What one call gave.
    struct Answer {
        bool success;
        bytes data;
    }

    /// @notice Calls `targets[i]` with `calls[i]`, in order.
    function run(address[] calldata targets, bytes[] calldata calls) external view returns (Answer[] memory answers) {
        answers = new Answer[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            (answers[i].success, answers[i].data) = targets[i].staticcall(calls[i]);
        }
    }
}
