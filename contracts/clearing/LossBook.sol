// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Books} from "./AccountBook.sol";
import {ClearingCore} from "./ClearingCore.sol";
import {Loss, Recoveries, Recovery} from "./Recoveries.sol";

/// @title What rooms do with losses that withdrawers took
abstract contract LossBook is ClearingCore {
    /// @dev Fees pay losses that nothing has paid, and give withdrawers theirs back, in proportion.
    /// @custom:spec CLR-026
    function _coverLosses(Books memory books) internal {
        Recovery memory all = _recovery;
        (uint256 paidE8, uint256 backE8) = Recoveries.share(books.ledger.feesE8, books.ledger.deficitE8, all.lostE8);
        if (paidE8 + backE8 == 0) return;
        books.ledger.feesE8 -= uint128(paidE8 + backE8);
        books.ledger.deficitE8 -= uint128(paidE8);
        if (backE8 != 0) {
            Recoveries.shrink(all, backE8);
            _recovery = all;
            _heldE8 += SafeCast.toUint96(backE8);
        }
        emit LossesRecovered(paidE8, backE8);
    }

    /// @dev Puts down what a withdrawal was paid less.
    /// @custom:spec CLR-026
    function _noteLoss(address owner, uint64 account, uint256 lostE8) internal {
        _collectBack(owner);
        Recovery memory all = _recovery;
        if (all.factorE18 == 0) all.factorE18 = uint128(Recoveries.ONE_E18);
        Loss memory own = _losses[owner];
        (own.lostE8, own.factorE18, own.generation) = (own.lostE8 + uint128(lostE8), all.factorE18, all.generation);
        all.lostE8 += uint128(lostE8);
        (_losses[owner], _recovery) = (own, all);
        emit LossTaken(owner, account, lostE8);
    }

    /// @dev What an owner got back since last time is now his to claim.
    /// @custom:spec CLR-026
    function _collectBack(address owner) internal {
        Loss memory own = _losses[owner];
        if (own.lostE8 == 0) return;
        Recovery memory all = _recovery;
        uint256 backE8 = Recoveries.backDown(all, own);
        (own.lostE8, own.factorE18, own.generation) = (own.lostE8 - uint128(backE8), all.factorE18, all.generation);
        _losses[owner] = own;
        _heldForE8[owner] += backE8;
        emit LossReturned(owner, backE8);
    }
}
