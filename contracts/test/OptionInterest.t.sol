// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, MarketTotals, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Kernel} from "../margin/Kernel.sol";
import {SurfaceChecks} from "../oracle/SurfaceChecks.sol";
import {VM} from "./IVm.sol";
import {PricedFixture} from "./PricedFixture.sol";

/// @notice Open options stay below what the attesters' bonds stand for, so that a quorum that is corrupt as a whole cannot drain more through surfaces than it has at stake.
contract OptionInterestTest is PricedFixture {
    uint32 internal constant WEEK = uint32(START) + 7 days;
    /// @dev Two bonds of a million.
    uint256 internal constant STAKE_E8 = 2_000_000e8;
    uint64 internal buyer;
    uint64 internal seller;
    uint96 internal call;

    function setUp() public {
        deployWithAttesters();
        publish(smile(BTC, WEEK));
        pass(60);
        hub.checkpoint();
        (buyer, seller) = (openWith(100_000_000), openWith(100_000_000));
        call = Instruments.pack(BTC, WEEK, 90_000e4, uint8(Instruments.CALL));
    }

    function test_checkpoint_fixesTheMostThatBondsStandFor() public {
        uint256 risk = surfaces.surfaceRiskE8(BTC);
        assert(surfaces.riskLimitE8() == (STAKE_E8 * 4) / 10);
        assert(hub.optionInterestMaxE8(BTC) == (STAKE_E8 * 4 * 1e7) / risk);
        // Without surfaces there is nothing to trade.
        assert(hub.optionInterestMaxE8(ETH) == 0);
        // Two underlyings share what is left.
        publish(smile(ETH, WEEK));
        assert(hub.optionInterestMaxE8(ETH) == 0);
        pass(60);
        hub.checkpoint();
        assert(hub.optionInterestMaxE8(ETH) == (STAKE_E8 * 2 * 1e7) / surfaces.surfaceRiskE8(ETH));
        assert(hub.optionInterestMaxE8(BTC) == (STAKE_E8 * 2 * 1e7) / surfaces.surfaceRiskE8(BTC));
    }

    function test_settle_theCapOfOptionsStopsGrowthOnly() public {
        uint256 most = hub.optionInterestMaxE8(BTC);
        _tradeAtMark(buyer, seller, int256(most));
        MarketTotals memory totals = clearinghouse.marketTotals(BTC);
        assert(totals.optionInterestE8 == most && totals.openInterestE8 == most);
        _expectRefused(1);
        // A perpetual is none of the cap's business.
        trade(buyer, seller, btcPerpetual, 1e8, BTC_PRICE);
        assert(clearinghouse.marketTotals(BTC).optionInterestE8 == most);
        // With no bond behind one of two votes half is left, then nothing may grow and everything may shrink.
        registry.setThreshold(1);
        pass(60);
        hub.checkpoint();
        assert(hub.optionInterestMaxE8(BTC) == most);
        _expectRefused(1e8);
        _tradeAtMark(seller, buyer, int256(most / 4));
        assert(clearinghouse.marketTotals(BTC).optionInterestE8 == most - most / 4);
        pass(60);
        hub.checkpoint();
        // What was closed may not be opened again.
        assert(hub.optionInterestMaxE8(BTC) == most - most / 4);
        _expectRefused(1);
        _tradeAtMark(seller, buyer, int256(most - most / 4));
        assert(clearinghouse.marketTotals(BTC).optionInterestE8 == 0);
    }

    /// @dev The attack: as many options as the bonds let anybody open, all bought by the quorum; an hour in which they say that volatility and forward are as high as the steps allow, after an hour of silence. What the lie is worth, if all of it could be taken out: 633,260 dollars on 307 bitcoin of options; 2,000,000 are at stake, and the limit is 800,000.
    function test_publish_aCorruptQuorumCannotDrainItsBondsThroughOptions() public {
        uint256 most = hub.optionInterestMaxE8(BTC);
        _tradeAtMark(buyer, seller, int256(most));
        pass(3600);
        spots.update(BTC);
        uint256 honest = markOf(call);
        _lie(3600);
        for (uint256 i = 0; i < 60; ++i) {
            pass(60);
            spots.update(BTC);
            _lie(60);
        }
        uint256 worth = ((markOf(call) - honest) * most) / 1e8;
        assert(worth <= (STAKE_E8 * 4) / 10);
        assert(worth > 633_200e8 && worth < 633_300e8);
        // Meanwhile nobody can open another one.
        hub.checkpoint();
        assert(hub.optionInterestMaxE8(BTC) == most);
        _expectRefused(1e8);
    }

    function _tradeAtMark(uint64 to, uint64 from, int256 sizeE8) private {
        trade(to, from, call, sizeE8, markOf(call));
    }

    function _expectRefused(int256 sizeE8) private {
        uint256 price = markOf(call);
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, call, -sizeE8, price));
        orders[1] = signed(order(buyer, call, sizeE8, price));
        AccountInput[] memory accounts = pair(buyer, seller, computed(), computed());
        VM.expectPartialRevert(IClearingEvents.OptionInterestTooHigh.selector);
        this.settleOutside(accounts, orders, uint64(uint256(sizeE8)));
    }

    /// @dev Everything up, as far as so many seconds let it go.
    function _lie(uint256 elapsed) private {
        SurfaceUpdate memory s = surfaces.surfaceOf(BTC, WEEK);
        uint256 factor = 1e8 + SurfaceChecks.allowedStepE8(surfaceParameters(), WEEK - this.clock(), elapsed);
        factor -= 2000;
        s.aE12 = int64((int256(s.aE12) * int256(factor) ** 2) / 1e16);
        s.bE12 = uint64((s.bE12 * factor ** 2) / 1e16);
        uint64 moved = uint64((uint256(s.spotE8) * surfaceParameters().forwardStepE8 * elapsed) / (3600 * 1e8));
        // Strikes keep their volatilities while the forward moves.
        s.mE8 -= int32((Kernel.ln(s.forwardE8 + moved, s.forwardE8) * 1e8) >> 32);
        (s.forwardE8, s.time) = (s.forwardE8 + moved, uint40(this.clock()));
        publish(s);
    }
}
