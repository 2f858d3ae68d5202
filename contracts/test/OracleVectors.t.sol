// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AveragedRecords} from "../clearing/AveragedRecords.sol";
import {FeedParameters} from "../interfaces/ISpotMarkets.sol";
import {IVolSurfaces, SurfaceParameters, SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {Forwards} from "../margin/Forwards.sol";
import {Drawdowns, InsuranceHigh} from "../oracle/Drawdowns.sol";
import {GrowthGuards} from "../oracle/GrowthGuards.sol";
import {MarketStates, Observation, SpotMarket} from "../oracle/MarketStates.sol";
import {Medians} from "../oracle/Medians.sol";
import {OptionCaps} from "../oracle/OptionCaps.sol";
import {SurfaceChecks} from "../oracle/SurfaceChecks.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";
import {SettableSource} from "./SettableSource.sol";
import {SurfaceColumns} from "./SurfaceColumns.sol";
import {SurfaceFixture} from "./SurfaceFixture.sol";

/// @notice Prices, settlement, averages and what lies are worth against the vectors that the C# reads, too (spec/attested).
contract OracleVectorsTest is SurfaceFixture, Columns {
    /// @dev Readings of windows, two a case.
    struct Readings {
        uint256[] sum;
        uint256[] covered;
        uint256[] remaining;
        uint256[] stalled;
        uint256[] forward;
        uint256[] beside;
        uint256[] follow;
    }

    uint32 internal constant MONTH = uint32(START) + 30 days;

    /// @dev Inputs of ORC-002 and ORC-003, and what they leave.
    struct Update {
        SpotMarket market;
        FeedParameters bands;
        Observation observed;
    }

    function test_agreed_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/ORC-001.json");
        uint256[] memory prices = column("prices");
        uint256[] memory deviation = column("deviation");
        uint256[] memory price = column("price");
        uint256[] memory live = column("live");
        uint256[] memory used = column("used");
        assert(price.length > 100);
        for (uint256 i = 0; i < price.length; ++i) {
            uint64[] memory five = new uint64[](5);
            for (uint256 j = 0; j < 5; ++j) five[j] = uint64(prices[5 * i + j]);
            (uint64 found, uint256 foundLive, uint256 foundUsed) = Medians.agreed(five, deviation[i]);
            assert(found == price[i] && foundLive == live[i] && foundUsed == used[i]);
        }
    }

    function test_next_leavesThePricesOfTheVectors() public {
        json = VM.readFile("spec/attested/ORC-002.json");
        (Update[] memory updates, ) = _updates();
        uint256[] memory spot = column("spotAfter");
        uint256[] memory average = column("averageAfter");
        uint256[] memory cumulative = column("cumulativeAfter");
        uint256[] memory covered = column("coveredAfter");
        assert(spot.length > 200);
        for (uint256 i = 0; i < spot.length; ++i) {
            SpotMarket memory m = updates[i].market;
            assert(m.spotE8 == spot[i] && m.averageSpotE8 == average[i]);
            assert(m.cumulativeE8 == cumulative[i] && m.coveredSeconds == covered[i]);
        }
    }

    function test_next_leavesTheStateOfTheVectors() public {
        json = VM.readFile("spec/attested/ORC-003.json");
        (Update[] memory updates, uint256[] memory reasons) = _updates();
        uint256[] memory state = column("stateAfter");
        uint256[] memory demanded = column("demandedAfter");
        uint256[] memory expected = column("reasonsAfter");
        for (uint256 i = 0; i < state.length; ++i) {
            SpotMarket memory m = updates[i].market;
            assert(m.state == state[i] && m.demandedTime == demanded[i] && reasons[i] == expected[i]);
        }
    }

    function test_drawdown_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/ORC-003.json");
        uint256[] memory insurance = column("insurance");
        uint256[] memory time = column("fallTime");
        uint256[] memory dayAfter = column("dayAfter");
        uint256[] memory highAfter = column("highAfter");
        uint256[] memory previousAfter = column("previousAfter");
        uint256[] memory drawdown = column("drawdown");
        uint256[] memory then = column("then");
        uint256[] memory highThen = column("highThen");
        uint256[] memory previousThen = column("previousThen");
        uint256[] memory drawn = column("drawn");
        InsuranceHigh[] memory highs = _highs();
        for (uint256 i = 0; i < drawdown.length; ++i) {
            assert(Drawdowns.next(highs[i], insurance[i], time[i], drawn[i] == 1) == drawdown[i]);
            assert(highs[i].day == dayAfter[i] && highs[i].highE8 == highAfter[i]);
            assert(highs[i].previousHighE8 == previousAfter[i]);
            if (insurance[i] == 0) continue;
            Drawdowns.resize(highs[i], insurance[i], then[i], drawn[i] == 1);
            assert(highs[i].highE8 == highThen[i] && highs[i].previousHighE8 == previousThen[i]);
        }
    }

    /// @dev Through the market itself, update by update.
    function test_settlement_isThatOfTheVectors() public {
        deploy();
        SettableSource source = new SettableSource(uint64(BTC_PRICE));
        setFeed(BTC, address(source));
        json = VM.readFile("spec/attested/ORC-004.json");
        uint256[] memory gap = column("gap");
        uint256[] memory price = column("price");
        uint256[] memory settled = column("settled");
        uint256[] memory expiry = column("expiry");
        uint256[] memory observed = column("seconds");
        uint256[] memory coming = column("coming");
        uint256[] memory asked = column("asked");
        Readings memory readings = Readings(
            column("sum"),
            column("covered"),
            column("remaining"),
            column("stalled"),
            column("forward"),
            column("beside"),
            column("follow")
        );
        for (uint256 i = 0; i < settled.length; ++i) {
            uint256 id = VM.snapshotState();
            _walk(source, gap, price, i);
            uint256 now_ = this.clock();
            VM.warp(asked[i]);
            _window(readings, uint32(expiry[i]), 2 * i);
            _window(readings, uint32(coming[i]), 2 * i + 1);
            VM.warp(now_);
            (uint64 fixed_, uint256 covered) = spots.tryFixSettlement(BTC, uint32(expiry[i]));
            assert(fixed_ == settled[i] && covered == observed[i]);
            VM.revertToState(id);
        }
    }

    function _window(Readings memory expected, uint32 expiry, uint256 i) private view {
        (uint256 sumE8, uint256 covered, uint256 remaining, uint256 stalled) = spots.settlementWindow(BTC, expiry);
        assert(sumE8 == expected.sum[i] && covered == expected.covered[i]);
        assert(remaining == expected.remaining[i] && stalled == expected.stalled[i]);
        (uint256 forwardE8, uint256 besideE8, uint256 followSeconds) = Forwards.pairInsideWindow(
            spots.storedSpotE8(BTC),
            sumE8,
            covered,
            remaining,
            stalled
        );
        assert(forwardE8 == expected.forward[i] && followSeconds == expected.follow[i]);
        assert(besideE8 == expected.beside[i]);
    }

    /// @dev Through the market itself, until it is wound down.
    function test_lastPrice_isThatOfTheVectors() public {
        deploy();
        SettableSource source = new SettableSource(uint64(BTC_PRICE));
        setFeed(BTC, address(source));
        json = VM.readFile("spec/attested/ORC-005.json");
        uint256[] memory gap = column("gap");
        uint256[] memory price = column("price");
        uint256[] memory last = column("last");
        uint256[] memory observed = column("observed");
        for (uint256 i = 0; i < last.length; ++i) {
            uint256 id = VM.snapshotState();
            _walk(source, gap, price, i);
            (uint64 found, uint256 covered) = spots.tryFixSettlement(BTC, 0);
            assert(found == last[i] && covered == observed[i]);
            VM.revertToState(id);
        }
    }

    function test_growthGuards_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/ORC-006.json");
        uint256[] memory noted = column("noted");
        uint256[] memory growth = column("growth");
        uint256[] memory elapsed = column("elapsed");
        uint256[] memory raw = column("raw");
        uint256[] memory ceiling = column("ceiling");
        uint256[] memory noteAfter = column("noteAfter");
        for (uint256 i = 0; i < noted.length; ++i) {
            assert(GrowthGuards.ceilingE20(noted[i], growth[i], elapsed[i]) == ceiling[i]);
            assert(GrowthGuards.nextE20(noted[i], raw[i], growth[i], elapsed[i]) == noteAfter[i]);
        }
    }

    function test_domain_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/ORC-010.json");
        uint256[] memory forward = column("forward");
        uint256[] memory spot = column("spot");
        int256[] memory a = signedColumn("a");
        uint256[] memory b = column("b");
        int256[] memory rho = signedColumn("rho");
        int256[] memory m = signedColumn("m");
        uint256[] memory sigma = column("sigma");
        uint256[] memory listable = column("listable");
        SurfaceUpdate memory s;
        for (uint256 i = 0; i < listable.length; ++i) {
            (s.forwardE8, s.spotE8, s.aE12, s.bE12) = (uint64(forward[i]), uint64(spot[i]), int64(a[i]), uint64(b[i]));
            (s.rhoE8, s.mE8, s.sigmaE8) = (int32(rho[i]), int32(m[i]), uint32(sigma[i]));
            assert(this.isInDomain(s) == (listable[i] == 1));
        }
    }

    /// @dev Through publications, each told by its level.
    function test_delay_isThatOfTheVectors() public {
        deployWithAttesters();
        json = VM.readFile("spec/attested/ORC-010.json");
        uint256[] memory published = column("published");
        uint256[] memory asked = column("now");
        uint256[] memory delayed = column("delayed");
        int64 level = smile(BTC, MONTH).aE12;
        for (uint256 i = 0; i < delayed.length; ++i) {
            uint256 id = VM.snapshotState();
            int64 expected = 0;
            for (uint256 j = 8 * i; j < 8 * (i + 1); ++j) {
                pass(published[j] - this.clock());
                spots.update(BTC);
                SurfaceUpdate memory s = smile(BTC, MONTH);
                s.aE12 = level + int64(uint64(1000 * (j - 8 * i)));
                if (published[j] == delayed[i]) expected = s.aE12;
                publish(s);
            }
            pass(asked[i] - this.clock());
            uint256 word = this.wordAt(surfaces.recordsOf(BTC, uint64(BTC_PRICE)), 3);
            assert(int64(uint64(word >> 192)) == expected);
            VM.revertToState(id);
        }
    }

    /// @dev Through publications by surfaces whose own spot lies off the market's: what is taken, and the least beyond it that is refused.
    function test_publish_takesWhatTheVectorsSay() public {
        deployWithAttesters();
        json = VM.readFile("spec/attested/ORC-012.json");
        SurfaceUpdate[] memory day = SurfaceColumns.read(json, "day");
        SurfaceUpdate[] memory week = SurfaceColumns.read(json, "week");
        SurfaceUpdate[] memory later = SurfaceColumns.read(json, "after");
        uint256[] memory isDay = column("isDay");
        uint256[] memory fault = column("fault");
        int256[] memory passes = signedColumn("passes");
        int256[] memory fails = signedColumn("fails");
        assert(fault.length >= 40);
        for (uint256 i = 0; i < fault.length; ++i) {
            uint256 id = VM.snapshotState();
            publish(_dated(day[i], uint32(START) + 1 days));
            publish(_dated(week[i], uint32(START) + 7 days));
            _moveOn(i);
            SurfaceUpdate memory s = _dated(later[i], uint32(START) + (isDay[i] == 1 ? 1 days : 7 days));
            s.aE12 = int64(fails[i]);
            expectRefused(s, fault[i] == 1 ? IVolSurfaces.SurfaceStep.selector : IVolSurfaces.SurfaceCalendar.selector);
            s.aE12 = int64(passes[i]);
            publish(s);
            VM.revertToState(id);
        }
    }

    function _moveOn(uint256 i) private {
        pass(column("silent")[i]);
        setBtc(column("market")[i]);
        spots.update(BTC);
        assert(spots.storedSpotE8(BTC) == column("market")[i]);
    }

    function _dated(SurfaceUpdate memory s, uint32 expiry) private view returns (SurfaceUpdate memory) {
        (s.underlying, s.expiry, s.time) = (BTC, expiry, uint40(this.clock()));
        return s;
    }

    function test_risk_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/ORC-015.json");
        uint256[] memory vols = column("vols");
        uint256[] memory volStep = column("volStep");
        uint256[] memory forwardStep = column("forwardStep");
        uint256[] memory ratio = column("ratio");
        uint256[] memory tau = column("tau");
        uint256[] memory risk = column("risk");
        SurfaceParameters memory p;
        for (uint256 i = 0; i < risk.length; ++i) {
            (p.volStepE8, p.forwardStepE8) = (uint32(volStep[i]), uint32(forwardStep[i]));
            uint256[13] memory thirteen;
            for (uint256 j = 0; j < 13; ++j) thirteen[j] = vols[13 * i + j];
            int256[13] memory k = SurfaceChecks.points(tau[i]);
            assert(SurfaceChecks.riskE6(p, k, thirteen, ratio[i], tau[i]) == risk[i]);
        }
    }

    function test_optionCaps_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/ORC-016.json");
        uint256[] memory open = column("open");
        uint256[] memory risks = column("risks");
        uint256[] memory limit = column("limit");
        uint256[] memory most = column("most");
        for (uint256 i = 0; i < limit.length; ++i) {
            uint256[] memory caps = OptionCaps.largestE8(slice(open, 4 * i, 4), slice(risks, 4 * i, 4), limit[i]);
            for (uint256 u = 0; u < 4; ++u) assert(caps[u] == most[4 * i + u]);
        }
    }

    function test_average_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-021.json");
        bytes[] memory checkpoints = words("checkpoint");
        bytes[] memory records = words("records");
        bytes[] memory checkpointsAfter = words("checkpointAfter");
        bytes[] memory recordsAfter = words("recordsAfter");
        assert(records.length == 30);
        for (uint256 i = 0; i < records.length; ++i) {
            (bytes memory checkpoint, bytes memory averaged) = AveragedRecords.average(checkpoints[i], records[i]);
            assert(keccak256(checkpoint) == keccak256(checkpointsAfter[i]));
            assert(keccak256(averaged) == keccak256(recordsAfter[i]));
        }
    }

    function isInDomain(SurfaceUpdate calldata s) external pure returns (bool) {
        return SurfaceChecks.isInDomain(s);
    }

    function wordAt(bytes calldata data, uint256 index) external pure returns (uint256) {
        return uint256(bytes32(data[32 * index:32 * index + 32]));
    }

    /// @dev The 24 updates of a case.
    function _walk(SettableSource source, uint256[] memory gap, uint256[] memory price, uint256 place) private {
        for (uint256 i = 24 * place; i < 24 * (place + 1); ++i) {
            VM.warp(this.clock() + gap[i]);
            nextBlock();
            source.set(uint64(price[i]));
            spots.update(BTC);
        }
    }

    function _updates() private view returns (Update[] memory updates, uint256[] memory reasons) {
        updates = new Update[](column("now").length);
        _readMarkets(updates);
        _readBands(updates);
        reasons = new uint256[](updates.length);
        uint256[] memory time = column("now");
        uint256[] memory window = column("window");
        for (uint256 i = 0; i < updates.length; ++i) {
            Update memory u = updates[i];
            reasons[i] = MarketStates.next(u.market, u.bands, u.observed, time[i], window[i]);
        }
    }

    function _readMarkets(Update[] memory updates) private view {
        uint256[] memory spot = column("spot");
        uint256[] memory average = column("average");
        uint256[] memory time = column("time");
        uint256[] memory state = column("state");
        uint256[] memory demanded = column("demanded");
        uint256[] memory cumulative = column("cumulative");
        uint256[] memory covered = column("covered");
        for (uint256 i = 0; i < updates.length; ++i) {
            SpotMarket memory m = updates[i].market;
            (m.spotE8, m.averageSpotE8, m.time) = (uint64(spot[i]), uint64(average[i]), uint40(time[i]));
            (m.state, m.demandedTime) = (uint8(state[i]), uint40(demanded[i]));
            (m.cumulativeE8, m.coveredSeconds) = (uint96(cumulative[i]), uint40(covered[i]));
        }
    }

    function _readBands(Update[] memory updates) private view {
        uint256[] memory minCount = column("minCount");
        uint256[] memory reduceMove = column("reduceMove");
        uint256[] memory haltMove = column("haltMove");
        uint256[] memory recovery = column("recovery");
        uint256[] memory price = column("price");
        uint256[] memory live = column("live");
        uint256[] memory used = column("used");
        for (uint256 i = 0; i < updates.length; ++i) {
            FeedParameters memory p = updates[i].bands;
            (p.minCount, p.reduceMoveE8) = (uint8(minCount[i]), uint32(reduceMove[i]));
            (p.haltMoveE8, p.recoverySeconds) = (uint32(haltMove[i]), uint32(recovery[i]));
            updates[i].observed = Observation(uint64(price[i]), live[i], used[i]);
        }
    }

    function _highs() private view returns (InsuranceHigh[] memory highs) {
        uint256[] memory day = column("day");
        uint256[] memory high = column("high");
        uint256[] memory previous = column("previous");
        highs = new InsuranceHigh[](day.length);
        for (uint256 i = 0; i < day.length; ++i) {
            highs[i] = InsuranceHigh(uint32(day[i]), uint96(high[i]), uint96(previous[i]));
        }
    }
}
