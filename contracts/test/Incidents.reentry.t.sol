// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";
import {VaultFlaw} from "./mutants/Flaws.sol";

/// @notice Derive, audit: a liquidation begins in the middle of a transfer, when the tokens have left an account and its positions have not.
/// Our vault calls nobody back on a move; both runs have one that does, so that what is shown is the guard behind it.
contract IncidentsReentryTest is LotFixture {
    uint256 private constant KEY = 4711;
    uint64 private account;
    uint64 private sibling;
    bool private called;

    function test_derive_reentryLiquidatesMidTransfer() public {
        require(!_liquidatesMidTransfer(), Broken("a lot in the middle of a move"));
        require(called, Broken("the callback did come"));
        requireConserved();
    }

    function test_derive_reentryLiquidatesMidTransfer_onTheMutant() public {
        standIn("contracts/clearing/LotModule.sol:LotModule", "UnguardedLotModule", 0);
        require(_liquidatesMidTransfer(), Broken("the attack works on the naive variant"));
    }

    function _liquidatesMidTransfer() private returns (bool) {
        standIn("contracts/vault/MarginVault.sol:MarginVault", "NaiveVault", uint8(VaultFlaw.MovesCallBack));
        deploy();
        account = _own();
        sibling = _own();
        deposit(account, WETH_TOKEN, 10e18);
        trade(account, openWith(1_000_000), btcPerpetual, 1e8, BTC_PRICE);
        pass(60);
        AccountInput memory from = input(account, computed());
        AccountInput memory to = input(sibling, computed());
        uint96[] memory instruments = new uint96[](1);
        instruments[0] = btcPerpetual;
        VM.recordLogs();
        clearinghouse.move(from, to, WETH_TOKEN, 9e18, instruments);
        readStates();
        return house.openLotOf(account) != 0;
    }

    /// @dev An account of this contract, whose orders a key signs.
    function _own() private returns (uint64 opened) {
        opened = clearinghouse.openAccount(address(this));
        clearinghouse.setDelegate(opened, VM.addr(KEY), 1, type(uint40).max);
        keys[opened] = KEY;
    }

    /// @notice In the middle of the move: the tokens are gone, the stored state still has the position.
    function onPaid() external {
        called = true;
        try house.start(account, stateOf(account), WITNESS) {} catch {}
    }
}
