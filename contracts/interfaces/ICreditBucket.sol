// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttesterBonds} from "./IAttesterBonds.sol";

/// @title The credit bucket: how much the protocol lends on attesters' word, over time
/// @notice What an attested proof lets an account do beyond what the chain can see for itself is credit (CLR-050). One bucket meters it for all accounts, epochs and kinds of proof.
/// Capacity and refill are fixed parts of k·bond, so that what can be drawn within the challenge horizon is at most half of what k signers lose when it is refuted (docs/security.md). Computing is never metered.
interface ICreditBucket {
    event CreditTaken(uint64 indexed account, uint256 creditE8, uint256 leftE8);
    event Connected(address indexed clearinghouse, address indexed gate, address indexed bonds);

    /// @notice Thrown when an attested operation needs more credit than there is. Wait, or compute on chain.
    error CreditExhausted(uint64 account, uint256 creditE8, uint256 leftE8);

    /// @notice Thrown when the caller is not the gate on behalf of the clearinghouse, or `connect` is called a second time.
    error NotConnected(address caller);

    /// @notice Takes credit. Gate only, and only when the clearinghouse asked it.
    function take(address asking, uint64 account, uint256 creditE8) external;

    /// @notice Fixes who may take; once. Governance.
    function connect(address clearinghouse, address gate, address bonds) external;

    /// @notice Whose bonds the credit is measured by, and who is paid for it.
    function bonds() external view returns (IAttesterBonds);

    /// @notice What can be taken now, and at most.
    function available() external view returns (uint256 leftE8, uint256 capacityE8);
}
