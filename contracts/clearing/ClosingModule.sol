// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountRecord, Need} from "../interfaces/ClearingTypes.sol";
import {Closed, IClosingModule} from "../interfaces/IClosingModule.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {AccountBook, Books, Working} from "./AccountBook.sol";
import {Expiries} from "./Expiries.sol";
import {Fills} from "./Fills.sol";
import {Needs} from "./Needs.sol";

/// @title The room of positions that are closed one side at a time: at expiry, and against needs
/// @notice Runs only by delegatecall of the Clearinghouse, whose storage begins as this contract's does; it is a contract of its own for size alone. Called by itself it has no accounts, so nothing can be done to it.
contract ClosingModule is AccountBook, IClosingModule {
    /// @dev How long after expiry whoever still holds the opposite of a need is asked before insurance.
    uint256 internal constant HOLDERS_FIRST_SECONDS = 1 days;

    /// @dev What an account does in all of one underlying; 0 for none so far.
    struct Exposure {
        uint256 underlying;
        uint256 spotE8;
        uint256 rangeE8;
        int256 netE8;
        /// @dev Whether `netE8` is known.
        bool isSummed;
    }

    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_
    ) AccessManaged(authority) AccountBook(vault_, hub_, parameters_, gate_, address(this)) {}

    // Other rooms

    /// @inheritdoc IClosingModule
    function closeDue(uint64 account, bytes calldata state, bool serving) external returns (Closed memory closed) {
        Books memory books;
        Working memory working;
        working.account = account;
        working.state = AccountStates.decode(state);
        _settleExpired(books, working, serving);
        if (serving) _serveNeeds(books, working, false);
        return Closed(working.state, working.expired, working.served, books.ledger.oneSidedE8);
    }

    // Anyone

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
        (uint256 priceE8, int256 fundingE8) = _closingPrice(instrument);
        uint256 from = Math.max(_pricedAt(instrument), need.since) + HOLDERS_FIRST_SECONDS;
        require(need.sizeE8 != 0 && priceE8 != 0 && block.timestamp >= from, NeedNotDue(instrument, from));
        Books memory books = _openBooks();
        int256 payoff = int256(Expiries.payoffE8(instrument, priceE8));
        int256 gainE8 = -Fills.valueUp(-need.sizeE8, payoff, fundingE8) - need.costE8;
        delete _needs[instrument];
        --_openNeeds;
        _bookGain(books, instrument, gainE8);
        _closeBooks(books);
    }

    /// @notice `IClearinghouse.windDown`.
    /// @custom:spec CLR-027
    function windDown(uint16 underlying) external nonReentrant {
        require(_woundDownAt[underlying] == 0, MarketNotNormal(underlying, Checkpoints.HALTED));
        uint64 priceE8 = hub.fixSettlement(underlying, 0);
        _woundDownAt[underlying] = uint40(block.timestamp);
        ++_woundDown;
        emit MarketWoundDown(underlying, priceE8);
    }

    // Connected contracts

    /// @notice `IClearinghouseModules.takeOver`.
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
        _serveNeeds(books, working, true);
        for (uint256 i = 0; i < instruments.length; ++i) _openNeed(books, working, instruments[i], pricesE8[i]);
        state = _write(books, working);
        _closeBooks(books);
    }

    // Expired positions

    /// @dev Closes every expired position whose settlement price is fixed; the gain is locked at once, so that the same operation cannot take it out. First it serves what need of the opposite side is left: expiry spares no holder a loss that was taken over before.
    /// @custom:spec CLR-018
    function _settleExpired(Books memory books, Working memory working, bool serving) private {
        AccountState memory state = working.state;
        uint256 n = state.positions.length;
        int256 sum = 0;
        uint256 settled = 0;
        for (uint256 i = 0; i < n; ++i) {
            Position memory position = state.positions[i];
            (uint256 priceE8, int256 fundingE8) = _closingPrice(position.instrument);
            if (priceE8 == 0) continue;
            ++settled;
            Need memory need;
            if (serving) need = _needs[position.instrument];
            if (Needs.isOpposite(need, position.sizeE8)) sum += _serve(books, working, position, need);
            int256 sizeE8 = position.sizeE8;
            if (sizeE8 == 0) continue;
            if (sizeE8 > 0) _moveOpenInterest(position.instrument, -sizeE8);
            (int256 realisedE8, int256 valueE8) = Expiries.close(position, priceE8, fundingE8);
            state.cashE8 += realisedE8;
            sum += realisedE8;
            books.ledger.oneSidedE8 += int128(valueE8);
            emit PositionSettled(working.account, position.instrument, int64(sizeE8), uint64(priceE8), realisedE8);
        }
        if (settled == 0) return;
        working.expired += settled;
        Fills.prune(state);
        _lock(state, sum);
    }

    /// @custom:spec CLR-027
    function _closingPrice(uint96 instrument) private view returns (uint256 priceE8, int256 fundingE8) {
        bool woundDown = _woundDownAt[uint16(Instruments.underlyingOf(instrument))] != 0;
        return Expiries.closingPriceOf(hub, instrument, woundDown);
    }

    /// @dev When holders could be settled first: at expiry, or at a wind-down, before it or after.
    function _pricedAt(uint96 instrument) private view returns (uint256) {
        uint256 woundDown = _woundDownAt[uint16(Instruments.underlyingOf(instrument))];
        return woundDown == 0 ? Instruments.expiryOf(instrument) : woundDown;
    }

    /// @dev Gives up what open needs of the opposite side take, where the account's score reaches their threshold. Before anything else an operation does, so that a new hash dodges nothing.
    /// @param atOnce At any score: the house has seen to it that what is taken over jumps no queue.
    /// @custom:spec CLR-046
    function _serveNeeds(Books memory books, Working memory working, bool atOnce) private {
        AccountState memory state = working.state;
        uint256 n = state.positions.length;
        uint256 rampSeconds = parameters.liquidation().deleverageRampSeconds;
        int256 sum = 0;
        Exposure memory exposure;
        for (uint256 i = 0; i < n; ++i) {
            Position memory held = state.positions[i];
            Need memory need = _needs[held.instrument];
            if (!Needs.isOpposite(need, held.sizeE8)) continue;
            uint256 threshold = atOnce ? 0 : Needs.thresholdE8(block.timestamp - need.since, rampSeconds);
            if (threshold != 0 && !_reaches(working, exposure, held, need, threshold)) continue;
            int256 before = _deltaE8(exposure, held);
            sum += _serve(books, working, held, need);
            exposure.netE8 += _deltaE8(exposure, held) - before;
        }
        if (working.served == 0) return;
        Fills.prune(state);
        _lock(state, sum);
    }

    /// @dev Gives an open need of a position's opposite side as much as both have.
    /// @custom:spec CLR-046
    function _serve(
        Books memory books,
        Working memory working,
        Position memory held,
        Need memory need
    ) private returns (int256 realisedE8) {
        uint96 instrument = held.instrument;
        (int256 sizeE8, int256 costE8) = Needs.take(need, held.sizeE8);
        _needs[instrument] = need;
        if (need.sizeE8 == 0) --_openNeeds;
        if (held.sizeE8 > 0) _moveOpenInterest(instrument, sizeE8);
        realisedE8 = Fills.add(held, sizeE8, costE8);
        working.state.cashE8 += realisedE8;
        books.ledger.oneSidedE8 += int128(costE8);
        ++working.served;
        emit NeedServed(working.account, instrument, sizeE8, costE8, realisedE8);
    }

    /// @dev Whether the score reaches a threshold above 0. What the account does in all is reckoned once an underlying, and only where the gain alone does not decide: an account of many options that face many young needs could be touched no more.
    /// @custom:spec CLR-046
    function _reaches(
        Working memory working,
        Exposure memory exposure,
        Position memory held,
        Need memory need,
        uint256 thresholdE8
    ) private view returns (bool) {
        uint256 ratioE8 = _gainRatioE8(exposure, held, need);
        if (ratioE8 < thresholdE8) return false;
        _look(exposure, held);
        if (!exposure.isSummed) _sum(working, exposure);
        return Needs.scoreE8(ratioE8, Needs.openE8(_deltaE8(exposure, held), exposure.netE8)) >= thresholdE8;
    }

    /// @dev An option has no cost that its gain could be told from: it counts as having gained a quarter.
    function _gainRatioE8(
        Exposure memory exposure,
        Position memory held,
        Need memory need
    ) private view returns (uint256) {
        if (Instruments.isOption(held.instrument)) return Needs.OPTION_GAIN_E8;
        _look(exposure, held);
        (uint16 underlying, int256 fundingE8, uint256 priceE8) = (uint16(exposure.underlying), 0, exposure.spotE8);
        if (Instruments.kindOf(held.instrument) == Instruments.PERPETUAL) {
            fundingE8 = hub.cumulativeFundingE8(underlying);
        } else {
            priceE8 = hub.surfaces().liveForwardE8(underlying, uint32(Instruments.expiryOf(held.instrument)), priceE8);
        }
        (int256 gainE8, int256 sizeE8) = Needs.wonE8(need, held, priceE8, fundingE8);
        return Needs.gainRatioE8(gainE8, sizeE8, exposure.spotE8);
    }

    /// @dev The price of a position's market, of this market alone: all prices together cost what all feeds take.
    function _look(Exposure memory exposure, Position memory held) private view {
        uint256 underlying = Instruments.underlyingOf(held.instrument);
        if (exposure.underlying == underlying) return;
        exposure.underlying = underlying;
        exposure.spotE8 = hub.spotE8Of(uint16(underlying));
        exposure.rangeE8 = parameters.underlyingOf(uint16(underlying)).priceRangeE8;
        exposure.isSummed = false;
    }

    /// @dev What the account does in all of the underlying: positions and tokens.
    function _sum(Working memory working, Exposure memory exposure) private view {
        int256 net = 0;
        for (uint256 i = 0; i < working.state.positions.length; ++i) {
            net += _deltaE8(exposure, working.state.positions[i]);
        }
        uint16 tokens = vault.tokenCount();
        for (uint16 token = 1; token < tokens; ++token) {
            uint256 balance = vault.balanceOf(working.account, token);
            // The source of what it does not hold is not its business.
            if (balance == 0 || parameters.tokenOf(token).underlying != exposure.underlying) continue;
            (, uint8 decimals) = vault.tokenAt(token);
            net += int256((balance * hub.tokenUnitsE8Of(token)) / 10 ** decimals);
        }
        (exposure.netE8, exposure.isSummed) = (net, true);
    }

    /// @dev 0 for a position of another underlying than the exposure's.
    function _deltaE8(Exposure memory exposure, Position memory held) private view returns (int256) {
        if (Instruments.underlyingOf(held.instrument) != exposure.underlying) return 0;
        return Needs.deltaE8(held, exposure.spotE8, exposure.rangeE8, block.timestamp);
    }

    // Needs

    /// @dev Closes a leg at its bankruptcy price against a need. What expired or served opposite needs on the way is gone already, so that the need it meets is of its own side or none: nothing is netted at the cost of insurance.
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
        if (need.sizeE8 == 0) ++_openNeeds;
        Needs.grow(need, sizeE8, -valueE8, block.timestamp);
        _needs[instrument] = need;
        emit NeedOpened(working.account, instrument, sizeE8, -valueE8);
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
}
