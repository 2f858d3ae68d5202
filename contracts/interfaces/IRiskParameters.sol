// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Parameters of one underlying; names and scales as in MRG-004 and spec/constants.json.
struct UnderlyingParameters {
    uint64 depthE8;
    uint8 group;
    uint32 priceRangeE8;
    uint32 volRangeE8;
    uint32 volUpFloorE8;
    uint32 shortOptionMinimumE8;
    uint32 basisChargeE8;
    uint32 basisRateE8;
    uint32 slippageE8;
    uint32 slippageCapE8;
    uint32 crowdingE8;
    uint32 vegaChargeE8;
    uint32 rateChargeE8;
    uint32 floorRateE8;
    uint32 nettingFloorE8;
}

/// @notice What attesters move of an underlying, all of it at once (PAR-001). The least charge of a short option follows the price range (PAR-004).
struct UnderlyingStep {
    uint16 underlying;
    /// @notice When it was computed.
    uint40 time;
    uint64 depthE8;
    uint32 priceRangeE8;
    uint32 volRangeE8;
    uint32 basisChargeE8;
    uint32 vegaChargeE8;
}

/// @notice What attesters move of a token.
struct TokenStep {
    uint16 token;
    /// @notice When it was computed.
    uint40 time;
    uint32 haircutBaseE8;
}

/// @notice Parameters of one collateral token, by its index in the vault.
struct TokenParameters {
    /// @notice The underlying that it is, 0 for none.
    uint16 underlying;
    /// @notice Units of that underlying in one whole token; unused without one.
    uint64 unitsE8;
    uint32 haircutBaseE8;
    uint32 haircutMaxE8;
    /// @notice Vault total, in E8 of a whole token, at which the haircut begins to grow; 0 for no growth.
    uint64 thresholdE8;
}

/// @notice Parameters of trades.
struct ClearingParameters {
    uint32 makerFeeE8;
    uint32 takerFeeE8;
    uint32 priceBandE8;
    /// @notice Share of MM by which a liquidatable account's reduction must raise equity - MM.
    uint32 minReliefE8;
    /// @notice Band of an option's price in its vega (half of the value between the volatility shocks), where that is more than `priceBandE8` of its mark.
    uint32 volBandE8;
    /// @notice What the use of credit on attesters' word costs, of the credit (CLR-054).
    uint32 creditFeeE8;
}

/// @notice Interest on negative cash: a kinked curve over utilisation, and the part of it that goes to insurance.
struct InterestParameters {
    uint64 baseRateE12;
    uint64 kinkRateE12;
    uint64 maxRateE12;
    uint32 kinkUtilisationE8;
    uint32 reserveE8;
}

/// @notice Clocks and clamps of checkpoints, funding and attestations: one word, which every operation reads.
struct OracleParameters {
    uint24 checkpointIntervalSeconds;
    uint24 checkpointMaxAgeSeconds;
    uint24 averagingWindowSeconds;
    uint32 smoothingSeconds;
    uint32 premiumClampE8;
    uint32 fundingIntervalSeconds;
    uint32 fundingRateMaxE8;
    uint24 attestationMaxAgeSeconds;
    uint32 maxDriftE8;
}

/// @notice Parameters of lots.
struct LiquidationParameters {
    uint32 graceSeconds;
    uint32 discountMaxE8;
    uint32 discountRampSeconds;
    uint32 targetE8;
    uint32 bidMinE8;
    uint32 resumeSeconds;
    uint32 insolventRampSeconds;
    uint32 insolventPayMaxE8;
    /// @notice The most that insurance pays for one lot.
    uint128 insuranceEventMaxE8;
    /// @notice The most that insurance pays for lots of one underlying in one day (UTC).
    uint128 insuranceDayMaxE8;
    /// @notice Until when after it was opened a need takes any opposite holder.
    uint32 deleverageRampSeconds;
    /// @notice Gas that a proved start is paid for, and the part of it for each position (CLR-044).
    uint32 rewardGas;
    uint32 rewardGasPosition;
    /// @notice The largest part of the account's equity that a start is paid.
    uint32 rewardMaxE8;
    /// @notice The most that a start is paid, in money.
    uint64 rewardMostE8;
    /// @notice The underlying that gas is paid in; 0: starts are not paid.
    uint16 nativeUnderlying;
}

/// @title Every parameter of the protocol that governance moves
/// @notice Each setter refuses values outside the domain of MRG-010, and combinations with which a deposit could lower health:
/// `initialFactorE8·(priceRangeE8 + haircutMaxE8 + largest basis charge + 2·slippageCapE8) <= 1e16`, the largest basis charge being `max(basisChargeE8, basisRateE8·2 years)`, over every token of an underlying.
/// What asks for less margin acts at once; what asks for more goes linearly over `rampSeconds`, once that is set (PAR-005). Every getter tells what is in force now; so do checkpoints, and with them the referee and the engine.
/// Warning: the timelock stands before this contract, in the AccessManager.
interface IRiskParameters {
    /// @notice The factor's target, and where its ramp begins; start and end 0 when it is in force at once.
    event InitialFactorSet(uint32 initialFactorE8, uint32 fromE8, uint40 start, uint40 end);
    /// @notice How long changes that ask for more margin take from now on.
    event RampSecondsSet(uint32 rampSeconds);
    /// @notice An underlying's parameters go from `from` at `start` to what the `UnderlyingSet` after it says, at `end`. One without this before it is in force at once, and ends a ramp.
    event UnderlyingRampSet(uint16 indexed underlying, UnderlyingParameters from, uint40 start, uint40 end);
    /// @notice A token's, likewise.
    event TokenRampSet(uint16 indexed token, TokenParameters from, uint40 start, uint40 end);
    event UnderlyingSet(uint16 indexed underlying, UnderlyingParameters parameters);
    event TokenSet(uint16 indexed token, TokenParameters parameters);
    event ClearingSet(ClearingParameters parameters);
    event InterestSet(InterestParameters parameters);
    event OracleSet(OracleParameters parameters);
    event RiskInterestMaxSet(uint16 indexed underlying, uint128 largestE8);
    event LiquidationSet(LiquidationParameters parameters);

    /// @notice Thrown when a value is outside its domain; `name` is the field's. Also by the setters of SpotMarkets and VolSurfaces.
    error ParameterOutOfRange(bytes32 name, uint256 value, uint256 least, uint256 largest);

    /// @notice Thrown when the coupled bound does not hold: then a deposit could lower health.
    error ParametersCoupled(uint16 underlying, uint16 token, uint256 sumE8);

    /// @notice Thrown when a field would change that cannot change by degrees: list another underlying or token instead.
    error FieldFixed(bytes32 name);

    /// @notice Thrown when attesters' step would loosen what governance is tightening; `field` counts the fields of `UnderlyingParameters` from 0, or is the token.
    error StepAgainstRamp(uint256 field, uint256 step, uint256 present);

    /// @notice Thrown when an underlying is not listed, or is not the next free number.
    error UnderlyingUnknown(uint256 underlying);

    /// @notice Sets the factor between maintenance and initial margin.
    function setInitialFactor(uint32 initialFactorE8) external;

    /// @notice Sets how long changes that ask for more margin take; at first 0, for the setup: they act at once. Never 0 again.
    function setRampSeconds(uint32 rampSeconds) external;

    /// @notice Sets an underlying; the next free number (from 1) lists a new one.
    function setUnderlying(uint16 underlying, UnderlyingParameters calldata parameters) external;

    /// @notice Sets a token of the vault's list. The first time all of it acts at once: before it the token counts nothing (`isTokenSet`), but the settlement token.
    function setToken(uint16 token, TokenParameters calldata parameters) external;

    /// @notice Moves what attesters may move of an underlying; for the contract of their steps (`IParameterSteps`), which holds the corridor. All checks of `setUnderlying` hold.
    function stepUnderlying(UnderlyingStep calldata step) external;

    /// @notice Moves the base haircut of a token, likewise.
    function stepToken(TokenStep calldata step) external;

    /// @notice Caps the risk interest of an underlying, `open interest·spot·priceRange`; 0 for no cap. Fills that raise the open interest are refused above it.
    function setRiskInterestMax(uint16 underlying, uint128 largestE8) external;

    function setClearing(ClearingParameters calldata parameters) external;

    /// @notice Sets the curve of interest; in force from the next checkpoint on, which anybody may take.
    function setInterest(InterestParameters calldata parameters) external;
    function setOracle(OracleParameters calldata parameters) external;
    function setLiquidation(LiquidationParameters calldata parameters) external;

    function initialFactorE8() external view returns (uint32);
    function rampSeconds() external view returns (uint32);

    /// @notice Where the factor goes, and when it is there; an end in the past means that it is.
    function initialFactorTarget() external view returns (uint32 targetE8, uint40 end);

    /// @notice Where an underlying's parameters go.
    function underlyingTargetOf(
        uint16 underlying
    ) external view returns (UnderlyingParameters memory target, uint40 end);

    /// @notice Where a token's parameters go.
    function tokenTargetOf(uint16 token) external view returns (TokenParameters memory target, uint40 end);
    function underlyingCount() external view returns (uint16);
    function underlyingOf(uint16 underlying) external view returns (UnderlyingParameters memory);
    function tokenOf(uint16 token) external view returns (TokenParameters memory);

    /// @notice Whether a token was ever set; only such a token is given a price.
    function isTokenSet(uint16 token) external view returns (bool);
    function riskInterestMaxE8(uint16 underlying) external view returns (uint128);
    function clearing() external view returns (ClearingParameters memory);
    function interest() external view returns (InterestParameters memory);
    function oracle() external view returns (OracleParameters memory);
    function liquidation() external view returns (LiquidationParameters memory);

    // The fields that every operation reads, one by one: a whole struct costs its reader some hundred gas a field.

    function checkpointMaxAgeSeconds() external view returns (uint32);
    function averagingWindowSeconds() external view returns (uint32);
    function premiumClampE8() external view returns (uint32);
    function attestationMaxAgeSeconds() external view returns (uint32);
    function maxDriftE8() external view returns (uint32);
}
