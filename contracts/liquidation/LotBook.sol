// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";

/// @title The lots, and whom the liquidation house works with
/// @dev All the storage that there is: the house and its room, which runs in the house's storage, begin with it and add none.
abstract contract LotBook is ReentrancyGuardTransient {
    IClearinghouse public immutable clearinghouse;
    IMarginVault public immutable vault;
    IPriceHub public immutable hub;
    IReferee public immutable referee;
    /// @notice The part of the referee that weighs witnesses.
    IReferee public immutable witnesses;
    IFloorReferee public immutable floors;
    IRiskParameters public immutable parameters;
    IInsuranceFund public immutable insurance;

    /// @dev Never zero, so that the first lot costs its keeper what every other does.
    uint64 internal _nextLot = 1;
    /// @dev The last lot of each account, which has one at a time: its next one takes the same words.
    mapping(uint64 account => Lot) internal _lots;

    constructor(
        IClearinghouse clearinghouse_,
        IMarginVault vault_,
        IPriceHub hub_,
        IReferee referee_,
        IFloorReferee floors_,
        IRiskParameters parameters_,
        IInsuranceFund insurance_
    ) {
        clearinghouse = clearinghouse_;
        vault = vault_;
        hub = hub_;
        referee = referee_;
        witnesses = IReferee(referee_.WITNESS());
        floors = floors_;
        parameters = parameters_;
        insurance = insurance_;
    }

    function _requireLot(uint64 lot, LotPreimage calldata preimage) internal view virtual returns (Lot memory stored) {
        stored = _lots[preimage.account];
        require(lot != 0 && stored.lot == lot && stored.endTime == 0, ILiquidationHouse.LotNotOpen(lot));
        bytes32 found = keccak256(abi.encode(preimage.account, preimage.state, preimage.balances));
        require(found == stored.lotHash, ILiquidationHouse.LotMismatch(lot, stored.lotHash, found));
    }

    function _hashOf(uint64 account, bytes memory state, bytes memory balances) internal pure returns (bytes32) {
        return keccak256(abi.encode(account, state, balances));
    }

    function _modules() internal view returns (IClearinghouseModules) {
        return IClearinghouseModules(address(clearinghouse));
    }
}
