// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, CashLedger, Fill, Order, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM} from "./IVm.sol";
import {PlainFixture} from "./PlainFixture.sol";

/// @notice Batches in which each account makes and takes many times, two of them of one owner, against CLR-010 to CLR-012 evaluated on plain numbers.
contract TradeModuleBatchesTest is PlainFixture {
    uint256 private constant ACCOUNTS = 4;
    uint256 private constant ORDERS = 12;
    uint256 private constant FILLS = 16;

    struct Batch {
        Order[ORDERS] orders;
        uint256[ORDERS] instrument;
        uint256[ORDERS] left;
        Plain[ACCOUNTS] expected;
        int256 fees;
        int256 rounding;
    }

    uint64[ACCOUNTS] private accounts;

    function setUp() public {
        deploy();
        for (uint256 a = 0; a < ACCOUNTS; ++a) accounts[a] = open(_keyOf(a));
    }

    /// @dev The same orders through three batches: what one leaves of them the next may fill, and no more.
    function testFuzz_settle_manyFillsAreThoseOfPlainNumbers(uint256 seed) public {
        Batch memory b;
        uint256[3] memory some = [seed % INSTRUMENTS, (seed >> 8) % INSTRUMENTS, (seed >> 16) % INSTRUMENTS];
        for (uint64 i = 0; i < ORDERS; ++i) {
            seed = next(seed);
            uint256 k = some[seed % 3];
            int256 size = int256((seed >> 16) % (1 << (1 + ((seed >> 8) % 45)))) + 1;
            if ((seed >> 80) & 1 != 0) size = -size;
            // One price an instrument, so that all limits meet.
            uint64 price = uint64(45e8 + (uint256(keccak256(abi.encode(k))) % 10e8));
            (b.instrument[i], b.left[i]) = (k, magnitude(size));
            b.orders[i] = Order(
                accounts[i % ACCOUNTS],
                instruments[k],
                int64(size),
                price,
                i,
                type(uint40).max,
                1e6,
                0
            );
        }
        for (uint256 i = 0; i < 3; ++i) {
            seed = next(seed);
            _settle(b, seed);
        }
        _expectNothingLeft(b);
    }

    function _settle(Batch memory b, uint256 seed) private {
        Fill[] memory fills = new Fill[](FILLS);
        uint256 count = 0;
        uint256 used = 0;
        for (uint256 i = 0; i < 200 && count < FILLS; ++i) {
            seed = next(seed);
            (uint256 m, uint256 t) = ((seed >> 8) % ORDERS, (seed >> 16) % ORDERS);
            if (!_mayMatch(b, m, t)) continue;
            uint256 most = b.left[m] < b.left[t] ? b.left[m] : b.left[t];
            uint256 size = (seed >> 24) % 3 == 0 ? most : 1 + ((seed >> 32) % most);
            _fill(b, m, t, size);
            fills[count++] = Fill(uint16(m), uint16(t), uint64(size));
            used |= (1 << m) | (1 << t);
        }
        if (count == 0) return;
        _submit(b, fills, count, used);
        for (uint256 a = 0; a < ACCOUNTS; ++a) {
            close(b.expected[a]);
            compare(accounts[a], b.expected[a]);
        }
        compareInterest();
        CashLedger memory ledger = clearinghouse.ledger();
        if (int256(uint256(ledger.feesE8)) != b.fees || int256(ledger.roundingE8) != b.rounding)
            revert Differs("ledger");
        for (uint64 i = 0; i < ORDERS; ++i) {
            (bool done, uint64 filled) = clearinghouse.orderStatus(b.orders[i].account, i);
            if (done != (b.left[i] == 0)) revert Differs("done");
            if (!done && filled != magnitude(b.orders[i].sizeE8) - b.left[i]) revert Differs("filled");
        }
    }

    function _mayMatch(Batch memory b, uint256 m, uint256 t) private pure returns (bool) {
        if (b.left[m] == 0 || b.left[t] == 0 || b.instrument[m] != b.instrument[t]) return false;
        if ((b.orders[m].sizeE8 > 0) == (b.orders[t].sizeE8 > 0)) return false;
        return _keyOf(m % ACCOUNTS) != _keyOf(t % ACCOUNTS);
    }

    function _fill(Batch memory b, uint256 m, uint256 t, uint256 size) private {
        b.left[m] -= size;
        b.left[t] -= size;
        int256 d = b.orders[t].sizeE8 > 0 ? int256(size) : -int256(size);
        _side(b, m, -d, 20_000);
        _side(b, t, d, 50_000);
    }

    function _side(Batch memory b, uint256 i, int256 d, int256 rate) private {
        Plain memory account = b.expected[i % ACCOUNTS];
        int256 price = int256(uint256(b.orders[i].limitPriceE8));
        int256 v = ceil(d * price, ONE);
        int256 longer = book(account, b.instrument[i], d, v);
        uint256 u = Instruments.underlyingOf(b.orders[i].instrument);
        openE8[u] += longer;
        if (Instruments.isOption(b.orders[i].instrument)) optionsE8[u] += longer;
        int256 fee = ceil(ceil(int256(magnitude(d)) * price, ONE) * rate, ONE);
        account.cash -= fee;
        b.fees += fee;
        b.rounding += v;
    }

    /// @dev Brings the orders that are used, and the accounts that they are of.
    function _submit(Batch memory b, Fill[] memory all, uint256 count, uint256 used) private {
        SignedOrder[] memory orders = new SignedOrder[](ORDERS);
        uint256[ORDERS] memory places;
        uint256 brought = 0;
        uint256 who = 0;
        for (uint256 i = 0; i < ORDERS; ++i) {
            if ((used >> i) & 1 == 0) continue;
            orders[brought] = signed(b.orders[i], _keyOf(i % ACCOUNTS));
            places[i] = brought++;
            who |= 1 << (i % ACCOUNTS);
        }
        AccountInput[] memory inputs = new AccountInput[](ACCOUNTS);
        uint256 n = 0;
        for (uint256 a = 0; a < ACCOUNTS; ++a) if ((who >> a) & 1 != 0) inputs[n++] = input(accounts[a]);
        Fill[] memory fills = new Fill[](count);
        for (uint256 i = 0; i < count; ++i) {
            fills[i] = Fill(uint16(places[all[i].maker]), uint16(places[all[i].taker]), all[i].sizeE8);
        }
        // Safe: only ever shortens the arrays.
        assembly ("memory-safe") {
            mstore(orders, brought)
            mstore(inputs, n)
        }
        VM.recordLogs();
        clearinghouse.settle(inputs, orders, fills);
        readStates();
    }

    /// @dev Any two orders that would match, but for what is left of them, are refused for a unit more.
    function _expectNothingLeft(Batch memory b) private {
        for (uint256 m = 0; m < ORDERS; ++m) {
            for (uint256 t = 0; t < ORDERS; ++t) {
                (uint256 ofMaker, uint256 ofTaker) = (b.left[m], b.left[t]);
                (b.left[m], b.left[t]) = (1, 1);
                bool match_ = _mayMatch(b, m, t);
                (b.left[m], b.left[t]) = (ofMaker, ofTaker);
                if (!match_) continue;
                _expectRefused(b, m, t, 1 + (ofMaker < ofTaker ? ofMaker : ofTaker));
                return;
            }
        }
    }

    function _expectRefused(Batch memory b, uint256 m, uint256 t, uint256 size) private {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(b.orders[m], _keyOf(m % ACCOUNTS));
        orders[1] = signed(b.orders[t], _keyOf(t % ACCOUNTS));
        AccountInput[] memory inputs = new AccountInput[](2);
        (uint256 first, uint256 second) = (m % ACCOUNTS, t % ACCOUNTS);
        if (first > second) (first, second) = (second, first);
        (inputs[0], inputs[1]) = (input(accounts[first]), input(accounts[second]));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(size));
        bool done = b.left[m] == 0 || (b.left[t] == 0 && size <= b.left[m]);
        VM.expectPartialRevert(done ? IClearingEvents.OrderDone.selector : IClearingEvents.OrderOverfilled.selector);
        clearinghouse.settle(inputs, orders, fills);
    }

    /// @dev The first two accounts are of one owner.
    function _keyOf(uint256 account) private pure returns (uint256) {
        return account < 2 ? 1 : account;
    }
}
