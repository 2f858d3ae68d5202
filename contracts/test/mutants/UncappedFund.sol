// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../interfaces/IClearinghouse.sol";
import {IMarginVault} from "../../interfaces/IMarginVault.sol";
import {IRiskParameters} from "../../interfaces/IRiskParameters.sol";
import {InsuranceFund} from "../../liquidation/InsuranceFund.sol";

/// @title Mutant: insurance that pays whatever is asked of it, as a vault does that inherits every position
contract UncappedFund is InsuranceFund {
    constructor(
        IMarginVault vault_,
        IClearinghouse clearinghouse_,
        IRiskParameters parameters_
    ) InsuranceFund(vault_, clearinghouse_, parameters_) {}

    function coverage(uint16, uint256 wantedE8, uint256) external view override returns (uint256 coveredE8) {
        return wantedE8 < balanceE8() ? wantedE8 : balanceE8();
    }
}
