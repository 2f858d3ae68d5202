// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// solhint-disable-next-line no-unused-import
import {WS_END, WS_START, WS_TABLE, WS_TABLE_BYTES} from "./Workspace.sol";

/// @title The table of the normal distribution
/// @notice The table lives in the code of a contract of its own: one STOP byte, then 1944 cells of 11 bytes (`spec/cdf.json`).
/// Its creation bytecode is `CREATION_PREFIX | table`: `PUSH2 21385, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN`, and the STOP byte.
/// @custom:spec MRG-025
library NormalTable {
    bytes32 internal constant TABLE_HASH = 0x541d6ee9c2d06038767ce269461a4abf37146ac96a00bef3b755c6b7e855c332;
    bytes11 internal constant CREATION_PREFIX = 0x61538980600a5f395ff300;
    int256 internal constant CELLS_END_Q28 = 1944 * 2 ** 28;

    /// @notice Thrown when the address given to a constructor does not hold the table.
    error TableMismatch(bytes32 expected, bytes32 found);

    /// @notice Thrown when the fixed region of `Workspace.sol` is not free; no input can cause it, only a change of the code.
    error WorkspaceTaken(uint256 freePointer);

    /// @notice Reverts unless the code at `table` is the STOP byte and the table of the specification.
    function requireTable(address table) internal view {
        bytes memory code = table.code;
        bytes32 found = 0;
        if (code.length == WS_TABLE_BYTES + 1) {
            // Safe: the code is at least one byte long, so its bytes from the second on are inside `code`.
            assembly ("memory-safe") {
                found := keccak256(add(code, 33), WS_TABLE_BYTES)
            }
        }
        require(found == TABLE_HASH && code[0] == 0, TableMismatch(TABLE_HASH, found));
    }

    /// @notice Takes the workspace from the allocator and copies the table into it; once in each call, before anything else needs memory.
    function load(address table) internal view {
        uint256 free;
        // Safe: the region lies above the free pointer (checked) and the pointer moves to its end, as an allocation does.
        assembly ("memory-safe") {
            free := mload(0x40)
            if iszero(gt(free, WS_START)) {
                mstore(0x40, WS_END)
                extcodecopy(table, WS_TABLE, 1, WS_TABLE_BYTES)
            }
        }
        require(free <= WS_START, WorkspaceTaken(free));
    }

    /// @notice `P(D)` in Q60, D in Q28 cells counted from -6.25 standard deviations. The table must be loaded.
    function cdf(int256 d) internal pure returns (uint256 p) {
        if (d < 0) return 0;
        if (d >= CELLS_END_Q28) return 2 ** 60;
        // Safe: 0 <= d < 1944·2^28, so the word ends inside the table and begins at most 21 bytes before it, inside the workspace.
        assembly ("memory-safe") {
            let w := and(mload(sub(add(WS_TABLE, mul(11, shr(28, d))), 21)), 0xffffffffffffffffffffff)
            let t := and(d, 0xfffffff)
            p := shr(28, add(w, mul(t, add(and(w, 0xfffffffffffff), mul(t, signextend(1, w))))))
        }
    }
}
