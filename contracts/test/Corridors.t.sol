// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Band} from "../interfaces/IParameterSteps.sol";
import {VM} from "./IVm.sol";
import {Corridors} from "../risk/Corridors.sol";

/// @notice The corridor's rules against the vectors that the C# reads, too (spec/attested).
contract CorridorsTest {
    function test_limits_areThoseOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/PAR-001.json");
        Band[] memory bands = _bands(json);
        uint256[] memory value = VM.parseJsonUintArray(json, ".value");
        uint256[] memory anchor = VM.parseJsonUintArray(json, ".anchor");
        uint256[] memory elapsed = VM.parseJsonUintArray(json, ".elapsed");
        uint256[] memory down = VM.parseJsonUintArray(json, ".down");
        uint256[] memory low = VM.parseJsonUintArray(json, ".low");
        uint256[] memory high = VM.parseJsonUintArray(json, ".high");
        assert(bands.length == 200);
        for (uint256 i = 0; i < bands.length; ++i) {
            (uint256 least, uint256 most) = Corridors.limits(bands[i], value[i], anchor[i], elapsed[i], down[i] == 1);
            assert(least == low[i] && most == high[i]);
        }
    }

    function test_anchorOf_isThatOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/PAR-002.json");
        Band[] memory bands = _bands(json);
        uint256[] memory value = VM.parseJsonUintArray(json, ".value");
        uint256[] memory old = VM.parseJsonUintArray(json, ".old");
        uint256[] memory isOver = VM.parseJsonUintArray(json, ".isOver");
        uint256[] memory down = VM.parseJsonUintArray(json, ".down");
        uint256[] memory anchor = VM.parseJsonUintArray(json, ".anchor");
        for (uint256 i = 0; i < bands.length; ++i) {
            assert(Corridors.anchorOf(bands[i], value[i], old[i], isOver[i] == 1, down[i] == 1) == anchor[i]);
        }
    }

    function _bands(string memory json) private pure returns (Band[] memory bands) {
        uint256[] memory least = VM.parseJsonUintArray(json, ".leastE8");
        uint256[] memory most = VM.parseJsonUintArray(json, ".mostE8");
        uint256[] memory tightenHour = VM.parseJsonUintArray(json, ".tightenPerHourE8");
        uint256[] memory tightenDay = VM.parseJsonUintArray(json, ".tightenPerDayE8");
        uint256[] memory loosenHour = VM.parseJsonUintArray(json, ".loosenPerHourE8");
        uint256[] memory loosenDay = VM.parseJsonUintArray(json, ".loosenPerDayE8");
        bands = new Band[](least.length);
        for (uint256 i = 0; i < least.length; ++i) {
            bands[i] = Band(
                uint64(least[i]),
                uint64(most[i]),
                uint32(tightenHour[i]),
                uint32(tightenDay[i]),
                uint32(loosenHour[i]),
                uint32(loosenDay[i])
            );
        }
    }
}
