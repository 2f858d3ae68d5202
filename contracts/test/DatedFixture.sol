// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Expiries} from "../clearing/Expiries.sol";
import {LiveMarket, LiveMarkets} from "../clearing/LiveMarkets.sol";
import {IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {build, buildNormalTable} from "./Artifacts.sol";
import {DatedHub} from "./DatedHub.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @title A deployment with the real referees and two expiries a market, whose settlement prices the test names
abstract contract DatedFixture is ProtocolFixture {
    uint32 internal constant NEAR = uint32(START + 10 days);
    uint32 internal constant FAR = uint32(START + 40 days);

    DatedHub internal dated;
    address private _table;

    function deployDated() internal {
        deploy();
        for (uint16 u = BTC; u <= ETH; ++u) {
            dated.list(u, NEAR);
            dated.list(u, FAR);
        }
    }

    function _hub(IPriceHub prices) internal virtual override returns (IPriceHub) {
        dated = new DatedHub(prices);
        return IPriceHub(address(dated));
    }

    function _referee() internal virtual override returns (IReferee) {
        _table = buildNormalTable();
        return IReferee(build("contracts/margin/Referee.sol:Referee", abi.encode(_table)));
    }

    function _floors() internal virtual override returns (IFloorReferee) {
        return IFloorReferee(build("contracts/margin/FloorReferee.sol:FloorReferee", abi.encode(_table)));
    }

    function call(uint32 expiry, uint256 strike) internal pure returns (uint96) {
        return Instruments.pack(BTC, expiry, uint40(strike * 1e4), uint8(Instruments.CALL));
    }

    function put(uint32 expiry, uint256 strike) internal pure returns (uint96) {
        return Instruments.pack(BTC, expiry, uint40(strike * 1e4), uint8(Instruments.PUT));
    }

    function future(uint32 expiry) internal pure returns (uint96) {
        return Instruments.pack(BTC, expiry, 0, uint8(Instruments.FUTURE));
    }

    function markOf(uint96 instrument) internal view returns (uint256) {
        (bytes memory checkpoint, bytes memory records) = dated.live();
        int256 mark = floors.quoteOf(instrument, checkpoint, records).markE8;
        return mark > 0 ? uint256(mark) : 1;
    }

    /// @dev What a unit is worth against its cost: the mark less the funding, or what a settled instrument pays.
    function worthOf(uint96 instrument) internal view returns (int256) {
        (uint256 settledE8, int256 fundingE8) = Expiries.closingPriceOf(hub, instrument, true);
        if (settledE8 != 0) return int256(Expiries.payoffE8(instrument, settledE8)) - fundingE8;
        if (Instruments.expiryOf(instrument) != 0) return int256(markOf(instrument));
        (, bytes memory live) = hub.live();
        LiveMarket memory market = LiveMarkets.find(live, Instruments.underlyingOf(instrument));
        return int256(market.markE8) - market.fundingE8;
    }

    /// @dev At the mark.
    function tradeAtMark(uint64 buyer, uint64 seller, uint96 instrument, int256 sizeE8) internal {
        trade(buyer, seller, instrument, sizeE8, markOf(instrument));
    }

    function settleExpired(uint64 account) internal {
        bytes memory state = stateOf(account);
        VM.recordLogs();
        clearinghouse.settleExpired(account, state);
        readStates();
    }

    /// @dev To an expiry, or as long after it as the market takes to believe the price, which is fixed.
    function expire(uint32 expiry, uint256 priceE8) internal {
        pass(expiry - block.timestamp);
        walkBtc(priceE8);
        dated.fix(BTC, expiry, uint64(priceE8));
    }

    function cashOf(uint64 account) internal view returns (int256) {
        AccountState memory state = unpacked(account);
        return state.cashE8;
    }
}
