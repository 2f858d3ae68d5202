// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTotals, Need} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {FloorFigures} from "../interfaces/IFloorReferee.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {Expiries} from "../clearing/Expiries.sol";
import {Interest} from "../clearing/Interest.sol";
import {LiveMarkets} from "../clearing/LiveMarkets.sol";
import {Needs} from "../clearing/Needs.sol";
import {LotMath} from "../liquidation/LotMath.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {DatedAttestingFixture} from "./DatedAttestingFixture.sol";
import {IVm, VM} from "./IVm.sol";

/// @title What the handler of random calls sees: accounts, lots and needs as the protocol must see them, and what holds after every call
/// @notice A refused call must be refused by a named error that stands on the list of that call, with what it says being so.
abstract contract ProtocolSight is DatedAttestingFixture {
    uint64 internal constant TRADERS = 5;
    /// @dev Rich, so that nothing that he is offered is too much for him. Bids, and never trades or borrows.
    uint64 internal constant KEEPER = 6;
    /// @dev A second account of the first trader.
    uint64 internal constant SIBLING = 7;
    /// @dev What roundings of a lot's legs and of its price may take from health, in units.
    int256 internal constant ROUNDINGS = 1000;

    /// @notice Thrown when a call is refused by an error that may not appear there, or not in this state.
    error Unexpected(string what, bytes reason);

    /// @notice Whether prices move, and hours pass.
    bool public moving;
    uint256 public calls;
    /// @notice How often something was done, or came about: a handler that never succeeds shows nothing.
    mapping(string what => uint256) public reached;
    mapping(uint64 lot => LotPreimage) internal _preimages;
    uint96[] internal _instruments;
    mapping(uint32 expiry => bool) private _expired;
    /// @dev When a market was wound down.
    mapping(uint16 underlying => uint256) internal _woundDownAt;
    /// @dev The last answer of a feed that is silent; 0 while it speaks.
    mapping(uint16 underlying => uint256) internal _lastAnswer;
    /// @dev Fills of this call, and the roundings before it.
    uint256 private _fills;
    int256 private _roundingE8;
    /// @dev What fills told of orders, and of the premium of each market.
    mapping(uint64 account => mapping(uint64 nonce => bool)) private _over;
    mapping(uint64 account => mapping(uint64 nonce => uint64)) private _filledE8;
    mapping(uint16 underlying => int256) private _premiumsE8;
    mapping(uint16 underlying => uint256) private _notionalsE8;
    /// @dev Credit on attesters' word since a time, begun anew after the challenge horizon.
    uint256 public lentE8;
    uint256 internal _lentSince;
    /// @dev What was ever paid for it, and what of that went to the attesters.
    uint256 public creditFeesE8;
    uint256 internal _handedE8;

    modifier counted() {
        _begin();
        _;
        _end();
    }

    function _begin() private {
        ++calls;
        (_fills, _roundingE8) = (0, clearinghouse.ledger().roundingE8);
    }

    /// @dev Both sides of a fill are rounded against them, by less than a unit together with the other; nothing else rounds where nobody has it.
    function _end() private view {
        int256 risenE8 = clearinghouse.ledger().roundingE8 - _roundingE8;
        require(risenE8 >= 0 && risenE8 <= int256(_fills), Broken("INV01 rounded by more than a unit a fill"));
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
        int256 coming = clearinghouse.ledger().oneSidedE8;
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
            coming += _comingE8(state);
        }
        for (uint256 i = 0; i < sizes.length; ++i) {
            Need memory need = clearinghouse.needOf(_instruments[i]);
            coming += need.costE8 + _comingE8(_holding(_instruments[i], need));
            // Of what has its last price one side may be gone.
            if (_isClosing(_instruments[i])) continue;
            require(sizes[i] + need.sizeE8 == 0, Broken("INV02 sizes sum to zero"));
        }
        requireLedger(sum);
        // What one side has paid or got, and what the other will: nothing but the roundings of single closures.
        require(coming >= 0 && coming <= 10 * ROUNDINGS, Broken("INV19 settled for one side alone"));
        int256 interest = clearinghouse.ledger().interestE8;
        require(interest >= promised, Broken("INV16 interest that nobody owes"));
        _requireBonds();
    }

    /// @dev What the ledger will book when all of a state that has its last price is closed (CLR-018, CLR-027); the state is so afterwards.
    function _comingE8(AccountState memory state) private view returns (int256) {
        int256 before = state.cashE8 - _costE8(state);
        Expiries.settle(state, hub, true);
        return before - (state.cashE8 - _costE8(state));
    }

    function _costE8(AccountState memory state) private pure returns (int256 costE8) {
        for (uint256 i = 0; i < state.positions.length; ++i) costE8 += state.positions[i].costE8;
    }

    function _holding(uint96 instrument, Need memory need) private pure returns (AccountState memory state) {
        if (need.sizeE8 == 0) return state;
        state.positions = new Position[](1);
        state.positions[0] = Position(instrument, need.sizeE8, need.costE8);
    }

    /// @dev Of the account whose turn it is: where prices stand still, nobody becomes liquidatable.
    function requireOneHealthy() public view {
        Figures memory figures = healthOf(1 + uint64(calls % SIBLING));
        require(figures.equityE8 >= int256(figures.maintenanceE8), Broken("INV11 unhealthy though prices stand still"));
        require(house.lotCount() == 0, Broken("INV11 a lot though prices stand still"));
    }

    function _requireBonds() private view {
        uint256 stakeRaw = 0;
        for (uint256 i = 0; i < 3; ++i) {
            address attester = VM.addr(attesters[i]);
            (uint256 bond, ) = bonds.bondOf(attester);
            (, uint256 rewardRaw) = bonds.rewardOf(attester);
            stakeRaw += bond + rewardRaw + bonds.insuranceDueOf(attester);
        }
        require(usdc.balanceOf(address(bonds)) >= stakeRaw, Broken("INV12 bonds are there"));
        require(lentE8 <= (bonds.bondE8() * registry.threshold()) / 2, Broken("INV12 lent more than half the stake"));
        uint256 waitingE8 = clearinghouse.heldFor(address(bonds));
        require(waitingE8 + _handedE8 == creditFeesE8, Broken("INV14 fees on credit are the attesters'"));
    }

    // Checks after a call

    /// @dev What a user did himself and was no reduction left the floor.
    function _requireFloor(uint64 account) internal view {
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

    function _requireNotLower(Figures memory earlier, Figures memory later) internal pure {
        if (earlier.equityE8 < 0) {
            require(later.equityE8 + ROUNDINGS >= earlier.equityE8, Broken("INV09 a bid raised a loss"));
            return;
        }
        int256 before = earlier.equityE8 * int256(later.maintenanceE8);
        int256 after_ = (later.equityE8 + ROUNDINGS) * int256(earlier.maintenanceE8);
        require(after_ + ROUNDINGS * later.equityE8 >= before, Broken("INV09 a bid lowered health"));
    }

    /// @dev Counts what the bucket says was taken and what was paid for it, account by account, and keeps the states of the same events.
    function _readAll() internal {
        IVm.Log[] memory logs = VM.getRecordedLogs();
        if (block.timestamp - _lentSince > 7 days) (lentE8, _lentSince) = (0, block.timestamp);
        uint256 takenE8 = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == keccak256("CreditTaken(uint64,uint256,uint256)")) {
                require(takenE8 == 0, Broken("INV14 credit without a fee"));
                (takenE8, ) = abi.decode(logs[i].data, (uint256, uint256));
                lentE8 += takenE8;
                ++reached["credit"];
            }
            if (topic == keccak256("CreditFeePaid(uint64,uint256)")) {
                uint256 feeE8 = abi.decode(logs[i].data, (uint256));
                uint256 wanted = ((takenE8 - feeE8) * clearingParameters().creditFeeE8 + 1e8 - 1) / 1e8;
                require(feeE8 == wanted, Broken("INV14 the fee on credit is the rule's"));
                creditFeesE8 += feeE8;
                takenE8 = 0;
            }
            if (topic == keccak256("AccountUpdated(uint64,bytes32,bytes)")) {
                (, bytes memory state) = abi.decode(logs[i].data, (bytes32, bytes));
                states[uint64(uint256(logs[i].topics[1]))] = state;
            }
            if (topic == IClearingEvents.Filled.selector) _readFill(logs[i]);
        }
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IClearingEvents.Filled.selector) _requireOrders(logs[i]);
        }
        require(takenE8 == 0, Broken("INV14 credit without a fee"));
        _requireTold(BTC);
        _requireTold(ETH);
    }

    /// @dev Keeps what a fill says of its orders and of the premium, and compares it with what the chain has: an indexer has no more than the event, and the price of the block (P12).
    function _readFill(IVm.Log memory log) private {
        (int64 size, uint64 priceE8, uint64 makerNonce, uint64 takerNonce, , , uint8 flags) = abi.decode(
            log.data,
            (int64, uint64, uint64, uint64, uint128, uint128, uint8)
        );
        ++_fills;
        uint64 sizeE8 = uint64(size < 0 ? -size : size);
        _readOrder(uint64(uint256(log.topics[1])), makerNonce, sizeE8, flags & 1 != 0);
        _readOrder(uint64(uint256(log.topics[2])), takerNonce, sizeE8, flags & 2 != 0);
        if (flags & 4 == 0) return;
        uint16 underlying = uint16(Instruments.underlyingOf(uint96(uint256(log.topics[3]))));
        uint256 spotE8 = spots.storedSpotE8(underlying);
        int256 mostE8 = int256((spotE8 * parameters.premiumClampE8()) / 1e8);
        int256 premiumE8 = int256(uint256(priceE8)) - int256(spotE8);
        if (premiumE8 > mostE8) premiumE8 = mostE8;
        if (premiumE8 < -mostE8) premiumE8 = -mostE8;
        _premiumsE8[underlying] += (premiumE8 * int256(uint256(sizeE8))) / 1e8;
        _notionalsE8[underlying] += (spotE8 * sizeE8) / 1e8;
    }

    function _readOrder(uint64 account, uint64 nonce, uint64 sizeE8, bool isOver) private {
        if (isOver) _over[account][nonce] = true;
        else _filledE8[account][nonce] += sizeE8;
    }

    function _requireOrders(IVm.Log memory log) private view {
        (, , uint64 makerNonce, uint64 takerNonce, , , ) = abi.decode(
            log.data,
            (int64, uint64, uint64, uint64, uint128, uint128, uint8)
        );
        _requireOrder(uint64(uint256(log.topics[1])), makerNonce);
        _requireOrder(uint64(uint256(log.topics[2])), takerNonce);
    }

    function _requireOrder(uint64 account, uint64 nonce) private view {
        (bool done, uint64 filledE8) = clearinghouse.orderStatus(account, nonce);
        bool told = done == _over[account][nonce] && filledE8 == _filledE8[account][nonce];
        require(told, Broken("INV20 orders are as fills tell them"));
    }

    function _requireTold(uint16 underlying) private view {
        MarketTotals memory totals = clearinghouse.marketTotals(underlying);
        bool told =
            totals.premiumNotionalE8 == _premiumsE8[underlying] && totals.notionalE8 == _notionalsE8[underlying];
        require(told, Broken("INV20 premiums are as fills tell them"));
    }

    // Refusals

    /// @dev Refusals are named: no panic, no string, no call that ran out of gas.
    function _refusal(bytes memory reason) internal returns (bytes4 selector) {
        // The recorder keeps the events of a call that was undone, too.
        VM.getRecordedLogs();
        selector = bytes4(reason);
        bool named = reason.length >= 4 && selector != 0x4e487b71 && selector != 0x08c379a0;
        require(named, Broken("INV04 a refusal without a name"));
        // What a refused call had read is undone with it: read again, prices are those that it saw.
        hub.refresh();
    }

    function _allow(bool allowed, string memory what, bytes memory reason) internal pure {
        require(allowed, Unexpected(what, reason));
    }

    /// @dev Whether an account is refused for its margin, or its cash, its floor, being less than what is asked.
    function _isShort(bytes memory reason, uint64 account) internal pure returns (bool) {
        bytes4 selector = bytes4(reason);
        bool ofMargin =
            selector == IHealthGate.MarginTooLow.selector ||
                selector == IHealthGate.FloorTooLow.selector ||
                selector == IHealthGate.CashTooLow.selector;
        return ofMargin && _word(reason, 0) == int256(uint256(account)) && _word(reason, 1) < _word(reason, 2);
    }

    /// @dev An argument of an error.
    function _word(bytes memory reason, uint256 place) internal pure returns (int256 word) {
        require(reason.length >= 36 + 32 * place, Broken("INV04 an error without its arguments"));
        // Safe: reads a word of what was just measured.
        assembly ("memory-safe") {
            word := mload(add(reason, add(36, mul(32, place))))
        }
    }

    function _isInLot(uint64 account) internal view returns (bool) {
        return house.openLotOf(account) != 0;
    }

    function _isAnyMarketShut() internal view returns (bool) {
        (, bytes memory live) = hub.live();
        return LiveMarkets.find(live, BTC).marketState != 0 || LiveMarkets.find(live, ETH).marketState != 0;
    }

    /// @dev Whether a touch closes something of an account first, so that it is not what it seems: expired or wound down, or owed to a need.
    function _isDue(uint64 account) internal view returns (bool) {
        AccountState memory state = unpacked(account);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            uint96 instrument = state.positions[i].instrument;
            Need memory need = clearinghouse.needOf(instrument);
            if (_isClosing(instrument) || Needs.isOpposite(need, state.positions[i].sizeE8)) return true;
        }
        return false;
    }

    // Figures

    function _figures(AccountState memory state, uint64 account) internal view returns (Figures memory) {
        return _figuresWith(state, vault.balancesOf(account));
    }

    function _figuresWith(AccountState memory state, bytes memory balances) internal view returns (Figures memory) {
        (bytes memory header, bytes memory live) = hub.live();
        return referee.health(AccountStates.encode(state), balances, header, live, SurfaceChoice.Better);
    }

    function _lotFigures(uint64 lot) internal view returns (Figures memory) {
        return _figures(_leftNow(lot), _preimages[lot].account);
    }

    /// @dev The same with cash for what has its last price.
    function _leftNow(uint64 lot) internal view returns (AccountState memory left) {
        left = _leftOf(lot);
        Expiries.settle(left, hub, true);
    }

    /// @dev What the whole lot is worth, sold or not, with the tokens that it began with.
    function _wholeEquityE8(uint64 lot) internal view returns (int256) {
        AccountState memory whole = this.decode(_preimages[lot].state);
        whole.cashE8 = _accrued(whole);
        Expiries.settle(whole, hub, true);
        return _figuresWith(whole, _preimages[lot].balances).equityE8;
    }

    /// @dev What the account in a lot has: the unsold part and the proceeds; what has its last price not yet settled.
    function _leftOf(uint64 lot) internal view returns (AccountState memory state) {
        uint64 account = _preimages[lot].account;
        state = _unsold(account);
        state.cashE8 = _accrued(state) + int256(uint256(house.lotOf(account).proceedsE8));
    }

    /// @dev What open needs of the opposite side cost its legs against their marks: taking over serves those first, as every touch of a holder does.
    function _lostToNeeds(uint64 lot) internal view returns (int256 lostE8) {
        AccountState memory state = _leftOf(lot);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            Position memory leg = state.positions[i];
            Need memory need = clearinghouse.needOf(leg.instrument);
            if (!Needs.isOpposite(need, leg.sizeE8)) continue;
            (int256 sizeE8, int256 costE8) = Needs.take(need, leg.sizeE8);
            int256 lost = costE8 - (sizeE8 * worthOf(leg.instrument)) / ONE;
            if (lost > 0) lostE8 += lost + 1;
        }
    }

    /// @dev Whether a leg of a lot is opposite to an open need.
    function _facesNeed(uint64 lot) internal view returns (bool) {
        AccountState memory state = _leftOf(lot);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            Position memory leg = state.positions[i];
            if (Needs.isOpposite(clearinghouse.needOf(leg.instrument), leg.sizeE8)) return true;
        }
        return false;
    }

    function _touched(uint64 account) internal view returns (AccountState memory state) {
        state = unpacked(account);
        state.cashE8 = _accrued(state);
    }

    /// @dev The state as it is stored, of an account in a lot the part that is not sold.
    function _unsold(uint64 account) internal view returns (AccountState memory state) {
        state = unpacked(account);
        uint64 lot = house.openLotOf(account);
        if (lot != 0) state = LotMath.rest(state, house.lotOf(account).soldE8);
    }

    function _accrued(AccountState memory state) internal view returns (int256) {
        (uint64 debt, uint64 credit) = hub.indices();
        if (state.cashE8 == 0) return 0;
        return Interest.accrueFloor(state.cashE8, state.interestIndexE12, state.cashE8 < 0 ? debt : credit);
    }

    function _unsettled(LotPreimage memory preimage) internal view returns (uint256 count) {
        AccountState memory state = this.decode(preimage.state);
        for (uint256 i = 0; i < state.positions.length; ++i) {
            if (!_isClosing(state.positions[i].instrument)) ++count;
        }
    }

    /// @dev A joint scenario that shows the account below its margin in this state, if one does.
    function _witnessOf(uint64 account, AccountState memory state) internal view returns (bytes memory) {
        (bytes memory header, bytes memory live) = hub.live();
        bytes memory encoded = AccountStates.encode(state);
        bytes memory balances = vault.balancesOf(account);
        for (uint8 scenario = 0; scenario < 37; ++scenario) {
            bytes memory witness = _jointly(account, state, scenario, true);
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

    /// @dev All markets in one scenario; of an account that rests on none there is nothing to choose.
    function _jointly(
        uint64 account,
        AccountState memory state,
        uint8 scenario,
        bool addOns
    ) internal view returns (bytes memory) {
        bool rests = state.positions.length != 0 || vault.heldBy(account) > 1;
        return rests ? abi.encodePacked(uint8(0), scenario, addOns) : abi.encodePacked(addOns);
    }

    // Markets

    /// @dev Whether an instrument has its last price: its expiry is over, or its market was wound down.
    function _isClosing(uint96 instrument) internal view returns (bool) {
        return _isSettling(instrument) || _woundDownAt[uint16(Instruments.underlyingOf(instrument))] != 0;
    }

    function _markOf(uint96 instrument) internal view returns (uint256) {
        if (Instruments.expiryOf(instrument) != 0) return markOf(instrument);
        (, bytes memory live) = hub.live();
        return LiveMarkets.find(live, Instruments.underlyingOf(instrument)).markE8;
    }

    /// @dev What a feed answers, or answered last.
    function _answer(uint16 underlying) internal view returns (uint256) {
        if (_lastAnswer[underlying] != 0) return _lastAnswer[underlying];
        (, int256 answer, , , ) = (underlying == BTC ? btcFeed : ethFeed).latestRoundData();
        return uint256(answer);
    }

    /// @dev Time passes; an expiry that is over has its settlement price, as from the next checkpoint on it would.
    function _go(uint256 secondsPassed) internal {
        pass(secondsPassed);
        _fix(NEAR);
        _fix(FAR);
    }

    function _fix(uint32 expiry) private {
        if (block.timestamp < expiry || _expired[expiry]) return;
        for (uint16 u = BTC; u <= ETH; ++u) {
            uint64 priceE8 = dated.settlementPriceE8(u, expiry);
            dated.fix(u, expiry, priceE8 == 0 ? uint64(_answer(u)) : priceE8);
        }
        _expired[expiry] = true;
        ++reached["expiries"];
    }

    function _placeOf(uint96 instrument) internal view returns (uint256 place) {
        while (_instruments[place] != instrument) ++place;
    }

    // Accounts

    function _openLot(uint64 which) internal view returns (uint64) {
        for (uint64 i = 0; i < SIBLING; ++i) {
            uint64 lot = house.openLotOf(1 + (((which % SIBLING) + i) % SIBLING));
            if (lot != 0) return lot;
        }
        return 0;
    }

    /// @dev Who trades: the traders, and the second account of the first.
    function _trader(uint64 who) internal pure returns (uint64) {
        uint64 place = who % (TRADERS + 1);
        return place == TRADERS ? SIBLING : 1 + place;
    }

    function _account(uint64 who) internal pure returns (uint64) {
        return 1 + (who % SIBLING);
    }
}
