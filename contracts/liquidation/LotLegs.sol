// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {LiveMarkets} from "../clearing/LiveMarkets.sol";
import {SignedDivision} from "../clearing/SignedDivision.sol";

/// @title The notional of a lot's legs at live spots
library LotLegs {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;

    /// @notice The notional of all legs, and the underlying that most of it is in; 0 without legs.
    /// @custom:spec CLR-041
    function notional(
        bytes memory records,
        AccountState memory state
    ) internal pure returns (uint256 grossE8, uint16 main) {
        uint256 n = state.positions.length;
        uint256 sum = 0;
        uint256 largest = 0;
        uint256 current = 0;
        for (uint256 i = 0; i < n; ++i) {
            Position memory leg = state.positions[i];
            uint256 underlying = Instruments.underlyingOf(leg.instrument);
            if (underlying != current) (sum, current) = (0, underlying);
            uint256 one = (leg.sizeE8.abs() * LiveMarkets.find(records, underlying).spotE8) / ONE;
            (grossE8, sum) = (grossE8 + one, sum + one);
            if (sum > largest) (largest, main) = (sum, uint16(underlying));
        }
    }
}
