// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountState, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {LiveMarket, LiveMarkets} from "../clearing/LiveMarkets.sol";
import {Needs} from "../clearing/Needs.sol";
import {SignedDivision} from "../clearing/SignedDivision.sol";

/// @title The legs of a lot: their notional, how open they are, and what each bears of a loss
library LotLegs {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;
    /// @notice A bankruptcy price is never further from the mark than this part of it.
    uint256 internal constant PART_MAX_E8 = 5e7;

    /// @notice The notional of all legs at live spots, and the underlying that most of what is open of it is in, of equals the larger one; 0 without legs.
    /// @custom:spec CLR-041
    function notional(
        bytes memory records,
        AccountState memory state,
        uint256[] memory openE8
    ) internal pure returns (uint256 grossE8, uint16 main) {
        uint256 largest = 0;
        uint256 sum = 0;
        for (uint256 i = 0; i < openE8.length; ++i) {
            Position memory leg = state.positions[i];
            uint16 underlying = uint16(Instruments.underlyingOf(leg.instrument));
            if (i == 0 || Instruments.underlyingOf(state.positions[i - 1].instrument) != underlying) sum = 0;
            uint256 one = (leg.sizeE8.abs() * LiveMarkets.find(records, underlying).spotE8) / ONE;
            (grossE8, sum) = (grossE8 + one, sum + one);
            // A notional is below 2^128: positions are at most 128 times 2^53 at 2^48.
            uint256 rank = (((sum * openE8[i]) / ONE) << 128) | sum;
            if (rank > largest) (largest, main) = (rank, underlying);
        }
    }

    /// @notice Of each leg, which part of its underlying's legs the others do not hedge, rounded up.
    /// @custom:spec CLR-045
    function openness(
        bytes memory records,
        AccountState memory state,
        uint256 time
    ) internal pure returns (uint256[] memory openE8) {
        uint256 n = state.positions.length;
        openE8 = new uint256[](n);
        for (uint256 i = 0; i < n;) {
            uint256 underlying = Instruments.underlyingOf(state.positions[i].instrument);
            uint256 to = i;
            while (to < n && Instruments.underlyingOf(state.positions[to].instrument) == underlying) ++to;
            uint256 open = _openOf(LiveMarkets.find(records, underlying), state.positions, i, to, time);
            for (; i < to; ++i) openE8[i] = open;
        }
    }

    /// @dev The largest of three prices, a range below and above spot: a straddle is open though it moves with nothing now.
    function _openOf(
        LiveMarket memory market,
        Position[] memory legs,
        uint256 from,
        uint256 to,
        uint256 time
    ) private pure returns (uint256 openE8) {
        uint256 moved = (market.spotE8 * market.priceRangeE8) / ONE;
        uint256[3] memory spots = [market.spotE8, market.spotE8 + moved, Math.saturatingSub(market.spotE8, moved)];
        for (uint256 k = 0; k < 3; ++k) {
            (int256 net, uint256 gross) = (0, 0);
            for (uint256 i = from; i < to; ++i) {
                int256 delta = Needs.deltaE8(legs[i], spots[k], market.priceRangeE8, time);
                (net, gross) = (net + delta, gross + delta.abs());
            }
            if (gross != 0) openE8 = Math.max(openE8, Math.ceilDiv(net.abs() * ONE, gross));
        }
    }

    /// @notice The parts of their marks by which legs move to make up for a loss: each by how open it is, and what half a mark of those cannot bear by gross alone, until it is borne or every leg is at half.
    /// @dev Every pass after the first bears all that is left or takes a leg to half: it ends. Nothing is cut on the way, so that parts below half never bear less than the loss.
    /// @custom:spec CLR-045
    function parts(
        uint256[] memory grossE8,
        uint256[] memory openE8,
        uint256 lossE8
    ) internal pure returns (uint256[] memory partsE8) {
        uint256 n = grossE8.length;
        partsE8 = new uint256[](n);
        uint256 owedE16 = lossE8 * ONE;
        uint256[] memory weightsE8 = openE8;
        while (owedE16 != 0) {
            bool byOpen = weightsE8.length != 0;
            uint256 weighted = 0;
            for (uint256 i = 0; i < n; ++i) {
                if (partsE8[i] != PART_MAX_E8) weighted += byOpen ? (grossE8[i] * weightsE8[i]) / ONE : grossE8[i];
            }
            if (weighted == 0 && !byOpen) return partsE8;
            uint256 shift = weighted == 0 ? 0 : Math.ceilDiv(owedE16, weighted);
            uint256 borneE16 = 0;
            for (uint256 i = 0; i < n; ++i) {
                uint256 more = byOpen ? Math.ceilDiv(shift * weightsE8[i], ONE) : shift;
                partsE8[i] = Math.min(partsE8[i] + more, PART_MAX_E8);
                borneE16 += grossE8[i] * partsE8[i];
            }
            owedE16 = Math.saturatingSub(lossE8 * ONE, borneE16);
            weightsE8 = new uint256[](0);
        }
    }
}
