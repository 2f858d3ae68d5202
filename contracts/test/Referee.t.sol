// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KernelProbe} from "../dev/KernelProbe.sol";
import {Breakdown, Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {Position} from "../margin/AccountStates.sol";
import {ExpiryRecord, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {Kernel} from "../margin/Kernel.sol";
import {PositionsUnsorted} from "../margin/MarginErrors.sol";
import {VM} from "./IVm.sol";
import {MarginFixture} from "./MarginFixture.sol";
import {Rounding} from "../margin/Rounding.sol";
import {Scenarios} from "../margin/Scenarios.sol";

/// @notice The referee against plain sums of single values, and the properties of the margin.
contract RefereeTest is MarginFixture {
    int256 private constant ONE = 1e8;

    /// @dev The hot loop's lanes, table addresses and peeled ends against one plain value at a time.
    function testFuzz_weighted_equalsPlainSums(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = draw(0, 2) == 0 ? wildMarket() : plainMarket();
        Position[] memory positions = positionsOf(u, draw(1, 5), 2 ** draw(1, 53));
        Breakdown memory report = _report(pack(u, positions, 0));
        for (uint256 s = 0; s < Scenarios.COUNT; ++s) {
            int256 sum = 0;
            for (uint256 i = 0; i < positions.length; ++i) {
                sum +=
                    positions[i].sizeE8 *
                    (_value(u, positions[i].instrument, s) - _value(u, positions[i].instrument, 13));
            }
            (uint256 node, ) = Scenarios.parts(s);
            int256 expected = Rounding.divFloor(int256(Scenarios.weight(node)) * sum, uint256(ONE));
            assert(report.underlyings[0].weighted24E8[s] == expected);
        }
    }

    /// @dev No state that can be held is refused; no margin is negative; every surface choice, headroom and the standard margin compute.
    function testFuzz_health_isTotal(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = wildMarket();
        Position[] memory positions = positionsOf(u, draw(1, 12), 2 ** 53);
        Inputs memory inputs = pack(u, positions, uint128(drawWild(0, type(uint128).max)));
        SurfaceChoice choice = SurfaceChoice(draw(0, 2));
        Figures memory f = referee.health(inputs.state, inputs.balances, inputs.checkpoint, inputs.records, choice);
        assert(f.initialE8 >= f.maintenanceE8);
        assert(f.maintenanceE8 < 2 ** 127 && f.floorE8 < 2 ** 127);
        assert(f.leastCashE8 == int256(f.initialE8) - (f.equityE8 - 7e12));
        referee.standardMargin(inputs.state, inputs.balances, inputs.checkpoint, inputs.records, choice);
        int64 sizeE8 = int64(positions[0].sizeE8);
        referee.headroom(positions[0].instrument, sizeE8, inputs.checkpoint, inputs.records, choice);
    }

    /// @dev What one position leaves in the workspace changes nothing for the next: standard margin is what accounts of one position each need.
    function testFuzz_standard_isTheSumOfSingles(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = draw(0, 1) == 0 ? wildMarket() : plainMarket();
        Position[] memory positions = positionsOf(u, draw(2, 8), 2 ** 40);
        _requireSumOfSingles(u, positions);
    }

    /// @dev The same where the second strike's logarithm is held at 6 and the first option is narrow: a held strike reads the logarithm of node 0, which nothing may write.
    function testFuzz_standard_heldStrikeAfterNarrowOption(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        (u.expiries[0].expiry, u.expiries[1].expiry) = (uint32(TIME + 7200), uint32(TIME + 100_000));
        u.expiries[2].expiry = uint32(TIME + 60_000_000);
        Position[] memory positions = new Position[](2);
        positions[0] = Position(
            Instruments.pack(u.underlying, u.expiries[0].expiry, 30_000_000, 3),
            drawSigned(1e12),
            0
        );
        positions[1] = Position(Instruments.pack(u.underlying, u.expiries[2].expiry, 50_000, 2), drawSigned(1e12), 0);
        _requireSumOfSingles(u, positions);
    }

    /// @dev A witness never shows more than the margin, and the best point of the joint branch shows the joint loss.
    function testFuzz_witness_showsAtMostTheMargin(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = draw(0, 1) == 0 ? wildMarket() : plainMarket();
        Inputs memory inputs = pack(u, positionsOf(u, draw(1, 8), 1e12), uint128(draw(0, 1e18)));
        Breakdown memory report = _report(inputs);
        (int256 equity, uint256 shown) = _witness(inputs, abi.encodePacked(uint8(0), uint8(draw(0, 36)), uint8(1)));
        assert(equity == report.figures.equityE8 && shown <= report.figures.maintenanceE8);
        (, shown) = _witness(inputs, abi.encodePacked(uint8(0), uint8(192 + draw(0, 14)), uint8(1)));
        assert(shown <= report.figures.maintenanceE8);
        (, shown) = _witness(inputs, abi.encodePacked(uint8(2), uint8(0)));
        assert(shown == report.groups[0].shortMinimumE8 + report.haircutE8);
        (, shown) = _witness(inputs, abi.encodePacked(uint8(0), uint8(report.groups[0].worstPoint), uint8(0)));
        uint256 loss24 = uint256(Rounding.maxSigned(report.groups[0].scenario24E8, report.groups[0].between24E8));
        assert(shown == Rounding.divUp(loss24, 24) + report.haircutE8);
    }

    /// @dev Netted is at most alone and alone: splitting an account never lowers the scenario part. Two units a rounding.
    function testFuzz_scenarioPart_isSubAdditive(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        Position[] memory a = positionsOf(u, draw(1, 4), 1e11);
        Position[] memory b = positionsOf(u, draw(1, 4), 1e11);
        uint256 together = _groupMargin(u, concat(a, b));
        assert(together <= _groupMargin(u, a) + _groupMargin(u, b) + 8);
    }

    /// @dev The same of two markets of a group, whose losses are netted as far as their nettingFloor lets them, with legs of one unit in both that change no more than roundings.
    function testFuzz_scenarioPart_isSubAdditiveOverTwoMarkets(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        UnderlyingRecord memory v = plainMarket();
        (v.underlying, v.group) = (u.underlying + 1, u.group);
        (u.nettingFloorE8, v.nettingFloorE8) = (uint32(draw(5e7, 1e8)), uint32(draw(5e7, 1e8)));
        Position[] memory a = concat(positionsOf(u, draw(1, 3), 1e11), positionsOf(v, draw(1, 3), 1e11));
        Position[] memory b = concat(positionsOf(u, draw(1, 3), 1e11), positionsOf(v, draw(1, 3), 1e11));
        Position[] memory dust = concat(positionsOf(u, 2, 1), positionsOf(v, 2, 1));
        uint256 ofA = _groupMargin(u, v, a);
        uint256 apart = ofA + _groupMargin(u, v, b);
        assert(_groupMargin(u, v, concat(a, b)) <= apart + 8);
        assert(_groupMargin(u, v, concat(a, dust)) <= ofA + _groupMargin(u, v, dust) + 8);
    }

    /// @dev k times the portfolio has k times the scenario loss, to the rounding of one N.
    function testFuzz_scenarioPart_scales(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        Position[] memory positions = positionsOf(u, draw(1, 6), 1e11);
        int256 once = _report(pack(u, positions, 0)).underlyings[0].scenario24E8;
        int256 k = int256(draw(2, 50));
        for (uint256 i = 0; i < positions.length; ++i) positions[i].sizeE8 *= k;
        int256 scaled = _report(pack(u, positions, 0)).underlyings[0].scenario24E8;
        assert(scaled <= once * k && scaled >= (once - 1) * k);
    }

    /// @dev A long option bought at its mark raises the scenario part by its premium at most, up to what the integers of the rules lose for each unit of size: a worthless option comes out
    /// up to the kernel's 1e-8 of the forward below zero and the mark below the price by as much again, and a kink stands up to 2^-16 of a quarter of the range beside its strike
    /// (MRG-032), which moves the broken line by 2^-16 of the slope. `MarginPropertyTests` has the same bound.
    function testFuzz_longOption_costsAtMostItsPremium(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        Position[] memory positions = positionsOf(u, draw(1, 5), 1e11);
        Position[] memory bought = new Position[](1);
        ExpiryRecord memory e = u.expiries[draw(0, 2)];
        uint96 instrument = Instruments.pack(1, e.expiry, uint40(draw(25e6, 36e6)), uint8(draw(2, 3)));
        bought[0] = Position(instrument, int256(draw(1, 1e11)), 0);
        int256 premiumE16 = bought[0].sizeE8 * Rounding.maxSigned(_value(u, instrument, 13), 0);
        uint256 before = _groupMargin(u, positions);
        uint256 afterwards = _groupMargin(u, concat(positions, bought));
        uint256 size = uint256(bought[0].sizeE8);
        uint256 kernel = Rounding.divUp(4 * size * e.present.forwardE8, 1e16);
        uint256 kink = Rounding.divUp(size * e.present.forwardE8 * u.priceRangeE8, 4e16 << 16);
        assert(afterwards <= before + uint256(Rounding.divCeil(premiumE16, uint256(ONE))) + kernel + kink + 8);
    }

    /// @dev A fill raises the initial margin of no account by more than its headroom, so what headroom admits the full computation admits too.
    function testFuzz_headroom_admitsNothingThatIsRefused(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        u.spreadE8 = uint64(draw(0, u.spotE8));
        Position[] memory before = positionsOf(u, draw(1, 8), 10 ** draw(6, 12));
        Position[] memory fill = positionsOf(u, 1, 10 ** draw(4, 12));
        uint128 spot = uint128(draw(0, 1) == 0 ? 0 : draw(1, 1e21));
        Inputs memory inputs = pack(u, before, spot);
        SurfaceChoice choice = SurfaceChoice(draw(0, 2));
        uint256 riseE8 = referee.headroom(
            fill[0].instrument,
            int64(fill[0].sizeE8),
            inputs.checkpoint,
            inputs.records,
            choice
        );
        uint256 afterwardsE8 = _health(pack(u, concat(before, fill), spot), choice).initialE8;
        assert(afterwardsE8 <= _health(inputs, choice).initialE8 + riseE8);
    }

    /// @dev Spot collateral never lowers equity less initial margin, however far spot is from its average (MRG-052): `initialFactor·(R + haircutMax + largest basis charge + 2·slippageCap)` is 0.78 at most here. Eight units for roundings.
    function testFuzz_collateral_neverLowersHealth(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        u.spreadE8 = uint64(draw(0, u.spotE8));
        Position[] memory positions = positionsOf(u, draw(1, 8), 10 ** draw(6, 12));
        uint256 spot = draw(0, 1) == 0 ? 0 : draw(1, 10 ** draw(10, 22));
        Figures memory f = _health(pack(u, positions, uint128(spot)), SurfaceChoice.Present);
        Inputs memory more = pack(u, positions, uint128(spot + draw(1, 10 ** draw(10, 22))));
        Figures memory g = _health(more, SurfaceChoice.Present);
        assert(g.equityE8 - int256(g.initialE8) >= f.equityE8 - int256(f.initialE8) - 8);
    }

    /// @dev There is one order of positions, so a permutation is another state only where it is refused.
    function testFuzz_positions_haveOneOrder(uint256 seed) external {
        start(seed);
        UnderlyingRecord memory u = plainMarket();
        Position[] memory positions = positionsOf(u, 8, 1e11);
        if (positions.length < 2) return;
        uint256 i = draw(0, positions.length - 2);
        uint256 j = draw(i + 1, positions.length - 1);
        (positions[i], positions[j]) = (positions[j], positions[i]);
        Inputs memory inputs = pack(u, positions, 0);
        try referee.health(inputs.state, inputs.balances, inputs.checkpoint, inputs.records, SurfaceChoice.Present) {
            assert(false);
        } catch (bytes memory reason) {
            assert(bytes4(reason) == PositionsUnsorted.selector);
        }
    }

    function testFuzz_isqrt_isTheFloorOfTheRoot(uint256 a) external pure {
        a >>= 129 + (a % 127);
        uint256 r = Kernel.isqrt(a);
        assert(r * r <= a && (r + 1) * (r + 1) > a);
    }

    function test_isqrt_everySmallNumberAndSquare() external pure {
        uint256 root = 0;
        for (uint256 a = 0; a < 2 ** 14; ++a) {
            if ((root + 1) * (root + 1) == a) ++root;
            assert(Kernel.isqrt(a) == root);
        }
        for (uint256 r = 1; r < 2 ** 63; r = 2 * r + (r % 3)) {
            assert(Kernel.isqrt(r * r) == r && Kernel.isqrt(r * r - 1) == r - 1 && Kernel.isqrt(r * r + 2 * r) == r);
        }
    }

    /// @dev The logarithms of all nodes at once against one at a time, over all ranges that a price can have.
    function testFuzz_lnOfNodes_equalsLn(uint256 range) external pure {
        _requireLnOfNodes(1 + (range % 32e6));
    }

    /// @dev The ranges of `spec/constants.json`, whose logarithms are written down, and those beside them.
    function test_lnOfNodes_knownRanges() external pure {
        for (uint256 range = 13e6; range <= 25e6; range += 1e6) {
            for (uint256 beside = 0; beside < 3; ++beside) _requireLnOfNodes(range + beside - 1);
        }
    }

    /// @dev The polynomial of every cell stays inside the 88 bits that `CallSums` leaves to it: at both ends of the cell, and where its derivative is nearest to zero.
    function test_cdfTable_polynomialsStayIn88Bits() external view {
        bytes memory cells = VM.parseJsonBytes(VM.readFile("spec/cdf.json"), ".table");
        for (uint256 cell = 0; cell < cells.length / 11; ++cell) {
            uint256 w;
            assembly ("memory-safe") {
                w := shr(168, mload(add(add(cells, 32), mul(11, cell))))
            }
            int256 slope = int256(w & 0xfffffffffffff);
            int256 curvature = int256(int16(uint16(w)));
            int256 turn = curvature < 0 ? slope / (-2 * curvature) : int256(0);
            if (turn > 2 ** 28 - 1) turn = 2 ** 28 - 1;
            for (int256 t = turn - 1; t <= turn + 1; ++t) assert(_isIn88Bits(w, t, slope, curvature));
            assert(_isIn88Bits(w, 2 ** 28 - 1, slope, curvature));
        }
    }

    function _isIn88Bits(uint256 w, int256 t, int256 slope, int256 curvature) private pure returns (bool) {
        int256 y = int256(w) + t * (slope + t * curvature);
        return t < 0 || (y >= 0 && y < 2 ** 88);
    }

    function _requireSumOfSingles(UnderlyingRecord memory u, Position[] memory positions) private view {
        uint256 sum = 0;
        for (uint256 i = 0; i < positions.length; ++i) {
            Position[] memory single = new Position[](1);
            single[0] = positions[i];
            sum += _health(pack(u, single, 0), SurfaceChoice.Present).maintenanceE8;
        }
        Inputs memory all = pack(u, positions, 0);
        assert(
            referee.standardMargin(all.state, all.balances, all.checkpoint, all.records, SurfaceChoice.Present) == sum
        );
    }

    function _requireLnOfNodes(uint256 range) private pure {
        int256[14] memory logarithms;
        uint256 to;
        assembly ("memory-safe") {
            to := logarithms
        }
        Kernel.lnOfNodes(to, Scenarios.UNIT, range);
        for (uint256 node = 0; node < Scenarios.NODES; ++node) {
            int256 m = int256(Scenarios.UNIT) + Scenarios.quarters(node) * int256(range);
            assert(logarithms[node] == Kernel.ln(uint256(m), Scenarios.UNIT));
        }
    }

    function testFuzz_ln_isOddAndRises(uint256 n, uint256 d) external pure {
        n = 1 + (n % 2 ** 56);
        d = 1 + (d % 2 ** 56);
        int256 value = Kernel.ln(n, d);
        assert(Kernel.ln(n, n) == 0);
        int256 sum = value + Kernel.ln(d, n);
        // Where the ratio is small, the quotient r of step 1 has few bits left; elsewhere the two cancel to a unit.
        if (n * 2 ** 20 > d && d * 2 ** 20 > n) assert(sum >= -2 && sum <= 2);
        if (n < 2 ** 56) assert(Kernel.ln(n + 1, d) >= value - 1);
    }

    function _groupMargin(UnderlyingRecord memory u, Position[] memory positions) private view returns (uint256) {
        if (positions.length == 0) return 0;
        return _report(pack(u, positions, 0)).groups[0].maintenanceE8;
    }

    function _groupMargin(
        UnderlyingRecord memory u,
        UnderlyingRecord memory v,
        Position[] memory positions
    ) private view returns (uint256) {
        return _report(pack(u, v, positions)).groups[0].maintenanceE8;
    }

    function _report(Inputs memory i) private view returns (Breakdown memory) {
        return reports.breakdown(i.state, i.balances, i.checkpoint, i.records, SurfaceChoice.Present);
    }

    function _health(Inputs memory inputs, SurfaceChoice choice) private view returns (Figures memory) {
        return referee.health(inputs.state, inputs.balances, inputs.checkpoint, inputs.records, choice);
    }

    function _witness(Inputs memory i, bytes memory witness) private view returns (int256, uint256) {
        return referee.witnessMargin(i.state, i.balances, i.checkpoint, i.records, SurfaceChoice.Present, witness);
    }

    function _value(UnderlyingRecord memory u, uint96 instrument, uint256 scenario) private view returns (int256) {
        if (Instruments.kindOf(instrument) == Instruments.PERPETUAL) {
            return int256(probe.linearValue(u.spotE8, u.priceRangeE8, scenario));
        }
        uint256 k = 0;
        while (u.expiries[k].expiry != Instruments.expiryOf(instrument)) ++k;
        ExpiryRecord memory e = u.expiries[k];
        uint256 tau = e.expiry > TIME ? e.expiry - TIME : 0;
        if (Instruments.kindOf(instrument) == Instruments.FUTURE) {
            uint256 range = (uint256(u.priceRangeE8) * e.followSeconds) / 1800;
            return int256(probe.linearValue(e.present.forwardE8, range, scenario));
        }
        uint256 surface =
            (uint256(uint64(e.present.aE12)) << 192) |
                (uint256(e.present.bE12) << 128) |
                (uint256(uint32(e.present.rhoE8)) << 96) |
                (uint256(uint32(e.present.mE8)) << 64) |
                (uint256(e.present.sigmaE8) << 32);
        return
            probe.optionValue(
                KernelProbe.OptionAtScenario(
                    scenario,
                    tau,
                    e.followSeconds,
                    Instruments.strikeE8Of(instrument),
                    Instruments.kindOf(instrument) == Instruments.PUT,
                    e.present.forwardE8,
                    e.present.publishedForwardE8,
                    surface,
                    e.discountE12,
                    u.priceRangeE8,
                    u.volRangeE8,
                    u.volUpFloorE8
                )
            );
    }
}
