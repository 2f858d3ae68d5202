// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {
    AccountInput,
    AccountRecord,
    Fill,
    MarketTotals,
    Order,
    Proof,
    ProofKind,
    SignedOrder,
    Slice
} from "../interfaces/ClearingTypes.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {HealthQuestion, IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {ClearingParameters, IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {AccountStates, Position} from "../margin/AccountStates.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {AccountBook, Books, Working} from "./AccountBook.sol";
import {Fills} from "./Fills.sol";
import {LiveMarket, LiveMarkets} from "./LiveMarkets.sol";
import {OrderBook} from "./OrderBook.sol";
import {Orders} from "./Orders.sol";
import {SignedDivision} from "./SignedDivision.sol";

/// @title The clearinghouse
contract Clearinghouse is OrderBook, IClearinghouseModules {
    using Orders for Order;
    using SignedDivision for int256;

    int256 internal constant ONE_SIGNED = 1e8;
    uint256 internal constant ONE_E12 = 1e12;

    /// @dev What `PriceHub.live()` returned, and the parameters of trades.
    struct Live {
        bytes checkpoint;
        bytes records;
        ClearingParameters clearing;
    }

    modifier onlyHouse() {
        require(msg.sender == liquidationHouse, NotConnected(msg.sender));
        _;
    }

    /// @dev The vault lists its settlement token before this is deployed.
    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_
    ) AccessManaged(authority) EIP712("OnchainMargin", "1") AccountBook(vault_, hub_, parameters_, gate_) {}

    // Owners and traders

    /// @inheritdoc IClearinghouse
    function openAccount(address owner) external returns (uint64 account) {
        require(owner != address(0), AddressZero());
        account = ++accountCount;
        bytes memory state = AccountStates.empty();
        bytes32 hash = keccak256(state);
        _accounts[account] = AccountRecord(owner, 0, false, hash);
        emit AccountOpened(account, owner, hash);
        emit AccountUpdated(account, hash, state);
    }

    /// @inheritdoc IClearinghouse
    function settle(
        AccountInput[] calldata accounts,
        SignedOrder[] calldata orders,
        Fill[] calldata fills
    ) external nonReentrant {
        require(fills.length != 0, NothingToSettle(0));
        Live memory live = _live();
        Books memory books = _openBooks();
        (Working[] memory workings, bytes[] memory statesBefore) = _touchAll(books, accounts);
        uint256[] memory places = _requireOrders(orders, workings);
        for (uint256 i = 0; i < fills.length; ++i) _fill(books, live, workings, orders, places, fills[i]);
        for (uint256 i = 0; i < accounts.length; ++i) {
            Working memory working = workings[i];
            require(working.instruments.length != 0, NothingToSettle(working.account));
            bytes memory stateAfter = _write(books, working);
            if (working.mustReduce && accounts[i].proof.kind != ProofKind.Reducing) _refuse(live, working);
            _requireHealthy(live, working, statesBefore[i], stateAfter, accounts[i].proof, 0);
        }
        _closeBooks(books);
    }

    /// @inheritdoc IClearinghouse
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
        require(!paused, Paused());
        // Why after the payment: the gate reads the account's balances as they are then; a failure undoes all, and no call back gets past the guards.
        _requireHealthy(_live(), working, "", stateAfter, input.proof, lockedE8);
    }

    /// @inheritdoc IClearinghouse
    function touch(AccountInput calldata input) external nonReentrant {
        _requireOwner(input.account);
        Live memory live = _live();
        Books memory books = _openBooks();
        Working memory working = _touch(books, input.account, input.state);
        bool free = working.state.positions.length == 0 && working.state.cashE8 >= 0;
        bytes memory stateAfter = _write(books, working);
        if (!free) {
            _refuseTradeProofs(input);
            _requireHealthy(live, working, "", stateAfter, input.proof, 0);
        }
        _closeBooks(books);
    }

    // Guardian and governance

    /// @inheritdoc IClearinghouse
    function setPaused(bool paused_) external restricted {
        paused = paused_;
        emit PausedSet(paused_);
    }

    /// @inheritdoc IClearinghouse
    function collectFees(address to, uint128 amountRaw) external restricted nonReentrant {
        Books memory books = _openBooks();
        // Losses that nothing has paid come before fees.
        uint128 losses = books.ledger.deficitE8 < books.ledger.feesE8 ? books.ledger.deficitE8 : books.ledger.feesE8;
        books.ledger.deficitE8 -= losses;
        books.ledger.feesE8 -= losses;
        uint128 amountE8 = uint128(amountRaw * _scale);
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

    /// @inheritdoc IClearinghouse
    function connect(address liquidationHouse_, address insuranceFund_) external restricted {
        require(liquidationHouse == address(0), AlreadyConnected());
        require(liquidationHouse_ != address(0) && insuranceFund_ != address(0), AddressZero());
        liquidationHouse = liquidationHouse_;
        insuranceFund = insuranceFund_;
        emit Connected(liquidationHouse_, insuranceFund_);
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
        bytes memory stateAfter = _write(books, working);
        _closeBooks(books);
        emit SliceReceived(lotAccount, bidder.account, payE8);
        _refuseTradeProofs(bidder);
        _requireHealthy(live, working, "", stateAfter, bidder.proof, 0);
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

    // Settlement

    function _touchAll(
        Books memory books,
        AccountInput[] calldata accounts
    ) private returns (Working[] memory workings, bytes[] memory statesBefore) {
        uint256 count = accounts.length;
        workings = new Working[](count);
        statesBefore = new bytes[](count);
        uint64 previous = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint64 account = accounts[i].account;
            require(account > previous, AccountsUnsorted(i));
            previous = account;
            workings[i] = _touch(books, account, accounts[i].state);
            if (accounts[i].proof.kind >= ProofKind.Headroom) {
                statesBefore[i] = AccountStates.encode(workings[i].state);
            }
        }
    }

    /// @dev Checks every order and finds its account among those brought.
    function _requireOrders(
        SignedOrder[] calldata orders,
        Working[] memory workings
    ) private view returns (uint256[] memory places) {
        uint256 count = orders.length;
        places = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint64 account = orders[i].order.account;
            uint256 place = 0;
            while (place < workings.length && workings[place].account != account) ++place;
            require(place < workings.length, AccountNotBrought(account));
            _requireOrder(orders[i], workings[place].owner);
            places[i] = place;
        }
    }

    /// @custom:spec CLR-010
    function _fill(
        Books memory books,
        Live memory live,
        Working[] memory workings,
        SignedOrder[] calldata orders,
        uint256[] memory places,
        Fill calldata fill
    ) private {
        uint256 last = fill.maker > fill.taker ? fill.maker : fill.taker;
        require(last < orders.length, OrderMissing(last, orders.length));
        Order calldata maker = orders[fill.maker].order;
        Order calldata taker = orders[fill.taker].order;
        Working memory makerSide = workings[places[fill.maker]];
        Working memory takerSide = workings[places[fill.taker]];
        require(fill.sizeE8 != 0, OrderInvalid(taker.account, taker.nonce));
        require(_matches(maker, taker), OrdersDoNotMatch(maker.nonce, taker.nonce));
        require(makerSide.owner != takerSide.owner, SelfTrade(makerSide.owner));
        require(!taker.isPostOnly(), PostOnlyTaker(taker.account, taker.nonce));
        _use(maker, fill.sizeE8);
        _use(taker, fill.sizeE8);

        LiveMarket memory market = _requireMarket(live, maker.instrument, maker.limitPriceE8);
        if (paused || market.marketState != Checkpoints.NORMAL) {
            makerSide.mustReduce = true;
            takerSide.mustReduce = true;
        }
        int256 size = int256(uint256(fill.sizeE8));
        if (taker.sizeE8 < 0) size = -size;
        uint256 makerFee = _trade(books, live, market, makerSide, maker, -size, maker.limitPriceE8, true);
        uint256 takerFee = _trade(books, live, market, takerSide, taker, size, maker.limitPriceE8, false);
        _countTrade(maker.instrument, market, fill.sizeE8, maker.limitPriceE8);
        emit Filled(
            maker.account,
            taker.account,
            maker.instrument,
            int64(size),
            maker.limitPriceE8,
            maker.nonce,
            taker.nonce,
            uint128(makerFee),
            uint128(takerFee)
        );
    }

    function _matches(Order calldata maker, Order calldata taker) private pure returns (bool) {
        if (maker.instrument != taker.instrument || (maker.sizeE8 > 0) == (taker.sizeE8 > 0)) return false;
        return
            taker.sizeE8 > 0
                ? taker.limitPriceE8 >= maker.limitPriceE8
                : taker.limitPriceE8 <= maker.limitPriceE8;
    }

    /// @custom:spec CLR-013
    function _requireMarket(
        Live memory live,
        uint96 instrument,
        uint256 priceE8
    ) private pure returns (LiveMarket memory market) {
        Instruments.requireValid(instrument);
        require(Instruments.kindOf(instrument) == Instruments.PERPETUAL, KindNotSupported(instrument));
        uint256 underlying = Instruments.underlyingOf(instrument);
        require(underlying <= LiveMarkets.underlyings(live.checkpoint), UnderlyingUnknown(underlying));
        market = LiveMarkets.find(live.records, underlying);
        uint256 distance = priceE8 > market.markE8 ? priceE8 - market.markE8 : market.markE8 - priceE8;
        require(
            distance * ONE <= uint256(live.clearing.priceBandE8) * market.markE8,
            PriceOutOfBand(instrument, priceE8, market.markE8, live.clearing.priceBandE8)
        );
    }

    /// @dev One side of a fill: position, cash, fee, rounding.
    /// @custom:spec CLR-011
    /// @custom:spec CLR-012
    function _trade(
        Books memory books,
        Live memory live,
        LiveMarket memory market,
        Working memory side,
        Order calldata order,
        int256 size,
        uint256 priceE8,
        bool isMaker
    ) private returns (uint256 feeE8) {
        int256 value = Fills.valueUp(size, int256(priceE8), market.fundingE8);
        // Maker and taker have opposite sizes: the sum of both roundings is 0 or 1.
        books.ledger.roundingE8 = isMaker
            ? uint128(uint256(int256(uint256(books.ledger.roundingE8)) + value))
            : uint128(uint256(int256(uint256(books.ledger.roundingE8)) + value));
        (int256 before, int256 later) = _add(side, market, order.instrument, size, value);
        if (order.isReduceOnly()) {
            bool turned = before == 0 || (later != 0 && (later > 0) != (before > 0));
            require(
                !turned && later.abs() < before.abs(),
                NotReducing(order.account, order.instrument, before, later)
            );
        }
        uint256 rate = isMaker ? live.clearing.makerFeeE8 : live.clearing.takerFeeE8;
        require(rate <= order.maxFeeRateE8, FeeTooHigh(order.account, rate, order.maxFeeRateE8));
        uint256 notional = (size.abs() * priceE8 + ONE - 1) / ONE;
        feeE8 = (notional * rate + ONE - 1) / ONE;
        side.state.cashE8 -= int256(feeE8);
        books.ledger.feesE8 += uint128(feeE8);
    }

    /// @dev Adds size at a cost to an account, in the domain of MRG-003, and keeps the open interest.
    /// @custom:spec CLR-011
    /// @custom:spec CLR-015
    function _add(
        Working memory side,
        LiveMarket memory market,
        uint96 instrument,
        int256 size,
        int256 value
    ) private returns (int256 before, int256 later) {
        Position memory position = Fills.find(side.state, instrument);
        before = position.sizeE8;
        int256 realised = Fills.add(position, size, value);
        later = position.sizeE8;
        side.state.cashE8 += realised;
        side.realisedE8 += realised;
        bool inDomain = MarginDomain.isPositionHeld(later, position.costE8) &&
            (later.abs() <= before.abs() || MarginDomain.mayEnter(later, 0, 0, market.spotE8));
        require(inDomain, OutOfDomain(side.account, instrument));
        _moveOpenInterest(instrument, (later > 0 ? later : int256(0)) - (before > 0 ? before : int256(0)));
        _note(side, instrument, size);
    }

    function _moveOpenInterest(uint96 instrument, int256 change) private {
        if (change == 0) return;
        MarketTotals storage totals = _markets[uint16(Instruments.underlyingOf(instrument))];
        int256 next = int256(uint256(totals.openInterestE8)) + change;
        require(next <= int256(uint256(type(uint64).max)), OutOfDomain(0, instrument));
        totals.openInterestE8 = uint64(uint256(next));
    }

    /// @dev Keeps the net size of each instrument that was traded, for proofs by headroom.
    function _note(Working memory side, uint96 instrument, int256 size) private pure {
        uint256 count = side.instruments.length;
        for (uint256 i = 0; i < count; ++i) {
            if (side.instruments[i] != instrument) continue;
            side.sizesE8[i] += int64(size);
            return;
        }
        uint96[] memory instruments = new uint96[](count + 1);
        int64[] memory sizes = new int64[](count + 1);
        for (uint256 i = 0; i < count; ++i) (instruments[i], sizes[i]) = (side.instruments[i], side.sizesE8[i]);
        (instruments[count], sizes[count]) = (instrument, int64(size));
        (side.instruments, side.sizesE8) = (instruments, sizes);
    }

    /// @custom:spec CLR-015
    function _countTrade(uint96 instrument, LiveMarket memory market, uint256 sizeE8, uint256 priceE8) private {
        MarketTotals storage totals = _markets[uint16(Instruments.underlyingOf(instrument))];
        int256 premium = ((int256(priceE8) - int256(market.spotE8)) * int256(sizeE8)) / ONE_SIGNED;
        totals.premiumNotionalE8 += int128(premium);
        totals.notionalE8 += uint128((market.spotE8 * sizeE8) / ONE);
    }

    // Health

    function _live() private returns (Live memory live) {
        hub.refresh();
        (live.checkpoint, live.records) = hub.live();
        live.clearing = parameters.clearing();
    }

    function _requireHealthy(
        Live memory live,
        Working memory working,
        bytes memory stateBefore,
        bytes memory stateAfter,
        Proof calldata proof,
        uint256 lockedE8
    ) private view {
        bytes memory balances = vault.balancesOf(working.account);
        HealthQuestion memory question = HealthQuestion({
            account: working.account,
            stateBefore: stateBefore,
            stateAfter: stateAfter,
            balancesBefore: balances,
            balancesAfter: balances,
            lockedE8: lockedE8,
            instruments: working.instruments,
            sizesE8: working.sizesE8,
            averaged: working.instruments.length == 0
        });
        gate.requireHealthy(question, proof, live.checkpoint, live.records);
    }

    /// @dev Only trades have a state before to compare with.
    function _refuseTradeProofs(AccountInput calldata input) private pure {
        require(
            input.proof.kind < ProofKind.Headroom,
            IHealthGate.ProofNotAllowed(input.account, uint8(input.proof.kind))
        );
    }

    function _refuse(Live memory live, Working memory working) private view {
        require(!paused, Paused());
        for (uint256 i = 0; i < working.instruments.length; ++i) {
            uint256 underlying = Instruments.underlyingOf(working.instruments[i]);
            uint256 state = LiveMarkets.find(live.records, underlying).marketState;
            require(state == Checkpoints.NORMAL, MarketNotNormal(underlying, state));
        }
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
            uint256 credit = (books.creditBaseE8 * books.creditIndexE12 + ONE_E12 - 1) / ONE_E12 +
                uint256(working.state.cashE8 + int256(amountE8) > 0 ? working.state.cashE8 + int256(amountE8) : int256(0));
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
