// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {AccountInput, AccountRecord, Need, Slice} from "../interfaces/ClearingTypes.sol";
import {LotEntry} from "../interfaces/IClearinghouseModules.sol";
import {IHealthGate, PriceTrust} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {IRiskParameters, LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Positions} from "../margin/Positions.sol";
import {Words} from "../margin/Words.sol";
import {AccountBook, Books, Working} from "./AccountBook.sol";
import {Live} from "./ClearingCore.sol";
import {Exposures} from "./Exposures.sol";
import {Fills} from "./Fills.sol";
import {KeeperRewards} from "./KeeperRewards.sol";
import {LiveMarket, LiveMarkets} from "./LiveMarkets.sol";
import {LossBook} from "./LossBook.sol";
import {Needs} from "./Needs.sol";
import {SignedDivision} from "./SignedDivision.sol";

/// @title The room of lots: what the liquidation house books
/// @dev What is virtual is so for the naive variant in contracts/test/mutants alone.
/// @notice Runs only by delegatecall of the Clearinghouse, whose storage begins as this contract's does; it is a contract of its own for size alone. Called by itself it has no accounts, so nothing can be done to it.
contract LotModule is LossBook {
    using SignedDivision for int256;

    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_,
        address closing_
    ) AccessManaged(authority) AccountBook(vault_, hub_, parameters_, gate_, closing_) {}

    /// @notice `IClearinghouseModules.enterLot`.
    function enterLot(
        uint64 account,
        bytes calldata state,
        address keeper,
        IReferee referee,
        bytes calldata witness
    ) external virtual onlyHouse nonReentrant returns (LotEntry memory entry) {
        return _enterLot(account, state, keeper, referee, witness);
    }

    /// @notice `IClearinghouse.claim`.
    function claim(address to) external nonReentrant returns (uint128 amountRaw) {
        require(to != address(0), AddressZero());
        _collectBack(msg.sender);
        amountRaw = uint128(_heldForE8[msg.sender] / _scale);
        require(amountRaw != 0, NothingToClaim(msg.sender));
        uint256 amountE8 = amountRaw * _scale;
        Books memory books = _openBooks();
        _heldForE8[msg.sender] -= amountE8;
        _heldE8 -= uint96(amountE8);
        books.ledger.sweptE8 -= int128(uint128(amountE8));
        _closeBooks(books);
        emit Claimed(msg.sender, to, amountE8);
        vault.payPooled(to, amountRaw);
    }

    /// @notice `IClearinghouse.payAttesters`.
    /// @custom:spec CLR-054
    function payAttesters() external nonReentrant returns (uint128 amountRaw) {
        address bonds = gate.attesters();
        amountRaw = uint128(_creditFeesE8 / _scale);
        require(amountRaw != 0, NothingToClaim(bonds));
        uint128 amountE8 = uint128(amountRaw * _scale);
        Books memory books = _openBooks();
        _creditFeesE8 -= amountE8;
        books.ledger.sweptE8 -= int128(amountE8);
        _closeBooks(books);
        emit Claimed(bonds, bonds, amountE8);
        vault.payPooled(bonds, amountRaw);
    }

    /// @notice `IClearinghouseModules.receiveSlice`.
    function receiveSlice(
        AccountInput calldata bidder,
        address caller,
        uint64 lotAccount,
        uint64 lotIndexE12,
        int256 baseBefore,
        int256 baseAfter,
        Slice calldata slice,
        int256 payE8,
        uint256 deficitE8,
        bytes calldata checkpoint,
        bytes calldata records
    ) external onlyHouse nonReentrant {
        require(_accounts[bidder.account].owner == caller, NotAuthorised(bidder.account, caller));
        Live memory live;
        (live.checkpoint, live.records) = (checkpoint, records);
        Books memory books = _openBooksOf(live);
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
        if (_openNeeds != 0) _requireServed(slice.positions, int256(slice.partE8));
        _addAll(working, live, slice.positions);
        // A leg that expired in the lot is cash by now.
        _closeDue(books, working, false);
        _refuseTradeProofs(bidder);
        PriceTrust trust = LiveMarkets.areAnyHalted(live.records) ? PriceTrust.Adverse : PriceTrust.Live;
        _writeHealthy(books, live, working, "", bidder.proof, trust);
        _closeBooks(books);
        emit SliceReceived(lotAccount, bidder.account, payE8);
    }

    /// @dev A need whose time has come, or whose instrument expired or was wound down, falls on the lot's account, not on who bids at the marks. Younger ones ask nobody yet.
    /// @custom:spec CLR-042
    function _requireServed(bytes calldata legs, int256 partE8) private view {
        uint256 rampSeconds = parameters.liquidation().deleverageRampSeconds;
        for (uint256 i = 0; i < legs.length; i += 32) {
            uint256 leg = uint256(bytes32(legs[i:i + 32]));
            uint96 instrument = uint96(leg >> 160);
            Need memory need = _needs[instrument];
            int256 sizeE8 = Positions.sizeE8Of(leg);
            // Dust is what is dust beside the lot's leg, as for `deleverage`: else a need could stop all bids and yet be none to serve. A slice is cut, so the leg that it is of is rounded up.
            int256 legE8 = (int256(sizeE8.abs() + 1) * int256(ONE)).ceil(partE8);
            if (!Needs.isOpposite(need, sizeE8) || Needs.isDust(need, legE8)) continue;
            uint256 expiry = Instruments.expiryOf(instrument);
            bool isDue =
                block.timestamp - need.since >= rampSeconds ||
                    (expiry != 0 && expiry <= block.timestamp) ||
                    _woundDownAt[uint16(Instruments.underlyingOf(instrument))] != 0;
            require(!isDue, NeedFirst(instrument));
        }
    }

    /// @dev Legs and positions ascend, so each leg's position is found by walking on. What leaves the lot's long side for the bidder's changes nothing but what it closes: booked once for each run of one underlying's options or others.
    function _addAll(Working memory working, Live memory live, bytes calldata legs) private {
        Fills.prepare(working.state, legs);
        Position[] memory positions = working.state.positions;
        LiveMarket memory market;
        uint256 last = 0;
        int256 longerE8 = 0;
        uint256 place = 0;
        uint256 at_;
        assembly ("memory-safe") {
            at_ := legs.offset
        }
        uint256 end = at_ + legs.length;
        for (; at_ < end; at_ += 32) {
            uint256 leg = Words.inCalldata(at_);
            bool goesOn = leg >> Positions.UNDERLYING_SHIFT == last >> Positions.UNDERLYING_SHIFT;
            if (!goesOn) market = LiveMarkets.find(live.records, leg >> Positions.UNDERLYING_SHIFT);
            if (!goesOn || Positions.isOption(last) != Positions.isOption(leg)) {
                _moveOpenInterest(uint96(last >> 160), longerE8);
                longerE8 = 0;
            }
            last = leg;
            Position memory position = positions[place];
            while (position.instrument != leg >> 160) position = positions[++place];
            int256 sizeE8 = Positions.sizeE8Of(leg);
            longerE8 += _addTo(working, market, position, sizeE8, Positions.costE8Of(leg));
            if (sizeE8 > 0) longerE8 -= sizeE8;
        }
        _moveOpenInterest(uint96(last >> 160), longerE8);
    }

    /// @notice `IClearinghouseModules.leaveLot`.
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

    /// @dev What is shown is the account before the reward; what is stored, once, the account after it.
    /// @custom:spec CLR-044
    function _enterLot(
        uint64 account,
        bytes calldata state,
        address keeper,
        IReferee referee,
        bytes calldata witness
    ) internal returns (LotEntry memory entry) {
        // Before prices are paid for: of several who start an account all but one find it changed.
        require(!_requireState(account, state).inLot, AccountInLot(account));
        Live memory live = _live(Exposures.underlyingsOf(state), _tokensOf(account));
        Books memory books = _openBooksOf(live);
        Working memory working = _touch(books, account, state);
        entry.state = _seal(books, working);
        entry.balances = vault.balancesOf(account);
        (entry.equityE8, entry.maintenanceE8) = referee.witnessMargin(
            entry.state,
            entry.balances,
            live.checkpoint,
            live.records,
            SurfaceChoice.Better,
            witness
        );
        if (keeper != address(0)) entry.rewardE8 = _rewardE8(working.state.positions.length, entry.equityE8);
        if (entry.rewardE8 != 0) entry.state = _reward(books, working, keeper, entry.rewardE8);
        _store(books, working, entry.state);
        _accounts[account].inLot = true;
        _closeBooks(books);
    }

    /// @dev The account without the reward, which is held for the keeper.
    function _reward(
        Books memory books,
        Working memory working,
        address keeper,
        uint256 rewardE8
    ) private returns (bytes memory encoded) {
        working.state.cashE8 -= int256(rewardE8);
        encoded = _encode(books, working);
        _heldForE8[keeper] += rewardE8;
        _heldE8 += uint96(rewardE8);
        emit KeeperRewarded(working.account, keeper, rewardE8);
    }

    /// @dev What cannot be priced is not paid, and no source is asked for it: a start never fails for its reward.
    /// @custom:spec CLR-044
    function _rewardE8(uint256 positions, int256 equityE8) private view returns (uint256) {
        LiquidationParameters memory p = parameters.liquidation();
        if (p.nativeUnderlying == 0 || equityE8 <= 0) return 0;
        uint256 nativeE8 = hub.spots().storedSpotE8(p.nativeUnderlying);
        return KeeperRewards.rewardDown(p, equityE8, positions, block.basefee, nativeE8);
    }
}
