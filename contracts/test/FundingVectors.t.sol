// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OracleParameters} from "../interfaces/IRiskParameters.sol";
import {Averages} from "../oracle/Averages.sol";
import {Premiums} from "../oracle/Premiums.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice What checkpoints average, and what longs pay, against the vectors that the C# reads, too (spec/attested).
contract FundingVectorsTest is Columns {
    /// @dev Columns of CLR-031.
    struct Funding {
        uint256[] spot;
        int256[] before;
        int256[] sample;
        int256[] premium;
        uint256[] elapsed;
        uint256[] window;
        int256[] cumulative;
        int256[] next;
        int256[] told;
    }

    function test_follow_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-030.json");
        int256[] memory value = signedColumn("value");
        int256[] memory sample = signedColumn("sample");
        uint256[] memory elapsed = column("elapsed");
        uint256[] memory window = column("window");
        int256[] memory next = signedColumn("next");
        assert(next.length == 120);
        for (uint256 i = 0; i < next.length; ++i) {
            assert(Averages.follow(value[i], sample[i], elapsed[i], window[i]) == next[i]);
        }
    }

    function test_mark_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-030.json");
        uint256[] memory spot = column("spot");
        int256[] memory premium = signedColumn("premium");
        uint256[] memory mark = column("mark");
        assert(mark.length == 80);
        for (uint256 i = 0; i < mark.length; ++i) assert(Premiums.markE8(spot[i], premium[i]) == mark[i]);
    }

    function test_sample_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-031.json");
        uint256[] memory depth = column("depth");
        uint256[] memory spot = column("spot");
        uint256[] memory least = column("least");
        int256[] memory traded = signedColumn("traded");
        uint256[] memory notional = column("notional");
        uint256[] memory clamp = column("clamp");
        int256[] memory sample = signedColumn("sample");
        assert(sample.length == 150);
        for (uint256 i = 0; i < sample.length; ++i) {
            assert(Premiums.leastNotionalE8(depth[i], spot[i]) == least[i]);
            assert(Premiums.sampleE8(traded[i], notional[i], least[i], clamp[i]) == sample[i]);
        }
    }

    function test_funding_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-031.json");
        uint256[] memory rateMax = column("rateMax");
        uint256[] memory interval = column("interval");
        Funding memory v;
        (v.spot, v.elapsed, v.window) = (column("spot"), column("elapsed"), column("window"));
        (v.before, v.sample) = (signedColumn("before"), signedColumn("sample"));
        (v.premium, v.cumulative) = (signedColumn("premium"), signedColumn("funding"));
        (v.next, v.told) = (signedColumn("fundingAfter"), signedColumn("told"));
        OracleParameters memory p;
        for (uint256 i = 0; i < interval.length; ++i) {
            (p.fundingRateMaxE8, p.fundingIntervalSeconds) = (uint32(rateMax[i]), uint32(interval[i]));
            _fund(p, v, i);
        }
    }

    /// @dev A step leaves away less than the last digit.
    function testFuzz_funding_ofManyStepsIsThatOfOne(
        uint48 spotE8,
        int32 premiumE8,
        uint16 elapsedSeconds,
        uint8 steps
    ) public pure {
        OracleParameters memory p;
        (p.fundingRateMaxE8, p.fundingIntervalSeconds) = (75_000, 28_800);
        int256 one = Premiums.fundingE16(0, premiumE8, spotE8, uint256(elapsedSeconds) * steps, p);
        int256 many = 0;
        for (uint256 i = 0; i < steps; ++i) many = Premiums.fundingE16(many, premiumE8, spotE8, elapsedSeconds, p);
        int256 lost = one > 0 ? one - many : many - one;
        assert(lost >= 0 && lost <= int256(uint256(steps)));
    }

    function _fund(OracleParameters memory p, Funding memory v, uint256 i) private pure {
        assert(Averages.follow(v.before[i], v.sample[i], v.elapsed[i], v.window[i]) == v.premium[i]);
        assert(Premiums.fundingE16(v.cumulative[i], v.premium[i], v.spot[i], v.elapsed[i], p) == v.next[i]);
        assert(Premiums.toldE8(v.next[i]) == v.told[i]);
    }
}
