// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Order, SignedOrder, Slice} from "../interfaces/ClearingTypes.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {LotMath} from "../liquidation/LotMath.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM} from "./IVm.sol";
import {PlainFixture} from "./PlainFixture.sol";

/// @notice Legs of lots cut, merged into their bidders' positions and booked by their words, against CLR-011 and CLR-042 evaluated on plain numbers.
contract LotModuleSlicesTest is PlainFixture {
    uint256 private constant OWNER = 1;
    bytes private checkpoint;
    bytes private records;

    function setUp() public {
        deploy();
        (checkpoint, records) = surroundings.liveFor(0, 0);
        _openInterest();
    }

    // Against plain numbers

    /// @dev Two lots, cut into two to five slices each, for two bidders in turn.
    function testFuzz_receiveSlice_isThatOfPlainNumbers(uint256 seed) public {
        uint64[2] memory bidders = [open(OWNER), open(OWNER)];
        Plain[2] memory expected;
        for (uint256 lot = 0; lot < 2; ++lot) {
            Plain memory legs = _lot(seed = next(seed));
            uint256 sold = 0;
            for (uint256 i = 0; sold < uint256(ONE); ++i) {
                seed = next(seed);
                uint256 to = i == 4 ? uint256(ONE) : sold + 1 + (seed % (uint256(ONE) - sold));
                if (!_bid(bidders[seed >> 255], expected[seed >> 255], legs, sold, to, seed >> 200)) return;
                sold = to;
            }
        }
    }

    /// @dev What all slices of a lot are together, and what is left of it on the way.
    function testFuzz_slice_andRestAddUp(uint256 seed, uint256[4] calldata cuts) public view {
        Plain memory legs = _lot(seed);
        Plain memory left = _lot(seed);
        uint256 to = 0;
        for (uint256 i = 0; to < uint256(ONE); ++i) {
            uint256 from = to;
            to = i == 4 ? uint256(ONE) : from + 1 + (cuts[i] % (uint256(ONE) - from));
            _takeOut(left, legs, from, to);
        }
        for (uint256 k = 0; k < INSTRUMENTS; ++k) if (left.sizes[k] != 0) revert Differs("sizes");
        if (left.realised != 0) revert Differs("costs");
    }

    /// @dev Takes a slice out of what is left, and compares that with the rest that a lot ends with. Costs are one sum, because those of slices without a size go to the cash.
    function _takeOut(Plain memory left, Plain memory legs, uint256 from, uint256 to) private view {
        if (from == 0) for (uint256 k = 0; k < INSTRUMENTS; ++k) left.realised += legs.costs[k];
        (bytes memory words, int256 cash) = this.sliceOf(_encode(legs), from, to);
        left.realised += cash;
        Position[] memory got = this.decoded(bytes.concat(AccountStates.empty(), words)).positions;
        Position[] memory rest = this.restOf(_encode(legs), to).positions;
        (uint256 g, uint256 r) = (0, 0);
        for (uint256 k = 0; k < INSTRUMENTS; ++k) {
            if (g < got.length && got[g].instrument == instruments[k]) {
                left.sizes[k] -= got[g].sizeE8;
                left.realised -= got[g++].costE8;
            }
            if (left.sizes[k] == 0) continue;
            if (r == rest.length || rest[r].instrument != instruments[k]) revert Differs("rest without a leg");
            if (rest[r++].sizeE8 != left.sizes[k]) revert Differs("rest");
        }
        if (g != got.length || r != rest.length) revert Differs("instruments");
    }

    // The margin that is kept

    /// @dev Rounded up, and never less for more: what does not fit is the largest that does.
    function testFuzz_e4Up_growsWithTheMargin(uint128 amountE8, uint128 moreE8) public pure {
        uint256 kept = LotMath.e4Up(amountE8);
        assert(kept == type(uint56).max || (kept * 1e4 >= amountE8 && kept * 1e4 < uint256(amountE8) + 1e4));
        assert(LotMath.e4Up(uint256(amountE8) + moreE8) >= kept);
    }

    function test_e4Up_ofWhatDoesNotFit() public pure {
        uint256 largest = uint256(type(uint56).max) * 1e4;
        assert(LotMath.e4Up(largest) == type(uint56).max);
        assert(LotMath.e4Up(largest + 1) == type(uint56).max);
    }

    // The most positions

    function test_receiveSlice_countsPositionsAfterTheClosedAreGone() public {
        uint64 bidder = open(OWNER);
        _receive(bidder, Slice(0, _calls(0, 128, 5), 1e8), 0);
        // 64 close, 64 open.
        _receive(bidder, Slice(0, bytes.concat(_calls(0, 64, -5), _calls(128, 64, 5)), 1e8), 0);
        AccountState memory held = this.decoded(states[bidder]);
        if (held.positions.length != 128) revert Differs("128 positions");
        for (uint256 i = 0; i < 128; ++i) {
            if (held.positions[i].instrument != _call(64 + i) || held.positions[i].sizeE8 != 5) revert Differs("one");
        }
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.PositionsTooMany.selector, bidder, 129));
        this.deliver(bidder, Slice(0, _calls(192, 1, 1), 1e8), 0);
    }

    // Calldata

    function sliceOf(bytes calldata state, uint256 from, uint256 to) external pure returns (bytes memory, int256) {
        Slice memory slice = LotMath.slice(state, from, to);
        return (slice.positions, slice.cashE8);
    }

    function restOf(bytes calldata state, uint256 sold) external pure returns (AccountState memory) {
        return LotMath.rest(AccountStates.decode(state), sold);
    }

    // Plain numbers

    /// @dev A random set of legs: sizes and costs of every order of magnitude, now and then at the end of the domain.
    function _lot(uint256 seed) private view returns (Plain memory legs) {
        uint256 some = next(seed);
        for (uint256 k = 0; k < INSTRUMENTS; ++k) {
            seed = next(seed);
            if ((some >> k) & 1 == 0) continue;
            int256 size = int256((seed >> 32) % (1 << (1 + (seed % 49)))) + 1;
            legs.sizes[k] = (seed >> 81) & 1 == 0 ? size : -size;
            if (Instruments.isOption(instruments[k])) continue;
            int256 cost = int256((seed >> 100) % (1 << ((seed >> 8) % 89)));
            legs.costs[k] = (seed >> 82) & 1 == 0 ? cost : -cost;
        }
        uint256 last = seed % INSTRUMENTS;
        if (seed >> 252 == 0) legs.sizes[last] = (seed >> 251) & 1 == 0 ? SIZE_MAX : -SIZE_MAX;
        if (seed >> 252 == 1 && legs.sizes[0] != 0) legs.costs[0] = (seed >> 251) & 1 == 0 ? COST_MAX : -COST_MAX;
    }

    /// @return taken False when it was refused, as it had to be.
    function _bid(
        uint64 bidder,
        Plain memory expected,
        Plain memory legs,
        uint256 from,
        uint256 to,
        uint256 pay
    ) private returns (bool taken) {
        Slice memory slice;
        (slice.positions, slice.cashE8) = this.sliceOf(_encode(legs), from, to);
        int256[3] memory total = openE8;
        int256[3] memory options = optionsE8;
        _evaluate(expected, legs, from, to, total, options);
        expected.cash -= int256(pay);
        taken = !expected.outside && magnitude(expected.cash) < 2 ** 100;
        if (!taken) {
            VM.expectPartialRevert(IClearingEvents.OutOfDomain.selector);
            this.deliver(bidder, slice, int256(pay));
            return false;
        }
        _receive(bidder, slice, int256(pay));
        openE8 = total;
        optionsE8 = options;
        compare(bidder, expected);
        compareInterest();
    }

    /// @dev What a long leg leaves in the lot, the bidder has: only what it closes leaves the open interest.
    function _evaluate(
        Plain memory bidder,
        Plain memory legs,
        uint256 from,
        uint256 to,
        int256[3] memory total,
        int256[3] memory options
    ) private view {
        for (uint256 k = 0; k < INSTRUMENTS; ++k) {
            int256 d = (legs.sizes[k] * int256(to)) / ONE - (legs.sizes[k] * int256(from)) / ONE;
            int256 v = (legs.costs[k] * int256(to)) / ONE - (legs.costs[k] * int256(from)) / ONE;
            if (d == 0) {
                bidder.cash -= v;
                continue;
            }
            int256 longer = book(bidder, k, d, v) - long(d);
            uint256 u = Instruments.underlyingOf(instruments[k]);
            total[u] += longer;
            if (Instruments.isOption(instruments[k])) options[u] += longer;
        }
        close(bidder);
    }

    // Helpers

    /// @dev More is open than any lot here can close: four options and four futures of each underlying, each as large as a position may be.
    function _openInterest() private {
        (uint64 buyer, uint64 seller) = (open(OWNER), open(OWNER + 1));
        AccountInput[] memory accounts = new AccountInput[](2);
        (accounts[0], accounts[1]) = (input(buyer), input(seller));
        SignedOrder[] memory orders = new SignedOrder[](32);
        Fill[] memory fills = new Fill[](16);
        for (uint16 i = 0; i < 16; ++i) {
            uint16 u = 1 + (i / 8);
            bool isOption = i % 8 < 4;
            uint40 strike = isOption ? uint40(50e4) : 0;
            uint96 instrument = Instruments.pack(u, EXPIRY + 10 + (i % 4), strike, isOption ? 2 : 1);
            orders[2 * i] = _signed(seller, OWNER + 1, instrument, -SIZE_MAX, i);
            orders[2 * i + 1] = _signed(buyer, OWNER, instrument, SIZE_MAX, i);
            fills[i] = Fill(2 * i, 2 * i + 1, uint64(uint256(SIZE_MAX)));
            openE8[u] += SIZE_MAX;
            if (isOption) optionsE8[u] += SIZE_MAX;
        }
        clearinghouse.settle(accounts, orders, fills);
    }

    function _signed(
        uint64 account,
        uint256 key,
        uint96 instrument,
        int256 size,
        uint64 nonce
    ) private view returns (SignedOrder memory) {
        return signed(Order(account, instrument, int64(size), 1, nonce, type(uint40).max, 1e6, 0), key);
    }

    function deliver(uint64 bidder, Slice calldata slice, int256 pay) external {
        IClearinghouseModules(address(clearinghouse)).receiveSlice(
            input(bidder),
            VM.addr(OWNER),
            0,
            1e12,
            0,
            0,
            slice,
            pay,
            0,
            checkpoint,
            records
        );
    }

    function _receive(uint64 bidder, Slice memory slice, int256 pay) private {
        VM.recordLogs();
        this.deliver(bidder, slice, pay);
        readStates();
    }

    function _encode(Plain memory legs) private view returns (bytes memory state) {
        state = AccountStates.empty();
        for (uint256 k = 0; k < INSTRUMENTS; ++k) {
            if (legs.sizes[k] == 0) continue;
            state = bytes.concat(state, bytes32(AccountStates.pack(instruments[k], legs.sizes[k], legs.costs[k])));
        }
    }

    function _calls(uint256 first, uint256 count, int256 size) private pure returns (bytes memory words) {
        for (uint256 i = 0; i < count; ++i) {
            words = bytes.concat(words, bytes32(AccountStates.pack(_call(first + i), size, 0)));
        }
    }

    function _call(uint256 i) private pure returns (uint96) {
        return Instruments.pack(1, EXPIRY, uint40(20e4 + i), uint8(Instruments.CALL));
    }
}
