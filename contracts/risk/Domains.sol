// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRiskParameters} from "../interfaces/IRiskParameters.sol";

/// @title What a setter takes of one number
/// @custom:spec PAR-007
library Domains {
    /// @param name The field, as the record names it: who waited two days to set nine of them is told which one it was.
    function requireWithin(bytes32 name, uint256 value, uint256 least, uint256 largest) internal pure {
        require(value >= least && value <= largest, IRiskParameters.ParameterOutOfRange(name, value, least, largest));
    }
}
