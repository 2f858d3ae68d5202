// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FloorFigures, IFloorReferee, Quote} from "../interfaces/IFloorReferee.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {Position} from "../margin/AccountStates.sol";
import {UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {InstrumentInvalid, StateMalformed} from "../margin/MarginErrors.sol";
import {Rounding} from "../margin/Rounding.sol";
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

    /// @dev What one expiry is worth on its two surfaces is what equity has of it, and what the referee chooses by.
    function testFuzz_worthsOf_isWhatTheSurfaceIsChosenBy(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = draw(0, 1) == 0 ? wildMarket() : plainMarket();
        Position[] memory drawn = positionsOf(u, draw(1, 12), 2 ** draw(1, 53));
        uint256 expiry = Instruments.expiryOf(drawn[drawn.length - 1].instrument);
        if (expiry == 0) return;
        uint256 first = drawn.length;
        while (first > 0 && Instruments.expiryOf(drawn[first - 1].instrument) == expiry) --first;
        Position[] memory held = new Position[](drawn.length - first);
        for (uint256 i = 0; i < held.length; ++i) {
            held[i] = drawn[first + i];
            held[i].costE8 = 0;
        }
        Inputs memory i = pack(u, held, 0);
        (int256 presentE16, int256 delayedE16) = floors.worthsOf(this.positionsIn(i.state), i.checkpoint, i.records);
        int256 cashE8 = 7e12;
        (int256 worseE16, int256 betterE16) = delayedE16 < presentE16
            ? (delayedE16, presentE16)
            : (presentE16, delayedE16);
        assert(_equity(i, SurfaceChoice.Present) == cashE8 + Rounding.divFloor(presentE16, 1e8));
        assert(_equity(i, SurfaceChoice.Worse) == cashE8 + Rounding.divFloor(worseE16, 1e8));
        assert(_equity(i, SurfaceChoice.Better) == cashE8 + Rounding.divFloor(betterE16, 1e8));
    }

    function test_worthsOf_revertsForWhatIsNoPositionOfAnExpiry() external {
        start(1);
        UnderlyingRecord memory u = plainMarket();
        Inputs memory i = pack(u, positionsOf(u, 1, 1), 0);
        uint96 perpetual = Instruments.pack(1, 0, 0, 0);
        bytes[3] memory wrong = [bytes(""), hex"01", abi.encodePacked(uint256(perpetual) << 160)];
        bytes[3] memory reasons = [
            abi.encodeWithSelector(StateMalformed.selector, 0),
            abi.encodeWithSelector(StateMalformed.selector, 1),
            abi.encodeWithSelector(InstrumentInvalid.selector, perpetual)
        ];
        for (uint256 k = 0; k < 3; ++k) {
            try floors.worthsOf(wrong[k], i.checkpoint, i.records) {
                assert(false);
            } catch (bytes memory reason) {
                assert(keccak256(reason) == keccak256(reasons[k]));
            }
        }
    }

    function positionsIn(bytes calldata state) external pure returns (bytes memory) {
        return state[64:];
    }

    function _equity(Inputs memory i, SurfaceChoice choice) private view returns (int256) {
        return referee.health(i.state, i.balances, i.checkpoint, i.records, choice).equityE8;
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

    /// @dev One look tells what a quote for each does, and equity on the same surfaces.
    function testFuzz_marksOf_areTheQuotes(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = draw(0, 1) == 0 ? wildMarket() : plainMarket();
        Position[] memory held = positionsOf(u, draw(0, 12), 2 ** draw(1, 53));
        Inputs memory i = pack(u, held, 0);
        (int256 equityE8, int256[] memory marksE8) = floors.marksOf(i.state, i.balances, i.checkpoint, i.records);
        assert(equityE8 == _equity(i, SurfaceChoice.Present));
        assert(marksE8.length == held.length);
        for (uint256 k = 0; k < held.length; ++k) {
            if (Instruments.kindOf(held[k].instrument) != Instruments.PERPETUAL) {
                assert(marksE8[k] == floors.quoteOf(held[k].instrument, i.checkpoint, i.records).markE8);
                continue;
            }
            Position[] memory one = new Position[](1);
            one[0] = Position(held[k].instrument, 1e8, 0);
            assert(marksE8[k] == _equity(pack(u, one, 0), SurfaceChoice.Present) - 7e12);
        }
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
