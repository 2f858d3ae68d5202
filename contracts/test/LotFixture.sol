// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @title Lots from the side of keepers and bidders: the preimages are kept as the events tell them
abstract contract LotFixture is ProtocolFixture {
    /// @dev Any witness shows the linear referee all.
    bytes internal constant WITNESS = hex"00";
    mapping(uint64 lot => LotPreimage) internal preimages;

    function fund(uint128 amountRaw) internal {
        usdc.mint(address(this), amountRaw);
        usdc.approve(address(vault), amountRaw);
        insurance.fund(amountRaw);
    }

    function startLot(uint64 account) internal returns (uint64 lot) {
        return startLotBy(account, WITNESS);
    }

    function startLotBy(uint64 account, bytes memory witness) internal returns (uint64 lot) {
        bytes memory state = stateOf(account);
        VM.recordLogs();
        lot = house.start(account, state, witness);
        readStates();
        preimages[lot] = LotPreimage(account, stateOf(account), vault.balancesOf(account));
    }

    function bidFor(uint64 lot, uint64 bidder, uint64 fractionE8, int256 maxPayE8) internal returns (int256 paidE8) {
        AccountInput memory brought = input(bidder, computed());
        VM.recordLogs();
        VM.prank(ownerOf(bidder));
        paidE8 = house.bid(lot, preimages[lot], fractionE8, maxPayE8, brought);
        readStates();
    }

    /// @dev Whether the bid is taken, whatever it costs.
    function tryBid(uint64 lot, uint64 bidder, uint64 fractionE8) internal returns (bool taken) {
        AccountInput memory brought = input(bidder, computed());
        VM.recordLogs();
        VM.prank(ownerOf(bidder));
        try house.bid(lot, preimages[lot], fractionE8, 1e16, brought) {
            readStates();
            return true;
        } catch {
            // The recorder keeps the events of a call that was undone, too.
            VM.getRecordedLogs();
        }
    }

    function tryWithdraw(uint64 account, uint16 token, uint128 amountRaw) internal returns (bool paid) {
        AccountInput memory brought = input(account, computed());
        address owner = ownerOf(account);
        VM.recordLogs();
        VM.prank(owner);
        try clearinghouse.withdraw(brought, token, amountRaw, owner) {
            readStates();
            return true;
        } catch {
            VM.getRecordedLogs();
        }
    }

    function deleverageLot(uint64 lot) internal {
        VM.recordLogs();
        house.deleverage(lot, preimages[lot]);
        readStates();
        uint64 account = preimages[lot].account;
        preimages[lot] = LotPreimage(account, stateOf(account), vault.balancesOf(account));
    }

    function finishLot(uint64 lot) internal {
        VM.recordLogs();
        house.finish(lot, preimages[lot]);
        readStates();
    }

    function serveNeed(uint64 account) internal {
        bytes memory state = stateOf(account);
        VM.recordLogs();
        clearinghouse.serveNeed(account, state);
        readStates();
    }
}
