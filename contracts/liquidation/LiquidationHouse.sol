// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IClearinghouseModules, LotEntry} from "../interfaces/IClearinghouseModules.sol";
import {IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {Figures, IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {IRiskParameters, LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Expiries} from "../clearing/Expiries.sol";
import {Exposures} from "../clearing/Exposures.sol";
import {Interest} from "../clearing/Interest.sol";
import {LiveMarket, LiveMarkets} from "../clearing/LiveMarkets.sol";
import {SignedDivision} from "../clearing/SignedDivision.sol";
import {LotLegs} from "./LotLegs.sol";
import {LotMath} from "./LotMath.sol";

/// @title The liquidation house
/// @dev What is virtual is so for the naive variants in contracts/test/mutants alone.
contract LiquidationHouse is ILiquidationHouse, ReentrancyGuardTransient {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;
    uint256 internal constant WORD = 32;
    /// @dev A bankruptcy price is never further from the mark than this part of it.
    uint256 internal constant SHIFT_MAX_E8 = 5e7;

    IClearinghouse public immutable clearinghouse;
    IMarginVault public immutable vault;
    IPriceHub public immutable hub;
    IReferee public immutable referee;
    /// @notice The part of the referee that weighs witnesses.
    IReferee public immutable witnesses;
    IFloorReferee public immutable floors;
    IRiskParameters public immutable parameters;
    IInsuranceFund public immutable insurance;

    /// @dev When an account's last lot ended, and how long its auction had run.
    struct Ended {
        uint40 time;
        uint40 ageSeconds;
        bool inPart;
    }

    /// @dev What `PriceHub.liveFor` returned: read once a call.
    struct Live {
        bytes checkpoint;
        bytes records;
    }

    /// @dev What a bid amounts to.
    struct Price {
        uint256 discountE8;
        int256 payE8;
        uint256 insuredE8;
        uint256 deficitE8;
        uint16 underlying;
    }

    /// @dev Never zero, so that the first lot costs its keeper what every other does.
    uint64 private _nextLot = 1;
    /// @dev The last lot of each account, which has one at a time: its next one takes the same words.
    mapping(uint64 account => Lot) private _lots;
    mapping(uint64 account => Ended) private _ended;

    constructor(
        IClearinghouse clearinghouse_,
        IMarginVault vault_,
        IPriceHub hub_,
        IReferee referee_,
        IFloorReferee floors_,
        IRiskParameters parameters_,
        IInsuranceFund insurance_
    ) {
        clearinghouse = clearinghouse_;
        vault = vault_;
        hub = hub_;
        referee = referee_;
        witnesses = IReferee(referee_.WITNESS());
        floors = floors_;
        parameters = parameters_;
        insurance = insurance_;
    }

    // Keepers and bidders

    /// @inheritdoc ILiquidationHouse
    function start(
        uint64 account,
        bytes calldata state,
        bytes calldata witness
    ) external nonReentrant returns (uint64 lot) {
        LiquidationParameters memory p = parameters.liquidation();
        Ended memory ended = _ended[account];
        bool resumes = ended.time != 0 && block.timestamp - ended.time <= p.resumeSeconds;
        // A lot that goes on after a pause earns nothing: starting again and again costs an account no more than once.
        address keeper = resumes ? address(0) : msg.sender;
        LotEntry memory entry = _modules().enterLot(account, state, keeper, witnesses, witness);
        (int256 equityE8, uint256 maintenanceE8) = (entry.equityE8, entry.maintenanceE8);
        require(equityE8 < int256(maintenanceE8), NotLiquidatable(account, equityE8, maintenanceE8));
        _requireRested(account, ended, equityE8, maintenanceE8);

        if (equityE8 < 0) insurance.hold();
        equityE8 -= int256(entry.rewardE8);
        lot = _nextLot++;
        uint40 biddingFrom = uint40(block.timestamp + p.graceSeconds);
        bytes32 hash = _hashOf(account, entry.state, entry.balances);
        uint64 fraction = LotMath.forSale(p, equityE8, maintenanceE8);
        // The money of a lot that has ended is zero: written again, it would cost.
        Lot storage stored = _lots[account];
        stored.lot = lot;
        stored.startTime = uint32(resumes ? biddingFrom - ended.ageSeconds : biddingFrom);
        stored.biddingFrom = uint32(biddingFrom);
        stored.soldE8 = 0;
        stored.forSaleE8 = uint32(fraction);
        stored.open = true;
        stored.maintenanceE4 = _e4Up(maintenanceE8);
        stored.lotHash = hash;
        emit LotStarted(
            lot,
            account,
            msg.sender,
            hash,
            entry.state,
            entry.balances,
            equityE8,
            maintenanceE8,
            fraction,
            biddingFrom
        );
    }

    /// @inheritdoc ILiquidationHouse
    function bid(
        uint64 lot,
        LotPreimage calldata preimage,
        uint64 fractionE8,
        int256 maxPayE8,
        AccountInput calldata bidder
    ) external nonReentrant returns (int256 payE8) {
        Lot memory stored = _requireLot(lot, preimage);
        LiquidationParameters memory p = parameters.liquidation();
        require(block.timestamp >= stored.biddingFrom, InGrace(lot, stored.biddingFrom));
        require(bidder.account != preimage.account, BidderInLot(bidder.account));
        uint64 fraction = _fraction(lot, stored, p, fractionE8);
        Live memory live = _live(
            Exposures.underlyingsOf(preimage.state) | Exposures.underlyingsOf(bidder.state),
            // The bidder's settlement token is swept before anything is asked of it.
            Exposures.tokensOf(preimage.balances) |
                vault.heldBy(preimage.account) |
                (vault.heldBy(bidder.account) & ~uint256(1))
        );
        Price memory price = _price(live, stored, preimage, p, fraction);
        payE8 = price.payE8;
        require(payE8 <= maxPayE8, PayTooHigh(lot, payE8, maxPayE8));

        uint64 sold = stored.soldE8 + fraction;
        Lot storage kept = _lots[preimage.account];
        kept.soldE8 = uint32(sold);
        if (payE8 > 0) kept.proceedsE8 = stored.proceedsE8 + uint128(uint256(payE8));
        if (price.insuredE8 != 0) {
            kept.insuredE8 = stored.insuredE8 + uint128(price.insuredE8);
            insurance.count(price.underlying, price.insuredE8);
            if (sold != ONE) insurance.hold();
        }
        emit LotBid(
            lot,
            bidder.account,
            stored.soldE8,
            sold,
            payE8,
            price.discountE8,
            price.insuredE8,
            price.deficitE8
        );
        _deliver(live, stored, preimage, sold, bidder, price);
    }

    /// @inheritdoc ILiquidationHouse
    function enlarge(uint64 lot, LotPreimage calldata preimage, bytes calldata witness) external nonReentrant {
        Lot memory stored = _requireLot(lot, preimage);
        Live memory live = _liveOf(preimage);
        bytes memory balances = _balancesOf(preimage.account);
        (int256 equityE8, uint256 maintenanceE8) = _shown(live, _leftNow(live, stored, preimage), balances, witness);
        require(equityE8 < int256(maintenanceE8), NotLiquidatable(preimage.account, equityE8, maintenanceE8));
        uint256 more = LotMath.forSale(parameters.liquidation(), equityE8, maintenanceE8);
        // A witness takes nothing from what was shown before. It shows the unsold part; a lot keeps what the whole would ask for.
        uint256 forSaleE8 = Math.max(stored.forSaleE8, stored.soldE8 + ((ONE - stored.soldE8) * more) / ONE);
        uint256 keptE4 = Math.max(stored.maintenanceE4, _e4Up((maintenanceE8 * ONE) / (ONE - stored.soldE8)));
        require(
            forSaleE8 + keptE4 != uint256(stored.forSaleE8) + stored.maintenanceE4,
            NotLarger(lot, uint64(forSaleE8))
        );
        if (equityE8 < 0) insurance.hold();
        Lot storage kept = _lots[preimage.account];
        (kept.forSaleE8, kept.maintenanceE4) = (uint32(forSaleE8), uint56(keptE4));
        emit LotEnlarged(lot, uint64(forSaleE8), keptE4 * LotMath.E4);
    }

    /// @inheritdoc ILiquidationHouse
    /// @custom:spec CLR-047
    function showLoss(uint64 lot, LotPreimage calldata preimage) external nonReentrant {
        Lot memory stored = _requireLot(lot, preimage);
        Live memory live = _liveOf(preimage);
        int256 equityE8 = _equityOf(live, _leftNow(live, stored, preimage), _balancesOf(preimage.account));
        require(equityE8 < 0, NoLoss(lot, equityE8));
        insurance.hold();
    }

    /// @inheritdoc ILiquidationHouse
    /// @custom:spec CLR-045
    function deleverage(uint64 lot, LotPreimage calldata preimage) external nonReentrant {
        Lot memory stored = _requireLot(lot, preimage);
        require(block.timestamp >= stored.biddingFrom, InGrace(lot, stored.biddingFrom));
        Live memory live = _liveOf(preimage);
        uint64 account = preimage.account;
        AccountState memory left = _left(live, stored, preimage);
        bytes memory encoded = AccountStates.encode(left);
        bytes memory balances = _balancesOf(account);
        int256 equityE8 = _equityOf(live, encoded, balances);
        uint256 loss = _lossOf(equityE8);
        (, uint16 main) = LotLegs.notional(live.records, left);
        uint256 covered = _coverage(stored, main, loss);
        bool due = covered < loss || _isUninsured(live, stored, preimage, equityE8, main);
        require(left.positions.length != 0 && due, NothingToDeleverage(lot, loss, covered));
        if (covered != 0) insurance.count(main, covered);
        // The loss at the marks that are moved, which is no less than that at the better surfaces. A unit a leg more: each is closed rounded against the account, which must not end below nothing.
        loss = _lossOf(_equityAt(live, encoded, balances, SurfaceChoice.Present));
        (uint96[] memory instruments, int256[] memory prices, uint256 shift) = _bankruptcy(
            live,
            left,
            loss == 0 ? 0 : loss - covered + left.positions.length
        );
        bytes memory rest = AccountStates.encode(LotMath.rest(AccountStates.decode(preimage.state), stored.soldE8));
        bytes memory state = _modules().takeOver(account, rest, stored.proceedsE8, covered, instruments, prices);
        balances = _balancesOf(account);
        stored.lotHash = _hashOf(account, state, balances);
        (stored.soldE8, stored.forSaleE8, stored.proceedsE8) = (0, uint32(ONE), 0);
        stored.insuredE8 += uint128(covered);
        _lots[account] = stored;
        emit LotDeleveraged(lot, account, stored.lotHash, state, balances, shift, covered);
    }

    /// @inheritdoc ILiquidationHouse
    function finish(uint64 lot, LotPreimage calldata preimage) external nonReentrant {
        Lot memory stored = _requireLot(lot, preimage);
        Live memory live = _liveOf(preimage);
        bytes memory left = AccountStates.encode(LotMath.rest(AccountStates.decode(preimage.state), stored.soldE8));
        uint64 account = preimage.account;
        Lot storage ended = _lots[account];
        (ended.open, ended.proceedsE8, ended.insuredE8) = (false, 0, 0);
        bool inPart = stored.soldE8 != 0 && stored.soldE8 != ONE;
        _ended[account] = Ended(uint40(block.timestamp), uint40(_age(stored)), inPart);
        emit LotEnded(lot, account, stored.soldE8, stored.proceedsE8);
        bytes memory state = _modules().leaveLot(account, left, stored.proceedsE8);
        if (stored.soldE8 == ONE) return;
        Figures memory figures = _figures(live, state, _balancesOf(account));
        require(
            figures.equityE8 >= int256(figures.maintenanceE8),
            NotHealthy(account, figures.equityE8, figures.maintenanceE8)
        );
    }

    // Views

    /// @inheritdoc ILiquidationHouse
    function lotOf(uint64 account) external view returns (Lot memory stored) {
        return _lots[account];
    }

    /// @inheritdoc ILiquidationHouse
    function lotCount() external view returns (uint64 lots) {
        return _nextLot - 1;
    }

    /// @inheritdoc ILiquidationHouse
    function openLotOf(uint64 account) external view returns (uint64 lot) {
        Lot storage last = _lots[account];
        return last.open ? last.lot : 0;
    }

    /// @inheritdoc ILiquidationHouse
    function discountOf(uint64 account) external view returns (uint256 discountE8) {
        return _discountAt(parameters.liquidation(), _age(_lots[account]));
    }

    // Bids

    /// @dev The fraction that a bid takes: at most what is left, at least the least bid or all that is left.
    function _fraction(
        uint64 lot,
        Lot memory stored,
        LiquidationParameters memory p,
        uint64 wantedE8
    ) internal view virtual returns (uint64 fractionE8) {
        uint64 left = stored.forSaleE8 - stored.soldE8;
        fractionE8 = wantedE8 < left ? wantedE8 : left;
        require(
            fractionE8 != 0 && (fractionE8 >= p.bidMinE8 || fractionE8 == left),
            FractionInvalid(lot, wantedE8, left)
        );
    }

    /// @custom:spec CLR-041
    function _price(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage,
        LiquidationParameters memory p,
        uint64 fractionE8
    ) private view returns (Price memory price) {
        bytes memory encoded = _wholeNow(live, preimage.state);
        int256 equityE8 = _equityOf(live, encoded, preimage.balances);
        _requireNotRestored(live, stored, preimage, p, encoded, equityE8);
        uint256 age = _age(stored);
        if (equityE8 >= 0) {
            // Who bids owns the account that bids, or the bid is refused.
            bool own = clearinghouse.ownerOf(preimage.account) == msg.sender;
            price.discountE8 = own ? 0 : _discountAt(p, age);
            price.payE8 = LotMath.priceUp(equityE8, fractionE8, price.discountE8);
            return price;
        }
        AccountState memory whole = _whole(live, preimage.state);
        uint256 grossE8;
        (grossE8, price.underlying) = LotLegs.notional(live.records, whole);
        (uint256 loss, uint256 incentive) = LotMath.lossAndIncentiveDown(
            p,
            equityE8,
            _figures(live, encoded, preimage.balances).maintenanceE8,
            grossE8,
            fractionE8,
            age
        );
        price.insuredE8 = _coverage(stored, price.underlying, loss + incentive);
        bool pays = whole.positions.length == 0 || price.insuredE8 >= loss;
        require(pays, InsuranceExhausted(stored.lot, loss, price.insuredE8));
        price.deficitE8 = loss > price.insuredE8 ? loss - price.insuredE8 : 0;
        price.payE8 = -int256(price.insuredE8 + price.deficitE8);
    }

    /// @dev A lot as it was, with its interest, and cash for what has expired.
    function _whole(Live memory live, bytes calldata state) private view returns (AccountState memory whole) {
        whole = AccountStates.decode(state);
        whole.cashE8 = _accrued(whole.cashE8, whole.interestIndexE12);
        Expiries.settle(whole, hub, LiveMarkets.areAnyHalted(live.records));
    }

    /// @dev The same encoded. Why not always that way: until something expires only the cash is another.
    function _wholeNow(Live memory live, bytes calldata state) private view returns (bytes memory encoded) {
        bool isDue = Expiries.areAnyDueIn(state, block.timestamp) || LiveMarkets.areAnyHalted(live.records);
        if (isDue) return AccountStates.encode(_whole(live, state));
        encoded = state;
        int256 cashE8 = _accrued(AccountStates.cashE8(state), AccountStates.interestIndexE12(state));
        uint256 first = (AccountStates.zigzag(cashE8) << 128) | uint128(AccountStates.word(state, 0));
        // Safe: the first of the words that were copied.
        assembly ("memory-safe") {
            mstore(add(encoded, 32), first)
        }
    }

    /// @dev A bid is refused once what is left has reached the target, by a recovery of prices, by deposits or by sales: then the lot only waits for `finish`. Where nothing of it is open, or some of it was settled, once it is healthy: what its margin was is of no use.
    /// @custom:spec CLR-041
    function _requireNotRestored(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage,
        LiquidationParameters memory p,
        bytes memory left,
        int256 equityE8
    ) private view {
        bytes memory balances = _balancesOf(preimage.account);
        if (stored.soldE8 != 0 || keccak256(balances) != keccak256(preimage.balances)) {
            left = _leftNow(live, stored, preimage);
            equityE8 = _equityOf(live, left, balances);
        }
        bool restored =
            left.length == AccountStates.HEADER_BYTES || left.length != preimage.state.length
                ? equityE8 >= int256(_figures(live, left, balances).maintenanceE8)
                : LotMath.isRestored(p, equityE8, stored.maintenanceE4, stored.soldE8);
        require(!restored, NotLiquidatable(preimage.account, equityE8, stored.maintenanceE4 * LotMath.E4));
    }

    /// @dev Between two sales in part an account has time to recover; one in danger has not.
    /// @custom:spec CLR-040
    function _requireRested(uint64 account, Ended memory ended, int256 equityE8, uint256 maintenanceE8) private view {
        uint256 until = ended.time + LotMath.REST_SECONDS;
        bool rested = !ended.inPart || block.timestamp >= until || 2 * equityE8 < int256(maintenanceE8);
        require(rested, TooSoon(account, until));
    }

    /// @dev What the account has left beside its tokens: the unsold part with its interest, and the proceeds.
    function _left(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage
    ) private view returns (AccountState memory left) {
        left = LotMath.rest(AccountStates.decode(preimage.state), stored.soldE8);
        left.cashE8 = _accrued(left.cashE8, left.interestIndexE12) + int256(uint256(stored.proceedsE8));
        Expiries.settle(left, hub, LiveMarkets.areAnyHalted(live.records));
    }

    function _leftNow(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage
    ) private view returns (bytes memory encoded) {
        return AccountStates.encode(_left(live, stored, preimage));
    }

    /// @dev Tokens first, then positions and cash: the bidder's health is shown with both.
    /// @custom:spec CLR-042
    function _deliver(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage,
        uint64 toE8,
        AccountInput calldata bidder,
        Price memory price
    ) private {
        uint64 fromE8 = stored.soldE8;
        for (uint256 i = 0; i < preimage.balances.length / WORD; ++i) {
            uint256 word = uint256(bytes32(preimage.balances[WORD * i:WORD * i + WORD]));
            uint256 amount = uint128(word);
            uint256 moved = (amount * toE8) / ONE - (amount * fromE8) / ONE;
            vault.move(preimage.account, bidder.account, uint16(word >> 240), uint128(moved));
        }
        int256 cashE8 = AccountStates.cashE8(preimage.state);
        _modules().receiveSlice(
            bidder,
            msg.sender,
            preimage.account,
            AccountStates.interestIndexE12(preimage.state),
            cashE8 - LotMath.part(cashE8, fromE8),
            cashE8 - LotMath.part(cashE8, toE8),
            LotMath.slice(preimage.state, fromE8, toE8),
            price.payE8,
            price.deficitE8,
            live.checkpoint,
            live.records
        );
    }

    // Internal

    function _requireLot(uint64 lot, LotPreimage calldata preimage) internal view virtual returns (Lot memory stored) {
        stored = _lots[preimage.account];
        require(stored.lot == lot && stored.open, LotNotOpen(lot));
        bytes32 found = keccak256(abi.encode(preimage.account, preimage.state, preimage.balances));
        require(found == stored.lotHash, LotMismatch(lot, stored.lotHash, found));
    }

    function _balancesOf(uint64 account) private view returns (bytes memory) {
        return vault.balancesOf(account);
    }

    function _hashOf(uint64 account, bytes memory state, bytes memory balances) private pure returns (bytes32) {
        return keccak256(abi.encode(account, state, balances));
    }

    /// @dev Live prices of what is left of a lot.
    function _liveOf(LotPreimage calldata preimage) private returns (Live memory live) {
        return _live(Exposures.underlyingsOf(preimage.state), vault.heldBy(preimage.account));
    }

    function _live(uint256 underlyings, uint256 tokens) private returns (Live memory live) {
        (live.checkpoint, live.records) = hub.liveFor(underlyings, tokens);
    }

    function _shown(
        Live memory live,
        bytes memory state,
        bytes memory balances,
        bytes calldata witness
    ) private view returns (int256 equityE8, uint256 maintenanceE8) {
        return witnesses.witnessMargin(state, balances, live.checkpoint, live.records, SurfaceChoice.Better, witness);
    }

    function _figures(
        Live memory live,
        bytes memory state,
        bytes memory balances
    ) private view returns (Figures memory) {
        return referee.health(state, balances, live.checkpoint, live.records, SurfaceChoice.Better);
    }

    function _equityOf(Live memory live, bytes memory state, bytes memory balances) private view returns (int256) {
        return _equityAt(live, state, balances, SurfaceChoice.Better);
    }

    function _equityAt(
        Live memory live,
        bytes memory state,
        bytes memory balances,
        SurfaceChoice choice
    ) private view returns (int256) {
        return floors.equityOf(state, balances, live.checkpoint, live.records, choice);
    }

    function _lossOf(int256 equityE8) private pure returns (uint256) {
        return equityE8 < 0 ? uint256(-equityE8) : 0;
    }

    /// @dev Whether insurance cannot pay the loss of what is unsold, so that no bid takes it, though the account has proceeds or deposits that make up for it and yet is not restored: nobody else could end its risk.
    /// @custom:spec CLR-045
    function _isUninsured(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage,
        int256 equityE8,
        uint16 main
    ) private view returns (bool) {
        if (LotMath.isRestored(parameters.liquidation(), equityE8, stored.maintenanceE4, stored.soldE8)) return false;
        uint256 loss = _lossOf(_equityOf(live, _wholeNow(live, preimage.state), preimage.balances));
        loss = (loss * (ONE - stored.soldE8)) / ONE;
        return _coverage(stored, main, loss) < loss;
    }

    function _coverage(Lot memory stored, uint16 main, uint256 lossE8) private view returns (uint256) {
        return insurance.coverage(main, lossE8, stored.insuredE8);
    }

    /// @dev Fits: a requirement is below 2^63.
    function _e4Up(uint256 amountE8) private pure returns (uint56) {
        return uint56((amountE8 + LotMath.E4 - 1) / LotMath.E4);
    }

    /// @dev Cash of a lot, that was put down at its index, now.
    function _accrued(int256 cashE8, uint64 fromE12) private view returns (int256) {
        (uint64 debtIndexE12, uint64 creditIndexE12) = hub.indices();
        return Interest.accrueFloor(cashE8, fromE12, cashE8 < 0 ? debtIndexE12 : creditIndexE12);
    }

    /// @dev The marks, each moved by the same part of itself in the account's favour, so that together they make up for a loss.
    /// @custom:spec CLR-045
    function _bankruptcy(
        Live memory live,
        AccountState memory state,
        uint256 lossE8
    ) internal view virtual returns (uint96[] memory instruments, int256[] memory prices, uint256 shiftE8) {
        uint256 n = state.positions.length;
        (instruments, prices) = (new uint96[](n), new int256[](n));
        int256[] memory funding = new int256[](n);
        uint256 gross = 0;
        for (uint256 i = 0; i < n; ++i) {
            uint96 instrument = state.positions[i].instrument;
            instruments[i] = instrument;
            if (Instruments.kindOf(instrument) == Instruments.PERPETUAL) {
                LiveMarket memory market = LiveMarkets.find(live.records, Instruments.underlyingOf(instrument));
                (prices[i], funding[i]) = (int256(market.markE8), market.fundingE8);
            } else {
                int256 mark = floors.quoteOf(instrument, live.checkpoint, live.records).markE8;
                prices[i] = mark > 0 ? mark : int256(0);
            }
            gross += (state.positions[i].sizeE8.abs() * uint256(prices[i])) / ONE;
        }
        shiftE8 = gross == 0 ? SHIFT_MAX_E8 : (lossE8 * ONE + gross - 1) / gross;
        if (shiftE8 > SHIFT_MAX_E8) shiftE8 = SHIFT_MAX_E8;
        for (uint256 i = 0; i < n; ++i) {
            int256 moved = (prices[i] * int256(shiftE8)).ceil(int256(ONE));
            prices[i] += (state.positions[i].sizeE8 > 0 ? moved : -moved) - funding[i];
        }
    }

    /// @custom:spec CLR-041
    function _discountAt(
        LiquidationParameters memory p,
        uint256 ageSeconds
    ) internal view virtual returns (uint256 discountE8) {
        return LotMath.discount(p, ageSeconds);
    }

    /// @dev Seconds of auction so far, those of a lot that this one resumes included.
    function _age(Lot memory stored) private view returns (uint256) {
        return block.timestamp > stored.startTime ? block.timestamp - stored.startTime : 0;
    }

    function _modules() private view returns (IClearinghouseModules) {
        return IClearinghouseModules(address(clearinghouse));
    }
}
