// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OddToken} from "./OddToken.sol";

/// @title A token whose balances grow and shrink by themselves: everybody holds shares, and what a share is worth changes
/// @notice What it inherits to misbehave with stays as it is; amounts round down to whole shares.
contract RebasingToken is OddToken {
    uint256 internal constant ONE = 1e18;
    uint256 public shareE18 = ONE;

    /// @notice From now on a share is worth this much.
    function rebase(uint256 shareE18_) external {
        shareE18 = shareE18_;
    }

    function balanceOf(address who) public view override returns (uint256) {
        return (super.balanceOf(who) * shareE18) / ONE;
    }

    function totalSupply() public view override returns (uint256) {
        return (super.totalSupply() * shareE18) / ONE;
    }

    /// @dev Below this all is in shares.
    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, (amount * ONE) / shareE18);
    }
}
