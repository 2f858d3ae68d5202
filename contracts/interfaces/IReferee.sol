// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Which surface an expiry is valued on when it was published anew within the delay (MRG-012): the present one, the better or the worse for the account.
enum SurfaceChoice {
    Present,
    Better,
    Worse
}

/// @notice The figures that decide about an account.
struct Figures {
    /// @notice Cash, positions at their marks and collateral at its value (MRG-050).
    int256 equityE8;
    /// @notice Below it the account can be liquidated (MRG-051).
    uint256 maintenanceE8;
    /// @notice Needed after a trade or a withdrawal (MRG-052).
    uint256 initialE8;
    /// @notice What the chain can see for itself without a model (MRG-054).
    uint256 floorE8;
    /// @notice Equity without trust in volatilities (MRG-055).
    int256 floorEquityE8;
    /// @notice The least cash at which equity is the initial margin (MRG-056).
    int256 leastCashE8;
}

/// @notice Every term of one underlying, in money E8, or in 24ths of it where the name says so.
struct UnderlyingBreakdown {
    uint256 underlying;
    uint256 group;
    uint256 nettingFloorE8;
    /// @notice The largest loss over the scenarios, between them, and of both (MRG-031, MRG-032).
    int256 scenario24E8;
    int256 between24E8;
    int256 loss24E8;
    /// @notice Where the largest loss is, as a witness names it: a scenario, 64 + position or 192 + node (MRG-057); the first of equals.
    uint256 worstPoint;
    uint256 shortMinimumE8;
    int256[37] weighted24E8;
    uint256 netE8;
    uint256 grossE8;
    uint256 basisE8;
    uint256 liquidityE8;
    uint256 vegaE8;
    uint256 staleE8;
    uint256 rateE8;
    uint256 spreadE8;
}

/// @notice The terms of one risk group (MRG-033).
struct GroupBreakdown {
    uint256 group;
    /// @notice The largest loss of all its underlyings together, over the scenarios and between them, and where the larger of the two is.
    int256 scenario24E8;
    int256 between24E8;
    uint256 worstPoint;
    /// @notice The sum of the largest losses of its underlyings, each alone.
    int256 loss24E8;
    /// @notice The part of those that netting cannot remove, by the netting floor of each.
    uint256 nettingFloor24E8;
    uint256 shortMinimumE8;
    uint256 maintenanceE8;
}

/// @notice Everything that adds up to the figures.
struct Breakdown {
    Figures figures;
    uint256 collateralValueE8;
    uint256 haircutE8;
    UnderlyingBreakdown[] underlyings;
    GroupBreakdown[] groups;
}

/// @title The referee: the margin of an account, recomputed on chain to the last unit
/// @notice A pure function of an account's inputs (MRG-005): `state` (MRG-002), `balances` (one word each, `token u16 | 0 u112 | amountRaw u128`, strictly ascending by token),
/// `checkpoint` (header, collateral records and one hash for each underlying, MRG-004) and `records` (the records of the underlyings that the account touches, ascending).
/// Warning: the referee does not know which state or checkpoint is true. The caller compares `keccak256(state)` with the account's commitment and `keccak256(checkpoint)` with the
/// stored `inputsHash`; the referee compares each record with its hash in `checkpoint`.
/// Warning: values outside the domain of the specification (MRG-003, MRG-010) give figures without meaning. The contracts let none into a state or a checkpoint.
interface IReferee {
    /// @notice Thrown when a witness has the wrong length, an unknown branch, scenario or position, or a position without a kink (MRG-057).
    error WitnessMalformed(uint256 offset);

    /// @notice All figures of an account.
    function health(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (Figures memory figures);

    /// @notice The part that weighs witnesses, which answers `witnessMargin` as the referee does: who asks often asks it without the way round.
    // solhint-disable-next-line func-name-mixedcase
    function WITNESS() external view returns (address);

    /// @notice Equity, and the part of the maintenance margin that a witness shows (MRG-057): never more than the whole.
    function witnessMargin(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice,
        bytes calldata witness
    ) external view returns (int256 equityE8, uint256 maintenanceE8);

    /// @notice What isolated accounts of one position or one collateral each would need together (MRG-053).
    function standardMargin(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (uint256 standardE8);

    /// @notice The most that adding a fill of this size can raise the initial margin of any account by (MRG-058).
    function headroom(
        uint96 instrument,
        int64 sizeE8,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (uint256 riseE8);

    /// @notice What the model is: `keccak256("OnchainMargin margin model 1" | hash of the table of the normal distribution)`.
    function modelHash() external view returns (bytes32 hash);
}
