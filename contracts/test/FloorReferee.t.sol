// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FloorFigures, IFloorReferee, Quote} from "../interfaces/IFloorReferee.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {Position} from "../margin/AccountStates.sol";
import {UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {InstrumentInvalid} from "../margin/MarginErrors.sol";
import {build} from "./Artifacts.sol";
import {MarginFixture} from "./MarginFixture.sol";

/// @notice The floor referee against the referee, to the last unit.
contract FloorRefereeTest is MarginFixture {
    IFloorReferee private floors;

    function setUp() public override {
        super.setUp();
        floors = IFloorReferee(build("contracts/margin/FloorReferee.sol:FloorReferee", abi.encode(normalTable)));
    }

    function testFuzz_floorOf_equalsTheReferee(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = draw(0, 1) == 0 ? wildMarket() : plainMarket();
        Inputs memory i = pack(u, positionsOf(u, draw(1, 12), 2 ** draw(1, 53)), uint128(draw(0, 1e20)));
        SurfaceChoice choice = SurfaceChoice(draw(0, 2));
        Figures memory whole = referee.health(i.state, i.balances, i.checkpoint, i.records, choice);
        FloorFigures memory part = floors.floorOf(i.state, i.balances, i.checkpoint, i.records, choice);
        assert(part.equityE8 == whole.equityE8);
        assert(part.floorE8 == whole.floorE8);
        assert(part.floorEquityE8 == whole.floorEquityE8);
        assert(floors.equityOf(i.state, i.balances, i.checkpoint, i.records, choice) == whole.equityE8);
    }

    /// @dev A quote is what one unit adds to equity.
    function testFuzz_quoteOf_isTheMark(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = draw(0, 1) == 0 ? wildMarket() : plainMarket();
        Position[] memory one = positionsOf(u, 1, 1);
        (one[0].sizeE8, one[0].costE8) = (1e8, 0);
        if (Instruments.kindOf(one[0].instrument) == Instruments.PERPETUAL) return;
        Inputs memory i = pack(u, one, 0);
        Figures memory whole = referee.health(i.state, i.balances, i.checkpoint, i.records, SurfaceChoice.Present);
        Quote memory quote = floors.quoteOf(one[0].instrument, i.checkpoint, i.records);
        assert(quote.markE8 == whole.equityE8 - 7e12);
        assert(quote.forwardE8 != 0 && (Instruments.isOption(one[0].instrument) || quote.vegaE8 == 0));
    }

    function test_quoteOf_revertsForAPerpetual() external {
        start(1);
        UnderlyingRecord memory u = plainMarket();
        Inputs memory i = pack(u, positionsOf(u, 1, 1), 0);
        uint96 perpetual = Instruments.pack(1, 0, 0, 0);
        try floors.quoteOf(perpetual, i.checkpoint, i.records) {
            assert(false);
        } catch (bytes memory reason) {
            assert(keccak256(reason) == keccak256(abi.encodeWithSelector(InstrumentInvalid.selector, perpetual)));
        }
    }
}
