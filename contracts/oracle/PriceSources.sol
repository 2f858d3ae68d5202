// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";

/// @title Reading a source that may be broken
library PriceSources {
    uint256 internal constant SOURCE_GAS = 250_000;
    uint256 internal constant ANSWER_BYTES = 64;

    /// @notice The price of a source, 0 when it has none, is no contract, reverts, burns its gas or answers anything else than a price from the past in the domain.
    function read(address source) internal view returns (uint64 priceE8) {
        bytes memory request = abi.encodeCall(IPriceSource.read, ());
        uint256[2] memory words;
        bool answered;
        // Safe: reads the encoded call and writes the two words allocated above; a longer answer is not copied.
        assembly ("memory-safe") {
            answered := staticcall(SOURCE_GAS, source, add(request, 32), mload(request), words, ANSWER_BYTES)
            answered := and(answered, iszero(lt(returndatasize(), ANSWER_BYTES)))
        }
        if (!answered || words[0] > MarginDomain.SPOT_MAX_E8 || words[1] > block.timestamp) return 0;
        return uint64(words[0]);
    }
}
