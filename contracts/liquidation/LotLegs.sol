// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountState, Position} from "../margin/AccountStates.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {LiveMarket, LiveMarkets} from "../clearing/LiveMarkets.sol";
import {Needs} from "../clearing/Needs.sol";
import {SignedDivision} from "../clearing/SignedDivision.sol";

/// @title The legs of a lot: their notional, how open they are, and what each bears of a loss
library LotLegs {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;
    uint256 internal constant WORD = 32;
    /// @notice A bankruptcy price is never further from the mark than this part of it.
    uint256 internal constant PART_MAX_E8 = 5e7;

    /// @dev An underlying whose open part is less than this part of the whole does not count as the main one for it: dust could name any.
    uint256 internal constant MAIN_PARTS = 100;

    /// @notice What the legs of a lot are, of which each underlying's stand together.
    struct Look {
        /// @dev Of each leg, which part of its underlying's legs neither others nor the account's tokens hedge, rounded up.
        uint256[] openE8;
        /// @dev The notional of all legs at live spots.
        uint256 grossE8;
        /// @dev The underlying that most of what is open is in; where next to nothing is, the largest; 0 without legs.
        uint16 main;
    }

    /// @dev The legs of one underlying, up to `to`.
    struct Group {
        uint256 from;
        uint256 to;
        uint256 grossE8;
        uint256 openE8;
    }

    /// @notice Looks at all legs.
    /// @param balances The tokens that count beside them.
    /// @custom:spec CLR-041
    /// @custom:spec CLR-045
    function look(
        bytes memory checkpoint,
        bytes memory records,
        AccountState memory state,
        bytes memory balances,
        uint256 time
    ) internal pure returns (Look memory seen) {
        uint256 n = state.positions.length;
        seen.openE8 = new uint256[](n);
        (uint256 mostOpen, uint256 mostGross) = (0, 0);
        for (uint256 i = 0; i < n;) {
            uint16 underlying = uint16(Instruments.underlyingOf(state.positions[i].instrument));
            uint256 heldE8 = unitsE8(checkpoint, balances, underlying);
            Group memory group = _group(LiveMarkets.find(records, underlying), state.positions, i, heldE8, time);
            for (; i < group.to; ++i) seen.openE8[i] = group.openE8;
            seen.grossE8 += group.grossE8;
            // A notional is below 2^128: positions are at most 128 times 2^53 at 2^48. Of equals the larger one.
            uint256 rank = (((group.grossE8 * group.openE8) / ONE) << 128) | group.grossE8;
            if (rank > mostOpen) (mostOpen, seen.main) = (rank, underlying);
            if (group.grossE8 << 16 > mostGross) mostGross = (group.grossE8 << 16) | underlying;
        }
        if ((mostOpen >> 128) * MAIN_PARTS < seen.grossE8) seen.main = uint16(mostGross);
    }

    /// @notice Units of an underlying that tokens are.
    function unitsE8(
        bytes memory checkpoint,
        bytes memory balances,
        uint256 underlying
    ) internal pure returns (uint256 heldE8) {
        for (uint256 i = 0; i < balances.length / WORD; ++i) {
            uint256 balance = LiveMarkets.word(balances, i);
            // The hub tells a token's record at its number.
            uint256 record = LiveMarkets.word(checkpoint, Checkpoints.HEADER_WORDS + (balance >> 240));
            if (uint16(record >> 224) != underlying) continue;
            heldE8 += (uint128(balance) * uint256(uint64(record >> 120))) / 10 ** uint8(record >> 216);
        }
    }

    /// @dev How open: the largest of three prices, a range below and above spot, since a straddle is open though it moves with nothing now. So is what no price near moves: a wing far away hedges nothing.
    function _group(
        LiveMarket memory market,
        Position[] memory legs,
        uint256 from,
        uint256 heldE8,
        uint256 time
    ) private pure returns (Group memory group) {
        group.from = from;
        uint256 underlying = Instruments.underlyingOf(legs[from].instrument);
        for (group.to = from; group.to < legs.length; ++group.to) {
            Position memory leg = legs[group.to];
            if (Instruments.underlyingOf(leg.instrument) != underlying) break;
            group.grossE8 += (leg.sizeE8.abs() * market.spotE8) / ONE;
        }
        (uint256 spotE8, uint256 moved) = (market.spotE8, (market.spotE8 * market.priceRangeE8) / ONE);
        group.openE8 = _openAt(legs, group, market.priceRangeE8, spotE8, heldE8, time);
        group.openE8 = Math.max(group.openE8, _openAt(legs, group, market.priceRangeE8, spotE8 + moved, heldE8, time));
        spotE8 = Math.saturatingSub(spotE8, moved);
        group.openE8 = Math.max(group.openE8, _openAt(legs, group, market.priceRangeE8, spotE8, heldE8, time));
        group.openE8 = group.openE8 == 0 ? ONE : Math.min(group.openE8 - 1, ONE);
    }

    /// @dev How open at a price, and one more: 0 where it moves nothing.
    function _openAt(
        Position[] memory legs,
        Group memory group,
        uint256 rangeE8,
        uint256 spotE8,
        uint256 heldE8,
        uint256 time
    ) private pure returns (uint256) {
        (int256 net, uint256 gross) = (int256(heldE8), 0);
        // The legs of an expiry stand together: its root is taken once.
        (uint256 expiry, uint256 widthE8) = (0, 0);
        for (uint256 i = group.from; i < group.to; ++i) {
            Position memory leg = legs[i];
            int256 delta = leg.sizeE8;
            if (Instruments.isOption(leg.instrument)) {
                if (Instruments.expiryOf(leg.instrument) != expiry) {
                    expiry = Instruments.expiryOf(leg.instrument);
                    widthE8 = Needs.widthOf(spotE8, rangeE8, Needs.rootOf(expiry, time));
                }
                delta = Needs.optionPositionDeltaE8(leg, spotE8, widthE8);
            }
            (net, gross) = (net + delta, gross + delta.abs());
        }
        return gross == 0 ? 0 : Math.ceilDiv(net.abs() * ONE, gross) + 1;
    }

    /// @notice The parts of their marks by which legs move to make up for a loss: each by how open it is, and at most half of what is open of its mark; what that does not bear by gross alone, until it is borne or every leg is at half.
    /// @dev Every pass after the first bears all that is left or takes a leg to half: it ends. Nothing is cut on the way, so that parts below half never bear less than the loss.
    /// @custom:spec CLR-045
    function parts(
        uint256[] memory grossE8,
        uint256[] memory openE8,
        uint256 lossE8
    ) internal pure returns (uint256[] memory partsE8) {
        uint256 n = grossE8.length;
        partsE8 = new uint256[](n);
        uint256[] memory most = new uint256[](n);
        for (uint256 i = 0; i < n; ++i) most[i] = (PART_MAX_E8 * openE8[i]) / ONE;
        uint256 owedE16 = _bear(partsE8, most, grossE8, openE8, lossE8);
        uint256[] memory alike = new uint256[](n);
        for (uint256 i = 0; i < n; ++i) (most[i], alike[i]) = (PART_MAX_E8, ONE);
        for (uint256 before = 0; owedE16 != 0 && owedE16 != before;) {
            before = owedE16;
            owedE16 = _bear(partsE8, most, grossE8, alike, lossE8);
        }
    }

    /// @notice The mark moved by a part of it in the account's favour: up for a leg that sells, down for one that buys.
    /// @custom:spec CLR-045
    function bankruptcyE8(int256 markE8, uint256 partE8, bool isLong) internal pure returns (int256) {
        int256 moved = (markE8 * int256(partE8)).ceil(int256(ONE));
        return isLong ? markE8 + moved : markE8 - moved;
    }

    /// @dev One pass: what is not borne yet falls on all legs below their most, by gross and weight.
    /// @return owedE16 What is left.
    function _bear(
        uint256[] memory partsE8,
        uint256[] memory most,
        uint256[] memory grossE8,
        uint256[] memory weightsE8,
        uint256 lossE8
    ) private pure returns (uint256 owedE16) {
        (uint256 weighted, uint256 borneE16) = (0, 0);
        for (uint256 i = 0; i < partsE8.length; ++i) {
            borneE16 += grossE8[i] * partsE8[i];
            if (partsE8[i] != most[i]) weighted += (grossE8[i] * weightsE8[i]) / ONE;
        }
        owedE16 = Math.saturatingSub(lossE8 * ONE, borneE16);
        if (weighted == 0) return owedE16;
        uint256 shift = Math.ceilDiv(owedE16, weighted);
        borneE16 = 0;
        for (uint256 i = 0; i < partsE8.length; ++i) {
            partsE8[i] = Math.min(partsE8[i] + Math.ceilDiv(shift * weightsE8[i], ONE), most[i]);
            borneE16 += grossE8[i] * partsE8[i];
        }
        return Math.saturatingSub(lossE8 * ONE, borneE16);
    }
}
