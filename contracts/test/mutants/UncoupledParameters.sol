// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RiskParameters} from "../../risk/RiskParameters.sol";

/// @title Mutant: parameters of which each has its own limits, and no two a common one
contract UncoupledParameters is RiskParameters {
    constructor(address authority, uint32 initialFactorE8_) RiskParameters(authority, initialFactorE8_) {}

    function _requireCoupled(uint16) internal view override {}
}
