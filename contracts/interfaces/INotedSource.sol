// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceSource} from "./IPriceSource.sol";

/// @title A price source that remembers what it last saw
/// @notice The price hub asks every token's source to note at the end of each checkpoint; anyone may at any time. A source that has nothing to note need not have the function.
interface INotedSource is IPriceSource {
    /// @notice Notes what is seen now.
    function note() external;
}
