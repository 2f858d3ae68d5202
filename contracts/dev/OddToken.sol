// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that misbehaves on demand: takes a fee, returns nothing or false, reverts, or calls back while it moves
contract OddToken is ERC20 {
    enum Behaviour {
        Plain,
        TakesFee,
        ReturnsNothing,
        ReturnsFalse,
        Reverts,
        CallsBack
    }

    Behaviour public behaviour;
    address public target;
    bytes public payload;
    bool public callbackSucceeded;

    error Refused();

    constructor() ERC20("Odd", "ODD") {}

    function set(Behaviour behaviour_) external {
        behaviour = behaviour_;
    }

    /// @notice What is called while tokens move, when it calls back.
    function setCallback(address target_, bytes calldata payload_) external {
        target = target_;
        payload = payload_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice As a rebase downwards does.
    function burn(address from, uint256 amount) external {
        _burn(from, amount);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        return _finish(to);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        return _finish(to);
    }

    function _finish(address to) private returns (bool) {
        if (behaviour == Behaviour.Reverts) revert Refused();
        if (behaviour == Behaviour.TakesFee) _burn(to, 1);
        // solhint-disable-next-line avoid-low-level-calls
        if (behaviour == Behaviour.CallsBack) (callbackSucceeded, ) = target.call(payload);
        if (behaviour == Behaviour.ReturnsNothing) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return behaviour != Behaviour.ReturnsFalse;
    }
}
