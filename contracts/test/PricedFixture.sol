// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {build, buildNormalTable} from "./Artifacts.sol";
import {SurfaceFixture} from "./SurfaceFixture.sol";

/// @notice Real surfaces, priced by the real referee.
abstract contract PricedFixture is SurfaceFixture {
    address private _table;

    /// @dev For settlements that are expected to be refused.
    function settleOutside(AccountInput[] calldata accounts, SignedOrder[] calldata orders, uint64 sizeE8) external {
        settle(accounts, orders, sizeE8);
    }

    function markOf(uint96 instrument) internal view returns (uint256) {
        (bytes memory checkpoint, bytes memory records) = hub.live();
        return uint256(floors.quoteOf(instrument, checkpoint, records).markE8);
    }

    function _referee() internal virtual override returns (IReferee) {
        _table = buildNormalTable();
        return IReferee(build("contracts/margin/Referee.sol:Referee", abi.encode(_table)));
    }

    function _floors() internal virtual override returns (IFloorReferee) {
        return IFloorReferee(build("contracts/margin/FloorReferee.sol:FloorReferee", abi.encode(_table)));
    }
}
