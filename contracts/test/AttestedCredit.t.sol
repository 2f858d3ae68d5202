// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AttestedCredit} from "../risk/AttestedCredit.sol";
import {VM} from "./IVm.sol";

/// @notice Credit and what it costs against the vectors that the C# reads, too (spec/attested).
contract AttestedCreditTest {
    string private _json;

    function test_creditOf_isThatOfTheVectors() public {
        _json = VM.readFile("spec/attested/CLR-050.json");
        uint256[] memory credit = _column("credit");
        uint256[] memory fee = _column("fee");
        uint256[] memory rate = _column("rate");
        int256[] memory floorEquity = _floorEquity();
        bytes[] memory states = _words("state");
        bytes[] memory balances = _words("balances");
        bytes[] memory checkpoints = _words("checkpoint");
        bytes[] memory records = _words("records");
        assert(credit.length >= 60);
        for (uint256 i = 0; i < credit.length; ++i) {
            uint256 found = this.creditOf(states[i], balances[i], checkpoints[i], records[i], floorEquity[i]);
            assert(found == credit[i] && AttestedCredit.feeUp(found, rate[i]) == fee[i]);
        }
    }

    function creditOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        int256 floorEquityE8
    ) external pure returns (uint256) {
        return AttestedCredit.creditOf(state, balances, checkpoint, records, floorEquityE8);
    }

    function _floorEquity() private view returns (int256[] memory floorEquity) {
        uint256[] memory equity = _column("equity");
        uint256[] memory debt = _column("debt");
        floorEquity = new int256[](equity.length);
        for (uint256 i = 0; i < equity.length; ++i) floorEquity[i] = int256(equity[i]) - int256(debt[i]);
    }

    /// @dev The words of a column, as many a case as its count says.
    function _words(string memory name) private view returns (bytes[] memory cases) {
        uint256[] memory counts = _column(string.concat(name, "Words"));
        uint256[] memory values = _column(name);
        cases = new bytes[](counts.length);
        uint256 place = 0;
        for (uint256 i = 0; i < counts.length; ++i) {
            for (uint256 j = 0; j < counts[i]; ++j) cases[i] = bytes.concat(cases[i], bytes32(values[place++]));
        }
        assert(place == values.length);
    }

    function _column(string memory name) private view returns (uint256[] memory) {
        return VM.parseJsonUintArray(_json, string.concat(".", name));
    }
}
