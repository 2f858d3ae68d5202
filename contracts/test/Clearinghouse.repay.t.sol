// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {Orders} from "../clearing/Orders.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";

/// @notice Who owes on coins pays with them while their market is not normal and while trading is paused, or the last way out in a fall would be an auction (CLR-025).
contract ClearinghouseRepayTest is LotFixture {
    uint64 private debtor;
    uint64 private buyer;
    uint96 private spot;
    uint256 private fallen;

    function setUp() public {
        deploy();
        debtor = openWith(10_000);
        buyer = openWith(500_000);
        spot = Instruments.pack(WETH_TOKEN, 0, 0, uint8(Orders.SPOT));
        deposit(debtor, WETH_TOKEN, 100e18);
        // What is lent is what somebody's cash brought into the ledger.
        trade(buyer, openWith(10_000), btcPerpetual, 0.01e8, BTC_PRICE);
        withdraw(debtor, USDC_TOKEN, 150_000e6);
        assert(unpacked(debtor).cashE8 == -140_000e8);
        fallen = (ETH_PRICE * 87) / 100;
    }

    function test_swap_whoOwesMaySellWhileTheMarketIsReduceOnly() public {
        setEth(fallen);
        _sell(debtor, buyer, 40e8);
        assert(unpacked(debtor).cashE8 < 0 && vault.balanceOf(debtor, WETH_TOKEN) == 60e18);
        assert(vault.balanceOf(buyer, WETH_TOKEN) == 40e18);
        requireConserved();
    }

    function test_swap_whoOwesMaySellWhilePaused() public {
        clearinghouse.setPaused(true);
        _sell(debtor, buyer, 40e8);
        assert(vault.balanceOf(buyer, WETH_TOKEN) == 40e18);
        requireConserved();
    }

    function test_swap_whoOwesMaySellWhileMarketsAreUninsured() public {
        uint64 victim = openWith(20_000);
        trade(victim, openWith(1_000_000), btcPerpetual, 1e8, BTC_PRICE);
        fund(12_000e6);
        pass(60);
        hub.checkpoint();
        LiquidationParameters memory p = liquidationParameters();
        p.insuranceEventMaxE8 = 5_000e8;
        parameters.setLiquidation(p);
        walkBtc(60_000e8);
        uint64 lot = startLot(victim);
        pass(60);
        deleverageLot(lot);
        pass(60);
        hub.checkpoint();
        require(hub.insuranceDrawn(), Broken("uninsured"));
        _sell(debtor, buyer, 40e8);
        _refused(buyer, debtor, 1e8, abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, ETH, 3));
    }

    /// @dev What is sold pays what is owed, and no more; and nobody buys on credit.
    function test_swap_nothingElsePassesInAMarketThatIsNotNormal() public {
        uint64 free = openWith(1_000);
        deposit(free, WETH_TOKEN, 10e18);
        setEth(fallen);
        bytes memory reason = abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, ETH, 1);
        // Owes nothing.
        _refused(free, buyer, 1e8, reason);
        // Sells more than is owed.
        _refused(debtor, buyer, 60e8, reason);
        // Would owe.
        _refused(debtor, free, 1e8, reason);
        clearinghouse.setPaused(true);
        _refused(free, buyer, 1e8, abi.encodeWithSelector(IClearingEvents.Paused.selector));
        _refused(debtor, free, 1e8, abi.encodeWithSelector(IClearingEvents.Paused.selector));
    }

    function test_swap_ofAHaltedMarketWaits() public {
        setEth((ETH_PRICE * 70) / 100);
        _refused(debtor, buyer, 1e8, abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, ETH, 2));
    }

    /// @dev What pays for a coin in doubt is out of the account, as what is withdrawn: the coin backs nothing of what the cash did.
    function test_swap_theBuyerOfACoinInDoubtPaysFromElsewhere() public {
        trade(buyer, openWith(2_000_000), btcPerpetual, 25e8, BTC_PRICE);
        // In a normal market the coin is collateral as soon as it is there.
        uint256 snapshot = VM.snapshotState();
        trade(buyer, debtor, spot, 46e8, ETH_PRICE);
        VM.revertToState(snapshot);
        setEth(fallen);
        bytes memory reason = abi.encodeWithSelector(IHealthGate.MarginTooLow.selector);
        _refusedPartially(debtor, buyer, 50e8, reason);
        _sell(debtor, buyer, 1e8);
        requireConserved();
    }

    /// @dev What a trade has just won is no more the buyer's to pay with than to withdraw.
    function test_swap_lockedGainsPayNobodysDebt() public {
        uint64 winner = openWith(30_000);
        uint64 loser = openWith(500_000);
        trade(winner, loser, btcPerpetual, 1e8, BTC_PRICE);
        trade(loser, winner, btcPerpetual, 1e8, (BTC_PRICE * 104) / 100);
        assert(unpacked(winner).lockedGainE8 == 3_600e8);
        trade(winner, loser, btcPerpetual, 1e8, BTC_PRICE);
        setEth(fallen);
        bytes memory reason = abi.encodeWithSelector(IHealthGate.MarginTooLow.selector);
        _refusedPartially(debtor, winner, 6e8, reason);
        pass(1800);
        setEth(fallen);
        _sell(debtor, winner, 6e8);
    }

    // Helpers

    function _sell(uint64 seller, uint64 to, int256 sizeE8) private {
        trade(to, seller, spot, sizeE8, spots.spotOf(ETH).spotE8);
    }

    function _orders(
        uint64 seller,
        uint64 to,
        int256 sizeE8
    ) private returns (AccountInput[] memory accounts, SignedOrder[] memory orders, Fill[] memory fills) {
        uint256 price = spots.spotOf(ETH).spotE8;
        orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, spot, -sizeE8, price));
        orders[1] = signed(order(to, spot, sizeE8, price));
        fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(uint256(sizeE8)));
        accounts = pair(to, seller, computed(), computed());
    }

    function _refused(uint64 seller, uint64 to, int256 sizeE8, bytes memory reason) private {
        (AccountInput[] memory accounts, SignedOrder[] memory orders, Fill[] memory fills) = _orders(
            seller,
            to,
            sizeE8
        );
        VM.expectRevert(reason);
        clearinghouse.settle(accounts, orders, fills);
    }

    function _refusedPartially(uint64 seller, uint64 to, int256 sizeE8, bytes memory reason) private {
        (AccountInput[] memory accounts, SignedOrder[] memory orders, Fill[] memory fills) = _orders(
            seller,
            to,
            sizeE8
        );
        VM.expectPartialRevert(bytes4(reason));
        clearinghouse.settle(accounts, orders, fills);
    }
}
