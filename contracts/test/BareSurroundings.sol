// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof} from "../interfaces/ClearingTypes.sol";
import {HealthQuestion} from "../interfaces/IHealthGate.sol";
import {ClearingParameters} from "../interfaces/IRiskParameters.sol";
import {CheckpointHeader, Checkpoints, UnderlyingRecord} from "../margin/Checkpoints.sol";

/// @title Vault, prices, parameters, gate and authority of a clearinghouse in one: nobody holds a token, everybody is healthy and may do everything
/// @notice For tests of what the clearinghouse writes, at the ends of its domain, where no margin is of use.
contract BareSurroundings {
    uint64 public constant SPOT_E8 = 50e8;
    uint64 private constant INDEX_E12 = 1e12;

    /// @notice Two underlyings, no token.
    function liveFor(uint256, uint256) public view returns (bytes memory checkpoint, bytes memory records) {
        CheckpointHeader memory header;
        (header.underlyings, header.debtIndexE12, header.creditIndexE12) = (2, INDEX_E12, INDEX_E12);
        checkpoint = bytes.concat(Checkpoints.encodeHeader(header), new bytes(64));
        UnderlyingRecord memory record = _market();
        for (record.underlying = 1; record.underlying <= 2; ++record.underlying) {
            records = bytes.concat(records, Checkpoints.encodeUnderlying(record));
        }
    }

    function requireHealthy(
        HealthQuestion calldata,
        Proof calldata,
        bytes calldata,
        bytes calldata
    ) external view virtual returns (uint256 feeE8) {}

    function requireInBand(uint96, uint256, bytes calldata, bytes calldata) external pure returns (uint256, bool) {
        return (SPOT_E8, false);
    }

    function accrue() external pure returns (uint64, uint64) {
        return (INDEX_E12, INDEX_E12);
    }

    function optionInterestMaxE8(uint16) external view virtual returns (uint64) {
        return type(uint64).max;
    }

    function settlementPriceE8(uint16, uint32) external view virtual returns (uint64 priceE8) {}

    function clearing() external view virtual returns (ClearingParameters memory p) {
        (p.makerFeeE8, p.takerFeeE8, p.priceBandE8) = (20_000, 50_000, 20_000_000);
    }

    function averagingWindowSeconds() external pure returns (uint32) {
        return 1800;
    }

    function premiumClampE8() external view virtual returns (uint32) {
        return 500_000;
    }

    function riskInterestMaxE8(uint16) external view virtual returns (uint128) {
        return type(uint128).max;
    }

    function tokenAt(uint16) external view virtual returns (address, uint8) {
        return (address(this), 6);
    }

    function heldBy(uint64) external pure returns (uint256 tokens) {}

    function balancesOf(uint64) external pure returns (bytes memory balances) {}

    function sweep(uint64) external view virtual returns (uint128 amountRaw) {}

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    /// @dev What is known of either market.
    function _market() internal view virtual returns (UnderlyingRecord memory record) {
        (record.spotE8, record.perpetualMarkE8, record.averageSpotE8) = (SPOT_E8, SPOT_E8, SPOT_E8);
    }
}
