// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InstrumentInvalid} from "./MarginErrors.sol";

/// @title Instruments packed in 96 bits
/// @notice `underlying u16 | expiry u32 | strikeE4 u40 | kind u8`, most significant first, so that as numbers they sort by underlying, expiry, strike, kind.
/// @custom:spec MRG-001
library Instruments {
    uint256 internal constant PERPETUAL = 0;
    uint256 internal constant FUTURE = 1;
    uint256 internal constant CALL = 2;
    uint256 internal constant PUT = 3;

    /// @notice Strikes are kept in 1e-4 of a price unit; this brings them to 1e-8.
    uint256 internal constant STRIKE_SCALE = 10_000;

    /// @notice Packs the fields without a check; `requireValid` says whether they make an instrument.
    function pack(
        uint16 underlying,
        uint32 expiry,
        uint40 strikeE4,
        uint8 kind
    ) internal pure returns (uint96 instrument) {
        instrument = (uint96(underlying) << 80) | (uint96(expiry) << 48) | (uint96(strikeE4) << 8) | kind;
    }

    function underlyingOf(uint96 instrument) internal pure returns (uint256) {
        return instrument >> 80;
    }

    /// @notice Unix time in seconds; 0 for a perpetual.
    function expiryOf(uint96 instrument) internal pure returns (uint256) {
        return uint32(instrument >> 48);
    }

    /// @notice 0 for a perpetual or a future.
    function strikeE8Of(uint96 instrument) internal pure returns (uint256) {
        return uint256(uint40(instrument >> 8)) * STRIKE_SCALE;
    }

    function kindOf(uint96 instrument) internal pure returns (uint256) {
        return uint8(instrument);
    }

    function isOption(uint96 instrument) internal pure returns (bool) {
        return kindOf(instrument) >= CALL;
    }

    /// @notice Whether the fields are those that the kind has.
    function isValid(uint96 instrument) internal pure returns (bool) {
        uint256 kind = kindOf(instrument);
        if (kind > PUT || underlyingOf(instrument) == 0) return false;
        bool hasExpiry = expiryOf(instrument) != 0;
        bool hasStrike = strikeE8Of(instrument) != 0;
        return hasExpiry == (kind != PERPETUAL) && hasStrike == (kind >= CALL);
    }

    function requireValid(uint96 instrument) internal pure {
        require(isValid(instrument), InstrumentInvalid(instrument));
    }
}
