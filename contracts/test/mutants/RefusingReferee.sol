// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiveMarkets} from "../../clearing/LiveMarkets.sol";
import {IReferee} from "../../interfaces/IReferee.sol";
import {AccountState, AccountStates} from "../../margin/AccountStates.sol";
import {Instruments} from "../../margin/Instruments.sol";

/// @title Mutant: a referee that refuses what it has no good number for: an option far from its forward, an expiry whose time is over
contract RefusingReferee {
    uint256 private constant MONEYNESS_MAX = 8;
    address public immutable inner;

    /// @notice Thrown when a position cannot be priced, by the naive variant.
    error Unpriceable(uint96 instrument);

    constructor(address inner_) {
        inner = inner_;
    }

    // solhint-disable-next-line func-name-mixedcase
    function WITNESS() external view returns (address) {
        return address(this);
    }

    function priceable(bytes calldata state, bytes calldata records) external view {
        AccountState memory account = AccountStates.decode(state);
        for (uint256 i = 0; i < account.positions.length; ++i) {
            uint96 instrument = account.positions[i].instrument;
            if (!Instruments.isOption(instrument)) continue;
            require(Instruments.expiryOf(instrument) > block.timestamp, Unpriceable(instrument));
            uint256 spotE8 = LiveMarkets.find(records, Instruments.underlyingOf(instrument)).spotE8;
            uint256 strikeE8 = Instruments.strikeE8Of(instrument);
            bool near = strikeE8 * MONEYNESS_MAX >= spotE8 && strikeE8 <= spotE8 * MONEYNESS_MAX;
            require(near, Unpriceable(instrument));
        }
    }

    // solhint-disable-next-line no-complex-fallback
    fallback() external {
        if (msg.sig == IReferee.health.selector || msg.sig == IReferee.witnessMargin.selector) {
            (bytes memory state, , , bytes memory records) = abi.decode(msg.data[4:], (bytes, bytes, bytes, bytes));
            this.priceable(state, records);
        }
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory answer) = inner.staticcall(msg.data);
        // Safe: ends the call with the answer as it is.
        assembly ("memory-safe") {
            if iszero(done) {
                revert(add(answer, 32), mload(answer))
            }
            return(add(answer, 32), mload(answer))
        }
    }
}
