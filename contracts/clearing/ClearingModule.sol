// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IHealthGate, PriceTrust} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {AccountStates, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {AccountBook, Books, Working} from "./AccountBook.sol";
import {Live} from "./ClearingCore.sol";
import {Exposures} from "./Exposures.sol";
import {Fills} from "./Fills.sol";
import {LiveMarket, LiveMarkets} from "./LiveMarkets.sol";
import {LossBook} from "./LossBook.sol";
import {Recoveries} from "./Recoveries.sol";

/// @title The room of what moves cash without a trade: withdrawals, touches, moves, fees, insurance
/// @notice Runs only by delegatecall of the Clearinghouse, whose storage begins as this contract's does; it is a contract of its own for size alone. Called by itself it has no accounts, so nothing can be done to it.
contract ClearingModule is LossBook {
    uint256 internal constant ONE_E12 = 1e12;

    /// @dev A withdrawal; what is paid is less than the amount while there is a deficit.
    struct Payment {
        uint16 token;
        uint128 amountRaw;
        uint128 paidRaw;
        address to;
    }

    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_,
        address closing_
    ) AccessManaged(authority) AccountBook(vault_, hub_, parameters_, gate_, closing_) {}

    // Owners

    /// @notice `IClearinghouse.withdraw`.
    function withdraw(AccountInput calldata input, uint16 token, uint128 amountRaw, address to) external nonReentrant {
        _requireOwner(input.account);
        require(to != address(0), AddressZero());
        require(amountRaw != 0, WithdrawalTooLarge(input.account, token, 0, 0));
        bool bare = input.state.length == AccountStates.HEADER_BYTES;
        Live memory live;
        // Why not always: without positions a withdrawal must not depend on anything that reads a price (P6).
        if (!bare) live = _liveOf(input);
        _withdraw(input, Payment(token, amountRaw, amountRaw, to), live, bare);
    }

    /// @notice `IClearinghouse.touch`.
    /// @custom:spec CLR-020
    function touch(AccountInput calldata input) external nonReentrant {
        _requireRight(input.account, msg.sender, MAY_MOVE);
        Live memory live = _liveOf(input);
        Books memory books = _openBooksOf(live);
        Working memory working = _touch(books, input.account, input.state);
        bool free = working.state.positions.length == 0 && working.state.cashE8 >= 0;
        if (free) {
            _write(books, working);
        } else {
            _refuseTradeProofs(input);
            // It takes nothing out, so it waits for no market: what is owed may be paid while one is halted.
            _writeHealthy(books, live, working, "", input.proof, PriceTrust.Live);
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
        Live memory live = _live(
            Exposures.underlyingsOf(from.state) | Exposures.underlyingsOf(to.state),
            _tokensOf(from.account) | _tokensOf(to.account)
        );
        Books memory books = _openBooksOf(live);
        Working memory source = _touch(books, from.account, from.state);
        Working memory target = _touch(books, to.account, to.state);
        // Gains that the move realises are locked besides, in the account where they are.
        (source.lockedE8, target.lockedE8) = (source.state.lockedGainE8, target.state.lockedGainE8);
        for (uint256 i = 0; i < instruments.length; ++i) _movePosition(live, source, target, instruments[i]);
        require(!source.isPending, SettlementPending(source.account));
        require(!target.isPending, SettlementPending(target.account));
        if (amountRaw != 0) _moveToken(books, source, target, token, amountRaw);
        _refuseTradeProofs(from);
        _refuseTradeProofs(to);
        _writeHealthy(books, live, source, "", from.proof, PriceTrust.Averaged);
        _writeHealthy(books, live, target, "", to.proof, PriceTrust.Averaged);
        _closeBooks(books);
    }

    /// @notice `IClearinghouse.closeAccount`.
    function closeAccount(uint64 account, bytes calldata state) external nonReentrant {
        _requireOwner(account);
        Books memory books = _openBooks();
        Working memory working = _touch(books, account, state);
        int256 cashE8 = working.state.cashE8;
        bool empty = working.state.positions.length == 0 && cashE8 >= 0 && cashE8 < int256(_scale);
        require(empty && vault.balancesOf(account).length == 0, AccountNotEmpty(account));
        // Less than a base unit can be withdrawn by nobody.
        books.ledger.feesE8 += uint128(uint256(cashE8));
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

    /// @notice `IClearinghouse.coverLosses`.
    function coverLosses() external nonReentrant {
        Books memory books = _openBooks();
        _coverLosses(books);
        _closeBooks(books);
    }

    // Governance

    /// @notice `IClearinghouse.collectFees`.
    function collectFees(address to, uint128 amountRaw) external restricted nonReentrant {
        Books memory books = _openBooks();
        // Losses come before fees.
        _coverLosses(books);
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

    /// @notice `IClearinghouseModules.bookInsurance`.
    function bookInsurance(uint128 amountRaw, bool isStake) external nonReentrant {
        require(msg.sender == insuranceFund, NotConnected(msg.sender));
        Books memory books = _openBooks();
        uint128 amountE8 = uint128(amountRaw * _scale);
        books.ledger.sweptE8 += int128(amountE8);
        // Losses that nothing has paid are paid first.
        uint128 losses = books.ledger.deficitE8 < amountE8 ? books.ledger.deficitE8 : amountE8;
        books.ledger.deficitE8 -= losses;
        uint256 beforeE8 = books.ledger.insuranceE8;
        books.ledger.insuranceE8 += amountE8 - losses;
        _closeBooks(books);
        if (isStake && beforeE8 != 0) hub.resizeInsurance(beforeE8, beforeE8 + amountE8 - losses);
    }

    /// @notice `IClearinghouseModules.payInsurance`.
    function payInsurance(address to, uint128 amountRaw) external nonReentrant {
        require(msg.sender == insuranceFund, NotConnected(msg.sender));
        Books memory books = _openBooks();
        uint128 amountE8 = SafeCast.toUint128(amountRaw * _scale);
        uint256 beforeE8 = books.ledger.insuranceE8;
        books.ledger.insuranceE8 -= amountE8;
        books.ledger.sweptE8 -= int128(amountE8);
        _closeBooks(books);
        hub.resizeInsurance(beforeE8, beforeE8 - amountE8);
        vault.payPooled(to, amountRaw);
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

    /// @dev What a move of cash makes of credit and debt together, or sets off, bears its share of losses as if it were paid out and paid in again: otherwise whoever lends to himself would dilute what he bears, and whoever sets off his own what others do.
    function _moveToken(
        Books memory books,
        Working memory source,
        Working memory target,
        uint16 token,
        uint128 amountRaw
    ) private {
        emit Transferred(source.account, target.account, token, amountRaw);
        if (token != 0) {
            vault.move(source.account, target.account, token, amountRaw);
            return;
        }
        int256 amountE8 = int256(amountRaw * _scale);
        (int256 from, int256 to) = (source.state.cashE8, target.state.cashE8);
        (source.state.cashE8, target.state.cashE8) = (from - amountE8, to + amountE8);
        if (books.ledger.deficitE8 == 0) return;
        uint256 turned = _credit(from - amountE8) + _credit(to + amountE8);
        uint256 own = _credit(from) + _credit(to);
        turned = turned > own ? turned - own : own - turned;
        uint128 unpaidRaw = _unpaid(books, own, uint128(Math.ceilDiv(turned, _scale)));
        if (unpaidRaw == 0) return;
        // Who may move only could make the owner bear all of it, back and forth.
        require(msg.sender == source.owner, NotAuthorised(source.account, msg.sender));
        uint256 lostE8 = unpaidRaw * _scale;
        target.state.cashE8 -= int256(lostE8);
        books.ledger.deficitE8 -= uint128(lostE8);
        _noteLoss(target.owner, target.account, lostE8);
    }

    // Withdrawals

    /// @dev The account without the amount, which is paid. What was locked before stays in the account.
    function _withdraw(AccountInput calldata input, Payment memory payment, Live memory live, bool bare) private {
        Books memory books = bare ? _openBooks() : _openBooksOf(live);
        Working memory working = _touch(books, input.account, input.state);
        working.lockedE8 = working.state.lockedGainE8;
        if (payment.token == 0) payment.paidRaw = _takeCash(books, working, payment.amountRaw);
        uint128 unpaidRaw = payment.amountRaw - payment.paidRaw;
        if (unpaidRaw != 0) _noteLoss(working.owner, working.account, unpaidRaw * _scale);
        if (bare && working.state.cashE8 >= int256(working.lockedE8)) {
            _write(books, working);
        } else {
            require(!_paused, Paused());
            require(!working.isPending, SettlementPending(working.account));
            if (bare) live = _liveOf(input);
            bytes memory left = _without(vault.balancesOf(working.account), payment.token, payment.amountRaw);
            _writeHealthyWith(books, live, working, "", left, input.proof, PriceTrust.Averaged);
        }
        _closeBooks(books);
        _pay(working.account, payment);
    }

    /// @dev Last of all: who is called back finds the books as they will be.
    function _pay(uint64 account, Payment memory p) private {
        emit Withdrawn(account, p.token, p.to, p.amountRaw, p.paidRaw);
        if (p.token != 0) vault.pay(account, p.token, p.to, p.amountRaw);
        else if (p.paidRaw != 0) vault.payPooled(p.to, p.paidRaw);
    }

    /// @dev Balances as they will be once an amount of a token is paid. One that is not there is refused by the vault.
    function _without(
        bytes memory balances,
        uint256 token,
        uint256 amountRaw
    ) private pure returns (bytes memory left) {
        for (uint256 end = 32; end <= balances.length; end += 32) {
            uint256 word;
            // Safe: reads one of the whole words that the balances are.
            assembly ("memory-safe") {
                word := mload(add(balances, end))
            }
            if (word >> 240 == token) word = uint128(word) > amountRaw ? word - amountRaw : 0;
            if (word != 0) left = bytes.concat(left, bytes32(word));
        }
    }

    /// @dev Takes settlement token out of cash; while there is a deficit, what is paid is the share that is really there.
    /// @custom:spec CLR-023
    function _takeCash(
        Books memory books,
        Working memory working,
        uint128 amountRaw
    ) private view returns (uint128 paidRaw) {
        uint128 unpaidRaw = _unpaid(books, _credit(working.state.cashE8), amountRaw);
        working.state.cashE8 -= int256(amountRaw * _scale);
        paidRaw = amountRaw - unpaidRaw;
        books.ledger.deficitE8 -= uint128(unpaidRaw * _scale);
        books.ledger.sweptE8 -= int128(uint128(paidRaw * _scale));
    }

    /// @dev The part of an amount that nothing stands behind while losses are not paid.
    /// @param ownE8 Credit of the accounts that are worked on, which is not among the bases.
    /// @custom:spec CLR-023
    function _unpaid(Books memory books, uint256 ownE8, uint128 amountRaw) private view returns (uint128) {
        uint256 losses = books.ledger.deficitE8;
        if (losses == 0) return 0;
        uint256 credit = (books.creditBaseE8 * books.creditIndexE12 + ONE_E12 - 1) / ONE_E12 + ownE8;
        return uint128(Recoveries.unpaidRaw(amountRaw, credit, losses, _scale));
    }

    function _credit(int256 cashE8) private pure returns (uint256) {
        return cashE8 > 0 ? uint256(cashE8) : 0;
    }
}
