// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {ILiquidationHouse, Lot} from "../interfaces/ILiquidationHouse.sol";
import {LotFixture} from "./LotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice One bid takes no more of a lot than restores it at the prices of its block, whatever was put up for sale at the worst of them.
contract LiquidationHouseBidsTest is LotFixture {
    int256 private constant TARGET_E8 = 1.1e8;
    int256 private constant LEAST_E8 = 5_000_000;
    uint64 private victim;
    uint64 private maker;
    uint64 private bidder;

    function setUp() public {
        deploy();
        victim = openWith(20_000);
        maker = openWith(1_000_000);
        bidder = openWith(2_000_000);
        trade(victim, maker, btcPerpetual, 1e8, BTC_PRICE);
        pass(60);
    }

    /// @dev At the bottom of a wick equity 5 455 is under a margin of 10 570; a few minutes later 9 955 is under 11 200.
    function test_bid_takesWhatRestoresByNowAndNotWhatWasShownAtTheWorst() public {
        setBtc(75_500e8);
        uint64 lot = startLot(victim);
        assert(house.lotOf(victim).forSaleE8 == 58_580_107);
        pass(660);
        setBtc(80_000e8);
        VM.expectPartialRevert(ILiquidationHouse.NotHealthy.selector);
        house.finish(lot, preimages[lot]);
        int256 paid = bidFor(lot, bidder, 1e8, 1e16);
        uint256 fraction = _restoring(_wholeAt(80_000e8));
        assert(house.lotOf(victim).soldE8 == fraction && fraction < 18_000_000);
        // Of that part, at a discount of a tenth.
        assert(paid == _ceil(_ceil(_wholeAt(80_000e8) * int256(fraction)) * 90_000_000));
        _requireRefused(lot);
        finishLot(lot);
        requireConserved();
    }

    /// @dev Nobody's bid invalidates another's: the second one, made for the same part, takes what is still asked for.
    function test_bid_afterAnotherTakesTheRestOfWhatRestores() public {
        setBtc(75_500e8);
        uint64 lot = startLot(victim);
        pass(660);
        setBtc(80_000e8);
        bidFor(lot, bidder, 10_000_000, 1e16);
        bidFor(lot, bidder, 50_000_000, 1e16);
        uint256 sold = house.lotOf(victim).soldE8;
        // Together less than the 17.4 % of one bid: half of the discount that this is reckoned with was given for the first part.
        assert(sold > 16_000_000 && sold < 17_000_000);
        _requireRefused(lot);
    }

    /// @dev A wick below nothing puts all up for sale; who has equity again loses a part of it.
    function test_bid_ofALotThatWasInsolventForAMomentTakesAPart() public {
        fund(1_000_000e6);
        walkBtc(69_000e8);
        uint64 lot = startLot(victim);
        assert(house.lotOf(victim).forSaleE8 == 1e8);
        walkBtc(75_500e8);
        pass(600);
        bidFor(lot, bidder, 1e8, 1e16);
        uint256 sold = house.lotOf(victim).soldE8;
        assert(sold > 50_000_000 && sold < 60_000_000);
        _requireRefused(lot);
        finishLot(lot);
    }

    /// @dev Who will pay 40 000 for three fifths pays a sixth of that for a tenth at most, and no less than the price.
    function test_bid_thatIsCutCostsNoMoreAPartThanWasAgreedTo() public {
        setBtc(75_500e8);
        uint64 lot = startLot(victim);
        uint64 asked = house.lotOf(victim).forSaleE8;
        pass(660);
        setBtc(80_000e8);
        int256 fraction = int256(uint256(_restoring(_wholeAt(80_000e8))));
        int256 price = _ceil(_ceil(_wholeAt(80_000e8) * fraction) * 90_000_000);
        // What all that was asked for would cost.
        int256 enough = (price * int256(uint256(asked)) + fraction - 1) / fraction;
        _requireTooHigh(lot, asked, enough, enough - 1);
        // The price of the part alone is far from it.
        _requireTooHigh(lot, asked, enough, price);
        assert(bidFor(lot, bidder, asked, enough) == price);
    }

    /// @dev The bound is of the fraction that was named, whatever was for sale of it when the bid came: else who named half for so much would pay as much for what another left of it.
    function test_bid_ofMoreThanIsForSaleIsBoundByWhatItNamed() public {
        setBtc(75_500e8);
        uint64 lot = startLot(victim);
        uint64 forSale = house.lotOf(victim).forSaleE8;
        pass(61);
        bidFor(lot, bidder, 50_000_000, 1e16);
        // Of the rest the least bid restores it.
        int256 wholeE8 = _wholeAt(75_500e8);
        int256 rateE8 = ONE - int256(house.discountOf(victim));
        int256 price = _ceil(_ceil(wholeE8 * 5_000_000) * rateE8);
        int256 enough = (price * int256(uint256(forSale)) + 5_000_000 - 1) / 5_000_000;
        _requireTooHigh(lot, forSale, enough, enough - 1);
        assert(bidFor(lot, bidder, forSale, enough) == price);
    }

    /// @dev Who asks as much of insurance as all of it lacks is paid as much of the part that he is given.
    function test_bid_thatIsCutIsPaidItsPartOfWhatWasAskedOfInsurance() public {
        fund(1_000_000e6);
        walkBtc(69_000e8);
        uint64 lot = startLot(victim);
        pass(60);
        bidFor(lot, bidder, 60_000_000, 1e16);
        int256 loss = -_wholeAt(69_000e8);
        assert(bidFor(lot, bidder, 1e8, -loss) <= (-loss * 2) / 5);
        assert(house.lotOf(victim).soldE8 == 1e8);
    }

    function test_bid_demandsNoMoreAPartOfInsuranceThanItPays() public {
        fund(1_000_000e6);
        walkBtc(69_000e8);
        uint64 lot = startLot(victim);
        pass(60);
        bidFor(lot, bidder, 60_000_000, 1e16);
        int256 loss = -_wholeAt(69_000e8);
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(ILiquidationHouse.PayTooHigh.selector);
        house.bid(lot, preimages[lot], 1e8, -3 * loss, brought);
    }

    /// @dev Any price is one, and no bound or fraction is too large to be compared.
    function test_bid_takesEveryBound() public {
        setBtc(75_500e8);
        uint64 lot = startLot(victim);
        pass(660);
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(ILiquidationHouse.PayTooHigh.selector);
        house.bid(lot, preimages[lot], type(uint64).max, type(int256).min, brought);
        bidFor(lot, bidder, type(uint64).max, type(int256).max);
        assert(house.lotOf(victim).soldE8 == house.lotOf(victim).forSaleE8);
    }

    /// @dev What lacks equity is sold as it was put up.
    function test_bid_ofALotThatIsInsolventTakesAll() public {
        fund(1_000_000e6);
        walkBtc(69_000e8);
        uint64 lot = startLot(victim);
        pass(60);
        bidFor(lot, bidder, 1e8, 1e16);
        assert(house.lotOf(victim).soldE8 == 1e8);
    }

    /// @dev The owner's own account, which bids at no discount, takes no more either.
    function test_bid_byTheOwnerTakesNoMore() public {
        uint64 other = openFor(keys[victim]);
        deposit(other, USDC_TOKEN, 200_000e6);
        setBtc(75_500e8);
        uint64 lot = startLot(victim);
        pass(660);
        setBtc(80_000e8);
        int256 wholeE8 = _wholeAt(80_000e8);
        int256 fraction = int256(uint256(_restoring(wholeE8)));
        assert(bidFor(lot, other, 1e8, 1e16) == _ceil(wholeE8 * fraction));
        _requireRefused(lot);
    }

    /// @dev Of a borrower, who has no positions, the margin of now says how much: ten ether beside a debt of 20 000 are worth 500 at 2 050, and 3 000 at 2 300.
    function test_bid_ofTokensAndADebtTakesAPartByTheMarginOfNow() public {
        uint64 debtor = open();
        deposit(debtor, WETH_TOKEN, 10e18);
        withdraw(debtor, USDC_TOKEN, 20_000e6);
        walkEth(2_050e8);
        uint64 lot = startLot(debtor);
        uint256 forSale = house.lotOf(debtor).forSaleE8;
        pass(60);
        walkEth(2_300e8);
        bidFor(lot, bidder, 1e8, 1e16);
        uint256 sold = house.lotOf(debtor).soldE8;
        assert(forSale > 85_000_000 && sold > 40_000_000 && sold < 60_000_000);
    }

    /// @dev Whatever was shown, paid in and asked for: no bid takes by more than the least bid more than enough, and one that took less than it asked for has restored the account, so that no further one is taken.
    function testFuzz_bid_thatWasCutRestoresAndHardlyMore(
        uint256 shown,
        uint256 now_,
        uint64 paidIn,
        uint64 asked
    ) public {
        setBtc(73_000e8 + (shown % 6_000e8));
        uint64 lot = startLot(victim);
        uint256 kept = house.lotOf(victim).maintenanceE4 * uint256(1e4);
        uint64 forSale = house.lotOf(victim).forSaleE8;
        // Waits for the largest discount, for which what is for sale is reckoned.
        pass(1300);
        uint256 price = 73_000e8 + (now_ % 9_000e8);
        setBtc(price);
        paidIn = 1 + (paidIn % 500e6);
        deposit(victim, USDC_TOKEN, paidIn);
        int256 broughtE8 = int256(uint256(paidIn)) * 100;
        asked = uint64(uint256(LEAST_E8)) + (asked % uint64(uint256(ONE - LEAST_E8)));
        int256 wholeE8 = _wholeAt(int256(price));
        if (!tryBid(lot, bidder, asked)) {
            assert(wholeE8 + broughtE8 >= (int256(kept) * TARGET_E8) / ONE);
            return;
        }
        Lot memory after_ = house.lotOf(victim);
        int256 left = ONE - int256(uint256(after_.soldE8));
        assert(after_.soldE8 >= uint256(LEAST_E8));
        int256 targetE8 = (int256(kept) * TARGET_E8) / ONE;
        int256 equityE8 = (wholeE8 * left) / ONE + int256(uint256(after_.proceedsE8)) + broughtE8;
        // What was paid in is not sold at a discount, and is reckoned as if it were.
        assert(equityE8 <= (targetE8 * (left + LEAST_E8)) / ONE + broughtE8 / 5 + 1e4);
        if (after_.soldE8 == asked || after_.soldE8 == forSale) return;
        assert(equityE8 >= (targetE8 * left) / ONE);
        _requireRefused(lot);
    }

    /// @dev However it is divided, nothing is left that nobody may take: bids go on until the account is restored or all is sold that was put up.
    function testFuzz_bid_goesOnUntilItIsRestored(uint256[6] memory prices, uint64[6] memory asked) public {
        fund(1_000_000e6);
        setBtc(74_000e8);
        uint64 lot = startLot(victim);
        pass(700);
        for (uint256 i = 0; i < 6; ++i) {
            setBtc(73_000e8 + (prices[i] % 6_000e8));
            Lot memory before = house.lotOf(victim);
            uint64 left = before.forSaleE8 - before.soldE8;
            if (left == 0) break;
            uint64 wanted = uint64(uint256(LEAST_E8)) + (asked[i] % 40_000_000);
            if (tryBid(lot, bidder, wanted)) {
                uint64 taken = house.lotOf(victim).soldE8 - before.soldE8;
                assert(taken >= uint256(LEAST_E8) || taken == left);
            } else {
                _requireRefused(lot);
            }
        }
    }

    /// @dev Equity of the whole lot: of one long bitcoin without tokens.
    function _wholeAt(int256 priceE8) private view returns (int256) {
        return unpacked(victim).cashE8 + priceE8 - int256(uint256(BTC_PRICE));
    }

    /// @dev What brings an equity back to the target under the margin that the lot keeps, at a discount of a fifth.
    function _restoring(int256 equityE8) private view returns (uint64) {
        int256 targetE8 = _ceil(int256(uint256(house.lotOf(victim).maintenanceE4)) * 1e4 * TARGET_E8);
        int256 spared = targetE8 - equityE8 / 5;
        return uint64(uint256(((targetE8 - equityE8) * ONE + spared - 1) / spared));
    }

    function _requireRefused(uint64 lot) private {
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectPartialRevert(ILiquidationHouse.NotLiquidatable.selector);
        house.bid(lot, preimages[lot], 1e8, 1e16, brought);
    }

    function _requireTooHigh(uint64 lot, uint64 asked, int256 priceE8, int256 mostE8) private {
        AccountInput memory brought = input(bidder, computed());
        VM.prank(ownerOf(bidder));
        VM.expectRevert(abi.encodeWithSelector(ILiquidationHouse.PayTooHigh.selector, lot, priceE8, mostE8));
        house.bid(lot, preimages[lot], asked, mostE8, brought);
    }

    function _ceil(int256 productE16) private pure returns (int256) {
        return (productE16 + ONE - 1) / ONE;
    }
}
