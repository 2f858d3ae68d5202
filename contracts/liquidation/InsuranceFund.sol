// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";

/// @title The insurance fund
/// @notice Holds nothing itself: its money is in the vault's pool, its account the cash ledger's `insuranceE8`.
contract InsuranceFund is IInsuranceFund {
    IMarginVault public immutable vault;
    IClearinghouse public immutable clearinghouse;
    IRiskParameters public immutable parameters;

    constructor(IMarginVault vault_, IClearinghouse clearinghouse_, IRiskParameters parameters_) {
        vault = vault_;
        clearinghouse = clearinghouse_;
        parameters = parameters_;
    }

    /// @inheritdoc IInsuranceFund
    function fund(uint128 amountRaw) external {
        vault.poolFrom(msg.sender, amountRaw);
        IClearinghouseModules(address(clearinghouse)).bookInsurance(amountRaw);
        emit Funded(msg.sender, amountRaw);
    }

    /// @inheritdoc IInsuranceFund
    function balanceE8() public view returns (uint256) {
        return clearinghouse.ledger().insuranceE8;
    }

    /// @inheritdoc IInsuranceFund
    function coverage(uint256 wantedE8, uint256 takenE8) external view returns (uint256 coveredE8) {
        uint256 cap = parameters.liquidation().insuranceEventMaxE8;
        uint256 left = takenE8 < cap ? cap - takenE8 : 0;
        uint256 held = balanceE8();
        coveredE8 = wantedE8 < left ? wantedE8 : left;
        if (held < coveredE8) coveredE8 = held;
    }
}
