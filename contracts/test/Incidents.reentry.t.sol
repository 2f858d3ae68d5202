// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OddToken} from "../dev/OddToken.sol";
import {AccountInput, Fill, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILiquidationHouse} from "../interfaces/ILiquidationHouse.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {build} from "./Artifacts.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";
import {VaultFlaw} from "./mutants/Flaws.sol";

/// @notice Derive, audit: a liquidation begins in the middle of a transfer, when the tokens have left an account and its positions have not.
/// Our vault calls nobody back on a move; both runs have one that does, so that what is shown is the guard behind it.
contract IncidentsReentryTest is LotFixture {
    /// @dev A call that is tried in the middle of another.
    struct Door {
        address target;
        bytes data;
    }

    /// @notice Thrown when a call in the middle of another was not refused by the guard.
    error Unlocked(uint256 door, bytes answer);

    uint256 private constant KEY = 4711;
    uint64 private account;
    uint64 private sibling;
    bool private called;
    Door[] private doors;

    function test_derive_reentryLiquidatesMidTransfer() public {
        require(!_liquidatesMidTransfer(), Broken("a lot in the middle of a move"));
        require(called, Broken("the callback did come"));
        requireConserved();
    }

    function test_derive_reentryLiquidatesMidTransfer_onTheMutant() public {
        standIn("contracts/clearing/LotModule.sol:LotModule", "UnguardedLotModule", 0);
        require(_liquidatesMidTransfer(), Broken("the attack works on the naive variant"));
    }

    /// @dev The receiver of a payment finds every door locked, that of who pays and those of the houses that stand beside: by the guard and by nothing else.
    function test_withdraw_whoIsPaidFindsEveryDoorLocked() public {
        deploy();
        OddToken odd = OddToken(build("contracts/dev/OddToken.sol:OddToken", ""));
        uint16 token = vault.tokenCount();
        vault.listToken(address(odd), token);
        vault.setCap(token, type(uint64).max, 0);
        (account, sibling) = (_own(), _own());
        deposit(account, token, 10e18);
        deposit(account, USDC_TOKEN, 1_000_000e6);
        (uint64 solvent, uint64 insolvent) = (openWith(20_000), openWith(33_000));
        trade(solvent, openWith(1_000_000), btcPerpetual, 1e8, BTC_PRICE);
        trade(insolvent, openWith(1_000_000), ethPerpetual, 50e8, ETH_PRICE);
        walkBtc(78_000e8);
        walkEth(2_250e8);
        (uint64 sold, uint64 lost) = (startLot(solvent), startLot(insolvent));
        pass(60);
        _listDoors(token, sold, lost);
        odd.setCallback(address(this), abi.encodeCall(this.onReceived, ()));
        odd.set(OddToken.Behaviour.CallsBack);
        AccountInput memory brought = input(account, computed());
        VM.recordLogs();
        clearinghouse.withdraw(brought, token, 4e18, address(this));
        readStates();
        require(called && odd.callbackSucceeded(), Broken("the callback did come"));
        require(odd.balanceOf(address(this)) == 4e18 && vault.balanceOf(account, token) == 6e18, Broken("paid once"));
        (uint256 held, uint256 owed) = vault.conservation(token);
        require(held == owed && held == 6e18, Broken("the rest is there"));
        requireConserved();
        // A minute later the same doors are open.
        AccountInput memory bidder = input(account, computed());
        VM.recordLogs();
        house.bid(sold, preimages[sold], 1e8, 1e16, bidder);
        readStates();
        deleverageLot(lost);
        finishLot(sold);
        finishLot(lost);
        requireConserved();
    }

    /// @notice In the middle of the payment, with all that the doors ask for prepared.
    function onReceived() external {
        called = true;
        bytes32 locked = keccak256(abi.encodeWithSignature("ReentrancyGuardReentrantCall()"));
        for (uint256 i = 0; i < doors.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool done, bytes memory answer) = doors[i].target.call(doors[i].data);
            require(!done && keccak256(answer) == locked, Unlocked(i, answer));
        }
    }

    function _listDoors(uint16 token, uint64 sold, uint64 lost) private {
        address target = address(clearinghouse);
        AccountInput memory own = input(account, computed());
        AccountInput memory other = input(sibling, computed());
        bytes memory state = stateOf(account);
        _door(target, abi.encodeCall(IClearinghouse.withdraw, (own, token, 1e18, address(this))));
        _door(target, abi.encodeCall(IClearinghouse.withdraw, (own, USDC_TOKEN, 1e6, address(this))));
        AccountInput[] memory none = new AccountInput[](0);
        _door(target, abi.encodeCall(IClearinghouse.settle, (none, new SignedOrder[](0), new Fill[](0))));
        _door(target, abi.encodeCall(IClearinghouse.move, (own, other, token, 1e18, new uint96[](0))));
        _door(target, abi.encodeCall(IClearinghouse.touch, (own)));
        _door(target, abi.encodeCall(IClearinghouse.closeAccount, (sibling, stateOf(sibling))));
        _door(target, abi.encodeCall(IClearinghouse.settleExpired, (account, state)));
        _door(target, abi.encodeCall(IClearinghouse.serveNeed, (account, state)));
        _door(target, abi.encodeCall(IClearinghouse.settleNeed, (btcPerpetual)));
        _door(target, abi.encodeCall(IClearinghouse.windDown, (BTC)));
        _door(target, abi.encodeCall(IClearinghouse.claim, (address(this))));
        _door(target, abi.encodeCall(IClearinghouse.payAttesters, ()));
        _door(target, abi.encodeCall(IClearinghouse.coverLosses, ()));
        target = address(vault);
        _door(target, abi.encodeCall(IMarginVault.deposit, (sibling, clearinghouse.ownerOf(sibling), token, 1e18)));
        _door(target, abi.encodeCall(IMarginVault.depositEther, (sibling, clearinghouse.ownerOf(sibling), WETH_TOKEN)));
        _door(target, abi.encodeCall(IMarginVault.engage, (account, token)));
        _door(target, abi.encodeCall(IMarginVault.withdrawIdle, (account, token, 1e18, address(this))));
        _door(address(insurance), abi.encodeCall(IInsuranceFund.fund, (1e6)));
        target = address(house);
        _door(target, abi.encodeCall(ILiquidationHouse.start, (account, state, WITNESS)));
        _door(target, abi.encodeCall(ILiquidationHouse.bid, (sold, preimages[sold], 1e8, 1e16, own)));
        _door(target, abi.encodeCall(ILiquidationHouse.finish, (sold, preimages[sold])));
        _door(target, abi.encodeCall(ILiquidationHouse.deleverage, (lost, preimages[lost])));
    }

    function _door(address target, bytes memory data) private {
        doors.push(Door(target, data));
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
