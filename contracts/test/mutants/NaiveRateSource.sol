// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {RateFlaw} from "./Flaws.sol";

/// @title Mutant: the price of a vault's share with one flaw of those that others paid for
contract NaiveRateSource {
    uint256 private constant YEAR = 365 days;
    uint256 private constant ONE = 1e8;
    /// @dev The most that the noted rate follows in one note: 3 %.
    uint256 private constant FOLLOW_E8 = 3e6;
    IERC4626 public immutable vault;
    uint256 public immutable growthYearE8;
    RateFlaw public immutable flaw;
    uint256 private _notedE8;
    uint256 private _notedTime;

    constructor(IERC4626 vault_, uint256 growthYearE8_, RateFlaw flaw_) {
        (vault, growthYearE8, flaw) = (vault_, growthYearE8_, flaw_);
        (_notedE8, _notedTime) = (_liveE8(), block.timestamp);
    }

    function note() external {
        uint256 live = _liveE8();
        uint256 largest = _notedE8 + (_notedE8 * FOLLOW_E8) / ONE;
        (_notedE8, _notedTime) = (live < largest ? live : largest, block.timestamp);
    }

    function read() external view returns (uint64 priceE8, uint40 time) {
        uint256 live = _liveE8();
        uint256 largest = _notedE8 + (_notedE8 * growthYearE8 * (block.timestamp - _notedTime)) / (ONE * YEAR);
        bool capped = flaw == RateFlaw.UncoupledLimits && largest < live;
        return (uint64(capped ? largest : live), uint40(block.timestamp));
    }

    function _liveE8() private view returns (uint256) {
        return vault.convertToAssets(1e18) * 100;
    }
}
