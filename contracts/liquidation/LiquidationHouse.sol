// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {LotEntry} from "../interfaces/IClearinghouseModules.sol";
import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {Figures} from "../interfaces/IReferee.sol";
import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {AccountStates} from "../margin/AccountStates.sol";
import {Exposures} from "../clearing/Exposures.sol";
import {Rooms} from "../clearing/Rooms.sol";
import {LotBook} from "./LotBook.sol";
import {LotLegs} from "./LotLegs.sol";
import {LotMath} from "./LotMath.sol";
import {LotValues} from "./LotValues.sol";

/// @title The liquidation house
/// @dev What is virtual is so for the naive variants in contracts/test/mutants alone.
contract LiquidationHouse is ILiquidationHouse, LotValues {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant WORD = 32;
    /// @notice The room of lots that got worse.
    address public immutable distress;

    /// @dev How the last lot of an account ended.
    struct Ended {
        /// @dev 0 where there was none.
        uint256 time;
        uint256 ageSeconds;
        bool inPart;
    }

    /// @dev What a bid amounts to.
    struct Price {
        /// @dev What it takes.
        uint64 fractionE8;
        uint256 discountE8;
        int256 payE8;
        uint256 insuredE8;
        uint256 deficitE8;
        /// @dev What the whole lot lacks.
        uint256 lossE8;
        uint16 underlying;
    }

    /// @param room Runs in this contract's storage; both work with the same contracts, since this one takes them from it.
    constructor(
        LotBook room
    )
        LotBook(
            room.clearinghouse(),
            room.vault(),
            room.hub(),
            room.referee(),
            room.floors(),
            room.parameters(),
            room.insurance()
        )
    {
        distress = address(room);
    }

    // Keepers and bidders

    /// @inheritdoc ILiquidationHouse
    function start(
        uint64 account,
        bytes calldata state,
        bytes calldata witness
    ) external nonReentrant returns (uint64 lot) {
        LiquidationParameters memory p = parameters.liquidation();
        Lot storage stored = _lots[account];
        Ended memory ended = _endOf(stored);
        bool resumes = ended.time != 0 && block.timestamp - ended.time <= p.resumeSeconds;
        // A lot that goes on after a pause earns nothing: starting again and again costs an account no more than once.
        address keeper = resumes ? address(0) : msg.sender;
        LotEntry memory entry = _modules().enterLot(account, state, keeper, witnesses, witness);
        (int256 equityE8, uint256 maintenanceE8) = (entry.equityE8, entry.maintenanceE8);
        require(equityE8 < int256(maintenanceE8), NotLiquidatable(account, equityE8, maintenanceE8));
        _requireRested(account, ended, equityE8, maintenanceE8);

        bool insolvent = equityE8 < 0;
        if (insolvent) insurance.hold(uint256(-equityE8), true);
        equityE8 -= int256(entry.rewardE8);
        lot = _nextLot++;
        uint40 biddingFrom = uint40(block.timestamp + p.graceSeconds);
        bytes32 hash = _hashOf(account, entry.state, entry.balances);
        uint64 fraction = LotMath.forSale(p, equityE8, maintenanceE8);
        // The money of a lot that has ended is zero: written again, it would cost.
        (stored.lot, stored.served) = (uint32(lot), false);
        stored.startTime = uint32(resumes ? biddingFrom - ended.ageSeconds : biddingFrom);
        stored.biddingFrom = uint32(biddingFrom);
        stored.soldE8 = 0;
        stored.forSaleE8 = uint32(fraction);
        stored.endTime = 0;
        stored.maintenanceE4 = LotMath.e4Up(maintenanceE8);
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
        if (insolvent) _setInsolvent(stored, lot, biddingFrom);
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
        uint64 wantedE8 = _fraction(lot, stored, p, fractionE8);
        Live memory live = _live(
            Exposures.underlyingsOf(preimage.state) | Exposures.underlyingsOf(bidder.state),
            // The bidder's settlement token is swept before anything is asked of it.
            Exposures.tokensOf(preimage.balances) |
                vault.heldBy(preimage.account) |
                (vault.heldBy(bidder.account) & ~uint256(1))
        );
        Price memory price = _price(live, stored, preimage, p, wantedE8);
        payE8 = price.payE8;
        int256 askedE8 = LotMath.askedUp(payE8, price.fractionE8, fractionE8);
        require(askedE8 <= maxPayE8, PayTooHigh(lot, askedE8, maxPayE8));

        uint64 sold = stored.soldE8 + price.fractionE8;
        Lot storage kept = _lots[preimage.account];
        kept.soldE8 = uint32(sold);
        if (payE8 > 0) kept.proceedsE8 = stored.proceedsE8 + uint112(uint256(payE8));
        if ((price.lossE8 == 0) != (stored.insolventSince == 0))
            _setInsolvent(kept, lot, price.lossE8 == 0 ? 0 : block.timestamp);
        if (price.insuredE8 != 0) {
            kept.insuredE8 = stored.insuredE8 + uint112(price.insuredE8);
            insurance.count(price.underlying, price.insuredE8);
        }
        // Also of a loss that a spent day leaves to the deficit: fees pay that off, and the rest of the lot is still in sight.
        if (price.lossE8 != 0 && sold != ONE) insurance.hold((price.lossE8 * (ONE - sold)) / ONE, false);
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
    function finish(uint64 lot, LotPreimage calldata preimage) external nonReentrant {
        Lot memory stored = _requireLot(lot, preimage);
        Live memory live = _liveOf(preimage);
        bytes memory left = AccountStates.encode(LotMath.rest(AccountStates.decode(preimage.state), stored.soldE8));
        uint64 account = preimage.account;
        Lot storage ended = _lots[account];
        (ended.endTime, ended.proceedsE8, ended.insuredE8) = (uint32(block.timestamp), 0, 0);
        ended.insolventSince = 0;
        emit LotEnded(lot, account, stored.soldE8, stored.proceedsE8);
        bytes memory state = _modules().leaveLot(account, left, stored.proceedsE8);
        if (stored.soldE8 == ONE) return;
        Figures memory figures = _figures(live, state, _balancesOf(account));
        require(
            figures.equityE8 >= int256(figures.maintenanceE8),
            NotHealthy(account, figures.equityE8, figures.maintenanceE8)
        );
    }

    // Lots that got worse

    /// @inheritdoc ILiquidationHouse
    function enlarge(uint64, LotPreimage calldata, bytes calldata) external {
        Rooms.forward(distress);
    }

    /// @inheritdoc ILiquidationHouse
    function showLoss(uint64, LotPreimage calldata) external {
        Rooms.forward(distress);
    }

    /// @inheritdoc ILiquidationHouse
    function deleverage(uint64, LotPreimage calldata) external {
        Rooms.forward(distress);
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
        return last.endTime == 0 ? last.lot : 0;
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

    /// @dev Less than was asked for is taken where less restores what is left: a lot may have been shown at its worst moment.
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
        uint64 most = _bidMost(live, stored, preimage, p, encoded, equityE8);
        if (fractionE8 > most) fractionE8 = most;
        price.fractionE8 = fractionE8;
        if (equityE8 >= 0) {
            // Who bids owns the account that bids, or the bid is refused.
            bool own = clearinghouse.ownerOf(preimage.account) == msg.sender;
            price.discountE8 = own ? 0 : _discountAt(p, _age(stored));
            price.payE8 = LotMath.priceUp(equityE8, fractionE8, price.discountE8);
            return price;
        }
        (LotLegs.Look memory seen, uint256 legs) = _lookAtWhole(live, preimage);
        price.underlying = seen.main;
        price.lossE8 = uint256(-equityE8);
        uint256 grossE8 = seen.grossE8;
        if (preimage.balances.length != 0) grossE8 += uint256(equityE8 - _equityOf(live, encoded, ""));
        (uint256 loss, uint256 incentive) = LotMath.lossAndIncentiveDown(
            p,
            equityE8,
            _figures(live, encoded, preimage.balances).maintenanceE8,
            grossE8,
            fractionE8,
            _insolventAge(stored)
        );
        price.insuredE8 = _coverage(stored, price.underlying, loss + incentive);
        bool pays = legs == 0 || price.insuredE8 >= loss;
        require(pays, InsuranceExhausted(stored.lot, loss, price.insuredE8));
        price.deficitE8 = loss > price.insuredE8 ? loss - price.insuredE8 : 0;
        price.payE8 = -int256(price.insuredE8 + price.deficitE8);
    }

    /// @dev A bid is refused once what is left is restored, by a recovery of prices, by deposits or by sales: then the lot only waits for `finish`. Until then one bid takes no more than restores it.
    /// @custom:spec CLR-041
    function _bidMost(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage,
        LiquidationParameters memory p,
        bytes memory left,
        int256 equityE8
    ) private view returns (uint64) {
        bytes memory balances = _balancesOf(preimage.account);
        if (stored.soldE8 != 0 || keccak256(balances) != keccak256(preimage.balances)) {
            left = _leftNow(live, stored, preimage);
            equityE8 = _equityOf(live, left, balances);
        }
        (bool restored, uint256 maintenanceE8) = _isRestored(live, stored, preimage, p, left, balances, equityE8);
        require(!restored, NotLiquidatable(preimage.account, equityE8, stored.maintenanceE4 * LotMath.E4));
        return LotMath.bidMostUp(p, equityE8, maintenanceE8, stored.soldE8);
    }

    function _endOf(Lot storage last) private view returns (Ended memory ended) {
        (uint256 startTime, uint256 endTime, uint256 sold) = (last.startTime, last.endTime, last.soldE8);
        // One that served needs forgot what it had sold.
        bool inPart = (sold != 0 && sold != ONE) || last.served;
        return Ended(endTime, endTime > startTime ? endTime - startTime : 0, inPart);
    }

    /// @dev Between two sales in part an account has time to recover; one in danger has not.
    /// @custom:spec CLR-040
    function _requireRested(uint64 account, Ended memory ended, int256 equityE8, uint256 maintenanceE8) private view {
        uint256 until = ended.time + LotMath.REST_SECONDS;
        bool rested = !ended.inPart || block.timestamp >= until || 2 * equityE8 < int256(maintenanceE8);
        require(rested, TooSoon(account, until));
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

    /// @custom:spec CLR-041
    function _discountAt(
        LiquidationParameters memory p,
        uint256 ageSeconds
    ) internal view virtual returns (uint256 discountE8) {
        return LotMath.discount(p, ageSeconds);
    }

    /// @dev Seconds of auction without equity so far. Not of the lot: of one that was open long the first bidder after its equity fell below nothing would be paid the whole incentive, and so nobody would bid before.
    function _insolventAge(Lot memory stored) private view returns (uint256) {
        uint256 since = stored.insolventSince;
        return since != 0 && block.timestamp > since ? block.timestamp - since : 0;
    }

    /// @dev Seconds of auction so far, those of a lot that this one resumes included.
    function _age(Lot memory stored) private view returns (uint256) {
        return block.timestamp > stored.startTime ? block.timestamp - stored.startTime : 0;
    }
}
