// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Slice} from "../interfaces/ClearingTypes.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {ICreditBucket} from "../interfaces/ICreditBucket.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {IVolSurfaces} from "../interfaces/IVolSurfaces.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {VM} from "./IVm.sol";
import {LeveragedFixture} from "./LeveragedFixture.sol";

/// @notice What contracts may do with one another nobody else may: each such function, called by strangers and by every other contract of the deployment, with a lot open.
/// AccessTests requires that each function which is nobody else's stands here.
contract ClearinghouseRoomsTest is LeveragedFixture {
    /// @dev A function, who may call it, and how all others are refused: by an error that names them.
    struct Row {
        address target;
        address allowed;
        bytes4 refusal;
        bytes data;
    }

    /// @notice Thrown when a function answered somebody as it should not.
    error Answered(address caller, address target, bytes data, bytes answer);

    Row[] private rows;

    function test_rooms_areForTheConnectedAlone() public {
        walkBtc(66_000e8);
        startLot(victim);
        _listClearinghouse();
        _listVault();
        _listOthers();
        address[9] memory callers = [
            address(this),
            address(clearinghouse),
            address(house),
            address(insurance),
            address(hub),
            address(vault),
            address(bonds),
            address(challenges),
            address(gate)
        ];
        for (uint256 i = 0; i < rows.length; ++i) {
            Row memory row = rows[i];
            for (uint256 j = 0; j < callers.length; ++j) _requireRefused(row, callers[j]);
        }
        require(house.openLotOf(victim) != 0, Broken("the lot is as it was"));
    }

    /// @dev Tokens of accounts are moved by two.
    function test_move_isForTheHouseAndTheClearinghouseAlone() public {
        deposit(victim, WETH_TOKEN, 1e18);
        bytes memory data = abi.encodeCall(IMarginVault.move, (victim, maker, WETH_TOKEN, 1e18));
        Row memory row = Row(address(vault), address(house), IMarginVault.NotConnected.selector, data);
        _requireRefused(row, address(this));
        _requireRefused(row, address(insurance));
        _requireRefused(row, address(house));
        row.allowed = address(clearinghouse);
        _requireRefused(row, address(clearinghouse));
    }

    /// @dev Credit is taken by the gate alone, and when the clearinghouse asked it alone.
    function test_take_isForTheGateAskedByTheClearinghouseAlone() public {
        bytes memory data = abi.encodeCall(ICreditBucket.take, (address(clearinghouse), victim, 1e8));
        bytes memory refusal = abi.encodeWithSelector(ICreditBucket.NotConnected.selector, clearinghouse);
        _requireAnswer(address(this), address(bucket), data, refusal);
        _requireAnswer(address(clearinghouse), address(bucket), data, refusal);
        // Nobody attests yet, so that there is no credit: it is who asks that is not refused.
        refusal = abi.encodeWithSelector(ICreditBucket.CreditExhausted.selector, victim, 1e8, 0);
        _requireAnswer(address(gate), address(bucket), data, refusal);
        data = abi.encodeCall(ICreditBucket.take, (address(this), victim, 1e8));
        refusal = abi.encodeWithSelector(ICreditBucket.NotConnected.selector, this);
        _requireAnswer(address(gate), address(bucket), data, refusal);
    }

    function _listClearinghouse() private {
        AccountState memory rich = unpacked(victim);
        rich.cashE8 = 1e15;
        bytes memory state = AccountStates.encode(rich);
        AccountInput memory bought = input(bidder, computed());
        address target = address(clearinghouse);
        bytes4 refusal = IClearingEvents.NotConnected.selector;
        bytes memory data = abi.encodeCall(IClearinghouseModules.leaveLot, (victim, state, 0));
        rows.push(Row(target, address(house), refusal, data));
        data = abi.encodeCall(
            IClearinghouseModules.takeOver,
            (victim, state, 0, 1e15, new uint96[](0), new int256[](0))
        );
        rows.push(Row(target, address(house), refusal, data));
        data = abi.encodeCall(
            IClearinghouseModules.enterLot,
            (bidder, stateOf(bidder), address(this), referee, WITNESS)
        );
        rows.push(Row(target, address(house), refusal, data));
        data = abi.encodeCall(
            IClearinghouseModules.receiveSlice,
            (bought, ownerOf(bidder), victim, 1e12, 0, 0, Slice(0, "", 1e8), -1e15, 1e15, "", "")
        );
        rows.push(Row(target, address(house), refusal, data));
        data = abi.encodeCall(IClearinghouseModules.bookInsurance, (1e12, false));
        rows.push(Row(target, address(insurance), refusal, data));
        data = abi.encodeCall(IClearinghouseModules.payInsurance, (address(this), 1));
        rows.push(Row(target, address(insurance), refusal, data));
        data = abi.encodeCall(IClearinghouseModules.bookInterest, (1e15));
        rows.push(Row(target, address(hub), refusal, data));
    }

    function _listVault() private {
        (address target, address only, bytes4 refusal) = (
            address(vault),
            address(clearinghouse),
            IMarginVault.NotConnected.selector
        );
        rows.push(Row(target, only, refusal, abi.encodeCall(IMarginVault.sweep, (bidder))));
        bytes memory data = abi.encodeCall(IMarginVault.pay, (bidder, WETH_TOKEN, address(this), 1e18));
        rows.push(Row(target, only, refusal, data));
        rows.push(Row(target, only, refusal, abi.encodeCall(IMarginVault.payPooled, (address(this), 1e6))));
        usdc.mint(address(bonds), 1e6);
        VM.prank(address(bonds));
        usdc.approve(address(vault), 1e6);
        data = abi.encodeCall(IMarginVault.poolFrom, (address(bonds), 1e6));
        rows.push(Row(target, address(insurance), refusal, data));
    }

    function _listOthers() private {
        bytes4 refusal = IRiskRegistry.ConnectedWrongly.selector;
        address target = address(registry);
        rows.push(Row(target, address(bonds), refusal, abi.encodeCall(IRiskRegistry.enrol, (address(this)))));
        rows.push(Row(target, address(bonds), refusal, abi.encodeCall(IRiskRegistry.retire, (address(this)))));
        rows.push(Row(target, address(bonds), refusal, abi.encodeCall(IRiskRegistry.vacate, (address(this)))));
        rows.push(Row(target, address(bonds), refusal, abi.encodeCall(IRiskRegistry.condemn, (1))));
        rows.push(Row(target, address(challenges), refusal, abi.encodeCall(IRiskRegistry.voidEpoch, (1))));
        bytes memory data = abi.encodeCall(IRiskRegistry.voidAttestation, (bytes32(uint256(1))));
        rows.push(Row(target, address(challenges), refusal, data));
        data = abi.encodeCall(IAttesterBonds.slash, (1, address(this)));
        rows.push(Row(address(bonds), address(challenges), IAttesterBonds.NotChallenges.selector, data));
        data = abi.encodeCall(IPriceHub.resizeInsurance, (1e8, 1e16));
        rows.push(Row(address(hub), address(clearinghouse), IPriceHub.NotConnected.selector, data));
        data = abi.encodeCall(IVolSurfaces.retire, (BTC, uint32(START + 10 days)));
        rows.push(Row(address(surfaces), address(hub), IVolSurfaces.NotTheHub.selector, data));
        refusal = IInsuranceFund.NotConnected.selector;
        data = abi.encodeCall(IInsuranceFund.hold, (1e15, true));
        rows.push(Row(address(insurance), address(house), refusal, data));
        data = abi.encodeCall(IInsuranceFund.count, (BTC, 1e15));
        rows.push(Row(address(insurance), address(house), refusal, data));
    }

    function _requireAnswer(address caller, address target, bytes memory data, bytes memory expected) private {
        VM.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory answer) = target.call(data);
        require(!done && keccak256(answer) == keccak256(expected), Answered(caller, target, data, answer));
    }

    /// @dev And whoever may is not refused by that error, whatever else may be wrong with what he asks.
    function _requireRefused(Row memory row, address caller) private {
        uint256 before = VM.snapshotState();
        VM.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory answer) = row.target.call(row.data);
        bool refused = !done && keccak256(answer) == keccak256(abi.encodeWithSelector(row.refusal, caller));
        VM.revertToState(before);
        require(refused == (caller != row.allowed), Answered(caller, row.target, row.data, answer));
    }
}
