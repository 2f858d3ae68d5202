// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../interfaces/IClearinghouse.sol";
import {IFloorReferee} from "../../interfaces/IFloorReferee.sol";
import {IInsuranceFund} from "../../interfaces/IInsuranceFund.sol";
import {Lot, LotPreimage} from "../../interfaces/ILiquidationHouse.sol";
import {IMarginVault} from "../../interfaces/IMarginVault.sol";
import {IPriceHub} from "../../interfaces/IPriceHub.sol";
import {IReferee} from "../../interfaces/IReferee.sol";
import {IRiskParameters, LiquidationParameters} from "../../interfaces/IRiskParameters.sol";
import {LiquidationHouse} from "../../liquidation/LiquidationHouse.sol";
import {AccountState} from "../../margin/AccountStates.sol";
import {HouseFlaw} from "./Flaws.sol";

/// @title Mutant: a liquidation house with one flaw of those that others paid for
contract NaiveHouse is LiquidationHouse {
    uint256 private constant WHOLE = 1e8;
    HouseFlaw public immutable flaw;

    constructor(
        IClearinghouse clearinghouse_,
        IMarginVault vault_,
        IPriceHub hub_,
        IReferee referee_,
        IFloorReferee floors_,
        IRiskParameters parameters_,
        IInsuranceFund insurance_,
        HouseFlaw flaw_
    ) LiquidationHouse(clearinghouse_, vault_, hub_, referee_, floors_, parameters_, insurance_) {
        flaw = flaw_;
    }

    function _requireLot(uint64 lot, LotPreimage calldata preimage) internal view override returns (Lot memory stored) {
        stored = super._requireLot(lot, preimage);
        if (flaw != HouseFlaw.LotFollowsAccount) return stored;
        bytes32 found = keccak256(vault.balancesOf(preimage.account));
        require(found == keccak256(preimage.balances), LotMismatch(lot, stored.lotHash, found));
    }

    function _fraction(
        uint64 lot,
        Lot memory stored,
        LiquidationParameters memory p,
        uint64 wantedE8
    ) internal view override returns (uint64 fractionE8) {
        if (flaw != HouseFlaw.BidsOutrun) return super._fraction(lot, stored, p, wantedE8);
        uint64 left = stored.forSaleE8 - stored.soldE8;
        require(wantedE8 <= left, FractionInvalid(lot, wantedE8, left));
        return wantedE8;
    }

    function _discountAt(
        LiquidationParameters memory p,
        uint256 ageSeconds
    ) internal view override returns (uint256 discountE8) {
        if (flaw != HouseFlaw.PriceFallsToNothing) return super._discountAt(p, ageSeconds);
        discountE8 = (WHOLE * ageSeconds) / p.discountRampSeconds;
        return discountE8 < WHOLE ? discountE8 : WHOLE;
    }

    function _bankruptcy(
        Live memory live,
        AccountState memory state,
        uint256 lossE8
    ) internal view override returns (uint96[] memory, int256[] memory, uint256) {
        return super._bankruptcy(live, state, flaw == HouseFlaw.Overhaircut ? type(uint128).max : lossE8);
    }
}
