// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {UnderlyingBreakdown} from "../interfaces/IReferee.sol";
import {Expiry, Market} from "./Markets.sol";
import {Rounding} from "./Rounding.sol";

/// @notice What the add-ons of an underlying add up while its buckets are walked.
struct Charges {
    int256 deltaE8;
    uint256 grossE8;
    uint256 basisE8;
    uint256 vegaE8;
    uint256 staleE8;
    uint256 rateE8;
}

/// @title Add-ons of an underlying
/// @notice All requirements, so all rounded up. Unchecked: inside MRG-003 and MRG-010 no intermediate reaches 2^200.
library AddOns {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant YEAR = 31_536_000;
    uint256 internal constant UNITS_MAX_E8 = 2 ** 90;
    uint256 internal constant SURFACE_AGE_SECONDS = 600;
    uint256 internal constant STALE_RAMP_SECONDS = 86_400;

    /// @notice Adds a bucket: `slopeE16 = Σ size·(value(+1, none) − value(−1, none))`.
    /// @custom:spec MRG-041
    function addBucket(Charges memory c, Market memory m, int256 slopeE16, uint256 tau) internal pure {
        unchecked {
            uint256 delta = Rounding.divUp(2 * Rounding.magnitude(slopeE16), m.priceRangeE8);
            c.deltaE8 += slopeE16 < 0 ? -int256(delta) : int256(delta);
            c.grossE8 += delta;
            c.basisE8 += Rounding.divUp(basisRateE8(m, tau) * delta, ONE);
        }
    }

    /// @notice `c_b` of a bucket.
    /// @custom:spec MRG-042
    function basisRateE8(Market memory m, uint256 tau) internal pure returns (uint256) {
        unchecked {
            return Rounding.min(ONE, Rounding.max(m.basisChargeE8, Rounding.divUp(m.basisRateE8 * tau, YEAR)));
        }
    }

    /// @notice Adds the vega of an expiry, below and above its forward, at the ordinary and at the stale charge.
    /// @custom:spec MRG-044
    function addVega(
        Charges memory c,
        Market memory m,
        Expiry memory e,
        int256 belowE16,
        int256 aboveE16
    ) internal pure {
        unchecked {
            uint256 vega = Rounding.divUp(Rounding.magnitude(belowE16) + Rounding.magnitude(aboveE16), 2 * ONE);
            uint256 age = m.time > e.surfaceTime ? m.time - e.surfaceTime : 0;
            uint256 late = age > SURFACE_AGE_SECONDS ? Rounding.min(age - SURFACE_AGE_SECONDS, STALE_RAMP_SECONDS) : 0;
            uint256 charge = m.vegaChargeE8 + Rounding.divUp((ONE - m.vegaChargeE8) * late, STALE_RAMP_SECONDS);
            uint256 ordinary = Rounding.divUp(m.vegaChargeE8 * vega, ONE);
            c.vegaE8 += ordinary;
            c.staleE8 += Rounding.divUp(charge * vega, ONE) - ordinary;
        }
    }

    /// @notice Adds an expiry to the rate charge's sum: `Σ_options size·value(13)`.
    /// @custom:spec MRG-045
    function addRate(Charges memory c, int256 worthE16, uint256 tau) internal pure {
        unchecked {
            c.rateE8 += Rounding.divUp(Rounding.divUp(Rounding.magnitude(worthE16), ONE) * tau, YEAR);
        }
    }

    /// @notice Turns the sums into the terms of the underlying.
    function finish(Charges memory c, Market memory m, UnderlyingBreakdown memory terms) internal pure {
        unchecked {
            uint256 net = Rounding.magnitude(c.deltaE8);
            uint256 gross = c.grossE8;
            terms.netE8 = net;
            terms.grossE8 = gross;
            terms.basisE8 = basis(c.basisE8, gross, net);
            terms.liquidityE8 = liquidity(m, net + Rounding.divUp(gross - net, 2));
            terms.vegaE8 = c.vegaE8;
            terms.staleE8 = c.staleE8;
            terms.rateE8 = Rounding.divUp(m.rateChargeE8 * c.rateE8, ONE);
            terms.spreadE8 = Rounding.divUp(Rounding.divUp(m.spreadE8 * ONE, m.spotE8) * net, ONE);
        }
    }

    /// @param sumE8 `X`.
    /// @custom:spec MRG-042
    function basis(uint256 sumE8, uint256 gross, uint256 net) internal pure returns (uint256) {
        unchecked {
            if (gross == 0) return 0;
            return Rounding.divUp(sumE8 * Rounding.divUp((gross - net) << 32, gross), 2 ** 33);
        }
    }

    /// @custom:spec MRG-043
    function liquidity(Market memory m, uint256 open) internal pure returns (uint256) {
        unchecked {
            uint256 units = Rounding.min(Rounding.divUp(open * ONE, m.spotE8), UNITS_MAX_E8);
            uint256 crowd = (m.crowdingE8 * m.openInterestE8) / ONE;
            uint256 rate = Rounding.divUp(m.slippageE8 * Rounding.max(units, crowd), m.depthE8);
            return Rounding.divUp(open * Rounding.min(m.slippageCapE8, rate), ONE);
        }
    }
}
