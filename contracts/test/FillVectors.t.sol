// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fills} from "../clearing/Fills.sol";
import {Orders} from "../clearing/Orders.sol";
import {AccountInput, CashLedger, Fill, MarketTotals, Order, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {Quote} from "../interfaces/IFloorReferee.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {ClearingParameters} from "../interfaces/IRiskParameters.sol";
import {Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {build} from "./Artifacts.sol";
import {BookProbe} from "./BookProbe.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";
import {PlainFixture} from "./PlainFixture.sol";
import {SettableSurroundings} from "./SettableSurroundings.sol";

/// @notice Fills against the vectors that the C# reads, too (spec/attested): what one does to a position alone, all else through whole settlements. Caps, premium and what a fill would enter are the contract's alone: off chain nobody is refused by them.
contract FillVectorsTest is PlainFixture, Columns {
    uint256 private constant TAKER = 1;
    uint256 private constant MAKER = 2;
    uint256 private constant THIRD = 3;
    uint256 private constant DELEGATE = 4;
    uint8 private constant MAY_TRADE = 1;
    uint32 private constant ANY_FEE = type(uint32).max;

    SettableSurroundings private _all;
    uint64 private _taker;
    uint64 private _maker;
    uint64 private _third;
    uint64 private _nonce;

    /// @dev What a settlement of one fill is made of; sizes are the taker's.
    struct Deal {
        uint64 taker;
        uint64 maker;
        uint96 instrument;
        int256 sizeE8;
        uint256 priceE8;
        uint256 takerKey;
        uint256 makerKey;
        uint32 takerMostE8;
        uint32 makerMostE8;
        uint8 takerFlags;
        uint8 makerFlags;
    }

    /// @dev Columns of CLR-011.
    struct Single {
        uint256[] kind;
        int256[] s;
        int256[] cost;
        int256[] d;
        uint256[] p;
        int256[] funding;
        uint256[] spot;
        int256[] v;
        int256[] rounding;
        int256[] sizeAfter;
        int256[] costAfter;
        int256[] realised;
        uint256[] refused;
    }

    /// @dev Columns of CLR-012.
    struct Charges {
        int256[] d;
        uint256[] p;
        uint256[] makerRate;
        uint256[] takerRate;
        uint256[] makerMost;
        uint256[] takerMost;
        uint256[] makerFee;
        uint256[] takerFee;
        uint256[] makerLeft;
        uint256[] takerLeft;
        uint256[] refused;
    }

    /// @dev Columns of CLR-013.
    struct Prices {
        uint256[] kind;
        int256[] mark;
        int256[] vega;
        uint256[] forward;
        uint256[] priceBand;
        uint256[] volBand;
        uint256[] band;
        uint256[] price;
        uint256[] held;
    }

    /// @dev Columns of CLR-015.
    struct Totals {
        uint256[] kind;
        int256[] a;
        int256[] b;
        int256[] d;
        uint256[] p;
        uint256[] spot;
        uint256[] priceRange;
        uint256[] own;
        uint256[] riskMost;
        uint256[] optionsMost;
        uint256[] clamp;
        int256[] change;
        uint256[] open;
        uint256[] options;
        int256[] premium;
        uint256[] notional;
        uint256[] refused;
    }

    function setUp() public {
        _all = new SettableSurroundings(6);
        deployAmong(_all);
        _openAccounts();
    }

    function test_fill_ofAPosition_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-011.json");
        Single memory v;
        (v.kind, v.s, v.cost, v.d) = (column("kind"), signedColumn("s"), signedColumn("cost"), signedColumn("d"));
        (v.p, v.funding, v.spot) = (column("p"), signedColumn("funding"), column("spot"));
        (v.v, v.rounding, v.sizeAfter) = (signedColumn("v"), signedColumn("rounding"), signedColumn("sizeAfter"));
        (v.costAfter, v.realised, v.refused) = (signedColumn("costAfter"), signedColumn("realised"), column("refused"));
        assert(v.kind.length > 400);
        BookProbe book = new BookProbe(address(_all), address(0));
        for (uint256 i = 0; i < v.kind.length; ++i) _fillOne(book, v, i);
    }

    function test_fees_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-012.json");
        Charges memory v;
        (v.d, v.p, v.refused) = (signedColumn("d"), column("p"), column("refused"));
        (v.makerRate, v.takerRate) = (column("makerRate"), column("takerRate"));
        (v.makerMost, v.takerMost) = (column("makerMost"), column("takerMost"));
        (v.makerFee, v.takerFee) = (column("makerFee"), column("takerFee"));
        (v.makerLeft, v.takerLeft) = (column("makerLeft"), column("takerLeft"));
        assert(v.d.length == 90);
        for (uint256 i = 0; i < v.d.length; ++i) _charge(v, i);
    }

    /// @dev Of perpetuals through a settlement, of the others by the gate, at what a floor referee says.
    function test_priceBand_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-013.json");
        Prices memory v;
        (v.kind, v.mark, v.vega, v.forward) = (
            column("kind"),
            signedColumn("mark"),
            signedColumn("vega"),
            column("forward")
        );
        (v.priceBand, v.volBand, v.band) = (column("priceBand"), column("volBand"), column("band"));
        (v.price, v.held) = (column("price"), column("held"));
        assert(v.kind.length > 500);
        bytes memory arguments = abi.encode(_all, _all, _all, _all, _all, _all);
        IHealthGate gate = IHealthGate(build("contracts/clearing/HealthGate.sol:HealthGate", arguments));
        for (uint256 i = 0; i < v.kind.length; ++i) {
            ClearingParameters memory p;
            (p.priceBandE8, p.volBandE8) = (uint32(v.priceBand[i]), uint32(v.volBand[i]));
            _all.setClearing(p);
            _price(gate, v, i);
        }
    }

    function test_reduceOnly_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-014.json");
        int256[] memory held = signedColumn("s");
        int256[] memory size = signedColumn("d");
        uint256[] memory reduces = column("reduces");
        assert(held.length == 58);
        _all.setPrices(1, 1);
        for (uint256 i = 0; i < held.length; ++i) {
            _openAccounts();
            if (held[i] != 0) assert(_refusalOf(_deal(_taker, _third, 0, held[i], 1)).length == 0);
            _reduce(held[i], size[i], reduces[i] == 1, i % 2 == 0);
        }
    }

    function test_marketTotals_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-015.json");
        Totals memory v;
        (v.kind, v.a, v.b, v.d) = (column("kind"), signedColumn("a"), signedColumn("b"), signedColumn("d"));
        (v.p, v.spot, v.own, v.priceRange) = (column("p"), column("spot"), column("own"), column("priceRange"));
        (v.riskMost, v.optionsMost, v.clamp) = (column("riskMost"), column("optionsMost"), column("clamp"));
        (v.change, v.open, v.options) = (signedColumn("change"), column("open"), column("options"));
        (v.premium, v.notional, v.refused) = (signedColumn("premium"), column("notional"), column("refused"));
        assert(v.kind.length == 200);
        for (uint256 i = 0; i < v.kind.length; ++i) {
            uint256 id = VM.snapshotState();
            _count(v, i);
            VM.revertToState(id);
        }
    }

    function settleOutside(Deal calldata deal) external {
        ++_nonce;
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(
            Order(
                deal.maker,
                deal.instrument,
                int64(-deal.sizeE8),
                uint64(deal.priceE8),
                _nonce,
                type(uint40).max,
                deal.makerMostE8,
                deal.makerFlags
            ),
            deal.makerKey
        );
        orders[1] = signed(
            Order(
                deal.taker,
                deal.instrument,
                int64(deal.sizeE8),
                uint64(deal.priceE8),
                _nonce,
                type(uint40).max,
                deal.takerMostE8,
                deal.takerFlags
            ),
            deal.takerKey
        );
        AccountInput[] memory accounts = new AccountInput[](2);
        (uint64 first, uint64 second) = deal.taker < deal.maker ? (deal.taker, deal.maker) : (deal.maker, deal.taker);
        (accounts[0], accounts[1]) = (input(first), input(second));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(magnitude(deal.sizeE8)));
        VM.recordLogs();
        clearinghouse.settle(accounts, orders, fills);
        readStates();
    }

    function _fillOne(BookProbe book, Single memory v, uint256 i) private pure {
        assert(Fills.valueUp(v.d[i], int256(v.p[i]), v.funding[i]) == v.v[i]);
        assert(v.v[i] + Fills.valueUp(-v.d[i], int256(v.p[i]), v.funding[i]) == v.rounding[i]);
        Position memory position = Position(_instrumentOf(v.kind[i]), v.s[i], v.cost[i]);
        try book.add(position, v.spot[i], v.d[i], v.v[i]) returns (
            Position memory later,
            int256 cash,
            int256 realised
        ) {
            assert(v.refused[i] == 0);
            assert(later.sizeE8 == v.sizeAfter[i] && later.costE8 == v.costAfter[i]);
            assert(cash == v.realised[i] && realised == v.realised[i]);
        } catch (bytes memory reason) {
            assert(v.refused[i] != 0);
            _expect(
                reason,
                abi.encodeWithSelector(IClearingEvents.OutOfDomain.selector, uint64(0), position.instrument)
            );
        }
    }

    function _charge(Charges memory v, uint256 i) private {
        _openAccounts();
        _all.setPrices(1, v.p[i]);
        ClearingParameters memory p;
        (p.makerFeeE8, p.takerFeeE8) = (uint32(v.makerRate[i]), uint32(v.takerRate[i]));
        _all.setClearing(p);
        Deal memory deal = _deal(_taker, _maker, 0, v.d[i], v.p[i]);
        (deal.makerMostE8, deal.takerMostE8) = (uint32(v.makerMost[i]), uint32(v.takerMost[i]));
        if (v.refused[i] == 0) {
            _requireNoMore(deal, _maker, v.makerLeft[i]);
            _requireNoMore(deal, _taker, v.takerLeft[i]);
        }
        CashLedger memory before = clearinghouse.ledger();
        bytes memory reason = _refusalOf(deal);
        bytes4 selector = IClearingEvents.FeeTooHigh.selector;
        if (v.refused[i] == 1) {
            _expect(reason, abi.encodeWithSelector(selector, _maker, v.makerRate[i], v.makerMost[i]));
        } else if (v.refused[i] == 2) {
            _expect(reason, abi.encodeWithSelector(selector, _taker, v.takerRate[i], v.takerMost[i]));
        } else {
            assert(reason.length == 0);
            CashLedger memory later = clearinghouse.ledger();
            assert(later.feesE8 - before.feesE8 == v.makerFee[i] + v.takerFee[i]);
            int256 ofBoth = Fills.valueUp(v.d[i], int256(v.p[i]), 0) + Fills.valueUp(-v.d[i], int256(v.p[i]), 0);
            assert(later.roundingE8 - before.roundingE8 == ofBoth);
            assert(this.decoded(states[_maker]).cashE8 == -int256(v.makerFee[i] + v.makerLeft[i]));
            assert(this.decoded(states[_taker]).cashE8 == -int256(v.takerFee[i] + v.takerLeft[i]));
        }
    }

    /// @dev An account's order leaves so much for a fee on credit, which it pays from here on.
    function _requireNoMore(Deal memory deal, uint64 account, uint256 leftE8) private {
        _all.setCreditFee(account, leftE8 + 1);
        bytes4 selector = IClearingEvents.CreditFeeTooHigh.selector;
        _expect(_refusalOf(deal), abi.encodeWithSelector(selector, account, leftE8 + 1, leftE8));
        _all.setCreditFee(account, leftE8);
    }

    /// @dev One underlying, with one expiry whose surface is of now.
    function _recordsOf(uint96 instrument) private view returns (bytes memory) {
        uint256 head = (uint256(Instruments.underlyingOf(instrument)) << 48) | (1 << 24);
        uint256 expiry = (uint256(Instruments.expiryOf(instrument)) << 224) | (block.timestamp << 184);
        return abi.encodePacked(uint256(0), head, uint256(0), uint256(0), expiry, uint256(0), uint256(0), uint256(0));
    }

    function _price(IHealthGate gate, Prices memory v, uint256 i) private {
        uint96 instrument = _instrumentOf(v.kind[i]);
        uint256 mark = v.mark[i] > 0 ? uint256(v.mark[i]) : 0;
        bytes memory reason = "";
        if (v.kind[i] == Instruments.PERPETUAL) {
            _all.setPrices(1, mark);
            reason = _refusalOf(_deal(_taker, _maker, v.kind[i], 1, v.price[i]));
        } else {
            _all.setQuote(Quote(v.mark[i], v.vega[i], v.forward[i]));
            try gate.requireInBand(instrument, v.price[i], "", _recordsOf(instrument)) returns (
                uint256 forwardE8,
                bool isStale
            ) {
                assert(forwardE8 == v.forward[i] && !isStale);
            } catch (bytes memory refusal) {
                reason = refusal;
            }
        }
        if (v.held[i] == 1) {
            assert(reason.length == 0);
            return;
        }
        bytes4 selector = IClearingEvents.PriceOutOfBand.selector;
        _expect(reason, abi.encodeWithSelector(selector, instrument, v.price[i], mark, v.band[i]));
    }

    function _reduce(int256 held, int256 size, bool reduces, bool asTaker) private {
        Deal memory deal = asTaker ? _deal(_taker, _maker, 0, size, 1) : _deal(_maker, _taker, 0, -size, 1);
        // The reducing account is the one that has something, on either side of the fill.
        if (asTaker) deal.takerFlags = Orders.REDUCE_ONLY;
        else deal.makerFlags = Orders.REDUCE_ONLY;
        bytes memory reason = _refusalOf(deal);
        if (reduces) {
            assert(reason.length == 0);
            Position[] memory left = this.decoded(states[_taker]).positions;
            assert(left.length == 0 ? held + size == 0 : left[0].sizeE8 == held + size);
            return;
        }
        bytes4 selector = IClearingEvents.NotReducing.selector;
        _expect(reason, abi.encodeWithSelector(selector, _taker, deal.instrument, held, held + size));
    }

    function _count(Totals memory v, uint256 i) private {
        _all.setPrices(v.spot[i], v.p[i]);
        if (v.a[i] != 0) _requireDone(_deal(_taker, _third, v.kind[i], v.a[i], v.p[i]));
        if (v.b[i] != 0) _requireDone(_deal(_maker, _third, v.kind[i], v.b[i], v.p[i]));
        _all.setCaps(v.priceRange[i], v.riskMost[i], v.optionsMost[i]);
        _all.setPremiumClamp(v.clamp[i]);
        Deal memory deal = _deal(_taker, _maker, v.kind[i], v.d[i], v.p[i]);
        if (v.own[i] == 1) {
            _appoint(_taker, TAKER);
            _appoint(_maker, MAKER);
            (deal.takerKey, deal.makerKey) = (DELEGATE, DELEGATE);
        }
        MarketTotals memory before = clearinghouse.marketTotals(1);
        bytes memory reason = _refusalOf(deal);
        MarketTotals memory later = clearinghouse.marketTotals(1);
        if (v.refused[i] == 1) {
            uint256 risk = (((v.open[i] * v.spot[i]) / 1e8) * v.priceRange[i]) / 1e8;
            bytes4 selector = IClearingEvents.OpenInterestTooHigh.selector;
            _expect(reason, abi.encodeWithSelector(selector, uint16(1), risk, v.riskMost[i]));
        } else if (v.refused[i] == 2) {
            bytes4 selector = IClearingEvents.OptionInterestTooHigh.selector;
            _expect(reason, abi.encodeWithSelector(selector, uint16(1), v.options[i], v.optionsMost[i]));
        } else {
            assert(reason.length == 0);
            assert(later.openInterestE8 == v.open[i] && later.optionInterestE8 == v.options[i]);
            int256 change = int256(uint256(later.openInterestE8)) - int256(uint256(before.openInterestE8));
            assert(change == v.change[i]);
            assert(later.premiumNotionalE8 - before.premiumNotionalE8 == v.premium[i]);
            assert(later.notionalE8 - before.notionalE8 == v.notional[i]);
        }
    }

    /// @dev Three new accounts, of one owner each.
    function _openAccounts() private {
        (_taker, _maker, _third) = (open(TAKER), open(MAKER), open(THIRD));
    }

    function _appoint(uint64 account, uint256 owner) private {
        VM.prank(VM.addr(owner));
        clearinghouse.setDelegate(account, VM.addr(DELEGATE), MAY_TRADE, type(uint40).max);
    }

    function _requireDone(Deal memory deal) private {
        assert(_refusalOf(deal).length == 0);
    }

    function _refusalOf(Deal memory deal) private returns (bytes memory reason) {
        try this.settleOutside(deal) {} catch (bytes memory refusal) {
            reason = refusal;
        }
    }

    function _deal(
        uint64 taker,
        uint64 maker,
        uint256 kind,
        int256 sizeE8,
        uint256 priceE8
    ) private view returns (Deal memory deal) {
        (deal.taker, deal.maker, deal.instrument) = (taker, maker, _instrumentOf(kind));
        (deal.sizeE8, deal.priceE8) = (sizeE8, priceE8);
        (deal.takerKey, deal.makerKey) = (_keyOf(taker), _keyOf(maker));
        (deal.takerMostE8, deal.makerMostE8) = (ANY_FEE, ANY_FEE);
    }

    function _keyOf(uint64 account) private view returns (uint256) {
        return
            account == _taker
                ? TAKER
                : account == _maker
                    ? MAKER
                    : THIRD;
    }

    /// @dev Options at the forward that the surroundings say.
    function _instrumentOf(uint256 kind) private pure returns (uint96) {
        if (kind == Instruments.PERPETUAL) return Instruments.pack(1, 0, 0, 0);
        return Instruments.pack(1, EXPIRY, kind == Instruments.FUTURE ? 0 : 50e4, uint8(kind));
    }

    function _expect(bytes memory reason, bytes memory expected) private pure {
        assert(keccak256(reason) == keccak256(expected));
    }
}
