// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MockToken} from "../dev/MockToken.sol";
import {OddToken} from "../dev/OddToken.sol";
import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @notice Deposits work for any existing account; tokens that do not move exactly what they are asked to are refused.
contract MarginVaultDepositTest is ProtocolFixture {
    OddToken private odd;
    uint16 private oddIndex;
    uint64 private account;

    function setUp() public {
        deploy();
        odd = new OddToken();
        oddIndex = vault.tokenCount();
        vault.listToken(address(odd), oddIndex);
        vault.setCap(oddIndex, type(uint64).max, 0);
        account = open();
        odd.mint(address(this), 1e24);
        odd.approve(address(vault), type(uint256).max);
    }

    function testFuzz_deposit_isHeldForTheAccount(uint128 amountRaw) public {
        VM.assume(amountRaw != 0);
        deposit(account, USDC_TOKEN, amountRaw);
        assert(vault.balanceOf(account, USDC_TOKEN) == amountRaw);
        assert(vault.totalOf(USDC_TOKEN) == amountRaw);
        (uint256 held, uint256 owed) = vault.conservation(USDC_TOKEN);
        assert(held == amountRaw && owed == amountRaw);
        assert(keccak256(vault.balancesOf(account)) == keccak256(abi.encode(uint256(amountRaw))));
    }

    function test_balancesOf_listsTokensAscendingWithoutEmptyOnes() public {
        deposit(account, WBTC_TOKEN, 7);
        deposit(account, USDC_TOKEN, 5);
        bytes memory expected = abi.encode(uint256(5), (uint256(WBTC_TOKEN) << 240) | 7);
        assert(keccak256(vault.balancesOf(account)) == keccak256(expected));
    }

    function test_deposit_revertsForUnknownAccountTokenOrNothing() public {
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.AccountUnknown.selector, uint64(99)));
        vault.deposit(99, address(this), oddIndex, 1);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.TokenUnknown.selector, uint16(9), uint16(4)));
        vault.deposit(account, ownerOf(account), 9, 1);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.AmountInvalid.selector, 0));
        vault.deposit(account, ownerOf(account), oddIndex, 0);
    }

    /// Numbers follow the order of blocks: who opens one in front of somebody's `openAccount` has the number that was reckoned for it.
    function test_deposit_forANumberThatIsAStrangersByNow_isRefused() public {
        address user = VM.addr(77);
        uint64 reckoned = clearinghouse.accountCount() + 1;
        openFor(99);
        uint64 opened = clearinghouse.openAccount(user);
        assert(opened == reckoned + 1);
        odd.mint(user, 100);
        VM.deal(user, 1 ether);
        VM.startPrank(user);
        odd.approve(address(vault), 100);
        bytes memory differs = abi.encodeWithSelector(IMarginVault.OwnerDiffers.selector, reckoned, VM.addr(99), user);
        VM.expectRevert(differs);
        vault.deposit(reckoned, user, oddIndex, 100);
        VM.expectRevert(differs);
        vault.depositWithPermit(reckoned, user, oddIndex, 100, START, 27, 0, 0);
        VM.expectRevert(differs);
        vault.depositEther{value: 1 ether}(reckoned, user, WETH_TOKEN);
        vault.deposit(opened, user, oddIndex, 100);
        VM.stopPrank();
        assert(vault.balanceOf(opened, oddIndex) == 100 && vault.balanceOf(reckoned, oddIndex) == 0);
    }

    function test_depositWithPermit_needsNoApproval() public {
        uint256 key = 77;
        address payer = VM.addr(key);
        usdc.mint(payer, 5e6);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, _permitDigest(payer, 5e6));
        VM.prank(payer);
        vault.depositWithPermit(account, ownerOf(account), USDC_TOKEN, 5e6, START + 60, v, r, s);
        assert(vault.balanceOf(account, USDC_TOKEN) == 5e6);
    }

    function test_depositWithPermit_survivesAFrontRunPermit() public {
        uint256 key = 77;
        address payer = VM.addr(key);
        usdc.mint(payer, 5e6);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, _permitDigest(payer, 5e6));
        usdc.permit(payer, address(vault), 5e6, START + 60, v, r, s);
        VM.prank(payer);
        vault.depositWithPermit(account, ownerOf(account), USDC_TOKEN, 5e6, START + 60, v, r, s);
        assert(vault.balanceOf(account, USDC_TOKEN) == 5e6);
    }

    function test_deposit_revertsWhenTheTokenTakesAFee() public {
        odd.set(OddToken.Behaviour.TakesFee);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.TransferInexact.selector, oddIndex, 100, 99));
        vault.deposit(account, ownerOf(account), oddIndex, 100);
    }

    function test_deposit_takesATokenThatReturnsNothing() public {
        odd.set(OddToken.Behaviour.ReturnsNothing);
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        assert(vault.balanceOf(account, oddIndex) == 100);
    }

    function test_deposit_revertsWhenTheTokenReturnsFalseOrReverts() public {
        odd.set(OddToken.Behaviour.ReturnsFalse);
        VM.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, odd));
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        odd.set(OddToken.Behaviour.Reverts);
        VM.expectRevert(OddToken.Refused.selector);
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        assert(vault.balanceOf(account, oddIndex) == 0);
    }

    function test_deposit_aTokenThatCallsBackCannotDepositTwice() public {
        odd.set(OddToken.Behaviour.CallsBack);
        odd.setCallback(address(vault), abi.encodeCall(vault.deposit, (account, ownerOf(account), oddIndex, 100)));
        odd.mint(address(odd), 100);
        VM.prank(address(odd));
        odd.approve(address(vault), 100);
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        assert(!odd.callbackSucceeded());
        assert(vault.balanceOf(account, oddIndex) == 100);
    }

    /// @dev Both ways out, of what counts and of what lies idle above a cap: what cannot be paid stays whose it was, and comes out once the token moves again.
    function test_withdraw_ofATokenThatMisbehavesPaysWhollyOrNotAtAll() public {
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        vault.setCap(oddIndex, 0, 0);
        vault.deposit(account, ownerOf(account), oddIndex, 40);
        odd.set(OddToken.Behaviour.ReturnsFalse);
        _expectUnpaid(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, odd));
        odd.set(OddToken.Behaviour.Reverts);
        _expectUnpaid(abi.encodeWithSelector(OddToken.Refused.selector));
        odd.set(OddToken.Behaviour.ReturnsNothing);
        address owner = ownerOf(account);
        withdraw(account, oddIndex, 100);
        VM.prank(owner);
        vault.withdrawIdle(account, oddIndex, 40, owner);
        assert(odd.balanceOf(owner) == 140);
        (uint256 held, uint256 owed) = vault.conservation(oddIndex);
        assert(held == 0 && owed == 0);
    }

    function _expectUnpaid(bytes memory reason) private {
        AccountInput memory brought = input(account, computed());
        address owner = ownerOf(account);
        VM.prank(owner);
        VM.expectRevert(reason);
        clearinghouse.withdraw(brought, oddIndex, 100, owner);
        VM.prank(owner);
        VM.expectRevert(reason);
        vault.withdrawIdle(account, oddIndex, 40, owner);
        assert(vault.balanceOf(account, oddIndex) == 100 && vault.idleOf(account, oddIndex) == 40);
        assert(odd.balanceOf(owner) == 0 && odd.balanceOf(address(vault)) == 140);
    }

    /// @dev A token that shrank by itself owes its holders already; the settlement token is taken whatever happens.
    function test_deposit_refusesATokenThatShrank() public {
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        odd.burn(address(vault), 1);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.TokenShort.selector, oddIndex, 99, 100));
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        odd.mint(address(vault), 1);
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        // What somebody gives to the vault is nobody's, and stops nobody.
        odd.mint(address(vault), 5);
        vault.deposit(account, ownerOf(account), oddIndex, 100);
        assert(vault.balanceOf(account, oddIndex) == 300);
    }

    function test_payments_revertForAnyoneButTheConnectedContracts() public {
        deposit(account, USDC_TOKEN, 100);
        bytes memory refused = abi.encodeWithSelector(IMarginVault.NotConnected.selector, address(this));
        VM.expectRevert(refused);
        vault.pay(account, USDC_TOKEN, address(this), 1);
        VM.expectRevert(refused);
        vault.payPooled(address(this), 1);
        VM.expectRevert(refused);
        vault.sweep(account);
        VM.expectRevert(refused);
        vault.move(account, 2, USDC_TOKEN, 1);
        VM.expectRevert(refused);
        vault.poolFrom(address(this), 1);
    }

    function test_connect_isForEver() public {
        VM.expectRevert(IMarginVault.AlreadyConnected.selector);
        vault.connect(address(this), address(this), address(this));
    }

    function test_listToken_revertsForAListedTokenAndForStrangers() public {
        uint16 next = vault.tokenCount();
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.TokenRefused.selector, address(odd)));
        vault.listToken(address(odd), next);
        VM.prank(address(1));
        VM.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(1)));
        vault.listToken(address(1), next);
    }

    /// @notice Two listings that waited and are carried out the other way round: what was said of the first by its index must not be true of the second.
    function test_listToken_revertsForAnotherIndexThanTheNext() public {
        uint16 next = vault.tokenCount();
        address first = address(new MockToken("First", "ONE", 18));
        address second = address(new MockToken("Second", "TWO", 18));
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.TokenUnknown.selector, next + 1, next));
        vault.listToken(second, next + 1);
        vault.listToken(first, next);
        VM.expectRevert(abi.encodeWithSelector(IMarginVault.TokenUnknown.selector, next, next + 1));
        vault.listToken(second, next);
        vault.listToken(second, next + 1);
        (address erc20, ) = vault.tokenAt(next + 1);
        assert(erc20 == second && vault.tokenCount() == next + 2);
    }

    function _permitDigest(address payer, uint256 amount) private view returns (bytes32) {
        bytes32 typehash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 hash = keccak256(abi.encode(typehash, payer, address(vault), amount, uint256(0), uint256(START + 60)));
        return keccak256(abi.encodePacked(hex"1901", usdc.DOMAIN_SEPARATOR(), hash));
    }
}
