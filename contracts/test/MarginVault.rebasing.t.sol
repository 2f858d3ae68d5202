// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {RebasingToken} from "../dev/RebasingToken.sol";
import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice No contract can tell beforehand that a token rebases, so a listed one must not hurt anybody but those who hold it: the vault owes what came in, counts no growth, takes no more once it shrank, and pays nobody in another token.
contract MarginVaultRebasingTest is ProtocolFixture {
    RebasingToken private rebasing;
    uint16 private index;
    uint64 private first;
    uint64 private second;
    uint64 private stranger;

    function setUp() public {
        deploy();
        rebasing = new RebasingToken();
        index = vault.tokenCount();
        vault.listToken(address(rebasing), index);
        vault.setCap(index, type(uint64).max, 0);
        (first, second) = (open(), open());
        stranger = openWith(1_000);
        rebasing.mint(address(this), 1e24);
        rebasing.approve(address(vault), type(uint256).max);
        vault.deposit(first, ownerOf(first), index, 100e18);
        vault.deposit(second, ownerOf(second), index, 100e18);
    }

    function test_rebasing_whatATokenGrowsByIsNobodys() public {
        rebasing.rebase(1.25e18);
        assert(vault.balanceOf(first, index) == 100e18);
        _requireHeld(250e18, 200e18);
        // Deposits and withdrawals go on, of what each brought.
        vault.deposit(first, ownerOf(first), index, 50e18);
        _withdraw(first, 150e18);
        _withdraw(second, 100e18);
        _requireHeld(50e18, 0);
        _requireOthersWhole();
    }

    function test_rebasing_aTokenThatShrankIsTakenNoMore() public {
        rebasing.rebase(0.8e18);
        _requireHeld(160e18, 200e18);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.TokenShort.selector, index, 160e18, 200e18));
        vault.deposit(first, ownerOf(first), index, 1e18);
        _requireOthersWhole();
    }

    function test_rebasing_whatATokenShrinksByIsLackingToItsHoldersAlone() public {
        rebasing.rebase(0.8e18);
        _withdraw(first, 100e18);
        // The last holder finds what is left, and nothing is made up from elsewhere.
        AccountInput memory brought = input(second, computed());
        address owner = ownerOf(second);
        VM.prank(owner);
        VM.expectPartialRevert(IERC20Errors.ERC20InsufficientBalance.selector);
        clearinghouse.withdraw(brought, index, 100e18, owner);
        _withdraw(second, 60e18);
        assert(vault.balanceOf(second, index) == 40e18);
        _requireHeld(0, 40e18);
        _requireOthersWhole();
        // What comes back is there for who was short, and then the token is taken again.
        rebasing.transfer(address(vault), 44e18);
        vault.deposit(first, ownerOf(first), index, 4e18);
        _withdraw(second, 40e18);
    }

    /// @dev A share that is no whole amount moves a unit less than it was asked to.
    function test_rebasing_anAmountThatRoundsToOtherThanItselfIsRefused() public {
        rebasing.rebase(3e18);
        VM.expectPartialRevert(IMarginVault.TransferInexact.selector);
        vault.deposit(first, ownerOf(first), index, 100);
        vault.deposit(first, ownerOf(first), index, 99);
        AccountInput memory brought = input(first, computed());
        address owner = ownerOf(first);
        VM.prank(owner);
        VM.expectPartialRevert(IMarginVault.TransferInexact.selector);
        clearinghouse.withdraw(brought, index, 100, owner);
        _withdraw(first, 99);
    }

    function _withdraw(uint64 account, uint128 amountRaw) private {
        uint256 before = rebasing.balanceOf(ownerOf(account));
        withdraw(account, index, amountRaw);
        assert(rebasing.balanceOf(ownerOf(account)) - before == amountRaw);
    }

    function _requireHeld(uint256 heldRaw, uint256 owedRaw) private view {
        (uint256 held, uint256 owed) = vault.conservation(index);
        assert(held == heldRaw && owed == owedRaw);
    }

    /// @dev Whoever does not hold it takes his money in and out as ever, to the last unit.
    function _requireOthersWhole() private {
        deposit(stranger, USDC_TOKEN, 5e6);
        deposit(stranger, WBTC_TOKEN, 7);
        withdraw(stranger, WBTC_TOKEN, 7);
        withdraw(stranger, USDC_TOKEN, 5e6);
        (uint256 held, uint256 owed) = vault.conservation(USDC_TOKEN);
        assert(held == owed && clearinghouse.deficit() == 0);
        requireConserved();
    }
}
