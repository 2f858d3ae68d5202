// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Breakdown, SurfaceChoice} from "./IReferee.sol";

/// @title Reports of the referee: every term that adds up to the figures
/// @notice Same inputs and warnings as `IReferee`. Decides nothing; for reports and for exact comparison.
interface IRefereeReports {
    /// @notice Every term per underlying and per risk group, with the scenario and the kink that bind.
    function breakdown(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (Breakdown memory report);
}
