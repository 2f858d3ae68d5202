// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Need} from "../interfaces/ClearingTypes.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {IRiskParameters, LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Expiries} from "../clearing/Expiries.sol";
import {Fills} from "../clearing/Fills.sol";
import {LiveMarket, LiveMarkets} from "../clearing/LiveMarkets.sol";
import {Needs} from "../clearing/Needs.sol";
import {SignedDivision} from "../clearing/SignedDivision.sol";
import {LotBook} from "./LotBook.sol";
import {LotLegs} from "./LotLegs.sol";
import {LotMath} from "./LotMath.sol";
import {LotValues} from "./LotValues.sol";

/// @title The room of lots that got worse: more must be sold, or insurance cannot pay what they lack
/// @notice Runs only by delegatecall of the LiquidationHouse, whose storage is this contract's, too; it is a contract of its own for size alone. Called by itself it has no lots and nobody listens to it.
/// @dev What is virtual is so for the naive variant in contracts/test/mutants alone.
contract DistressModule is LotValues {
    using SignedDivision for int256;

    uint256 internal constant ONE = 1e8;

    /// @dev A lot that is taken over, or only serves.
    struct Distress {
        /// @dev What is left of it, after it served.
        AccountState left;
        bytes encoded;
        bytes balances;
        LotLegs.Look seen;
        bool served;
        bool due;
        uint256 lossE8;
        /// @dev What insurance pays of it.
        uint256 coveredE8;
    }

    constructor(
        IClearinghouse clearinghouse_,
        IMarginVault vault_,
        IPriceHub hub_,
        IReferee referee_,
        IFloorReferee floors_,
        IRiskParameters parameters_,
        IInsuranceFund insurance_
    ) LotBook(clearinghouse_, vault_, hub_, referee_, floors_, parameters_, insurance_) {}

    /// @notice `ILiquidationHouse.enlarge`.
    function enlarge(uint64 lot, LotPreimage calldata preimage, bytes calldata witness) external nonReentrant {
        Lot memory stored = _requireLot(lot, preimage);
        require(stored.soldE8 != ONE, ILiquidationHouse.NotLarger(lot, uint64(ONE)));
        Live memory live = _liveOf(preimage);
        (int256 equityE8, uint256 maintenanceE8) = witnesses.witnessMargin(
            _leftNow(live, stored, preimage),
            _balancesOf(preimage.account),
            live.checkpoint,
            live.records,
            SurfaceChoice.Better,
            witness
        );
        require(
            equityE8 < int256(maintenanceE8),
            ILiquidationHouse.NotLiquidatable(preimage.account, equityE8, maintenanceE8)
        );
        uint256 more = LotMath.forSale(parameters.liquidation(), equityE8, maintenanceE8);
        // A witness takes nothing from what was shown before. It shows the unsold part; a lot keeps what the whole would ask for.
        uint256 forSaleE8 = Math.max(stored.forSaleE8, stored.soldE8 + ((ONE - stored.soldE8) * more) / ONE);
        uint256 keptE4 = Math.max(stored.maintenanceE4, LotMath.e4Up((maintenanceE8 * ONE) / (ONE - stored.soldE8)));
        require(
            forSaleE8 + keptE4 != uint256(stored.forSaleE8) + stored.maintenanceE4,
            ILiquidationHouse.NotLarger(lot, uint64(forSaleE8))
        );
        if (equityE8 < 0) insurance.hold(_lossOf(equityE8), false);
        Lot storage kept = _lots[preimage.account];
        (kept.forSaleE8, kept.maintenanceE4) = (uint32(forSaleE8), uint56(keptE4));
        emit ILiquidationHouse.LotEnlarged(lot, uint64(forSaleE8), keptE4 * LotMath.E4);
    }

    /// @notice `ILiquidationHouse.showLoss`.
    /// @custom:spec CLR-047
    function showLoss(uint64 lot, LotPreimage calldata preimage) external nonReentrant {
        Lot memory stored = _requireLot(lot, preimage);
        Live memory live = _liveOf(preimage);
        int256 equityE8 = _equityOf(live, _leftNow(live, stored, preimage), _balancesOf(preimage.account));
        bool insolvent = _equityOf(live, _wholeNow(live, preimage.state), preimage.balances) < 0;
        bool wasInsolvent = stored.insolventSince != 0;
        require(equityE8 < 0 || insolvent || wasInsolvent, ILiquidationHouse.NoLoss(lot, equityE8));
        if (equityE8 < 0) insurance.hold(_lossOf(equityE8), false);
        // A loss that is over is told as well: the next one's incentive would else begin with the age of this one.
        if (insolvent != wasInsolvent)
            _setInsolvent(_lots[preimage.account], lot, insolvent ? Math.max(block.timestamp, stored.biddingFrom) : 0);
    }

    /// @notice `ILiquidationHouse.deleverage`.
    /// @custom:spec CLR-045
    function deleverage(uint64 lot, LotPreimage calldata preimage) external nonReentrant {
        Lot memory stored = _requireLot(lot, preimage);
        require(block.timestamp >= stored.biddingFrom, ILiquidationHouse.InGrace(lot, stored.biddingFrom));
        Live memory live = _liveOf(preimage);
        Distress memory d = _look(live, stored, preimage);
        require(d.due || d.served, ILiquidationHouse.NothingToDeleverage(lot, d.lossE8, d.coveredE8));
        uint64 account = preimage.account;
        (uint96[] memory instruments, int256[] memory prices, uint256 shift) = (new uint96[](0), new int256[](0), 0);
        if (d.due) {
            if (d.coveredE8 != 0) insurance.count(d.seen.main, d.coveredE8);
            (instruments, prices, shift) = _bankruptcy(live, d);
        }
        bytes memory rest = AccountStates.encode(LotMath.rest(AccountStates.decode(preimage.state), stored.soldE8));
        bytes memory state = _modules().takeOver(account, rest, stored.proceedsE8, d.coveredE8, instruments, prices);
        bytes memory balances = _balancesOf(account);
        stored.lotHash = _hashOf(account, state, balances);
        (stored.soldE8, stored.proceedsE8) = (0, 0);
        stored.insuredE8 += uint112(d.coveredE8);
        // Of one that only served nobody has shown yet what its margin is now.
        (stored.forSaleE8, stored.maintenanceE4) = d.due ? (uint32(ONE), stored.maintenanceE4) : (0, 0);
        if (d.served) stored.served = true;
        _lots[account] = stored;
        if (!d.due && d.lossE8 == 0 && stored.insolventSince != 0) _setInsolvent(_lots[account], lot, 0);
        emit ILiquidationHouse.LotDeleveraged(
            lot,
            account,
            stored.lotHash,
            state,
            balances,
            stored.forSaleE8,
            shift,
            d.coveredE8,
            stored.served
        );
    }

    /// @dev What is left once it has served what it owes, and whether it is to be taken over.
    function _look(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage
    ) private view returns (Distress memory d) {
        d.left = _unsold(live, stored, preimage);
        bool halted = LiveMarkets.areAnyHalted(live.records);
        d.served = _serveNeeds(d.left, stored.biddingFrom, halted);
        Expiries.settle(d.left, hub, halted);
        d.encoded = AccountStates.encode(d.left);
        d.balances = _balancesOf(preimage.account);
        int256 equityE8 = _equityOf(live, d.encoded, d.balances);
        d.lossE8 = _lossOf(equityE8);
        d.seen = LotLegs.look(live.checkpoint, live.records, d.left, d.balances, block.timestamp);
        // What served is a lot of its own from here on, in which proceeds and deposits are.
        if (!d.served && !_isAsItWas(live, preimage, d)) {
            (LotLegs.Look memory whole, ) = _lookAtWhole(live, preimage);
            d.seen.main = whole.main;
        }
        uint256 covered = _coverage(stored, d.seen.main, d.lossE8);
        if (d.left.positions.length == 0) return d;
        d.due = covered < d.lossE8 || (!d.served && _isUninsured(live, stored, preimage, d, equityE8));
        if (d.due) d.coveredE8 = covered;
    }

    /// @dev Whether nothing of a lot was sold, served or brought, so that what is left looks as the whole does: to look twice costs a tenth of a taking over.
    function _isAsItWas(
        Live memory live,
        LotPreimage calldata preimage,
        Distress memory d
    ) private view returns (bool) {
        bool isState = keccak256(d.encoded) == keccak256(_wholeNow(live, preimage.state));
        return isState && keccak256(d.balances) == keccak256(preimage.balances);
    }

    /// @dev Whether insurance cannot pay the loss of what is unsold, so that no bid takes it, though the account has proceeds or deposits that make up for it and yet is not restored: nobody else could end its risk.
    /// @custom:spec CLR-045
    function _isUninsured(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage,
        Distress memory d,
        int256 equityE8
    ) private view returns (bool) {
        LiquidationParameters memory p = parameters.liquidation();
        (bool restored, ) = _isRestored(live, stored, preimage, p, d.encoded, d.balances, equityE8);
        if (restored) return false;
        uint256 loss = _lossOf(_equityOf(live, _wholeNow(live, preimage.state), preimage.balances));
        loss = (loss * (ONE - stored.soldE8)) / ONE;
        return _coverage(stored, d.seen.main, loss) < loss;
    }

    /// @dev What taking over does first, in memory only: legs give needs of the opposite side what those take. A need that asks those first who gained most must have asked for its ramp, so that nobody jumps their queue, unless it has expired, is dust beside the leg, or the lot has stood for as long: who adds to a need again and again would keep it young.
    /// @return served Whether more than dust was.
    /// @custom:spec CLR-045
    function _serveNeeds(
        AccountState memory left,
        uint256 biddingFrom,
        bool halted
    ) private view returns (bool served) {
        uint256 rampSeconds = parameters.liquidation().deleverageRampSeconds;
        uint256 n = left.positions.length;
        for (uint256 i = 0; i < n; ++i) {
            Position memory leg = left.positions[i];
            Need memory need = clearinghouse.needOf(leg.instrument);
            if (!Needs.isOpposite(need, leg.sizeE8)) continue;
            if (!Needs.isDust(need, leg.sizeE8)) {
                served = true;
                (uint256 priceE8, ) = Expiries.closingPriceOf(hub, leg.instrument, halted);
                uint256 from = Math.min(need.since, biddingFrom) + rampSeconds;
                require(priceE8 != 0 || block.timestamp >= from, ILiquidationHouse.NeedTooYoung(leg.instrument, from));
            }
            (int256 sizeE8, int256 costE8) = Needs.take(need, leg.sizeE8);
            left.cashE8 += Fills.add(leg, sizeE8, costE8);
        }
        Fills.prune(left);
    }

    /// @dev The marks, each moved in the account's favour, so that together they make up for a loss: by how open an underlying is, since legs that hedge each other made none. `largestE8` is the part of its mark that one moved by at most.
    /// @custom:spec CLR-045
    function _bankruptcy(
        Live memory live,
        Distress memory d
    ) private view returns (uint96[] memory instruments, int256[] memory prices, uint256 largestE8) {
        Position[] memory legs = d.left.positions;
        uint256 n = legs.length;
        instruments = new uint96[](n);
        int256 equityE8;
        (equityE8, prices) = floors.marksOf(d.encoded, d.balances, live.checkpoint, live.records);
        int256[] memory funding = new int256[](n);
        uint256[] memory parts = new uint256[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint96 instrument = legs[i].instrument;
            instruments[i] = instrument;
            if (Instruments.kindOf(instrument) == Instruments.PERPETUAL) {
                LiveMarket memory market = LiveMarkets.find(live.records, Instruments.underlyingOf(instrument));
                (prices[i], funding[i]) = (int256(market.markE8), market.fundingE8);
            }
            // An option's may be a few units below nothing.
            if (prices[i] < 0) prices[i] = 0;
            parts[i] = (legs[i].sizeE8.abs() * uint256(prices[i])) / ONE;
        }
        parts = LotLegs.parts(parts, d.seen.openE8, _lostE8(d, equityE8));
        for (uint256 i = 0; i < n; ++i) {
            prices[i] = LotLegs.bankruptcyE8(prices[i], parts[i], legs[i].sizeE8 > 0) - funding[i];
            largestE8 = Math.max(largestE8, parts[i]);
        }
    }

    /// @dev What the legs must bear: the loss at the marks that are moved, which is no less than that at the better surfaces. A unit a leg more: each is closed rounded against the account, which must not end below nothing.
    function _lostE8(Distress memory d, int256 presentE8) internal pure virtual returns (uint256) {
        uint256 loss = _lossOf(presentE8);
        return loss == 0 ? 0 : loss - d.coveredE8 + d.left.positions.length;
    }

    function _lossOf(int256 equityE8) private pure returns (uint256) {
        return equityE8 < 0 ? uint256(-equityE8) : 0;
    }
}
