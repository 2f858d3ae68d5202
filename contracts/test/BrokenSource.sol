// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceSource} from "../interfaces/IPriceSource.sol";

/// @title A price source that fails in each way
contract BrokenSource is IPriceSource {
    enum Failure {
        None,
        Reverts,
        BurnsGas,
        AnswersTooMuch,
        AnswersTooLittle,
        FromTheFuture,
        TooLarge
    }

    Failure public failure;

    error Broken();

    function set(Failure failure_) external {
        failure = failure_;
    }

    function read() external view returns (uint64 priceE8, uint40 time) {
        if (failure == Failure.Reverts) revert Broken();
        if (failure == Failure.BurnsGas) while (true) {}
        if (failure == Failure.FromTheFuture) return (7e8, uint40(block.timestamp + 1));
        if (failure == Failure.TooLarge) return (type(uint64).max, uint40(block.timestamp));
        uint256 length = failure == Failure.AnswersTooMuch ? 1_000_000 : 32;
        if (failure == Failure.AnswersTooMuch || failure == Failure.AnswersTooLittle) {
            assembly {
                return(0, length)
            }
        }
        return (7e8, uint40(block.timestamp));
    }
}
