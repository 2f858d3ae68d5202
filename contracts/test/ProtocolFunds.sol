// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CashLedger, Need} from "../interfaces/ClearingTypes.sol";
import {Accused, IChallenges, Preimages} from "../interfaces/IChallenges.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {RiskAttestation} from "../interfaces/RiskTypes.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM} from "./IVm.sol";
import {ProtocolSight} from "./ProtocolSight.sol";

/// @title Random calls about the money beside the accounts: tokens that come, lie idle and count, insurance and who stakes in it, fees, losses, and the bonds of attesters who lied
abstract contract ProtocolFunds is ProtocolSight {
    address private constant STAKER = address(0x57A6E5);
    address private constant PROVER = address(0x960E5);
    uint256 private constant HORIZON_SECONDS = 7 days;

    /// @dev What insurance holds, of how many shares.
    struct Worth {
        uint256 heldE8;
        uint256 shares;
    }

    /// @dev The last lie that the attesters signed and somebody used; account 0 when there is none.
    RiskAttestation internal _lie;
    Preimages internal _truth;
    uint256 private _nextAttester = 201;

    // Tokens

    function doDeposit(uint64 who, uint16 token, uint64 amountRaw) external counted {
        uint64 account = _account(who);
        // At most about a thousand dollars, so that nobody becomes too rich to fail.
        uint64[3] memory largest = [uint64(1e9), 3e17, 1e6];
        deposit(account, token % 3, uint128(amountRaw % largest[token % 3]) + 1);
        ++reached["deposits"];
    }

    /// @dev Caps the ether that counts at about what counts by now, or takes the cap away.
    function doCap(uint32 how) external counted {
        uint64 cap = uint64(vault.totalOf(WETH_TOKEN) / 1e18) + (how % 2);
        vault.setCap(WETH_TOKEN, how % 4 == 3 ? type(uint64).max : cap, how % 8 < 4 ? 0 : 1 hours);
    }

    function doEngage(uint64 who) external counted {
        if (engage(_account(who), WETH_TOKEN) != 0) ++reached["engaged tokens"];
    }

    /// @dev What lies idle is its owner's at any time.
    function doTakeIdle(uint64 who, uint128 amountRaw) external counted {
        uint64 account = _account(who);
        uint128 idle = vault.idleOf(account, WETH_TOKEN);
        if (idle == 0) return;
        VM.prank(ownerOf(account));
        vault.withdrawIdle(account, WETH_TOKEN, (amountRaw % idle) + 1, address(0xD1E));
        ++reached["idle tokens paid"];
    }

    // Insurance

    function doFund(uint32 amountRaw) external counted {
        uint256 deficitE8 = clearinghouse.deficit();
        fundInsurance(uint128(amountRaw) + 1);
        if (deficitE8 != 0 && clearinghouse.deficit() == 0) ++reached["deficits paid back"];
    }

    function fundInsurance(uint128 amountRaw) internal {
        usdc.mint(address(this), amountRaw);
        usdc.approve(address(vault), amountRaw);
        insurance.fund(amountRaw);
    }

    function doStake(uint64 amountRaw) external counted {
        uint128 amount = uint128(amountRaw % 50_000e6) + 1;
        usdc.mint(STAKER, amount);
        VM.prank(STAKER);
        usdc.approve(address(vault), amount);
        Worth memory earlier = _worth();
        VM.prank(STAKER);
        try insurance.stake(amount, 0) {
            ++reached["stakes"];
            _requireCalm();
            _requireWorth(earlier);
        } catch (bytes memory reason) {
            bytes4 selector = _refusal(reason);
            bool tooFew = selector == IInsuranceFund.SharesTooFew.selector;
            bool dust = uint256(amount) * 100 * earlier.shares < earlier.heldE8;
            _allow((tooFew && dust) || _isLossInSight(selector), "stake", reason);
        }
    }

    /// @dev Asks to leave, waits for it at times, and leaves.
    function doExit(uint32 how) external counted {
        (uint256 shares, uint256 leaving, uint40 from, uint40 until) = insurance.stakeOf(STAKER);
        if (shares == 0) return;
        if (leaving == 0 || block.timestamp > until) {
            VM.prank(STAKER);
            insurance.requestExit(shares - (how % 4) * (shares / 5));
            return;
        }
        if (moving && how % 4 == 0 && block.timestamp < from) _go(from - block.timestamp);
        Worth memory earlier = _worth();
        VM.prank(STAKER);
        try insurance.exit() {
            ++reached["exits"];
            require(block.timestamp >= from && block.timestamp <= until, Broken("INV17 left before his time"));
            _requireCalm();
            _requireWorth(earlier);
        } catch (bytes memory reason) {
            bytes4 selector = _refusal(reason);
            bool unready = block.timestamp < from || _isEmptied(earlier);
            bool early = selector == IInsuranceFund.NotInExitWindow.selector && unready;
            bool lentOut =
                selector == IMarginVault.BalanceTooLow.selector &&
                    (leaving * earlier.heldE8) / earlier.shares / 100 > vault.pooledRaw();
            _allow(early || lentOut || _isLossInSight(selector), "exit", reason);
        }
    }

    /// @dev With the interest until now, so that what a stake or an exit moves is its own doing.
    function _worth() private returns (Worth memory) {
        hub.accrue();
        return Worth(insurance.balanceE8(), insurance.totalShares());
    }

    /// @dev Of a fund that losses emptied, shares are worth nothing.
    function _isEmptied(Worth memory fund) private pure returns (bool) {
        return fund.heldE8 * 1e6 < fund.shares;
    }

    /// @dev Who comes or goes takes nothing from who stays.
    function _requireWorth(Worth memory earlier) private {
        Worth memory later = _worth();
        if (earlier.shares == 0 || _isEmptied(earlier)) return;
        bool kept = later.heldE8 * earlier.shares >= earlier.heldE8 * later.shares;
        require(kept, Broken("INV17 a share is worth less by who came or left"));
    }

    function _requireCalm() private view {
        bool calm = block.timestamp >= insurance.heldUntil() && clearinghouse.deficit() == 0;
        require(calm, Broken("INV17 came or left while a loss was in sight"));
    }

    function _isLossInSight(bytes4 selector) private view returns (bool) {
        bool inSight = block.timestamp < insurance.heldUntil() || clearinghouse.deficit() != 0;
        return selector == IInsuranceFund.LossInSight.selector && inSight;
    }

    // Needs that nobody served

    /// @dev Waits for it at times.
    function doSettleNeed(uint8 which) external counted {
        uint96 instrument = _instruments[which % _instruments.length];
        Need memory need = clearinghouse.needOf(instrument);
        bool due = need.sizeE8 != 0 && _isClosing(instrument);
        if (due && which >= 192) _go(1 days);
        uint256 from = _woundDownAt[uint16(Instruments.underlyingOf(instrument))];
        if (from == 0) from = Instruments.expiryOf(instrument);
        if (need.since > from) from = need.since;
        due = due && block.timestamp >= from + 1 days;
        try clearinghouse.settleNeed(instrument) {
            ++reached["settled needs"];
            require(due && clearinghouse.needOf(instrument).sizeE8 == 0, Broken("INV18 a need settled out of time"));
        } catch (bytes memory reason) {
            bool allowed = _refusal(reason) == IClearingEvents.NeedNotDue.selector && !due;
            _allow(allowed, "settleNeed", reason);
        }
    }

    // Fees, rewards, losses

    function doClaim() external counted {
        try clearinghouse.claim(address(0xC1A1)) {
            ++reached["claims"];
        } catch (bytes memory reason) {
            _allowNothing(reason, clearinghouse.heldFor(address(this)), "claim");
        }
    }

    function doPayAttesters() external counted {
        try clearinghouse.payAttesters() returns (uint128 amountRaw) {
            _handedE8 += uint256(amountRaw) * 100;
            ++reached["paid attesters"];
        } catch (bytes memory reason) {
            _allowNothing(reason, clearinghouse.heldFor(address(bonds)), "payAttesters");
        }
        try bonds.share() {} catch (bytes memory reason) {
            _allow(_refusal(reason) == IAttesterBonds.NothingOwed.selector, "share", reason);
        }
    }

    /// @dev Nothing is held, less than a base unit, or more than the pool has while it is lent out.
    function _allowNothing(bytes memory reason, uint256 heldE8, string memory what) private {
        bytes4 selector = _refusal(reason);
        bool nothing = selector == IClearingEvents.NothingToClaim.selector && heldE8 < 100;
        bool lentOut = selector == IMarginVault.BalanceTooLow.selector && heldE8 / 100 > vault.pooledRaw();
        _allow(nothing || lentOut, what, reason);
    }

    function doCover() external counted {
        uint256 deficitBefore = clearinghouse.deficit();
        clearinghouse.coverLosses();
        require(clearinghouse.deficit() <= deficitBefore, Broken("INV10 fees raised the deficit"));
    }

    function doCollectFees(uint32 amountRaw) external counted {
        uint128 amount = uint128(amountRaw % 100e6) + 1;
        CashLedger memory book = clearinghouse.ledger();
        uint256 lossesE8 = uint256(book.deficitE8) + _lossesE8();
        try clearinghouse.collectFees(address(0xFEE5), amount) {
            ++reached["collected fees"];
            require(clearinghouse.deficit() + _lossesE8() <= 100, Broken("INV10 fees collected before losses"));
        } catch (bytes memory reason) {
            bytes4 selector = _refusal(reason);
            bool more = selector == IClearingEvents.WithdrawalTooLarge.selector;
            bool lentOut = selector == IMarginVault.BalanceTooLow.selector && amount > vault.pooledRaw();
            _allow((more && uint256(amount) * 100 + lossesE8 > book.feesE8) || lentOut, "collectFees", reason);
        }
    }

    /// @dev What withdrawals of all owners were paid less and have not back.
    function _lossesE8() private view returns (uint256 sumE8) {
        for (uint64 a = 1; a < SIBLING; ++a) sumE8 += clearinghouse.lossOf(ownerOf(a));
    }

    // Bonds

    /// @dev Who lied loses the bond; others take the seats.
    function doSlash(uint32 whether) external counted {
        if (_lie.account == 0 || whether % 4 != 0) return;
        commitAs(PROVER, _lie);
        bool late = block.timestamp > (_lie.validUntil - 600) + HORIZON_SECONDS;
        Accused memory accused = accusedSigned(_lie);
        VM.prank(PROVER);
        try challenges.recompute(accused, _truth, SALT) {
            for (uint256 i = 0; i < 2; ++i) {
                uint256 dueRaw = bonds.insuranceDueOf(VM.addr(attesters[i]));
                require(dueRaw == (BOND_RAW * 9) / 10, Broken("INV12 a lie cost nobody a bond"));
            }
            ++reached["slashings"];
            _replace();
        } catch (bytes memory reason) {
            bool tooLate = _refusal(reason) == IChallenges.ChallengeTooLate.selector;
            _allow(tooLate && late, "recompute", reason);
        }
        delete _lie;
    }

    /// @dev Pays what the bonds are now, and seats two others.
    function _replace() private {
        for (uint256 i = 0; i < 2; ++i) {
            bonds.payReward(VM.addr(attesters[i]));
            bonds.payInsurance(VM.addr(attesters[i]));
            attesters[i] = _nextAttester++;
            seat(VM.addr(attesters[i]));
        }
        sortAttesters();
    }
}
