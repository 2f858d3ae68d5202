// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceHub} from "./IPriceHub.sol";

/// @title What a contract was connected to, once and for ever
interface IConnected {
    /// @notice The contract that takes lots over.
    function liquidationHouse() external view returns (address);

    /// @notice The price hub, which brings interest up to now.
    function hub() external view returns (IPriceHub);
}
