// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Exposures} from "../clearing/Exposures.sol";
import {Checkpoints, CollateralRecord} from "../margin/Checkpoints.sol";
import {Positions} from "../margin/Positions.sol";
import {Words} from "../margin/Words.sol";

/// @title What an attested proof lends: the initial margin of an account without any netting, less what the chain can see for itself
/// @notice `credit = max(0, initialFactor·(Σ R·|size|·S + Σ R·units·S + Σ haircuts) − floorEquity)`, sizes of all positions, units of collateral that is an underlying, everything rounded up, at live prices.
/// Why this bounds the harm: until the price has moved by R, an account that shows `floorEquity` can lose no more than the sum without the factor, so what it may leave unpaid is below its credit.
/// @custom:spec CLR-050
library AttestedCredit {
    uint256 private constant ONE = 1e8;
    uint256 private constant WORD = 32;

    /// @param records Of this call's live prices, compared with their hashes by the floor that was checked before.
    function creditOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        int256 floorEquityE8
    ) internal pure returns (uint256 creditE8) {
        uint256 riskE8 = _positions(state, records) + _collateral(balances, checkpoint, records);
        uint256 factorE8 = uint32(Checkpoints.word(checkpoint, 0) >> 104);
        int256 needed = int256(_divUp(factorE8 * riskE8, ONE));
        return needed > floorEquityE8 ? uint256(needed - floorEquityE8) : 0;
    }

    /// @notice What the use of credit costs; rounded up like every fee.
    /// @param rateE8 `ClearingParameters.creditFeeE8`.
    /// @custom:spec CLR-054
    function feeUp(uint256 creditE8, uint256 rateE8) internal pure returns (uint256 feeE8) {
        return _divUp(creditE8 * rateE8, ONE);
    }

    /// @dev Positions ascend by underlying, so each record is looked for once.
    function _positions(bytes calldata state, bytes calldata records) private pure returns (uint256 riskE8) {
        (uint256 from, uint256 to) = Exposures.positionsOf(state);
        while (from < to) {
            uint256 underlying = Words.inCalldata(from) >> Positions.UNDERLYING_SHIFT;
            uint256 sizesE8;
            (sizesE8, from) = _sizesOf(underlying, from, to);
            riskE8 += _risk(underlying, sizesE8, records);
        }
    }

    /// @dev `Σ|size|` of the positions of an underlying from `from` on, and where the next begins.
    function _sizesOf(
        uint256 underlying,
        uint256 from,
        uint256 to
    ) private pure returns (uint256 sizesE8, uint256 end) {
        // Safe: only reads. Plain form: `|Positions.sizeE8Of(w)|`, whose zig-zag form is 2·size or 2·|size| - 1; at most 128 numbers below 2^63.
        assembly ("memory-safe") {
            end := from
            for {} lt(end, to) {
                end := add(end, WORD)
            } {
                let w := calldataload(end)
                if xor(shr(240, w), underlying) {
                    break
                }
                sizesE8 := add(sizesE8, shr(1, add(and(shr(96, w), 0xffffffffffffffff), 1)))
            }
        }
    }

    function _collateral(
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) private pure returns (uint256 riskE8) {
        for (uint256 i = 0; i < balances.length / WORD; ++i) {
            CollateralRecord memory record = Exposures.collateralOf(checkpoint, Exposures.tokenAt(balances, i));
            uint256 amount = _divUp(Exposures.amountAt(balances, i) * record.priceE8, 10 ** record.decimals);
            if (record.underlying != 0) {
                riskE8 += _risk(record.underlying, amount, records);
                amount = _divUp(amount * Exposures.spotIn(Exposures.find(records, record.underlying)), ONE);
            }
            riskE8 += _divUp(amount * record.haircutE8, ONE);
        }
    }

    function _risk(uint256 underlying, uint256 sizesE8, bytes calldata records) private pure returns (uint256) {
        if (sizesE8 == 0) return 0;
        bytes calldata record = Exposures.find(records, underlying);
        uint256 spotE8 = Exposures.spotIn(record);
        uint256 rangeE8 = Checkpoints.word(record, 2) >> 224;
        return _divUp(sizesE8 * spotE8 * rangeE8, ONE * ONE);
    }

    function _divUp(uint256 a, uint256 b) private pure returns (uint256) {
        return (a + b - 1) / b;
    }
}
