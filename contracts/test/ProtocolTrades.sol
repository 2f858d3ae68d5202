// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Proof, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {ICreditBucket} from "../interfaces/ICreditBucket.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {HeadroomHealth, RiskAttestation} from "../interfaces/RiskTypes.sol";
import {Fills} from "../clearing/Fills.sol";
import {LiveMarkets} from "../clearing/LiveMarkets.sol";
import {Orders} from "../clearing/Orders.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM} from "./IVm.sol";
import {ProtocolFunds} from "./ProtocolFunds.sol";

/// @title Random calls of owners: trades of every kind and proof, withdrawals, moves, touches, credit on the attesters' word
abstract contract ProtocolTrades is ProtocolFunds {
    /// @dev A trade of two accounts, and how each shows that it may.
    struct Deal {
        uint64 buyer;
        uint64 seller;
        uint96 instrument;
        uint64 sizeE8;
        uint256 priceE8;
        ProofKind buyerKind;
        ProofKind sellerKind;
    }

    function doTrade(uint64 buyer, uint64 seller, uint8 which, uint64 size, uint256 priceShift) external counted {
        Deal memory deal;
        (deal.buyer, deal.seller) = (_trader(buyer), _trader(seller));
        if (ownerOf(deal.buyer) == ownerOf(deal.seller)) return;
        deal.instrument = _instruments[which % _instruments.length];
        if (_isSettling(deal.instrument)) return;
        deal.sizeE8 = uint64(size % (deal.instrument == ethPerpetual ? 90e8 : 3e8)) + 1;
        deal.buyerKind = _kind(deal.buyer, priceShift >> 16);
        deal.sellerKind = _kind(deal.seller, priceShift >> 24);
        // No more than there is to be reduced.
        if (deal.buyerKind == ProofKind.Reducing) _cap(deal, deal.buyer, -1);
        if (deal.sellerKind == ProofKind.Reducing) _cap(deal, deal.seller, 1);
        if (_isAttested(deal.buyerKind) || _isAttested(deal.sellerKind)) _takeCheckpoint();
        // The attesters' checkpoint may be of a time when nothing of it trades any more.
        if (_isSettling(deal.instrument)) return;
        deal.priceE8 = (_markOf(deal.instrument) * (9_600 + (priceShift % 801))) / 10_000 + 1;
        _trade(deal);
    }

    /// @param side Of what can be reduced: 1 for a long position, -1 for a short one.
    function _cap(Deal memory deal, uint64 account, int256 side) private view {
        AccountState memory state = unpacked(account);
        int256 heldE8 = Fills.find(state, deal.instrument).sizeE8 * side;
        if (heldE8 > 0 && uint256(heldE8) < deal.sizeE8) deal.sizeE8 = uint64(uint256(heldE8));
    }

    function _trade(Deal memory deal) private {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(deal.seller, deal.instrument, -int64(deal.sizeE8), deal.priceE8));
        orders[1] = signed(order(deal.buyer, deal.instrument, int64(deal.sizeE8), deal.priceE8));
        AccountInput[] memory accounts = pair(
            deal.buyer,
            deal.seller,
            _proof(deal, deal.buyer, deal.buyerKind),
            _proof(deal, deal.seller, deal.sellerKind)
        );
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, deal.sizeE8);
        VM.recordLogs();
        try clearinghouse.settle(accounts, orders, fills) {
            _readAll();
            ++reached["trades"];
            _countKind(deal.buyer, deal.buyerKind);
            _countKind(deal.seller, deal.sellerKind);
        } catch (bytes memory reason) {
            _allowTrade(accounts, reason);
        }
    }

    function _countKind(uint64 account, ProofKind kind) private {
        if (kind == ProofKind.Reducing) ++reached["reductions"];
        else _requireFloor(account);
        if (kind == ProofKind.Signed) ++reached["signed trades"];
        if (kind == ProofKind.Headroom) ++reached["trades by headroom"];
    }

    /// @dev Three fills of two instruments among three accounts: one that gets rid of what it bought, in another instrument, and an order that is filled in two parts.
    function doBatch(uint64 who, uint8 which, uint64 size, uint256 priceShift) external counted {
        uint64[3] memory three = [1 + (who % 3), 2 + (who % 3), 3 + (who % 3)];
        uint96[2] memory pairOf = [
            _instruments[which % 3],
            _instruments[(uint256(which) + 1 + (which >> 4)) % _instruments.length]
        ];
        if (_isSettling(pairOf[0]) || _isSettling(pairOf[1])) return;
        uint64 sizeE8 = uint64(size % 1e8) + 2;
        SignedOrder[] memory orders = new SignedOrder[](4);
        for (uint256 i = 0; i < 2; ++i) {
            uint256 price = (_markOf(pairOf[i]) * (9_800 + ((priceShift >> (16 * i)) % 401))) / 10_000 + 1;
            int64 sold = i == 0 ? -int64(sizeE8) : int64(sizeE8);
            orders[2 * i] = signed(order(three[2 * i], pairOf[i], sold, price));
            orders[2 * i + 1] = signed(order(three[1], pairOf[i], -sold, price));
        }
        Fill[] memory fills = new Fill[](3);
        (fills[0], fills[1]) = (Fill(0, 1, sizeE8 / 2), Fill(2, 3, sizeE8));
        fills[2] = Fill(0, 1, sizeE8 - sizeE8 / 2);
        AccountInput[] memory accounts = new AccountInput[](3);
        for (uint256 i = 0; i < 3; ++i) accounts[i] = input(three[i], computed());
        VM.recordLogs();
        try clearinghouse.settle(accounts, orders, fills) {
            _readAll();
            ++reached["batches"];
            for (uint256 i = 0; i < 3; ++i) _requireFloor(three[i]);
        } catch (bytes memory reason) {
            _allowTrade(accounts, reason);
        }
    }

    /// @dev A part of what the seller has of a token, against cash.
    function doSwap(uint64 buyer, uint64 seller, bool ether_, uint64 part, uint256 priceShift) external counted {
        (buyer, seller) = (_trader(buyer), _trader(seller));
        if (ownerOf(buyer) == ownerOf(seller)) return;
        uint16 token = ether_ ? WETH_TOKEN : WBTC_TOKEN;
        uint256 heldE8 = vault.balanceOf(seller, token) / (ether_ ? 1e10 : 1);
        if (heldE8 == 0) return;
        uint64 sizeE8 = uint64(part % heldE8) + 1;
        uint256 price = (_coinMarkOf(token) * (9_700 + (priceShift % 601))) / 10_000;
        if (price == 0) return;
        uint96 spot = Instruments.pack(token, 0, 0, uint8(Orders.SPOT));
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, spot, -int64(sizeE8), price));
        orders[1] = signed(order(buyer, spot, int64(sizeE8), price));
        AccountInput[] memory accounts = pair(buyer, seller, computed(), computed());
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, sizeE8);
        VM.recordLogs();
        try clearinghouse.settle(accounts, orders, fills) {
            _readAll();
            ++reached["swaps"];
            _requireFloor(buyer);
            _requireFloor(seller);
        } catch (bytes memory reason) {
            _allowTrade(accounts, reason);
        }
    }

    /// @dev Of a market that was wound down coins fade, and its perpetual does not.
    function _coinMarkOf(uint16 token) private view returns (uint256 markE8) {
        (bytes memory live, bytes memory records) = hub.live();
        (markE8, , , ) = LiveMarkets.token(live, records, token);
    }

    /// @dev What a settlement may be refused by. Prices, sizes, strikes and orders are good, so nothing that is said of them.
    function _allowTrade(AccountInput[] memory accounts, bytes memory reason) private {
        bytes4 selector = _refusal(reason);
        bool allowed = selector == IClearingEvents.MarketNotNormal.selector && _isAnyMarketShut();
        for (uint256 i = 0; i < accounts.length && !allowed; ++i) {
            (uint64 account, ProofKind kind) = (accounts[i].account, accounts[i].proof.kind);
            if (selector == IClearingEvents.Paused.selector) {
                allowed = clearinghouse.paused() && kind != ProofKind.Reducing;
                continue;
            }
            if (_word(reason, 0) != int256(uint256(account))) continue;
            if (selector == IClearingEvents.AccountInLot.selector) allowed = _isInLot(account);
            else if (kind == ProofKind.Reducing) allowed = _isReductionRefusal(selector);
            else if (_isShort(reason, account)) allowed = true;
            else if (_isAttested(kind)) allowed = _isAttestedRefusal(selector, reason, account, kind);
        }
        _allow(allowed, "settle", reason);
    }

    function _isReductionRefusal(bytes4 selector) private view returns (bool) {
        if (selector == IHealthGate.ReductionTooDear.selector) return _isAnyMarketShut();
        return selector == IHealthGate.NotReducing.selector || selector == IHealthGate.ReliefTooSmall.selector;
    }

    /// @dev Of an attestation besides: that it lends more than is left in the bucket, or that this costs more than the orders leave for it, that the account was another once what is due was closed, and of headroom that a fill turns the surface.
    function _isAttestedRefusal(
        bytes4 selector,
        bytes memory reason,
        uint64 account,
        ProofKind kind
    ) private view returns (bool) {
        bool ofCredit =
            selector == ICreditBucket.CreditExhausted.selector || selector == IClearingEvents.CreditFeeTooHigh.selector;
        if (ofCredit) return _word(reason, 1) > _word(reason, 2);
        if (selector == IHealthGate.ProofOfAnother.selector) return _isDue(account);
        // Settlement token that lay in the vault when it was signed, since no touch was let through, is cash when it is used.
        if (selector == IHealthGate.CollateralTooLow.selector)
            return _word(reason, 1) == 0 && vault.balanceOf(account, USDC_TOKEN) != 0;
        return selector == IHealthGate.HeadroomTurned.selector && kind == ProofKind.Headroom;
    }

    // Owners

    /// @dev P6: an account without positions and debt has what is not locked, whatever prices are and whoever is out of order.
    function doWithdraw(uint64 who, uint16 token, uint64 amountRaw) external counted {
        uint64 account = _account(who);
        token = token % 3;
        uint128 amount = uint128(amountRaw % 1e11) + 1;
        AccountInput memory brought = input(account, computed());
        VM.recordLogs();
        VM.prank(ownerOf(account));
        try clearinghouse.withdraw(brought, token, amount, ownerOf(account)) {
            _readAll();
            ++reached["withdrawals"];
            _requireFloor(account);
        } catch (bytes memory reason) {
            _allowWithdraw(account, token, amount, reason);
            AccountState memory state = _touched(account);
            if (state.positions.length != 0 || _isInLot(account)) return;
            bool isCash = token == USDC_TOKEN;
            int256 leftE8 = state.cashE8 - int256(isCash ? uint256(amount) * 100 : 0);
            // What was locked since then has decayed, and the interest is in: it has this at least.
            bool free = leftE8 >= int256(uint256(state.lockedGainE8));
            bool there = amount <= (isCash ? vault.pooledRaw() : vault.balanceOf(account, token));
            require(!free || !there, Broken("P6 a withdrawal without positions was refused"));
        }
    }

    /// @dev A quorum that, where prices move, lies by ten thousand dollars: what it lends comes out of the bucket.
    function doBorrow(uint64 who, uint64 amountRaw) external counted {
        uint64 account = _trader(who);
        _bringUp(account);
        AccountState memory state = unpacked(account);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            uint96 instrument = state.positions[i].instrument;
            if (instrument != btcPerpetual && instrument != ethPerpetual) return;
        }
        _takeCheckpoint();
        RiskAttestation memory a = attestation(account);
        if (moving) a.leastCashE8 -= 10_000e8;
        // By turns a little, and what leaves not much of what is signed to be free.
        int256 freeE8 = state.cashE8 - a.leastCashE8 - int256(uint256(amountRaw % 12_000e8));
        uint128 wantedRaw =
            amountRaw % 3 == 0 && freeE8 > 0 ? uint128(uint256(freeE8) / 100) : uint128(amountRaw % 1e9);
        AccountInput memory brought = input(account, signedProof(a));
        VM.recordLogs();
        VM.prank(ownerOf(account));
        try clearinghouse.withdraw(brought, USDC_TOKEN, wantedRaw + 1, ownerOf(account)) {
            _readAll();
            ++reached["attested withdrawals"];
            _requireFloor(account);
            if (moving) (_lie, _truth) = (a, preimagesOf(account));
        } catch (bytes memory reason) {
            if (_isAttestedRefusal(_refusal(reason), reason, account, ProofKind.Signed)) return;
            _allowWithdraw(account, USDC_TOKEN, wantedRaw + 1, reason);
        }
    }

    /// @dev Between the two accounts of one owner.
    function doMove(bool back, uint16 token, uint64 amountRaw, uint8 place) external counted {
        (uint64 from, uint64 to) = back ? (SIBLING, uint64(1)) : (1, SIBLING);
        AccountState memory state = unpacked(from);
        uint96[] memory moved = new uint96[](place % 2 == 0 && state.positions.length != 0 ? 1 : 0);
        if (moved.length != 0) moved[0] = state.positions[(place >> 1) % state.positions.length].instrument;
        token = token % 3;
        uint128 amount = uint128(amountRaw % (token == USDC_TOKEN ? 5e10 : 1e18));
        uint128 heldRaw = vault.balanceOf(from, token);
        // At times no more than there is.
        if (token != USDC_TOKEN && place % 4 < 2) amount = heldRaw == 0 ? 0 : amount % (heldRaw + 1);
        (AccountInput memory source, AccountInput memory target) = (input(from, computed()), input(to, computed()));
        VM.recordLogs();
        VM.prank(ownerOf(from));
        try clearinghouse.move(source, target, token, amount, moved) {
            _readAll();
            ++reached["moves"];
            if (moved.length != 0) ++reached["moved positions"];
            _requireFloor(from);
            _requireFloor(to);
        } catch (bytes memory reason) {
            _allowMove(from, to, token, amount, reason);
        }
    }

    function _allowMove(uint64 from, uint64 to, uint16 token, uint128 amountRaw, bytes memory reason) private {
        bytes4 selector = _refusal(reason);
        bool allowed = selector == IClearingEvents.MarketNotNormal.selector && _isAnyMarketShut();
        if (selector == IClearingEvents.Paused.selector) allowed = clearinghouse.paused();
        if (selector == IClearingEvents.PositionMissing.selector) allowed = _isDue(from);
        if (selector == IClearingEvents.AccountInLot.selector) allowed = _isInLot(from) || _isInLot(to);
        if (selector == IMarginVault.BalanceTooLow.selector) {
            allowed = token != USDC_TOKEN && amountRaw > vault.balanceOf(from, token);
        }
        _allow(allowed || _isShort(reason, from) || _isShort(reason, to), "move", reason);
    }

    function doTouch(uint64 who) external counted {
        _bringUp(_account(who));
    }

    /// @dev Interest, deposits, what is due; refused where the account is not shown healthy, which changes nothing.
    function _bringUp(uint64 account) private returns (bool done) {
        AccountInput memory brought = input(account, computed());
        VM.recordLogs();
        VM.prank(ownerOf(account));
        try clearinghouse.touch(brought) {
            _readAll();
            ++reached["touches"];
            return true;
        } catch (bytes memory reason) {
            _allowWithdraw(account, USDC_TOKEN, 0, reason);
        }
    }

    /// @dev What a withdrawal may be refused by: margin, a lot, a market that is not normal, tokens that are not there, and, unlike a touch, a pause.
    function _allowWithdraw(uint64 account, uint16 token, uint128 amountRaw, bytes memory reason) private {
        bytes4 selector = _refusal(reason);
        uint128 thereRaw = token == USDC_TOKEN ? vault.pooledRaw() : vault.balanceOf(account, token);
        bool tooMuch = selector == IMarginVault.BalanceTooLow.selector && amountRaw > thereRaw;
        bool inLot = selector == IClearingEvents.AccountInLot.selector && _isInLot(account);
        bool shut = selector == IClearingEvents.MarketNotNormal.selector && _isAnyMarketShut();
        if (selector == IClearingEvents.Paused.selector) shut = clearinghouse.paused() && amountRaw != 0;
        _allow(tooMuch || inLot || shut || _isShort(reason, account), "withdraw", reason);
    }

    // Proofs

    function _kind(uint64 account, uint256 pick) private returns (ProofKind) {
        pick = pick % 8;
        if (pick == 0) return ProofKind.Reducing;
        if (pick < 6) return ProofKind.Computed;
        // What is attested has the account's deposits in its cash, and nothing that is due.
        if (!_bringUp(account)) return ProofKind.Computed;
        return pick == 6 ? ProofKind.Signed : ProofKind.Headroom;
    }

    function _isAttested(ProofKind kind) private pure returns (bool) {
        return kind == ProofKind.Signed || kind == ProofKind.Headroom;
    }

    function _takeCheckpoint() private {
        _go(60);
        hub.checkpoint();
        (checkpoint, records) = hub.live();
    }

    function _proof(Deal memory deal, uint64 account, ProofKind kind) private view returns (Proof memory) {
        if (kind == ProofKind.Reducing) return reducing();
        if (kind == ProofKind.Computed) return computed();
        if (kind == ProofKind.Signed) return signedProof(attestationOf(account, _after(deal, account)));
        bytes memory inner = abi.encode(signedHealth(attestation(account)));
        return Proof(ProofKind.Headroom, abi.encode(HeadroomHealth(uint8(ProofKind.Signed), inner)));
    }

    /// @dev The account with the deal, fees aside.
    function _after(Deal memory deal, uint64 account) private view returns (bytes memory) {
        AccountState memory state = unpacked(account);
        (, bytes memory live) = hub.live();
        bool ofPerpetual = Instruments.expiryOf(deal.instrument) == 0;
        int256 fundingE8 =
            ofPerpetual ? LiveMarkets.find(live, Instruments.underlyingOf(deal.instrument)).fundingE8 : int256(0);
        int256 sizeE8 = account == deal.buyer ? int256(uint256(deal.sizeE8)) : -int256(uint256(deal.sizeE8));
        int256 valueE8 = Fills.valueUp(sizeE8, int256(deal.priceE8), fundingE8);
        state.cashE8 += Fills.add(Fills.find(state, deal.instrument), sizeE8, valueE8);
        Fills.prune(state);
        return AccountStates.encode(state);
    }
}
