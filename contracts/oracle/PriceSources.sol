// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INotedSource} from "../interfaces/INotedSource.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";

/// @title Reading a source that may be broken
library PriceSources {
    uint256 internal constant SOURCE_GAS = 250_000;
    /// @dev With this much left, the 63/64 that a call may be given are at least `SOURCE_GAS`, and enough remains to go on.
    uint256 internal constant GAS_NEEDED = 270_000;
    uint256 internal constant ANSWER_BYTES = 64;
    /// @dev The last price of a token's source that fell silent stands whole for an hour, and is gone a day later.
    uint256 internal constant SILENCE_SECONDS = 3600;
    uint256 internal constant FADE_SECONDS = 86_400;

    /// @notice The price of a source, 0 when it has none.
    function read(address source) internal view returns (uint64 priceE8) {
        (priceE8, ) = readTimed(source);
    }

    /// @notice What the last price still counts after so long a silence.
    /// @custom:spec CLR-033
    function fadedE8(uint256 lastE8, uint256 silentSeconds) internal pure returns (uint256) {
        if (silentSeconds <= SILENCE_SECONDS) return lastE8;
        uint256 faded = silentSeconds - SILENCE_SECONDS;
        return faded < FADE_SECONDS ? (lastE8 * (FADE_SECONDS - faded)) / FADE_SECONDS : 0;
    }

    /// @notice Asks a source to note what it sees. One that has nothing to note, or fails, stops nobody; with little gas left it reverts as a reading does.
    function note(address source) internal {
        require(gasleft() >= GAS_NEEDED, ISpotMarkets.GasTooLow(gasleft(), GAS_NEEDED));
        bytes memory request = abi.encodeCall(INotedSource.note, ());
        // Safe: reads the encoded call; whatever is answered is not copied, and whether it failed does not matter.
        assembly ("memory-safe") {
            pop(call(SOURCE_GAS, source, 0, add(request, 32), mload(request), 0, 0))
        }
    }

    /// @notice The price of a source and its time; 0 when it has none, is no contract, reverts, burns its gas or answers anything else than a price from the past in the domain.
    /// Reverts when so little gas is left that a caller could make a good source look broken.
    function readTimed(address source) internal view returns (uint64 priceE8, uint40 time) {
        require(gasleft() >= GAS_NEEDED, ISpotMarkets.GasTooLow(gasleft(), GAS_NEEDED));
        bytes memory request = abi.encodeCall(IPriceSource.read, ());
        uint256[2] memory words;
        bool answered;
        // Safe: reads the encoded call and writes the two words allocated above; a longer answer is not copied.
        assembly ("memory-safe") {
            answered := staticcall(SOURCE_GAS, source, add(request, 32), mload(request), words, ANSWER_BYTES)
            answered := and(answered, iszero(lt(returndatasize(), ANSWER_BYTES)))
        }
        if (!answered || words[0] > MarginDomain.SPOT_MAX_E8 || words[1] > block.timestamp) return (0, 0);
        return (uint64(words[0]), uint40(words[1]));
    }
}
