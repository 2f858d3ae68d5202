// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TokenStep, UnderlyingStep} from "./IRiskParameters.sol";
import {AttesterSignature} from "./RiskTypes.sol";

/// @notice Where governance lets the attesters move one parameter, and how fast; one word. "Tighten" is the direction that asks for more margin.
struct Band {
    uint64 leastE8;
    uint64 mostE8;
    /// @notice Speeds are parts of the parameter's own value, E8: at most a quarter an hour, and a whole a day.
    uint32 tightenPerHourE8;
    uint32 tightenPerDayE8;
    uint32 loosenPerHourE8;
    uint32 loosenPerDayE8;
}

/// @notice The corridor of one underlying. A band of zeros holds its parameter still.
struct UnderlyingCorridor {
    Band depth;
    Band priceRange;
    Band volRange;
    Band basisCharge;
    Band vegaCharge;
}

/// @title Steps of risk parameters by the attesters' quorum, inside the corridor that governance holds (P11)
/// @notice Forecasts of volatility and depth reach the chain as steps that k attesters signed. A step moves each parameter at most so far from where it is, by the hour and by the day, and never out of its band; tighter and looser have speeds of their own.
/// Assumes that this contract alone holds the role of `RiskParameters.stepUnderlying` and `stepToken`. The guardian stops steps at once; governance can take that role away, or set bands of zeros, after its delay.
/// Warning: a corrupt quorum can walk to the tight end of the corridor at the governed speed, and so make accounts liquidatable that have less than the corridor's most; steps compound: in an hour it can go a whole step and an hour of steps upon it, (1 + h)·e^h, at the seam of two days (1 + D)², and in 48 hours, which are parts of three days, (1 + D)³.
interface IParameterSteps {
    /// @notice The guardian stopped or released steps.
    event StoppedSet(bool stopped);
    event UnderlyingCorridorSet(uint16 indexed underlying, UnderlyingCorridor corridor);
    event TokenCorridorSet(uint16 indexed token, Band haircut);
    event UnderlyingStepped(uint16 indexed underlying, UnderlyingStep step);
    event TokenStepped(uint16 indexed token, TokenStep step);

    /// @notice Thrown when a step is brought while the guardian has stopped steps.
    error StepsStopped();

    /// @notice Thrown when a band of a corridor is none: `least > most`, or a speed above the fastest.
    error BandInvalid(bytes32 name);

    /// @notice Thrown when a step's time is from the future, older than 10 minutes, or not later than that of the step before.
    error StepTimeWrong(uint256 subject, uint256 time, uint256 previous);

    /// @notice Thrown when a step goes farther than band, hour or day let it; `name` is the parameter's.
    error StepOutOfCorridor(bytes32 name, uint256 subject, uint256 valueE8, uint256 leastE8, uint256 mostE8);

    /// @notice Applies steps that k attesters signed, in the order given. Anyone may bring them.
    /// @param signatures Ascending by signer, as for an epoch.
    function step(
        UnderlyingStep[] calldata underlyings,
        TokenStep[] calldata tokens,
        AttesterSignature[] calldata signatures
    ) external;

    /// @notice Stops or releases attesters' steps, and nothing else: what is in force stays, and ramps of governance go on. Guardian.
    function setStopped(bool isStopped) external;

    /// @notice Whether the guardian has stopped steps.
    function isStopped() external view returns (bool);

    /// @notice Sets the corridor of an underlying. The step after it is measured from the values in force.
    function setUnderlyingCorridor(uint16 underlying, UnderlyingCorridor calldata corridor) external;

    /// @notice Sets the corridor of a token's base haircut.
    function setTokenCorridor(uint16 token, Band calldata haircut) external;

    function underlyingCorridor(uint16 underlying) external view returns (UnderlyingCorridor memory);
    function tokenCorridor(uint16 token) external view returns (Band memory);

    /// @notice When the last step was computed, and when it came into force; 0 before the first.
    function lastUnderlyingStep(uint16 underlying) external view returns (uint40 time, uint40 since);
    function lastTokenStep(uint16 token) external view returns (uint40 time, uint40 since);

    /// @notice How far a step that lands now may go: depth, price range, vol range, basis charge, vega charge.
    function underlyingLimits(
        uint16 underlying
    ) external view returns (uint64[5] memory leastE8, uint64[5] memory mostE8);

    /// @notice How far the base haircut may go now.
    function tokenLimits(uint16 token) external view returns (uint64 leastE8, uint64 mostE8);

    /// @notice What attesters sign (EIP-712, domain `OnchainMargin ParameterSteps`, `1`).
    function stepsDigest(
        UnderlyingStep[] calldata underlyings,
        TokenStep[] calldata tokens
    ) external view returns (bytes32);
}
