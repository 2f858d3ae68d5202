// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {MockToken} from "../dev/MockToken.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice What is above a token's cap is taken, counts nothing, and is never held back; ether comes in wrapped.
contract MarginVaultCapTest is ProtocolFixture {
    uint64 private alice;
    uint64 private bob;

    function setUp() public {
        deploy();
        (alice, bob) = (open(), open());
        vault.setCap(WETH_TOKEN, 10, 0);
    }

    function test_deposit_aboveTheCapIsTakenAndCountsNothing() public {
        deposit(alice, WETH_TOKEN, 7e18);
        deposit(bob, WETH_TOKEN, 5e18);
        assert(vault.balanceOf(bob, WETH_TOKEN) == 3e18 && vault.idleOf(bob, WETH_TOKEN) == 2e18);
        assert(vault.totalOf(WETH_TOKEN) == 10e18);
        bytes memory counted = abi.encode((uint256(WETH_TOKEN) << 240) | 3e18);
        assert(keccak256(vault.balancesOf(bob)) == keccak256(counted));
        deposit(bob, WETH_TOKEN, 1e18);
        assert(vault.balanceOf(bob, WETH_TOKEN) == 3e18 && vault.idleOf(bob, WETH_TOKEN) == 3e18);
        (uint256 held, uint256 owed) = vault.conservation(WETH_TOKEN);
        assert(held == 13e18 && owed == 13e18);
    }

    /// @dev Coins at a last price that may be far above the true one would keep a lot from being opened and sold: brought during a halt they lie idle, and count once the market is back.
    function test_deposit_ofAHaltedMarketLiesIdle() public {
        deposit(alice, WETH_TOKEN, 1e18);
        _setEthSilent(true);
        deposit(alice, WETH_TOKEN, 2e18);
        deposit(alice, WBTC_TOKEN, 1e8);
        assert(vault.balanceOf(alice, WETH_TOKEN) == 1e18 && vault.idleOf(alice, WETH_TOKEN) == 2e18);
        assert(vault.balanceOf(alice, WBTC_TOKEN) == 1e8);
        assert(engage(alice, WETH_TOKEN) == 0);
        // They stay their owner's.
        VM.prank(ownerOf(alice));
        vault.withdrawIdle(alice, WETH_TOKEN, 0.5e18, address(5));
        _setEthSilent(false);
        assert(engage(alice, WETH_TOKEN) == 1.5e18 && vault.balanceOf(alice, WETH_TOKEN) == 2.5e18);
    }

    /// @dev A stranger's deposit takes nothing from those who were there before.
    function test_deposit_ofAnotherLowersNobodysHealth() public {
        deposit(alice, WETH_TOKEN, 10e18);
        bytes32 before = keccak256(vault.balancesOf(alice));
        deposit(bob, WETH_TOKEN, 1_000e18);
        assert(keccak256(vault.balancesOf(alice)) == before && vault.totalOf(WETH_TOKEN) == 10e18);
    }

    function test_engage_countsIdleTokensWhereThereIsRoom() public {
        deposit(alice, WETH_TOKEN, 9e18);
        deposit(bob, WETH_TOKEN, 4e18);
        assert(engage(bob, WETH_TOKEN) == 0);
        withdraw(alice, WETH_TOKEN, 2e18);
        assert(engage(bob, WETH_TOKEN) == 2e18);
        assert(vault.balanceOf(bob, WETH_TOKEN) == 3e18 && vault.idleOf(bob, WETH_TOKEN) == 1e18);
        vault.setCap(WETH_TOKEN, 100, 0);
        assert(engage(bob, WETH_TOKEN) == 1e18 && vault.totalOf(WETH_TOKEN) == 11e18);
    }

    /// @dev Counted, they would lie where no operation reaches them.
    function test_engage_leavesIdleTokensOfAClosedAccountToTheirOwner() public {
        deposit(alice, WETH_TOKEN, 10e18);
        deposit(bob, WETH_TOKEN, 4e18);
        address owner = ownerOf(bob);
        bytes memory state = stateOf(bob);
        VM.prank(owner);
        clearinghouse.closeAccount(bob, state);
        withdraw(alice, WETH_TOKEN, 10e18);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.AccountUnknown.selector, bob));
        engage(bob, WETH_TOKEN);
        VM.prank(owner);
        vault.withdrawIdle(bob, WETH_TOKEN, 4e18, owner);
        assert(weth.balanceOf(owner) == 4e18);
    }

    function test_withdrawIdle_isTheOwnersAndNeverStopped() public {
        deposit(bob, WETH_TOKEN, 12e18);
        clearinghouse.setPaused(true);
        address owner = ownerOf(bob);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.NotConnected.selector, address(this)));
        vault.withdrawIdle(bob, WETH_TOKEN, 2e18, address(this));
        VM.prank(owner);
        vault.withdrawIdle(bob, WETH_TOKEN, 2e18, owner);
        assert(weth.balanceOf(owner) == 2e18 && vault.idleOf(bob, WETH_TOKEN) == 0);
        VM.prank(owner);
        VM.expectPartialRevert(IMarginVault.BalanceTooLow.selector);
        vault.withdrawIdle(bob, WETH_TOKEN, 1, owner);
        (uint256 held, uint256 owed) = vault.conservation(WETH_TOKEN);
        assert(held == 10e18 && owed == 10e18);
    }

    /// @dev What counts takes a margin to be paid out and is in a lot with all else: a stranger who makes room in a full cap must not put an owner's tokens there before he has them out.
    function test_engage_isTheOwnersAlone() public {
        deposit(alice, WETH_TOKEN, 10e18);
        deposit(bob, WETH_TOKEN, 4e18);
        withdraw(alice, WETH_TOKEN, 4e18);
        address stranger = ownerOf(alice);
        VM.prank(stranger);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.NotConnected.selector, stranger));
        vault.engage(bob, WETH_TOKEN);
        VM.prank(ownerOf(bob));
        vault.withdrawIdle(bob, WETH_TOKEN, 4e18, address(5));
        assert(weth.balanceOf(address(5)) == 4e18);
    }

    function test_setCap_risesOverTimeAndFallsAtOnce() public {
        vault.setCap(WETH_TOKEN, 110, 1000);
        assert(vault.capOf(WETH_TOKEN) == 10);
        VM.warp(this.clock() + 500);
        assert(vault.capOf(WETH_TOKEN) == 60);
        deposit(alice, WETH_TOKEN, 70e18);
        assert(vault.balanceOf(alice, WETH_TOKEN) == 60e18);
        vault.setCap(WETH_TOKEN, 20, 1000);
        assert(vault.capOf(WETH_TOKEN) == 20);
        // What counts goes on counting.
        assert(vault.balanceOf(alice, WETH_TOKEN) == 60e18 && engage(alice, WETH_TOKEN) == 0);
        VM.expectPartialRevert(IMarginVault.TokenUnknown.selector);
        vault.setCap(USDC_TOKEN, 1, 0);
        VM.prank(address(9));
        VM.expectPartialRevert(IAccessManaged.AccessManagedUnauthorized.selector);
        vault.setCap(WETH_TOKEN, 1, 0);
    }

    function test_listToken_aNewTokenCountsNothing() public {
        MockToken token = new MockToken("New", "NEW", 6);
        uint16 index = vault.tokenCount();
        vault.listToken(address(token), index);
        token.mint(address(this), 5e6);
        token.approve(address(vault), 5e6);
        vault.deposit(alice, ownerOf(alice), index, 5e6);
        assert(vault.balanceOf(alice, index) == 0 && vault.idleOf(alice, index) == 5e6);
    }

    /// @dev Of a token in whole units of 10,000 dollars a fifth of a lot with three of them is none, and whoever bids for it pays for 0.6.
    function test_listToken_takesWhatLotsCanBeCutBy() public {
        for (uint8 decimals = 0; decimals <= 19; ++decimals) {
            MockToken token = new MockToken("New", "NEW", decimals);
            uint16 next = vault.tokenCount();
            if (decimals < 6)
                VM.expectRevert(abi.encodeWithSelector(IMarginVault.DecimalsTooFew.selector, decimals, 6));
            if (decimals > 18) {
                VM.expectRevert(abi.encodeWithSelector(IMarginVault.DecimalsTooMany.selector, decimals, 18));
            }
            vault.listToken(address(token), next);
        }
    }

    function test_depositEther_comesInWrapped() public {
        VM.deal(address(this), 5 ether);
        vault.depositEther{value: 3 ether}(alice, ownerOf(alice), WETH_TOKEN);
        assert(vault.balanceOf(alice, WETH_TOKEN) == 3e18 && weth.balanceOf(address(vault)) == 3e18);
        assert(address(vault).balance == 0);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.AmountInvalid.selector, 0));
        vault.depositEther(alice, ownerOf(alice), WETH_TOKEN);
        // A token that wraps nothing refuses ether; so does one that gives nothing for it.
        VM.expectRevert(bytes(""));
        vault.depositEther{value: 1 ether}(alice, ownerOf(alice), WBTC_TOKEN);
        assert(address(this).balance == 2 ether);
    }

    function testFuzz_cap_neverCountsMoreThanTheCap(uint64 cap, uint96 first, uint96 second, uint96 out) public {
        VM.assume(first != 0 && second != 0);
        vault.setCap(WETH_TOKEN, cap, 0);
        deposit(alice, WETH_TOKEN, first);
        deposit(bob, WETH_TOKEN, second);
        uint256 capRaw = uint256(cap) * 1e18;
        assert(vault.totalOf(WETH_TOKEN) <= capRaw);
        uint128 counted = vault.balanceOf(alice, WETH_TOKEN);
        if (counted != 0) withdraw(alice, WETH_TOKEN, uint128(1 + (out % counted)));
        engage(bob, WETH_TOKEN);
        assert(vault.totalOf(WETH_TOKEN) <= capRaw);
        assert(vault.totalOf(WETH_TOKEN) == vault.balanceOf(alice, WETH_TOKEN) + vault.balanceOf(bob, WETH_TOKEN));
        (uint256 held, uint256 owed) = vault.conservation(WETH_TOKEN);
        assert(held == owed);
    }

    function _setEthSilent(bool isSilent) private {
        nextBlock();
        ethFeed.setRound(1000, isSilent ? int256(-1) : int256(uint256(ETH_PRICE)), block.timestamp);
        hub.refresh();
    }
}
