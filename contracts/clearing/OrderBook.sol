// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Order, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {ClearingCore} from "./ClearingCore.sol";
import {Orders} from "./Orders.sol";

/// @title Signed orders: who may fill how much of them
abstract contract OrderBook is ClearingCore, EIP712 {
    using Orders for Order;

    /// @dev Bit `nonce % 256` of word `nonce / 256` is set when the nonce is cancelled or wholly filled.
    mapping(uint64 account => mapping(uint64 word => uint256)) private _done;
    /// @dev Only of orders that were filled in part.
    mapping(uint64 account => mapping(uint64 nonce => uint64)) private _filled;

    /// @dev Everything about an order that does not depend on a fill.
    /// @custom:spec CLR-010
    function _requireOrder(SignedOrder calldata signed) internal view {
        Order calldata order = signed.order;
        require(order.isValid(), OrderInvalid(order.account, order.nonce));
        require(block.timestamp <= order.expiry, OrderExpired(order.account, order.nonce, order.expiry));
        _requireRight(order.account, signed.signer, MAY_TRADE);
        require(
            SignatureChecker.isValidSignatureNowCalldata(signed.signer, _digestOf(order), signed.signature),
            SignatureInvalid(order.account, signed.signer)
        );
    }

    /// @dev Takes a size out of what an order has left, and says whether that was all.
    function _use(Order calldata order, uint64 sizeE8) internal returns (bool isOver) {
        (uint64 account, uint64 nonce) = (order.account, order.nonce);
        require(!_isDone(account, nonce), OrderDone(account, nonce));
        uint64 wholeE8 = order.magnitudeE8();
        uint64 before = _filled[account][nonce];
        require(
            order.flags & Orders.FILL_OR_KILL == 0 || sizeE8 == wholeE8,
            NotFilledWhole(account, nonce, wholeE8, sizeE8)
        );
        uint64 left = wholeE8 > before ? wholeE8 - before : 0;
        require(sizeE8 <= left, OrderOverfilled(account, nonce, left, sizeE8));
        isOver = sizeE8 == left;
        if (isOver) _setDone(account, nonce);
        else _filled[account][nonce] = before + sizeE8;
    }

    /// @dev The typed data that an owner signs.
    function _digestOf(Order calldata order) internal view returns (bytes32) {
        return _hashTypedDataV4(order.hash());
    }

    function _statusOf(uint64 account, uint64 nonce) internal view returns (bool done, uint64 filledE8) {
        return (_isDone(account, nonce), _filled[account][nonce]);
    }

    function _setDone(uint64 account, uint64 nonce) internal {
        _done[account][nonce >> 8] |= 1 << (nonce & 255);
    }

    function _isDone(uint64 account, uint64 nonce) private view returns (bool) {
        return nonce < _accounts[account].minimumNonce || _done[account][nonce >> 8] & (1 << (nonce & 255)) != 0;
    }
}
