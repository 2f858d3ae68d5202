// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InterestParameters} from "../interfaces/IRiskParameters.sol";
import {InterestRates} from "../oracle/InterestRates.sol";

/// @notice The curve of interest and the indices that it moves, by the figures that the engine is held to (`LedgerTests`).
contract InterestRatesTest {
    uint256 private constant ONE = 1e8;
    uint256 private constant ONE_E12 = 1e12;
    uint256 private constant YEAR = 31_536_000;

    function test_rate_isStraightBelowAndAboveTheKink() public pure {
        assert(InterestRates.rateE12(_curve(), 0) == 20_000_000_000);
        assert(InterestRates.rateE12(_curve(), 40_000_000) == 60_000_000_000);
        assert(InterestRates.rateE12(_curve(), 80_000_000) == 100_000_000_000);
        assert(InterestRates.rateE12(_curve(), 90_000_000) == 550_000_000_000);
        assert(InterestRates.rateE12(_curve(), ONE) == ONE_E12);
    }

    function test_utilisation_isTheShareThatIsLent() public pure {
        assert(InterestRates.utilisationE8(0, 0) == 0 && InterestRates.utilisationE8(0, 5) == 0);
        assert(InterestRates.utilisationE8(5, 5) == ONE && InterestRates.utilisationE8(6, 5) == ONE);
        assert(InterestRates.utilisationE8(1, 0) == ONE && InterestRates.utilisationE8(1, 3) == 33_333_333);
    }

    /// @dev Half lent out for a year at 7 %: debts grow by it, credits by four fifths of half of it.
    function test_accrue_aYearFeedsCreditsLessTheReserve() public pure {
        (uint256 debt, uint256 credit) = InterestRates.accrue(_curve(), ONE_E12, ONE_E12, 50 * ONE, 100 * ONE, YEAR);
        assert(debt == 1_070_000_000_000 && credit == 1_028_000_000_000);
        assert(InterestRates.reservedE8(50 * ONE, 100 * ONE, debt - ONE_E12, credit - ONE_E12) == 70_000_000);
        (debt, credit) = InterestRates.accrue(_curve(), ONE_E12, ONE_E12, 50 * ONE, 0, YEAR);
        assert(debt == 2 * ONE_E12 && credit == ONE_E12);
    }

    /// @dev Nobody is promised what nobody owes, and no index goes back.
    function testFuzz_accrue_promisesNoMoreThanIsOwed(
        uint64 debtIndex,
        uint64 creditIndex,
        uint96 debtBase,
        uint96 creditBase,
        uint32 elapsed
    ) public pure {
        uint256 debt = ONE_E12 + debtIndex / 4;
        // Both begin at one, and the credits' never grows faster.
        uint256 credit = ONE_E12 + (creditIndex % (debt - ONE_E12 + 1));
        (uint256 nextDebt, uint256 nextCredit) = InterestRates.accrue(
            _curve(),
            debt,
            credit,
            debtBase,
            creditBase,
            elapsed
        );
        assert(nextDebt >= debt && nextCredit >= credit);
        uint256 owedE20 = uint256(debtBase) * (nextDebt - debt) * (ONE - _curve().reserveE8);
        assert(uint256(creditBase) * (nextCredit - credit) * ONE <= owedE20);
        assert(nextCredit * debt <= credit * nextDebt && nextCredit <= InterestRates.INDEX_MAX);
        uint256 reservedE8 = InterestRates.reservedE8(debtBase, creditBase, nextDebt - debt, nextCredit - credit);
        uint256 owedE8 = (uint256(debtBase) * (nextDebt - debt)) / ONE_E12;
        // At least the reserve, and with what is promised no more than is owed.
        assert(reservedE8 >= (owedE8 * _curve().reserveE8) / ONE);
        assert(reservedE8 * ONE_E12 + uint256(creditBase) * (nextCredit - credit) <= owedE8 * ONE_E12);
    }

    /// @dev Debts of a hundred thousand against a credit of one unit: a minute at all that is lent out would bring its index to 15 millions.
    function test_accrue_dustOfCreditGrowsAsDebtsDo() public pure {
        (uint256 debt, uint256 credit) = InterestRates.accrue(_curve(), ONE_E12, ONE_E12, 100_000 * ONE, 1, 60);
        assert(debt == 1_000_001_902_588 && credit == debt);
    }

    function _curve() private pure returns (InterestParameters memory) {
        return InterestParameters(2e10, 1e11, 1e12, 80_000_000, 20_000_000);
    }
}
