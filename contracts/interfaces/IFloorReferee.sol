// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceChoice} from "./IReferee.sol";

/// @notice What the chain sees of an account without the scenarios: equal to the fields of `Figures` with the same names.
struct FloorFigures {
    int256 equityE8;
    uint256 floorE8;
    int256 floorEquityE8;
}

/// @notice What one instrument is worth.
struct Quote {
    /// @notice Its mark (MRG-050); an option's may be a few units below zero (MRG-026).
    int256 markE8;
    /// @notice `value(0, +1) − value(0, −1)` of an option (MRG-044), 0 of a future.
    int256 vegaE8;
    uint256 forwardE8;
}

/// @title The floor referee: the floor of an account, and marks, at a small part of the referee's work
/// @notice Pure functions of the same inputs as `IReferee`, with the same integers: 1 to 5 values an option instead of 37.
/// Warning: as with the referee, the caller says which state and checkpoint are true.
interface IFloorReferee {
    /// @notice Floor and floor equity of an account (MRG-054, MRG-055), and its equity.
    function floorOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (FloorFigures memory figures);

    /// @notice Equity alone (MRG-050).
    function equityOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (int256 equityE8);

    /// @notice Equity on the present surfaces (MRG-050), with the marks that it is made of: all from one look at the table.
    /// @return equityE8 As `equityOf` with `SurfaceChoice.Present`.
    /// @return marksE8 Of each position what a unit of it is worth: of a perpetual its mark less the cumulative funding, of a future or an option as `quoteOf`.
    function marksOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (int256 equityE8, int256[] memory marksE8);

    /// @notice What positions of one expiry are worth on each of its two surfaces: by these MRG-012 chooses.
    /// @param positions Words of MRG-002 of futures and options, all of one underlying and one expiry, which are the first's.
    /// @return presentE16 Σ size·mark on the present surface.
    /// @return delayedE16 The same on the delayed one, which may be the same surface.
    function worthsOf(
        bytes calldata positions,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (int256 presentE16, int256 delayedE16);

    /// @notice The mark of a future or an option on the present surface, with what a price band is made of.
    function quoteOf(
        uint96 instrument,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (Quote memory quote);
}
