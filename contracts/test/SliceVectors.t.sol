// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Interest} from "../clearing/Interest.sol";
import {Slice} from "../interfaces/ClearingTypes.sol";
import {LotMath} from "../liquidation/LotMath.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice What bidders get of a lot and what is left of it against the vectors that the C# reads, too (spec/attested).
contract SliceVectorsTest is Columns {
    /// @dev Columns of CLR-042.
    struct Slices {
        bytes[] state;
        bytes[] slice;
        uint256[] from;
        uint256[] to;
        int256[] aside;
        uint256[] part;
    }

    /// @dev Columns of CLR-043.
    struct Rests {
        bytes[] state;
        bytes[] rest;
        uint256[] sold;
        uint256[] debt;
        uint256[] credit;
        uint256[] proceeds;
        int256[] restCash;
        int256[] cash;
    }

    function test_part_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-042.json");
        int256[] memory x = signedColumn("x");
        uint256[] memory p = column("p");
        int256[] memory part = signedColumn("part");
        assert(part.length == 120);
        for (uint256 i = 0; i < part.length; ++i) assert(LotMath.part(x[i], p[i]) == part[i]);
    }

    function test_slice_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-042.json");
        Slices memory v;
        (v.state, v.slice, v.from, v.to) = (words("state"), words("slice"), column("from"), column("to"));
        (v.aside, v.part) = (signedColumn("aside"), column("of"));
        assert(v.to.length == 60);
        for (uint256 i = 0; i < v.to.length; ++i) {
            Slice memory got = this.sliceOf(v.state[i], v.from[i], v.to[i]);
            assert(keccak256(got.positions) == keccak256(v.slice[i]));
            assert(got.cashE8 == v.aside[i] && got.partE8 == v.part[i]);
        }
    }

    /// @dev Cash and tokens, as the liquidation house takes them.
    function test_cashAndTokens_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-042.json");
        bytes[] memory states = words("state");
        bytes[] memory balances = words("balances");
        bytes[] memory tokens = words("tokens");
        uint256[] memory from = column("from");
        uint256[] memory to = column("to");
        int256[] memory cash = signedColumn("cashSlice");
        for (uint256 i = 0; i < to.length; ++i) {
            assert(_between(this.decoded(states[i]).cashE8, from[i], to[i]) == cash[i]);
            for (uint256 j = 32; j <= tokens[i].length; j += 32) {
                int256 amount = int256(uint256(uint128(_word(balances[i], j))));
                assert(_between(amount, from[i], to[i]) == int256(_word(tokens[i], j)));
            }
        }
    }

    function test_rest_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-043.json");
        Rests memory v;
        (v.state, v.rest, v.sold) = (words("state"), words("rest"), column("sold"));
        (v.debt, v.credit, v.proceeds) = (column("debt"), column("credit"), column("proceeds"));
        (v.restCash, v.cash) = (signedColumn("restCash"), signedColumn("cash"));
        assert(v.sold.length == 80);
        for (uint256 i = 0; i < v.sold.length; ++i) {
            AccountState memory left = LotMath.rest(this.decoded(v.state[i]), v.sold[i]);
            assert(left.cashE8 == v.restCash[i]);
            uint256 index = left.cashE8 < 0 ? v.debt[i] : v.credit[i];
            int256 cashE8 = Interest.accrueFloor(left.cashE8, left.interestIndexE12, index);
            assert(cashE8 + int256(v.proceeds[i]) == v.cash[i]);
            bytes memory header = new bytes(64);
            bytes memory encoded = AccountStates.encode(left);
            assert(keccak256(bytes.concat(header, v.rest[i])) == keccak256(_bare(encoded)));
        }
    }

    function sliceOf(bytes calldata state, uint256 from, uint256 to) external pure returns (Slice memory) {
        return LotMath.slice(state, from, to);
    }

    function decoded(bytes calldata state) external pure returns (AccountState memory) {
        return AccountStates.decode(state);
    }

    function _between(int256 x, uint256 from, uint256 to) private pure returns (int256) {
        return LotMath.part(x, to) - LotMath.part(x, from);
    }

    /// @dev With nothing in the header, which the vectors tell as numbers.
    function _bare(bytes memory state) private pure returns (bytes memory) {
        for (uint256 i = 0; i < 64; ++i) state[i] = 0;
        return state;
    }

    function _word(bytes memory data, uint256 end) private pure returns (uint256 w) {
        // Safe: `end` is where a whole word of `data` ends.
        assembly ("memory-safe") {
            w := mload(add(data, end))
        }
    }
}
