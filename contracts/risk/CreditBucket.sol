// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {ICreditBucket} from "../interfaces/ICreditBucket.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";

/// @title The credit bucket
/// @custom:spec CLR-051
contract CreditBucket is ICreditBucket, AccessManaged {
    uint256 internal constant BPS = 10_000;
    /// @notice Capacity, and refill a day, of k·bond. 1500 + 7·500 = 5000: half of it over the challenge horizon of 7 days.
    uint256 public constant CAPACITY_BPS = 1500;
    uint256 public constant REFILL_BPS_PER_DAY = 500;

    IRiskRegistry public immutable registry;
    address public clearinghouse;
    address public gate;
    IAttesterBonds public bonds;
    /// @dev What is drawn and not yet refilled, and when that was.
    uint192 private _drawnE8;
    uint64 private _time;

    constructor(address authority, IRiskRegistry registry_) AccessManaged(authority) {
        registry = registry_;
    }

    /// @inheritdoc ICreditBucket
    function take(address asking, uint64 account, uint256 creditE8) external {
        // A question that somebody else put to the gate must not empty the bucket.
        require(msg.sender == gate && asking == clearinghouse, NotConnected(asking));
        if (creditE8 == 0) return;
        (uint256 leftE8, uint256 capacityE8) = available();
        require(creditE8 <= leftE8, CreditExhausted(account, creditE8, leftE8));
        leftE8 -= creditE8;
        (_drawnE8, _time) = (uint192(capacityE8 - leftE8), uint64(block.timestamp));
        emit CreditTaken(account, creditE8, leftE8);
    }

    /// @inheritdoc ICreditBucket
    function connect(address clearinghouse_, address gate_, address bonds_) external restricted {
        bool complete = clearinghouse_ != address(0) && gate_ != address(0) && bonds_ != address(0);
        require(clearinghouse == address(0) && complete, NotConnected(msg.sender));
        (clearinghouse, gate, bonds) = (clearinghouse_, gate_, IAttesterBonds(bonds_));
        emit Connected(clearinghouse_, gate_, bonds_);
    }

    /// @inheritdoc ICreditBucket
    function available() public view returns (uint256 leftE8, uint256 capacityE8) {
        uint256 stakeE8 = bonds.bondE8() * registry.threshold();
        capacityE8 = (stakeE8 * CAPACITY_BPS) / BPS;
        uint256 refilledE8 = (stakeE8 * REFILL_BPS_PER_DAY * (block.timestamp - _time)) / (BPS * 1 days);
        uint256 drawnE8 = _drawnE8 > refilledE8 ? _drawnE8 - refilledE8 : 0;
        leftE8 = drawnE8 < capacityE8 ? capacityE8 - drawnE8 : 0;
    }
}
