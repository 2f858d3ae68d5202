// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    IRiskParameters,
    TokenParameters,
    UnderlyingParameters,
    UnderlyingStep
} from "../interfaces/IRiskParameters.sol";
import {Ramps} from "../risk/Ramps.sol";
import {build} from "./Artifacts.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice What holds parameters together, and their ways to their targets, against the vectors of spec/attested; those of PAR-004 and PAR-005 the C# reads, too.
/// @dev The test is the authority that lets itself do everything.
contract ParameterVectorsTest is Columns {
    /// @dev Columns of PAR-004.
    struct Bounds {
        uint256[] isUnderlying;
        uint256[] factor;
        uint256[] range;
        uint256[] charge;
        uint256[] basisCharge;
        uint256[] basisRate;
        uint256[] slippageCap;
        uint256[] haircutMax;
        uint256[] taken;
    }

    /// @dev Columns of PAR-006.
    struct Steps {
        uint256[] present;
        uint256[] target;
        uint256[] step;
        uint256[] down;
        uint256[] looser;
        uint256[] taken;
        uint256[] targetAfter;
        uint256[] elapsed;
        uint256[] duration;
        uint256[] later;
    }

    // PAR-004

    function test_setToken_takesWhatTheVectorsSay() public {
        json = VM.readFile("spec/attested/PAR-004.json");
        Bounds memory v;
        (v.isUnderlying, v.factor, v.range) = (column("isUnderlying"), column("factor"), column("range"));
        (v.charge, v.basisCharge, v.basisRate) = (column("charge"), column("basisCharge"), column("basisRate"));
        (v.slippageCap, v.haircutMax, v.taken) = (column("slippageCap"), column("haircutMax"), column("taken"));
        assert(v.taken.length == 60);
        for (uint256 i = 0; i < v.taken.length; ++i) _couple(v, i);
    }

    function test_shortMinimum_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/PAR-004.json");
        uint256[] memory range = column("priceRange");
        uint256[] memory minimum = column("minimum");
        assert(minimum.length == 20);
        IRiskParameters parameters = _parameters(110_000_000);
        UnderlyingParameters memory p = _underlying();
        parameters.setUnderlying(1, p);
        for (uint256 i = 0; i < range.length; ++i) {
            (p.priceRangeE8, p.shortOptionMinimumE8) = (uint32(range[i]), uint32(minimum[i]));
            parameters.setUnderlying(1, p);
            ++p.shortOptionMinimumE8;
            VM.expectPartialRevert(IRiskParameters.ParameterOutOfRange.selector);
            parameters.setUnderlying(1, p);
            p.shortOptionMinimumE8 -= 2;
            VM.expectPartialRevert(IRiskParameters.ParameterOutOfRange.selector);
            parameters.setUnderlying(1, p);
            parameters.setUnderlying(1, _underlying());
            UnderlyingStep memory s = UnderlyingStep(1, 0, p.depthE8, uint32(range[i]), 0, 0, 0);
            parameters.stepUnderlying(s);
            assert(parameters.underlyingOf(1).shortOptionMinimumE8 == minimum[i]);
        }
    }

    // PAR-005

    function test_valueAt_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/PAR-005.json");
        uint256[] memory x = column("x");
        uint256[] memory y = column("y");
        uint256[] memory elapsed = column("elapsed");
        uint256[] memory duration = column("duration");
        uint256[] memory value = column("value");
        assert(value.length == 100);
        for (uint256 i = 0; i < value.length; ++i) {
            assert(Ramps.valueAt(x[i], y[i], elapsed[i], duration[i]) == value[i]);
        }
    }

    function test_underlyingAt_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/PAR-005.json");
        uint256[] memory present = column("present");
        uint256[] memory target = column("target");
        uint256[] memory expected = column("now");
        uint256[] memory elapsed = column("changeElapsed");
        uint256[] memory duration = column("changeDuration");
        assert(elapsed.length == 40);
        for (uint256 i = 0; i < elapsed.length; ++i) {
            UnderlyingParameters memory to = _fields(target, i);
            UnderlyingParameters memory from = Ramps.departure(_fields(present, i), to);
            UnderlyingParameters memory found = Ramps.underlyingAt(from, to, elapsed[i], duration[i]);
            assert(keccak256(abi.encode(found)) == keccak256(abi.encode(_fields(expected, i))));
        }
    }

    function test_tokenAt_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/PAR-005.json");
        TokenParameters[] memory present = _tokens("base", "most", "threshold");
        TokenParameters[] memory target = _tokens("toBase", "toMost", "toThreshold");
        TokenParameters[] memory departure = _tokens("baseFrom", "mostFrom", "thresholdFrom");
        TokenParameters[] memory expected = _tokens("baseNow", "mostNow", "thresholdNow");
        uint256[] memory elapsed = column("tokenElapsed");
        uint256[] memory duration = column("tokenDuration");
        assert(elapsed.length == 100);
        for (uint256 i = 0; i < elapsed.length; ++i) {
            TokenParameters memory from = Ramps.departure(present[i], target[i]);
            assert(keccak256(abi.encode(from)) == keccak256(abi.encode(departure[i])));
            TokenParameters memory found = Ramps.tokenAt(from, target[i], elapsed[i], duration[i]);
            assert(keccak256(abi.encode(found)) == keccak256(abi.encode(expected[i])));
        }
    }

    // PAR-006

    function test_meet_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/PAR-006.json");
        Steps memory v;
        (v.present, v.target, v.step, v.down) = (column("present"), column("target"), column("step"), column("down"));
        (v.looser, v.taken, v.targetAfter) = (column("looser"), column("taken"), column("targetAfter"));
        (v.elapsed, v.duration, v.later) = (column("elapsed"), column("duration"), column("later"));
        assert(v.taken.length == 120);
        for (uint256 i = 0; i < v.taken.length; ++i) _meet(v, i);
    }

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    function _couple(Bounds memory v, uint256 i) private {
        IRiskParameters parameters = _parameters(uint32(v.factor[i]));
        UnderlyingParameters memory p = _underlying();
        (p.priceRangeE8, p.basisChargeE8) = (uint32(v.range[i]), uint32(v.basisCharge[i]));
        p.shortOptionMinimumE8 = uint32(v.charge[i]);
        (p.basisRateE8, p.slippageCapE8) = (uint32(v.basisRate[i]), uint32(v.slippageCap[i]));
        parameters.setUnderlying(1, p);
        TokenParameters memory t = TokenParameters(uint16(v.isUnderlying[i]), 1e8, 0, uint32(v.haircutMax[i]), 0);
        if (v.taken[i] == 0) VM.expectPartialRevert(IRiskParameters.ParametersCoupled.selector);
        parameters.setToken(1, t);
    }

    function _meet(Steps memory v, uint256 i) private pure {
        bool down = v.down[i] == 1;
        (, bool looser) = Ramps.meet(v.present[i], v.target[i], v.step[i], down);
        assert(looser == (v.looser[i] == 1));
        uint256 taken = Ramps.atLeast(uint64(v.present[i]), uint64(v.target[i]), uint64(v.step[i]), down);
        assert(taken == v.taken[i]);
        uint256 target;
        (target, looser) = Ramps.meet(v.present[i], v.target[i], taken, down);
        assert(!looser && target == v.targetAfter[i]);
        assert(Ramps.valueAt(taken, target, v.elapsed[i], v.duration[i]) == v.later[i]);
    }

    function _parameters(uint32 factorE8) private returns (IRiskParameters) {
        bytes memory arguments = abi.encode(address(this), factorE8);
        return IRiskParameters(build("contracts/risk/RiskParameters.sol:RiskParameters", arguments));
    }

    /// @dev In the domain of MRG-010, and nothing that asks for margin but its price range.
    function _underlying() private pure returns (UnderlyingParameters memory p) {
        (p.depthE8, p.group, p.priceRangeE8, p.nettingFloorE8) = (5000e8, 1, 14e6, 5e7);
        p.shortOptionMinimumE8 = 1e6;
    }

    function _fields(uint256[] memory values, uint256 i) private pure returns (UnderlyingParameters memory p) {
        uint256[15] memory f = Ramps.fields(p);
        for (uint256 k = 0; k < Ramps.FIELDS; ++k) f[k] = values[Ramps.FIELDS * i + k];
    }

    function _tokens(
        string memory base,
        string memory most,
        string memory threshold
    ) private view returns (TokenParameters[] memory tokens) {
        (uint256[] memory b, uint256[] memory m, uint256[] memory t) = (column(base), column(most), column(threshold));
        tokens = new TokenParameters[](b.length);
        for (uint256 i = 0; i < b.length; ++i) {
            tokens[i] = TokenParameters(1, 1e8, uint32(b[i]), uint32(m[i]), uint64(t[i]));
        }
    }
}
