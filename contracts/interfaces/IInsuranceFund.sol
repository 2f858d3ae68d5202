// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The insurance fund: settlement token that pays the losses that liquidated accounts cannot
/// @notice Its money lies in the vault's pool and is the `insuranceE8` of the cash ledger. Anyone may pay in. Only a lot with negative equity takes out, capped per lot, and per day and underlying: a thin market cannot drain it for all.
/// Warning: what is paid in belongs to the protocol: staking, with shares and an exit delay, is not built yet.
interface IInsuranceFund {
    event Funded(address indexed payer, uint128 amountRaw);

    /// @notice Pays settlement token in; needs an approval of the vault.
    function fund(uint128 amountRaw) external;

    /// @notice What is there.
    function balanceE8() external view returns (uint256);

    /// @notice Insurance paid for a lot of an underlying.
    event Covered(uint16 indexed underlying, uint256 paidE8, uint32 day, uint256 paidOfDayE8);

    /// @notice Thrown when the caller is not the liquidation house.
    error NotConnected(address caller);

    /// @notice What insurance would pay for a loss of `wantedE8` of a lot of this underlying that already took `takenE8`: at most what is left of the lot's and of the day's cap, and what is there.
    function coverage(uint16 underlying, uint256 wantedE8, uint256 takenE8) external view returns (uint256 coveredE8);

    /// @notice Counts what was paid into the underlying's day. LiquidationHouse only.
    function count(uint16 underlying, uint256 paidE8) external;

    /// @notice What was paid today for lots of an underlying.
    function paidToday(uint16 underlying) external view returns (uint256 paidE8);
}
