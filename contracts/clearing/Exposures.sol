// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {Checkpoints, CollateralRecord} from "../margin/Checkpoints.sol";
import {Forwards} from "../margin/Forwards.sol";
import {Instruments} from "../margin/Instruments.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {CollateralMissing, ExpiryMissing, UnderlyingMissing} from "../margin/MarginErrors.sol";
import {Positions} from "../margin/Positions.sol";
import {Words} from "../margin/Words.sol";

/// @title What an account rests on: sizes, tokens, underlyings, read from packed calldata
/// @notice States are well formed, as `AccountStates.encode` makes them; positions are words of MRG-002, read in place.
library Exposures {
    uint256 internal constant WORD = 32;
    uint256 private constant RECORD_BYTES = WORD * Checkpoints.UNDERLYING_WORDS;
    uint256 private constant EXPIRY_BYTES = WORD * Checkpoints.EXPIRY_WORDS;

    /// @notice Calldata offsets of the first position's word and of the end.
    function positionsOf(bytes calldata state) internal pure returns (uint256 from, uint256 to) {
        assembly ("memory-safe") {
            from := add(state.offset, 64)
            to := add(state.offset, state.length)
        }
    }

    /// @notice The size of an instrument in a state, 0 when there is none.
    function sizeOf(bytes calldata state, uint96 instrument) internal pure returns (int256) {
        (uint256 from, uint256 to) = positionsOf(state);
        for (; from < to; from += WORD) {
            uint256 w = Words.inCalldata(from);
            if (w >> 160 == instrument) return Positions.sizeE8Of(w);
        }
        return 0;
    }

    /// @notice The words of the positions of an instrument's underlying and expiry, empty where there are none.
    function ofExpiry(bytes calldata state, uint96 instrument) internal pure returns (bytes calldata positions) {
        return _sharing(state, Positions.EXPIRY_SHIFT, instrument >> (Positions.EXPIRY_SHIFT - 160));
    }

    /// @notice The words of the positions of an underlying, empty where there are none.
    function ofUnderlying(bytes calldata state, uint256 underlying) internal pure returns (bytes calldata positions) {
        return _sharing(state, Positions.UNDERLYING_SHIFT, underlying);
    }

    /// @dev Positions ascend, so those that share what their words begin with follow each other.
    function _sharing(
        bytes calldata state,
        uint256 shift,
        uint256 key
    ) private pure returns (bytes calldata positions) {
        (uint256 from, uint256 to) = positionsOf(state);
        while (from < to && Words.inCalldata(from) >> shift != key) from += WORD;
        uint256 end = from;
        while (end < to && Words.inCalldata(end) >> shift == key) end += WORD;
        // Safe: names a part of the state.
        assembly ("memory-safe") {
            positions.offset := from
            positions.length := sub(end, from)
        }
    }

    /// @notice Bit u is set for every underlying of a position.
    function underlyingsOf(bytes calldata state) internal pure returns (uint256 mask) {
        (uint256 from, uint256 to) = positionsOf(state);
        if (from >= to) return 0;
        uint256 last = Words.inCalldata(to - WORD) >> Positions.UNDERLYING_SHIFT;
        mask = 1 << last;
        // Positions ascend, so those of the last underlying end it; mostly that is the only one.
        for (; from < to; from += WORD) {
            uint256 underlying = Words.inCalldata(from) >> Positions.UNDERLYING_SHIFT;
            if (underlying == last) break;
            mask |= 1 << underlying;
        }
    }

    /// @notice Bit t is set for every token of a list of balances.
    function tokensOf(bytes calldata balances) internal pure returns (uint256 mask) {
        for (uint256 i = 0; i < balances.length / WORD; ++i) mask |= 1 << tokenAt(balances, i);
    }

    /// @notice Bit u is set for every underlying that positions or collateral touch.
    function touched(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint
    ) internal pure returns (uint256 mask) {
        mask = underlyingsOf(state);
        for (uint256 i = 0; i < balances.length / WORD; ++i) {
            uint256 underlying = collateralOf(checkpoint, tokenAt(balances, i)).underlying;
            if (underlying != 0) mask |= 1 << underlying;
        }
    }

    /// @notice Whether a state holds an option of an underlying whose bit is set.
    function holdsOption(bytes calldata state, uint256 underlyings) internal pure returns (bool) {
        if (underlyings == 0) return false;
        (uint256 from, uint256 to) = positionsOf(state);
        for (; from < to; from += WORD) {
            uint256 w = Words.inCalldata(from);
            if (Positions.isOption(w) && (underlyings >> (w >> Positions.UNDERLYING_SHIFT)) & 1 != 0) return true;
        }
        return false;
    }

    /// @notice Units of a record's underlying held by perpetuals, futures and collateral; of a future in its settlement window those that follow the spot still.
    /// @custom:spec CLR-021
    function deltaOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata record
    ) internal pure returns (int256 deltaE8) {
        (uint256 from, uint256 to) = positionsOf(state);
        uint256 underlying = uint16(Checkpoints.word(record, 1) >> 48);
        for (; from < to; from += WORD) {
            uint256 w = Words.inCalldata(from);
            if (w >> Positions.UNDERLYING_SHIFT != underlying || Positions.isOption(w)) continue;
            int256 following = int256(_followSeconds(record, Positions.expiryOf(w)));
            deltaE8 += (Positions.sizeE8Of(w) * following) / int256(Forwards.WINDOW_SECONDS);
        }
        for (uint256 i = 0; i < balances.length / WORD; ++i) {
            CollateralRecord memory token = collateralOf(checkpoint, tokenAt(balances, i));
            if (token.underlying != underlying) continue;
            uint256 size = (amountAt(balances, i) * token.priceE8) / 10 ** token.decimals;
            uint256 largest = uint256(MarginDomain.SIZE_MAX_E8);
            deltaE8 += int256(size < largest ? size : largest);
        }
    }

    /// @dev How many of 1800 parts of a unit follow the spot: all of them for a perpetual, whose expiry is 0.
    function _followSeconds(bytes calldata record, uint256 expiry) private pure returns (uint256) {
        if (expiry == 0) return Forwards.WINDOW_SECONDS;
        return uint16(Checkpoints.word(record, expiryIn(record, expiry)));
    }

    /// @notice The index of the first word of an expiry in the record of its underlying.
    function expiryIn(bytes calldata record, uint256 expiry) internal pure returns (uint256 place) {
        uint256 end = record.length / WORD;
        for (place = Checkpoints.UNDERLYING_WORDS; place < end; place += Checkpoints.EXPIRY_WORDS) {
            if (Checkpoints.word(record, place) >> 224 == expiry) return place;
        }
        revert ExpiryMissing(uint16(Checkpoints.word(record, 1) >> 48), expiry);
    }

    /// @notice Balances without the tokens of underlyings whose bit is set.
    function without(
        bytes calldata balances,
        bytes calldata checkpoint,
        uint256 underlyings
    ) internal pure returns (bytes memory rest) {
        for (uint256 i = 0; i < balances.length; i += WORD) {
            uint256 token = tokenAt(balances, i / WORD);
            if ((underlyings >> collateralOf(checkpoint, token).underlying) & 1 != 0) continue;
            rest = bytes.concat(rest, balances[i:i + WORD]);
        }
    }

    /// @notice Reverts unless `named` is a part of `held`: whole words that ascend as those do, of each token no more than is there.
    /// Why no other form: the referee refuses it, so nobody could challenge what was signed of it; and a word of nothing would give what is held two forms.
    function requireAtLeast(uint64 account, bytes calldata held, bytes calldata named) internal pure {
        uint256 next = 0;
        for (uint256 i = 0; i < named.length; i += WORD) {
            uint256 least = uint256(bytes32(named[i:i + WORD]));
            uint256 found = 0;
            // Words that name the same token compare as their amounts do, and what is held has no spare bits set.
            for (; found == 0 && next < held.length; next += WORD) {
                uint256 w = uint256(bytes32(held[next:next + WORD]));
                if (w >> 240 == least >> 240) found = w;
            }
            bool isHeld = found != 0 && found >= least && uint128(least) != 0;
            require(isHeld, IHealthGate.CollateralTooLow(account, least >> 240, uint128(found), uint128(least)));
        }
    }

    /// @dev When the surface of a dated instrument's expiry, which its underlying's record has, was published.
    function surfaceTime(bytes calldata records, uint96 instrument) internal pure returns (uint256) {
        bytes calldata record = find(records, Instruments.underlyingOf(instrument));
        return uint40(Checkpoints.word(record, expiryIn(record, Instruments.expiryOf(instrument))) >> 184);
    }

    /// @notice The record of an underlying among live ones, which the hub gave in this call and which the floor or the referee compares with their hashes.
    function find(bytes calldata records, uint256 underlying) internal pure returns (bytes calldata record) {
        uint256 place;
        // Safe: says where the records lie, and names a part of them: `next` is compared with their end.
        assembly ("memory-safe") {
            place := records.offset
        }
        uint256 end = place + records.length;
        while (place + RECORD_BYTES <= end) {
            uint256 second = Words.inCalldata(place + WORD);
            uint256 next = place + RECORD_BYTES + EXPIRY_BYTES * uint8(second >> 24);
            if (next > end) break;
            if (uint16(second >> 48) == underlying) {
                assembly ("memory-safe") {
                    record.offset := place
                    record.length := sub(next, place)
                }
                return record;
            }
            place = next;
        }
        revert UnderlyingMissing(underlying);
    }

    /// @notice The spot of a record.
    function spotIn(bytes calldata record) internal pure returns (uint256) {
        return Checkpoints.word(record, 0) >> 192;
    }

    function tokenPriceOf(bytes calldata checkpoint, uint256 token) internal pure returns (uint256) {
        return collateralOf(checkpoint, token).priceE8;
    }

    function collateralOf(
        bytes calldata checkpoint,
        uint256 token
    ) internal pure returns (CollateralRecord memory record) {
        // The hub writes one record for each token of the vault's list, in its order.
        uint256 count = uint8(Checkpoints.word(checkpoint, 0) >> 136);
        require(token < count, CollateralMissing(token));
        record = Checkpoints.decodeCollateral(checkpoint, token);
        require(record.token == token, CollateralMissing(token));
    }

    function tokenAt(bytes calldata balances, uint256 index) internal pure returns (uint256) {
        return uint256(bytes32(balances[WORD * index:WORD * index + WORD])) >> 240;
    }

    function amountAt(bytes calldata balances, uint256 index) internal pure returns (uint256) {
        return uint128(uint256(bytes32(balances[WORD * index:WORD * index + WORD])));
    }
}
