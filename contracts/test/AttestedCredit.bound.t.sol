// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FloorFigures, IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {Position} from "../margin/AccountStates.sol";
import {CheckpointHeader, Checkpoints, ExpiryRecord, Surface, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Forwards} from "../margin/Forwards.sol";
import {Instruments} from "../margin/Instruments.sol";
import {AttestedCredit} from "../risk/AttestedCredit.sol";
import {build} from "./Artifacts.sol";
import {MarginFixture} from "./MarginFixture.sol";

/// @notice What an account that shows a floor equity may leave unpaid once the price has moved by its range is below its credit, wherever in the band a quorum lists the forward.
contract AttestedCreditBoundTest is MarginFixture {
    uint256 private constant ONE = 1e8;
    /// @dev How far from spot two years ahead may be listed at launch, and the least and most that the hub lets governance say (ORC-014): 10⁶ + 2·25·10⁶ and 3·10⁶ + 2·5·10⁷.
    uint256 private constant LAUNCH_BAND_E8 = 51e6;
    uint256 private constant WIDEST_BAND_E8 = 103e6;
    uint256 private constant LAUNCH_FACTOR_E8 = 13e7;
    /// @dev How far from spot a perpetual is marked at launch, and at most (`premiumClampE8`).
    uint256 private constant LAUNCH_PREMIUM_E8 = 5e5;
    uint256 private constant LARGEST_PREMIUM_E8 = 1e6;

    IFloorReferee private _floors;

    function setUp() public override {
        super.setUp();
        _floors = IFloorReferee(build("contracts/margin/FloorReferee.sol:FloorReferee", abi.encode(normalTable)));
    }

    /// @dev Without the factor: what that adds is for what price and volatility do together. Between the ends of the range as at them; futures and options of both signs, alone and many, in the settlement window and long before, on one surface and on two; mostly where they lose most: few, all long or all short, at an end of the range.
    function testFuzz_creditOf_coversWhatAMoveByTheRangeLeavesUnpaid(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        u.priceRangeE8 = uint32(drawWild(1e6, 32e6));
        u.perpetualMarkE8 = uint64((u.spotE8 * drawWild(ONE - LARGEST_PREMIUM_E8, ONE + LARGEST_PREMIUM_E8)) / ONE);
        for (uint256 i = 0; i < u.expiries.length; ++i) _list(u, u.expiries[i]);
        Position[] memory positions = _oneSided(positionsOf(u, draw(1, 3), 2 ** draw(20, 45)));
        Inputs memory inputs = pack(u, positions, 0);
        int256 floorEquityE8 = _floorEquityE8(inputs);
        // Credit of whoever shows nothing: with a floor equity it is less by that, and so is what is left unpaid.
        uint256 riskE8 = _creditE8(inputs, ONE, 0) + _premiumRiskE8(u, positions);

        uint256 rangeE8 = u.priceRangeE8;
        uint256 movedE8 = draw(0, 3) == 0 ? draw(0, 2 * rangeE8) : 2 * rangeE8 * draw(0, 1);
        _move(u, int256(movedE8) - int256(rangeE8));
        inputs.records = Checkpoints.encodeUnderlying(u);
        inputs.checkpoint = pack(u, new Position[](0), 0).checkpoint;
        // What the kernel rounds is below a millionth of what is at risk, and a unit a position.
        assert(floorEquityE8 - _equityE8(inputs) <= int256(riskE8 + riskE8 / 1e6 + 12));
    }

    /// @dev The credit of a perpetual goes by spot, and it loses by its mark: a two-hundredth more at launch, which the factor covers.
    function test_creditOf_aShortPerpetualMarkedAboveSpot() external {
        start(1);
        UnderlyingRecord memory u = plainMarket();
        (u.spotE8, u.priceRangeE8) = (90_000e8, 14e6);
        u.perpetualMarkE8 = uint64((90_000e8 * (ONE + LAUNCH_PREMIUM_E8)) / ONE);
        Position[] memory short = new Position[](1);
        short[0] = Position(Instruments.pack(1, 0, 0, uint8(Instruments.PERPETUAL)), -100e8, 0);
        Inputs memory inputs = pack(u, short, 0);
        int256 before = _equityE8(inputs);
        assert(_creditE8(inputs, ONE, 0) == 1_260_000e8);
        _move(u, 14e6);
        inputs.records = Checkpoints.encodeUnderlying(u);
        inputs.checkpoint = pack(u, new Position[](0), 0).checkpoint;
        assert(before - _equityE8(inputs) == 1_266_300e8);
        // The smallest factor that governance may set is 1.1.
        assert(_creditE8(inputs, 11e7, 0) > 1_266_300e8);
    }

    /// @dev A quorum lists two years at the upper edge of the launch band in one transaction; floor equity is 1 % of the notional at spot.
    function test_creditOf_aShortFutureListedAtTheEdgeOfTheBand() external {
        start(1);
        UnderlyingRecord memory u = plainMarket();
        (u.spotE8, u.priceRangeE8) = (90_000e8, 14e6);
        ExpiryRecord memory far = u.expiries[2];
        (far.expiry, far.followSeconds) = (uint32(TIME + 730 days), uint16(Forwards.WINDOW_SECONDS));
        far.present.forwardE8 = uint64((90_000e8 * (ONE + LAUNCH_BAND_E8)) / ONE);
        far.delayed = _copy(far.present);
        Position[] memory short = new Position[](1);
        short[0] = Position(Instruments.pack(1, far.expiry, 0, uint8(Instruments.FUTURE)), -100e8, 0);
        Inputs memory inputs = pack(u, short, 0);
        // 9 million of notional at spot, and 1.51 times of it at the forward: 1.3·14 % of 13.59 million.
        uint256 creditE8 = _creditE8(inputs, LAUNCH_FACTOR_E8, 90_000e8);
        assert(creditE8 == 2_473_380e8 - 90_000e8);
        // At +R the future has lost 14 % of 13.59 million; by spot alone the credit were 1,548,000.
        int256 before = _equityE8(inputs);
        _move(u, 14e6);
        inputs.records = Checkpoints.encodeUnderlying(u);
        inputs.checkpoint = pack(u, new Position[](0), 0).checkpoint;
        int256 unpaidE8 = before - _equityE8(inputs) - 90_000e8;
        assert(unpaidE8 == 1_812_600e8 && unpaidE8 > 1_548_000e8);
    }

    /// @dev An expiry that the account does not hold lends nobody more.
    function testFuzz_creditOf_countsOnlyTheExpiriesThatAreHeld(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        Inputs memory inputs = pack(u, positionsOf(u, draw(1, 6), 2 ** 40), 0);
        uint256 creditE8 = _creditE8(inputs, LAUNCH_FACTOR_E8, 0);
        uint256 raised = draw(0, 2);
        u.expiries[raised].present.forwardE8 *= 2;
        bytes memory before = inputs.records;
        inputs.records = Checkpoints.encodeUnderlying(u);
        assert(keccak256(before) != keccak256(inputs.records));
        bool isHeld = this.holds(inputs.state, u.expiries[raised].expiry);
        uint256 laterE8 = _creditE8(inputs, LAUNCH_FACTOR_E8, 0);
        assert(isHeld ? laterE8 > creditE8 : laterE8 == creditE8);
    }

    function holds(bytes calldata state, uint256 expiry) external pure returns (bool) {
        for (uint256 i = 64; i < state.length; i += 32) {
            if (Instruments.expiryOf(uint96(bytes12(state[i:i + 12]))) == expiry) return true;
        }
        return false;
    }

    function creditOf(
        bytes calldata state,
        bytes calldata checkpoint,
        bytes calldata records,
        int256 floorEquityE8
    ) external pure returns (uint256) {
        return AttestedCredit.creditOf(state, state[:0], checkpoint, records, floorEquityE8);
    }

    function _oneSided(Position[] memory positions) private returns (Position[] memory) {
        bool isLong = draw(0, 1) == 0;
        for (uint256 i = 0; i < positions.length; ++i) {
            if (positions[i].sizeE8 > 0 != isLong) positions[i].sizeE8 = -positions[i].sizeE8;
        }
        return positions;
    }

    /// @dev Outside its settlement window an expiry is listed anywhere in a band, a delay ago elsewhere.
    function _list(UnderlyingRecord memory u, ExpiryRecord memory e) private {
        e.present.forwardE8 = _forwardE8(u);
        e.delayed = _copy(e.present);
        if (draw(0, 3) != 0) e.delayed.forwardE8 = _forwardE8(u);
    }

    /// @dev Another in memory, so that one moves without the other.
    function _copy(Surface memory surface) private pure returns (Surface memory) {
        return abi.decode(abi.encode(surface), (Surface));
    }

    function _forwardE8(UnderlyingRecord memory u) private returns (uint64 forwardE8) {
        uint256 bandE8 = draw(0, 1) == 0 ? LAUNCH_BAND_E8 : WIDEST_BAND_E8;
        uint256 ratioE8 = drawWild(ONE > bandE8 ? ONE - bandE8 : 1, ONE + bandE8);
        forwardE8 = uint64((u.spotE8 * ratioE8) / ONE);
        if (forwardE8 == 0) forwardE8 = 1;
    }

    /// @dev Spot moves, and forwards by the part of it that they follow still; volatilities stay with their strikes (MRG-026).
    function _move(UnderlyingRecord memory u, int256 byE8) private pure {
        uint64 spotE8 = _moved(u.spotE8, byE8);
        // Its premium is a part of spot (CLR-030), so that a perpetual moves by the same part as spot.
        u.perpetualMarkE8 = _moved(u.perpetualMarkE8, byE8);
        u.spotE8 = spotE8;
        for (uint256 i = 0; i < u.expiries.length; ++i) {
            ExpiryRecord memory e = u.expiries[i];
            int256 partE8 = (byE8 * int256(uint256(e.followSeconds))) / int256(Forwards.WINDOW_SECONDS);
            e.present.forwardE8 = _moved(e.present.forwardE8, partE8);
            e.delayed.forwardE8 = _moved(e.delayed.forwardE8, partE8);
        }
    }

    /// @dev What the range of a perpetual's premium adds to that of spot.
    function _premiumRiskE8(
        UnderlyingRecord memory u,
        Position[] memory positions
    ) private pure returns (uint256 sumE8) {
        if (u.perpetualMarkE8 <= u.spotE8) return 0;
        for (uint256 i = 0; i < positions.length; ++i) {
            if (Instruments.expiryOf(positions[i].instrument) != 0) continue;
            int256 size = positions[i].sizeE8;
            sumE8 +=
                (uint256(size < 0 ? -size : size) * (u.perpetualMarkE8 - u.spotE8) * u.priceRangeE8) / ONE ** 2 +
                1;
        }
    }

    function _moved(uint64 priceE8, int256 byE8) private pure returns (uint64 movedE8) {
        movedE8 = uint64((uint256(priceE8) * uint256(int256(ONE) + byE8)) / ONE);
        if (movedE8 == 0) movedE8 = 1;
    }

    function _creditE8(Inputs memory i, uint256 factorE8, int256 floorEquityE8) private view returns (uint256) {
        CheckpointHeader memory header = CheckpointHeader(1, TIME, 1, 0, uint32(factorE8), 1e12, 1e12);
        return this.creditOf(i.state, Checkpoints.encodeHeader(header), i.records, floorEquityE8);
    }

    function _floorEquityE8(Inputs memory i) private view returns (int256) {
        FloorFigures memory figures = _floors.floorOf(
            i.state,
            i.balances,
            i.checkpoint,
            i.records,
            SurfaceChoice.Worse
        );
        return figures.floorEquityE8;
    }

    function _equityE8(Inputs memory i) private view returns (int256) {
        return _floors.equityOf(i.state, i.balances, i.checkpoint, i.records, SurfaceChoice.Worse);
    }
}
