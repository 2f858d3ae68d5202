// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {
    CheckpointHeader,
    Checkpoints,
    CollateralRecord,
    ExpiryRecord,
    UnderlyingRecord
} from "../margin/Checkpoints.sol";
import {Discounts} from "../margin/Discounts.sol";
import {Forwards} from "../margin/Forwards.sol";
import {Haircuts} from "../margin/Haircuts.sol";
import {Instruments} from "../margin/Instruments.sol";
import {PositionEmpty, PositionsUnsorted, StateMalformed} from "../margin/MarginErrors.sol";

/// @notice What is packed comes out again, and a malformed state is named.
contract EncodingsTest {
    function validate(bytes calldata state) external pure {
        AccountStates.validate(state);
    }

    function decodeState(bytes calldata state) external pure returns (AccountState memory) {
        return AccountStates.decode(state);
    }

    function decodeUnderlying(bytes calldata record) external pure returns (UnderlyingRecord memory) {
        return Checkpoints.decodeUnderlying(record);
    }

    function decodeCheckpoint(
        bytes calldata checkpoint
    ) external pure returns (CheckpointHeader memory header, CollateralRecord memory collateral, bytes32 hash) {
        return (
            Checkpoints.decodeHeader(checkpoint),
            Checkpoints.decodeCollateral(checkpoint, 0),
            Checkpoints.underlyingHash(checkpoint, 1)
        );
    }

    function testFuzz_state_roundTrips(
        int120 cashE8,
        uint64 index,
        uint32 version,
        uint40 time,
        int64[5] memory sizes,
        int96[5] memory costs
    ) external view {
        AccountState memory account = AccountState(
            cashE8,
            index,
            version,
            uint24(version),
            index,
            time,
            time,
            new Position[](5)
        );
        for (uint256 i = 0; i < 5; ++i) {
            uint96 instrument = Instruments.pack(uint16(1 + i), 1, 5, uint8(Instruments.PUT));
            account.positions[i] = Position(instrument, sizes[i] == 0 ? int64(1) : sizes[i], costs[i]);
        }
        bytes memory state = AccountStates.encode(account);
        this.validate(state);
        assert(keccak256(abi.encode(this.decodeState(state))) == keccak256(abi.encode(account)));
        assert(keccak256(AccountStates.encode(this.decodeState(state))) == keccak256(state));
    }

    function test_state_emptyIsWellFormed() external view {
        bytes memory state = AccountStates.empty();
        this.validate(state);
        assert(keccak256(state) == keccak256(AccountStates.encode(this.decodeState(state))));
    }

    function test_state_namesWhatIsWrong() external view {
        AccountState memory account;
        account.positions = new Position[](2);
        account.positions[0] = Position(Instruments.pack(1, 0, 0, 0), 0, 0);
        account.positions[1] = Position(Instruments.pack(1, 0, 0, 0), 5, 0);
        bytes memory state = AccountStates.encode(account);
        _expect(state, PositionsUnsorted.selector);
        account.positions[1].instrument = Instruments.pack(1, 7, 0, 1);
        state = AccountStates.encode(account);
        _expect(state, PositionEmpty.selector);
        state[63] = 0x01;
        _expect(state, StateMalformed.selector);
        _expect(bytes.concat(AccountStates.empty(), hex"00"), StateMalformed.selector);
    }

    function testFuzz_underlying_roundTrips(
        uint64[7] memory market,
        int64 funding,
        uint32[13] memory risk,
        ExpiryRecord[3] memory expiries
    ) external view {
        UnderlyingRecord memory record;
        (record.spotE8, record.perpetualMarkE8, record.spreadE8) = (market[0], market[1], market[2]);
        (record.openInterestE8, record.averageSpotE8, record.depthE8) = (market[3], market[4], market[5]);
        (record.underlying, record.group, record.marketState) = (uint16(market[6]), uint8(market[6] >> 16), 2);
        record.cumulativeFundingE8 = funding;
        (record.priceRangeE8, record.volRangeE8, record.volUpFloorE8) = (risk[0], risk[1], risk[2]);
        (record.shortOptionMinimumE8, record.basisChargeE8, record.basisRateE8) = (risk[3], risk[4], risk[5]);
        (record.slippageE8, record.slippageCapE8, record.crowdingE8) = (risk[6], risk[7], risk[8]);
        (record.vegaChargeE8, record.rateChargeE8, record.floorRateE8) = (risk[9], risk[10], risk[11]);
        record.nettingFloorE8 = risk[12];
        record.expiries = new ExpiryRecord[](3);
        for (uint256 i = 0; i < 3; ++i) record.expiries[i] = expiries[i];
        bytes memory encoded = Checkpoints.encodeUnderlying(record);
        assert(encoded.length == 32 * (4 + 4 * 3));
        assert(keccak256(abi.encode(this.decodeUnderlying(encoded))) == keccak256(abi.encode(record)));
    }

    function testFuzz_checkpoint_roundTrips(
        CheckpointHeader memory header,
        CollateralRecord memory collateral,
        bytes32 underlyingHash
    ) external view {
        (header.collaterals, header.underlyings) = (1, 1);
        bytes memory checkpoint = bytes.concat(
            Checkpoints.encodeHeader(header),
            Checkpoints.encodeCollateral(collateral),
            underlyingHash
        );
        (CheckpointHeader memory h, CollateralRecord memory c, bytes32 u) = this.decodeCheckpoint(checkpoint);
        assert(keccak256(abi.encode(h)) == keccak256(abi.encode(header)));
        assert(keccak256(abi.encode(c)) == keccak256(abi.encode(collateral)));
        assert(u == underlyingHash);
    }

    function test_forward_examples() external pure {
        assert(Forwards.outsideWindow(100e8, 102e8, 101e8) == 10099009901);
        assert(Forwards.outsideWindow(1, 1, 2 ** 48) == 1);
        assert(Forwards.outsideWindow(2 ** 48, 2 ** 49, 1) == 2 ** 49);
        // All of it observed, half of it and none; nothing to come; 660 seconds to be had, so the next half hour counts.
        _inWindow(100e8, 90e8 * 1200, 1200, 600, 9333333333, 600);
        _inWindow(100e8, 90e8 * 600, 600, 600, 95e8, 900);
        _inWindow(100e8, 0, 0, 1800, 100e8, 1800);
        _inWindow(100e8, 90e8 * 1800, 1800, 0, 90e8, 0);
        _inWindow(91_000e8, 100_000e8 * 600, 600, 1860, 9319512195122, 1361);
    }

    function _inWindow(
        uint256 spotE8,
        uint256 sumE8,
        uint256 covered,
        uint256 remaining,
        uint256 expectedE8,
        uint256 following
    ) private pure {
        (uint256 forwardE8, uint256 followSeconds) = Forwards.insideWindow(spotE8, sumE8, covered, remaining);
        assert(forwardE8 == expectedE8 && followSeconds == following);
    }

    function test_haircut_examples() external pure {
        assert(Haircuts.haircutUp(5e6, 25e6, 0, 2 ** 70) == 5e6);
        assert(Haircuts.haircutUp(5e6, 25e6, 1000, 1000) == 5e6);
        assert(Haircuts.haircutUp(5e6, 25e6, 3000, 3001) == 5001667);
        assert(Haircuts.haircutUp(5e6, 25e6, 1000, 9000) == 25e6);
        assert(Haircuts.haircutUp(5e6, 1e6, 1000, 9000) == 5e6);
    }

    function test_discount_examples() external pure {
        assert(Discounts.discount(0, 31_536_000) == 1e12);
        assert(Discounts.discount(5e10, 31_536_000) == 951229424501);
        assert(Discounts.discount(1e12, 31_536_000) == 367879441171);
        assert(Discounts.discount(1e12, type(uint32).max) == 18315638889);
    }

    function _expect(bytes memory state, bytes4 selector) private view {
        try this.validate(state) {
            assert(false);
        } catch (bytes memory reason) {
            assert(bytes4(reason) == selector);
        }
    }
}
