// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";

/// @notice Shares of the insurance: gains and losses for all alike, and nobody leaves before a loss that can be seen.
contract InsuranceFundStakeTest is LotFixture {
    address private constant ANN = address(0xa1);
    address private constant BEN = address(0xb1);
    uint64 private victim;
    uint64 private bidder;

    function setUp() public {
        deploy();
        victim = openWith(20_000);
        bidder = openWith(1_000_000);
        trade(victim, openWith(1_000_000), btcPerpetual, 1e8, BTC_PRICE);
    }

    /// @dev Who leaves with a third of the insurance makes no drawdown; and a loss that makes one stops trades that add, but keeps nobody's money in.
    function test_exit_isNoDrawdownAndADrawdownHoldsNobodysMoney() public {
        fund(12_000e6);
        uint256 shares = _stake(ANN, 5_200e6);
        VM.prank(ANN);
        insurance.requestExit(shares);
        pass(7 days + 600);
        hub.checkpoint();
        pass(60);
        VM.prank(ANN);
        insurance.exit();
        require(insurance.balanceE8() == 12_000e8, Broken("left"));
        pass(60);
        hub.checkpoint();
        require(!hub.insuranceDrawn(), Broken("an exit is no loss"));
        withdraw(bidder, USDC_TOKEN, 1e6);
        uint256 left = _paysALoss();
        require(left < 8_400e8, Broken("a loss of more than 30 %"));
        pass(60);
        hub.checkpoint();
        require(hub.insuranceDrawn(), Broken("drawn"));
        // Prices are good: whoever is healthy takes out what he likes.
        withdraw(bidder, USDC_TOKEN, 1e6);
        uint64 other = openWith(1_000_000);
        AccountInput[] memory accounts = pair(bidder, other, computed(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        uint256 markE8 = spots.spotOf(BTC).spotE8;
        orders[0] = signed(order(other, btcPerpetual, -1e8, markE8));
        orders[1] = signed(order(bidder, btcPerpetual, 1e8, markE8));
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, BTC, 3));
        this.settleOutside(accounts, orders);
        requireConserved();
    }

    /// @dev What can leave again makes up for no loss: else a staker who leaves and comes back in one transaction would end the stop. What cannot does.
    function test_stake_endsNoStopAndAGiftDoes() public {
        fund(12_000e6);
        pass(60);
        hub.checkpoint();
        _paysALoss();
        pass(60);
        hub.checkpoint();
        require(hub.insuranceDrawn(), Broken("drawn"));
        pass(1 days);
        _stake(BEN, 12_000e6);
        hub.checkpoint();
        require(hub.insuranceDrawn(), Broken("drawn as much as before"));
        fund(12_000e6);
        pass(60);
        hub.checkpoint();
        require(!hub.insuranceDrawn(), Broken("somebody made up for it"));
        requireConserved();
    }

    /// @dev Highs below ten thousand say nothing, however little is left of them, and no stake makes them speak: a fall of four fifths of five thousand would be one from half a million.
    function test_stake_makesNoSilentFallLoud() public {
        fund(5_000e6);
        LiquidationParameters memory p = liquidationParameters();
        p.insuranceEventMaxE8 = 4_000e8;
        parameters.setLiquidation(p);
        pass(60);
        hub.checkpoint();
        uint64 lot = _insolvent();
        pass(60);
        deleverageLot(lot);
        finishLot(lot);
        require(insurance.balanceE8() == 1_000e8, Broken("four fifths are lost"));
        pass(60);
        hub.checkpoint();
        require(!hub.insuranceDrawn(), Broken("too little to say anything"));
        pass(1 days);
        uint256 snapshot = VM.snapshotState();
        _stakeAndLook();
        VM.revertToState(snapshot);
        // The same with a checkpoint between, after which the high is that of the day before.
        hub.checkpoint();
        pass(60);
        _stakeAndLook();
    }

    /// @dev Nearly all of the fund leaves, so that its high says next to nothing, and comes back: with or without a checkpoint between, the stop stays until the high is of days ago.
    function test_exit_ofNearlyAllEndsNoStopNorDoesComingBack() public {
        fund(600e6);
        uint256 shares = _stake(ANN, 11_400e6);
        VM.prank(ANN);
        insurance.requestExit(shares);
        pass(7 days + 600);
        hub.checkpoint();
        _paysALoss();
        pass(60);
        hub.checkpoint();
        require(hub.insuranceDrawn(), Broken("drawn"));
        pass(1 days);
        VM.prank(ANN);
        insurance.exit();
        require(insurance.balanceE8() < 500e8, Broken("next to nothing is left"));
        uint256 snapshot = VM.snapshotState();
        _comeBackAndLook();
        VM.revertToState(snapshot);
        hub.checkpoint();
        require(hub.insuranceDrawn(), Broken("leaving ends no stop"));
        pass(60);
        _comeBackAndLook();
        pass(2 days);
        hub.checkpoint();
        require(!hub.insuranceDrawn(), Broken("the days of the high are over"));
    }

    function _comeBackAndLook() private {
        _stake(BEN, 7_000e6);
        pass(60);
        hub.checkpoint();
        require(hub.insuranceDrawn(), Broken("nor does coming back"));
    }

    function _stakeAndLook() private {
        _stake(BEN, 100_000e6);
        require(insurance.balanceE8() == 101_000e8, Broken("a hundred times as much"));
        pass(60);
        hub.checkpoint();
        require(!hub.insuranceDrawn(), Broken("nothing was lost of what says something"));
        requireConserved();
    }

    function settleOutside(AccountInput[] calldata accounts, SignedOrder[] calldata orders) external {
        settle(accounts, orders, 1e8);
    }

    function test_stake_whatWasThereBeforeIsTheProtocolsOwn() public {
        fund(30_000e6);
        uint256 shares = _stake(ANN, 10_000e6);
        require(insurance.totalShares() == 4 * shares, Broken("a quarter"));
        // What others pay in is so, too.
        fund(40_000e6);
        require(_stake(BEN, 10_000e6) == shares, Broken("shares are worth what they were"));
        _leave(ANN, shares);
        require(usdc.balanceOf(ANN) == 10_000e6, Broken("without the gift"));
        require(insurance.balanceE8() == 80_000e8, Broken("the rest stays"));
        requireConserved();
    }

    /// @dev Who holds nine tenths of the shares has no part in what is paid in after him, and carries what is lost by his part of all.
    function test_fund_givesAStakeNothingAndBearsItsPartOfLosses() public {
        fund(1_000e6);
        uint256 shares = _stake(ANN, 9_000e6);
        fund(10_000e6);
        uint256 left = _paysALoss();
        pass(1 days);
        _leave(ANN, shares);
        require(usdc.balanceOf(ANN) == (left * 9) / 20 / 100, Broken("nine twentieths of what is left"));
        requireConserved();
    }

    function testFuzz_stake_leavesNobodyWithMoreThanHisPart(uint64 first, uint64 second, uint64 gift) public {
        (uint128 a, uint128 b) = (1e6 + (first % 1e13), 1e6 + (second % 1e13));
        uint256 annShares = _stake(ANN, a);
        fund(uint128(gift % 1e13) + 1);
        usdc.mint(BEN, b);
        VM.prank(BEN);
        usdc.approve(address(vault), b);
        VM.prank(BEN);
        // So large a gift that a share is worth more than what is paid gives none: then it is refused.
        try insurance.stake(b, 1) returns (uint256 benShares) {
            uint256 before = insurance.balanceE8();
            _leave(ANN, annShares);
            _leave(BEN, benShares);
            require(usdc.balanceOf(BEN) <= b, Broken("no gain out of nothing"));
            require(usdc.balanceOf(ANN) + usdc.balanceOf(BEN) <= before / 100, Broken("no more than there is"));
        } catch (bytes memory reason) {
            require(bytes4(reason) == IInsuranceFund.SharesTooFew.selector, Broken("refused for another reason"));
        }
        requireConserved();
    }

    function test_exit_waitsItsDelayAndLapses() public {
        uint256 shares = _stake(ANN, 10_000e6);
        VM.prank(ANN);
        insurance.requestExit(shares);
        pass(7 days - 1);
        _expectNoExit(IInsuranceFund.NotInExitWindow.selector);
        pass(3 days + 2);
        _expectNoExit(IInsuranceFund.NotInExitWindow.selector);
        _leave(ANN, shares);
        _expectNoExit(IInsuranceFund.NotInExitWindow.selector);
        VM.expectRevert(abi.encodeWithSelector(IInsuranceFund.SharesMissing.selector, ANN, 0, 1));
        VM.prank(ANN);
        insurance.requestExit(1);
    }

    function test_exit_bearsLossesUntilItIsPaid() public {
        uint256 shares = _stake(ANN, 10_000e6);
        VM.prank(ANN);
        insurance.requestExit(shares);
        uint256 left = _paysALoss();
        pass(7 days);
        VM.prank(ANN);
        require(insurance.exit() == left / 100, Broken("what is left"));
        requireConserved();
    }

    /// @dev He is in his window when an account fails: whoever starts its lot stops him for a day.
    function test_exit_cannotDodgeALossInSight() public {
        uint256 shares = _stake(ANN, 10_000e6);
        VM.prank(ANN);
        insurance.requestExit(shares);
        pass(7 days);
        uint64 lot = _insolvent();
        _expectNoExit(IInsuranceFund.LossInSight.selector);
        // Shown again, it goes on.
        pass(23 hours);
        house.showLoss(lot, preimages[lot]);
        pass(2 hours);
        _expectNoExit(IInsuranceFund.LossInSight.selector);
        setBtc(88_000e8);
        walkBtc(90_000e8);
        // That it is over is shown once, and holds nobody any longer.
        uint256 until = insurance.heldUntil();
        house.showLoss(lot, preimages[lot]);
        require(insurance.heldUntil() == until, Broken("a loss that is over holds"));
        VM.expectPartialRevert(bytes4(keccak256("NoLoss(uint64,int256)")));
        house.showLoss(lot, preimages[lot]);
        VM.expectRevert(abi.encodeWithSelector(IInsuranceFund.NotConnected.selector, address(this)));
        insurance.hold(1, false);
    }

    /// @dev Five dollars of ten thousand hold nobody, however often they are shown; five and five of two lots of a day do.
    function test_hold_dustHoldsNobodyAndManyDustsDo() public {
        uint256 shares = _stake(ANN, 10_000e6);
        uint64[2] memory dust = [openWith(20), openWith(20)];
        for (uint256 i = 0; i < 2; ++i) trade(dust[i], bidder, btcPerpetual, 1e5, BTC_PRICE);
        VM.prank(ANN);
        insurance.requestExit(shares / 4);
        pass(7 days);
        walkBtc(65_000e8);
        uint64 lot = startLot(dust[0]);
        house.showLoss(lot, preimages[lot]);
        house.showLoss(lot, preimages[lot]);
        require(insurance.heldUntil() == 0, Broken("dust holds everybody"));
        _stake(BEN, 2_500e6);
        VM.prank(ANN);
        insurance.exit();
        startLot(dust[1]);
        require(insurance.heldUntil() == block.timestamp + 1 days, Broken("two of a day are a thousandth"));
    }

    /// @dev Nothing is insured of it, and what is left of the lot lacks as much: once fees have paid what the bid left, stakers wait all the same.
    function test_hold_isTheBidsAlsoWhereInsurancePaysNothing() public {
        uint64 debtor = open();
        deposit(debtor, WETH_TOKEN, 10e18);
        withdraw(debtor, USDC_TOKEN, 20_000e6);
        walkEth(1_500e8);
        uint64 lot = startLot(debtor);
        pass(23 hours);
        bidFor(lot, bidder, 1e7, 0);
        require(clearinghouse.deficit() != 0, Broken("a loss that nobody insured"));
        require(insurance.heldUntil() == this.clock() + 1 days, Broken("its rest is in sight"));
    }

    function test_stake_ofAnEmptiedFundBeginsAnew() public {
        uint256 shares = _stake(ANN, 1_000e6);
        uint64 lot = _insolvent();
        pass(60);
        deleverageLot(lot);
        finishLot(lot);
        require(insurance.balanceE8() == 0, Broken("all is gone"));
        pass(2 days);
        _stake(BEN, 500e6);
        require(insurance.totalShares() == 500e8, Broken("begun anew"));
        (uint256 left, , , ) = insurance.stakeOf(ANN);
        require(left == 0 && shares != 0, Broken("shares of before are worth nothing"));
    }

    function _insolvent() private returns (uint64 lot) {
        walkBtc(65_000e8);
        return startLot(victim);
    }

    /// @dev A lot is sold whole at its loss, of which insurance pays a part; what is left of it.
    function _paysALoss() private returns (uint256 leftE8) {
        uint256 heldE8 = insurance.balanceE8();
        uint64 lot = _insolvent();
        pass(3660);
        bidFor(lot, bidder, 1e8, 1e16);
        finishLot(lot);
        leftE8 = insurance.balanceE8();
        require(leftE8 < heldE8, Broken("a loss was paid"));
    }

    function _stake(address who, uint128 amountRaw) private returns (uint256 shares) {
        usdc.mint(who, amountRaw);
        VM.prank(who);
        usdc.approve(address(vault), amountRaw);
        VM.prank(who);
        return insurance.stake(amountRaw, 1);
    }

    function _leave(address who, uint256 shares) private {
        VM.prank(who);
        insurance.requestExit(shares);
        pass(7 days);
        VM.prank(who);
        insurance.exit();
    }

    function _expectNoExit(bytes4 selector) private {
        VM.prank(ANN);
        VM.expectPartialRevert(selector);
        insurance.exit();
    }
}
