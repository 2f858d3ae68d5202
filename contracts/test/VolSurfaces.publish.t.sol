// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {IVolSurfaces, SurfaceParameters, SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {AttesterSignature} from "../interfaces/RiskTypes.sol";
import {Checkpoints, ExpiryRecord, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {VM} from "./IVm.sol";
import {SurfaceFixture} from "./SurfaceFixture.sol";

/// @notice What a quorum may publish, and how it shows in the records.
contract VolSurfacesPublishTest is SurfaceFixture {
    uint32 internal constant WEEK = uint32(START) + 7 days;
    uint32 internal constant MONTH = uint32(START) + 30 days;

    function setUp() public {
        deployWithAttesters();
    }

    function test_publish_listsTheExpiryAndShowsInTheRecord() public {
        assert(surfaces.firstExpiry(BTC) == 0);
        publish(smile(BTC, MONTH));
        publish(smile(BTC, WEEK));
        uint32[] memory expiries = surfaces.expiriesOf(BTC);
        assert(expiries.length == 2 && expiries[0] == WEEK && expiries[1] == MONTH);
        UnderlyingRecord memory r = _record();
        assert(MarginDomain.isUnderlying(r) && r.expiries.length == 2);
        ExpiryRecord memory week = r.expiries[0];
        assert(week.expiry == WEEK && week.surfaceTime == START && week.discountE12 == 1e12);
        assert(week.present.forwardE8 == 90_090e8 && week.present.publishedForwardE8 == 90_090e8);
        assert(week.present.aE12 == 280_000_000_000 && week.present.bE12 == 400_000_000_000);
        assert(week.present.rhoE8 == -20_000_000 && week.present.mE8 == 0 && week.present.sigmaE8 == 20_000_000);
        assert(keccak256(abi.encode(week.present)) == keccak256(abi.encode(week.delayed)));
        // The forward lives with spot; the surface stays where it was published.
        setBtc(91_000e8);
        week = _record().expiries[0];
        assert(week.present.forwardE8 == 91_091e8 && week.present.publishedForwardE8 == 90_090e8);
        pass(60);
        uint64 id = hub.checkpoint();
        (bytes memory preimage, ) = hub.live();
        assert(hub.inputsHash(id) == keccak256(preimage));
    }

    function test_publish_needsTheQuorum() public {
        SurfaceUpdate[] memory updates = one(smile(BTC, WEEK));
        AttesterSignature[] memory signatures = signedBy(updates, 1);
        VM.expectPartialRevert(IRiskRegistry.SignaturesTooFew.selector);
        surfaces.publish(updates, signatures);
        signatures = signedBy(updates, 2);
        updates[0].aE12 += 1;
        VM.expectPartialRevert(IRiskRegistry.SignatureInvalid.selector);
        surfaces.publish(updates, signatures);
    }

    function test_publish_refusesWrongTimes() public {
        SurfaceUpdate memory s = smile(BTC, WEEK);
        s.time = uint40(START) + 1;
        expectRefused(s, IVolSurfaces.SurfaceTimeWrong.selector);
        s.time = uint40(START) - 601;
        expectRefused(s, IVolSurfaces.SurfaceTimeWrong.selector);
        s.time = uint40(START);
        publish(s);
        // The same again, as anyone may try who saw it.
        expectRefused(s, IVolSurfaces.SurfaceTimeWrong.selector);
    }

    function test_publish_listsOnlyAlignedExpiriesInReach() public {
        SurfaceUpdate memory s = smile(BTC, WEEK + 60);
        expectRefused(s, IVolSurfaces.ExpiryNotListable.selector);
        s.expiry = uint32(START) + 1800;
        expectRefused(s, IVolSurfaces.ExpiryNotListable.selector);
        s.expiry = uint32(START) + 731 days;
        expectRefused(s, IVolSurfaces.ExpiryNotListable.selector);
        s.expiry = uint32(START) - 1800;
        expectRefused(s, IVolSurfaces.ExpiryNotListable.selector);
        s = smile(BTC, WEEK);
        s.underlying = 3;
        expectRefused(s, IVolSurfaces.ExpiryNotListable.selector);
        for (uint32 i = 0; i < 32; ++i) publish(smile(BTC, WEEK + i * 1 days));
        expectRefused(smile(BTC, WEEK + 32 days), IVolSurfaces.ExpiryNotListable.selector);
    }

    function test_publish_refusesWhatIsOutOfDomain() public {
        SurfaceUpdate memory s = smile(BTC, WEEK);
        s.sigmaE8 = 999_999;
        expectRefused(s, IVolSurfaces.SurfaceOutOfDomain.selector);
        s = smile(BTC, WEEK);
        s.rhoE8 = 100_000_001;
        expectRefused(s, IVolSurfaces.SurfaceOutOfDomain.selector);
        s = smile(BTC, WEEK);
        s.spotE8 = 0;
        expectRefused(s, IVolSurfaces.SurfaceOutOfDomain.selector);
        s = smile(BTC, WEEK);
        s.bE12 = 2 ** 52 + 1;
        expectRefused(s, IVolSurfaces.SurfaceOutOfDomain.selector);
    }

    function test_publish_refusesButterflies() public {
        // A wing steeper than 2 in total variance.
        SurfaceUpdate memory s = smile(BTC, uint32(START) + 730 days);
        s.bE12 = 900_000_000_000;
        s.rhoE8 = 50_000_000;
        expectRefused(s, IVolSurfaces.SurfaceButterfly.selector);
        // A variance that falls to nothing.
        s = smile(BTC, WEEK);
        s.aE12 = -80_000_000_000;
        expectRefused(s, IVolSurfaces.SurfaceButterfly.selector);
        // The example of Vogt (Gatheral and Jacquier 2014, 3.1), known for its arbitrage, over a year.
        s = smile(BTC, uint32(START) + 365 days);
        s.forwardE8 = s.spotE8;
        (s.aE12, s.bE12) = (-41_000_000_000, 133_100_000_000);
        (s.rhoE8, s.mE8, s.sigmaE8) = (30_600_000, 35_860_000, 41_530_000);
        expectRefused(s, IVolSurfaces.SurfaceButterfly.selector);
    }

    function test_publish_movesVolatilityByStepsOnly() public {
        publish(smile(BTC, WEEK));
        _pass(60);
        // 15 % times 1.5 an hour: 0.375 % of volatility, 0.75 % of variance in a minute.
        SurfaceUpdate memory s = smile(BTC, WEEK);
        (s.aE12, s.bE12) = ((s.aE12 * 1009) / 1000, (s.bE12 * 1009) / 1000);
        expectRefused(s, IVolSurfaces.SurfaceStep.selector);
        s = smile(BTC, WEEK);
        (s.aE12, s.bE12) = ((s.aE12 * 1007) / 1000, (s.bE12 * 1007) / 1000);
        publish(s);
        // Twice in one block is no way around.
        s.time += 1;
        s.aE12 += 1_000_000_000;
        VM.warp(this.clock() + 1);
        expectRefused(s, IVolSurfaces.SurfaceStep.selector);
        // After any silence an hour's worth, not more.
        _pass(5 hours);
        s = smile(BTC, WEEK);
        (s.aE12, s.bE12) = ((s.aE12 * 155) / 100, (s.bE12 * 155) / 100);
        expectRefused(s, IVolSurfaces.SurfaceStep.selector);
        s = smile(BTC, WEEK);
        (s.aE12, s.bE12) = ((s.aE12 * 145) / 100, (s.bE12 * 145) / 100);
        publish(s);
    }

    function test_publish_keepsTheFirstVolatilityInItsBand() public {
        SurfaceUpdate memory s = smile(BTC, WEEK);
        s.aE12 = 26_000_000_000_000;
        expectRefused(s, IVolSurfaces.SurfaceStep.selector);
        s = smile(BTC, WEEK);
        (s.aE12, s.bE12) = (1_000_000_000, 1_000_000_000);
        expectRefused(s, IVolSurfaces.SurfaceStep.selector);
    }

    function test_publish_refusesCrossingExpiries() public {
        publish(smile(BTC, WEEK));
        publish(smile(BTC, MONTH));
        SurfaceUpdate memory s = smile(BTC, WEEK + 7 days);
        s.aE12 *= 4;
        expectRefused(s, IVolSurfaces.SurfaceCalendar.selector);
        s = smile(BTC, WEEK + 7 days);
        (s.aE12, s.bE12) = (s.aE12 / 3, s.bE12 / 3);
        expectRefused(s, IVolSurfaces.SurfaceCalendar.selector);
        publish(smile(BTC, WEEK + 7 days));
    }

    function test_publish_keepsTheForwardInItsBandAndSteps() public {
        SurfaceUpdate memory s = smile(BTC, WEEK);
        // 1 % and 25 % a year: 1.48 % in a week.
        s.forwardE8 = (s.spotE8 * 10_150) / 10_000;
        expectRefused(s, IVolSurfaces.ForwardOutOfBand.selector);
        s.forwardE8 = (s.spotE8 * 10_145) / 10_000;
        publish(s);
        _pass(600);
        s = smile(BTC, WEEK);
        // Half a percent an hour.
        s.forwardE8 = (s.spotE8 * 10_136) / 10_000;
        expectRefused(s, IVolSurfaces.ForwardOutOfBand.selector);
        s.forwardE8 = (s.spotE8 * 10_137) / 10_000;
        publish(s);
        _pass(60);
        s.time += 60;
        (s.spotE8, s.forwardE8) = ((s.spotE8 * 112) / 100, (s.forwardE8 * 112) / 100);
        expectRefused(s, IVolSurfaces.ForwardOutOfBand.selector);
    }

    /// @dev The band of a month is 3.05 %, that of three weeks 2.51 %, and an hour's step half a percent: what was at the edge and was not renewed is out by more than a step.
    function test_publish_aForwardThatItsBandHasLeftComesBack() public {
        publish(_ratio(103_050));
        _pass(8 days);
        expectRefused(_ratio(103_051), IVolSurfaces.ForwardOutOfBand.selector);
        publish(_ratio(103_050));
        _pass(1800);
        publish(_ratio(102_800));
        _pass(3600);
        // Not back by what it came, and not past the band's other side.
        expectRefused(_ratio(102_801), IVolSurfaces.ForwardOutOfBand.selector);
        expectRefused(_ratio(97_200), IVolSurfaces.ForwardOutOfBand.selector);
        publish(_ratio(102_400));
        _pass(3600);
        expectRefused(_ratio(102_510), IVolSurfaces.ForwardOutOfBand.selector);
        publish(_ratio(102_490));
    }

    /// @dev Governance narrows the band to 200 % while 224 % are in force.
    function test_publish_aVolatilityAboveItsBandComesBack() public {
        publish(_level(MONTH, 1400));
        SurfaceParameters memory p = surfaceParameters();
        p.volMaxE8 = 200_000_000;
        surfaces.setSurfaceParameters(p);
        _pass(3600);
        expectRefused(_level(MONTH, 1401), IVolSurfaces.SurfaceStep.selector);
        publish(_level(MONTH, 1400));
        _pass(3600);
        publish(_level(MONTH, 1120));
        _pass(3600);
        expectRefused(_level(MONTH, 1121), IVolSurfaces.SurfaceStep.selector);
        // A listing is bound as ever.
        expectRefused(_level(WEEK, 1120), IVolSurfaces.SurfaceStep.selector);
    }

    /// @dev And to 20 % at least while 15 % are.
    function test_publish_aVolatilityBelowItsBandComesBack() public {
        publish(_level(MONTH, 6));
        SurfaceParameters memory p = surfaceParameters();
        p.volMinE8 = 20_000_000;
        surfaces.setSurfaceParameters(p);
        _pass(3600);
        expectRefused(_level(MONTH, 5), IVolSurfaces.SurfaceStep.selector);
        publish(_level(MONTH, 7));
        expectRefused(_level(WEEK, 7), IVolSurfaces.SurfaceStep.selector);
    }

    function test_recordsOf_keepTheSurfaceOfHalfAnHourAgo() public {
        publish(smile(BTC, WEEK));
        int64 first = smile(BTC, WEEK).aE12;
        for (uint256 i = 1; i <= 40; ++i) {
            _pass(60);
            SurfaceUpdate memory s = smile(BTC, WEEK);
            s.aE12 = first + int64(uint64(i)) * 100_000_000;
            publish(s);
            ExpiryRecord memory e = _record().expiries[0];
            assert(e.present.aE12 == s.aE12);
            // What was in force 30 minutes ago or earlier, and the first one until there is such.
            assert(e.delayed.aE12 == first);
        }
        for (uint256 i = 41; i <= 120; ++i) {
            _pass(60);
            SurfaceUpdate memory s = smile(BTC, WEEK);
            s.aE12 = first + int64(uint64(i)) * 100_000_000;
            publish(s);
            uint256 behind = uint256(int256(s.aE12 - _record().expiries[0].delayed.aE12)) / 100_000_000;
            assert(behind >= 30 && behind <= 62);
        }
        // Silence: the present one has been in force for long enough to be both.
        _pass(1800);
        ExpiryRecord memory last = _record().expiries[0];
        assert(last.delayed.aE12 == last.present.aE12);
    }

    function test_checkpoint_settlesAndRetiresWhatIsOver() public {
        uint32 expiry = uint32(START) + 7200;
        publish(smile(BTC, expiry));
        publish(smile(BTC, WEEK));
        for (uint256 i = 0; i < 90; ++i) _pass(60);
        // Inside the window the forward blends into the average.
        setBtc(93_000e8);
        spots.update(BTC);
        for (uint256 i = 0; i < 15; ++i) _pass(60);
        ExpiryRecord memory e = _record().expiries[0];
        assert(e.present.forwardE8 == 93_000e8 && e.followSeconds == 900);
        (uint256 sumE8, uint256 covered, uint256 remaining, ) = spots.settlementWindow(BTC, expiry);
        assert(sumE8 == 93_000e8 * 900 && covered == 900 && remaining == 900);
        setBtc(90_000e8);
        spots.update(BTC);
        e = _record().expiries[0];
        assert(e.present.forwardE8 == 91_500e8 && e.delayed.forwardE8 == 91_500e8);
        for (uint256 i = 0; i < 15; ++i) _pass(60);
        e = _record().expiries[0];
        assert(this.clock() == expiry && e.present.forwardE8 == 91_500e8 && e.followSeconds == 0);
        hub.checkpoint();
        assert(hub.settlementPriceE8(BTC, expiry) == 91_500e8);
        assert(surfaces.firstExpiry(BTC) == WEEK && _record().expiries.length == 1);
        VM.expectRevert(abi.encodeWithSelector(IVolSurfaces.NotTheHub.selector, address(this)));
        surfaces.retire(BTC, WEEK);
    }

    /// @dev What is in force stays, an expiry settles on its day, and only who has the role may stop.
    function test_setStopped_takesNoSurfaceAndLetsExpiriesSettle() public {
        uint32 expiry = uint32(START) + 7200;
        publish(smile(BTC, expiry));
        VM.prank(address(0xBAD));
        VM.expectPartialRevert(IAccessManaged.AccessManagedUnauthorized.selector);
        surfaces.setStopped(true);
        surfaces.setStopped(true);
        expectRefused(smile(BTC, WEEK), IVolSurfaces.SurfacesStopped.selector);
        for (uint256 i = 0; i < 120; ++i) _pass(60);
        assert(_record().expiries.length == 1);
        hub.checkpoint();
        assert(hub.settlementPriceE8(BTC, expiry) == BTC_PRICE && _record().expiries.length == 0);
        surfaces.setStopped(false);
        publish(smile(BTC, WEEK));
    }

    function test_records_discountsComeFromTheGovernedRate() public {
        SurfaceParameters memory p = surfaceParameters();
        p.discountRateE12 = 50_000_000_000;
        surfaces.setSurfaceParameters(p);
        publish(smile(BTC, uint32(START) + 365 days));
        // exp(-0.05).
        assert(_record().expiries[0].discountE12 == 951_229_424_501);
    }

    function record(bytes calldata records) external pure returns (UnderlyingRecord memory) {
        uint256 length = 128 * (1 + Checkpoints.expiriesOf(records));
        return Checkpoints.decodeUnderlying(records[:length]);
    }

    /// @dev The smile of a month with another forward over spot, in hundred thousandths.
    function _ratio(uint64 ratioE5) private view returns (SurfaceUpdate memory s) {
        s = smile(BTC, MONTH);
        s.forwardE8 = (s.spotE8 * ratioE5) / 100_000;
    }

    /// @dev The smile of a month with its variance at so many percent.
    /// @dev So many percent of a smile's variance.
    function _level(uint32 expiry, uint64 percent) private view returns (SurfaceUpdate memory s) {
        s = smile(BTC, expiry);
        (s.aE12, s.bE12) = ((s.aE12 * int64(percent)) / 100, (s.bE12 * percent) / 100);
    }

    function _record() private view returns (UnderlyingRecord memory) {
        (, bytes memory records) = hub.live();
        return this.record(records);
    }

    function _pass(uint256 secondsPassed) private {
        pass(secondsPassed);
        spots.update(BTC);
    }
}
