// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {Need} from "../interfaces/ClearingTypes.sol";
import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {DatedLotFixture} from "./DatedLotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice What a dated future has won is reckoned at its forward, where it would be closed (CLR-046): at spot every short would have won the basis, and no long anything that is less.
contract DeleverageFuturesTest is DatedLotFixture {
    /// @dev Joint crash of the whole range, with the add-ons.
    bytes private constant CRASH = hex"000001";
    uint64 private short;

    function setUp() public {
        deployDated();
        dated.lift(5e6);
        short = openWith(5_000_000);
        LiquidationParameters memory p = liquidationParameters();
        (p.insuranceEventMaxE8, p.insuranceDayMaxE8) = (0, 0);
        parameters.setLiquidation(p);
    }

    /// @dev At 45,000 of spot the forward is 47,250: one short sold at 46,800 and has lost, one at 49,000 and has won near four percent.
    function test_serve_whoSoldBelowTheForwardHasWonNothing() public {
        uint64 ann = openWith(425_000);
        (uint64 lost, uint64 won) = (openWith(800_000), openWith(800_000));
        walkBtc(45_000e8);
        trade(ann, won, future(FAR), 4e8, 49_000e8);
        trade(ann, lost, future(FAR), 4e8, 46_800e8);
        trade(ann, short, ethPerpetual, 300e8, ETH_PRICE);
        walkEth(1_300e8);
        uint64 lot = startLotBy(ann, CRASH);
        pass(60);
        deleverageLot(lot);
        Need memory need = clearinghouse.needOf(future(FAR));
        require(need.sizeE8 == 8e8, Broken("all of both"));
        // Won 1,750 of a notional of 45,000, unhedged: its turn is at 1 - 0.0388 of the ramp.
        pass(576);
        _expectNothingToServe(won);
        pass(1);
        serveNeed(won);
        // At spot it would have won 1,800, and have come before.
        pass(22);
        _expectNothingToServe(lost);
        pass(1);
        serveNeed(lost);
        require(clearinghouse.needOf(future(FAR)).sizeE8 == 0, Broken("the last at the end of the ramp"));
        finishLot(lot);
        requireConserved();
    }

    function _expectNothingToServe(uint64 account) private {
        bytes memory state = stateOf(account);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToServe.selector, account));
        clearinghouse.serveNeed(account, state);
    }
}
