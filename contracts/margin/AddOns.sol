// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Markets} from "./Markets.sol";
import {Records} from "./Records.sol";
import {Terms} from "./RiskGroups.sol";
import {Rounding} from "./Rounding.sol";
import {Words} from "./Words.sol";
// prettier-ignore
// solhint-disable-next-line no-unused-import
import {R_ABOVE, R_BASIS, R_BELOW, R_DELTA, R_GROSS, R_PRICE_RANGE, R_RATE, R_RECORD, R_STALE, R_TAU, R_TIME, R_VEGA} from "./Workspace.sol";

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
    function addBucket(int256 slopeE16, uint256 tau) internal pure {
        unchecked {
            if (slopeE16 == 0) return;
            uint256 delta = Rounding.divUp(2 * Rounding.magnitude(slopeE16), Words.load(R_PRICE_RANGE));
            // Safe: writes words of the workspace.
            assembly ("memory-safe") {
                let sign := sar(255, slopeE16)
                mstore(R_DELTA, add(mload(R_DELTA), sub(xor(delta, sign), sign)))
                mstore(R_GROSS, add(mload(R_GROSS), delta))
            }
            Words.add(R_BASIS, Rounding.divUp(basisRateE8(Words.load(R_RECORD), tau) * delta, ONE));
        }
    }

    /// @notice `c_b` of a bucket.
    /// @custom:spec MRG-042
    function basisRateE8(uint256 record, uint256 tau) internal pure returns (uint256) {
        unchecked {
            uint256 grown = Rounding.divUp(Records.basisRateE8(record) * tau, YEAR);
            return Rounding.min(ONE, Rounding.max(Records.basisChargeE8(record), grown));
        }
    }

    /// @notice Whether the surface of the open expiry is past its age.
    /// @custom:spec MRG-044
    function isStale() internal pure returns (bool) {
        unchecked {
            return Words.load(R_TIME) > Markets.surfaceTime() + SURFACE_AGE_SECONDS;
        }
    }

    /// @notice Adds the vega of the open expiry, below and above its forward, at the ordinary and at the stale charge.
    /// @custom:spec MRG-044
    function addVega() internal pure {
        unchecked {
            uint256 sum = Rounding.magnitude(Words.loadSigned(R_BELOW)) + Rounding.magnitude(Words.loadSigned(R_ABOVE));
            uint256 vega = Rounding.divUp(sum, 2 * ONE);
            uint256 chargeE8 = Records.vegaChargeE8(Words.load(R_RECORD));
            uint256 ordinary = Rounding.divUp(chargeE8 * vega, ONE);
            Words.add(R_VEGA, ordinary);
            uint256 time = Words.load(R_TIME);
            uint256 published = Markets.surfaceTime();
            if (time <= published + SURFACE_AGE_SECONDS) return;
            uint256 late = Rounding.min(time - published - SURFACE_AGE_SECONDS, STALE_RAMP_SECONDS);
            uint256 charge = chargeE8 + Rounding.divUp((ONE - chargeE8) * late, STALE_RAMP_SECONDS);
            Words.add(R_STALE, Rounding.divUp(charge * vega, ONE) - ordinary);
        }
    }

    /// @notice Adds the open expiry to the rate charge's sum: `Σ_options size·value(13)`.
    /// @custom:spec MRG-045
    function addRate(int256 worthE16) internal pure {
        unchecked {
            uint256 worthE8 = Rounding.divUp(Rounding.magnitude(worthE16), ONE);
            Words.add(R_RATE, Rounding.divUp(worthE8 * Words.load(R_TAU), YEAR));
        }
    }

    /// @notice Turns the sums into the terms of the underlying.
    function finish(Terms memory terms) internal pure {
        unchecked {
            uint256 record = Words.load(R_RECORD);
            uint256 net = Rounding.magnitude(Words.loadSigned(R_DELTA));
            uint256 gross = Words.load(R_GROSS);
            terms.netE8 = net;
            terms.grossE8 = gross;
            terms.basisE8 = basis(Words.load(R_BASIS), gross, net);
            terms.liquidityE8 = liquidity(record, net + Rounding.divUp(gross - net, 2));
            terms.vegaE8 = Words.load(R_VEGA);
            terms.staleE8 = Words.load(R_STALE);
            terms.rateE8 = Rounding.divUp(Records.rateChargeE8(record) * Words.load(R_RATE), ONE);
        }
    }

    /// @notice The second part of `IM`: the spread on what spot collateral does not cover.
    /// @custom:spec MRG-052
    function spread(uint256 record, uint256 uncoveredE8) internal pure returns (uint256) {
        unchecked {
            uint256 rateE8 = Rounding.divUp(Records.spreadE8(record) * ONE, Records.spotE8(record));
            return Rounding.divUp(rateE8 * uncoveredE8, ONE);
        }
    }

    /// @notice How far 0 is from what lies between the delta without the spot collateral and that with it.
    /// @param deltaE8 With it.
    /// @param spotDeltaE8 Its own.
    /// @custom:spec MRG-052
    function uncovered(int256 deltaE8, uint256 spotDeltaE8) internal pure returns (uint256) {
        unchecked {
            if (deltaE8 < 0) return uint256(-deltaE8);
            return uint256(deltaE8) > spotDeltaE8 ? uint256(deltaE8) - spotDeltaE8 : 0;
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
    function liquidity(uint256 record, uint256 open) internal pure returns (uint256) {
        unchecked {
            uint256 units = Rounding.min(Rounding.divUp(open * ONE, Records.spotE8(record)), UNITS_MAX_E8);
            uint256 crowd = (Records.crowdingE8(record) * Records.openInterestE8(record)) / ONE;
            uint256 rate = Rounding.divUp(
                Records.slippageE8(record) * Rounding.max(units, crowd),
                Records.depthE8(record)
            );
            return Rounding.divUp(open * Rounding.min(Records.slippageCapE8(record), rate), ONE);
        }
    }
}
