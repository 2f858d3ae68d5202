// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// The errors of the specification (spec/errors.json), by precedence within a call: encodings first, then the checkpoint, then the witness. The margin itself has none.

/// @notice Thrown when a state is not 2 to 130 whole words, its format is not 1, or a spare bit is set.
error StateMalformed(uint256 length);

/// @notice Thrown when positions are not strictly ascending by instrument.
error PositionsUnsorted(uint256 index);

/// @notice Thrown when a position has size zero.
error PositionEmpty(uint256 index);

/// @notice Thrown when an instrument has an unknown kind, underlying 0, or fields that its kind does not have.
error InstrumentInvalid(uint96 instrument);

/// @notice Thrown when a preimage does not hash to what was stored, or has not the length that it claims.
error CheckpointMismatch(bytes32 expected, bytes32 found);

/// @notice Thrown when a position or a spot collateral names an underlying whose record was not brought.
error UnderlyingMissing(uint256 underlying);

/// @notice Thrown when a position names an expiry that its underlying's record does not hold.
error ExpiryMissing(uint256 underlying, uint256 expiry);

/// @notice Thrown when a balance names a token that the checkpoint does not hold.
error CollateralMissing(uint256 token);

/// @notice Thrown when balances are not whole words, have spare bits set, or are not strictly ascending by token.
error BalancesUnsorted(uint256 index);

/// @notice Thrown when a witness has the wrong length, an unknown branch, scenario or position, or a position without a kink.
error WitnessMalformed(uint256 offset);
