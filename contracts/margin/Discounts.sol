// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Discount factor of the governed rate
/// @custom:spec MRG-027
library Discounts {
    uint256 internal constant ONE_Q60 = 2 ** 60;
    uint256 internal constant ONE_E12 = 1e12;
    uint256 internal constant YEAR = 31_536_000;
    uint256 internal constant TERMS = 12;
    uint256 internal constant HALVINGS = 4;

    /// @notice `exp(−rate·τ)` by its series at a sixteenth of the exponent, squared four times; at least 1e-12.
    /// @param rateE12 The governed rate a year, at most 1e12.
    function discount(uint256 rateE12, uint256 tauSeconds) internal pure returns (uint256 discountE12) {
        uint256 y = (rateE12 * tauSeconds * ONE_Q60) / (ONE_E12 * YEAR);
        if (y > 4 * ONE_Q60) y = 4 * ONE_Q60;
        uint256 x = y >> HALVINGS;
        uint256 t = ONE_Q60;
        uint256 sum = ONE_Q60;
        for (uint256 i = 1; i <= TERMS; ++i) {
            t = (t * x) / (i * ONE_Q60);
            sum = i % 2 == 1 ? sum - t : sum + t;
        }
        for (uint256 i = 0; i < HALVINGS; ++i) sum = (sum * sum) >> 60;
        discountE12 = (sum * ONE_E12 + ONE_Q60 / 2) / ONE_Q60;
        if (discountE12 == 0) discountE12 = 1;
    }
}
