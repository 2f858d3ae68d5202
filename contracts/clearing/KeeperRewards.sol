// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";

/// @title What a proved start is paid
library KeeperRewards {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant WEI = 1e18;

    /// @notice What a proved start is paid: its gas at the block's base fee, at most a part of the account's equity, so that it is never paid by anybody else.
    /// @param nativeE8 The price of a whole coin that gas is paid in.
    /// @custom:spec CLR-044
    function rewardDown(
        LiquidationParameters memory p,
        int256 equityE8,
        uint256 positions,
        uint256 feeWei,
        uint256 nativeE8
    ) internal pure returns (uint256 rewardE8) {
        if (equityE8 <= 0) return 0;
        rewardE8 = ((p.rewardGas + p.rewardGasPosition * positions) * feeWei * nativeE8) / WEI;
        uint256 largest = (uint256(equityE8) * p.rewardMaxE8) / ONE;
        if (rewardE8 > largest) rewardE8 = largest;
        if (rewardE8 > p.rewardMostE8) rewardE8 = p.rewardMostE8;
    }
}
