// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StrikeGrid} from "../clearing/StrikeGrid.sol";
import {VM} from "./IVm.sol";

contract StrikeGridTest {
    function test_around_isThatOfTheVectors() public view {
        string memory json = VM.readFile("spec/attested/CLR-028.json");
        uint256[] memory strike = VM.parseJsonUintArray(json, ".strike");
        uint256[] memory below = VM.parseJsonUintArray(json, ".below");
        uint256[] memory step = VM.parseJsonUintArray(json, ".step");
        assert(strike.length > 300);
        for (uint256 i = 0; i < strike.length; ++i) {
            (uint256 found, uint256 next) = StrikeGrid.around(strike[i]);
            assert(found == below[i] && next == step[i]);
        }
    }

    function test_around_ofStrikesAsTheyAreWritten() public pure {
        assert(_isOn(95_000e8) && _isOn(96_500e8) && _isOn(3_250e8) && _isOn(142e8) && _isOn(825e4) && _isOn(1e4));
        assert(!_isOn(96_550e8) && !_isOn(100_500e8) && !_isOn(3_251e8) && !_isOn(1_425e7) && !_isOn(1_001e4));
        (uint256 below, uint256 step) = StrikeGrid.around(96_550e8);
        assert(below == 96_500e8 && below + step == 96_600e8);
    }

    /// @dev Digit by digit.
    function testFuzz_around_isTheDefinition(uint40 strikeE4, uint8 zeros) public pure {
        uint256 strike = (strikeE4 % 10 ** (1 + (zeros % 13))) * 1e4;
        if (strike == 0) strike = 1e4;
        (uint256 below, uint256 step) = StrikeGrid.around(strike);
        uint256 digits = strike;
        while (digits % 10 == 0) digits /= 10;
        assert((below == strike) == (digits < 1000));
        uint256 power = 1;
        while (strike / power > 999) power *= 10;
        assert(step == power && below % step == 0 && below <= strike && strike < below + step);
    }

    function _isOn(uint256 strikeE8) private pure returns (bool) {
        (uint256 below, ) = StrikeGrid.around(strikeE8);
        return below == strikeE8;
    }
}
