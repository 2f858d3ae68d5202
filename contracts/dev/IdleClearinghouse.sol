// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CashLedger, MarketTotals} from "../interfaces/ClearingTypes.sol";

/// @title What the price hub asks of a clearinghouse, of one in which nothing happens
/// @notice For gas figures and replays of the oracle alone.
contract IdleClearinghouse {
    function cashBases() external pure returns (uint128 debtBaseE8, uint128 creditBaseE8) {}

    function ledger() external pure returns (CashLedger memory current) {}

    function marketTotals(uint16) external pure returns (MarketTotals memory totals) {}
}
