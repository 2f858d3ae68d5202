// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Volatility} from "../margin/Volatility.sol";

/// @notice A surface's parameters, scaled as `Volatility` wants them.
struct Smile {
    int256 aQ64;
    uint256 bE12;
    int256 rhoE8;
    int256 mQ32;
    uint256 sigmaQ32;
}

/// @title One surface as one value
/// @custom:spec MRG-022
library Smiles {
    /// @notice Unpacks the word of a surface.
    function unpack(uint256 word) internal pure returns (Smile memory smile) {
        (smile.aQ64, smile.bE12, smile.rhoE8, smile.mQ32, smile.sigmaQ32) = Volatility.scale(word);
    }

    /// @notice Volatility in Q32 at `k = ln(strike, forward)`.
    function atStrike(Smile memory s, int256 k) internal pure returns (uint256 volQ32) {
        return Volatility.atStrike(k, s.aQ64, s.bE12, s.rhoE8, s.mQ32, s.sigmaQ32);
    }
}
