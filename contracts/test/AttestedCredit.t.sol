// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AttestedCredit} from "../risk/AttestedCredit.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice Credit and what it costs against the vectors that the C# reads, too (spec/attested).
contract AttestedCreditTest is Columns {
    function test_creditOf_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-050.json");
        uint256[] memory credit = column("credit");
        uint256[] memory fee = column("fee");
        uint256[] memory rate = column("rate");
        int256[] memory floorEquity = _floorEquity();
        bytes[] memory states = words("state");
        bytes[] memory balances = words("balances");
        bytes[] memory checkpoints = words("checkpoint");
        bytes[] memory records = words("records");
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
        uint256[] memory equity = column("equity");
        uint256[] memory debt = column("debt");
        floorEquity = new int256[](equity.length);
        for (uint256 i = 0; i < equity.length; ++i) floorEquity[i] = int256(equity[i]) - int256(debt[i]);
    }
}
