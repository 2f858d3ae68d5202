// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Need} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {Figures} from "../interfaces/IReferee.sol";
import {Needs} from "../clearing/Needs.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {VM} from "./IVm.sol";
import {ProtocolTrades} from "./ProtocolTrades.sol";

/// @title Random traders, prices, keepers, stakers, attesters: every call leaves the handler in good order, whatever it did to the accounts
/// @notice Calls that the protocol may refuse are tried, and must be refused by an error that may appear there in that state; deposits, starts with a witness that shows an account below its margin, the end of a lot of which everything is sold, and winding down a market that was dead for seven days may not be refused.
/// Perpetuals of two markets, a future, calls and puts of two expiries, judged by the real referees.
contract ProtocolHandler is ProtocolTrades {
    mapping(uint64 account => uint256) private _rewarded;

    /// @param moving_ Whether prices move, and hours pass.
    /// @param insuranceRaw What insurance begins with.
    constructor(bool moving_, uint128 insuranceRaw) {
        moving = moving_;
        deployDated();
        appointAttesters();
        _instruments = [btcPerpetual, ethPerpetual, future(FAR)];
        _instruments.push(call(NEAR, 95_000));
        _instruments.push(put(NEAR, 88_000));
        _instruments.push(call(FAR, 100_000));
        for (uint64 i = 0; i < TRADERS; ++i) openWith(100_000);
        openWith(50_000_000);
        openFor(keys[1]);
        fundInsurance(insuranceRaw);
        _lentSince = block.timestamp;
        VM.fee(20 gwei);
    }

    // Prices and time

    function doPrice(bool btc, uint256 shift) external counted {
        if (!moving) return;
        uint16 underlying = btc ? BTC : ETH;
        uint256 next = (_answer(underlying) * (9_000 + (shift % 2_001))) / 10_000;
        uint256 start = btc ? BTC_PRICE : ETH_PRICE;
        if (next < start / 10 || next > start * 5) next = start;
        // Whoever was silent speaks again.
        _lastAnswer[underlying] = 0;
        if (btc) setBtc(next);
        else setEth(next);
    }

    /// @dev All volatilities, to 30 to 150 %; those of an hour ago stay at 60.
    function doVolatility(uint256 vol) external counted {
        if (!moving) return;
        int64 volE6 = int64(uint64(300_000 + (vol % 1_200_001)));
        dated.move(volE6 * volE6 - 36e10);
        ++reached["volatilities"];
    }

    function doPass(uint32 secondsPassed) external counted {
        _go(1 + (secondsPassed % (moving ? 2 hours : 60)));
        (, uint40 last) = hub.latest();
        if (block.timestamp >= last + 60) hub.checkpoint();
    }

    /// @dev Rarely: to the near expiry, which is settled at spot.
    function doExpire(uint32 whether) external counted {
        if (moving && whether % 8 == 0 && block.timestamp < NEAR) _go(NEAR - block.timestamp);
    }

    /// @dev Rarely: a feed falls silent until its price moves again; more rarely for seven days, and then its market is wound down for ever.
    function doSilence(bool btc, uint32 whether) external counted {
        uint16 underlying = btc ? BTC : ETH;
        bool speaks = _lastAnswer[underlying] == 0 && _woundDownAt[underlying] == 0;
        if (!moving || whether % 8 != 0 || !speaks) return;
        _lastAnswer[underlying] = _answer(underlying);
        nextBlock();
        (btc ? btcFeed : ethFeed).setAnswer(-1);
        spots.update(underlying);
        ++reached["silences"];
        if (whether % 32 != 0) return;
        _go(7 days);
        spots.update(underlying);
        clearinghouse.windDown(underlying);
        _woundDownAt[underlying] = block.timestamp;
        ++reached["markets wound down"];
    }

    /// @dev Seldom for long: the guardian stops what adds risk.
    function doPause(uint32 whether) external counted {
        bool paused = whether % 8 == 0;
        clearinghouse.setPaused(paused);
        if (paused) ++reached["pauses"];
    }

    // What is due

    function doSettle(uint64 who) external counted {
        _settle(_account(who));
    }

    /// @dev Refused only to who is in a lot, or has nothing that expired or was wound down.
    function _settle(uint64 account) private {
        bytes memory state = stateOf(account);
        bool due = _holdsClosing(account);
        VM.recordLogs();
        try clearinghouse.settleExpired(account, state) {
            readStates();
            ++reached["settled accounts"];
            require(!_holdsClosing(account), Broken("INV18 an expired position stayed"));
        } catch (bytes memory reason) {
            bytes4 selector = _refusal(reason);
            bool inLot = selector == IClearingEvents.AccountInLot.selector && _isInLot(account);
            bool nothing = selector == IClearingEvents.NothingExpired.selector && !due;
            _allow(inLot || nothing, "settleExpired", reason);
        }
    }

    function _holdsClosing(uint64 account) private view returns (bool) {
        AccountState memory state = unpacked(account);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            if (_isClosing(state.positions[i].instrument)) return true;
        }
        return false;
    }

    function doServe(uint64 who) external counted {
        _serve(_account(who));
    }

    /// @dev Whether a position faces a need that asks everybody by now.
    function _owesNeed(uint64 account) private view returns (bool) {
        AccountState memory state = unpacked(account);
        uint256 rampSeconds = parameters.liquidation().deleverageRampSeconds;
        for (uint256 i = 0; i < state.positions.length; ++i) {
            Need memory need = clearinghouse.needOf(state.positions[i].instrument);
            bool ripe = block.timestamp >= need.since + rampSeconds;
            if (ripe && Needs.isOpposite(need, state.positions[i].sizeE8)) return true;
        }
        return false;
    }

    function _serve(uint64 account) private {
        if (_isInLot(account)) return;
        bytes memory state = stateOf(account);
        VM.recordLogs();
        try clearinghouse.serveNeed(account, state) {
            ++reached["served needs"];
            readStates();
        } catch (bytes memory reason) {
            _allow(_refusal(reason) == IClearingEvents.NothingToServe.selector, "serveNeed", reason);
            require(!_owesNeed(account), Broken("INV18 a need whose time has come was not served"));
        }
        _settle(account);
    }

    // Lots

    function doStart(uint64 who) external counted {
        uint64 account = _trader(who);
        if (_isInLot(account)) return;
        hub.refresh();
        // A start serves open needs and settles what expired first; then what is stored is what it judges.
        _serve(account);
        Figures memory figures = healthOf(account);
        bool healthy = figures.equityE8 >= int256(figures.maintenanceE8);
        AccountState memory state_ = _touched(account);
        bytes memory witness = healthy ? _jointly(account, state_, 3, true) : _witnessOf(account, state_);
        if (witness.length == 0) return;
        bytes memory state = stateOf(account);
        uint256 heldBefore = clearinghouse.heldE8();
        VM.recordLogs();
        try house.start(account, state, witness) returns (uint64 lot) {
            readStates();
            ++reached["lots"];
            uint256 rewardE8 = clearinghouse.heldE8() - heldBefore;
            int256 mostE8 = figures.equityE8 > 0 ? figures.equityE8 / 20 : int256(0);
            require(int256(rewardE8) <= mostE8, Broken("INV13 a start is paid by the account alone"));
            if (rewardE8 != 0) {
                require(block.timestamp >= _rewarded[account] + 1 hours, Broken("INV13 paid twice an hour"));
                _rewarded[account] = block.timestamp;
                ++reached["rewards"];
            }
            _preimages[lot] = LotPreimage(account, stateOf(account), vault.balancesOf(account));
            require(!healthy, Broken("INV05 a healthy account in a lot"));
        } catch (bytes memory reason) {
            bytes4 selector = _refusal(reason);
            // After a sale in part an account rests for some minutes.
            bool rests = selector == ILiquidationHouse.TooSoon.selector;
            require(healthy || rests, Broken("INV06 start refused a true witness"));
            _allow(rests || selector == ILiquidationHouse.NotLiquidatable.selector, "start", reason);
        }
    }

    function doBid(uint64 which, uint64 fraction) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        AccountInput memory brought = input(KEEPER, computed());
        Figures memory earlier = _lotFigures(lot);
        uint256 deficitBefore = clearinghouse.deficit();
        uint256 insuranceBefore = insurance.balanceE8();
        VM.recordLogs();
        VM.prank(ownerOf(KEEPER));
        try house.bid(lot, _preimages[lot], 5_000_000 + (fraction % 95_000_001), 1e16, brought) {
            ++reached["bids"];
            readStates();
            _requireFloor(KEEPER);
            _requireNotLower(earlier, _lotFigures(lot));
            if (clearinghouse.deficit() > deficitBefore) _requirePaidIn(lot);
            _countLoss(deficitBefore, insuranceBefore);
        } catch (bytes memory reason) {
            _allowBid(lot, reason);
        }
    }

    /// @dev In grace; when nothing is for sale; when what is left is restored; when insurance cannot pay, or needs come first. The keeper is rich, but for what lies in a market that is shut.
    function _allowBid(uint64 lot, bytes memory reason) private {
        bytes4 selector = _refusal(reason);
        Lot memory stored = house.lotOf(_preimages[lot].account);
        bool allowed = selector == ILiquidationHouse.NotLiquidatable.selector;
        if (allowed) _requireNotStuck(lot);
        if (selector == ILiquidationHouse.InGrace.selector) allowed = block.timestamp < stored.biddingFrom;
        if (selector == ILiquidationHouse.FractionInvalid.selector) allowed = stored.soldE8 == stored.forSaleE8;
        if (selector == ILiquidationHouse.InsuranceExhausted.selector) allowed = _wholeEquityE8(lot) < 0;
        if (selector == IClearingEvents.NeedFirst.selector) allowed = _facesNeed(lot);
        if (_isShort(reason, KEEPER)) allowed = _isAnyMarketShut();
        _allow(allowed, "bid", reason);
    }

    /// @dev By what shows most, or by the scenario in which nothing moves.
    function doEnlarge(uint64 which, bool weak) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        AccountState memory left = _leftNow(lot);
        uint64 account = _preimages[lot].account;
        bytes memory witness = weak ? _jointly(account, left, 13, false) : _witnessOf(account, left);
        if (witness.length == 0) return;
        VM.recordLogs();
        try house.enlarge(lot, _preimages[lot], witness) {
            ++reached["enlargements"];
        } catch (bytes memory reason) {
            bytes4 selector = _refusal(reason);
            bool healthy = selector == ILiquidationHouse.NotLiquidatable.selector && weak;
            _allow(healthy || selector == ILiquidationHouse.NotLarger.selector, "enlarge", reason);
        }
    }

    /// @dev A loss that counts stops exits for a day, whoever shows it; only where there is none may it be refused.
    function doShowLoss(uint64 which) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        hub.refresh();
        hub.accrue();
        int256 leftE8 = _lotFigures(lot).equityE8;
        bool insolvent = _wholeEquityE8(lot) < 0;
        try house.showLoss(lot, _preimages[lot]) {
            ++reached["shown losses"];
            bool counts = leftE8 < 0 && uint256(-leftE8) * 1000 >= insurance.balanceE8();
            bool held = insurance.heldUntil() == block.timestamp + 1 days;
            require(held || !counts, Broken("INV17 a loss that was shown holds nobody"));
            bool rises = house.lotOf(_preimages[lot].account).insolventSince != 0;
            require(rises || !insolvent, Broken("INV17 a loss that was shown raises no incentive"));
        } catch (bytes memory reason) {
            bool none = _refusal(reason) == ILiquidationHouse.NoLoss.selector && leftE8 >= 0 && !insolvent;
            _allow(none, "showLoss", reason);
        }
    }

    function doDeleverage(uint64 which) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        LotPreimage memory preimage = _preimages[lot];
        Figures memory earlier = _lotFigures(lot);
        int256 servedE8 = _lostToNeeds(lot);
        uint256 deficitBefore = clearinghouse.deficit();
        uint256 insuranceBefore = insurance.balanceE8();
        VM.recordLogs();
        try house.deleverage(lot, preimage) {
            ++reached["deleverages"];
            readStates();
            _preimages[lot] = LotPreimage(
                preimage.account,
                stateOf(preimage.account),
                vault.balancesOf(preimage.account)
            );
            Figures memory later = _lotFigures(lot);
            // At the marks a leg is closed rounded against the account.
            int256 roundings = earlier.equityE8 < 0 ? int256(0) : ROUNDINGS;
            int256 least = earlier.equityE8 - roundings - servedE8;
            require(later.equityE8 >= least, Broken("INV09 deleveraging lowered health"));
            require(clearinghouse.deficit() == deficitBefore, Broken("INV10 deleveraging made a deficit"));
            _countLoss(deficitBefore, insuranceBefore);
        } catch (bytes memory reason) {
            bytes4 selector = _refusal(reason);
            bool early =
                selector == ILiquidationHouse.InGrace.selector &&
                    block.timestamp < house.lotOf(preimage.account).biddingFrom;
            bool young = selector == ILiquidationHouse.NeedTooYoung.selector && _facesNeed(lot);
            bool nothing = selector == ILiquidationHouse.NothingToDeleverage.selector;
            _allow(early || young || nothing, "deleverage", reason);
        }
    }

    function doFinish(uint64 which) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        Lot memory stored = house.lotOf(_preimages[lot].account);
        VM.recordLogs();
        try house.finish(lot, _preimages[lot]) {
            readStates();
            ++reached["ended lots"];
            Figures memory figures = healthOf(_preimages[lot].account);
            bool healthy = figures.equityE8 >= int256(figures.maintenanceE8);
            require(healthy || stored.soldE8 == 1e8, Broken("INV05 a lot ended unhealthy and unsold"));
        } catch (bytes memory reason) {
            bytes4 selector = _refusal(reason);
            require(stored.soldE8 != 1e8, Broken("INV07 a sold lot did not end"));
            _allow(selector == ILiquidationHouse.NotHealthy.selector, "finish", reason);
        }
    }

    /// @dev A bid that is refused because what is left looks restored: it is, or whoever shows that it is not opens it to bids again.
    function _requireNotStuck(uint64 lot) private {
        LotPreimage memory preimage = _preimages[lot];
        // What has its settlement price is cash for the house.
        if (_unsettled(preimage) != this.decode(preimage.state).positions.length) return;
        bytes memory witness = _witnessOf(preimage.account, _leftOf(lot));
        if (witness.length == 0) return;
        try house.enlarge(lot, preimage, witness) {
            ++reached["enlargements"];
        } catch {
            revert Broken("INV15 nobody may bid for an account below its margin");
        }
    }

    function _countLoss(uint256 deficitBefore, uint256 insuranceBefore) private {
        if (clearinghouse.deficit() > deficitBefore) ++reached["deficits"];
        if (insurance.balanceE8() < insuranceBefore) ++reached["insurance paid"];
    }

    /// @dev Deficit grows only by the debt of a lot without positions, when insurance has paid what it may.
    function _requirePaidIn(uint64 lot) private view {
        Lot memory stored = house.lotOf(_preimages[lot].account);
        require(_unsettled(_preimages[lot]) == 0, Broken("INV10 deficit of a lot with positions"));
        require(insurance.coverage(0, 1, stored.insuredE8) == 0, Broken("INV10 deficit while insurance could pay"));
    }
}
