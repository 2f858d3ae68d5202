// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {AccountState, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Exposures} from "./Exposures.sol";
import {Fills} from "./Fills.sol";
import {SignedDivision} from "./SignedDivision.sol";

/// @title Settlement at expiry
library Expiries {
    using SignedDivision for int256;

    int256 internal constant ONE = 1e8;

    /// @notice The settlement price of an instrument that has expired, or whatever its expiry the last price of a market that was wound down; 0 while there is none. And the funding that a perpetual's cost is kept against.
    /// @custom:spec CLR-018
    /// @custom:spec CLR-027
    function closingPriceOf(
        IPriceHub hub,
        uint96 instrument,
        bool woundDown
    ) internal view returns (uint256 priceE8, int256 fundingE8) {
        uint256 expiry = Instruments.expiryOf(instrument);
        if (!woundDown && (expiry == 0 || expiry > block.timestamp)) return (0, 0);
        uint16 underlying = uint16(Instruments.underlyingOf(instrument));
        priceE8 = hub.settlementPriceE8(underlying, uint32(expiry));
        if (expiry == 0) fundingE8 = hub.cumulativeFundingE8(underlying);
    }

    /// @notice Whether any position is of an instrument that expires at a time or before.
    function areAnyDue(Position[] memory positions, uint256 time) internal pure returns (bool due) {
        // Safe: reads the pointers of the array and the first word of each position, the instrument, whose expiry begins at bit 48.
        // A perpetual has expiry 0: one less is the largest number.
        assembly ("memory-safe") {
            let pointer := add(positions, 32)
            for {
                let end := add(pointer, shl(5, mload(positions)))
            } lt(pointer, end) {
                pointer := add(pointer, 32)
            } {
                due := or(due, lt(sub(and(shr(48, mload(mload(pointer))), 0xffffffff), 1), time))
            }
        }
    }

    /// @notice The same of a state's positions, by their words.
    function areAnyDueIn(bytes calldata state, uint256 time) internal pure returns (bool due) {
        (uint256 from, uint256 to) = Exposures.positionsOf(state);
        // Safe: reads the words of the positions. As above.
        assembly ("memory-safe") {
            for {} lt(from, to) {
                from := add(from, 32)
            } {
                due := or(due, lt(sub(and(shr(208, calldataload(from)), 0xffffffff), 1), time))
            }
        }
    }

    /// @notice What one unit pays at a settlement price: a future the price, an option what it is in the money.
    /// @custom:spec CLR-018
    function payoffE8(uint96 instrument, uint256 priceE8) internal pure returns (uint256) {
        uint256 strikeE8 = Instruments.strikeE8Of(instrument);
        if (!Instruments.isOption(instrument)) return priceE8;
        if (Instruments.kindOf(instrument) == Instruments.CALL) return priceE8 > strikeE8 ? priceE8 - strikeE8 : 0;
        return strikeE8 > priceE8 ? strikeE8 - priceE8 : 0;
    }

    /// @notice Closes a position at its payoff, rounded against the holder: `cash - cost` falls by `valueE8`.
    /// @return realisedE8 What the cash rises by.
    /// @custom:spec CLR-018
    function close(
        Position memory position,
        uint256 priceE8,
        int256 fundingE8
    ) internal pure returns (int256 realisedE8, int256 valueE8) {
        valueE8 = (-position.sizeE8 * (int256(payoffE8(position.instrument, priceE8)) - fundingE8)).ceil(ONE);
        realisedE8 = -valueE8 - position.costE8;
        (position.sizeE8, position.costE8) = (0, 0);
    }

    /// @notice The same for all positions of a state at once, in memory only: what a touch would leave.
    /// @param woundDown Whether the market of one of them may have been wound down.
    /// @custom:spec CLR-018
    /// @custom:spec CLR-027
    function settle(AccountState memory state, IPriceHub hub, bool woundDown) internal view {
        uint256 n = state.positions.length;
        bool settled = false;
        for (uint256 i = 0; i < n; ++i) {
            (uint256 priceE8, int256 fundingE8) = closingPriceOf(hub, state.positions[i].instrument, woundDown);
            if (priceE8 == 0) continue;
            (int256 realisedE8, ) = close(state.positions[i], priceE8, fundingE8);
            state.cashE8 += realisedE8;
            settled = true;
        }
        if (settled) Fills.prune(state);
    }
}
