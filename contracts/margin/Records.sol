// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Words} from "./Words.sol";

/// @title Fields of an underlying's record, read from calldata where they are needed
/// @notice `record` is the calldata offset of a verified record (MRG-004).
/// @custom:spec MRG-004
library Records {
    function spotE8(uint256 record) internal pure returns (uint256) {
        return Words.inCalldata(record) >> 192;
    }

    /// @notice The perpetual's mark less the cumulative funding.
    function perpetualE8(uint256 record) internal pure returns (int256) {
        unchecked {
            uint256 mark = uint64(Words.inCalldata(record) >> 128);
            return int256(mark) - int64(uint64(Words.inCalldata(record + 32) >> 128));
        }
    }

    function spreadE8(uint256 record) internal pure returns (uint256) {
        return uint64(Words.inCalldata(record) >> 64);
    }

    function openInterestE8(uint256 record) internal pure returns (uint256) {
        return uint64(Words.inCalldata(record));
    }

    function depthE8(uint256 record) internal pure returns (uint256) {
        return uint64(_second(record) >> 64);
    }

    function underlying(uint256 record) internal pure returns (uint256) {
        return uint16(_second(record) >> 48);
    }

    function group(uint256 record) internal pure returns (uint256) {
        return uint8(_second(record) >> 40);
    }

    function priceRangeE8(uint256 record) internal pure returns (uint256) {
        return _third(record) >> 224;
    }

    function volRangeE8(uint256 record) internal pure returns (uint256) {
        return uint32(_third(record) >> 192);
    }

    function volUpFloorE8(uint256 record) internal pure returns (uint256) {
        return uint32(_third(record) >> 160);
    }

    function shortOptionMinimumE8(uint256 record) internal pure returns (uint256) {
        return uint32(_third(record) >> 128);
    }

    function basisChargeE8(uint256 record) internal pure returns (uint256) {
        return uint32(_third(record) >> 96);
    }

    function basisRateE8(uint256 record) internal pure returns (uint256) {
        return uint32(_third(record) >> 64);
    }

    function slippageE8(uint256 record) internal pure returns (uint256) {
        return uint32(_third(record) >> 32);
    }

    function slippageCapE8(uint256 record) internal pure returns (uint256) {
        return uint32(_third(record));
    }

    function crowdingE8(uint256 record) internal pure returns (uint256) {
        return _fourth(record) >> 224;
    }

    function vegaChargeE8(uint256 record) internal pure returns (uint256) {
        return uint32(_fourth(record) >> 192);
    }

    function rateChargeE8(uint256 record) internal pure returns (uint256) {
        return uint32(_fourth(record) >> 160);
    }

    function floorRateE8(uint256 record) internal pure returns (uint256) {
        return uint32(_fourth(record) >> 128);
    }

    function nettingFloorE8(uint256 record) internal pure returns (uint256) {
        return uint32(_fourth(record) >> 96);
    }

    function _second(uint256 record) private pure returns (uint256) {
        unchecked {
            return Words.inCalldata(record + 32);
        }
    }

    function _third(uint256 record) private pure returns (uint256) {
        unchecked {
            return Words.inCalldata(record + 64);
        }
    }

    function _fourth(uint256 record) private pure returns (uint256) {
        unchecked {
            return Words.inCalldata(record + 96);
        }
    }
}
