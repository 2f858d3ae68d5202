// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiveMarkets} from "../../clearing/LiveMarkets.sol";
import {IReferee} from "../../interfaces/IReferee.sol";
import {AccountState, AccountStates} from "../../margin/AccountStates.sol";
import {Checkpoints, UnderlyingRecord} from "../../margin/Checkpoints.sol";
import {Instruments} from "../../margin/Instruments.sol";

/// @title Mutant: a referee that refuses what it has no good number for: an option far from its forward, an expiry whose time is over, a surface beyond what volatilities may be
contract RefusingReferee {
    uint256 private constant WORD = 32;
    uint256 private constant MONEYNESS_MAX = 8;
    /// @dev 5 % and 500 %, squared.
    int256 private constant VARIANCE_MIN_E12 = 25e8;
    int256 private constant VARIANCE_MAX_E12 = 25e12;
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
            int256 variance = this.varianceE12(instrument, records);
            require(variance >= VARIANCE_MIN_E12 && variance <= VARIANCE_MAX_E12, Unpriceable(instrument));
        }
    }

    /// @dev The level of the surface of an option's expiry.
    function varianceE12(uint96 instrument, bytes calldata records) external pure returns (int256) {
        uint256 length = 0;
        for (uint256 from = 0; from < records.length; from += length) {
            bytes calldata rest = records[from:];
            length = WORD * (Checkpoints.UNDERLYING_WORDS + Checkpoints.EXPIRY_WORDS * Checkpoints.expiriesOf(rest));
            UnderlyingRecord memory record = Checkpoints.decodeUnderlying(rest[:length]);
            if (record.underlying != Instruments.underlyingOf(instrument)) continue;
            for (uint256 i = 0; i < record.expiries.length; ++i) {
                if (record.expiries[i].expiry != Instruments.expiryOf(instrument)) continue;
                return record.expiries[i].present.aE12;
            }
        }
        revert Unpriceable(instrument);
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
