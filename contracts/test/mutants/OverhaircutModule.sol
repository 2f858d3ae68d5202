// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../interfaces/IClearinghouse.sol";
import {IFloorReferee} from "../../interfaces/IFloorReferee.sol";
import {IInsuranceFund} from "../../interfaces/IInsuranceFund.sol";
import {IMarginVault} from "../../interfaces/IMarginVault.sol";
import {IPriceHub} from "../../interfaces/IPriceHub.sol";
import {IReferee} from "../../interfaces/IReferee.sol";
import {IRiskParameters} from "../../interfaces/IRiskParameters.sol";
import {DistressModule} from "../../liquidation/DistressModule.sol";

/// @title Mutant: deleveraging takes half of the mark, whatever the loss is
contract OverhaircutModule is DistressModule {
    constructor(
        IClearinghouse clearinghouse_,
        IMarginVault vault_,
        IPriceHub hub_,
        IReferee referee_,
        IFloorReferee floors_,
        IRiskParameters parameters_,
        IInsuranceFund insurance_
    ) DistressModule(clearinghouse_, vault_, hub_, referee_, floors_, parameters_, insurance_) {}

    function _lostE8(Distress memory, int256) internal pure override returns (uint256) {
        return type(uint128).max;
    }
}
