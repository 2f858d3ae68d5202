// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof} from "../interfaces/ClearingTypes.sol";
import {Quote} from "../interfaces/IFloorReferee.sol";
import {HealthQuestion} from "../interfaces/IHealthGate.sol";
import {ClearingParameters} from "../interfaces/IRiskParameters.sol";
import {UnderlyingRecord} from "../margin/Checkpoints.sol";
import {BareSurroundings} from "./BareSurroundings.sol";

/// @title The same with prices, parameters and a settlement token that a test sets, and the floor referee besides
contract SettableSurroundings is BareSurroundings {
    uint8 private immutable _decimals;
    uint64 private _spotE8 = SPOT_E8;
    uint64 private _markE8 = SPOT_E8;
    uint32 private _priceRangeE8;
    uint32 private _premiumClampE8;
    uint64 private _settlementE8;
    uint64 private _optionInterestMaxE8 = type(uint64).max;
    uint128 private _riskInterestMaxE8 = type(uint128).max;
    uint128 private _sweptRaw;
    ClearingParameters private _clearing;
    Quote private _quote;
    mapping(uint64 account => uint256) private _creditFeeE8;

    constructor(uint8 decimals) {
        _decimals = decimals;
    }

    function setPrices(uint256 spotE8, uint256 markE8) external {
        (_spotE8, _markE8) = (uint64(spotE8), uint64(markE8));
    }

    function setCaps(uint256 priceRangeE8, uint256 riskInterestMaxE8_, uint256 optionInterestMaxE8_) external {
        _priceRangeE8 = uint32(priceRangeE8);
        (_riskInterestMaxE8, _optionInterestMaxE8) = (uint128(riskInterestMaxE8_), uint64(optionInterestMaxE8_));
    }

    function setPremiumClamp(uint256 clampE8) external {
        _premiumClampE8 = uint32(clampE8);
    }

    function setClearing(ClearingParameters calldata p) external {
        _clearing = p;
    }

    function setQuote(Quote calldata quote) external {
        _quote = quote;
    }

    /// @notice What showing an account's health costs it.
    function setCreditFee(uint64 account, uint256 feeE8) external {
        _creditFeeE8[account] = feeE8;
    }

    function setSettlement(uint256 priceE8) external {
        _settlementE8 = uint64(priceE8);
    }

    function setSwept(uint256 amountRaw) external {
        _sweptRaw = uint128(amountRaw);
    }

    function requireHealthy(
        HealthQuestion calldata question,
        Proof calldata,
        bytes calldata,
        bytes calldata
    ) external view override returns (uint256 feeE8) {
        return _creditFeeE8[question.account];
    }

    function quoteOf(uint96, bytes calldata, bytes calldata) external view returns (Quote memory) {
        return _quote;
    }

    function optionInterestMaxE8(uint16) external view override returns (uint64) {
        return _optionInterestMaxE8;
    }

    function settlementPriceE8(uint16, uint32) external view override returns (uint64) {
        return _settlementE8;
    }

    function clearing() external view override returns (ClearingParameters memory) {
        return _clearing;
    }

    function premiumClampE8() external view override returns (uint32) {
        return _premiumClampE8;
    }

    function riskInterestMaxE8(uint16) external view override returns (uint128) {
        return _riskInterestMaxE8;
    }

    function tokenAt(uint16) external view override returns (address, uint8) {
        return (address(this), _decimals);
    }

    function sweep(uint64) external view override returns (uint128) {
        return _sweptRaw;
    }

    function _market() internal view override returns (UnderlyingRecord memory record) {
        (record.spotE8, record.perpetualMarkE8, record.averageSpotE8) = (_spotE8, _markE8, _spotE8);
        record.priceRangeE8 = _priceRangeE8;
    }
}
