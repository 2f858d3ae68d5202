// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    ClearingParameters,
    InterestParameters,
    IRiskParameters,
    LiquidationParameters,
    OracleParameters
} from "../interfaces/IRiskParameters.sol";

/// @title What the setters of RiskParameters take of records that act at once
/// @notice Around what sensible markets have (docs/decisions/0049-what-governance-may-set-is-narrow.md). Made by RiskParameters, a contract of its own for size alone; it holds nothing.
/// @custom:spec PAR-007
contract ParameterDomains {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant ONE_E12 = 1e12;
    uint256 internal constant FEE_MAX_E8 = 1e6;
    /// @dev A tenth of a percent: all that the bucket refills in a year would then cost some 18 of 1000 of the bonds behind it.
    uint256 internal constant CREDIT_FEE_MAX_E8 = 1e5;
    uint256 internal constant DAY = 86_400;
    uint256 internal constant REWARD_GAS_MAX = 1e6;
    uint256 internal constant REWARD_GAS_POSITION_MAX = 1e5;
    uint256 internal constant REWARD_MAX_E8 = 5e6;

    function requireClearing(ClearingParameters calldata p) external pure {
        _within("makerFeeE8", p.makerFeeE8, 0, FEE_MAX_E8);
        _within("takerFeeE8", p.takerFeeE8, 0, FEE_MAX_E8);
        _within("priceBandE8", p.priceBandE8, 5e5, 75e5);
        _within("minReliefE8", p.minReliefE8, 2e6, 2e7);
        _within("volBandE8", p.volBandE8, 5e6, 5e7);
        _within("creditFeeE8", p.creditFeeE8, 0, CREDIT_FEE_MAX_E8);
    }

    function requireInterest(InterestParameters calldata p) external pure {
        _within("baseRateE12", p.baseRateE12, 0, p.kinkRateE12);
        _within("kinkRateE12", p.kinkRateE12, 0, p.maxRateE12);
        _within("maxRateE12", p.maxRateE12, 0, 3 * ONE_E12);
        _within("kinkUtilisationE8", p.kinkUtilisationE8, 5e7, 95e6);
        _within("reserveE8", p.reserveE8, 0, ONE);
    }

    function requireOracle(OracleParameters calldata p) external pure {
        uint256 interval = p.checkpointIntervalSeconds;
        _within("checkpointMaxAgeSeconds", p.checkpointMaxAgeSeconds, 60, 300);
        _within("checkpointIntervalSeconds", interval, 10, p.checkpointMaxAgeSeconds);
        _within("averagingWindowSeconds", p.averagingWindowSeconds, 900, 1800);
        _within("smoothingSeconds", p.smoothingSeconds, DAY / 4, 7 * DAY);
        _within("premiumClampE8", p.premiumClampE8, 1e5, 1e6);
        _within("fundingIntervalSeconds", p.fundingIntervalSeconds, 3600, DAY);
        // A tenth of the notional a day at most, whatever the interval.
        _within("fundingRateMaxE8", p.fundingRateMaxE8, 0, (uint256(p.fundingIntervalSeconds) * 1e7) / DAY);
        // The hub keeps the prices of so many checkpoints: an attestation must not be forgotten before it is too old.
        _within("attestationMaxAgeSeconds", p.attestationMaxAgeSeconds, 2 * interval, 64 * interval);
        _within("maxDriftE8", p.maxDriftE8, 25e4, 3e6);
    }

    function requireLiquidation(LiquidationParameters calldata p) external pure {
        _within("graceSeconds", p.graceSeconds, 15, 300);
        _within("discountMaxE8", p.discountMaxE8, 5e6, 3e7);
        _within("discountRampSeconds", p.discountRampSeconds, 300, 3600);
        _within("targetE8", p.targetE8, 105e6, 13e7);
        _within("bidMinE8", p.bidMinE8, 1e6, 2e7);
        _within("resumeSeconds", p.resumeSeconds, 1800, DAY / 4);
        _within("insolventRampSeconds", p.insolventRampSeconds, 600, DAY / 4);
        _within("deleverageRampSeconds", p.deleverageRampSeconds, 300, 3600);
        _within("insolventPayMaxE8", p.insolventPayMaxE8, 5e5, 5e6);
        _within("rewardGas", p.rewardGas, 0, REWARD_GAS_MAX);
        _within("rewardGasPosition", p.rewardGasPosition, 0, REWARD_GAS_POSITION_MAX);
        _within("rewardMaxE8", p.rewardMaxE8, 0, REWARD_MAX_E8);
    }

    function _within(bytes32 name, uint256 value, uint256 least, uint256 largest) private pure {
        require(value >= least && value <= largest, IRiskParameters.ParameterOutOfRange(name, value, least, largest));
    }
}
