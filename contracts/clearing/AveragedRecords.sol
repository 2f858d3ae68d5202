// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Checkpoints} from "../margin/Checkpoints.sol";
import {Forwards} from "../margin/Forwards.sol";

/// @title A checkpoint as it would be at averaged prices
library AveragedRecords {
    uint256 internal constant LOW = type(uint64).max;

    /// @notice Puts every average in the place of its spot: the perpetual's mark keeps its distance, forwards their ratio, in the settlement window what of them follows the spot; volatilities and all else stay. A market that is reduce-only or halted stays as it is: no position waits for it, and its tokens count for nothing.
    /// @return checkpoint The checkpoint with the hashes of the changed records.
    /// @return records All records, changed.
    /// @custom:spec CLR-021
    function average(bytes memory checkpoint, bytes memory records) internal pure returns (bytes memory, bytes memory) {
        uint256 header = _word(checkpoint, 0);
        uint256 collaterals = uint8(header >> 136);
        uint256 words = records.length / 32;
        uint256 place = 0;
        while (place < words) {
            uint256 count = Checkpoints.UNDERLYING_WORDS + _averageRecord(records, place) * Checkpoints.EXPIRY_WORDS;
            uint256 underlying = uint16(_word(records, place + 1) >> 48);
            uint256 index = Checkpoints.HEADER_WORDS + collaterals + underlying - 1;
            _store(checkpoint, index, uint256(_hash(records, place, count)));
            place += count;
        }
        return (checkpoint, records);
    }

    function _averageRecord(bytes memory records, uint256 place) private pure returns (uint256 expiries) {
        (uint256 first, uint256 second) = (_word(records, place), _word(records, place + 1));
        (uint256 spotE8, uint256 averageE8) = (first >> 192, second >> 192);
        expiries = uint8(second >> 24);
        bool isLeft = Checkpoints.ofPrices(uint8(second >> 32)) != Checkpoints.NORMAL;
        if (spotE8 == averageE8 || isLeft) return expiries;
        uint256 markE8 = uint64(first >> 128) + averageE8;
        markE8 = markE8 > spotE8 ? markE8 - spotE8 : 1;
        _store(records, place, (averageE8 << 192) | (markE8 << 128) | uint128(first));
        for (uint256 i = 0; i < expiries; ++i) {
            uint256 start = place + Checkpoints.UNDERLYING_WORDS + Checkpoints.EXPIRY_WORDS * i;
            uint256 followSeconds = uint16(_word(records, start));
            _scale(records, start, 80, averageE8, spotE8, followSeconds);
            _scale(records, start + 2, 192, averageE8, spotE8, followSeconds);
        }
    }

    /// @dev The forward in one word, at its place.
    function _scale(
        bytes memory records,
        uint256 place,
        uint256 shift,
        uint256 averageE8,
        uint256 spotE8,
        uint256 followSeconds
    ) private pure {
        uint256 w = _word(records, place);
        uint256 forwardE8 = Forwards.at(uint64(w >> shift), spotE8, averageE8, followSeconds);
        _store(records, place, (w & ~(LOW << shift)) | (forwardE8 << shift));
    }

    function _word(bytes memory data, uint256 index) private pure returns (uint256 w) {
        // Safe: callers stay inside `data`, which came from the hub as whole words.
        assembly ("memory-safe") {
            w := mload(add(add(data, 32), mul(index, 32)))
        }
    }

    function _store(bytes memory data, uint256 index, uint256 w) private pure {
        // Safe: as above.
        assembly ("memory-safe") {
            mstore(add(add(data, 32), mul(index, 32)), w)
        }
    }

    function _hash(bytes memory data, uint256 index, uint256 words) private pure returns (bytes32 hash) {
        // Safe: as above; only reads.
        assembly ("memory-safe") {
            hash := keccak256(add(add(data, 32), mul(index, 32)), mul(words, 32))
        }
    }
}
