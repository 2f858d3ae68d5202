// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AttesterSignature} from "./RiskTypes.sol";

/// @notice What attesters sign of one expiry: raw SVI in annualised variance over ln(strike/forward) (MRG-022), with the forward and spot that it was fitted at.
struct SurfaceUpdate {
    uint16 underlying;
    uint32 expiry;
    /// @notice When its quotes were taken.
    uint40 time;
    uint64 forwardE8;
    uint64 spotE8;
    int64 aE12;
    uint64 bE12;
    int32 rhoE8;
    int32 mE8;
    uint32 sigmaE8;
}

/// @notice Bands and speeds of every surface, and the rate of discounts.
struct SurfaceParameters {
    /// @notice The most that the volatility of a strike moves in one publication that comes an hour or more after the one before, times κ of its time to expiry; a part of it sooner. Steps compound: within an hour after a silent one it moves by (1 + s)·e^s − 1, s = volStepE8·κ.
    uint32 volStepE8;
    /// @notice The most that forward/spot moves in one, without κ; such steps add up.
    uint32 forwardStepE8;
    /// @notice The most that forward/spot lies from 1: this, and `forwardBandYearE8` a year. What a surface in force has beyond may stay or come nearer.
    uint32 forwardBandE8;
    uint32 forwardBandYearE8;
    /// @notice Volatility at the forward, between these.
    uint32 volMinE8;
    uint32 volMaxE8;
    /// @notice Discounts are exp(−rate·τ).
    uint64 discountRateE12;
}

/// @title Volatility surfaces: who may publish them, and how far they may move
/// @notice One SVI slice an expiry, signed by the attester quorum (EIP-712) and checked here: domain, free of butterfly arbitrage by a sufficient test, no calendar crossing at chosen points, small steps from the one before, forward inside its band.
/// **Listing**: the first surface of an expiry lists it: from then on the live record of its underlying names it, and instruments of it may be traded until it expires. Expiries are multiples of 1800 seconds, an hour to two years ahead, at most 32 an underlying.
/// Strikes are not listed one by one: any strike between an eighth and eight times the forward may be traded (MRG-003).
/// Assumptions: a corrupt quorum can move a surface by the steps here and no faster, until the guardian stops publications at once; `surfaceRiskE8` says what an hour of that is worth, and the open options are held below what that is of the bonds (ORC-016).
interface IVolSurfaces {
    /// @notice A surface came into force. The first of an expiry lists it.
    event SurfacePublished(
        uint16 indexed underlying,
        uint32 indexed expiry,
        uint40 time,
        uint64 forwardE8,
        uint64 spotE8,
        bytes32 svi
    );

    /// @notice An expiry was settled and left the records.
    event ExpiryRetired(uint16 indexed underlying, uint32 indexed expiry);

    event SurfaceParametersSet(SurfaceParameters parameters);

    /// @notice The guardian stopped or released publications.
    event StoppedSet(bool stopped);

    /// @notice Thrown when surfaces are brought while the guardian has stopped them.
    error SurfacesStopped();

    /// @notice Thrown when anybody but the price hub retires an expiry.
    error NotTheHub(address caller);

    /// @notice Thrown when a surface's time is from the future, too old, or not after that of the one in force.
    error SurfaceTimeWrong(uint16 underlying, uint32 expiry, uint40 time, uint40 before);

    /// @notice Thrown when an expiry cannot be listed: unaligned, over, too near, too far, or one too many.
    error ExpiryNotListable(uint16 underlying, uint32 expiry);

    /// @notice Thrown when a surface is outside MRG-010 or narrower than its least width.
    error SurfaceOutOfDomain(uint16 underlying, uint32 expiry);

    /// @notice Thrown when a surface may hold butterfly arbitrage.
    error SurfaceButterfly(uint16 underlying, uint32 expiry);

    /// @notice Thrown when total variances of two expiries cross at a point.
    error SurfaceCalendar(uint16 underlying, uint32 nearer, uint32 farther, int256 pointQ32);

    /// @notice Thrown when the volatility at a point moves too far, or lies outside its band at the forward and is no nearer to it than before; `fromQ32` is 0 for a listing.
    error SurfaceStep(uint16 underlying, uint32 expiry, int256 pointQ32, uint256 fromQ32, uint256 toQ32);

    /// @notice Thrown when forward/spot moves too far, or lies outside its band and farther from it than before, or the spot is far from the hub's; `beforeE8` is 0 for a listing.
    error ForwardOutOfBand(uint16 underlying, uint32 expiry, uint256 ratioE8, uint256 beforeE8);

    /// @notice Publishes surfaces, in their order, all or none. Anyone with the signatures of the quorum.
    function publish(SurfaceUpdate[] calldata updates, AttesterSignature[] calldata signatures) external;

    /// @notice Stops or releases publications, and nothing else: surfaces in force stay and age (MRG-044), and expiries settle. Guardian.
    function setStopped(bool isStopped) external;

    /// @notice Whether the guardian has stopped publications.
    function isStopped() external view returns (bool);

    /// @notice Sets bands, speeds and the rate. Governance.
    function setSurfaceParameters(SurfaceParameters calldata parameters) external;

    /// @notice Takes a settled expiry out of the records. Only the price hub.
    function retire(uint16 underlying, uint32 expiry) external;

    /// @notice The records of an underlying's expiries (MRG-004, four words each, ascending) with live forwards at this spot.
    function recordsOf(uint16 underlying, uint64 spotE8) external view returns (bytes memory records);

    /// @notice Expiries of an underlying, ascending; and the first, 0 when there is none.
    function expiriesOf(uint16 underlying) external view returns (uint32[] memory expiries);
    function firstExpiry(uint16 underlying) external view returns (uint32 expiry);

    /// @notice The surface of an expiry that is in force; all zero when it is not listed.
    function surfaceOf(uint16 underlying, uint32 expiry) external view returns (SurfaceUpdate memory surface);

    /// @notice The live forward of an expiry at this spot, in E8; the spot itself where none is listed.
    function liveForwardE8(uint16 underlying, uint32 expiry, uint256 spotE8) external view returns (uint256 forwardE8);

    /// @notice The most that an hour of lies about surfaces could move the value of one unit of an option or future of an underlying by, in E8: the largest over its expiries, each as of its last publication and at the spot last updated.
    function surfaceRiskE8(uint16 underlying) external view returns (uint256 perUnitE8);

    /// @notice The most that an hour of lies about all open options together may be worth: `OPTION_RISK_BPS` of what k attesters have at stake; 0 without bonds.
    function riskLimitE8() external view returns (uint256 limitE8);

    /// @notice The most option interest that each underlying may grow to, so that an hour of lies about all of them is worth `riskLimitE8` at most. The price hub asks at each checkpoint.
    /// @param openE8 Option interest; place i is underlying i + 1.
    /// @param spotsE8 Spot, likewise.
    function optionInterestMaxE8(
        uint256[] calldata openE8,
        uint256[] calldata spotsE8
    ) external view returns (uint256[] memory mostE8);

    function surfaceParameters() external view returns (SurfaceParameters memory parameters);

    /// @notice The EIP-712 digest that attesters sign.
    function publicationDigest(SurfaceUpdate[] calldata updates) external view returns (bytes32 digest);
}
