// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountInput, AccountRecord, Need, ProofKind, Slice} from "../interfaces/ClearingTypes.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {AccountStates, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {AccountBook, Books, Working} from "./AccountBook.sol";
import {ClearingCore, Live} from "./ClearingCore.sol";
import {Expiries} from "./Expiries.sol";
import {Fills} from "./Fills.sol";
import {LiveMarket, LiveMarkets} from "./LiveMarkets.sol";
import {Needs} from "./Needs.sol";

/// @title The part of the clearinghouse that moves cash without a trade: withdrawals, touches, lots, fees
/// @notice Runs only by delegatecall of the Clearinghouse, whose storage begins as this contract's does; it is a contract of its own for size alone. Called by itself it has no accounts, so nothing can be done to it.
contract ClearingModule is ClearingCore, IClearinghouseModules {
    uint256 internal constant ONE_E12 = 1e12;

    modifier onlyHouse() {
        require(msg.sender == liquidationHouse, NotConnected(msg.sender));
        _;
    }

    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_
    ) AccessManaged(authority) AccountBook(vault_, hub_, parameters_, gate_) {}

    // Owners

    /// @notice `IClearinghouse.withdraw`.
    function withdraw(AccountInput calldata input, uint16 token, uint128 amountRaw, address to) external nonReentrant {
        _requireOwner(input.account);
        require(to != address(0), AddressZero());
        require(amountRaw != 0, WithdrawalTooLarge(input.account, token, 0, 0));
        bool bare = input.state.length == AccountStates.HEADER_BYTES;
        // Why not always: without positions a withdrawal must not depend on anything that reads a price (P6).
        if (!bare) hub.refresh();
        Books memory books = _openBooks();
        Working memory working = _touch(books, input.account, input.state);
        uint256 lockedE8 = working.state.lockedGainE8;
        uint128 paidRaw = token == 0 ? _takeCash(books, working, amountRaw) : amountRaw;
        bool free = bare && working.state.cashE8 >= int256(lockedE8);
        bytes memory stateAfter = _write(books, working);
        _closeBooks(books);
        emit Withdrawn(input.account, token, to, amountRaw, paidRaw);
        if (token != 0) vault.pay(input.account, token, to, amountRaw);
        else if (paidRaw != 0) vault.payPooled(to, paidRaw);
        if (free) return;
        require(!_paused, Paused());
        // Why after the payment: the gate reads the account's balances as they are then; a failure undoes all, and no call back gets past the guards.
        _requireHealthy(_live(), working, "", stateAfter, input.proof, lockedE8, true);
    }

    /// @notice `IClearinghouse.touch`.
    function touch(AccountInput calldata input) external nonReentrant {
        _requireRight(input.account, msg.sender, MAY_MOVE);
        Live memory live = _live();
        Books memory books = _openBooks();
        Working memory working = _touch(books, input.account, input.state);
        bool free = working.state.positions.length == 0 && working.state.cashE8 >= 0;
        bytes memory stateAfter = _write(books, working);
        if (!free) {
            _refuseTradeProofs(input);
            _requireHealthy(live, working, "", stateAfter, input.proof, 0, true);
        }
        _closeBooks(books);
    }

    /// @notice `IClearinghouse.move`.
    /// @custom:spec CLR-024
    function move(
        AccountInput calldata from,
        AccountInput calldata to,
        uint16 token,
        uint128 amountRaw,
        uint96[] calldata instruments
    ) external nonReentrant {
        bool siblings = from.account != to.account && _accounts[from.account].owner == _accounts[to.account].owner;
        require(siblings, AccountsNotSiblings(from.account, to.account));
        _requireRight(from.account, msg.sender, MAY_MOVE);
        _requireRight(to.account, msg.sender, MAY_MOVE);
        require(!_paused, Paused());
        Live memory live = _live();
        Books memory books = _openBooks();
        Working memory source = _touch(books, from.account, from.state);
        Working memory target = _touch(books, to.account, to.state);
        // Gains that the move realises are locked besides, in the account where they are.
        (uint256 sourceLockedE8, uint256 targetLockedE8) = (source.state.lockedGainE8, target.state.lockedGainE8);
        for (uint256 i = 0; i < instruments.length; ++i) _movePosition(live, source, target, instruments[i]);
        if (amountRaw != 0) _moveToken(source, target, token, amountRaw);
        bytes memory sourceState = _write(books, source);
        bytes memory targetState = _write(books, target);
        _closeBooks(books);
        _refuseTradeProofs(from);
        _refuseTradeProofs(to);
        _requireHealthy(live, source, "", sourceState, from.proof, sourceLockedE8, true);
        _requireHealthy(live, target, "", targetState, to.proof, targetLockedE8, true);
    }

    /// @notice `IClearinghouse.closeAccount`.
    function closeAccount(uint64 account, bytes calldata state) external nonReentrant {
        _requireOwner(account);
        Books memory books = _openBooks();
        Working memory working = _touch(books, account, state);
        bool empty = working.state.positions.length == 0 && working.state.cashE8 == 0;
        require(empty && vault.balancesOf(account).length == 0, AccountNotEmpty(account));
        _accounts[account].stateHash = 0;
        _closeBooks(books);
        emit AccountClosed(account);
    }

    // Anyone

    /// @notice `IClearinghouse.settleExpired`.
    /// @custom:spec CLR-018
    function settleExpired(uint64 account, bytes calldata state) external nonReentrant {
        Books memory books = _openBooks();
        Working memory working = _touch(books, account, state);
        require(working.expired != 0, NothingExpired(account));
        _write(books, working);
        _closeBooks(books);
    }

    /// @notice `IClearinghouse.serveNeed`.
    /// @custom:spec CLR-046
    function serveNeed(uint64 account, bytes calldata state) external nonReentrant {
        Books memory books = _openBooks();
        Working memory working = _touch(books, account, state);
        require(working.served != 0, NothingToServe(account));
        _write(books, working);
        _closeBooks(books);
    }

    /// @notice `IClearinghouse.settleNeed`.
    /// @custom:spec CLR-045
    function settleNeed(uint96 instrument) external nonReentrant {
        Need memory need = _needs[instrument];
        uint256 priceE8 = Expiries.priceOf(hub, instrument);
        require(need.sizeE8 != 0 && priceE8 != 0, NothingExpired(0));
        Books memory books = _openBooks();
        int256 payoff = int256(Expiries.payoffE8(instrument, priceE8));
        int256 gainE8 = Needs.merge(need, -need.sizeE8, Fills.valueUp(-need.sizeE8, payoff, 0));
        delete _needs[instrument];
        --_openNeeds;
        _bookGain(books, instrument, gainE8);
        _closeBooks(books);
    }

    // Governance

    /// @notice `IClearinghouse.collectFees`.
    function collectFees(address to, uint128 amountRaw) external restricted nonReentrant {
        Books memory books = _openBooks();
        // Losses that nothing has paid come before fees.
        uint128 losses = books.ledger.deficitE8 < books.ledger.feesE8 ? books.ledger.deficitE8 : books.ledger.feesE8;
        books.ledger.deficitE8 -= losses;
        books.ledger.feesE8 -= losses;
        uint128 amountE8 = SafeCast.toUint128(amountRaw * _scale);
        require(
            amountE8 <= books.ledger.feesE8,
            WithdrawalTooLarge(0, 0, int256(uint256(books.ledger.feesE8) / _scale), amountRaw)
        );
        books.ledger.feesE8 -= amountE8;
        books.ledger.sweptE8 -= int128(amountE8);
        _closeBooks(books);
        emit FeesCollected(to, amountE8);
        vault.payPooled(to, amountRaw);
    }

    // Connected contracts

    /// @inheritdoc IClearinghouseModules
    function enterLot(
        uint64 account,
        bytes calldata state
    ) external onlyHouse nonReentrant returns (bytes memory lotState) {
        Books memory books = _openBooks();
        Working memory working = _touch(books, account, state);
        lotState = _write(books, working);
        _accounts[account].inLot = true;
        _closeBooks(books);
    }

    /// @inheritdoc IClearinghouseModules
    function receiveSlice(
        AccountInput calldata bidder,
        address caller,
        uint64 lotAccount,
        uint64 lotIndexE12,
        int256 baseBefore,
        int256 baseAfter,
        Slice calldata slice,
        int256 payE8,
        uint256 deficitE8
    ) external onlyHouse nonReentrant {
        require(_accounts[bidder.account].owner == caller, NotAuthorised(bidder.account, caller));
        Live memory live = _live();
        Books memory books = _openBooks();
        Working memory working = _touch(books, bidder.account, bidder.state);
        _removeBase(books, baseBefore, lotIndexE12);
        _addBase(books, baseAfter, lotIndexE12);
        int256 cashE8 = baseBefore - baseAfter;
        if (cashE8 != 0) cashE8 = _accrueCash(books, cashE8, lotIndexE12);
        working.state.cashE8 += cashE8 + slice.cashE8 - payE8;
        if (payE8 >= 0) {
            books.ledger.proceedsE8 += uint128(uint256(payE8));
        } else {
            books.ledger.insuranceE8 -= uint128(uint256(-payE8) - deficitE8);
            books.ledger.deficitE8 += uint128(deficitE8);
        }
        uint256 count = slice.positions.length / 32;
        for (uint256 i = 0; i < count; ++i) {
            Position memory part = AccountStates.unpackPosition(uint256(bytes32(slice.positions[32 * i:32 * i + 32])));
            LiveMarket memory market = LiveMarkets.find(live.records, Instruments.underlyingOf(part.instrument));
            if (part.sizeE8 > 0) _moveOpenInterest(part.instrument, -part.sizeE8);
            _add(working, market, part.instrument, part.sizeE8, part.costE8);
        }
        // A leg that expired in the lot is cash by now.
        _settleExpired(books, working);
        bytes memory stateAfter = _write(books, working);
        _closeBooks(books);
        emit SliceReceived(lotAccount, bidder.account, payE8);
        _refuseTradeProofs(bidder);
        _requireHealthy(live, working, "", stateAfter, bidder.proof, 0, false);
    }

    /// @inheritdoc IClearinghouseModules
    /// @custom:spec CLR-045
    function takeOver(
        uint64 account,
        bytes calldata rest,
        uint256 proceedsE8,
        uint256 insuredE8,
        uint96[] calldata instruments,
        int256[] calldata pricesE8
    ) external onlyHouse nonReentrant returns (bytes memory state) {
        AccountRecord storage record = _accounts[account];
        require(record.inLot, AccountNotInLot(account));
        Books memory books = _openBooks();
        Working memory working;
        working.account = account;
        working.owner = record.owner;
        _accrue(books, working, rest);
        working.state.cashE8 += int256(proceedsE8 + insuredE8);
        books.ledger.proceedsE8 -= uint128(proceedsE8);
        books.ledger.insuranceE8 -= uint128(insuredE8);
        for (uint256 i = 0; i < instruments.length; ++i) _openNeed(books, working, instruments[i], pricesE8[i]);
        state = _write(books, working);
        _closeBooks(books);
    }

    /// @inheritdoc IClearinghouseModules
    function leaveLot(
        uint64 account,
        bytes calldata rest,
        uint256 proceedsE8
    ) external onlyHouse nonReentrant returns (bytes memory state) {
        AccountRecord storage record = _accounts[account];
        require(record.inLot, AccountNotInLot(account));
        record.inLot = false;
        Books memory books = _openBooks();
        Working memory working;
        working.account = account;
        working.owner = record.owner;
        _accrue(books, working, rest);
        working.state.cashE8 += int256(proceedsE8);
        books.ledger.proceedsE8 -= uint128(proceedsE8);
        state = _write(books, working);
        _closeBooks(books);
    }

    /// @inheritdoc IClearinghouseModules
    function bookInsurance(uint128 amountRaw) external nonReentrant {
        require(msg.sender == insuranceFund, NotConnected(msg.sender));
        Books memory books = _openBooks();
        uint128 amountE8 = uint128(amountRaw * _scale);
        books.ledger.sweptE8 += int128(amountE8);
        // Losses that nothing has paid are paid first.
        uint128 losses = books.ledger.deficitE8 < amountE8 ? books.ledger.deficitE8 : amountE8;
        books.ledger.deficitE8 -= losses;
        books.ledger.insuranceE8 += amountE8 - losses;
        _closeBooks(books);
    }

    /// @dev Only trades have a state before to compare with.
    function _refuseTradeProofs(AccountInput calldata input) private pure {
        require(
            input.proof.kind < ProofKind.Headroom,
            IHealthGate.ProofNotAllowed(input.account, uint8(input.proof.kind))
        );
    }

    // Needs

    /// @dev Closes a leg at its bankruptcy price against a need. One that expired or served another need on the way is gone already.
    /// @custom:spec CLR-045
    function _openNeed(Books memory books, Working memory working, uint96 instrument, int256 priceE8) private {
        Position memory held = Fills.find(working.state, instrument);
        int256 sizeE8 = held.sizeE8;
        if (sizeE8 == 0) return;
        int256 valueE8 = Fills.valueUp(-sizeE8, priceE8, 0);
        if (sizeE8 > 0) _moveOpenInterest(instrument, -sizeE8);
        working.state.cashE8 -= valueE8 + held.costE8;
        (held.sizeE8, held.costE8) = (0, 0);
        books.ledger.oneSidedE8 += int128(valueE8);

        Need memory need = _needs[instrument];
        bool wasOpen = need.sizeE8 != 0;
        if (!wasOpen) need.since = uint40(block.timestamp);
        int256 gainE8 = Needs.merge(need, sizeE8, -valueE8);
        bool isOpen = need.sizeE8 != 0;
        if (isOpen && !wasOpen) ++_openNeeds;
        if (wasOpen && !isOpen) --_openNeeds;
        _needs[instrument] = need;
        emit NeedOpened(working.account, instrument, sizeE8, -valueE8);
        if (gainE8 != 0) _bookGain(books, instrument, gainE8);
    }

    /// @dev A gain of needs goes to insurance; a loss comes out of it, and what it lacks is deficit.
    function _bookGain(Books memory books, uint96 instrument, int256 gainE8) private {
        books.ledger.oneSidedE8 -= int128(gainE8);
        emit NeedNetted(instrument, gainE8);
        if (gainE8 >= 0) {
            books.ledger.insuranceE8 += uint128(uint256(gainE8));
            return;
        }
        uint128 loss = uint128(uint256(-gainE8));
        uint128 paid = loss < books.ledger.insuranceE8 ? loss : books.ledger.insuranceE8;
        books.ledger.insuranceE8 -= paid;
        books.ledger.deficitE8 += loss - paid;
    }

    // Moves

    /// @dev Size and cost as they are: what the one account gives, the other gets.
    function _movePosition(Live memory live, Working memory source, Working memory target, uint96 instrument) private {
        Position memory held = Fills.find(source.state, instrument);
        (int256 sizeE8, int256 costE8) = (held.sizeE8, held.costE8);
        require(sizeE8 != 0, PositionMissing(source.account, instrument));
        (held.sizeE8, held.costE8) = (0, 0);
        if (sizeE8 > 0) _moveOpenInterest(instrument, -sizeE8);
        LiveMarket memory market = LiveMarkets.find(live.records, Instruments.underlyingOf(instrument));
        _add(target, market, instrument, sizeE8, costE8);
        emit PositionMoved(source.account, target.account, instrument, sizeE8, costE8);
    }

    function _moveToken(Working memory source, Working memory target, uint16 token, uint128 amountRaw) private {
        emit Transferred(source.account, target.account, token, amountRaw);
        if (token != 0) {
            vault.move(source.account, target.account, token, amountRaw);
            return;
        }
        int256 amountE8 = int256(amountRaw * _scale);
        source.state.cashE8 -= amountE8;
        target.state.cashE8 += amountE8;
    }

    // Withdrawals

    /// @dev Takes settlement token out of cash; while there is a deficit, what is paid is the share that is really there.
    /// @custom:spec CLR-023
    function _takeCash(
        Books memory books,
        Working memory working,
        uint128 amountRaw
    ) private view returns (uint128 paidRaw) {
        uint256 amountE8 = amountRaw * _scale;
        working.state.cashE8 -= int256(amountE8);
        paidRaw = amountRaw;
        uint256 losses = books.ledger.deficitE8;
        if (losses != 0) {
            // The account's own credit is not among the bases while it is worked on.
            uint256 credit =
                (books.creditBaseE8 * books.creditIndexE12 + ONE_E12 - 1) / ONE_E12 +
                    uint256(
                        working.state.cashE8 + int256(amountE8) > 0
                            ? working.state.cashE8 + int256(amountE8)
                            : int256(0)
                    );
            paidRaw = credit > losses ? uint128((uint256(amountRaw) * (credit - losses)) / credit) : 0;
            uint256 unpaidE8 = (amountRaw - paidRaw) * _scale;
            if (unpaidE8 > losses) {
                paidRaw = uint128(amountRaw - losses / _scale);
                unpaidE8 = (amountRaw - paidRaw) * _scale;
            }
            books.ledger.deficitE8 -= uint128(unpaidE8);
        }
        books.ledger.sweptE8 -= int128(uint128(paidRaw * _scale));
    }
}
