// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {UnderlyingMissing} from "../margin/MarginErrors.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";

/// @notice What clearing needs of an underlying's record.
struct LiveMarket {
    uint256 spotE8;
    uint256 markE8;
    uint256 averageSpotE8;
    int256 fundingE8;
    uint256 marketState;
    /// @notice Of the instrument's expiry, where a trade wants it; 0 otherwise.
    uint256 forwardE8;
    /// @notice Whether the surface of that expiry is too old to open something by.
    bool isStale;
    uint256 priceRangeE8;
    /// @notice The underlying's open interest before a trade.
    uint256 openE8;
}

/// @title Reading the records that `PriceHub.liveFor` returned
library LiveMarkets {
    uint256 internal constant WORD = 32;
    uint256 internal constant ONE = 1e8;

    /// @notice The record of an underlying among records in ascending order.
    /// @custom:spec MRG-004
    function find(bytes memory records, uint256 underlying) internal pure returns (LiveMarket memory market) {
        uint256 words = records.length / WORD;
        for (uint256 place = 0; place < words;) {
            uint256 second = word(records, place + 1);
            if (uint16(second >> 48) == underlying) {
                uint256 first = word(records, place);
                market.spotE8 = first >> 192;
                market.markE8 = uint64(first >> 128);
                market.averageSpotE8 = second >> 192;
                market.fundingE8 = int64(uint64(second >> 128));
                market.marketState = uint8(second >> 32);
                market.priceRangeE8 = word(records, place + 2) >> 224;
                return market;
            }
            place += Checkpoints.UNDERLYING_WORDS + Checkpoints.EXPIRY_WORDS * uint8(second >> 24);
        }
        revert UnderlyingMissing(underlying);
    }

    /// @notice Whether any of these markets is halted, as one that was wound down stays for ever.
    function areAnyHalted(bytes memory records) internal pure returns (bool) {
        uint256 words = records.length / WORD;
        for (uint256 place = 0; place < words;) {
            uint256 second = word(records, place + 1);
            if (uint8(second >> 32) == Checkpoints.HALTED) return true;
            place += Checkpoints.UNDERLYING_WORDS + Checkpoints.EXPIRY_WORDS * uint8(second >> 24);
        }
        return false;
    }

    /// @notice What one whole token is worth before its haircut, its decimals, and the state of the market it rests on.
    /// @custom:spec CLR-025
    function token(
        bytes memory checkpoint,
        bytes memory records,
        uint256 index
    ) internal pure returns (uint256 markE8, uint256 decimals, uint256 underlying, uint256 marketState) {
        uint256 w = word(checkpoint, Checkpoints.HEADER_WORDS + index);
        (underlying, decimals, markE8) = (uint16(w >> 224), uint8(w >> 216), uint64(w >> 120));
        if (underlying == 0) return (markE8, decimals, 0, Checkpoints.NORMAL);
        LiveMarket memory market = find(records, underlying);
        return ((market.spotE8 * markE8) / ONE, decimals, underlying, market.marketState);
    }

    /// @notice Number of underlyings of a checkpoint.
    function underlyings(bytes memory checkpoint) internal pure returns (uint256) {
        return uint8(word(checkpoint, 0) >> 144);
    }

    /// @notice Debt and credit index of a checkpoint.
    function indices(bytes memory checkpoint) internal pure returns (uint64 debtIndexE12, uint64 creditIndexE12) {
        uint256 second = word(checkpoint, 1);
        return (uint64(second >> 192), uint64(second >> 128));
    }

    function word(bytes memory data, uint256 index) internal pure returns (uint256 w) {
        // Safe: `data` came from the hub as whole records, and callers stay inside its words.
        assembly ("memory-safe") {
            w := mload(add(add(data, 32), mul(index, 32)))
        }
    }
}
