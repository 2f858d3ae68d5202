// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Books, Working} from "../../clearing/AccountBook.sol";
import {LotModule} from "../../clearing/LotModule.sol";
import {IHealthGate} from "../../interfaces/IHealthGate.sol";
import {IMarginVault} from "../../interfaces/IMarginVault.sol";
import {IPriceHub} from "../../interfaces/IPriceHub.sol";
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
        bytes calldata state
    ) external override onlyHouse returns (bytes memory lotState) {
        Books memory books = _openBooks();
        Working memory working = _touch(books, account, state);
        lotState = _write(books, working);
        _accounts[account].inLot = true;
        _closeBooks(books);
    }

    function rewardKeeper(
        uint64,
        bytes calldata state,
        address,
        int256 equityE8
    ) external view override onlyHouse returns (bytes memory lotState, int256 leftE8) {
        return (state, equityE8);
    }
}
