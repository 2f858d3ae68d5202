// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Order, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Orders} from "../clearing/Orders.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice Tokens against cash, between two accounts (CLR-025).
contract ClearinghouseSpotTest is ProtocolFixture {
    uint64 private buyer;
    uint64 private seller;
    uint96 private spot;

    function setUp() public {
        deploy();
        buyer = openWith(200_000);
        seller = openWith(1_000);
        deposit(seller, WBTC_TOKEN, 3e8);
        spot = Instruments.pack(WBTC_TOKEN, 0, 0, uint8(Orders.SPOT));
    }

    function test_settle_swapsATokenForCash() public {
        trade(buyer, seller, spot, 1.5e8, BTC_PRICE);
        assert(vault.balanceOf(buyer, WBTC_TOKEN) == 1.5e8 && vault.balanceOf(seller, WBTC_TOKEN) == 1.5e8);
        // 135 000 at 5 bp for the taker, 2 bp for the maker.
        assert(unpacked(buyer).cashE8 == 200_000e8 - 135_000e8 - 67.5e8);
        assert(unpacked(seller).cashE8 == 1_000e8 + 135_000e8 - 27e8);
        assert(unpacked(buyer).positions.length == 0 && clearinghouse.marketTotals(BTC).openInterestE8 == 0);
        requireConserved();
    }

    function test_settle_theSellerMayBeTheTaker() public {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(buyer, spot, 1e8, BTC_PRICE));
        orders[1] = signed(order(seller, spot, -1e8, BTC_PRICE));
        settle(pair(buyer, seller, computed(), computed()), orders, 1e8);
        assert(vault.balanceOf(buyer, WBTC_TOKEN) == 1e8);
        assert(unpacked(seller).cashE8 == 1_000e8 + 90_000e8 - 45e8);
        requireConserved();
    }

    /// @dev What is better than the mark is a gain, and waits.
    function test_settle_aPriceBetterThanTheMarkLocksTheDifference() public {
        trade(buyer, seller, spot, 1e8, 92_000e8);
        assert(unpacked(seller).lockedGainE8 == 2_000e8 && unpacked(buyer).lockedGainE8 == 0);
        trade(buyer, seller, spot, 1e8, 89_000e8);
        assert(unpacked(buyer).lockedGainE8 == 1_000e8);
    }

    function test_settle_refusesWhatIsNoSpotTrade() public {
        _expect(Instruments.pack(USDC_TOKEN, 0, 0, uint8(Orders.SPOT)), IClearingEvents.OrderInvalid.selector);
        _expect(Instruments.pack(WBTC_TOKEN, 1, 0, uint8(Orders.SPOT)), IClearingEvents.OrderInvalid.selector);
        _expect(Instruments.pack(9, 0, 0, uint8(Orders.SPOT)), IMarginVault.TokenUnknown.selector);
    }

    function test_settle_refusesPricesFarFromTheMarkAndReduceOnly() public {
        AccountInput[] memory accounts = pair(buyer, seller, computed(), computed());
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, 94_501e8, 0);
        VM.expectPartialRevert(IClearingEvents.PriceOutOfBand.selector);
        clearinghouse.settle(accounts, orders, fills);
        (orders, fills) = _match(1e8, BTC_PRICE, Orders.REDUCE_ONLY);
        VM.expectPartialRevert(IClearingEvents.OrderInvalid.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_refusesATokenThatIsNotThere() public {
        AccountInput[] memory accounts = pair(buyer, seller, computed(), computed());
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(4e8, BTC_PRICE, 0);
        VM.expectPartialRevert(IMarginVault.BalanceTooLow.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_bothSidesShowInitialMargin() public {
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(3e8, BTC_PRICE, 0);
        // 250 000 owed on 270 000 of coins: too little is left for a fall.
        uint64 poor = openWith(20_000);
        orders[1] = signed(order(poor, spot, 3e8, BTC_PRICE));
        AccountInput[] memory accounts = pair(seller, poor, computed(), computed());
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    /// @dev Reductions and headroom compare with the account before, whose coins were others.
    function test_settle_takesNoProofOfTheAccountBefore() public {
        AccountInput[] memory accounts = pair(buyer, seller, computed(), reducing());
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, 0);
        VM.expectPartialRevert(IHealthGate.ProofNotAllowed.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function test_settle_stopsWhilePausedOrHalted() public {
        AccountInput[] memory accounts = pair(buyer, seller, computed(), computed());
        (SignedOrder[] memory orders, Fill[] memory fills) = _match(1e8, BTC_PRICE, 0);
        clearinghouse.setPaused(true);
        VM.expectRevert(IClearingEvents.Paused.selector);
        clearinghouse.settle(accounts, orders, fills);
        clearinghouse.setPaused(false);
        nextBlock();
        btcFeed.setRound(1000, 0, block.timestamp);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, 1, 2));
        clearinghouse.settle(accounts, orders, fills);
    }

    function testFuzz_settle_conservesTokensAndCash(uint64 size, uint64 price) public {
        size = uint64(1 + (size % 2e8));
        price = uint64(BTC_PRICE - 4_000e8 + (price % 8_000e8));
        trade(buyer, seller, spot, int256(uint256(size)), price);
        assert(vault.balanceOf(buyer, WBTC_TOKEN) == size && vault.totalOf(WBTC_TOKEN) == 3e8);
        requireConserved();
    }

    function _match(
        int256 size,
        uint256 price,
        uint8 flags
    ) private returns (SignedOrder[] memory orders, Fill[] memory fills) {
        orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, spot, -size, price));
        Order memory taker = order(buyer, spot, size, price);
        taker.flags = flags;
        orders[1] = signed(taker);
        fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(uint256(size)));
    }

    function _expect(uint96 instrument, bytes4 selector) private {
        AccountInput[] memory accounts = pair(buyer, seller, computed(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, instrument, -1e8, BTC_PRICE));
        orders[1] = signed(order(buyer, instrument, 1e8, BTC_PRICE));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e8);
        VM.expectPartialRevert(selector);
        clearinghouse.settle(accounts, orders, fills);
    }
}
