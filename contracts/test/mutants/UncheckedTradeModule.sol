// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Live} from "../../clearing/ClearingCore.sol";
import {LiveMarket, LiveMarkets} from "../../clearing/LiveMarkets.sol";
import {TradeModule} from "../../clearing/TradeModule.sol";
import {IHealthGate} from "../../interfaces/IHealthGate.sol";
import {IMarginVault} from "../../interfaces/IMarginVault.sol";
import {IPriceHub} from "../../interfaces/IPriceHub.sol";
import {IRiskParameters} from "../../interfaces/IRiskParameters.sol";
import {Instruments} from "../../margin/Instruments.sol";

/// @title Mutant: what is traded need not be anything that a margin check could read, nor no more than its market can take
contract UncheckedTradeModule is TradeModule {
    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_,
        address closing_
    ) TradeModule(authority, vault_, hub_, parameters_, gate_, closing_) {}

    function _requireMarket(
        Live memory live,
        uint96 instrument,
        uint256
    ) internal view override returns (LiveMarket memory) {
        return LiveMarkets.find(live.records, Instruments.underlyingOf(instrument));
    }

    function _requireInterest(uint96, LiveMarket memory) internal view override {}
}
