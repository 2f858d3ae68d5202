// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CheckpointHeader, CollateralRecord, ExpiryRecord, Surface, UnderlyingRecord} from "./Checkpoints.sol";
import {Forwards} from "./Forwards.sol";

/// @title The domain inside which the margin is total
/// @notice Callers check these before a value enters a state or a checkpoint; the referee relies on them.
library MarginDomain {
    int256 internal constant SIZE_MAX_E8 = 2 ** 53;
    int256 internal constant COST_LIMIT_E8 = 2 ** 95;
    int256 internal constant CASH_LIMIT_E8 = 2 ** 100;
    uint256 internal constant LOCKED_GAIN_LIMIT_E8 = 2 ** 63;
    uint256 internal constant NOTIONAL_MAX_E16 = 2 ** 60 * ONE;
    uint256 internal constant ENTRY_MONEYNESS = 8;

    uint256 internal constant ONE = 1e8;
    uint256 internal constant ONE_E12 = 1e12;
    uint256 internal constant SPOT_MAX_E8 = 2 ** 48;
    uint256 internal constant FORWARD_MAX_E8 = 2 ** 49;
    uint256 internal constant UNITS_MAX_E8 = 2 ** 62;
    uint256 internal constant PRICE_RANGE_MIN_E8 = 1e6;
    uint256 internal constant PRICE_RANGE_MAX_E8 = 32e6;
    uint256 internal constant VOL_RANGE_MAX_E8 = 2e8;
    uint256 internal constant VOL_UP_FLOOR_MAX_E8 = 5e8;
    uint256 internal constant FLOOR_RATE_MAX_E8 = 1e7;
    uint256 internal constant NETTING_FLOOR_MIN_E8 = 5e7;
    uint256 internal constant INITIAL_FACTOR_MAX_E8 = 3e8;
    uint256 internal constant SVI_A_MAX_E12 = 2 ** 53;
    uint256 internal constant SVI_B_MAX_E12 = 2 ** 52;
    uint256 internal constant SVI_MAX_E8 = 6e8;
    uint256 internal constant INDEX_MIN_E12 = 1e6;
    uint256 internal constant INDEX_LIMIT_E12 = 2 ** 63;
    uint256 internal constant DECIMALS_MAX = 18;
    uint256 internal constant EXPIRIES_MAX = 32;
    uint256 internal constant UNDERLYINGS_MAX = 64;
    uint256 internal constant COLLATERALS_MAX = 32;

    /// @notice Whether a position's numbers may be held.
    /// @custom:spec MRG-003
    function isPositionHeld(int256 sizeE8, int256 costE8) internal pure returns (bool) {
        return sizeE8 >= -SIZE_MAX_E8 && sizeE8 <= SIZE_MAX_E8 && costE8 > -COST_LIMIT_E8 && costE8 < COST_LIMIT_E8;
    }

    /// @notice Whether an amount of cash may be held.
    /// @custom:spec MRG-003
    function isCashHeld(int256 cashE8) internal pure returns (bool) {
        return cashE8 > -CASH_LIMIT_E8 && cashE8 < CASH_LIMIT_E8;
    }

    /// @notice Whether a position may be entered or grown to this size at these prices; `strikeE8` is 0 for a perpetual or a future.
    /// @custom:spec MRG-003
    function mayEnter(int256 sizeE8, uint256 strikeE8, uint256 forwardE8, uint256 spotE8) internal pure returns (bool) {
        if (!isPositionHeld(sizeE8, 0)) return false;
        if (strikeE8 != 0 && (strikeE8 * ENTRY_MONEYNESS < forwardE8 || strikeE8 > forwardE8 * ENTRY_MONEYNESS))
            return false;
        return uint256(sizeE8 < 0 ? -sizeE8 : sizeE8) * spotE8 <= NOTIONAL_MAX_E16;
    }

    /// @notice Whether a header is in the domain.
    /// @custom:spec MRG-010
    function isHeader(CheckpointHeader memory header) internal pure returns (bool) {
        return
            header.initialFactorE8 >= ONE &&
            header.initialFactorE8 <= INITIAL_FACTOR_MAX_E8 &&
            header.underlyings <= UNDERLYINGS_MAX &&
            header.collaterals <= COLLATERALS_MAX &&
            _isIndex(header.debtIndexE12) &&
            _isIndex(header.creditIndexE12);
    }

    /// @notice Whether a collateral record is in the domain.
    /// @custom:spec MRG-010
    function isCollateral(CollateralRecord memory record) internal pure returns (bool) {
        return record.priceE8 <= SPOT_MAX_E8 && record.haircutE8 <= ONE && record.decimals <= DECIMALS_MAX;
    }

    /// @notice Whether an underlying's record, its expiries included, is in the domain.
    /// @custom:spec MRG-010
    function isUnderlying(UnderlyingRecord memory record) internal pure returns (bool) {
        if (!_isMarket(record) || !_isRisk(record)) return false;
        uint256 n = record.expiries.length;
        if (n > EXPIRIES_MAX) return false;
        uint256 previous = 0;
        for (uint256 i = 0; i < n; ++i) {
            ExpiryRecord memory expiry = record.expiries[i];
            if (expiry.expiry <= previous) return false;
            if (expiry.discountE12 == 0 || expiry.discountE12 > ONE_E12) return false;
            if (expiry.followSeconds > Forwards.WINDOW_SECONDS) return false;
            if (!isSurface(expiry.present) || !isSurface(expiry.delayed)) return false;
            previous = expiry.expiry;
        }
        return true;
    }

    /// @notice Whether a surface and its forwards are in the domain.
    /// @custom:spec MRG-010
    function isSurface(Surface memory surface) internal pure returns (bool) {
        return
            _isPrice(surface.forwardE8, FORWARD_MAX_E8) &&
            _isPrice(surface.publishedForwardE8, FORWARD_MAX_E8) &&
            _magnitude(surface.aE12) <= SVI_A_MAX_E12 &&
            surface.bE12 <= SVI_B_MAX_E12 &&
            _magnitude(surface.rhoE8) <= ONE &&
            _magnitude(surface.mE8) <= SVI_MAX_E8 &&
            _isPrice(surface.sigmaE8, SVI_MAX_E8);
    }

    function _isMarket(UnderlyingRecord memory record) private pure returns (bool) {
        return
            _isPrice(record.spotE8, SPOT_MAX_E8) &&
            _isPrice(record.perpetualMarkE8, SPOT_MAX_E8) &&
            _isPrice(record.averageSpotE8, SPOT_MAX_E8) &&
            record.spreadE8 <= record.spotE8 &&
            record.openInterestE8 <= UNITS_MAX_E8 &&
            record.depthE8 >= ONE &&
            record.depthE8 <= UNITS_MAX_E8 &&
            _magnitude(record.cumulativeFundingE8) <= UNITS_MAX_E8;
    }

    function _isRisk(UnderlyingRecord memory record) private pure returns (bool) {
        return
            record.priceRangeE8 >= PRICE_RANGE_MIN_E8 &&
            record.priceRangeE8 <= PRICE_RANGE_MAX_E8 &&
            record.volRangeE8 <= VOL_RANGE_MAX_E8 &&
            record.volUpFloorE8 <= VOL_UP_FLOOR_MAX_E8 &&
            record.floorRateE8 <= FLOOR_RATE_MAX_E8 &&
            record.nettingFloorE8 >= NETTING_FLOOR_MIN_E8 &&
            record.nettingFloorE8 <= ONE &&
            record.shortOptionMinimumE8 <= ONE &&
            record.basisChargeE8 <= ONE &&
            record.basisRateE8 <= ONE &&
            record.slippageE8 <= ONE &&
            record.slippageCapE8 <= ONE &&
            record.crowdingE8 <= ONE &&
            record.vegaChargeE8 <= ONE &&
            record.rateChargeE8 <= ONE;
    }

    function _isIndex(uint256 indexE12) private pure returns (bool) {
        return indexE12 >= INDEX_MIN_E12 && indexE12 < INDEX_LIMIT_E12;
    }

    function _isPrice(uint256 value, uint256 largest) private pure returns (bool) {
        return value != 0 && value <= largest;
    }

    function _magnitude(int256 value) private pure returns (uint256) {
        return uint256(value < 0 ? -value : value);
    }
}
