// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {LotFixture} from "./LotFixture.sol";
import {DatedFixture} from "./DatedFixture.sol";
import {ProtocolDeployment} from "./ProtocolDeployment.sol";

/// @title Lots of dated instruments, by the real referees
abstract contract DatedLotFixture is DatedFixture, LotFixture {
    function _hub(IPriceHub prices) internal virtual override(DatedFixture, ProtocolDeployment) returns (IPriceHub) {
        return super._hub(prices);
    }

    function _referee() internal virtual override(DatedFixture, ProtocolDeployment) returns (IReferee) {
        return super._referee();
    }

    function _floors() internal virtual override(DatedFixture, ProtocolDeployment) returns (IFloorReferee) {
        return super._floors();
    }
}
