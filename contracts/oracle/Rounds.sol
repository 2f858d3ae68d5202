// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAggregator} from "../interfaces/IAggregator.sol";

/// @title Reading the latest round of a feed that may be broken
library Rounds {
    uint256 internal constant FEED_GAS = 100_000;
    uint256 internal constant ROUND_BYTES = 160;
    uint256 internal constant WORDS = 5;

    /// @notice A call that survives a feed which reverts, burns its gas or answers too much: gas is capped, only five words are copied.
    function latest(
        address feed
    ) internal view returns (bool answered, uint256 round, int256 answer, uint256 updatedAt, uint256 answeredIn) {
        uint256[WORDS] memory words;
        (answered, words) = _call(feed);
        (round, answer, updatedAt, answeredIn) = (words[0], int256(words[1]), words[3], words[4]);
    }

    /// @notice Answer of the latest round and when it *started*: what a sequencer's uptime feed is asked for.
    function latestStart(address feed) internal view returns (bool answered, int256 answer, uint256 startedAt) {
        uint256[WORDS] memory words;
        (answered, words) = _call(feed);
        (answer, startedAt) = (int256(words[1]), words[2]);
    }

    function _call(address feed) private view returns (bool answered, uint256[WORDS] memory words) {
        bytes memory request = abi.encodeCall(IAggregator.latestRoundData, ());
        // Safe: reads the encoded call and writes the five words allocated above.
        assembly ("memory-safe") {
            answered := staticcall(FEED_GAS, feed, add(request, 32), mload(request), words, ROUND_BYTES)
            answered := and(answered, iszero(lt(returndatasize(), ROUND_BYTES)))
        }
    }
}
