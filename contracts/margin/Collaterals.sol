// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Checkpoints} from "./Checkpoints.sol";
import {BalancesUnsorted, CollateralMissing} from "./MarginErrors.sol";
import {Rounding} from "./Rounding.sol";
import {Words} from "./Words.sol";

/// @title Collateral: its value, its haircut, and its size where it is an underlying
/// @notice A balance is one word, `token u16 | 0 u112 | amountRaw u128`, strictly ascending by token (MRG-005).
/// @custom:spec MRG-040
library Collaterals {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant SIZE_MAX_E8 = 2 ** 53;
    uint256 internal constant VALUE_MAX_E8 = 2 ** 90;

    uint256 private constant WORD = 32;
    uint256 private constant UNDERLYING_SHIFT = 240;
    uint256 private constant HAIRCUT_SHIFT = 208;
    uint256 private constant SIZE_MASK = 2 ** 208 - 1;

    /// @notice Reads all balances.
    /// @dev `amountRaw·priceE8` is below 2^192 whatever the record says.
    /// @return spots One word for each token that is an underlying, ascending by underlying: `underlying u16 | haircutE8 u32 | sizeE8 u208`.
    /// @return valueE8 The value of the other tokens.
    /// @return haircutE8 Their haircuts.
    function read(
        bytes calldata balances,
        bytes calldata checkpoint
    ) internal pure returns (uint256[] memory spots, uint256 valueE8, uint256 haircutE8) {
        unchecked {
            if (balances.length % WORD != 0) revert BalancesUnsorted(balances.length / WORD);
            uint256 first;
            // Safe: an array in memory is its length and its words; room for all, of which those count that are set.
            assembly ("memory-safe") {
                first := balances.offset
                spots := mload(0x40)
                mstore(0x40, add(spots, add(balances.length, WORD)))
                mstore(spots, 0)
            }
            uint256 least = 0;
            (uint256 record, uint256 end) = _records(checkpoint);
            for (uint256 at_ = first; at_ < first + balances.length; at_ += WORD) {
                uint256 w = Words.inCalldata(at_);
                if (w >> 240 < least || uint112(w >> 128) != 0) revert BalancesUnsorted((at_ - first) / WORD);
                least = (w >> 240) + 1;
                uint256 collateral;
                (collateral, record) = _find(w >> 240, record, end);
                uint256 amount = (uint128(w) * uint256(uint64(collateral >> 120))) / 10 ** uint8(collateral >> 216);
                uint256 rateE8 = uint32(collateral >> 184);
                uint256 underlying = uint16(collateral >> 224);
                if (underlying != 0) {
                    amount = Rounding.min(amount, SIZE_MAX_E8);
                    _insert(spots, (underlying << UNDERLYING_SHIFT) | (rateE8 << HAIRCUT_SHIFT) | amount);
                } else {
                    amount = Rounding.min(amount, VALUE_MAX_E8);
                    valueE8 += amount;
                    haircutE8 += haircutUp(rateE8, amount);
                }
            }
        }
    }

    function underlyingOf(uint256 spot) internal pure returns (uint256) {
        return spot >> UNDERLYING_SHIFT;
    }

    function sizeE8Of(uint256 spot) internal pure returns (uint256) {
        return spot & SIZE_MASK;
    }

    function haircutE8Of(uint256 spot) internal pure returns (uint256) {
        return uint32(spot >> HAIRCUT_SHIFT);
    }

    function haircutUp(uint256 rateE8, uint256 valueE8) internal pure returns (uint256) {
        unchecked {
            return Rounding.divUp(rateE8 * valueE8, ONE);
        }
    }

    /// @dev Calldata offsets of the first collateral record and of the end, in a checkpoint whose length was compared.
    function _records(bytes calldata checkpoint) private pure returns (uint256 from, uint256 to) {
        unchecked {
            uint256 offset;
            assembly ("memory-safe") {
                offset := checkpoint.offset
            }
            from = offset + WORD * Checkpoints.HEADER_WORDS;
            to = from + WORD * uint8(Words.inCalldata(offset) >> 136);
        }
    }

    /// @dev The record of a token and the offset behind it.
    function _find(uint256 token, uint256 from, uint256 to) private pure returns (uint256, uint256) {
        unchecked {
            for (; from < to; from += WORD) {
                uint256 collateral = Words.inCalldata(from);
                if (collateral >> 240 == token) return (collateral, from + WORD);
            }
            revert CollateralMissing(token);
        }
    }

    function _insert(uint256[] memory spots, uint256 word) private pure {
        unchecked {
            uint256 count = spots.length;
            // Safe: `read` took room for one more.
            assembly ("memory-safe") {
                mstore(spots, add(count, 1))
            }
            while (count != 0 && spots[count - 1] > word) {
                spots[count] = spots[count - 1];
                --count;
            }
            spots[count] = word;
        }
    }
}
