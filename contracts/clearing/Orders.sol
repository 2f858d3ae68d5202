// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Order} from "../interfaces/ClearingTypes.sol";

/// @title The typed data of an order
library Orders {
    bytes32 internal constant TYPEHASH = keccak256(
        "Order(uint64 account,uint96 instrument,int64 sizeE8,uint64 limitPriceE8,uint64 nonce,uint40 expiry,uint32 maxFeeRateE8,uint8 flags)"
    );
    /// @dev A kind of orders that no state holds: a token of the vault, in the place of the underlying, against cash.
    uint256 internal constant SPOT = 4;
    uint8 internal constant REDUCE_ONLY = 1;
    uint8 internal constant POST_ONLY = 2;
    uint8 internal constant FILL_OR_KILL = 4;
    uint8 internal constant FLAGS = REDUCE_ONLY | POST_ONLY | FILL_OR_KILL;

    /// @notice The EIP-712 struct hash; all fields are static, so the struct encodes as its fields do.
    function hash(Order calldata order) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPEHASH, order));
    }

    function isSpot(Order calldata order) internal pure returns (bool) {
        return uint8(order.instrument) == SPOT;
    }

    function isReduceOnly(Order calldata order) internal pure returns (bool) {
        return order.flags & REDUCE_ONLY != 0;
    }

    function isPostOnly(Order calldata order) internal pure returns (bool) {
        return order.flags & POST_ONLY != 0;
    }

    /// @notice Whether sizes, prices and flags are those of an order. The least int64 has no magnitude in its type.
    function isValid(Order calldata order) internal pure returns (bool) {
        return
            order.sizeE8 != 0 &&
            order.sizeE8 != type(int64).min &&
            order.limitPriceE8 != 0 &&
            order.flags & ~FLAGS == 0;
    }

    function magnitudeE8(Order calldata order) internal pure returns (uint64) {
        return uint64(order.sizeE8 < 0 ? -order.sizeE8 : order.sizeE8);
    }
}
