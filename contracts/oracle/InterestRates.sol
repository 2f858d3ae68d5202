// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InterestParameters} from "../interfaces/IRiskParameters.sol";

/// @title Debt and credit indices
/// @custom:spec CLR-032
library InterestRates {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant ONE_E12 = 1e12;
    uint256 internal constant YEAR = 31_536_000;
    uint256 internal constant INDEX_MAX = 2 ** 63 - 1;

    /// @notice Share of the credits that is lent out, at most all of it.
    function utilisationE8(uint256 debtE8, uint256 creditE8) internal pure returns (uint256) {
        if (debtE8 == 0) return 0;
        if (debtE8 >= creditE8) return ONE;
        return (debtE8 * ONE) / creditE8;
    }

    /// @notice A yearly rate that rises slowly up to the kink and fast above it.
    function rateE12(InterestParameters memory p, uint256 usedE8) internal pure returns (uint256) {
        if (usedE8 <= p.kinkUtilisationE8) {
            return p.baseRateE12 + ((p.kinkRateE12 - p.baseRateE12) * usedE8) / p.kinkUtilisationE8;
        }
        return
            p.kinkRateE12 +
            ((p.maxRateE12 - p.kinkRateE12) * (usedE8 - p.kinkUtilisationE8)) / (ONE - p.kinkUtilisationE8);
    }

    /// @notice Both indices after `elapsedSeconds`: the debt's rounded up, the credit's fed by what all debts at least owe more, less the reserve, and never faster than the debt's.
    /// Why never faster: where next to nothing is credited, the interest of all debts on it would drive the index to its end for ever. Beginning below the debt's it stays there, and needs no end of its own.
    function accrue(
        InterestParameters memory p,
        uint256 debtIndexE12,
        uint256 creditIndexE12,
        uint256 debtBaseE8,
        uint256 creditBaseE8,
        uint256 elapsedSeconds
    ) internal pure returns (uint256 nextDebtE12, uint256 nextCreditE12) {
        nextDebtE12 = _grown(
            p,
            debtIndexE12,
            (debtBaseE8 * debtIndexE12) / ONE_E12,
            (creditBaseE8 * creditIndexE12 + ONE_E12 - 1) / ONE_E12,
            elapsedSeconds
        );
        if (creditBaseE8 == 0) return (nextDebtE12, creditIndexE12);
        uint256 shareE8 = (debtBaseE8 * (nextDebtE12 - debtIndexE12)) / ONE_E12;
        shareE8 = (shareE8 * (ONE - p.reserveE8)) / ONE;
        nextCreditE12 = _atMost(
            creditIndexE12 + (shareE8 * ONE_E12) / creditBaseE8,
            (creditIndexE12 * nextDebtE12) / debtIndexE12
        );
    }

    /// @notice What all debts at least owe more for a growth of their index, less what all credits at most are promised for a growth of theirs: insurance's. Never negative for growths of `accrue`, of one or of several in a row.
    function reservedE8(
        uint256 debtBaseE8,
        uint256 creditBaseE8,
        uint256 debtGrowthE12,
        uint256 creditGrowthE12
    ) internal pure returns (uint256) {
        return (debtBaseE8 * debtGrowthE12) / ONE_E12 - (creditBaseE8 * creditGrowthE12 + ONE_E12 - 1) / ONE_E12;
    }

    function _grown(
        InterestParameters memory p,
        uint256 indexE12,
        uint256 debtE8,
        uint256 creditE8,
        uint256 elapsedSeconds
    ) private pure returns (uint256) {
        uint256 growth = indexE12 * rateE12(p, utilisationE8(debtE8, creditE8)) * elapsedSeconds;
        return _atMost(indexE12 + (growth + ONE_E12 * YEAR - 1) / (ONE_E12 * YEAR), INDEX_MAX);
    }

    function _atMost(uint256 value, uint256 largest) private pure returns (uint256) {
        return value < largest ? value : largest;
    }
}
