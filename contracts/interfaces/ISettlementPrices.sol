// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Settlement prices: what expired instruments pay by
/// @notice Part of the price hub. Assumption: once fixed a price never changes, so that accounts may be settled in any order and at any time.
interface ISettlementPrices {
    /// @notice A settlement price was fixed, from an average over so many seconds.
    event SettlementFixed(uint16 indexed underlying, uint32 indexed expiry, uint64 priceE8, uint32 coveredSeconds);

    /// @notice The settlement price of an underlying's expiry; 0 while it is not fixed.
    function settlementPriceE8(uint16 underlying, uint32 expiry) external view returns (uint64 priceE8);
}
