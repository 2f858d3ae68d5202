// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

interface IRooms {
    function distress() external view returns (address);
}

/// @notice Lots from start to end: proved, immutable, slices that add up, losses that show.
contract LiquidationHouseLotTest is ProtocolFixture {
    bytes private constant WITNESS = hex"00";
    uint64 private victim;
    uint64 private maker;
    uint64 private bidder;
    LotPreimage private preimage;

    function setUp() public {
        deploy();
        victim = openWith(20_000);
        maker = openWith(1_000_000);
        bidder = openWith(200_000);
        trade(victim, maker, btcPerpetual, 1e8, BTC_PRICE);
        pass(60);
    }

    function test_start_revertsForAHealthyAccountAndAnEmptyWitness() public {
        bytes memory state = stateOf(victim);
        VM.expectPartialRevert(ILiquidationHouse.NotLiquidatable.selector);
        house.start(victim, state, WITNESS);
        setBtc(80_000e8);
        VM.expectPartialRevert(ILiquidationHouse.NotLiquidatable.selector);
        house.start(victim, state, "");
    }

    function test_start_stopsEverythingButDeposits() public {
        _start(80_000e8);
        AccountInput memory brought = input(victim, computed());
        address owner = ownerOf(victim);
        VM.prank(owner);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountInLot.selector, victim));
        clearinghouse.withdraw(brought, USDC_TOKEN, 1, owner);
        VM.prank(owner);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountInLot.selector, victim));
        clearinghouse.touch(brought);
        deposit(victim, USDC_TOKEN, 5e6);
        bytes memory state = stateOf(victim);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountInLot.selector, victim));
        house.start(victim, state, WITNESS);
    }

    function test_bid_waitsForGraceThenDiscountGrows() public {
        uint64 lot = _start(80_000e8);
        AccountInput memory brought = input(bidder, computed());
        address owner = ownerOf(bidder);
        VM.prank(owner);
        VM.expectPartialRevert(ILiquidationHouse.InGrace.selector);
        house.bid(lot, preimage, 1e8, 1e16, brought);
        pass(60);
        assert(house.discountOf(victim) == 0);
        pass(600);
        assert(house.discountOf(victim) == 10_000_000);
        pass(6000);
        assert(house.discountOf(victim) == 20_000_000);
    }

    function test_bid_restoresTheAccountAndEndsHealthy() public {
        uint64 lot = _start(80_000e8);
        // Equity 9 955, maintenance 11 200: something between nothing and all is for sale.
        Lot memory stored = house.lotOf(victim);
        assert(stored.forSaleE8 > 5_000_000 && stored.forSaleE8 < 60_000_000);
        pass(660);
        int256 paid = _bid(lot, bidder, 1e8, 1e16);
        assert(paid > 0);
        _finish(lot);
        AccountState memory state = unpacked(victim);
        assert(state.positions[0].sizeE8 < 1e8 && state.positions[0].sizeE8 > 0.4e8);
        assert(house.openLotOf(victim) == 0 && !clearinghouse.accountOf(victim).inLot);
        requireConserved();
    }

    function testFuzz_bid_slicesAddUp(uint64[5] memory fractions, uint256 price) public {
        // At the lowest prices insurance pays, whatever is taken.
        _fund(1_000_000e6);
        // Below 70 000 the account has lost everything, so all of it is for sale.
        price = 40_000e8 + (price % 29_000e8);
        deposit(victim, WETH_TOKEN, 1_234_567_890_123);
        deposit(bidder, USDC_TOKEN, 10_000_000e6);
        uint64 lot = _start(price);
        pass(700);
        for (uint256 i = 0; i < 5; ++i) {
            Lot memory stored = house.lotOf(victim);
            if (stored.soldE8 == stored.forSaleE8) break;
            _bid(lot, bidder, 5_000_000 + (fractions[i] % 40_000_000), 1e16);
        }
        Lot memory last = house.lotOf(victim);
        if (last.soldE8 != last.forSaleE8) _bid(lot, bidder, 1e8, 1e16);
        assert(house.lotOf(victim).soldE8 == 1e8);
        _finish(lot);
        assert(unpacked(victim).positions.length == 0);
        assert(vault.balanceOf(victim, WETH_TOKEN) == 0);
        assert(vault.balanceOf(bidder, WETH_TOKEN) == 1_234_567_890_123);
        requireConserved();
    }

    /// @dev Prices are read of what lot and bidder rest on, whichever of the two holds it.
    function test_bid_byWhoeverHoldsOtherMarketsAndTokens() public {
        deposit(victim, WBTC_TOKEN, 1e6);
        deposit(bidder, WETH_TOKEN, 1e18);
        trade(bidder, maker, ethPerpetual, 1e8, ETH_PRICE);
        uint64 lot = _start(70_000e8);
        // The owner gets a token that neither had, in grace.
        deposit(victim, WETH_TOKEN, 1e15);
        pass(120);
        _bid(lot, bidder, 1e8, 1e16);
        assert(vault.balanceOf(bidder, WBTC_TOKEN) != 0 && vault.heldBy(bidder) & (1 << WBTC_TOKEN) != 0);
    }

    /// @dev A lot has what the account held when it began; what lies idle above a cap was never in it.
    function test_deposit_inALotIsNeverSold() public {
        deposit(victim, WETH_TOKEN, 1e18);
        uint64 lot = _start(70_000e8);
        deposit(victim, WETH_TOKEN, 5e17);
        vault.setCap(WBTC_TOKEN, 0, 0);
        deposit(victim, WBTC_TOKEN, 1e6);
        address owner = ownerOf(victim);
        VM.prank(owner);
        vault.withdrawIdle(victim, WBTC_TOKEN, 4e5, owner);
        vault.setCap(WBTC_TOKEN, 1, 0);
        engage(victim, WBTC_TOKEN);
        pass(60);
        _bid(lot, bidder, 1e8, 1e16);
        uint256 sold = house.lotOf(victim).soldE8;
        assert(vault.balanceOf(bidder, WETH_TOKEN) == (1e18 * sold) / 1e8 && sold > 5e7);
        assert(vault.balanceOf(victim, WETH_TOKEN) == 15e17 - (1e18 * sold) / 1e8);
        assert(vault.balanceOf(victim, WBTC_TOKEN) == 6e5 && vault.balanceOf(bidder, WBTC_TOKEN) == 0);
    }

    function test_bid_refusesSmallFractionsAndHighPrices() public {
        uint64 lot = _start(80_000e8);
        pass(60);
        AccountInput memory brought = input(bidder, computed());
        address owner = ownerOf(bidder);
        VM.prank(owner);
        VM.expectPartialRevert(ILiquidationHouse.FractionInvalid.selector);
        house.bid(lot, preimage, 4_999_999, 1e16, brought);
        VM.prank(owner);
        VM.expectPartialRevert(ILiquidationHouse.PayTooHigh.selector);
        house.bid(lot, preimage, 10_000_000, 1e8, brought);
        VM.expectPartialRevert(IClearingEvents.NotAuthorised.selector);
        house.bid(lot, preimage, 10_000_000, 1e16, brought);
    }

    function test_bid_refusesAPoorBidder() public {
        uint64 lot = _start(80_000e8);
        uint64 poor = openWith(1_000);
        pass(60);
        AccountInput memory brought = input(poor, computed());
        address owner = ownerOf(poor);
        VM.prank(owner);
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        house.bid(lot, preimage, 10_000_000, 1e16, brought);
    }

    function test_bid_refusesAnotherPreimage() public {
        uint64 lot = _start(80_000e8);
        pass(60);
        LotPreimage memory forged = preimage;
        forged.balances = abi.encode(uint256(1));
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(ILiquidationHouse.LotMismatch.selector);
        house.bid(lot, forged, 10_000_000, 1e16, brought);
    }

    function test_bid_theOwnerPaysNoLessThanEquity() public {
        uint64 other = openFor(keys[victim]);
        deposit(other, USDC_TOKEN, 100_000e6);
        uint64 lot = _start(80_000e8);
        pass(1300);
        // The whole lot is worth 9 955 (20 000 less 45 fee less 10 000 lost).
        int256 paid = _bid(lot, other, 10_000_000, 1e16);
        assert(paid == 995.5e8);
        paid = _bid(lot, bidder, 10_000_000, 1e16);
        assert(paid == 796.4e8);
    }

    function test_bid_isRefusedOnceTheAccountRecovered() public {
        uint64 lot = _start(80_000e8);
        pass(60);
        setBtc(88_000e8);
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(ILiquidationHouse.NotLiquidatable.selector);
        house.bid(lot, preimage, 10_000_000, 1e16, brought);
        _finish(lot);
        assert(unpacked(victim).positions[0].sizeE8 == 1e8);
        requireConserved();
    }

    function test_finish_byADepositOfTheOwner() public {
        uint64 lot = _start(80_000e8);
        VM.expectPartialRevert(ILiquidationHouse.NotHealthy.selector);
        house.finish(lot, preimage);
        deposit(victim, USDC_TOKEN, 2_000e6);
        _finish(lot);
        assert(unpacked(victim).cashE8 == 22_000e8 - 45e8);
        requireConserved();
    }

    function test_start_resumesTheDiscountWithinTheHour() public {
        uint64 lot = _start(80_000e8);
        pass(660);
        deposit(victim, USDC_TOKEN, 2_000e6);
        _finish(lot);
        setBtc(77_000e8);
        lot = _restart();
        pass(60);
        assert(house.discountOf(victim) == 10_000_000);
    }

    /// @dev A lot without positions has no opposite holders: what insurance lacks is shared by all.
    function test_bid_lossOfADebtorIsPaidByInsuranceAndTheRestShowsAsDeficit() public {
        _fund(3_000e6);
        uint64 debtor = open();
        deposit(debtor, WETH_TOKEN, 10e18);
        withdraw(debtor, USDC_TOKEN, 20_000e6);
        walkEth(1_500e8);
        victim = debtor;
        uint64 lot = _restart();
        pass(60);
        int256 paid = _bid(lot, bidder, 1e8, -4_000e8);
        // 5 000, and the interest of the hours of the fall.
        assert(paid <= -5_000e8 && paid > -5_001e8);
        assert(clearinghouse.deficit() > 1_999e8 && clearinghouse.deficit() < 2_001e8);
        assert(insurance.balanceE8() < 1e8);
        _finish(lot);
        assert(unpacked(victim).positions.length == 0 && unpacked(victim).cashE8 == 0);
        requireConserved();
        // What is withdrawn now is the share that is there; the loss is borne by who leaves as by who stays.
        uint256 before = clearinghouse.deficit();
        withdraw(bidder, USDC_TOKEN, 100_000e6);
        assert(usdc.balanceOf(ownerOf(bidder)) < 100_000e6);
        assert(clearinghouse.deficit() < before);
        requireConserved();
        // Later money pays it first.
        _fund(5_000e6);
        assert(clearinghouse.deficit() == 0 && insurance.balanceE8() > 3_000e8);
        requireConserved();
    }

    function test_bid_incentiveRisesWithTimeAndIsCapped() public {
        _fund(100_000e6);
        uint64 lot = _start(65_000e8);
        pass(1860);
        // Half an hour: half of 3 % of 65 000.
        int256 paid = _bid(lot, bidder, 1e8, -5_000e8);
        assert(paid == -(5_045e8 + 975e8));
        assert(clearinghouse.deficit() == 0);
        _finish(lot);
        requireConserved();
    }

    /// @dev A loss of one moment, an hour ago, does not pay whoever waits for the next one.
    function test_showLoss_endsTheTimeOfALossThatIsOver() public {
        _fund(100_000e6);
        uint64 lot = _start(65_000e8);
        assert(house.lotOf(victim).insolventSince != 0);
        walkBtc(80_000e8);
        house.showLoss(lot, preimage);
        assert(house.lotOf(victim).insolventSince == 0);
        VM.expectPartialRevert(ILiquidationHouse.NoLoss.selector);
        house.showLoss(lot, preimage);
        pass(4 hours);
        walkBtc(65_000e8);
        assert(_bid(lot, bidder, 1e7, 0) == -504.5e8);
        _bid(lot, bidder, 1e8, 0);
        _finish(lot);
        requireConserved();
    }

    /// @dev Of a lot that was open for hours the first bidder after its equity fell below nothing is paid the loss alone: what he is paid for waiting begins when the loss is shown.
    function test_bid_incentiveBeginsWhenTheLossIsShown() public {
        _fund(100_000e6);
        uint64 lot = _start(80_000e8);
        VM.expectPartialRevert(ILiquidationHouse.NoLoss.selector);
        house.showLoss(lot, preimage);
        pass(4 hours);
        walkBtc(65_000e8);
        house.enlarge(lot, preimage, WITNESS);
        assert(house.lotOf(victim).insolventSince == 0);
        assert(_bid(lot, bidder, 1e7, 0) == -504.5e8);
        uint256 since = house.lotOf(victim).insolventSince;
        assert(since == this.clock());
        // Shown again it does not begin anew.
        pass(1800);
        house.showLoss(lot, preimage);
        assert(house.lotOf(victim).insolventSince == since);
        assert(_bid(lot, bidder, 1e7, 0) == -(504.5e8 + 97.5e8));
        // A bid that finds it solvent ends the time; the next loss has its own.
        walkBtc(80_000e8);
        assert(_bid(lot, bidder, 5e6, 1e16) > 0 && house.lotOf(victim).insolventSince == 0);
        walkBtc(65_000e8);
        house.showLoss(lot, preimage);
        assert(house.lotOf(victim).insolventSince == this.clock());
        pass(360);
        assert(_bid(lot, bidder, 1e7, 0) == -(504.5e8 + 19.5e8));
        _bid(lot, bidder, 1e8, 0);
        _finish(lot);
        assert(house.lotOf(victim).insolventSince == 0);
        requireConserved();
    }

    function test_start_restsAfterASaleInPartUnlessInDanger() public {
        uint64 lot = _start(80_000e8);
        pass(660);
        _bid(lot, bidder, 1e8, 1e16);
        _finish(lot);
        pass(60);
        setBtc(74_500e8);
        bytes memory state = stateOf(victim);
        VM.expectPartialRevert(ILiquidationHouse.TooSoon.selector);
        house.start(victim, state, WITNESS);
        // Below half of its requirement it is in danger.
        setBtc(70_000e8);
        _restart();
    }

    function test_start_aSmallAccountIsSoldWhole() public {
        victim = openWith(20);
        trade(victim, maker, btcPerpetual, 1e5, BTC_PRICE);
        _start(80_000e8);
        assert(house.lotOf(victim).forSaleE8 == 1e8);
    }

    function test_enlarge_whenPricesFallFurther() public {
        uint64 lot = _start(80_000e8);
        uint64 before = house.lotOf(victim).forSaleE8;
        setBtc(76_000e8);
        house.enlarge(lot, preimage, WITNESS);
        assert(house.lotOf(victim).forSaleE8 > before);
        VM.expectPartialRevert(ILiquidationHouse.NotLarger.selector);
        house.enlarge(lot, preimage, WITNESS);
    }

    /// @dev Nor by who finds the room: it has lots only in the house's storage.
    function test_theRoomByItselfHasNoLots() public {
        uint64 lot = _start(80_000e8);
        setBtc(70_000e8);
        ILiquidationHouse room = ILiquidationHouse(IRooms(address(house)).distress());
        bytes memory refused = abi.encodeWithSelector(ILiquidationHouse.LotNotOpen.selector, lot);
        VM.expectRevert(refused);
        room.enlarge(lot, preimage, WITNESS);
        VM.expectRevert(refused);
        room.showLoss(lot, preimage);
        VM.expectRevert(refused);
        room.deleverage(lot, preimage);
        house.enlarge(lot, preimage, WITNESS);
    }

    function test_lots_startAndEndWhilePausedAndHalted() public {
        clearinghouse.setPaused(true);
        setBtc(80_000e8);
        pass(60);
        hub.checkpoint();
        nextBlock();
        btcFeed.setRound(10_000, 0, block.timestamp);
        uint64 lot = _restart();
        VM.warp(block.timestamp + 700);
        _bid(lot, bidder, 1e8, 1e16);
        _finish(lot);
        requireConserved();
    }

    function _fund(uint128 amountRaw) private {
        usdc.mint(address(this), amountRaw);
        usdc.approve(address(vault), amountRaw);
        insurance.fund(amountRaw);
    }

    function _start(uint256 price) private returns (uint64 lot) {
        // A fall of nearly a fifth is not believed at once.
        if (price < 73_000e8) walkBtc(price);
        else setBtc(price);
        return _restart();
    }

    function _restart() private returns (uint64 lot) {
        bytes memory state = stateOf(victim);
        VM.recordLogs();
        lot = house.start(victim, state, WITNESS);
        readStates();
        preimage = LotPreimage(victim, stateOf(victim), vault.balancesOf(victim));
    }

    function _bid(uint64 lot, uint64 by, uint64 fraction, int256 maxPay) private returns (int256 paid) {
        AccountInput memory brought = input(by, computed());
        VM.recordLogs();
        VM.prank(ownerOf(by));
        paid = house.bid(lot, preimage, fraction, maxPay, brought);
        readStates();
    }

    function _finish(uint64 lot) private {
        VM.recordLogs();
        house.finish(lot, preimage);
        readStates();
    }
}
