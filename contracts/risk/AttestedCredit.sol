// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Exposures} from "../clearing/Exposures.sol";
import {Checkpoints, CollateralRecord} from "../margin/Checkpoints.sol";
import {Positions} from "../margin/Positions.sol";
import {Words} from "../margin/Words.sol";

/// @title What an attested proof lends: the initial margin of an account without any netting, less what the chain can see for itself
/// @notice `credit = max(0, initialFactor·(Σ R·|size|·P + Σ R·units·S + Σ haircuts) − floorEquity)`, sizes of all positions, units of collateral that is an underlying, everything rounded up, at live prices: P is spot, of a dated position the largest of spot and both surfaces' forwards of its expiry.
/// Why this bounds the harm: until the price has moved by R, an account that shows `floorEquity` can lose no more than the sum without the factor, so what it may leave unpaid is below its credit.
/// Why forwards: futures and options move by R of them (MRG-028), and a quorum chooses how far from spot it lists one, within a band. Why the larger one: an account is shown by the worse surface, which of a short is that one.
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
            bytes calldata record = Exposures.find(records, Words.inCalldata(from) >> Positions.UNDERLYING_SHIFT);
            uint256 worthE16;
            (worthE16, from) = _worthOf(record, from, to);
            riskE8 += _atRange(record, worthE16);
        }
    }

    /// @dev `Σ|size|·P` of the positions of an underlying from `from` on, and where the next begins. Within an underlying they ascend by expiry.
    function _worthOf(
        bytes calldata record,
        uint256 from,
        uint256 to
    ) private pure returns (uint256 worthE16, uint256 end) {
        uint256 underlying = Words.inCalldata(from) >> Positions.UNDERLYING_SHIFT;
        end = from;
        while (end < to && Words.inCalldata(end) >> Positions.UNDERLYING_SHIFT == underlying) {
            uint256 priceE8 = _priceOf(record, Positions.expiryOf(Words.inCalldata(end)));
            uint256 sizesE8;
            (sizesE8, end) = _sizesOf(end, to);
            worthE16 += sizesE8 * priceE8;
        }
    }

    /// @dev `Σ|size|` of the positions of one underlying and expiry from `from` on, and where the next begins.
    function _sizesOf(uint256 from, uint256 to) private pure returns (uint256 sizesE8, uint256 end) {
        // Safe: only reads. Plain form: `|Positions.sizeE8Of(w)|`, whose zig-zag form is 2·size or 2·|size| - 1; at most 128 numbers below 2^63.
        assembly ("memory-safe") {
            let key := shr(208, calldataload(from))
            end := from
            for {} lt(end, to) {
                end := add(end, WORD)
            } {
                let w := calldataload(end)
                if xor(shr(208, w), key) {
                    break
                }
                sizesE8 := add(sizesE8, shr(1, add(and(shr(96, w), 0xffffffffffffffff), 1)))
            }
        }
    }

    /// @dev By what a unit moves when its underlying does: spot, of a dated position no less than any forward that it may be valued at.
    function _priceOf(bytes calldata record, uint256 expiry) private pure returns (uint256 priceE8) {
        priceE8 = Exposures.spotIn(record);
        if (expiry == 0) return priceE8;
        uint256 place = Exposures.expiryIn(record, expiry);
        uint256 presentE8 = uint64(Checkpoints.word(record, place) >> 80);
        uint256 delayedE8 = Checkpoints.word(record, place + 2) >> 192;
        if (presentE8 > priceE8) priceE8 = presentE8;
        if (delayedE8 > priceE8) priceE8 = delayedE8;
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
                bytes calldata market = Exposures.find(records, record.underlying);
                uint256 worthE16 = amount * Exposures.spotIn(market);
                riskE8 += _atRange(market, worthE16);
                amount = _divUp(worthE16, ONE);
            }
            riskE8 += _divUp(amount * record.haircutE8, ONE);
        }
    }

    /// @dev What a worth loses to a move by the price range.
    function _atRange(bytes calldata record, uint256 worthE16) private pure returns (uint256) {
        return _divUp(worthE16 * (Checkpoints.word(record, 2) >> 224), ONE * ONE);
    }

    function _divUp(uint256 a, uint256 b) private pure returns (uint256) {
        return (a + b - 1) / b;
    }
}
