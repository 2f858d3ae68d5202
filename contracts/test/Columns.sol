// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {VM} from "./IVm.sol";

/// @title The vectors of a rule as columns: case i is the i-th of each
abstract contract Columns {
    /// @dev A file of spec/attested.
    string internal json;

    function column(string memory name) internal view returns (uint256[] memory) {
        return VM.parseJsonUintArray(json, string.concat(".", name));
    }

    function signedColumn(string memory name) internal view returns (int256[] memory) {
        return VM.parseJsonIntArray(json, string.concat(".", name));
    }

    /// @dev The words of a column, as many a case as its count says.
    function words(string memory name) internal view returns (bytes[] memory cases) {
        uint256[] memory counts = column(string.concat(name, "Words"));
        uint256[] memory values = column(name);
        cases = new bytes[](counts.length);
        uint256 place = 0;
        for (uint256 i = 0; i < counts.length; ++i) {
            cases[i] = abi.encodePacked(slice(values, place, counts[i]));
            place += counts[i];
        }
        assert(place == values.length);
    }

    function slice(uint256[] memory values, uint256 from, uint256 count) internal pure returns (uint256[] memory part) {
        part = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) part[i] = values[from + i];
    }
}
