// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVolSurfaces, SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {Figures, IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {LotMath} from "../liquidation/LotMath.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Kernel} from "../margin/Kernel.sol";
import {Rounding} from "../margin/Rounding.sol";
import {Smiles} from "../oracle/Smiles.sol";
import {SurfaceChecks} from "../oracle/SurfaceChecks.sol";
import {build, buildNormalTable} from "./Artifacts.sol";
import {SurfaceFixture} from "./SurfaceFixture.sol";

/// @notice What a quorum that is corrupt as a whole can do with surfaces, and how much it moves.
contract VolSurfacesAttacksTest is SurfaceFixture {
    uint32 internal constant WEEK = uint32(START) + 7 days;
    int256 internal constant LN_2_Q32 = 2977044472;
    IReferee internal real;

    function setUp() public {
        deployWithAttesters();
        publish(smile(BTC, WEEK));
        // The straddle of these tests is judged by the model itself.
        real = IReferee(build("contracts/margin/Referee.sol:Referee", abi.encode(buildNormalTable())));
    }

    /// @dev Pushed up as fast as the steps allow, for an hour, a minute at a time. Bound: (1 + 0.15·κ/60)^60, 25.2 % at a week.
    function test_publish_anHourOfPushingMovesAVolatilityByAQuarter() public {
        uint256 before = _volatility(0);
        for (uint256 i = 0; i < 60; ++i) _push(1_0037);
        uint256 later = _volatility(0);
        assert(later > (before * 120) / 100 && later < (before * 1253) / 1000);
    }

    /// @dev A short straddle: nothing for half an hour, since `start` counts the better surface; then what an hour of lies is worth, twice `surfaceRiskE8` for its two options, at most.
    function test_start_aStraddleIsNotHurtForHalfAnHourAndThenByTheStatedRisk() public {
        bytes memory state = _straddle();
        (Figures memory honest, ) = _judge(state);
        for (uint256 i = 0; i < 29; ++i) _push(1_0037);
        (Figures memory better, Figures memory worse) = _judge(state);
        assert(better.equityE8 >= honest.equityE8 - 1e8);
        assert(worse.equityE8 < honest.equityE8 - 500e8);
        uint256 risk = surfaces.surfaceRiskE8(BTC);
        for (uint256 i = 0; i < 31; ++i) _push(1_0037);
        (better, worse) = _judge(state);
        assert(honest.equityE8 - worse.equityE8 <= 2 * int256(risk));
        assert(better.equityE8 > worse.equityE8);
    }

    /// @dev What the collusion earns: a quorum and a bidder whom nobody else outbids. The victim is as poor as a healthy account can be; surfaces are pushed for an hour and a half, of which bids count an hour at most; the bidder waits for the whole discount.
    /// Of the fraction sold, a sixth here, it earns the lie (`surfaceRiskE8` for each option at most) and the discount: 446 dollars of a straddle of one bitcoin at 90,000, half a percent of the notional.
    function test_bid_anHourOfLiesAndTheWholeDiscountEarnAStatedSum() public {
        (Figures memory rich, ) = _judge(_straddle());
        // Cash such that honest equity is maintenance margin and a dollar.
        int256 cash = 50_000e8 - rich.equityE8 + int256(rich.maintenanceE8) + 1e8;
        bytes memory state = _straddleWith(uint256(cash));
        (Figures memory honest, ) = _judge(state);
        assert(honest.equityE8 == int256(honest.maintenanceE8) + 1e8);
        for (uint256 i = 0; i < 90; ++i) _push(1_0037);
        uint256 risk = surfaces.surfaceRiskE8(BTC);
        (Figures memory lied, ) = _judge(state);
        assert(lied.equityE8 < int256(lied.maintenanceE8));
        LiquidationParameters memory p = liquidationParameters();
        uint256 sold = LotMath.forSale(p, lied.equityE8, lied.maintenanceE8);
        int256 paid = LotMath.priceUp(lied.equityE8, sold, LotMath.discount(p, p.discountRampSeconds));
        int256 earned = (honest.equityE8 * int256(sold)) / 1e8 - paid;
        int256 lie = honest.equityE8 - lied.equityE8;
        assert(lie > 0 && lie <= 2 * int256(risk));
        assert(earned <= ((lie + lied.equityE8 / 5) * int256(sold)) / 1e8 + 1);
        assert(earned > 440e8 && earned < 450e8);
    }

    /// @dev After a silent hour a whole step at once, then an hour of steps, forwards with them: no option of any strike moves by more than `surfaceRiskE8` said before.
    function testFuzz_publish_anHourOfLiesMovesNoOptionByMoreThanTheStatedRisk(uint256 seed, bool up) public {
        // A market of its own, so that the stated risk is this expiry's.
        SurfaceUpdate memory s = smile(ETH, uint32(START) + uint32(1 + ((seed >> 96) % 400)) * 1 days);
        s.bE12 = uint64(100_000_000_000 + (seed % 500_000_000_000));
        s.rhoE8 = int32(uint32((seed >> 64) % 100_000_000)) - 50_000_000;
        publish(s);
        uint256 strike = 1_000 + ((seed >> 128) % 7_000);
        uint96 option = Instruments.pack(ETH, s.expiry, uint40(strike * 1e4), uint8(2 + ((seed >> 160) % 2)));
        (uint256 moved, uint256 risk) = _lieForAnHour(option, up);
        assert(moved <= risk);
    }

    /// @dev The bound is one that lies come near: at the money they reach two thirds of it.
    function test_publish_anHourOfLiesComesNearTheStatedRisk() public {
        (uint256 moved, uint256 risk) = _lieForAnHour(Instruments.pack(BTC, WEEK, 90_000e4, uint8(2)), true);
        assert(moved <= risk && 3 * moved >= 2 * risk);
    }

    /// @dev A box (long and short of two strikes) is worth its strikes' distance whatever a surface says: parity is exact, and discounts are governed.
    function test_publish_aBoxIsNotMovedByAnySurface() public {
        bytes memory state = _box();
        (Figures memory honest, ) = _judge(state);
        for (uint256 i = 0; i < 60; ++i) _push(i % 2 == 0 ? 1_0037 : 9_970);
        (Figures memory better, Figures memory worse) = _judge(state);
        // A unit of rounding for each of the four legs.
        assert(Rounding.magnitude(better.equityE8 - honest.equityE8) <= 4);
        assert(Rounding.magnitude(worse.equityE8 - honest.equityE8) <= 4);
    }

    /// @dev Between the points, too: any strike from a half to double the forward moves by no more than the step and half of it again.
    function testFuzz_publish_noStrikeMovesMuchBetweenThePoints(uint256 seed, int64 place) public {
        pass(3600);
        spots.update(BTC);
        SurfaceUpdate memory s = smile(BTC, WEEK);
        s.aE12 = (s.aE12 * int64(uint64(70 + (seed % 60)))) / 100;
        s.bE12 = uint64((s.bE12 * (50 + ((seed >> 16) % 100))) / 100);
        s.rhoE8 += int32(uint32((seed >> 32) % 40_000_000)) - 20_000_000;
        s.mE8 += int32(uint32((seed >> 64) % 20_000_000)) - 10_000_000;
        s.sigmaE8 = uint32(5_000_000 + ((seed >> 96) % 30_000_000));
        int256 k = int256(place) % LN_2_Q32;
        uint256 before = _volatility(k);
        if (!tryPublish(s)) return;
        uint256 later = _volatility(k);
        uint256 moved = later > before ? later - before : before - later;
        // 22.5 % at this expiry, and 11.25 % between the points.
        assert(moved * 10_000 <= before * 3_375);
    }

    /// @dev A quorum says that spot is a tenth higher, and the forward with it: the live forward stays, and points around the published one would see little of the money. There a volatility of 10.6 % would become 23.7 % in one step of 30 %.
    function test_publish_aSpotSaidToBeOffHidesNothingAtTheMoney() public {
        SurfaceUpdate memory s = smile(ETH, uint32(START) + 25 hours);
        s.spotE8 += s.spotE8 / 10;
        (s.forwardE8, s.aE12, s.bE12) = (s.spotE8, 3_008_600_000, 1_331_400_000_000);
        (s.rhoE8, s.mE8, s.sigmaE8) = (91_434_000, -8_914_100, 1_000_000);
        publish(s);
        pass(3600);
        spots.update(ETH);
        s.time = uint40(this.clock());
        (s.aE12, s.bE12) = (3_256_000_000, 1_098_000_000_000);
        (s.rhoE8, s.mE8, s.sigmaE8) = (91_615_500, -11_796_300, 1_532_100);
        expectRefused(s, IVolSurfaces.SurfaceStep.selector);
        // Nor is an expiry listed whose volatility at the money lies below its band.
        s.expiry += 1 days;
        (s.aE12, s.bE12) = (1_100_000_000, 500_000_000_000);
        (s.rhoE8, s.mE8, s.sigmaE8) = (99_500_000, -6_000_000, 1_000_000);
        expectRefused(s, IVolSurfaces.SurfaceStep.selector);
    }

    /// @dev What the sufficient test takes has a density that is nowhere negative: w and its slopes by differences on a fine grid.
    function testFuzz_isButterflyFree_meansNoButterfly(uint256 seed, int64 place) public view {
        SurfaceUpdate memory s = smile(BTC, WEEK);
        s.aE12 = int64(uint64(seed % 600_000_000_000)) - 100_000_000_000;
        s.bE12 = uint64((seed >> 48) % 3_000_000_000_000);
        s.rhoE8 = int32(uint32((seed >> 96) % 190_000_001)) - 95_000_000;
        s.mE8 = int32(uint32((seed >> 128) % 100_000_001)) - 50_000_000;
        s.sigmaE8 = uint32(1_000_000 + ((seed >> 160) % 100_000_000));
        uint256 tau = 1 hours + ((seed >> 192) % 730 days);
        if (!this.isFree(s, tau)) return;
        // In E18: y, R, w, w', w''.
        int256 k = (int256(place) % 3e9) * 1e9;
        int256 y = k - int256(s.mE8) * 1e10;
        int256 sigma = int256(uint256(s.sigmaE8)) * 1e10;
        int256 root = int256(_sqrt(uint256(y * y + sigma * sigma)));
        int256 rho = int256(s.rhoE8) * 1e10;
        int256 t = (int256(tau) * 1e18) / 31_536_000;
        int256 a = int256(s.aE12) * 1e6;
        int256 b = int256(uint256(s.bE12)) * 1e6;
        int256 w = ((a + (b * ((rho * y) / 1e18 + root)) / 1e18) * t) / 1e18;
        int256 slope = (((b * (rho + (y * 1e18) / root)) / 1e18) * t) / 1e18;
        int256 curve = (((((b * sigma) / root) * sigma) / root) * t) / root;
        int256 half = 1e18 - (((k * slope) / 1e18) * 1e18) / (2 * w);
        int256 g = (half * half) / 1e18 - (slope * slope) / (4 * w) - (slope * slope) / 16e18 + curve / 2;
        assert(g >= -1e12);
    }

    function isFree(SurfaceUpdate calldata s, uint256 tau) external pure returns (bool) {
        return SurfaceChecks.isButterflyFree(s, tau);
    }

    // Helpers

    /// @dev A minute passes and every volatility is said to have moved by this many hundredths of a percent of itself, as variance allows.
    function _push(uint256 factor) private {
        pass(60);
        spots.update(BTC);
        SurfaceUpdate memory s = surfaces.surfaceOf(BTC, WEEK);
        s.time = uint40(this.clock());
        s.aE12 = int64((s.aE12 * int256(factor * factor)) / 1e8);
        s.bE12 = uint64((s.bE12 * factor * factor) / 1e8);
        publish(s);
    }

    /// @dev How far an option moves from before an hour of silence to the end of an hour of lies, and how far the surfaces said before that it could.
    function _lieForAnHour(uint96 option, bool up) private returns (uint256 moved, uint256 risk) {
        uint16 underlying = uint16(Instruments.underlyingOf(option));
        uint32 expiry = uint32(Instruments.expiryOf(option));
        bytes memory state = bytes.concat(_header(1_000_000e8), _position(option, 1e8));
        pass(3600);
        spots.update(underlying);
        risk = surfaces.surfaceRiskE8(underlying);
        int256 honest = _present(underlying, state);
        _step(underlying, expiry, up, 3600);
        for (uint256 i = 0; i < 12; ++i) {
            pass(300);
            spots.update(underlying);
            _step(underlying, expiry, up, 300);
        }
        moved = Rounding.magnitude(_present(underlying, state) - honest);
    }

    /// @dev Every volatility as far as a step of so many seconds lets it, and the forward with it.
    function _step(uint16 underlying, uint32 expiry, bool up, uint256 elapsed) private {
        SurfaceUpdate memory s = surfaces.surfaceOf(underlying, expiry);
        uint256 allowed = SurfaceChecks.allowedStepE8(surfaceParameters(), expiry - this.clock(), elapsed);
        // Less a part in a hundred thousand, for the roundings of parameters.
        allowed -= allowed / 100_000 + 200;
        uint256 factor = up ? 1e8 + allowed : 1e8 - allowed;
        s.aE12 = int64((int256(s.aE12) * int256(factor) ** 2) / 1e16);
        s.bE12 = uint64((s.bE12 * factor ** 2) / 1e16);
        uint64 moved = uint64((uint256(s.spotE8) * surfaceParameters().forwardStepE8 * elapsed) / (3600 * 1e8));
        uint64 forward = up ? s.forwardE8 + moved : s.forwardE8 - moved;
        // Strikes keep their volatilities while the forward moves.
        s.mE8 -= int32((Kernel.ln(forward, s.forwardE8) * 1e8) >> 32);
        (s.forwardE8, s.time) = (forward, uint40(this.clock()));
        if (tryPublish(s)) return;
        // Where the forward may go no farther, or wings forbid it, the volatilities alone; where those may not, nothing.
        SurfaceUpdate memory still = surfaces.surfaceOf(underlying, expiry);
        (s.forwardE8, s.mE8) = (still.forwardE8, still.mE8);
        tryPublish(s);
    }

    function _present(uint16 underlying, bytes memory state) private view returns (int256) {
        (bytes memory checkpoint, bytes memory records) = hub.live();
        bytes memory record = underlying == BTC ? this.first(records) : this.second(records);
        return real.health(state, "", checkpoint, record, SurfaceChoice.Present).equityE8;
    }

    function _volatility(int256 k) private view returns (uint256) {
        SurfaceUpdate memory s = surfaces.surfaceOf(BTC, WEEK);
        bytes32 word = bytes32(abi.encodePacked(s.aE12, s.bE12, s.rhoE8, s.mE8, s.sigmaE8, uint32(0)));
        return Smiles.atStrike(Smiles.unpack(uint256(word)), k);
    }

    function _judge(bytes memory state) private view returns (Figures memory better, Figures memory worse) {
        (bytes memory checkpoint, bytes memory records) = hub.live();
        bytes memory btcOnly = this.first(records);
        better = real.health(state, "", checkpoint, btcOnly, SurfaceChoice.Better);
        worse = real.health(state, "", checkpoint, btcOnly, SurfaceChoice.Worse);
    }

    function first(bytes calldata records) external pure returns (bytes memory) {
        return records[:128 * (1 + Checkpoints.expiriesOf(records))];
    }

    function second(bytes calldata records) external view returns (bytes memory) {
        return this.first(records[this.first(records).length:]);
    }

    function _straddle() private pure returns (bytes memory) {
        return _straddleWith(50_000e8);
    }

    function _straddleWith(uint256 cashE8) private pure returns (bytes memory) {
        return
            bytes.concat(
                _header(cashE8),
                _position(Instruments.pack(BTC, WEEK, 90_000e4, uint8(2)), -1e8),
                _position(Instruments.pack(BTC, WEEK, 90_000e4, uint8(3)), -1e8)
            );
    }

    function _box() private pure returns (bytes memory) {
        return
            bytes.concat(
                _header(50_000e8),
                _position(Instruments.pack(BTC, WEEK, 80_000e4, uint8(2)), 1e8),
                _position(Instruments.pack(BTC, WEEK, 80_000e4, uint8(3)), -1e8),
                _position(Instruments.pack(BTC, WEEK, 100_000e4, uint8(2)), -1e8),
                _position(Instruments.pack(BTC, WEEK, 100_000e4, uint8(3)), 1e8)
            );
    }

    /// @dev So much cash, format 1.
    function _header(uint256 cashE8) private pure returns (bytes memory) {
        return abi.encodePacked(uint128(2 * cashE8), uint64(1e12), uint32(1), uint8(1), uint24(0), uint256(0));
    }

    function _position(uint96 instrument, int256 sizeE8) private pure returns (bytes memory) {
        uint256 zigzag = sizeE8 < 0 ? uint256(-2 * sizeE8 - 1) : uint256(2 * sizeE8);
        return abi.encodePacked(instrument, uint64(zigzag), uint96(0));
    }

    function _sqrt(uint256 a) private pure returns (uint256 r) {
        if (a == 0) return 0;
        r = 2 ** 128;
        for (uint256 i = 0; i < 140; ++i) {
            uint256 next = (r + a / r) / 2;
            if (next >= r) return r;
            r = next;
        }
    }
}
