// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Positions} from "../margin/Positions.sol";
import {Slice} from "../interfaces/ClearingTypes.sol";
import {Words} from "../margin/Words.sol";
import {Exposures} from "../clearing/Exposures.sol";
import {SignedDivision} from "../clearing/SignedDivision.sol";

/// @title Parts and prices of a lot
library LotMath {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;
    int256 internal constant ONE_SIGNED = 1e8;
    uint256 internal constant WORD = 32;
    /// @notice An account whose requirement is below this is sold whole: parts of it are worth nobody's gas.
    uint256 internal constant DUST_E8 = 100e8;
    /// @notice How long an account rests after a sale in part.
    uint256 internal constant REST_SECONDS = 300;
    uint256 internal constant E4 = 1e4;

    /// @notice `T(x, p)`: the part of a leg that belongs to the sold fraction, toward zero, so that slices add up.
    /// @dev Unchecked: |x| is at most 2^100 (MRG-003), and a fraction below 2^32.
    /// @custom:spec CLR-042
    function part(int256 x, uint256 soldE8) internal pure returns (int256) {
        unchecked {
            return (x * int256(soldE8)) / ONE_SIGNED;
        }
    }

    /// @notice The fraction whose sale at the largest discount brings equity back to the target.
    /// @custom:spec CLR-040
    function forSale(
        LiquidationParameters memory p,
        int256 equityE8,
        uint256 maintenanceE8
    ) internal pure returns (uint64) {
        if (equityE8 <= 0 || maintenanceE8 < DUST_E8) return uint64(ONE);
        int256 target = int256((uint256(p.targetE8) * maintenanceE8 + ONE - 1) / ONE);
        if (target <= equityE8) return 0;
        int256 spared = target - (equityE8 * int256(uint256(p.discountMaxE8))) / ONE_SIGNED;
        uint256 fraction = uint256(((target - equityE8) * ONE_SIGNED).ceil(spared));
        return uint64(fraction + p.bidMinE8 > ONE ? ONE : fraction);
    }

    /// @notice Whether what is left of a lot has reached the target under the margin that was shown last: then nobody may take more of it.
    /// @custom:spec CLR-041
    function isRestored(
        LiquidationParameters memory p,
        int256 equityE8,
        uint256 maintenanceE4,
        uint256 soldE8
    ) internal pure returns (bool) {
        uint256 targetE8 = (maintenanceE4 * E4 * p.targetE8) / ONE;
        return equityE8 >= int256((targetE8 * (ONE - soldE8)) / ONE) && equityE8 > 0;
    }

    /// @notice The most of a lot that one bid takes: what restores it as it is now, or the least bid.
    /// @dev Up, so that what is left is restored by a bid of so much at the largest discount.
    /// @param equityE8 Of what is left.
    /// @param maintenanceE8 Of what is left.
    /// @custom:spec CLR-041
    function bidMostUp(
        LiquidationParameters memory p,
        int256 equityE8,
        uint256 maintenanceE8,
        uint256 soldE8
    ) internal pure returns (uint64) {
        uint256 most = (forSale(p, equityE8, maintenanceE8) * (ONE - soldE8) + ONE - 1) / ONE;
        return uint64(most > p.bidMinE8 ? most : p.bidMinE8);
    }

    /// @notice What the margin that a lot keeps, of the whole, is of the unsold part.
    /// @custom:spec CLR-041
    function keptUp(uint256 maintenanceE4, uint256 soldE8) internal pure returns (uint256 maintenanceE8) {
        return (maintenanceE4 * E4 * (ONE - soldE8) + ONE - 1) / ONE;
    }

    /// @notice A margin in the unit that lots keep, rounded up. One beyond seven trillion dollars counts as the largest that fits: cut, it could count as none.
    function e4Up(uint256 amountE8) internal pure returns (uint56) {
        uint256 amountE4 = (amountE8 + E4 - 1) / E4;
        return amountE4 < type(uint56).max ? uint56(amountE4) : type(uint56).max;
    }

    /// @notice The discount after so many seconds of auction.
    /// @custom:spec CLR-041
    function discount(LiquidationParameters memory p, uint256 ageSeconds) internal pure returns (uint256) {
        if (ageSeconds >= p.discountRampSeconds) return p.discountMaxE8;
        return (uint256(p.discountMaxE8) * ageSeconds) / p.discountRampSeconds;
    }

    /// @notice What a bidder pays for a fraction of a lot with equity.
    /// @custom:spec CLR-041
    function priceUp(int256 equityE8, uint256 fractionE8, uint256 discountE8) internal pure returns (int256) {
        int256 share = (equityE8 * int256(fractionE8)).ceil(ONE_SIGNED);
        return (share * int256(ONE - discountE8)).ceil(ONE_SIGNED);
    }

    /// @notice What all of the fraction that a bidder named would cost, where less of it is taken for so much.
    /// @dev It is this that his bound is compared with, and not his bound's part with what is paid: a bound of any size overflows nothing.
    /// Unchecked: what is paid is below 2^128 (MRG-003), and a fraction that is taken is not 0.
    /// @custom:spec CLR-041
    function askedUp(int256 payE8, uint64 takenE8, uint64 askedE8) internal pure returns (int256 askedPayE8) {
        unchecked {
            int256 product = payE8 * int256(uint256(askedE8));
            askedPayE8 = product / int256(uint256(takenE8));
            if (askedPayE8 * int256(uint256(takenE8)) < product) ++askedPayE8;
        }
    }

    /// @notice What a bidder is paid for a fraction of a lot without: its share of the loss, and an incentive that rises with time.
    /// @custom:spec CLR-041
    function lossAndIncentiveDown(
        LiquidationParameters memory p,
        int256 equityE8,
        uint256 maintenanceE8,
        uint256 grossE8,
        uint256 fractionE8,
        uint256 ageSeconds
    ) internal pure returns (uint256 lossE8, uint256 incentiveE8) {
        lossE8 = (uint256(-equityE8) * fractionE8) / ONE;
        uint256 largest = (uint256(p.insolventPayMaxE8) * grossE8) / ONE;
        if (maintenanceE8 < largest) largest = maintenanceE8;
        uint256 age = ageSeconds < p.insolventRampSeconds ? ageSeconds : p.insolventRampSeconds;
        incentiveE8 = (largest * fractionE8 * age) / (ONE * p.insolventRampSeconds);
    }

    /// @notice The legs and tokens that a bid for [from, to) receives. A leg whose size rounds to nothing gives its cost to the cash.
    /// @custom:spec CLR-042
    /// @param state The lot's state; a word a leg (MRG-002).
    function slice(bytes calldata state, uint256 fromE8, uint256 toE8) internal pure returns (Slice memory received) {
        received.partE8 = ((toE8 - fromE8) * ONE) / (ONE - fromE8);
        (uint256 from, uint256 to) = Exposures.positionsOf(state);
        bytes memory words = new bytes(to - from);
        uint256 place;
        assembly ("memory-safe") {
            place := add(words, WORD)
        }
        for (; from < to; from += WORD) {
            uint256 leg = Words.inCalldata(from);
            int256 size = _between(Positions.sizeE8Of(leg), fromE8, toE8);
            // Options keep no cost.
            int256 cost = uint96(leg) == 0 ? int256(0) : _between(Positions.costE8Of(leg), fromE8, toE8);
            if (size == 0) {
                received.cashE8 -= cost;
                continue;
            }
            Words.store(place, AccountStates.pack(uint96(leg >> 160), size, cost));
            place += WORD;
        }
        // Safe: only ever shortens the array: at most a word a leg was written.
        assembly ("memory-safe") {
            mstore(words, sub(place, add(words, WORD)))
        }
        received.positions = words;
    }

    /// @dev The part of a leg that belongs to [from, to).
    function _between(int256 x, uint256 fromE8, uint256 toE8) private pure returns (int256) {
        unchecked {
            return part(x, toE8) - part(x, fromE8);
        }
    }

    /// @notice What is left of a lot: its state less the sold part. Nothing of a leg is left only when everything is sold.
    /// @custom:spec CLR-043
    function rest(AccountState memory lot, uint256 soldE8) internal pure returns (AccountState memory) {
        lot.cashE8 -= part(lot.cashE8, soldE8);
        uint256 n = lot.positions.length;
        for (uint256 i = 0; i < n; ++i) {
            Position memory leg = lot.positions[i];
            leg.sizeE8 -= part(leg.sizeE8, soldE8);
            leg.costE8 -= part(leg.costE8, soldE8);
        }
        if (soldE8 == ONE) lot.positions = new Position[](0);
        return lot;
    }
}
