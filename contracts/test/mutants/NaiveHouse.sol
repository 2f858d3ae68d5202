// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Lot, LotPreimage} from "../../interfaces/ILiquidationHouse.sol";
import {LiquidationParameters} from "../../interfaces/IRiskParameters.sol";
import {LiquidationHouse} from "../../liquidation/LiquidationHouse.sol";
import {LotBook} from "../../liquidation/LotBook.sol";
import {HouseFlaw} from "./Flaws.sol";

/// @title Mutant: a liquidation house with one flaw of those that others paid for
contract NaiveHouse is LiquidationHouse {
    uint256 private constant WHOLE = 1e8;
    HouseFlaw public immutable flaw;

    constructor(LotBook room, HouseFlaw flaw_) LiquidationHouse(room) {
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
}
