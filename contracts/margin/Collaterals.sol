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
    /// @return spots One word for each token that is an underlying, ascending by underlying: `underlying u16 | haircutE8 u32 | sizeE8 u208`.
    /// @return valueE8 The value of the other tokens.
    /// @return haircutE8 Their haircuts.
    function read(
        bytes calldata balances,
        bytes calldata checkpoint
    ) internal pure returns (uint256[] memory spots, uint256 valueE8, uint256 haircutE8) {
        unchecked {
            uint256 n = balances.length / WORD;
            require(balances.length % WORD == 0, BalancesUnsorted(n));
            spots = new uint256[](n);
            uint256 found = 0;
            uint256 previous = 0;
            (uint256 record, uint256 end) = _records(checkpoint);
            uint256 first;
            assembly ("memory-safe") {
                first := balances.offset
            }
            for (uint256 i = 0; i < n; ++i) {
                uint256 w = Words.inCalldata(first + WORD * i);
                require((i == 0 || w >> 240 > previous) && uint112(w >> 128) == 0, BalancesUnsorted(i));
                previous = w >> 240;
                uint256 collateral;
                (collateral, record) = _find(previous, record, end);
                (uint256 amount, bool isUnderlying) = _amount(collateral, uint128(w));
                uint256 rateE8 = uint32(collateral >> 184);
                if (isUnderlying) {
                    _insert(
                        spots,
                        found++,
                        (uint256(uint16(collateral >> 224)) << UNDERLYING_SHIFT) | (rateE8 << HAIRCUT_SHIFT) | amount
                    );
                } else {
                    valueE8 += amount;
                    haircutE8 += haircutUp(rateE8, amount);
                }
            }
            // Safe: found <= n; the array only gets shorter.
            assembly ("memory-safe") {
                mstore(spots, found)
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

    /// @dev Size of a token that is an underlying, value of another; amountRaw·priceE8 is below 2^192 whatever the record says.
    function _amount(uint256 collateral, uint256 amountRaw) private pure returns (uint256, bool) {
        unchecked {
            uint256 amount = (amountRaw * uint64(collateral >> 120)) / 10 ** uint8(collateral >> 216);
            bool isUnderlying = uint16(collateral >> 224) != 0;
            return (Rounding.min(amount, isUnderlying ? SIZE_MAX_E8 : VALUE_MAX_E8), isUnderlying);
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

    function _insert(uint256[] memory spots, uint256 count, uint256 word) private pure {
        unchecked {
            while (count != 0 && spots[count - 1] > word) {
                spots[count] = spots[count - 1];
                --count;
            }
            spots[count] = word;
        }
    }
}
