// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {Expiries} from "../clearing/Expiries.sol";
import {Exposures} from "../clearing/Exposures.sol";
import {Interest} from "../clearing/Interest.sol";
import {LiveMarkets} from "../clearing/LiveMarkets.sol";
import {LotBook} from "./LotBook.sol";
import {LotLegs} from "./LotLegs.sol";
import {LotMath} from "./LotMath.sol";

/// @title What a lot is worth, and what is left of it, at live prices
abstract contract LotValues is LotBook {
    /// @dev What `PriceHub.liveFor` returned: read once a call.
    struct Live {
        bytes checkpoint;
        bytes records;
    }

    /// @dev Live prices of a lot, as it was and what is left of it.
    function _liveOf(LotPreimage calldata preimage) internal returns (Live memory live) {
        uint256 tokens = Exposures.tokensOf(preimage.balances) | vault.heldBy(preimage.account);
        return _live(Exposures.underlyingsOf(preimage.state), tokens);
    }

    function _live(uint256 underlyings, uint256 tokens) internal returns (Live memory live) {
        (live.checkpoint, live.records) = hub.liveFor(underlyings, tokens);
        if (LiveMarkets.areAnyHalted(live.records)) _windDown(underlyings);
    }

    /// @dev Anybody may fix the last price of a dead market, and only its wind-down tells accounts: until then the legs of a lot would be closed at it here, and arrive open.
    /// @custom:spec CLR-027
    function _windDown(uint256 underlyings) private {
        for (uint16 u = 1; underlyings >> u != 0; ++u) {
            bool isFixed = (underlyings >> u) & 1 != 0 && hub.settlementPriceE8(u, 0) != 0;
            if (isFixed && clearinghouse.woundDownAt(u) == 0) clearinghouse.windDown(u);
        }
    }

    function _figures(
        Live memory live,
        bytes memory state,
        bytes memory balances
    ) internal view returns (Figures memory) {
        return referee.health(state, balances, live.checkpoint, live.records, SurfaceChoice.Better);
    }

    function _equityOf(Live memory live, bytes memory state, bytes memory balances) internal view returns (int256) {
        return floors.equityOf(state, balances, live.checkpoint, live.records, SurfaceChoice.Better);
    }

    /// @dev Whether what is left of a lot has reached the target under the margin that was shown last. Where nothing of it is open, or some of it was settled, whether it is healthy: what its margin was is of no use.
    /// @param left What is left, with what has expired settled.
    /// @return restored Whether it has.
    /// @return maintenanceE8 The margin of what is left by which that is said.
    /// @custom:spec CLR-041
    function _isRestored(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage,
        LiquidationParameters memory p,
        bytes memory left,
        bytes memory balances,
        int256 equityE8
    ) internal view returns (bool restored, uint256 maintenanceE8) {
        if (left.length == AccountStates.HEADER_BYTES || left.length != preimage.state.length) {
            maintenanceE8 = _figures(live, left, balances).maintenanceE8;
            return (equityE8 >= int256(maintenanceE8), maintenanceE8);
        }
        restored = LotMath.isRestored(p, equityE8, stored.maintenanceE4, stored.soldE8);
        maintenanceE8 = LotMath.keptUp(stored.maintenanceE4, stored.soldE8);
    }

    /// @param since 0: no longer.
    function _setInsolvent(Lot storage kept, uint64 lot, uint256 since) internal {
        kept.insolventSince = uint32(since);
        emit ILiquidationHouse.LotInsolvent(lot, uint40(since));
    }

    function _coverage(Lot memory stored, uint16 main, uint256 lossE8) internal view returns (uint256) {
        return insurance.coverage(main, lossE8, stored.insuredE8);
    }

    /// @dev Cash of a lot, that was put down at its index, now.
    function _accrued(Live memory live, int256 cashE8, uint64 fromE12) internal pure returns (int256) {
        (uint64 debtIndexE12, uint64 creditIndexE12) = LiveMarkets.indices(live.checkpoint);
        return Interest.accrueFloor(cashE8, fromE12, cashE8 < 0 ? debtIndexE12 : creditIndexE12);
    }

    /// @dev A lot as it was, with its interest, and cash for what has expired.
    function _whole(Live memory live, bytes calldata state) internal view returns (AccountState memory whole) {
        whole = AccountStates.decode(state);
        whole.cashE8 = _accrued(live, whole.cashE8, whole.interestIndexE12);
        Expiries.settle(whole, hub, LiveMarkets.areAnyHalted(live.records));
    }

    /// @dev What a lot as it was looks like, with the tokens that it had then: its main underlying is the market whose cap pays what it lacks, for bids and for a taking over alike, whatever is deposited meanwhile.
    /// @custom:spec CLR-041
    function _lookAtWhole(
        Live memory live,
        LotPreimage calldata preimage
    ) internal view returns (LotLegs.Look memory seen, uint256 legs) {
        AccountState memory whole = _whole(live, preimage.state);
        seen = LotLegs.look(live.checkpoint, live.records, whole, preimage.balances, block.timestamp);
        legs = whole.positions.length;
    }

    /// @dev A lot as it was, encoded. Why not always by way of the above: until something expires only the cash is another.
    function _wholeNow(Live memory live, bytes calldata state) internal view returns (bytes memory encoded) {
        bool isDue = Expiries.areAnyDueIn(state, block.timestamp) || LiveMarkets.areAnyHalted(live.records);
        if (isDue) return AccountStates.encode(_whole(live, state));
        encoded = state;
        int256 cashE8 = _accrued(live, AccountStates.cashE8(state), AccountStates.interestIndexE12(state));
        uint256 first = (AccountStates.zigzag(cashE8) << 128) | uint128(AccountStates.word(state, 0));
        // Safe: the first of the words that were copied.
        assembly ("memory-safe") {
            mstore(add(encoded, 32), first)
        }
    }

    /// @dev What the account has left beside its tokens: the unsold part with its interest, and the proceeds; what has expired not yet settled.
    function _unsold(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage
    ) internal pure returns (AccountState memory left) {
        left = LotMath.rest(AccountStates.decode(preimage.state), stored.soldE8);
        left.cashE8 = _accrued(live, left.cashE8, left.interestIndexE12) + int256(uint256(stored.proceedsE8));
    }

    function _leftNow(
        Live memory live,
        Lot memory stored,
        LotPreimage calldata preimage
    ) internal view returns (bytes memory encoded) {
        AccountState memory left = _unsold(live, stored, preimage);
        Expiries.settle(left, hub, LiveMarkets.areAnyHalted(live.records));
        return AccountStates.encode(left);
    }

    function _balancesOf(uint64 account) internal view returns (bytes memory) {
        return vault.balancesOf(account);
    }
}
