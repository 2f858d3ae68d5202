// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CashLedger} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {InterestParameters} from "../interfaces/IRiskParameters.sol";
import {build} from "./Artifacts.sol";
import {VM, IVm} from "./IVm.sol";
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

    /// @dev Whatever the reserve was in between, what debtors owe more is what creditors and insurance have more: nothing is made, and but for roundings nothing is left.
    function testFuzz_reserve_movesNoInterestOfTheTimeBefore(uint32 first, uint32 second, uint32 seconds_) public {
        uint256 elapsed = 300 + (seconds_ % 30 days);
        parameters.setInterest(InterestParameters(2e10, 1e11, 1e12, 80_000_000, first % (1e8 + 1)));
        pass(elapsed);
        withdraw(lender, USDC_TOKEN, 1);
        parameters.setInterest(InterestParameters(2e10, 1e11, 1e12, 80_000_000, second % (1e8 + 1)));
        pass(elapsed);
        hub.checkpoint();
        withdraw(borrower, USDC_TOKEN, 1);
        withdraw(lender, USDC_TOKEN, 1);
        _requireNothingLeft();
    }

    /// @dev The whole of a month's interest to insurance, said a moment before the debtor comes: until now credits had four fifths of it, too.
    function test_reserve_raisedMakesNoCash() public {
        pass(30 days);
        hub.accrue();
        parameters.setInterest(InterestParameters(2e10, 1e11, 1e12, 80_000_000, 1e8));
        withdraw(borrower, USDC_TOKEN, 1);
        withdraw(lender, USDC_TOKEN, 1);
        _requireNothingLeft();
    }

    /// @dev The other way a fifth of it was nobody's.
    function test_reserve_loweredStrandsNoCash() public {
        pass(30 days);
        hub.accrue();
        parameters.setInterest(InterestParameters(2e10, 1e11, 1e12, 80_000_000, 0));
        withdraw(borrower, USDC_TOKEN, 1);
        withdraw(lender, USDC_TOKEN, 1);
        _requireNothingLeft();
    }

    /// @dev Most of the pool is insurance's: credits grow as debts do, and the rest of what debtors pay is insurance's.
    function test_insuranceLent_earnsWhatCreditsDoNot() public {
        usdc.mint(address(this), 5_000_000e6);
        usdc.approve(address(vault), 5_000_000e6);
        insurance.fund(5_000_000e6);
        deposit(borrower, WETH_TOKEN, 3_000e18);
        withdraw(borrower, USDC_TOKEN, 3_200_000e6);
        hub.checkpoint();
        (uint64 debtBefore, uint64 creditBefore) = hub.indices();
        uint256 before = insurance.balanceE8();
        pass(1 days);
        hub.checkpoint();
        (uint64 debt, uint64 credit) = hub.indices();
        assert(uint256(credit) * debtBefore <= uint256(creditBefore) * debt);
        // Of 100 % a year on four millions a quarter goes to the million of credits.
        uint256 earnedE8 = insurance.balanceE8() - before;
        assert(earnedE8 > 8_218e8 && earnedE8 < 8_221e8);
        withdraw(borrower, USDC_TOKEN, 1);
        withdraw(lender, USDC_TOKEN, 1);
        _requireNothingLeft();
    }

    /// @dev A curve is for the time from the next checkpoint on.
    function test_setInterest_isNotForTheTimeBefore() public {
        (uint64 debt, uint64 credit) = hub.indices();
        parameters.setInterest(InterestParameters(1e12, 1e12, 3e12, 80_000_000, 20_000_000));
        _requireIndices(debt, credit);
        hub.checkpoint();
        _requireIndices(debt, credit);
        pass(300);
        (uint64 dearDebt, ) = hub.indices();
        assert(dearDebt - debt > 9 * (debt - 1e12));
    }

    /// @dev What the events say is what the ledger does (P12).
    function test_accrue_isToldWithWhatInsuranceGets() public {
        CashLedger memory before = clearinghouse.ledger();
        VM.recordLogs();
        hub.checkpoint();
        IVm.Log[] memory logs = VM.getRecordedLogs();
        CashLedger memory later = clearinghouse.ledger();
        uint256 told = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != keccak256("InterestAccrued(uint64,uint64,uint256)")) continue;
            (uint64 debt, uint64 credit, uint256 insuranceE8) = abi.decode(logs[i].data, (uint64, uint64, uint256));
            _requireIndices(debt, credit);
            assert(insuranceE8 > 0 && later.insuranceE8 == before.insuranceE8 + insuranceE8);
            assert(later.interestE8 == before.interestE8 - int256(insuranceE8));
            ++told;
        }
        assert(told == 1);
        requireConserved();
    }

    /// @dev Who stakes after a month in which nobody touched anything pays for the interest that insurance has earned in it.
    function test_stake_paysForInterestThatNobodyHasBookedYet() public {
        _stake(address(0xa1));
        pass(30 days);
        uint256 snapshot = VM.snapshotState();
        hub.accrue();
        uint256 shares = _stake(address(0xb1));
        VM.revertToState(snapshot);
        assert(_stake(address(0xb1)) == shares && shares < 10_000e8);
    }

    /// @dev Of a hub that has no clearinghouse yet there is nothing to reckon, and nothing to fail.
    function test_accrue_beforeItIsConnectedLeavesTheIndices() public {
        IPriceHub bare = IPriceHub(
            build("contracts/oracle/PriceHub.sol:PriceHub", abi.encode(manager, parameters, vault, spots))
        );
        bare.accrue();
        pass(60);
        (uint64 debt, uint64 credit) = bare.indices();
        assert(debt == 1e12 && credit == 1e12);
    }

    function test_bookInterest_isTheHubsAlone() public {
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotConnected.selector, address(this)));
        IClearinghouseModules(address(clearinghouse)).bookInterest(1);
    }

    function _stake(address who) private returns (uint256) {
        usdc.mint(who, 10_000e6);
        VM.prank(who);
        usdc.approve(address(vault), 10_000e6);
        VM.prank(who);
        return insurance.stake(10_000e6, 1);
    }

    /// @dev After both were touched at these indices.
    function _requireNothingLeft() private view {
        int256 leftE8 = clearinghouse.ledger().interestE8;
        require(leftE8 >= 0, Broken("cash that nobody owes"));
        require(leftE8 < 30, Broken("interest that is nobody's"));
        requireConserved();
    }

    function _requireIndices(uint64 debtE12, uint64 creditE12) private view {
        (uint64 debt, uint64 credit) = hub.indices();
        assert(debt == debtE12 && credit == creditE12);
    }
}
