// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Discounts} from "../margin/Discounts.sol";
import {Forwards} from "../margin/Forwards.sol";
import {Haircuts} from "../margin/Haircuts.sol";
import {Kernel} from "../margin/Kernel.sol";
import {NormalTable} from "../margin/NormalTable.sol";
import {OptionValues} from "../margin/OptionValues.sol";
import {Scenarios} from "../margin/Scenarios.sol";
import {Volatility} from "../margin/Volatility.sol";

/// @title Single rules of the margin model, to compare with other implementations
/// @notice For tests and differential runs; nothing of the protocol calls it.
contract KernelProbe {
    /// @notice The contract whose code is the table of the normal distribution.
    address public immutable CDF_TABLE;

    constructor(address cdfTable) {
        NormalTable.requireTable(cdfTable);
        CDF_TABLE = cdfTable;
    }

    /// @notice MRG-020.
    function isqrt(uint256 a) external pure returns (uint256) {
        return Kernel.isqrt(a);
    }

    /// @notice MRG-021.
    function ln(uint256 n, uint256 d) external pure returns (int256) {
        return Kernel.ln(n, d);
    }

    /// @notice MRG-022; `surface` is the second word of an expiry (MRG-004).
    function volatility(
        uint256 strikeE8,
        uint256 publishedForwardE8,
        uint256 surface
    ) public pure returns (uint256 volQ32) {
        int256 kRaw = Kernel.ln(strikeE8, publishedForwardE8);
        (int256 aQ64, uint256 bE12, int256 rhoE8, int256 mQ32, uint256 sigmaQ32) = Volatility.scale(surface);
        return Volatility.atStrike(kRaw, aQ64, bE12, rhoE8, mQ32, sigmaQ32);
    }

    /// @notice MRG-023.
    function kappaE8(uint256 tau) external pure returns (uint256) {
        return Volatility.kappaE8(tau);
    }

    /// @notice MRG-023 and MRG-024: the deviations under the three shocks (down, none, up).
    function deviations(
        uint256 volQ32,
        uint256 tau,
        uint256 volRangeE8,
        uint256 volUpFloorE8
    ) public pure returns (uint256[3] memory s) {
        uint256 root = Volatility.rootTauQ40(tau);
        (uint256 downE8, uint256 upE8, uint256 upFloorQ32) = Volatility.shocks(tau, volRangeE8, volUpFloorE8);
        s[0] = Volatility.deviationDown(volQ32, downE8, root);
        s[1] = Volatility.deviation(volQ32, root);
        s[2] = Volatility.deviationUp(volQ32, upE8, upFloorQ32, root);
    }

    /// @notice MRG-025.
    function cdf(int256 d) external view returns (uint256) {
        NormalTable.load(CDF_TABLE);
        return NormalTable.cdf(d);
    }

    /// @notice One option at a scenario by the plain functions (MRG-026).
    struct OptionAtScenario {
        uint256 scenario;
        uint256 tau;
        uint256 followSeconds;
        uint256 strikeE8;
        bool isPut;
        uint256 forwardE8;
        uint256 publishedForwardE8;
        uint256 surface;
        uint256 discountE12;
        uint256 priceRangeE8;
        uint256 volRangeE8;
        uint256 volUpFloorE8;
    }

    /// @notice MRG-026.
    function optionValue(OptionAtScenario calldata o) external view returns (int256 value) {
        NormalTable.load(CDF_TABLE);
        (uint256 node, uint256 shock) = Scenarios.parts(o.scenario);
        uint256 m = OptionValues.multiplier(node, OptionValues.rangeE8(o.priceRangeE8, o.followSeconds));
        uint256 a = OptionValues.discountedForward(o.discountE12 * o.forwardE8, m);
        uint256 b = OptionValues.discountedStrike(o.discountE12, o.strikeE8);
        if (o.tau < OptionValues.INTRINSIC_SECONDS) {
            value = int256(OptionValues.payoff(a, b));
        } else {
            int256 kRaw = Kernel.ln(o.strikeE8, o.publishedForwardE8);
            int256 log = OptionValues.moneyness(Kernel.ln(o.forwardE8, o.publishedForwardE8) - kRaw);
            int256 nodeLog = log + Kernel.ln(m, Scenarios.UNIT);
            uint256 volQ32 = volatility(o.strikeE8, o.publishedForwardE8, o.surface);
            uint256 s = deviations(volQ32, o.tau, o.volRangeE8, o.volUpFloorE8)[shock];
            value = OptionValues.held(OptionValues.valueOfCall(a, b, nodeLog, s), log, a, b);
        }
        if (o.isPut) value += int256(b) - int256(a);
    }

    /// @notice MRG-028.
    function linearValue(uint256 priceE8, uint256 rangeE8, uint256 scenario) external pure returns (uint256) {
        (uint256 node, ) = Scenarios.parts(scenario);
        return OptionValues.linear(priceE8, OptionValues.multiplier(node, rangeE8));
    }

    /// @notice MRG-027.
    function discount(uint256 rateE12, uint256 tau) external pure returns (uint256) {
        return Discounts.discount(rateE12, tau);
    }

    /// @notice MRG-013.
    function haircut(
        uint256 haircutBaseE8,
        uint256 haircutMaxE8,
        uint256 thresholdE8,
        uint256 totalE8
    ) external pure returns (uint256) {
        return Haircuts.haircutUp(haircutBaseE8, haircutMaxE8, thresholdE8, totalE8);
    }

    /// @notice MRG-011, outside the settlement window.
    function forward(
        uint256 spotE8,
        uint256 publishedForwardE8,
        uint256 publishedSpotE8
    ) external pure returns (uint256) {
        return Forwards.outsideWindow(spotE8, publishedForwardE8, publishedSpotE8);
    }

    /// @notice MRG-011, inside the settlement window.
    function forwardInWindow(
        uint256 spotE8,
        uint256 sumE8,
        uint256 coveredSeconds,
        uint256 remainingSeconds
    ) external pure returns (uint256 forwardE8, uint256 followSeconds) {
        return Forwards.insideWindow(spotE8, sumE8, coveredSeconds, remainingSeconds);
    }
}
