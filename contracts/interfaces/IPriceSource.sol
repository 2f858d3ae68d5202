// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title One source of a price, behind an adapter
/// @notice Adapters exist so that a feed, a median of feeds, a share rate or a traded average stand in the same place.
/// Assumptions: `read` does not revert for a bad answer; it says 0. PriceHub also survives one that reverts, burns its gas or answers garbage.
interface IPriceSource {
    /// @notice The price in E8 and when it was observed; price 0 when the source has none that it stands for.
    function read() external view returns (uint64 priceE8, uint40 time);
}
