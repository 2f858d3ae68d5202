// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {INotedSource} from "../interfaces/INotedSource.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {GrowthGuards} from "./GrowthGuards.sol";

/// @title How many assets a share of an ERC-4626 vault redeems for, with a guard on its growth
/// @notice `convertToAssets` can be raised by a donation in one transaction. The rate that is told grows at most by `growthYearE8` a year, over at most a day since it was last noted, and falls at once; what it may rise to again after a fall falls over a day.
/// Every checkpoint notes the rate of a token that the hub reads it for, and anyone may; without that for a day it stands still at a day's growth.
/// Warning: a vault whose rate can be *lowered* by strangers is no collateral; nothing here helps then.
contract RedemptionRateSource is INotedSource {
    uint256 internal constant ONE = 1e8;
    uint256 internal constant E20_OF_E8 = 1e12;
    uint256 internal constant VAULT_GAS = 150_000;
    uint256 internal constant WORD = 32;
    uint256 internal constant RATE_MAX_E8 = 2 ** 40;

    address public immutable vault;
    uint256 public immutable growthYearE8;
    uint256 private immutable _share;
    uint256 private immutable _asset;
    /// @notice What was noted, in E20, and when.
    uint128 public notedRateE20;
    uint40 public notedTime;

    /// @notice The rate was noted: from now on growth counts from it.
    event RateNoted(uint128 rateE20, uint40 time);

    /// @notice Thrown when the growth makes no sense, or the vault has no rate now.
    error SourceInvalid(uint256 growthYearE8, uint256 rateE8);

    /// @param growthYearE8_ The most that a share may honestly earn in a year, at most 100 %.
    constructor(address vault_, uint256 growthYearE8_) {
        vault = vault_;
        growthYearE8 = growthYearE8_;
        _share = 10 ** IERC4626(vault_).decimals();
        _asset = 10 ** IERC4626(IERC4626(vault_).asset()).decimals();
        uint256 rateE8 = _rawE8();
        require(growthYearE8_ <= ONE && rateE8 != 0, SourceInvalid(growthYearE8_, rateE8));
        _note(rateE8 * E20_OF_E8);
    }

    /// @inheritdoc INotedSource
    function note() external {
        uint256 rateE8 = _rawE8();
        uint256 elapsed = block.timestamp - notedTime;
        if (rateE8 == 0 || elapsed == 0) return;
        _note(GrowthGuards.nextE20(notedRateE20, rateE8 * E20_OF_E8, growthYearE8, elapsed));
    }

    /// @inheritdoc IPriceSource
    /// @custom:spec ORC-006
    function read() external view returns (uint64 priceE8, uint40 time) {
        uint256 raw = _rawE8();
        uint256 most = GrowthGuards.ceilingE20(notedRateE20, growthYearE8, block.timestamp - notedTime) / E20_OF_E8;
        return (uint64(raw < most ? raw : most), uint40(block.timestamp));
    }

    function _note(uint256 rateE20) private {
        (notedRateE20, notedTime) = (uint128(rateE20), uint40(block.timestamp));
        emit RateNoted(uint128(rateE20), uint40(block.timestamp));
    }

    /// @dev Assets of one whole share, in E8 of a whole asset; 0 when the vault fails. One that answers has told its rate: the least there is when it has lost all, and not silence, which would leave the last rate in force.
    function _rawE8() private view returns (uint256 rateE8) {
        bytes memory request = abi.encodeCall(IERC4626.convertToAssets, (_share));
        address target = vault;
        uint256[1] memory words;
        bool answered;
        // Safe: reads the encoded call and writes the one word allocated above; a longer answer is not copied.
        assembly ("memory-safe") {
            answered := staticcall(VAULT_GAS, target, add(request, 32), mload(request), words, WORD)
            answered := and(answered, iszero(lt(returndatasize(), WORD)))
        }
        if (!answered || words[0] > type(uint128).max) return 0;
        rateE8 = Math.max((words[0] * ONE) / _asset, 1);
        // Held, not refused: a donation must not silence the source.
        if (rateE8 > RATE_MAX_E8) rateE8 = RATE_MAX_E8;
    }
}
