// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice Interest is of those who lent and owed while it ran (CLR-032): nobody who comes for a moment has a part in it, or in its rate.
contract ClearinghouseInterestTest is ProtocolFixture {
    uint64 private lender;
    uint64 private borrower;
    uint64 private visitor;

    /// @dev A pool of a million of which 800,000 are lent out.
    function setUp() public {
        deploy();
        lender = openWith(1_000_000);
        borrower = open();
        visitor = open();
        deposit(borrower, WETH_TOKEN, 1_000e18);
        withdraw(lender, USDC_TOKEN, 1);
        withdraw(borrower, USDC_TOKEN, 800_000e6);
        pass(300);
    }

    /// @dev What an operation finds is what the next checkpoint will say, and nothing more comes in the same block.
    function test_accrue_isOnceABlockAndAsTheViewSays() public {
        (uint64 debt, uint64 credit) = hub.indices();
        assert(debt > 1e12 && credit > 1e12);
        withdraw(lender, USDC_TOKEN, 1);
        assert(unpacked(lender).interestIndexE12 == credit);
        _requireIndices(debt, credit);
        hub.accrue();
        hub.checkpoint();
        _requireIndices(debt, credit);
    }

    /// @dev Ninety millions for one transaction, around a checkpoint: the lender has the interest of the time before, and the visitor takes out what he brought.
    function test_visitorAroundACheckpoint_takesNoInterest() public {
        (uint64 debt, uint64 credit) = hub.indices();
        deposit(visitor, USDC_TOKEN, 90_000_000e6);
        withdraw(visitor, USDC_TOKEN, 1);
        hub.checkpoint();
        withdraw(visitor, USDC_TOKEN, 90_000_000e6 - 1);
        assert(usdc.balanceOf(ownerOf(visitor)) == 90_000_000e6 && unpacked(visitor).cashE8 == 0);
        _requireIndices(debt, credit);
        withdraw(lender, USDC_TOKEN, 1);
        // 10 % a year at four fifths of the pool, less the reserve of a fifth.
        int256 interestE8 = unpacked(lender).cashE8 - 1_000_000e8 + 200;
        int256 expectedE8 = (int256(800_000e8) * 10 * 80 * 300) / (int256(100) * 100 * 31_536_000);
        assert(interestE8 <= expectedE8 && interestE8 > expectedE8 - 1e6);
        requireConserved();
    }

    /// @dev A whale that lends for a moment does not lower what borrowers owe for the time before, nor does one that borrows all that is left raise it.
    function test_visitorAroundACheckpoint_movesNoRateOfTheTimeBefore() public {
        (uint64 debt, uint64 credit) = hub.indices();
        deposit(visitor, WETH_TOKEN, 500e18);
        withdraw(visitor, USDC_TOKEN, 199_000e6);
        hub.checkpoint();
        _requireIndices(debt, credit);
        // From now on nearly all is lent out.
        pass(300);
        (uint64 dearDebt, ) = hub.indices();
        assert(dearDebt - debt > 5 * (debt - 1e12));
    }

    function _requireIndices(uint64 debtE12, uint64 creditE12) private view {
        (uint64 debt, uint64 credit) = hub.indices();
        assert(debt == debtE12 && credit == creditE12);
    }
}
