// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiveMarkets} from "../clearing/LiveMarkets.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";

/// @notice The spots of underlyings 1 to 64 and behind them the prices of tokens 0 to 31, four to a word, so that the place of none depends on how many others there are.
struct PriceWords {
    uint256[24] words;
}

/// @title The prices of a checkpoint: an attestation that was made at it is compared with them when it is used
/// @custom:spec CLR-022
library CheckpointPrices {
    uint256 private constant TO_WORD = 4;
    uint256 private constant BITS = 64;

    /// @notice Stores the spot of every underlying and `priceE8` of every token of a checkpoint, which is brought with all its records.
    function store(PriceWords storage kept, bytes memory checkpoint, bytes memory records) internal {
        uint256 header = LiveMarkets.word(checkpoint, 0);
        (uint256 underlyings, uint256 tokens) = (uint8(header >> 144), uint8(header >> 136));
        uint256[] memory pricesE8 = new uint256[](underlyings);
        uint256 place = 0;
        for (uint256 i = 0; i < underlyings; ++i) {
            pricesE8[i] = LiveMarkets.word(records, place) >> 192;
            uint256 expiries = uint8(LiveMarkets.word(records, place + 1) >> 24);
            place += Checkpoints.UNDERLYING_WORDS + Checkpoints.EXPIRY_WORDS * expiries;
        }
        _store(kept, 0, pricesE8);
        pricesE8 = new uint256[](tokens);
        for (uint256 i = 0; i < tokens; ++i) {
            pricesE8[i] = uint64(LiveMarkets.word(checkpoint, Checkpoints.HEADER_WORDS + i) >> 120);
        }
        _store(kept, MarginDomain.UNDERLYINGS_MAX / TO_WORD, pricesE8);
    }

    /// @notice The spot of an underlying, 0 when there was none of that number.
    function spotE8(PriceWords storage kept, uint256 underlying) internal view returns (uint64) {
        return underlying == 0 || underlying > MarginDomain.UNDERLYINGS_MAX ? 0 : _at(kept, underlying - 1);
    }

    /// @notice `priceE8` of a token's record, 0 when there was none of that number.
    function tokenPriceE8(PriceWords storage kept, uint256 token) internal view returns (uint64) {
        return token < MarginDomain.COLLATERALS_MAX ? _at(kept, MarginDomain.UNDERLYINGS_MAX + token) : 0;
    }

    function _store(PriceWords storage kept, uint256 first, uint256[] memory pricesE8) private {
        for (uint256 i = 0; i < pricesE8.length;) {
            uint256 packed = 0;
            uint256 word = first + i / TO_WORD;
            do packed |= pricesE8[i] << (BITS * (i % TO_WORD)); while (++i < pricesE8.length && i % TO_WORD != 0);
            kept.words[word] = packed;
        }
    }

    function _at(PriceWords storage kept, uint256 place) private view returns (uint64) {
        return uint64(kept.words[place / TO_WORD] >> (BITS * (place % TO_WORD)));
    }
}
