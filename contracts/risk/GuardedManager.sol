// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title The roles of the protocol: governance announces each act and waits, and a guardian can take every act back meanwhile but its own end
/// @notice OpenZeppelin's AccessManager with one rule more (docs/decisions/0050-the-guardian-takes-back-every-act-but-its-end.md). Governance holds the admin's role with a delay; of everything restricted only what is named for another role is not the admin's.
/// Warning: nobody can take back an act that the admin's role does without a delay, so a deployment that is in use gives it to nobody without one.
contract GuardedManager is AccessManager {
    /// @notice Who holds this role pauses, stops what attesters publish, and takes acts back.
    uint64 public constant GUARDIAN_ROLE = 1;

    /// @param initialAdmin Who sets the roles up, and renounces the admin's then.
    constructor(address initialAdmin) AccessManager(initialAdmin) {}

    /// @dev Not by the manager's own guardians of roles: the admin's role may have none, and a contract's own `setAuthority` is in no role at all, so whoever held governance's key could wait once and hand the contracts to a manager that asks nobody.
    /// Why not the end of a role: else governance could never part with its guardian.
    function _canCancel(address caller, address target, bytes calldata data) internal view override returns (bool) {
        bool isEnd = target == address(this) && bytes4(data) == this.revokeRole.selector;
        if (isEnd) return super._canCancel(caller, target, data);
        (bool isGuardian, ) = hasRole(GUARDIAN_ROLE, _msgSender());
        return isGuardian || super._canCancel(caller, target, data);
    }
}
