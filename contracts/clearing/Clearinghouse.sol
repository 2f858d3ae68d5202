// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {
    AccountInput,
    AccountRecord,
    CashLedger,
    Delegate,
    Fill,
    MarketTotals,
    Need,
    Order,
    SignedOrder,
    Slice
} from "../interfaces/ClearingTypes.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IClearinghouseModules, LotEntry} from "../interfaces/IClearinghouseModules.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {AccountStates} from "../margin/AccountStates.sol";
import {AccountBook} from "./AccountBook.sol";
import {OrderBook} from "./OrderBook.sol";
import {Loss, Recoveries} from "./Recoveries.sol";
import {Rooms} from "./Rooms.sol";

/// @title The clearinghouse
contract Clearinghouse is OrderBook, IClearinghouse, IClearinghouseModules {
    /// @dev What one `cancelBelow` may cancel, so that no slip, and no delegate in less than 65,536 transactions, ends the nonces of an account for ever; milliseconds since 1970 fit.
    uint64 internal constant NONCES_MOST = 2 ** 48;

    /// @notice The rooms whose code runs here: trades, what moves cash without one, lots; and `closing`.
    address public immutable trades;
    address public immutable accounts;
    address public immutable lots;

    /// @dev The vault lists its settlement token before this is deployed. The rooms were made with the same other arguments, `closing_` first.
    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_,
        address closing_,
        address trades_,
        address accounts_,
        address lots_
    ) AccessManaged(authority) EIP712("OnchainMargin", "1") AccountBook(vault_, hub_, parameters_, gate_, closing_) {
        (trades, accounts, lots) = (trades_, accounts_, lots_);
        _requireRoom(closing_);
        _requireRoom(trades_);
        _requireRoom(accounts_);
        _requireRoom(lots_);
    }

    // Owners and traders

    /// @inheritdoc IClearinghouse
    function openAccount(address owner) external returns (uint64 account) {
        require(owner != address(0), AddressZero());
        account = ++_accountCount;
        bytes memory state = AccountStates.empty();
        bytes32 hash = keccak256(state);
        _accounts[account] = AccountRecord(owner, 0, false, hash);
        emit AccountOpened(account, owner, hash);
        emit AccountUpdated(account, hash, state);
    }

    /// @inheritdoc IClearinghouse
    function settle(AccountInput[] calldata, SignedOrder[] calldata, Fill[] calldata) external {
        Rooms.forward(trades);
    }

    /// @inheritdoc IClearinghouse
    function cancel(uint64 account, uint64[] calldata nonces) external {
        _requireRight(account, msg.sender, MAY_CANCEL);
        uint256 count = nonces.length;
        for (uint256 i = 0; i < count; ++i) {
            _setDone(account, nonces[i]);
            emit OrderCancelled(account, nonces[i]);
        }
    }

    /// @inheritdoc IClearinghouse
    function cancelBelow(uint64 account, uint64 minimumNonce) external {
        _requireRight(account, msg.sender, MAY_CANCEL);
        uint64 before = _accounts[account].minimumNonce;
        if (minimumNonce <= before) return;
        require(minimumNonce - before <= NONCES_MOST, NonceTooFar(account, minimumNonce, before));
        _accounts[account].minimumNonce = minimumNonce;
        emit OrdersCancelledBelow(account, minimumNonce);
    }

    /// @inheritdoc IClearinghouse
    function setDelegate(uint64 account, address delegate, uint8 rights, uint40 until) external {
        _requireOwner(account);
        require(delegate != address(0), AddressZero());
        require(rights & ~RIGHTS == 0, RightsUnknown(rights));
        _delegates[account][delegate] = Delegate(until, rights);
        emit DelegateSet(account, delegate, rights, until);
    }

    // Guardian and governance

    /// @inheritdoc IClearinghouse
    function setPaused(bool paused_) external restricted {
        _paused = paused_;
        emit PausedSet(paused_);
    }

    /// @inheritdoc IClearinghouse
    function connect(address liquidationHouse_, address insuranceFund_) external restricted {
        require(liquidationHouse == address(0), AlreadyConnected());
        require(liquidationHouse_ != address(0) && insuranceFund_ != address(0), AddressZero());
        liquidationHouse = liquidationHouse_;
        insuranceFund = insuranceFund_;
        emit Connected(liquidationHouse_, insuranceFund_);
    }

    // The price hub

    /// @inheritdoc IClearinghouseModules
    /// @dev Not guarded against reentrancy, because operations reach it: they accrue before they read the ledger, and once a block, so that no ledger which is being worked on misses it.
    /// @custom:spec CLR-032
    function bookInterest(uint256 insuranceE8) external {
        require(msg.sender == address(hub), NotConnected(msg.sender));
        int128 amountE8 = SafeCast.toInt128(int256(insuranceE8));
        _ledger.insuranceE8 += uint128(amountE8);
        _ledger.interestE8 -= amountE8;
    }

    // Without a trade

    /// @inheritdoc IClearinghouse
    function withdraw(AccountInput calldata, uint16, uint128, address) external {
        Rooms.forward(accounts);
    }

    /// @inheritdoc IClearinghouse
    function move(AccountInput calldata, AccountInput calldata, uint16, uint128, uint96[] calldata) external {
        Rooms.forward(accounts);
    }

    /// @inheritdoc IClearinghouse
    function closeAccount(uint64, bytes calldata) external {
        Rooms.forward(accounts);
    }

    /// @inheritdoc IClearinghouse
    function touch(AccountInput calldata) external {
        Rooms.forward(accounts);
    }

    /// @inheritdoc IClearinghouse
    function settleExpired(uint64, bytes calldata) external {
        Rooms.forward(accounts);
    }

    /// @inheritdoc IClearinghouse
    function serveNeed(uint64, bytes calldata) external {
        Rooms.forward(closing);
    }

    /// @inheritdoc IClearinghouse
    function settleNeed(uint96) external {
        Rooms.forward(closing);
    }

    /// @inheritdoc IClearinghouse
    function windDown(uint16) external {
        Rooms.forward(closing);
    }

    /// @inheritdoc IClearinghouse
    function claim(address) external returns (uint128) {
        Rooms.forward(lots);
    }

    /// @inheritdoc IClearinghouse
    function payAttesters() external returns (uint128) {
        Rooms.forward(lots);
    }

    /// @inheritdoc IClearinghouse
    function coverLosses() external {
        Rooms.forward(accounts);
    }

    /// @inheritdoc IClearinghouse
    function collectFees(address, uint128) external {
        Rooms.forward(accounts);
    }

    /// @inheritdoc IClearinghouseModules
    function enterLot(uint64, bytes calldata, address, IReferee, bytes calldata) external returns (LotEntry memory) {
        Rooms.forward(lots);
    }

    /// @inheritdoc IClearinghouseModules
    function receiveSlice(
        AccountInput calldata,
        address,
        uint64,
        uint64,
        int256,
        int256,
        Slice calldata,
        int256,
        uint256,
        bytes calldata,
        bytes calldata
    ) external {
        Rooms.forward(lots);
    }

    /// @inheritdoc IClearinghouseModules
    function takeOver(
        uint64,
        bytes calldata,
        uint256,
        uint256,
        uint96[] calldata,
        int256[] calldata
    ) external returns (bytes memory) {
        Rooms.forward(closing);
    }

    /// @inheritdoc IClearinghouseModules
    function leaveLot(uint64, bytes calldata, uint256) external returns (bytes memory) {
        Rooms.forward(lots);
    }

    /// @inheritdoc IClearinghouseModules
    function bookInsurance(uint128, bool) external {
        Rooms.forward(accounts);
    }

    /// @inheritdoc IClearinghouseModules
    function payInsurance(address, uint128) external {
        Rooms.forward(accounts);
    }

    // Views

    /// @inheritdoc IClearinghouse
    function accountOf(uint64 account) external view returns (AccountRecord memory record) {
        return _accounts[account];
    }

    /// @inheritdoc IClearinghouse
    function ownerOf(uint64 account) external view returns (address owner) {
        return _accounts[account].owner;
    }

    /// @inheritdoc IClearinghouse
    function needOf(uint96 instrument) external view returns (Need memory need) {
        return _needs[instrument];
    }

    /// @inheritdoc IClearinghouse
    function delegateOf(uint64 account, address delegate) external view returns (Delegate memory given) {
        return _delegates[account][delegate];
    }

    /// @inheritdoc IClearinghouse
    function accountHash(uint64 account) external view returns (bytes32 stateHash) {
        return _accounts[account].stateHash;
    }

    /// @inheritdoc IClearinghouse
    function ledger() external view returns (CashLedger memory current) {
        return _ledger;
    }

    /// @inheritdoc IClearinghouse
    function deficit() external view returns (uint256 deficitE8) {
        return _ledger.deficitE8;
    }

    /// @inheritdoc IClearinghouse
    function heldFor(address who) external view returns (uint256 amountE8) {
        amountE8 = _heldForE8[who] + Recoveries.backDown(_recovery, _losses[who]);
        if (who == gate.attesters()) amountE8 += _creditFeesE8;
    }

    /// @inheritdoc IClearinghouse
    function lossOf(address owner) external view returns (uint256 lostE8) {
        Loss memory own = _losses[owner];
        return own.lostE8 - Recoveries.backDown(_recovery, own);
    }

    /// @inheritdoc IClearinghouse
    function heldE8() external view returns (uint256 amountE8) {
        return uint256(_heldE8) + _creditFeesE8;
    }

    /// @inheritdoc IClearinghouse
    function marketTotals(uint16 underlying) external view returns (MarketTotals memory totals) {
        return _markets[underlying];
    }

    /// @inheritdoc IClearinghouse
    function woundDownAt(uint16 underlying) external view returns (uint40 time) {
        return _woundDownAt[underlying];
    }

    /// @inheritdoc IClearinghouse
    function cashBases() external view returns (uint128 debtBaseE8, uint128 creditBaseE8) {
        return (_debtBaseE8, _creditBaseE8);
    }

    /// @inheritdoc IClearinghouse
    function paused() external view returns (bool isPaused) {
        return _paused;
    }

    /// @inheritdoc IClearinghouse
    function accountCount() external view returns (uint64 count) {
        return _accountCount;
    }

    /// @inheritdoc IClearinghouse
    function orderStatus(uint64 account, uint64 nonce) external view returns (bool done, uint64 filledE8) {
        return _statusOf(account, nonce);
    }

    /// @inheritdoc IClearinghouse
    function orderDigest(Order calldata order) external view returns (bytes32 digest) {
        return _digestOf(order);
    }

    // Internal

    /// @dev A module reads prices, parameters and tokens where this contract does; what answers has code.
    function _requireRoom(address module) private view {
        AccountBook room = AccountBook(module);
        bool same =
            address(room.vault()) == address(vault) &&
                address(room.hub()) == address(hub) &&
                address(room.parameters()) == address(parameters) &&
                address(room.gate()) == address(gate) &&
                room.closing() == closing;
        require(same, ModuleMismatch(module));
    }
}
