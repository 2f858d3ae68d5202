// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {CheckpointHeader, Checkpoints, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {
    BalancesUnsorted,
    CheckpointMismatch,
    CollateralMissing,
    ExpiryMissing,
    InstrumentInvalid,
    PositionEmpty,
    PositionsUnsorted,
    StateMalformed,
    UnderlyingMissing,
    WitnessMalformed
} from "../margin/MarginErrors.sol";
import {VM} from "./IVm.sol";
import {MarginFixture} from "./MarginFixture.sol";

/// @notice What is malformed is refused by name: no panic, no error without data, nothing read from beyond what was given.
contract RefereeMalformedTest is MarginFixture {
    function validate(bytes calldata state) external pure {
        AccountStates.validate(state);
    }

    /// @dev The pass without a branch against the rules one by one, and the error in their order.
    function testFuzz_validate_isTheRules(uint256 seed) external {
        start(seed);
        bytes memory state = AccountStates.empty();
        uint256[] memory words = new uint256[](draw(0, 4));
        uint96 instrument = 0;
        for (uint256 i = 0; i < words.length; ++i) {
            // Mostly ascending and mostly valid, so that each rule decides alone.
            if (draw(0, 9) != 0) instrument += uint96(draw(0, 9) == 0 ? 0 : 1) << 80;
            uint96 fields = uint96((draw(0, 2) << 48) | (draw(0, 2) << 8) | draw(0, draw(0, 9) == 0 ? 255 : 3));
            if (draw(0, 3) != 0)
                fields = [uint96(0), (1 << 48) | 1, (1 << 48) | (7 << 8) | 2, (1 << 48) | 259][draw(0, 3)];
            words[i] = (uint256(instrument | fields) << 160) | (draw(0, 15) == 0 ? 0 : draw(1, 2 ** 64 - 1) << 96);
            state = bytes.concat(state, bytes32(words[i]));
        }
        bytes4 found = 0;
        try this.validate(state) {} catch (bytes memory reason) {
            found = bytes4(reason);
        }
        assert(found == _errorOf(words));
    }

    /// @dev One byte changed, or the end cut off or moved out, in any of the inputs: figures, or an error of the specification.
    function testFuzz_inputs_malformedAreNamed(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = draw(0, 1) == 0 ? wildMarket() : plainMarket();
        Inputs memory i = pack(u, positionsOf(u, draw(1, 4), 2 ** 53), uint128(draw(0, 1) * 1e18));
        bytes memory witness = abi.encodePacked(uint8(draw(0, 1)), uint8(draw(0, 255)), uint8(1));
        uint256 which = draw(0, 4);
        if (which == 0) i.state = _spoil(i.state);
        else if (which == 1) i.balances = _spoil(i.balances);
        else if (which == 2) i.checkpoint = _spoil(i.checkpoint);
        else if (which == 3) i.records = _spoil(i.records);
        else witness = _spoil(witness);
        SurfaceChoice choice = SurfaceChoice(draw(0, 2));
        _ask(abi.encodeCall(referee.health, (i.state, i.balances, i.checkpoint, i.records, choice)), 192);
        _ask(abi.encodeCall(referee.standardMargin, (i.state, i.balances, i.checkpoint, i.records, choice)), 32);
        _ask(
            abi.encodeCall(referee.witnessMargin, (i.state, i.balances, i.checkpoint, i.records, choice, witness)),
            64
        );
    }

    /// @dev An underlying that comes back after another, as its record does: no account can hold that, and a witness says so.
    function test_witness_ofAnUnderlyingTwiceIsNamed() external {
        start(1);
        bytes[] memory records = new bytes[](3);
        for (uint16 u = 1; u <= 3; ++u) {
            UnderlyingRecord memory record = plainMarket();
            (record.underlying, record.group) = (u, 0);
            records[u - 1] = Checkpoints.encodeUnderlying(record);
        }
        bytes memory checkpoint = Checkpoints.encodeHeader(CheckpointHeader(1, TIME, 3, 0, 13e7, 1e12, 1e12));
        for (uint256 i = 0; i < 3; ++i) checkpoint = bytes.concat(checkpoint, keccak256(records[i]));
        AccountState memory account;
        account.positions = new Position[](4);
        for (uint256 i = 0; i < 4; ++i) {
            account.positions[i] = Position(Instruments.pack([1, 2, 1, 3][i], 0, 0, 0), 1e8, 3000e8);
        }
        bytes memory state = AccountStates.encode(account);
        IReferee witnesses = IReferee(referee.WITNESS());
        VM.expectRevert(abi.encodeWithSelector(PositionsUnsorted.selector, 4));
        witnesses.witnessMargin(
            state,
            "",
            checkpoint,
            bytes.concat(records[0], records[1], records[0], records[2]),
            SurfaceChoice.Present,
            hex"000000"
        );
    }

    /// @dev High bits that no argument has, and offsets and lengths beyond the calldata, are refused by the decoder.
    function testFuzz_arguments_dirtyAreRefused(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        Inputs memory i = pack(u, positionsOf(u, 2, 1e12), 0);
        bytes memory data =
            draw(0, 1) == 0
                ? abi.encodeCall(referee.health, (i.state, i.balances, i.checkpoint, i.records, SurfaceChoice.Present))
                : abi.encodeCall(
                    referee.witnessMargin,
                    (i.state, i.balances, i.checkpoint, i.records, SurfaceChoice.Present, hex"000001")
                );
        uint256 argument = draw(0, 4);
        // The choice is the fifth word; the others are offsets.
        uint256 beyond = argument == 4 ? 2 ** draw(2, 255) : data.length + 2 ** draw(0, 255);
        assembly ("memory-safe") {
            mstore(add(add(data, 36), mul(32, argument)), beyond)
        }
        (bool accepted, ) = address(referee).staticcall(data);
        assert(!accepted);
    }

    function _errorOf(uint256[] memory words) private pure returns (bytes4) {
        for (uint256 i = 0; i < words.length; ++i) {
            if (words[i] >> 160 <= (i == 0 ? 0 : words[i - 1] >> 160)) return PositionsUnsorted.selector;
        }
        for (uint256 i = 0; i < words.length; ++i) {
            if (uint64(words[i] >> 96) == 0) return PositionEmpty.selector;
        }
        for (uint256 i = 0; i < words.length; ++i) {
            if (!Instruments.isValid(uint96(words[i] >> 160))) return InstrumentInvalid.selector;
        }
        return 0;
    }

    function _spoil(bytes memory data) private returns (bytes memory) {
        uint256 how = draw(0, 5);
        if (data.length == 0 || how == 0) return bytes.concat(data, new bytes(draw(1, 64)));
        if (how == 1) {
            uint256 length = draw(0, data.length - 1);
            assembly ("memory-safe") {
                mstore(data, length)
            }
            return data;
        }
        uint256 at_ = draw(0, data.length - 1);
        data[at_] = bytes1(uint8(data[at_]) ^ uint8(draw(1, 255)));
        return data;
    }

    function _ask(bytes memory data, uint256 length) private view {
        (bool answered, bytes memory answer) = address(referee).staticcall(data);
        assert(answered ? answer.length == length : _isNamed(bytes4(answer)));
    }

    function _isNamed(bytes4 selector) private pure returns (bool) {
        return
            selector == StateMalformed.selector ||
            selector == PositionsUnsorted.selector ||
            selector == PositionEmpty.selector ||
            selector == InstrumentInvalid.selector ||
            selector == CheckpointMismatch.selector ||
            selector == UnderlyingMissing.selector ||
            selector == ExpiryMissing.selector ||
            selector == CollateralMissing.selector ||
            selector == BalancesUnsorted.selector ||
            selector == WitnessMalformed.selector;
    }
}
