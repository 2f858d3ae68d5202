// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Band, IParameterSteps, UnderlyingCorridor} from "../interfaces/IParameterSteps.sol";
import {
    IRiskParameters,
    TokenParameters,
    TokenStep,
    UnderlyingParameters,
    UnderlyingStep
} from "../interfaces/IRiskParameters.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {AttesterSignature} from "../interfaces/RiskTypes.sol";
import {Corridors} from "./Corridors.sol";
import {Ramps} from "./Ramps.sol";

/// @title Steps of risk parameters
contract ParameterSteps is IParameterSteps, AccessManaged, EIP712 {
    uint256 internal constant AGE_MAX_SECONDS = 600;
    /// @dev Tokens' subjects begin here, so that both kinds keep their past in one shape.
    uint256 internal constant TOKENS = 1 << 16;

    bytes32 internal constant UNDERLYING_TYPEHASH = keccak256(
        "UnderlyingStep(uint16 underlying,uint40 time,uint64 depthE8,uint32 priceRangeE8,uint32 volRangeE8,uint32 basisChargeE8,uint32 vegaChargeE8)"
    );
    bytes32 internal constant TOKEN_TYPEHASH = keccak256("TokenStep(uint16 token,uint40 time,uint32 haircutBaseE8)");
    bytes32 internal constant STEPS_TYPEHASH = keccak256(
        "ParameterSteps(UnderlyingStep[] underlyings,TokenStep[] tokens)TokenStep(uint16 token,uint40 time,uint32 haircutBaseE8)UnderlyingStep(uint16 underlying,uint40 time,uint64 depthE8,uint32 priceRangeE8,uint32 volRangeE8,uint32 basisChargeE8,uint32 vegaChargeE8)"
    );

    /// @dev What a subject's next step is measured by; three words.
    struct Track {
        /// @dev When the last step was computed, and when it came into force.
        uint40 time;
        uint40 since;
        /// @dev When the day began whose first values are `anchorsE8`.
        uint40 dayStart;
        uint64[5] anchorsE8;
    }

    IRiskParameters public immutable parameters;
    IRiskRegistry public immutable registry;
    bool public override isStopped;
    mapping(uint16 underlying => UnderlyingCorridor) private _underlyingCorridors;
    mapping(uint16 token => Band) private _tokenCorridors;
    mapping(uint256 subject => Track) private _tracks;

    constructor(
        address authority,
        IRiskParameters parameters_,
        IRiskRegistry registry_
    ) AccessManaged(authority) EIP712("OnchainMargin ParameterSteps", "1") {
        parameters = parameters_;
        registry = registry_;
    }

    // Attesters

    /// @inheritdoc IParameterSteps
    function step(
        UnderlyingStep[] calldata underlyings,
        TokenStep[] calldata tokens,
        AttesterSignature[] calldata signatures
    ) external {
        require(!isStopped, StepsStopped());
        registry.requireQuorum(stepsDigest(underlyings, tokens), signatures);
        for (uint256 i = 0; i < underlyings.length; ++i) _stepUnderlying(underlyings[i]);
        for (uint256 i = 0; i < tokens.length; ++i) _stepToken(tokens[i]);
    }

    // Guardian and governance

    /// @inheritdoc IParameterSteps
    /// @custom:spec PAR-003
    function setStopped(bool isStopped_) external restricted {
        isStopped = isStopped_;
        emit StoppedSet(isStopped_);
    }

    /// @inheritdoc IParameterSteps
    function setUnderlyingCorridor(uint16 underlying, UnderlyingCorridor calldata corridor) external restricted {
        Band[5] memory bands = _bands(corridor);
        for (uint256 i = 0; i < 5; ++i) require(Corridors.isSound(bands[i]), BandInvalid(_name(i)));
        _underlyingCorridors[underlying] = corridor;
        emit UnderlyingCorridorSet(underlying, corridor);
    }

    /// @inheritdoc IParameterSteps
    function setTokenCorridor(uint16 token, Band calldata haircut) external restricted {
        require(Corridors.isSound(haircut), BandInvalid("haircutBaseE8"));
        _tokenCorridors[token] = haircut;
        emit TokenCorridorSet(token, haircut);
    }

    // Views

    /// @inheritdoc IParameterSteps
    function underlyingCorridor(uint16 underlying) external view returns (UnderlyingCorridor memory) {
        return _underlyingCorridors[underlying];
    }

    /// @inheritdoc IParameterSteps
    function tokenCorridor(uint16 token) external view returns (Band memory) {
        return _tokenCorridors[token];
    }

    /// @inheritdoc IParameterSteps
    function lastUnderlyingStep(uint16 underlying) external view returns (uint40 time, uint40 since) {
        Track storage track = _tracks[underlying];
        return (track.time, track.since);
    }

    /// @inheritdoc IParameterSteps
    function lastTokenStep(uint16 token) external view returns (uint40 time, uint40 since) {
        Track storage track = _tracks[TOKENS + token];
        return (track.time, track.since);
    }

    /// @inheritdoc IParameterSteps
    function underlyingLimits(
        uint16 underlying
    ) external view returns (uint64[5] memory leastE8, uint64[5] memory mostE8) {
        Band[5] memory bands = _bands(_underlyingCorridors[underlying]);
        uint64[5] memory values = _values(parameters.underlyingOf(underlying));
        Track memory track = _tracks[underlying];
        _renewDay(track, values, bands);
        for (uint256 i = 0; i < 5; ++i) (leastE8[i], mostE8[i]) = _limits(track, bands[i], values[i], i);
    }

    /// @inheritdoc IParameterSteps
    function tokenLimits(uint16 token) external view returns (uint64 leastE8, uint64 mostE8) {
        Band[5] memory bands;
        uint64[5] memory values;
        (bands[1], values[1]) = (_tokenCorridors[token], parameters.tokenOf(token).haircutBaseE8);
        Track memory track = _tracks[TOKENS + token];
        _renewDay(track, values, bands);
        return _limits(track, bands[1], values[1], 1);
    }

    /// @inheritdoc IParameterSteps
    function stepsDigest(
        UnderlyingStep[] calldata underlyings,
        TokenStep[] calldata tokens
    ) public view returns (bytes32) {
        bytes32[] memory first = new bytes32[](underlyings.length);
        bytes32[] memory second = new bytes32[](tokens.length);
        // All fields are static, so the structs encode as their fields do.
        for (uint256 i = 0; i < first.length; ++i)
            first[i] = keccak256(abi.encode(UNDERLYING_TYPEHASH, underlyings[i]));
        for (uint256 i = 0; i < second.length; ++i) second[i] = keccak256(abi.encode(TOKEN_TYPEHASH, tokens[i]));
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(STEPS_TYPEHASH, keccak256(abi.encodePacked(first)), keccak256(abi.encodePacked(second)))
                )
            );
    }

    // Internal

    function _stepUnderlying(UnderlyingStep calldata s) private {
        Track memory track = _tracks[s.underlying];
        _requireTime(track, s.underlying, s.time);
        Band[5] memory bands = _bands(_underlyingCorridors[s.underlying]);
        uint64[5] memory values = _values(parameters.underlyingOf(s.underlying));
        uint64[5] memory next = [s.depthE8, s.priceRangeE8, s.volRangeE8, s.basisChargeE8, s.vegaChargeE8];
        (UnderlyingParameters memory target, ) = parameters.underlyingTargetOf(s.underlying);
        uint64[5] memory targets = _values(target);
        _renewDay(track, values, bands);
        for (uint256 i = 0; i < 5; ++i) {
            next[i] = Ramps.atLeast(values[i], targets[i], next[i], i == 0);
            _requireWithin(track, bands[i], values[i], next[i], i, s.underlying);
        }
        _store(s.underlying, track, s.time);
        UnderlyingStep memory taken = UnderlyingStep({
            underlying: s.underlying,
            time: s.time,
            depthE8: next[0],
            priceRangeE8: uint32(next[1]),
            volRangeE8: uint32(next[2]),
            basisChargeE8: uint32(next[3]),
            vegaChargeE8: uint32(next[4])
        });
        parameters.stepUnderlying(taken);
        emit UnderlyingStepped(s.underlying, taken);
    }

    /// @dev A token's one parameter has the place of the price range: it too asks for more margin when it rises.
    function _stepToken(TokenStep calldata s) private {
        uint256 subject = TOKENS + s.token;
        Track memory track = _tracks[subject];
        _requireTime(track, subject, s.time);
        Band[5] memory bands;
        uint64[5] memory values;
        (bands[1], values[1]) = (_tokenCorridors[s.token], parameters.tokenOf(s.token).haircutBaseE8);
        (TokenParameters memory target, ) = parameters.tokenTargetOf(s.token);
        uint64 next = Ramps.atLeast(values[1], target.haircutBaseE8, s.haircutBaseE8, false);
        _renewDay(track, values, bands);
        _requireWithin(track, bands[1], values[1], next, 1, subject);
        _store(subject, track, s.time);
        TokenStep memory taken = TokenStep({token: s.token, time: s.time, haircutBaseE8: uint32(next)});
        parameters.stepToken(taken);
        emit TokenStepped(s.token, taken);
    }

    /// @custom:spec PAR-003
    function _requireTime(Track memory track, uint256 subject, uint256 time) private view {
        bool sound = time <= block.timestamp && block.timestamp - time <= AGE_MAX_SECONDS && time > track.time;
        require(sound, StepTimeWrong(subject, time, track.time));
    }

    function _requireWithin(
        Track memory track,
        Band memory band,
        uint64 value,
        uint64 next,
        uint256 place,
        uint256 subject
    ) private view {
        (uint64 leastE8, uint64 mostE8) = _limits(track, band, value, place);
        bytes32 name = subject < TOKENS ? _name(place) : bytes32("haircutBaseE8");
        require(next >= leastE8 && next <= mostE8, StepOutOfCorridor(name, subject, next, leastE8, mostE8));
    }

    /// @dev Safe casts: no limit is above twice a uint64's half (parameters end at 2^53), and none below 0.
    function _limits(
        Track memory track,
        Band memory band,
        uint256 value,
        uint256 place
    ) private view returns (uint64, uint64) {
        (uint256 leastE8, uint256 mostE8) = Corridors.limits(
            band,
            value,
            track.anchorsE8[place],
            block.timestamp - track.since,
            place == 0
        );
        return (uint64(leastE8), uint64(mostE8));
    }

    /// @custom:spec PAR-002
    function _renewDay(Track memory track, uint64[5] memory values, Band[5] memory bands) private view {
        bool isOver = block.timestamp - track.dayStart >= 1 days;
        if (isOver) track.dayStart = uint40(block.timestamp);
        for (uint256 i = 0; i < 5; ++i) {
            track.anchorsE8[i] = uint64(Corridors.anchorOf(bands[i], values[i], track.anchorsE8[i], isOver, i == 0));
        }
    }

    function _store(uint256 subject, Track memory track, uint40 time) private {
        (track.time, track.since) = (time, uint40(block.timestamp));
        _tracks[subject] = track;
    }

    function _bands(UnderlyingCorridor memory c) private pure returns (Band[5] memory) {
        return [c.depth, c.priceRange, c.volRange, c.basisCharge, c.vegaCharge];
    }

    function _values(UnderlyingParameters memory p) private pure returns (uint64[5] memory) {
        return [p.depthE8, p.priceRangeE8, p.volRangeE8, p.basisChargeE8, p.vegaChargeE8];
    }

    function _name(uint256 place) private pure returns (bytes32) {
        if (place == 0) return "depthE8";
        if (place == 1) return "priceRangeE8";
        if (place == 2) return "volRangeE8";
        return place == 3 ? bytes32("basisChargeE8") : bytes32("vegaChargeE8");
    }
}
