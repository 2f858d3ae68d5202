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

    function _bankruptcy(
        Live memory live,
        Distress memory d,
        uint256
    ) internal view override returns (uint96[] memory, int256[] memory, uint256) {
        return super._bankruptcy(live, d, type(uint128).max);
    }
}
