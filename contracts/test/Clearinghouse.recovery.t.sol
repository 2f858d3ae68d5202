// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {LotFixture} from "./LotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice A loss that nobody paid: who leaves takes his share with him, and later fees give it back, to him as to those who stay.
contract ClearinghouseRecoveryTest is LotFixture {
    uint64 private leaver;
    uint64 private stayer;
    uint256 private lostE8;

    function setUp() public {
        deploy();
        leaver = openWith(100_000);
        stayer = openWith(300_000);
        trade(leaver, stayer, btcPerpetual, 1e6, BTC_PRICE);
        trade(stayer, leaver, btcPerpetual, 1e6, BTC_PRICE);
        uint64 debtor = open();
        deposit(debtor, WETH_TOKEN, 10e18);
        withdraw(debtor, USDC_TOKEN, 20_000e6);
        setEth(2_500e8);
        while (spots.spotOf(ETH).spotE8 != 1_500e8 || spots.spotOf(ETH).state != 0) {
            pass(1800);
            setEth(1_500e8);
            spots.update(ETH);
        }
        uint64 lot = startLot(debtor);
        pass(60);
        bidFor(lot, stayer, 1e8, 0);
        finishLot(lot);
        pass(1800);
        uint256 before = usdc.balanceOf(ownerOf(leaver));
        withdraw(leaver, USDC_TOKEN, 50_000e6);
        lostE8 = (50_000e6 - (usdc.balanceOf(ownerOf(leaver)) - before)) * 100;
        assert(lostE8 > 0);
    }

    function test_recovery_feesPayBothInProportion() public {
        assert(clearinghouse.lossOf(ownerOf(leaver)) == lostE8);
        uint256 standing = clearinghouse.deficit();
        _tradeForFees();
        uint256 fees = clearinghouse.ledger().feesE8;
        assert(fees > 0 && fees < standing);
        clearinghouse.coverLosses();
        requireConserved();
        uint256 back = clearinghouse.heldFor(ownerOf(leaver));
        assert(back == (fees * lostE8) / (standing + lostE8) || back + 1 == (fees * lostE8) / (standing + lostE8));
        assert(clearinghouse.deficit() == standing - (fees - clearinghouse.heldE8()));
        assert(clearinghouse.lossOf(ownerOf(leaver)) == lostE8 - back);
        VM.prank(ownerOf(leaver));
        uint128 paid = clearinghouse.claim(address(0xBACC));
        assert(usdc.balanceOf(address(0xBACC)) == paid && paid == back / 100);
        requireConserved();
    }

    /// @dev Governance cannot take fees past those who lost.
    function test_recovery_comesBeforeFeesArePaidOut() public {
        _tradeForFees();
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.WithdrawalTooLarge.selector, 0, 0, 0, 1));
        clearinghouse.collectFees(address(this), 1);
        while (clearinghouse.deficit() != 0) {
            _tradeForFees();
            clearinghouse.coverLosses();
        }
        assert(clearinghouse.lossOf(ownerOf(leaver)) == 0 && clearinghouse.heldFor(ownerOf(leaver)) == lostE8);
        _tradeForFees();
        clearinghouse.collectFees(address(this), 1e6);
        assert(usdc.balanceOf(address(this)) == 1e6);
        requireConserved();
    }

    /// @dev A debt of one account that is the credit of another makes the sum larger by which losses are shared, and lasts no longer than the withdrawal.
    function test_withdraw_besideCreditThatWasMadeForItTakesTheSameShare() public {
        uint256 snapshot = VM.snapshotState();
        uint256 before = usdc.balanceOf(ownerOf(leaver));
        withdraw(leaver, USDC_TOKEN, 40_000e6);
        uint256 plainRaw = usdc.balanceOf(ownerOf(leaver)) - before;
        uint256 plainE8 = clearinghouse.deficit();
        VM.revertToState(snapshot);

        (uint64 lender, uint64 borrower) = _siblings(leaver);
        deposit(borrower, WETH_TOKEN, 500e18);
        _move(borrower, lender, 300_000e6);
        uint256 movedE8 = clearinghouse.lossOf(ownerOf(leaver)) - lostE8;
        require(movedE8 != 0, Broken("lending to oneself takes its share"));
        withdraw(leaver, USDC_TOKEN, 40_000e6);
        _move(lender, borrower, uint128(uint256(unpacked(lender).cashE8) / 100) - 1e6);
        uint256 spared = usdc.balanceOf(ownerOf(leaver)) - before;
        uint256 allE8 = clearinghouse.lossOf(ownerOf(leaver)) - lostE8;
        require(spared * 100 < plainRaw * 100 + allE8, Broken("he bears more in all"));
        require(clearinghouse.deficit() < plainE8, Broken("and others less"));
        requireConserved();
    }

    /// @dev What merely changes its account bears nothing.
    function test_move_ofCreditThatIsThereBearsNothing() public {
        (uint64 other, ) = _siblings(leaver);
        uint256 standing = clearinghouse.deficit();
        _move(leaver, other, 30_000e6);
        require(clearinghouse.deficit() == standing && unpacked(other).cashE8 == 30_000e8, Broken("all of it"));
        require(clearinghouse.lossOf(ownerOf(leaver)) == lostE8, Broken("no loss"));
    }

    /// @dev Lent to oneself and set off, again and again, one account would bear what is everybody's: that is no delegate's to decide. What bears nothing is.
    function test_move_thatBearsAShareIsTheOwnersAlone() public {
        (uint64 lender, uint64 borrower) = _siblings(leaver);
        deposit(borrower, WETH_TOKEN, 500e18);
        _move(leaver, lender, 30_000e6);
        address delegate = address(0xDE1E);
        for (uint64 account = lender; account <= borrower; ++account) {
            VM.prank(ownerOf(leaver));
            clearinghouse.setDelegate(account, delegate, 4, type(uint40).max);
        }
        (AccountInput memory from, AccountInput memory to) = (input(borrower, computed()), input(lender, computed()));
        VM.prank(delegate);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, borrower, delegate));
        clearinghouse.move(from, to, USDC_TOKEN, 30_000e6, new uint96[](0));
        VM.recordLogs();
        VM.prank(delegate);
        clearinghouse.move(to, from, USDC_TOKEN, 20_000e6, new uint96[](0));
        readStates();
        _move(borrower, lender, 30_000e6);
        require(clearinghouse.lossOf(ownerOf(leaver)) > lostE8, Broken("the owner may"));
    }

    function _siblings(uint64 account) private returns (uint64 first, uint64 second) {
        (first, second) = (openFor(keys[account]), openFor(keys[account]));
    }

    function _move(uint64 from, uint64 to, uint128 amountRaw) private {
        AccountInput memory source = input(from, computed());
        AccountInput memory target = input(to, computed());
        VM.recordLogs();
        VM.prank(ownerOf(from));
        clearinghouse.move(source, target, USDC_TOKEN, amountRaw, new uint96[](0));
        readStates();
    }

    function _tradeForFees() private {
        for (uint256 i = 0; i < 8; ++i) {
            trade(leaver, stayer, btcPerpetual, 1e8, BTC_PRICE);
            trade(stayer, leaver, btcPerpetual, 1e8, BTC_PRICE);
        }
    }
}
