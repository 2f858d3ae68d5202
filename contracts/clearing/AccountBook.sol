// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountRecord, CashLedger, Delegate, MarketTotals, Need} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {Closed, IClosingModule} from "../interfaces/IClosingModule.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {Expiries} from "./Expiries.sol";
import {Fills} from "./Fills.sol";
import {Interest} from "./Interest.sol";
import {Loss, Recovery} from "./Recoveries.sol";

/// @notice An account while an operation works on it.
struct Working {
    uint64 account;
    address owner;
    AccountState state;
    /// @notice Net over the fills of the operation.
    int256 realisedE8;
    /// @notice Whether only a reducing proof will do.
    bool mustReduce;
    /// @notice Whether it gave or took a token, so that its collateral is not what it was.
    bool swapped;
    /// @notice Whether its cash paid somebody's debt in a market that is not normal, or in a pause: it rests on no more than a withdrawal.
    bool paysOut;
    /// @notice Gains that must not count, of what pays something out.
    uint256 lockedE8;
    /// @notice How many expired positions were settled.
    uint256 expired;
    /// @notice Whether one has expired and has no price yet.
    bool isPending;
    /// @notice How many open needs took something.
    uint256 served;
    uint96[] instruments;
    int64[] sizesE8;
    /// @notice What its orders allow to be paid beyond the fees of its fills.
    uint256 feeLeftE8;
}

/// @notice The cash ledger, its sums and indices while an operation works on them.
struct Books {
    CashLedger ledger;
    uint256 debtBaseE8;
    uint256 creditBaseE8;
    uint64 debtIndexE12;
    uint64 creditIndexE12;
    uint256 windowSeconds;
}

/// @title The book of accounts: commitments, cash ledger, and what every operation does first and last
abstract contract AccountBook is IClearingEvents, AccessManaged, ReentrancyGuardTransient {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant CASH_DECIMALS = 8;
    uint8 internal constant MAY_TRADE = 1;
    uint8 internal constant MAY_CANCEL = 2;
    uint8 internal constant MAY_MOVE = 4;
    uint8 internal constant RIGHTS = MAY_TRADE | MAY_CANCEL | MAY_MOVE;

    IMarginVault public immutable vault;
    IPriceHub public immutable hub;
    IRiskParameters public immutable parameters;
    IHealthGate public immutable gate;
    /// @notice The room that closes positions one side at a time.
    address public immutable closing;
    /// @dev Cash units in one base unit of the settlement token.
    uint256 internal immutable _scale;

    address public liquidationHouse;
    /// @dev Owed to addresses out of the pool: a term of the cash ledger that only lots and claims move, in the word that lots read.
    uint96 internal _heldE8;
    address public insuranceFund;
    uint64 internal _accountCount;
    mapping(uint64 account => AccountRecord) internal _accounts;
    mapping(uint16 underlying => MarketTotals) internal _markets;
    CashLedger internal _ledger;
    uint128 internal _debtBaseE8;
    uint128 internal _creditBaseE8;
    mapping(uint64 account => mapping(address delegate => Delegate)) internal _delegates;
    mapping(uint96 instrument => Need) internal _needs;
    uint64 internal _openNeeds;
    /// @dev Markets that were wound down; in the word that every touch reads, as are all around it.
    uint56 internal _woundDown;
    bool internal _paused;
    /// @dev What was paid for credit and has not gone to the attesters yet: a part of what is held, in that word, too.
    uint128 internal _creditFeesE8;
    mapping(address who => uint256) internal _heldForE8;
    mapping(address owner => Loss) internal _losses;
    Recovery internal _recovery;
    mapping(uint16 underlying => uint40 time) internal _woundDownAt;

    modifier onlyHouse() {
        require(msg.sender == liquidationHouse, NotConnected(msg.sender));
        _;
    }

    constructor(IMarginVault vault_, IPriceHub hub_, IRiskParameters parameters_, IHealthGate gate_, address closing_) {
        vault = vault_;
        hub = hub_;
        parameters = parameters_;
        gate = gate_;
        closing = closing_;
        (, uint8 decimals) = vault_.tokenAt(0);
        _scale = 10 ** (CASH_DECIMALS - decimals);
    }

    // Books

    /// @dev First of all, while the sums are those until now: who comes or goes in this operation has no part in the interest before it.
    function _openBooks() internal returns (Books memory books) {
        (uint64 debtIndexE12, uint64 creditIndexE12) = hub.accrue();
        return _openBooksAt(debtIndexE12, creditIndexE12);
    }

    function _openBooksAt(uint64 debtIndexE12, uint64 creditIndexE12) internal view returns (Books memory books) {
        books.ledger = _ledger;
        books.debtBaseE8 = _debtBaseE8;
        books.creditBaseE8 = _creditBaseE8;
        (books.debtIndexE12, books.creditIndexE12) = (debtIndexE12, creditIndexE12);
        books.windowSeconds = parameters.averagingWindowSeconds();
    }

    function _closeBooks(Books memory books) internal {
        _ledger = books.ledger;
        _debtBaseE8 = SafeCast.toUint128(books.debtBaseE8);
        _creditBaseE8 = SafeCast.toUint128(books.creditBaseE8);
        emit LedgerUpdated(books.ledger);
    }

    // Accounts

    /// @dev The account's record, when the state brought is its own.
    function _requireState(uint64 account, bytes calldata state) internal view returns (AccountRecord storage record) {
        record = _accounts[account];
        bytes32 expected = record.stateHash;
        require(expected != 0, AccountUnknown(account));
        bytes32 found = keccak256(state);
        require(found == expected, StateMismatch(account, expected, found));
    }

    /// @dev Interest, sweep, locked gains, expired positions. The state is well formed because its hash was stored: only `AccountStates.encode` made it.
    /// @custom:spec CLR-001
    /// @custom:spec CLR-002
    /// @custom:spec CLR-003
    function _touch(
        Books memory books,
        uint64 account,
        bytes calldata state
    ) internal returns (Working memory working) {
        AccountRecord storage record = _requireState(account, state);
        require(!record.inLot, AccountInLot(account));
        working.account = account;
        working.owner = record.owner;
        _accrue(books, working, state);
    }

    function _accrue(Books memory books, Working memory working, bytes calldata encoded) internal {
        AccountState memory state = AccountStates.decode(encoded);
        working.state = state;
        if (state.cashE8 != 0) {
            _removeBase(books, state.cashE8, state.interestIndexE12);
            state.cashE8 = _accrueCash(books, state.cashE8, state.interestIndexE12);
        }
        uint256 amountRaw = vault.sweep(working.account);
        if (amountRaw != 0) {
            int256 amountE8 = int256(amountRaw * _scale);
            state.cashE8 += amountE8;
            books.ledger.sweptE8 += int128(amountE8);
        }
        uint256 elapsed = block.timestamp - state.gainTime;
        uint256 window = books.windowSeconds;
        state.lockedGainE8 =
            elapsed >= window ? 0 : uint64((uint256(state.lockedGainE8) * (window - elapsed) + window - 1) / window);
        state.gainTime = uint40(block.timestamp);
        _closeDue(books, working, true);
    }

    /// @dev Settles what has expired and serves open needs, where there is anything to do: in a room of its own, so that its code is not in every room.
    /// @param serving Whether open needs take their share, too.
    function _closeDue(Books memory books, Working memory working, bool serving) internal {
        serving = serving && _openNeeds != 0;
        if (!serving && !_hasExpired(working.state)) return;
        bytes memory call = abi.encodeCall(
            IClosingModule.closeDue,
            (working.account, AccountStates.encode(working.state), serving)
        );
        Closed memory closed = abi.decode(Address.functionDelegateCall(closing, call), (Closed));
        working.state = closed.state;
        working.isPending = Expiries.areAnyDue(closed.state.positions, block.timestamp);
        working.expired += closed.expired;
        working.served += closed.served;
        books.ledger.oneSidedE8 += int128(closed.oneSidedE8);
    }

    function _hasExpired(AccountState memory state) private view returns (bool) {
        // After a wind-down any position may have its price.
        if (_woundDown != 0) return state.positions.length != 0;
        return Expiries.areAnyDue(state.positions, block.timestamp);
    }

    /// @custom:spec CLR-004
    function _lock(AccountState memory state, int256 realisedE8) internal pure {
        if (realisedE8 <= 0) return;
        uint256 locked = state.lockedGainE8 + uint256(realisedE8);
        uint256 largest = MarginDomain.LOCKED_GAIN_LIMIT_E8 - 1;
        state.lockedGainE8 = uint64(locked < largest ? locked : largest);
    }

    /// @custom:spec CLR-015
    function _moveOpenInterest(uint96 instrument, int256 change) internal {
        if (change == 0) return;
        MarketTotals storage totals = _markets[uint16(Instruments.underlyingOf(instrument))];
        int256 next = int256(uint256(totals.openInterestE8)) + change;
        require(next <= int256(uint256(type(uint64).max)), OutOfDomain(0, instrument));
        totals.openInterestE8 = uint64(uint256(next));
        if (!Instruments.isOption(instrument)) return;
        // Part of the open interest, so it stays in its range.
        totals.optionInterestE8 = uint64(uint256(int256(uint256(totals.optionInterestE8)) + change));
    }

    /// @custom:spec CLR-001
    function _accrueCash(Books memory books, int256 cashE8, uint64 fromE12) internal pure returns (int256 accruedE8) {
        uint64 toE12 = cashE8 < 0 ? books.debtIndexE12 : books.creditIndexE12;
        accruedE8 = Interest.accrueFloor(cashE8, fromE12, toE12);
        books.ledger.interestE8 -= int128(accruedE8 - cashE8);
    }

    /// @dev An account that has nothing to show is sealed and stored at once.
    function _write(Books memory books, Working memory working) internal returns (bytes memory encoded) {
        encoded = _seal(books, working);
        _store(books, working, encoded);
    }

    /// @dev Locked gains, version, index: the state as it will be, but for a fee on credit.
    /// @custom:spec CLR-004
    /// @custom:spec CLR-005
    function _seal(Books memory books, Working memory working) internal view returns (bytes memory encoded) {
        AccountState memory state = working.state;
        Fills.prune(state);
        uint256 count = state.positions.length;
        require(count <= AccountStates.POSITIONS_MAX, PositionsTooMany(working.account, count));
        _lock(state, working.realisedE8);
        ++state.version;
        state.lastOperation = uint40(block.timestamp);
        return _encode(books, working);
    }

    /// @dev Stores the hash and emits the state.
    /// @custom:spec CLR-005
    function _store(Books memory books, Working memory working, bytes memory encoded) internal {
        _addBase(books, working.state.cashE8, working.state.interestIndexE12);
        bytes32 hash = keccak256(encoded);
        _accounts[working.account].stateHash = hash;
        emit AccountUpdated(working.account, hash, encoded);
    }

    function _encode(Books memory books, Working memory working) internal pure returns (bytes memory) {
        AccountState memory state = working.state;
        require(MarginDomain.isCashHeld(state.cashE8), OutOfDomain(working.account, 0));
        state.interestIndexE12 = state.cashE8 < 0 ? books.debtIndexE12 : books.creditIndexE12;
        return AccountStates.encode(state);
    }

    function _removeBase(Books memory books, int256 cashE8, uint64 indexE12) internal pure {
        if (cashE8 == 0) return;
        (uint256 debt, uint256 credit) = Interest.bases(cashE8, indexE12);
        books.debtBaseE8 -= debt;
        books.creditBaseE8 -= credit;
    }

    function _addBase(Books memory books, int256 cashE8, uint64 indexE12) internal pure {
        if (cashE8 == 0) return;
        (uint256 debt, uint256 credit) = Interest.bases(cashE8, indexE12);
        books.debtBaseE8 += debt;
        books.creditBaseE8 += credit;
    }
}
