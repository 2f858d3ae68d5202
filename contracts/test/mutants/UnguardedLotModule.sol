// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LotModule} from "../../clearing/LotModule.sol";
import {LotEntry} from "../../interfaces/IClearinghouseModules.sol";
import {IHealthGate} from "../../interfaces/IHealthGate.sol";
import {IMarginVault} from "../../interfaces/IMarginVault.sol";
import {IPriceHub} from "../../interfaces/IPriceHub.sol";
import {IReferee} from "../../interfaces/IReferee.sol";
import {IRiskParameters} from "../../interfaces/IRiskParameters.sol";

/// @title Mutant: lots begin in the middle of other operations, too
contract UnguardedLotModule is LotModule {
    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_,
        address closing_
    ) LotModule(authority, vault_, hub_, parameters_, gate_, closing_) {}

    function enterLot(
        uint64 account,
        bytes calldata state,
        address keeper,
        IReferee referee,
        bytes calldata witness
    ) external override onlyHouse returns (LotEntry memory entry) {
        return _enterLot(account, state, keeper, referee, witness);
    }
}
