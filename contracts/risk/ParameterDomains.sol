// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {
    ClearingParameters,
    InterestParameters,
    LiquidationParameters,
    OracleParameters
} from "../interfaces/IRiskParameters.sol";
import {Domains} from "./Domains.sol";

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
    uint256 internal constant ATTESTATION_MAX_AGE_SECONDS = 1200;
    uint256 internal constant REWARD_GAS_MAX = 1e6;
    uint256 internal constant REWARD_GAS_POSITION_MAX = 1e5;
    uint256 internal constant REWARD_MAX_E8 = 5e6;

    function requireClearing(ClearingParameters calldata p) external pure {
        Domains.requireWithin("makerFeeE8", p.makerFeeE8, 0, FEE_MAX_E8);
        Domains.requireWithin("takerFeeE8", p.takerFeeE8, 0, FEE_MAX_E8);
        Domains.requireWithin("priceBandE8", p.priceBandE8, 5e5, 75e5);
        Domains.requireWithin("minReliefE8", p.minReliefE8, 2e6, 2e7);
        Domains.requireWithin("volBandE8", p.volBandE8, 5e6, 5e7);
        Domains.requireWithin("creditFeeE8", p.creditFeeE8, 0, CREDIT_FEE_MAX_E8);
    }

    function requireInterest(InterestParameters calldata p) external pure {
        Domains.requireWithin("baseRateE12", p.baseRateE12, 0, p.kinkRateE12);
        Domains.requireWithin("kinkRateE12", p.kinkRateE12, 0, p.maxRateE12);
        Domains.requireWithin("maxRateE12", p.maxRateE12, 0, 3 * ONE_E12);
        Domains.requireWithin("kinkUtilisationE8", p.kinkUtilisationE8, 5e7, 95e6);
        Domains.requireWithin("reserveE8", p.reserveE8, 0, ONE);
    }

    function requireOracle(OracleParameters calldata p) external pure {
        uint256 interval = p.checkpointIntervalSeconds;
        Domains.requireWithin("checkpointMaxAgeSeconds", p.checkpointMaxAgeSeconds, 60, 300);
        Domains.requireWithin("checkpointIntervalSeconds", interval, 10, p.checkpointMaxAgeSeconds);
        Domains.requireWithin("averagingWindowSeconds", p.averagingWindowSeconds, 900, 1800);
        Domains.requireWithin("smoothingSeconds", p.smoothingSeconds, DAY / 4, 7 * DAY);
        Domains.requireWithin("premiumClampE8", p.premiumClampE8, 1e5, 1e6);
        Domains.requireWithin("fundingIntervalSeconds", p.fundingIntervalSeconds, 3600, DAY);
        // A tenth of the notional a day at most, whatever the interval.
        Domains.requireWithin(
            "fundingRateMaxE8",
            p.fundingRateMaxE8,
            0,
            (uint256(p.fundingIntervalSeconds) * 1e7) / DAY
        );
        // The hub keeps the prices of 64 checkpoints: an attestation must not be forgotten before it is too old. And no longer than twenty minutes, in which neither volatilities nor ranges go far (0047).
        Domains.requireWithin(
            "attestationMaxAgeSeconds",
            p.attestationMaxAgeSeconds,
            2 * interval,
            Math.min(64 * interval, ATTESTATION_MAX_AGE_SECONDS)
        );
        Domains.requireWithin("maxDriftE8", p.maxDriftE8, 25e4, 3e6);
    }

    function requireLiquidation(LiquidationParameters calldata p) external pure {
        Domains.requireWithin("graceSeconds", p.graceSeconds, 15, 300);
        Domains.requireWithin("discountMaxE8", p.discountMaxE8, 5e6, 3e7);
        Domains.requireWithin("discountRampSeconds", p.discountRampSeconds, 300, 3600);
        Domains.requireWithin("targetE8", p.targetE8, 105e6, 13e7);
        Domains.requireWithin("bidMinE8", p.bidMinE8, 1e6, 2e7);
        Domains.requireWithin("resumeSeconds", p.resumeSeconds, 1800, DAY / 4);
        Domains.requireWithin("insolventRampSeconds", p.insolventRampSeconds, 600, DAY / 4);
        Domains.requireWithin("deleverageRampSeconds", p.deleverageRampSeconds, 300, 3600);
        Domains.requireWithin("insolventPayMaxE8", p.insolventPayMaxE8, 5e5, 5e6);
        Domains.requireWithin("rewardGas", p.rewardGas, 0, REWARD_GAS_MAX);
        Domains.requireWithin("rewardGasPosition", p.rewardGasPosition, 0, REWARD_GAS_POSITION_MAX);
        Domains.requireWithin("rewardMaxE8", p.rewardMaxE8, 0, REWARD_MAX_E8);
    }
}
