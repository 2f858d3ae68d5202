// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Order, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {ContractSigner} from "./ContractSigner.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {VM} from "./IVm.sol";

/// @notice Accounts of contract wallets (ERC-1271), as owners and as delegates.
contract ClearinghouseWalletsTest is ProtocolFixture {
    uint256 private constant TRADER_KEY = 0x7ade;
    ContractSigner private wallet;
    uint64 private held;
    uint64 private bob;

    function setUp() public {
        deploy();
        wallet = new ContractSigner();
        held = clearinghouse.openAccount(address(wallet));
        deposit(held, USDC_TOKEN, 100_000e6);
        bob = openWith(1_000_000);
    }

    // Settle

    function test_settle_anOrderOfAWalletThatStandsByIt() public {
        _trade(held, _by(address(wallet)));
        require(unpacked(held).positions[0].sizeE8 == 1e8, Broken("traded"));
        requireConserved();
    }

    /// @dev What counts is what the wallet says when the order is filled, not when it was given.
    function test_settle_revertsOnceTheWalletDenies() public {
        SignedOrder memory given = _by(address(wallet));
        wallet.deny();
        _expectRefused(given, abi.encodeWithSelector(IClearingEvents.SignatureInvalid.selector, held, wallet));
    }

    function test_settle_revertsForAnotherWallet() public {
        ContractSigner other = new ContractSigner();
        bytes memory reason = abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, held, other);
        _expectRefused(_by(address(other)), reason);
    }

    // Cancel

    function test_cancel_byTheWalletAlone() public {
        SignedOrder memory given = _by(address(wallet));
        uint64[] memory nonces = new uint64[](1);
        nonces[0] = given.order.nonce;
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, held, address(this)));
        clearinghouse.cancel(held, nonces);
        VM.prank(address(wallet));
        clearinghouse.cancel(held, nonces);
        _expectRefused(given, abi.encodeWithSelector(IClearingEvents.OrderDone.selector, held, given.order.nonce));
    }

    function test_cancelBelow_byTheWallet() public {
        SignedOrder memory given = _by(address(wallet));
        VM.prank(address(wallet));
        clearinghouse.cancelBelow(held, given.order.nonce + 1);
        _expectRefused(given, abi.encodeWithSelector(IClearingEvents.OrderDone.selector, held, given.order.nonce));
    }

    // Delegates

    function test_delegate_aKeyTradesForAWallet() public {
        VM.prank(address(wallet));
        clearinghouse.setDelegate(held, VM.addr(TRADER_KEY), 1, uint40(block.timestamp + 100));
        keys[held] = TRADER_KEY;
        trade(held, bob, btcPerpetual, 1e8, BTC_PRICE);
        require(unpacked(held).positions[0].sizeE8 == 1e8, Broken("traded"));
    }

    function test_delegate_aWalletTradesForAKeyUntilItsTimeIsOver() public {
        uint64 alice = openWith(100_000);
        VM.prank(ownerOf(alice));
        clearinghouse.setDelegate(alice, address(wallet), 1, uint40(block.timestamp + 100));
        Order memory o = order(alice, btcPerpetual, 1e8, BTC_PRICE);
        _trade(alice, SignedOrder(o, address(wallet), ""));
        require(unpacked(alice).positions[0].sizeE8 == 1e8, Broken("traded"));
        pass(101);
        o = order(alice, btcPerpetual, 1e8, BTC_PRICE);
        bytes memory reason = abi.encodeWithSelector(IClearingEvents.NotAuthorised.selector, alice, wallet);
        _expectRefusedOf(alice, SignedOrder(o, address(wallet), ""), reason);
    }

    // One signer on both sides

    /// @dev A delegate of two owners trades them with each other: allowed, but it tells nobody what the market pays.
    function test_premium_leavesOutTradesThatOneSignerMakesWithItself() public {
        uint64 alice = openWith(100_000);
        VM.prank(ownerOf(alice));
        clearinghouse.setDelegate(alice, address(wallet), 1, uint40(block.timestamp + 100));
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = SignedOrder(order(alice, btcPerpetual, -1e8, BTC_PRICE + 900e8), address(wallet), "");
        orders[1] = SignedOrder(order(held, btcPerpetual, 1e8, BTC_PRICE + 900e8), address(wallet), "");
        settle(pair(held, alice, computed(), computed()), orders, 1e8);
        require(clearinghouse.marketTotals(BTC).notionalE8 == 0, Broken("not counted"));
        require(clearinghouse.marketTotals(BTC).openInterestE8 == 1e8, Broken("but open"));
        _trade(held, _by(address(wallet)));
        require(clearinghouse.marketTotals(BTC).notionalE8 == BTC_PRICE, Broken("with another signer it counts"));
        requireConserved();
    }

    // Helpers

    function _by(address signer) private returns (SignedOrder memory) {
        return SignedOrder(order(held, btcPerpetual, 1e8, BTC_PRICE), signer, "");
    }

    function _orders(SignedOrder memory taker) private returns (SignedOrder[] memory orders) {
        orders = new SignedOrder[](2);
        orders[0] = signed(order(bob, btcPerpetual, -1e8, BTC_PRICE));
        orders[1] = taker;
    }

    function _trade(uint64 account, SignedOrder memory taker) private {
        settle(pair(account, bob, computed(), computed()), _orders(taker), 1e8);
    }

    function _expectRefused(SignedOrder memory taker, bytes memory reason) private {
        _expectRefusedOf(held, taker, reason);
    }

    function _expectRefusedOf(uint64 account, SignedOrder memory taker, bytes memory reason) private {
        SignedOrder[] memory orders = _orders(taker);
        AccountInput[] memory accounts = pair(account, bob, computed(), computed());
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e8);
        VM.expectRevert(reason);
        clearinghouse.settle(accounts, orders, fills);
    }
}
