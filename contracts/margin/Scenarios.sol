// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The grid of scenarios
/// @notice 37 scenarios `(q, v, w)`: q in quarters of the price range, v the volatility's shock, w the weight in 24ths. Nodes other than 0 are numbered 0..13 in ascending order
/// (-12, -8, -4 … -1, 1 … 4, 8, 12, 24, 48), node 14 is q = 0; shocks are 0 (down), 1 (none), 2 (up).
/// @custom:spec MRG-030
library Scenarios {
    uint256 internal constant COUNT = 37;
    uint256 internal constant MARK = 13;
    uint256 internal constant NODES = 14;
    uint256 internal constant NODE_ZERO = 14;
    uint256 internal constant DOWN = 0;
    uint256 internal constant MID = 1;
    uint256 internal constant UP = 2;

    /// @notice Nodes -1, +1 and +4.
    uint256 internal constant NODE_MINUS_ONE = 5;
    uint256 internal constant NODE_PLUS_ONE = 6;
    uint256 internal constant NODE_PLUS_FOUR = 9;

    /// @notice `M_q = UNIT + q·range`: prices in quarters, so that the grid is in whole numbers.
    uint256 internal constant UNIT = 4e8;
    uint256 internal constant WEIGHT_ONE = 24;

    // One byte a node, node 0 in the lowest byte; node 14 (q = 0) has its own.
    uint256 private constant QUARTERS = 0x0030180c0804030201fffefdfcf8f4;
    uint256 private constant WEIGHTS = 0x180103080c18181818181818180c08;
    uint256 private constant MID_INDEX = 0x0d2322211d191613100a0704011b1f;

    // One byte a scenario, `shock << 4 | node`, scenario 0 in the highest byte.
    uint256 private constant CODES = 0x0212220313230414240515250e1e2e06162607172708182809192911211a2a10;
    uint256 private constant CODES_REST = 0x201b2b2c2d;

    /// @notice Quarters of the range at a node.
    function quarters(uint256 node) internal pure returns (int256 q) {
        assembly ("memory-safe") {
            q := signextend(0, shr(shl(3, node), QUARTERS))
        }
    }

    /// @notice Weight in 24ths of every scenario at a node.
    function weight(uint256 node) internal pure returns (uint256) {
        return (WEIGHTS >> (8 * node)) & 0xff;
    }

    /// @notice Number of the scenario at a node under a shock that it has.
    function index(uint256 node, uint256 shock) internal pure returns (uint256) {
        unchecked {
            return ((MID_INDEX >> (8 * node)) & 0xff) + shock - 1;
        }
    }

    /// @notice Node and shock of a scenario.
    function parts(uint256 scenario) internal pure returns (uint256 node, uint256 shock) {
        unchecked {
            uint256 code = scenario < 32 ? CODES >> (8 * (31 - scenario)) : CODES_REST >> (8 * (36 - scenario));
            return (code & 0xf, (code >> 4) & 0x3);
        }
    }

    /// @notice The first shock that a node has: the nine inner nodes have all three, the tails none or up, the two outermost only up.
    function firstShock(uint256 node) internal pure returns (uint256) {
        if (node == NODE_ZERO || (node > 1 && node < 10)) return DOWN;
        return node < 12 ? MID : UP;
    }
}
