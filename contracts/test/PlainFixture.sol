// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, MarketTotals, Order, Proof, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {build} from "./Artifacts.sol";
import {BareSurroundings} from "./BareSurroundings.sol";
import {IVm, VM} from "./IVm.sol";

/// @title A clearinghouse whose accounts are kept beside it as plain numbers, by CLR-011 and CLR-015 written out
/// @notice The test is the liquidation house, and nobody asks for health.
abstract contract PlainFixture {
    uint256 internal constant INSTRUMENTS = 30;
    int256 internal constant ONE = 1e8;
    int256 internal constant SIZE_MAX = 2 ** 53;
    int256 internal constant COST_MAX = 2 ** 95 - 1;
    uint32 internal constant EXPIRY = 1_900_000_000;

    /// @notice Thrown when the two differ.
    error Differs(string what);

    /// @dev An account, or a lot, as numbers: one of each for each instrument.
    struct Plain {
        int256[INSTRUMENTS] sizes;
        int256[INSTRUMENTS] costs;
        int256 cash;
        int256 locked;
        int256 realised;
        bool outside;
    }

    IClearinghouse internal clearinghouse;
    BareSurroundings internal surroundings;
    uint96[] internal instruments;
    mapping(uint64 account => bytes) internal states;
    int256[3] internal openE8;
    int256[3] internal optionsE8;

    function deploy() internal {
        deployAmong(new BareSurroundings());
    }

    function deployAmong(BareSurroundings all) internal {
        VM.warp(1_800_000_000);
        surroundings = all;
        address closing = build(
            "contracts/clearing/ClosingModule.sol:ClosingModule",
            abi.encode(all, all, all, all, all)
        );
        clearinghouse = IClearinghouse(
            build(
                "contracts/clearing/Clearinghouse.sol:Clearinghouse",
                abi.encode(
                    all,
                    all,
                    all,
                    all,
                    all,
                    closing,
                    _room("TradeModule", all, closing),
                    _room("ClearingModule", all, closing),
                    _room("LotModule", all, closing)
                )
            )
        );
        clearinghouse.connect(address(this), address(this));
        for (uint16 u = 1; u <= 2; ++u) {
            instruments.push(Instruments.pack(u, 0, 0, uint8(Instruments.PERPETUAL)));
            for (uint32 e = 0; e < 2; ++e) {
                instruments.push(Instruments.pack(u, EXPIRY + e, 0, uint8(Instruments.FUTURE)));
                for (uint40 strike = 40e4; strike <= 60e4; strike += 10e4) {
                    instruments.push(Instruments.pack(u, EXPIRY + e, strike, uint8(Instruments.CALL)));
                    instruments.push(Instruments.pack(u, EXPIRY + e, strike, uint8(Instruments.PUT)));
                }
            }
        }
    }

    // Plain numbers

    /// @dev A fill of size d that costs v. An option's premium moves cash.
    function book(Plain memory to, uint256 k, int256 d, int256 v) internal view returns (int256 longer) {
        int256 s = to.sizes[k];
        to.sizes[k] = s + d;
        if (Instruments.isOption(instruments[k])) {
            to.realised -= v;
        } else if (s == 0 || (s < 0) == (d < 0)) {
            to.costs[k] += v;
        } else {
            int256 closed = int256(magnitude(s) < magnitude(d) ? magnitude(s) : magnitude(d));
            int256 ofCost = ceil(to.costs[k] * closed, int256(magnitude(s)));
            int256 ofValue = ceil(v * closed, int256(magnitude(d)));
            to.costs[k] += v - ofCost - ofValue;
            to.realised -= ofCost + ofValue;
        }
        bool inside = magnitude(to.sizes[k]) <= uint256(SIZE_MAX) && magnitude(to.costs[k]) <= uint256(COST_MAX);
        if (!inside) to.outside = true;
        return long(to.sizes[k]) - long(s);
    }

    /// @dev After an operation: what it realised is cash, and a gain is locked.
    function close(Plain memory account) internal pure {
        account.cash += account.realised;
        if (account.realised > 0) account.locked += account.realised;
        if (account.locked > int256(2 ** 63 - 1)) account.locked = int256(2 ** 63 - 1);
        account.realised = 0;
    }

    function compare(uint64 account, Plain memory expected) internal view {
        AccountState memory found = this.decoded(states[account]);
        if (found.cashE8 != expected.cash) revert Differs("cash");
        if (int256(uint256(found.lockedGainE8)) != expected.locked) revert Differs("locked gain");
        uint256 place = 0;
        for (uint256 k = 0; k < INSTRUMENTS; ++k) {
            if (expected.sizes[k] == 0) continue;
            if (place == found.positions.length) revert Differs("too few positions");
            Position memory held = found.positions[place++];
            if (held.instrument != instruments[k]) revert Differs("instrument");
            if (held.sizeE8 != expected.sizes[k] || held.costE8 != expected.costs[k]) revert Differs("position");
        }
        if (place != found.positions.length) revert Differs("too many positions");
    }

    function compareInterest() internal view {
        for (uint16 u = 1; u <= 2; ++u) {
            MarketTotals memory totals = clearinghouse.marketTotals(u);
            if (int256(uint256(totals.openInterestE8)) != openE8[u]) revert Differs("open interest");
            if (int256(uint256(totals.optionInterestE8)) != optionsE8[u]) revert Differs("options open");
        }
    }

    // Helpers

    function open(uint256 key) internal returns (uint64 account) {
        account = clearinghouse.openAccount(VM.addr(key));
        states[account] = AccountStates.empty();
    }

    function input(uint64 account) internal view returns (AccountInput memory) {
        return AccountInput(account, states[account], Proof(ProofKind.Computed, ""));
    }

    function signed(Order memory order, uint256 key) internal view returns (SignedOrder memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, clearinghouse.orderDigest(order));
        return SignedOrder(order, VM.addr(key), abi.encodePacked(r, s, v));
    }

    function readStates() internal {
        IVm.Log[] memory logs = VM.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IClearingEvents.AccountUpdated.selector) continue;
            (, states[uint64(uint256(logs[i].topics[1]))]) = abi.decode(logs[i].data, (bytes32, bytes));
        }
    }

    function decoded(bytes calldata state) external pure returns (AccountState memory) {
        return AccountStates.decode(state);
    }

    function next(uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }

    function long(int256 size) internal pure returns (int256) {
        return size > 0 ? size : int256(0);
    }

    function magnitude(int256 x) internal pure returns (uint256) {
        return uint256(x < 0 ? -x : x);
    }

    function ceil(int256 a, int256 b) internal pure returns (int256 q) {
        q = a / b;
        if (a > 0 && a % b != 0) ++q;
    }

    function _room(string memory name, BareSurroundings all, address closing) private returns (address) {
        string memory artifact = string.concat("contracts/clearing/", name, ".sol:", name);
        return build(artifact, abi.encode(all, all, all, all, all, closing));
    }
}
