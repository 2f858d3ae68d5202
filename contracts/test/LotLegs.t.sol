// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LotLegs} from "../liquidation/LotLegs.sol";
import {AccountState, Position} from "../margin/AccountStates.sol";
import {Checkpoints, CollateralRecord, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";

/// @notice How open the legs of a lot are, and what each bears of a loss.
contract LotLegsTest {
    uint256 private constant ONE = 1e8;
    uint256 private constant HALF = 5e7;
    uint256 private constant NOW = 1_800_000_000;
    uint32 private constant LATER = uint32(NOW + 12 days);
    uint16 private constant BTC = 1;
    uint16 private constant ETH = 2;

    // How open legs are

    function test_openness_ofALegAloneIsAllAndOfAHedgedPairNone() public pure {
        Position[] memory legs = new Position[](3);
        legs[0] = _linear(BTC, 0, 3e8);
        legs[1] = _linear(BTC, LATER, -3e8);
        legs[2] = _linear(ETH, 0, -5e8);
        uint256[] memory open = _openness(legs);
        assert(open[0] == 0 && open[1] == 0 && open[2] == ONE);
        // A third of what is held is open: 1 of 5 is left, rounded up.
        legs[1].sizeE8 = -2e8;
        open = _openness(legs);
        assert(open[0] == 2e7 && open[1] == 2e7);
        legs[1].sizeE8 = -3e8 + 1;
        open = _openness(legs);
        assert(open[0] == 1 && open[1] == 1);
    }

    /// @dev A short straddle moves with nothing at spot and with everything a range away; a call against a perpetual hedges a part.
    function test_openness_ofOptionsIsThatOfTheWorstOfThreePrices() public pure {
        Position[] memory legs = new Position[](2);
        legs[0] = _option(Instruments.CALL, 90_000, -1e8);
        legs[1] = _option(Instruments.PUT, 90_000, -1e8);
        uint256[] memory open = _openness(legs);
        assert(open[0] > 99e6 && open[0] <= ONE && open[0] == open[1]);
        // What no price near moves hedges nothing: a naked wing is open.
        legs[0] = _option(Instruments.CALL, 900_000, -1e8);
        legs[1] = _option(Instruments.PUT, 9_000, -1e8);
        assert(_openness(legs)[0] == ONE);
        // A synthetic future against a future.
        legs = new Position[](3);
        legs[0] = _linear(BTC, LATER, -1e8);
        legs[1] = _option(Instruments.CALL, 90_000, 1e8);
        legs[2] = _option(Instruments.PUT, 90_000, -1e8);
        assert(_openness(legs)[0] == 0);
    }

    /// @dev A short perpetual against the coin itself is hedged by it; tokens beyond what legs move make them no more than open.
    function test_openness_countsTheTokensOfAnUnderlying() public pure {
        Position[] memory legs = new Position[](1);
        legs[0] = _linear(BTC, 0, -10e8);
        bytes memory tokens = bytes.concat(bytes32((uint256(1) << 240) | 5e18));
        assert(_look(legs, tokens).openE8[0] == 0);
        tokens = bytes.concat(bytes32((uint256(1) << 240) | 3e18), bytes32((uint256(2) << 240) | 9e18));
        assert(_look(legs, tokens).openE8[0] == 4e7);
        legs[0].sizeE8 = 1e8;
        assert(_look(legs, tokens).openE8[0] == ONE);
        legs[0] = _linear(ETH, 0, -10e8);
        assert(_look(legs, tokens).openE8[0] == ONE);
    }

    /// @dev Dust names no market: neither whose cap pays, nor whose holders do.
    function test_look_dustNamesNoMarket() public pure {
        Position[] memory legs = new Position[](4);
        legs[0] = _linear(BTC, 0, 100e8 + 1);
        legs[1] = _linear(BTC, LATER, -100e8);
        legs[2] = _linear(ETH, 0, -4_000e8);
        legs[3] = _linear(ETH, LATER, 4_000e8);
        LotLegs.Look memory seen = _look(legs, "");
        assert(seen.openE8[0] == 1 && seen.openE8[2] == 0 && seen.main == ETH);
        uint256[] memory gross = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) gross[i] = 10_000_000e8;
        uint256[] memory parts = LotLegs.parts(gross, seen.openE8, 400_000e8);
        for (uint256 i = 0; i < 4; ++i) assert(parts[i] == 1e6);
        // An open leg of a hundredth of the whole is no dust.
        legs[2].sizeE8 = -4_000e8 + 140e8;
        seen = _look(legs, "");
        assert(seen.main == ETH && seen.openE8[2] > 0);
        (legs[0].sizeE8, legs[2].sizeE8) = (105e8, -4_000e8);
        assert(_look(legs, "").main == BTC);
    }

    function test_look_mainIsWhatIsOpenThenWhatIsLarge() public pure {
        Position[] memory legs = new Position[](3);
        legs[0] = _linear(BTC, 0, 3e8);
        legs[1] = _linear(BTC, LATER, -3e8);
        legs[2] = _linear(ETH, 0, -5e8);
        LotLegs.Look memory seen = _look(legs, "");
        assert(seen.grossE8 == 540_000e8 + 15_000e8 && seen.main == ETH);
        legs[2].sizeE8 = 0;
        assert(_look(legs, "").main == BTC);
    }

    // What each bears

    function test_parts_openLegsFirstThenAllThenNoMore() public pure {
        (uint256[] memory gross, uint256[] memory open) = (new uint256[](3), new uint256[](3));
        (gross[0], gross[1], gross[2]) = (1_000e8, 10_000e8, 10_000e8);
        open[0] = ONE;
        uint256[] memory parts = LotLegs.parts(gross, open, 400e8);
        assert(parts[0] == 4e7 && parts[1] == 0 && parts[2] == 0);
        // Half of it is 500; 200 more fall on the 20 000 of the others.
        parts = LotLegs.parts(gross, open, 700e8);
        assert(parts[0] == HALF && parts[1] == 1e6 && parts[2] == 1e6);
        parts = LotLegs.parts(gross, open, 20_000e8);
        assert(parts[0] == HALF && parts[1] == HALF && parts[2] == HALF);
        // Nothing is open: by gross.
        open[0] = 0;
        parts = LotLegs.parts(gross, open, 210e8);
        assert(parts[0] == 1e6 && parts[1] == 1e6 && parts[2] == 1e6);
        assert(LotLegs.parts(new uint256[](0), new uint256[](0), 1).length == 0);
    }

    /// @dev Together the legs bear the loss, or each stands at half; none is beyond half; no loss moves nothing.
    function testFuzz_parts_bearTheLoss(uint64[5] memory sizes, uint32[5] memory weights, uint80 loss) public pure {
        (uint256[] memory gross, uint256[] memory open) = (new uint256[](5), new uint256[](5));
        for (uint256 i = 0; i < 5; ++i) (gross[i], open[i]) = (sizes[i], weights[i] % (ONE + 1));
        uint256[] memory parts = LotLegs.parts(gross, open, loss);
        uint256 borne = 0;
        bool full = true;
        for (uint256 i = 0; i < 5; ++i) {
            assert(parts[i] <= HALF && (loss != 0 || parts[i] == 0));
            if (parts[i] != HALF && gross[i] != 0) full = false;
            borne += gross[i] * parts[i];
        }
        assert(full || borne >= uint256(loss) * ONE);
    }

    function _openness(Position[] memory legs) private pure returns (uint256[] memory) {
        return _look(legs, "").openE8;
    }

    function _look(Position[] memory legs, bytes memory balances) private pure returns (LotLegs.Look memory) {
        AccountState memory state;
        state.positions = legs;
        return LotLegs.look(_checkpoint(), _records(), state, balances, NOW);
    }

    /// @dev Token 1 is bitcoins, two units each; token 2 is no underlying.
    function _checkpoint() private pure returns (bytes memory checkpoint) {
        CollateralRecord memory record;
        checkpoint = bytes.concat(new bytes(64), Checkpoints.encodeCollateral(record));
        (record.token, record.underlying, record.decimals, record.priceE8) = (1, BTC, 18, 2e8);
        checkpoint = bytes.concat(checkpoint, Checkpoints.encodeCollateral(record));
        (record.token, record.underlying) = (2, 0);
        checkpoint = bytes.concat(checkpoint, Checkpoints.encodeCollateral(record));
    }

    function _records() private pure returns (bytes memory) {
        return bytes.concat(_record(BTC, 90_000e8), _record(ETH, 3_000e8));
    }

    function _record(uint16 underlying, uint64 spotE8) private pure returns (bytes memory) {
        UnderlyingRecord memory record;
        (record.underlying, record.spotE8, record.perpetualMarkE8) = (underlying, spotE8, spotE8);
        record.priceRangeE8 = 14e6;
        return Checkpoints.encodeUnderlying(record);
    }

    function _linear(uint16 underlying, uint32 expiry, int256 sizeE8) private pure returns (Position memory) {
        uint256 kind = expiry == 0 ? Instruments.PERPETUAL : Instruments.FUTURE;
        return Position(Instruments.pack(underlying, expiry, 0, uint8(kind)), sizeE8, 0);
    }

    function _option(uint256 kind, uint256 strike, int256 sizeE8) private pure returns (Position memory) {
        return Position(Instruments.pack(BTC, LATER, uint40(strike * 1e4), uint8(kind)), sizeE8, 0);
    }
}
