// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Need, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {FloorFigures, IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {Figures, IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {RiskAttestation} from "../interfaces/RiskTypes.sol";
import {Interest} from "../clearing/Interest.sol";
import {Needs} from "../clearing/Needs.sol";
import {LotMath} from "../liquidation/LotMath.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {DatedFixture} from "./DatedFixture.sol";
import {IVm, VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @title Random traders, prices, keepers, attesters: every call leaves the handler in good order, whatever it did to the accounts
/// @notice Calls that the protocol may refuse are tried, and must be refused by a named error; deposits, starts with a witness that shows an account below its margin, and the end of a lot of which everything is sold may not be refused.
/// Perpetuals of two markets, a future, calls and puts of two expiries, judged by the real referees.
contract ProtocolHandler is AttestingFixture, DatedFixture {
    uint64 internal constant TRADERS = 5;
    uint64 internal constant KEEPER = 6;
    /// @dev What roundings of a lot's legs and of its price may take from health, in units.
    int256 internal constant ROUNDINGS = 1000;

    bool public moving;
    mapping(uint64 lot => LotPreimage) private _preimages;
    uint96[] private _instruments;
    uint256 public calls;
    uint256 public trades;
    uint256 public lots;
    uint256 public bids;
    uint256 public enlargements;
    uint256 public deleverages;
    uint256 public serves;
    uint256 public expiries;
    uint256 public rewards;
    mapping(uint64 account => uint256) private _rewarded;
    /// @dev Credit on attesters' word since a time, begun anew after the challenge horizon.
    uint256 public lentE8;
    uint256 private _lentSince;
    /// @dev What was ever paid for it, and what of that went to the attesters.
    uint256 public creditFeesE8;
    uint256 private _handedE8;

    modifier counted() {
        ++calls;
        _;
    }

    /// @param moving_ Whether prices move, and hours pass.
    constructor(bool moving_) {
        moving = moving_;
        deployDated();
        appointAttesters();
        _instruments = [btcPerpetual, ethPerpetual, future(FAR)];
        _instruments.push(call(NEAR, 95_000));
        _instruments.push(put(NEAR, 88_000));
        _instruments.push(call(FAR, 100_000));
        for (uint64 i = 0; i < TRADERS; ++i) openWith(100_000);
        openWith(50_000_000);
        fundInsurance(200_000e6);
        _lentSince = block.timestamp;
        VM.fee(20 gwei);
    }

    function _hub(IPriceHub prices) internal override(DatedFixture, ProtocolFixture) returns (IPriceHub) {
        return super._hub(prices);
    }

    function _referee() internal override(DatedFixture, ProtocolFixture) returns (IReferee) {
        return super._referee();
    }

    function _floors() internal override(DatedFixture, ProtocolFixture) returns (IFloorReferee) {
        return super._floors();
    }

    function doDeposit(uint64 who, uint16 token, uint64 amountRaw) external counted {
        uint64 account = _account(who);
        // At most about a thousand dollars, so that nobody becomes too rich to fail.
        uint64[3] memory largest = [uint64(1e9), 3e17, 1e6];
        deposit(account, token % 3, uint128(amountRaw % largest[token % 3]) + 1);
    }

    function doTrade(uint64 buyer, uint64 seller, uint8 which, uint64 size, uint256 priceShift) external counted {
        buyer = _trader(buyer);
        seller = _trader(seller);
        if (buyer == seller) return;
        uint96 instrument = _instruments[which % _instruments.length];
        if (_isSettling(instrument)) return;
        uint256 price = (_markOf(instrument) * (9_600 + (priceShift % 801))) / 10_000 + 1;
        uint256 largest = instrument == ethPerpetual ? 90e8 : 3e8;
        uint64 sizeE8 = uint64(size % largest) + 1;
        bool buyerReduces = (priceShift >> 16) % 5 == 0;
        bool sellerReduces = (priceShift >> 24) % 5 == 0;
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, instrument, -int64(sizeE8), price));
        orders[1] = signed(order(buyer, instrument, int64(sizeE8), price));
        AccountInput[] memory accounts = pair(
            buyer,
            seller,
            buyerReduces ? reducing() : computed(),
            sellerReduces ? reducing() : computed()
        );
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, sizeE8);
        VM.recordLogs();
        try clearinghouse.settle(accounts, orders, fills) {
            ++trades;
            readStates();
            if (!buyerReduces) _requireFloor(buyer);
            if (!sellerReduces) _requireFloor(seller);
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    function doWithdraw(uint64 who, uint16 token, uint64 amountRaw) external counted {
        uint64 account = _account(who);
        AccountInput memory brought = input(account, computed());
        VM.recordLogs();
        VM.prank(ownerOf(account));
        try clearinghouse.withdraw(brought, token % 3, uint128(amountRaw % 1e11) + 1, ownerOf(account)) {
            readStates();
            _requireFloor(account);
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    /// @dev A quorum that, where prices move, lies by ten thousand dollars: what it lends comes out of the bucket. Its checkpoint is the hub's own, which knows no expiries.
    function doBorrow(uint64 who, uint64 amountRaw) external counted {
        uint64 account = _account(who);
        AccountState memory state = unpacked(account);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            uint96 instrument = state.positions[i].instrument;
            if (instrument != btcPerpetual && instrument != ethPerpetual) return;
        }
        pass(60);
        hub.checkpoint();
        (checkpoint, records) = dated.inner().live();
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
            _countLoan();
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    function doPrice(bool btc, uint256 shift) external counted {
        if (!moving) return;
        uint256 mark = _answer(btc);
        uint256 next = (mark * (9_000 + (shift % 2_001))) / 10_000;
        uint256 start = btc ? BTC_PRICE : ETH_PRICE;
        if (next < start / 10 || next > start * 5) next = start;
        if (btc) setBtc(next);
        else setEth(next);
    }

    function doPass(uint32 secondsPassed) external counted {
        pass(1 + (secondsPassed % (moving ? 2 hours : 60)));
        (, uint40 last) = hub.latest();
        if (block.timestamp >= last + 60) hub.checkpoint();
    }

    /// @dev Rarely: to the near expiry, which is settled at spot.
    function doExpire(uint32 whether) external counted {
        if (!moving || whether % 8 != 0 || dated.settlementPriceE8(BTC, NEAR) != 0) return;
        if (block.timestamp < NEAR) pass(NEAR - block.timestamp);
        dated.fix(BTC, NEAR, uint64(_answer(true)));
        dated.fix(ETH, NEAR, uint64(_answer(false)));
        ++expiries;
    }

    function doSettle(uint64 who) external counted {
        uint64 account = _account(who);
        bytes memory state = stateOf(account);
        VM.recordLogs();
        try clearinghouse.settleExpired(account, state) {
            readStates();
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    function doFund(uint32 amountRaw) external counted {
        fundInsurance(uint128(amountRaw) + 1);
    }

    function fundInsurance(uint128 amountRaw) internal {
        usdc.mint(address(this), amountRaw);
        usdc.approve(address(vault), amountRaw);
        insurance.fund(amountRaw);
    }

    function doStart(uint64 who) external counted {
        uint64 account = _trader(who);
        if (house.openLotOf(account) != 0) return;
        // A start serves open needs and settles what expired first; then what is stored is what it judges.
        _serve(account);
        Figures memory figures = healthOf(account);
        bool healthy = figures.equityE8 >= int256(figures.maintenanceE8);
        bytes memory witness = healthy ? bytes(hex"000301") : _witnessOf(account, _touched(account));
        if (witness.length == 0) return;
        bytes memory state = stateOf(account);
        uint256 heldBefore = clearinghouse.heldE8();
        VM.recordLogs();
        try house.start(account, state, witness) returns (uint64 lot) {
            readStates();
            ++lots;
            uint256 rewardE8 = clearinghouse.heldE8() - heldBefore;
            int256 mostE8 = figures.equityE8 > 0 ? figures.equityE8 / 20 : int256(0);
            require(int256(rewardE8) <= mostE8, Broken("INV13 a start is paid by the account alone"));
            if (rewardE8 != 0) {
                require(block.timestamp >= _rewarded[account] + 1 hours, Broken("INV13 paid twice an hour"));
                _rewarded[account] = block.timestamp;
                ++rewards;
            }
            _preimages[lot] = LotPreimage(account, stateOf(account), vault.balancesOf(account));
            require(!healthy, Broken("INV05 a healthy account in a lot"));
        } catch (bytes memory reason) {
            _requireNamed(reason);
            // After a sale in part an account rests for some minutes.
            bool rests = bytes4(reason) == ILiquidationHouse.TooSoon.selector;
            require(healthy || rests, Broken("INV06 start refused a true witness"));
        }
    }

    function doBid(uint64 which, uint64 fraction) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        AccountInput memory brought = input(KEEPER, computed());
        Figures memory earlier = _lotFigures(lot);
        uint256 deficitBefore = clearinghouse.deficit();
        VM.recordLogs();
        VM.prank(ownerOf(KEEPER));
        try house.bid(lot, _preimages[lot], 5_000_000 + (fraction % 95_000_001), 1e16, brought) {
            ++bids;
            readStates();
            _requireFloor(KEEPER);
            _requireNotLower(earlier, _lotFigures(lot));
            if (clearinghouse.deficit() > deficitBefore) _requirePaidIn(lot);
        } catch (bytes memory reason) {
            _requireNamed(reason);
            if (bytes4(reason) == ILiquidationHouse.NotLiquidatable.selector) _requireNotStuck(lot);
        }
    }

    /// @dev By what shows most, or by the scenario in which nothing moves.
    function doEnlarge(uint64 which, bool weak) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        bytes memory witness = weak ? bytes(hex"000d00") : _witnessOf(_preimages[lot].account, _leftOf(lot));
        try house.enlarge(lot, _preimages[lot], witness) {
            ++enlargements;
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    function doDeleverage(uint64 which) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        LotPreimage memory preimage = _preimages[lot];
        Figures memory earlier = _lotFigures(lot);
        int256 servedE8 = _lostToNeeds(lot);
        uint256 deficitBefore = clearinghouse.deficit();
        VM.recordLogs();
        try house.deleverage(lot, preimage) {
            ++deleverages;
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
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    function doClaim() external counted {
        try clearinghouse.claim(address(0xC1A1)) {} catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    function doPayAttesters() external counted {
        try clearinghouse.payAttesters() returns (uint128 amountRaw) {
            _handedE8 += uint256(amountRaw) * 100;
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
        try bonds.share() {} catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    function doCover() external counted {
        uint256 deficitBefore = clearinghouse.deficit();
        clearinghouse.coverLosses();
        require(clearinghouse.deficit() <= deficitBefore, Broken("INV10 fees raised the deficit"));
    }

    function doServe(uint64 who) external counted {
        _serve(_account(who));
    }

    function _serve(uint64 account) private {
        if (house.openLotOf(account) != 0) return;
        bytes memory state = stateOf(account);
        VM.recordLogs();
        try clearinghouse.serveNeed(account, state) {
            ++serves;
            readStates();
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
        state = stateOf(account);
        VM.recordLogs();
        try clearinghouse.settleExpired(account, state) {
            readStates();
        } catch (bytes memory reason) {
            _requireNamed(reason);
        }
    }

    function doFinish(uint64 which) external counted {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        Lot memory stored = house.lotOf(_preimages[lot].account);
        VM.recordLogs();
        try house.finish(lot, _preimages[lot]) {
            readStates();
        } catch (bytes memory reason) {
            _requireNamed(reason);
            require(stored.soldE8 != 1e8, Broken("INV07 a sold lot did not end"));
        }
    }

    // What invariants ask

    /// @dev As the referee sees the account, its interest included; that it answers at all is INV04 for reads.
    function healthOf(uint64 account) public view returns (Figures memory) {
        return _figures(_touched(account), account);
    }

    /// @dev P5 with open lots: of an account in a lot the unsold part counts.
    function requireAllConserved() public view {
        uint64 n = clearinghouse.accountCount();
        int256 sum = 0;
        int256 promised = 0;
        int256[] memory sizes = new int256[](_instruments.length);
        for (uint64 a = 1; a <= n; ++a) {
            require(keccak256(stateOf(a)) == clearinghouse.accountHash(a), Broken("INV03 hash of the last event"));
            AccountState memory state = _unsold(a);
            sum += state.cashE8;
            promised += _accrued(state) - state.cashE8;
            for (uint256 i = 0; i < state.positions.length; ++i) {
                sum -= state.positions[i].costE8;
                sizes[_placeOf(state.positions[i].instrument)] += state.positions[i].sizeE8;
            }
        }
        for (uint256 i = 0; i < sizes.length; ++i) {
            // Of an expiry that is settled one side may be gone.
            if (_isSettling(_instruments[i])) continue;
            int256 taken = clearinghouse.needOf(_instruments[i]).sizeE8;
            require(sizes[i] + taken == 0, Broken("INV02 sizes sum to zero"));
        }
        requireLedger(sum);
        int256 interest = clearinghouse.ledger().interestE8;
        require(interest >= promised, Broken("INV16 interest that nobody owes"));
        _requireStake();
    }

    /// @dev Of the account whose turn it is: where prices stand still, nobody becomes liquidatable.
    function requireOneHealthy() public view {
        Figures memory figures = healthOf(1 + uint64(calls % KEEPER));
        require(figures.equityE8 >= int256(figures.maintenanceE8), Broken("INV11 unhealthy though prices stand still"));
        require(house.lotCount() == 0, Broken("INV11 a lot though prices stand still"));
    }

    // Checks

    /// @dev What a user did himself and was no reduction left the floor.
    function _requireFloor(uint64 account) private view {
        (bytes memory header, bytes memory live) = hub.live();
        FloorFigures memory figures = floors.floorOf(
            stateOf(account),
            vault.balancesOf(account),
            header,
            live,
            SurfaceChoice.Worse
        );
        require(figures.floorEquityE8 >= int256(figures.floorE8), Broken("INV08 below the floor"));
    }

    function _requireNotLower(Figures memory earlier, Figures memory later) private pure {
        if (earlier.equityE8 < 0) {
            require(later.equityE8 + ROUNDINGS >= earlier.equityE8, Broken("INV09 a bid raised a loss"));
            return;
        }
        int256 before = earlier.equityE8 * int256(later.maintenanceE8);
        int256 after_ = (later.equityE8 + ROUNDINGS) * int256(earlier.maintenanceE8);
        require(after_ + ROUNDINGS * later.equityE8 >= before, Broken("INV09 a bid lowered health"));
    }

    /// @dev A bid that is refused because what is left looks restored: it is, or whoever shows that it is not opens it to bids again.
    function _requireNotStuck(uint64 lot) private {
        LotPreimage memory preimage = _preimages[lot];
        // What has its settlement price is cash for the house.
        if (_unsettled(preimage) != this.decode(preimage.state).positions.length) return;
        bytes memory witness = _witnessOf(preimage.account, _leftOf(lot));
        if (witness.length == 0) return;
        try house.enlarge(lot, preimage, witness) {
            ++enlargements;
        } catch {
            revert Broken("INV15 nobody may bid for an account below its margin");
        }
    }

    /// @dev Deficit grows only by the debt of a lot without positions, when insurance has paid what it may.
    function _requirePaidIn(uint64 lot) private view {
        Lot memory stored = house.lotOf(_preimages[lot].account);
        require(_unsettled(_preimages[lot]) == 0, Broken("INV10 deficit of a lot with positions"));
        require(insurance.coverage(0, 1, stored.insuredE8) == 0, Broken("INV10 deficit while insurance could pay"));
    }

    /// @dev Refusals are named: no panic, no string, no call that ran out of gas.
    function _requireNamed(bytes memory reason) private {
        // The recorder keeps the events of a call that was undone, too.
        VM.getRecordedLogs();
        bytes4 selector = bytes4(reason);
        bool named = reason.length >= 4 && selector != 0x4e487b71 && selector != 0x08c379a0;
        require(named, Broken("INV04 a refusal without a name"));
    }

    function _requireStake() private view {
        uint256 stakeRaw = 0;
        for (uint256 i = 0; i < 3; ++i) {
            (uint256 bond, ) = bonds.bondOf(VM.addr(attesters[i]));
            stakeRaw += bond;
        }
        require(usdc.balanceOf(address(bonds)) >= stakeRaw + bonds.insuranceDueRaw(), Broken("INV12 bonds are there"));
        require(lentE8 <= (bonds.bondE8() * registry.threshold()) / 2, Broken("INV12 lent more than half the stake"));
        uint256 waitingE8 = clearinghouse.heldFor(address(bonds));
        require(waitingE8 + _handedE8 == creditFeesE8, Broken("INV14 fees on credit are the attesters'"));
    }

    /// @dev Counts what the bucket says was taken and what was paid for it, and keeps the states of the same events.
    function _countLoan() private {
        IVm.Log[] memory logs = VM.getRecordedLogs();
        if (block.timestamp - _lentSince > 7 days) (lentE8, _lentSince) = (0, block.timestamp);
        uint256 takenE8 = 0;
        uint256 feeE8 = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == keccak256("CreditTaken(uint64,uint256,uint256)")) {
                (takenE8, ) = abi.decode(logs[i].data, (uint256, uint256));
            }
            if (logs[i].topics[0] == keccak256("CreditFeePaid(uint64,uint256)")) {
                feeE8 = abi.decode(logs[i].data, (uint256));
            }
            if (logs[i].topics[0] == keccak256("AccountUpdated(uint64,bytes32,bytes)")) {
                (, bytes memory state) = abi.decode(logs[i].data, (bytes32, bytes));
                states[uint64(uint256(logs[i].topics[1]))] = state;
            }
        }
        uint256 wanted = ((takenE8 - feeE8) * clearingParameters().creditFeeE8 + 1e8 - 1) / 1e8;
        require(feeE8 == wanted, Broken("INV14 the fee on credit is the rule's"));
        lentE8 += takenE8;
        creditFeesE8 += feeE8;
    }

    // Figures

    function _figures(AccountState memory state, uint64 account) private view returns (Figures memory) {
        (bytes memory header, bytes memory live) = hub.live();
        bytes memory balances = vault.balancesOf(account);
        return referee.health(AccountStates.encode(state), balances, header, live, SurfaceChoice.Better);
    }

    function _lotFigures(uint64 lot) private view returns (Figures memory) {
        return _figures(_leftOf(lot), _preimages[lot].account);
    }

    /// @dev What the account in a lot has: the unsold part and the proceeds.
    function _leftOf(uint64 lot) private view returns (AccountState memory state) {
        uint64 account = _preimages[lot].account;
        state = _unsold(account);
        state.cashE8 = _accrued(state) + int256(uint256(house.lotOf(account).proceedsE8));
    }

    /// @dev What open needs of the opposite side cost its legs against their marks: taking over serves those first, as every touch of a holder does.
    function _lostToNeeds(uint64 lot) private view returns (int256 lostE8) {
        AccountState memory state = _leftOf(lot);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            Position memory leg = state.positions[i];
            Need memory need = clearinghouse.needOf(leg.instrument);
            if (leg.sizeE8 == 0 || need.sizeE8 == 0 || (need.sizeE8 > 0) == (leg.sizeE8 > 0)) continue;
            (int256 sizeE8, int256 costE8) = Needs.take(need, leg.sizeE8);
            int256 lost = costE8 - (sizeE8 * worthOf(leg.instrument)) / ONE;
            if (lost > 0) lostE8 += lost + 1;
        }
    }

    function _touched(uint64 account) private view returns (AccountState memory state) {
        state = unpacked(account);
        state.cashE8 = _accrued(state);
    }

    /// @dev The state as it is stored, of an account in a lot the part that is not sold.
    function _unsold(uint64 account) private view returns (AccountState memory state) {
        state = unpacked(account);
        uint64 lot = house.openLotOf(account);
        if (lot != 0) state = LotMath.rest(state, house.lotOf(account).soldE8);
    }

    function _accrued(AccountState memory state) private view returns (int256) {
        (uint64 debt, uint64 credit) = hub.indices();
        if (state.cashE8 == 0) return 0;
        return Interest.accrueFloor(state.cashE8, state.interestIndexE12, state.cashE8 < 0 ? debt : credit);
    }

    function _unsettled(LotPreimage memory preimage) private view returns (uint256 count) {
        AccountState memory state = this.decode(preimage.state);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            if (!_isSettling(state.positions[i].instrument)) ++count;
        }
    }

    /// @dev A joint scenario that shows the account below its margin in this state, if one does.
    function _witnessOf(uint64 account, AccountState memory state) private view returns (bytes memory) {
        (bytes memory header, bytes memory live) = hub.live();
        bytes memory encoded = AccountStates.encode(state);
        bytes memory balances = vault.balancesOf(account);
        for (uint8 scenario = 0; scenario < 37; ++scenario) {
            bytes memory witness = abi.encodePacked(uint8(0), scenario, uint8(1));
            (int256 equity, uint256 shown) = referee.witnessMargin(
                encoded,
                balances,
                header,
                live,
                SurfaceChoice.Better,
                witness
            );
            if (equity < int256(shown)) return witness;
        }
        return "";
    }

    function _markOf(uint96 instrument) private view returns (uint256) {
        if (instrument == btcPerpetual) return _answer(true);
        if (instrument == ethPerpetual) return _answer(false);
        return markOf(instrument);
    }

    function _answer(bool btc) private view returns (uint256) {
        (, int256 answer, , , ) = (btc ? btcFeed : ethFeed).latestRoundData();
        return uint256(answer);
    }

    function _placeOf(uint96 instrument) private view returns (uint256 place) {
        while (_instruments[place] != instrument) ++place;
    }

    function _openLot(uint64 which) private view returns (uint64) {
        for (uint64 i = 0; i < TRADERS; ++i) {
            uint64 lot = house.openLotOf(1 + (((which % TRADERS) + i) % TRADERS));
            if (lot != 0) return lot;
        }
        return 0;
    }

    function _trader(uint64 who) private pure returns (uint64) {
        return 1 + (who % TRADERS);
    }

    function _account(uint64 who) private pure returns (uint64) {
        return 1 + (who % KEEPER);
    }
}
