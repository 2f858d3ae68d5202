// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CheckpointMismatch} from "./MarginErrors.sol";

/// @notice The two words before the collateral records.
struct CheckpointHeader {
    uint64 id;
    uint40 time;
    uint8 underlyings;
    uint8 collaterals;
    uint32 initialFactorE8;
    uint64 debtIndexE12;
    uint64 creditIndexE12;
}

/// @notice One token of collateral; `underlying` 0 when it is none of the underlyings, then `priceE8` is its price, otherwise units of the underlying in one whole token.
struct CollateralRecord {
    uint16 token;
    uint16 underlying;
    uint8 decimals;
    uint32 haircutE8;
    uint64 priceE8;
}

/// @notice A volatility surface of one expiry (raw SVI in annualised variance) with the live forward and the one it was published with.
struct Surface {
    uint64 forwardE8;
    uint64 publishedForwardE8;
    int64 aE12;
    uint64 bE12;
    int32 rhoE8;
    int32 mE8;
    uint32 sigmaE8;
}

/// @notice One expiry: its present surface and the one that was in force a delay earlier.
struct ExpiryRecord {
    uint32 expiry;
    uint40 surfaceTime;
    uint40 discountE12;
    /// @notice How many of a unit's 1800 parts follow the spot still (MRG-011).
    uint16 followSeconds;
    Surface present;
    Surface delayed;
}

/// @notice Everything of one underlying at a checkpoint.
struct UnderlyingRecord {
    uint64 spotE8;
    uint64 perpetualMarkE8;
    uint64 spreadE8;
    uint64 openInterestE8;
    uint64 averageSpotE8;
    int64 cumulativeFundingE8;
    uint64 depthE8;
    uint16 underlying;
    uint8 group;
    uint8 marketState;
    uint32 priceRangeE8;
    uint32 volRangeE8;
    uint32 volUpFloorE8;
    uint32 shortOptionMinimumE8;
    uint32 basisChargeE8;
    uint32 basisRateE8;
    uint32 slippageE8;
    uint32 slippageCapE8;
    uint32 crowdingE8;
    uint32 vegaChargeE8;
    uint32 rateChargeE8;
    uint32 floorRateE8;
    uint32 nettingFloorE8;
    ExpiryRecord[] expiries;
}

/// @title The packed checkpoint: writers and readers
/// @notice `inputsHash = keccak256(header | collateral records | underlyingHash[1..U])`, `underlyingHash[u] = keccak256(underlying record)`.
/// @custom:spec MRG-004
library Checkpoints {
    uint256 internal constant HEADER_WORDS = 2;
    uint256 internal constant UNDERLYING_WORDS = 4;
    uint256 internal constant EXPIRY_WORDS = 4;

    uint256 internal constant NORMAL = 0;
    uint256 internal constant REDUCE_ONLY = 1;
    uint256 internal constant HALTED = 2;
    /// @dev Prices as in a normal market, but insurance has fallen: only reductions are taken, and what is taken out heeds prices alone.
    uint256 internal constant UNINSURED = 3;

    /// @notice A market's state as far as its prices go: theirs are good where insurance alone has fallen.
    function ofPrices(uint256 marketState) internal pure returns (uint256) {
        return marketState == UNINSURED ? NORMAL : marketState;
    }

    /// @notice What PriceHub stores of a checkpoint: the hash of header, collateral records and underlying hashes.
    function hash(bytes calldata checkpoint) internal pure returns (bytes32) {
        return keccak256(checkpoint);
    }

    // Writers

    function encodeHeader(CheckpointHeader memory header) internal pure returns (bytes memory) {
        uint256 first = (uint256(header.id) << 192) | (uint256(header.time) << 152);
        first |= (uint256(header.underlyings) << 144) | (uint256(header.collaterals) << 136);
        first |= uint256(header.initialFactorE8) << 104;
        return abi.encode(first, (uint256(header.debtIndexE12) << 192) | (uint256(header.creditIndexE12) << 128));
    }

    function encodeCollateral(CollateralRecord memory record) internal pure returns (bytes memory) {
        uint256 w = (uint256(record.token) << 240) | (uint256(record.underlying) << 224);
        w |= (uint256(record.decimals) << 216) | (uint256(record.haircutE8) << 184) | (uint256(record.priceE8) << 120);
        return abi.encode(w);
    }

    /// @notice The record of an underlying with all its expiries; its keccak256 is the underlying's hash.
    function encodeUnderlying(UnderlyingRecord memory record) internal pure returns (bytes memory encoded) {
        uint256 n = record.expiries.length;
        encoded = _encodeWith(record, n, "");
        for (uint256 i = 0; i < n; ++i) encoded = bytes.concat(encoded, encodeExpiry(record.expiries[i]));
    }

    /// @notice The same with the words of its expiries as they are; `record.expiries` is not read.
    function encodeUnderlyingWith(
        UnderlyingRecord memory record,
        bytes memory expiries
    ) internal pure returns (bytes memory) {
        return _encodeWith(record, expiries.length / (32 * EXPIRY_WORDS), expiries);
    }

    function encodeExpiry(ExpiryRecord memory record) internal pure returns (bytes memory) {
        return
            bytes.concat(
                abi.encodePacked(
                    record.expiry,
                    record.surfaceTime,
                    record.discountE12,
                    record.present.forwardE8,
                    record.present.publishedForwardE8,
                    record.followSeconds
                ),
                _encodeVolatility(record.present),
                abi.encodePacked(record.delayed.forwardE8, record.delayed.publishedForwardE8, uint128(0)),
                _encodeVolatility(record.delayed)
            );
    }

    function _encodeWith(
        UnderlyingRecord memory r,
        uint256 count,
        bytes memory expiries
    ) private pure returns (bytes memory) {
        uint256 first = (uint256(r.spotE8) << 192) | (uint256(r.perpetualMarkE8) << 128);
        first |= (uint256(r.spreadE8) << 64) | r.openInterestE8;
        uint256 second = (uint256(r.averageSpotE8) << 192) | (uint256(uint64(r.cumulativeFundingE8)) << 128);
        second |= (uint256(r.depthE8) << 64) | (uint256(r.underlying) << 48) | (uint256(r.group) << 40);
        second |= (uint256(r.marketState) << 32) | (count << 24);
        uint256 third = (uint256(r.priceRangeE8) << 224) | (uint256(r.volRangeE8) << 192);
        third |= (uint256(r.volUpFloorE8) << 160) | (uint256(r.shortOptionMinimumE8) << 128);
        third |= (uint256(r.basisChargeE8) << 96) | (uint256(r.basisRateE8) << 64);
        third |= (uint256(r.slippageE8) << 32) | r.slippageCapE8;
        uint256 fourth = (uint256(r.crowdingE8) << 224) | (uint256(r.vegaChargeE8) << 192);
        fourth |= (uint256(r.rateChargeE8) << 160) | (uint256(r.floorRateE8) << 128);
        fourth |= uint256(r.nettingFloorE8) << 96;
        return abi.encodePacked(first, second, third, fourth, expiries);
    }

    function _encodeVolatility(Surface memory surface) private pure returns (bytes memory) {
        return abi.encodePacked(surface.aE12, surface.bE12, surface.rhoE8, surface.mE8, surface.sigmaE8, uint32(0));
    }

    // Readers

    function word(bytes calldata data, uint256 index) internal pure returns (uint256) {
        return uint256(bytes32(data[32 * index:32 * index + 32]));
    }

    /// @notice The header of a checkpoint, after its length was compared with the counts that the header names.
    function decodeHeader(bytes calldata checkpoint) internal pure returns (CheckpointHeader memory header) {
        requireLength(checkpoint);
        uint256 w = word(checkpoint, 0);
        header.id = uint64(w >> 192);
        header.time = uint40(w >> 152);
        header.underlyings = uint8(w >> 144);
        header.collaterals = uint8(w >> 136);
        header.initialFactorE8 = uint32(w >> 104);
        w = word(checkpoint, 1);
        header.debtIndexE12 = uint64(w >> 192);
        header.creditIndexE12 = uint64(w >> 128);
    }

    /// @notice Reverts unless the preimage has exactly the words that its header names.
    function requireLength(bytes calldata checkpoint) internal pure {
        bool fits;
        // Safe: reading beyond the calldata gives zeros, and the length is compared too. Bytes 13 and 14 of the first word count underlyings and collaterals.
        assembly ("memory-safe") {
            let w := calldataload(checkpoint.offset)
            fits := eq(checkpoint.length, shl(5, add(HEADER_WORDS, add(byte(13, w), byte(14, w)))))
        }
        // Why no `require`: it would compute the hash of every checkpoint.
        if (!fits) revert CheckpointMismatch(0, keccak256(checkpoint));
    }

    function collateralWord(bytes calldata checkpoint, uint256 index) internal pure returns (uint256) {
        return word(checkpoint, HEADER_WORDS + index);
    }

    function decodeCollateral(
        bytes calldata checkpoint,
        uint256 index
    ) internal pure returns (CollateralRecord memory record) {
        uint256 w = collateralWord(checkpoint, index);
        record.token = uint16(w >> 240);
        record.underlying = uint16(w >> 224);
        record.decimals = uint8(w >> 216);
        record.haircutE8 = uint32(w >> 184);
        record.priceE8 = uint64(w >> 120);
    }

    /// @notice The hash of underlying `underlying` (counted from 1), 0 when the checkpoint has none of that number.
    function underlyingHash(bytes calldata checkpoint, uint256 underlying) internal pure returns (bytes32) {
        uint256 w = word(checkpoint, 0);
        if (underlying == 0 || underlying > uint8(w >> 144)) return 0;
        return bytes32(word(checkpoint, HEADER_WORDS + uint8(w >> 136) + underlying - 1));
    }

    /// @notice Number of expiries of a record, from its second word.
    function expiriesOf(bytes calldata record) internal pure returns (uint256) {
        return uint8(word(record, 1) >> 24);
    }

    /// @notice Unpacks a record of `4 + 4·expiries` words.
    function decodeUnderlying(bytes calldata record) internal pure returns (UnderlyingRecord memory decoded) {
        uint256 w = word(record, 0);
        decoded.spotE8 = uint64(w >> 192);
        decoded.perpetualMarkE8 = uint64(w >> 128);
        decoded.spreadE8 = uint64(w >> 64);
        decoded.openInterestE8 = uint64(w);
        w = word(record, 1);
        decoded.averageSpotE8 = uint64(w >> 192);
        decoded.cumulativeFundingE8 = int64(uint64(w >> 128));
        decoded.depthE8 = uint64(w >> 64);
        decoded.underlying = uint16(w >> 48);
        decoded.group = uint8(w >> 40);
        decoded.marketState = uint8(w >> 32);
        uint256 n = uint8(w >> 24);
        w = word(record, 2);
        decoded.priceRangeE8 = uint32(w >> 224);
        decoded.volRangeE8 = uint32(w >> 192);
        decoded.volUpFloorE8 = uint32(w >> 160);
        decoded.shortOptionMinimumE8 = uint32(w >> 128);
        decoded.basisChargeE8 = uint32(w >> 96);
        decoded.basisRateE8 = uint32(w >> 64);
        decoded.slippageE8 = uint32(w >> 32);
        decoded.slippageCapE8 = uint32(w);
        w = word(record, 3);
        decoded.crowdingE8 = uint32(w >> 224);
        decoded.vegaChargeE8 = uint32(w >> 192);
        decoded.rateChargeE8 = uint32(w >> 160);
        decoded.floorRateE8 = uint32(w >> 128);
        decoded.nettingFloorE8 = uint32(w >> 96);
        decoded.expiries = new ExpiryRecord[](n);
        for (uint256 i = 0; i < n; ++i) decoded.expiries[i] = decodeExpiry(record, i);
    }

    /// @notice Unpacks the expiry of that index.
    function decodeExpiry(bytes calldata record, uint256 index) internal pure returns (ExpiryRecord memory decoded) {
        uint256 start = UNDERLYING_WORDS + EXPIRY_WORDS * index;
        uint256 w = word(record, start);
        decoded.expiry = uint32(w >> 224);
        decoded.surfaceTime = uint40(w >> 184);
        decoded.discountE12 = uint40(w >> 144);
        decoded.followSeconds = uint16(w);
        decoded.present = _decodeVolatility(word(record, start + 1));
        decoded.present.forwardE8 = uint64(w >> 80);
        decoded.present.publishedForwardE8 = uint64(w >> 16);
        decoded.delayed = _decodeVolatility(word(record, start + 3));
        w = word(record, start + 2);
        decoded.delayed.forwardE8 = uint64(w >> 192);
        decoded.delayed.publishedForwardE8 = uint64(w >> 128);
    }

    function _decodeVolatility(uint256 w) private pure returns (Surface memory surface) {
        surface.aE12 = int64(uint64(w >> 192));
        surface.bE12 = uint64(w >> 128);
        surface.rhoE8 = int32(uint32(w >> 96));
        surface.mE8 = int32(uint32(w >> 64));
        surface.sigmaE8 = uint32(w >> 32);
    }
}
