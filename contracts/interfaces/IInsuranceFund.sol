// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The insurance fund: settlement token that pays the losses that liquidated accounts cannot
/// @notice Its money lies in the vault's pool and is the `insuranceE8` of the cash ledger. Anyone may pay in. Only a lot with negative equity takes out, capped per lot.
/// Warning: what is paid in belongs to the protocol: staking, with shares and an exit delay, is not built yet.
interface IInsuranceFund {
    event Funded(address indexed payer, uint128 amountRaw);

    /// @notice Pays settlement token in; needs an approval of the vault.
    function fund(uint128 amountRaw) external;

    /// @notice What is there.
    function balanceE8() external view returns (uint256);

    /// @notice What insurance would pay for a loss of `wantedE8` of a lot that already took `takenE8`.
    function coverage(uint256 wantedE8, uint256 takenE8) external view returns (uint256 coveredE8);
}
