// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountInput, Fill, MarketTotals, Order, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IHealthGate, PriceTrust} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {ClearingParameters, IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {AccountStates} from "../margin/AccountStates.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Premiums} from "../oracle/Premiums.sol";
import {AccountBook, Books, Working} from "./AccountBook.sol";
import {Live} from "./ClearingCore.sol";
import {Exposures} from "./Exposures.sol";
import {Fills} from "./Fills.sol";
import {LiveMarket, LiveMarkets} from "./LiveMarkets.sol";
import {OrderBook} from "./OrderBook.sol";
import {Orders} from "./Orders.sol";
import {SignedDivision} from "./SignedDivision.sol";
import {StrikeGrid} from "./StrikeGrid.sol";

/// @title The room of trades: a batch of fills against signed orders
/// @dev What is virtual is so for the naive variant in contracts/test/mutants alone.
/// @notice Runs only by delegatecall of the Clearinghouse, whose storage begins as this contract's does; it is a contract of its own for size alone. Called by itself it has no accounts, so nothing can be done to it.
contract TradeModule is OrderBook {
    using Orders for Order;
    using SignedDivision for int256;

    /// @dev Flags of `Filled`.
    uint8 internal constant MAKER_OVER = 1;
    uint8 internal constant TAKER_OVER = 2;
    uint8 internal constant COUNTED = 4;

    constructor(
        address authority,
        IMarginVault vault_,
        IPriceHub hub_,
        IRiskParameters parameters_,
        IHealthGate gate_,
        address closing_
    ) AccessManaged(authority) EIP712("OnchainMargin", "1") AccountBook(vault_, hub_, parameters_, gate_, closing_) {}

    /// @notice `IClearinghouse.settle`.
    function settle(
        AccountInput[] calldata accounts,
        SignedOrder[] calldata orders,
        Fill[] calldata fills
    ) external nonReentrant {
        require(fills.length != 0, NothingToSettle(0));
        Live memory live = _liveOfAll(accounts, orders);
        live.clearing = parameters.clearing();
        Books memory books = _openBooksOf(live);
        (Working[] memory workings, bytes[] memory statesBefore) = _touchAll(books, accounts);
        uint256[] memory places = _requireOrders(orders, workings);
        for (uint256 i = 0; i < fills.length; ++i) _fill(books, live, workings, orders, places, fills[i]);
        // Mostly nothing is halted, and no account need be looked at for it.
        PriceTrust trust = LiveMarkets.areAnyHalted(live.records) ? PriceTrust.Unhalted : PriceTrust.Live;
        for (uint256 i = 0; i < accounts.length; ++i) {
            Working memory working = workings[i];
            require(working.instruments.length != 0 || working.swapped, NothingToSettle(working.account));
            // Both compare with what the account was, and its collateral was another.
            if (working.swapped) _refuseTradeProofs(accounts[i]);
            bool mustReduce = working.mustReduce || working.isPending;
            if (mustReduce && accounts[i].proof.kind != ProofKind.Reducing) _refuse(live, working);
            PriceTrust rests = working.paysOut ? PriceTrust.Averaged : trust;
            uint256 feeE8 = _writeHealthy(books, live, working, statesBefore[i], accounts[i].proof, rests);
            // Whoever submits chooses the proof: it may cost no more than the orders allow.
            require(feeE8 <= working.feeLeftE8, CreditFeeTooHigh(working.account, feeE8, working.feeLeftE8));
        }
        _closeBooks(books);
    }

    // Settlement

    /// @dev What the accounts rest on, and what the orders may add.
    function _liveOfAll(
        AccountInput[] calldata accounts,
        SignedOrder[] calldata orders
    ) private returns (Live memory live) {
        uint256 underlyings = 0;
        uint256 tokens = 0;
        for (uint256 i = 0; i < accounts.length; ++i) {
            underlyings |= Exposures.underlyingsOf(accounts[i].state);
            tokens |= _tokensOf(accounts[i].account);
        }
        for (uint256 i = 0; i < orders.length; ++i) {
            uint256 subject = 1 << Instruments.underlyingOf(orders[i].order.instrument);
            if (orders[i].order.isSpot()) tokens |= subject;
            else underlyings |= subject;
        }
        return _live(underlyings, tokens);
    }

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
            _requireOrder(orders[i]);
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
        uint8 flags = _use(maker, fill.sizeE8) ? MAKER_OVER : 0;
        if (_use(taker, fill.sizeE8)) flags |= TAKER_OVER;
        int256 size = int256(uint256(fill.sizeE8));
        if (taker.sizeE8 < 0) size = -size;
        (uint256 makerFee, uint256 takerFee) = _takeFees(
            books,
            live.clearing,
            makerSide,
            takerSide,
            maker,
            taker,
            fill.sizeE8
        );
        if (maker.isSpot()) {
            _swap(books, live, makerSide, takerSide, maker, taker, size);
        } else {
            LiveMarket memory market = _requireMarket(live, maker.instrument, maker.limitPriceE8);
            _exchange(books, market, makerSide, takerSide, maker, taker, size);
            // Who signed both sides tells nobody what the market pays.
            bool own = orders[fill.maker].signer == orders[fill.taker].signer;
            if (!own && Instruments.kindOf(maker.instrument) == Instruments.PERPETUAL) {
                _countTrade(maker.instrument, market, fill.sizeE8, maker.limitPriceE8);
                flags |= COUNTED;
            }
        }
        emit Filled(
            maker.account,
            taker.account,
            maker.instrument,
            int64(size),
            maker.limitPriceE8,
            maker.nonce,
            taker.nonce,
            uint128(makerFee),
            uint128(takerFee),
            flags
        );
    }

    /// @dev Both sides of a fill of positions, and the cap of their market.
    function _exchange(
        Books memory books,
        LiveMarket memory market,
        Working memory makerSide,
        Working memory takerSide,
        Order calldata maker,
        Order calldata taker,
        int256 size
    ) private {
        if (_paused || market.marketState != Checkpoints.NORMAL) {
            makerSide.mustReduce = true;
            takerSide.mustReduce = true;
        }
        uint256 price = maker.limitPriceE8;
        _trade(books, market, makerSide, maker, -size, price);
        _trade(books, market, takerSide, taker, size, price);
        _requireInterest(maker.instrument, market);
    }

    /// @dev Tokens against cash. A price better than the mark is a gain like any other: it is locked. In a market that is not normal, and in a pause, who owes may pay with what a token brings: what is owed falls, and the buyer shows what who takes cash out shows.
    /// @custom:spec CLR-025
    function _swap(
        Books memory books,
        Live memory live,
        Working memory makerSide,
        Working memory takerSide,
        Order calldata maker,
        Order calldata taker,
        int256 size
    ) private {
        uint16 token = uint16(Instruments.underlyingOf(maker.instrument));
        bool isToken = token != 0 && maker.instrument == Instruments.pack(token, 0, 0, uint8(Orders.SPOT));
        require(isToken && !maker.isReduceOnly() && !taker.isReduceOnly(), OrderInvalid(maker.account, maker.nonce));
        vault.tokenAt(token);
        (uint256 markE8, uint256 decimals, , ) = LiveMarkets.token(live.checkpoint, live.records, token);
        _requireNearMark(live, maker.instrument, maker.limitPriceE8, markE8);
        uint256 scaled = size.abs() * 10 ** decimals;
        require(scaled % ONE == 0, OrderInvalid(taker.account, taker.nonce));

        (Working memory seller, Working memory buyer) = size < 0 ? (takerSide, makerSide) : (makerSide, takerSide);
        bool owed = seller.state.cashE8 < 0;
        uint256 price = maker.limitPriceE8;
        _payFor(books, makerSide, -size, price, markE8);
        _payFor(books, takerSide, size, price, markE8);
        _requireOpen(live, token, owed, seller, buyer);
        vault.move(seller.account, buyer.account, token, SafeCast.toUint128(scaled / ONE));
    }

    /// @dev In a market that is not normal but has a price, and in a pause, only who owes may sell, to somebody who owes nothing then.
    /// @custom:spec CLR-025
    function _requireOpen(
        Live memory live,
        uint16 token,
        bool owed,
        Working memory seller,
        Working memory buyer
    ) private view {
        (, , uint256 underlying, uint256 state) = LiveMarkets.token(live.checkpoint, live.records, token);
        if (!_paused && state == Checkpoints.NORMAL) return;
        bool repays = owed && seller.state.cashE8 <= 0 && buyer.state.cashE8 >= 0 && state != Checkpoints.HALTED;
        require(repays || !_paused, Paused());
        require(repays, MarketNotNormal(underlying, state));
        (buyer.paysOut, buyer.lockedE8) = (true, buyer.state.lockedGainE8);
    }

    /// @custom:spec CLR-025
    function _payFor(
        Books memory books,
        Working memory side,
        int256 size,
        uint256 priceE8,
        uint256 markE8
    ) private pure {
        int256 value = Fills.valueUp(size, int256(priceE8), 0);
        side.state.cashE8 -= value;
        side.realisedE8 += Fills.valueUp(size, int256(markE8), 0) - value;
        side.swapped = true;
        books.ledger.roundingE8 += int128(value);
    }

    /// @dev Reductions are never stopped: a fill that does not raise the open interest passes whatever the cap, and whatever the strike: one that nobody holds cannot be entered without raising it.
    /// @custom:spec CLR-015
    /// @custom:spec CLR-017
    /// @custom:spec CLR-028
    function _requireInterest(uint96 instrument, LiveMarket memory market) internal view virtual {
        uint16 underlying = uint16(Instruments.underlyingOf(instrument));
        uint256 openE8 = _markets[underlying].openInterestE8;
        if (openE8 <= market.openE8) return;
        require(!market.isStale, SurfaceTooOld(instrument));
        if (Instruments.isOption(instrument)) {
            uint256 strikeE8 = Instruments.strikeE8Of(instrument);
            (uint256 belowE8, uint256 stepE8) = StrikeGrid.around(strikeE8);
            if (belowE8 != strikeE8) revert StrikeOffGrid(instrument, belowE8, belowE8 + stepE8);
            uint256 options = _markets[underlying].optionInterestE8;
            uint256 most = hub.optionInterestMaxE8(underlying);
            require(options <= most, OptionInterestTooHigh(underlying, options, most));
        }
        uint256 largest = parameters.riskInterestMaxE8(underlying);
        uint256 risk = (((openE8 * market.spotE8) / ONE) * market.priceRangeE8) / ONE;
        require(risk <= largest, OpenInterestTooHigh(underlying, risk, largest));
    }

    function _matches(Order calldata maker, Order calldata taker) private pure returns (bool) {
        if (maker.instrument != taker.instrument || (maker.sizeE8 > 0) == (taker.sizeE8 > 0)) return false;
        return taker.sizeE8 > 0 ? taker.limitPriceE8 >= maker.limitPriceE8 : taker.limitPriceE8 <= maker.limitPriceE8;
    }

    /// @custom:spec CLR-013
    /// @custom:spec CLR-017
    function _requireMarket(
        Live memory live,
        uint96 instrument,
        uint256 priceE8
    ) internal view virtual returns (LiveMarket memory market) {
        Instruments.requireValid(instrument);
        uint256 underlying = Instruments.underlyingOf(instrument);
        require(underlying <= LiveMarkets.underlyings(live.checkpoint), UnderlyingUnknown(underlying));
        market = LiveMarkets.find(live.records, underlying);
        market.openE8 = _markets[uint16(underlying)].openInterestE8;
        if (Instruments.kindOf(instrument) != Instruments.PERPETUAL) {
            market.fundingE8 = 0;
            (market.forwardE8, market.isStale) = gate.requireInBand(instrument, priceE8, live.checkpoint, live.records);
            return market;
        }
        _requireNearMark(live, instrument, priceE8, market.markE8);
    }

    /// @custom:spec CLR-013
    function _requireNearMark(Live memory live, uint96 instrument, uint256 priceE8, uint256 markE8) private pure {
        uint256 distance = priceE8 > markE8 ? priceE8 - markE8 : markE8 - priceE8;
        uint256 band = (uint256(live.clearing.priceBandE8) * markE8) / ONE;
        require(distance <= band, PriceOutOfBand(instrument, priceE8, markE8, band));
    }

    /// @dev One side of a fill: position, cash, rounding.
    /// @custom:spec CLR-011
    function _trade(
        Books memory books,
        LiveMarket memory market,
        Working memory side,
        Order calldata order,
        int256 size,
        uint256 priceE8
    ) private {
        int256 value = Fills.valueUp(size, int256(priceE8), market.fundingE8);
        (int256 before, int256 later) = _add(side, market, order.instrument, size, value);
        _note(side, order.instrument, size);
        if (order.isReduceOnly()) _requireReduced(order, before, later);
        // The sides have opposite sizes, so that both roundings up add up to 0 or 1.
        books.ledger.roundingE8 += int128(value);
    }

    function _takeFees(
        Books memory books,
        ClearingParameters memory clearing,
        Working memory makerSide,
        Working memory takerSide,
        Order calldata maker,
        Order calldata taker,
        uint256 sizeE8
    ) private pure returns (uint256 makerFee, uint256 takerFee) {
        (uint256 makers, uint256 takers) = (clearing.makerFeeE8, clearing.takerFeeE8);
        uint256 highestE8 = makers > takers ? makers : takers;
        uint256 notional;
        // Unchecked: size and price are of 64 bits.
        unchecked {
            notional = (sizeE8 * maker.limitPriceE8 + ONE - 1) / ONE;
        }
        makerFee = _takeFee(books, makerSide, maker, notional, makers, highestE8);
        takerFee = _takeFee(books, takerSide, taker, notional, takers, highestE8);
    }

    /// @dev What is left for a fee on credit is what the order allows beyond both rates, whichever it pays: who signs no more than a fill may cost him agrees to no credit, also where he pays less.
    /// @custom:spec CLR-012
    /// @custom:spec CLR-054
    function _takeFee(
        Books memory books,
        Working memory side,
        Order calldata order,
        uint256 notional,
        uint256 rateE8,
        uint256 highestE8
    ) private pure returns (uint256 feeE8) {
        uint256 allowedE8 = order.maxFeeRateE8;
        require(rateE8 <= allowedE8, FeeTooHigh(order.account, rateE8, allowedE8));
        // Unchecked: a notional is of 102 bits, and rates are of 32.
        unchecked {
            feeE8 = (notional * rateE8 + ONE - 1) / ONE;
            if (allowedE8 > highestE8) side.feeLeftE8 += (notional * (allowedE8 - highestE8)) / ONE;
        }
        side.state.cashE8 -= int256(feeE8);
        books.ledger.feesE8 += uint128(feeE8);
    }

    /// @custom:spec CLR-014
    function _requireReduced(Order calldata order, int256 before, int256 later) private pure {
        bool turned = later != 0 && (later > 0) != (before > 0);
        require(!turned && later.abs() < before.abs(), NotReducing(order.account, order.instrument, before, later));
    }

    /// @custom:spec CLR-015
    function _countTrade(uint96 instrument, LiveMarket memory market, uint256 sizeE8, uint256 priceE8) private {
        uint256 clampE8 = parameters.premiumClampE8();
        MarketTotals storage totals = _markets[uint16(Instruments.underlyingOf(instrument))];
        totals.premiumNotionalE8 += int128(Premiums.ofFillE8(priceE8, market.spotE8, sizeE8, clampE8));
        totals.notionalE8 += uint128((market.spotE8 * sizeE8) / ONE);
    }

    // Health

    function _refuse(Live memory live, Working memory working) private view {
        require(!_paused, Paused());
        for (uint256 i = 0; i < working.instruments.length; ++i) {
            uint256 underlying = Instruments.underlyingOf(working.instruments[i]);
            uint256 state = LiveMarkets.find(live.records, underlying).marketState;
            require(state == Checkpoints.NORMAL, MarketNotNormal(underlying, state));
        }
        require(!working.isPending, SettlementPending(working.account));
    }
}
