// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// The memory in which an underlying's scenarios are added up. It has fixed addresses, because an address that is a literal costs 3 gas and one that is computed costs 9 or more, several
// times for each of 37 scenarios of each strike. `NormalTable.load` takes the region from Solidity's allocator once a call; everything below is inside it.
//
// Nodes of the price axis without 0, in ascending order: -12, -8 | -4, -3 | -2, -1 | 1, 2 | 3, 4 | 8, 12 | 24, 48: seven pairs, two words each. The node 0 is the fifteenth.
// A sum of a pair is one word, `lower node · 2^128 + upper node` as one integer: |sum| < 2^127 (size < 2^58, value < 2^53, 129 terms), so both lanes come out exactly again.

/// @dev Where the region begins: above what the compiler needs itself.
uint256 constant WS_START = 0x700;
/// @dev ln of `M_q / (4·10^8)` in Q32, one word a node.
uint256 constant WS_LN_X = 0x700;
/// @dev The discounted forward at each node, E8, one word a node.
uint256 constant WS_A = 0x8e0;
/// @dev Sums of size·value over options, E16, one word a pair, every second word: volatility down, unchanged, up.
uint256 constant WS_SUM_DOWN = 0xac0;
uint256 constant WS_SUM_MID = 0xae0;
uint256 constant WS_SUM_UP = 0xc80;
/// @dev The three sums at node 0, E16: volatility down, unchanged, up.
uint256 constant WS_ZERO_DOWN = 0xe40;
uint256 constant WS_ZERO_MID = 0xe60;
uint256 constant WS_ZERO_UP = 0xe80;
/// @dev All the sums above once more, this far on, for options that are narrow at the shock (MRG-032).
uint256 constant WS_TO_NARROW = 0x3e0;
/// @dev Sums of size·payoff over options that are narrow at one, two and three shocks, E16, fifteen words each.
uint256 constant WS_PAYOFF = 0x1280;
/// @dev Sums of what does not depend on volatility, E16, one word a node.
uint256 constant WS_LINEAR = 0x1820;
/// @dev Everything that starts at zero for an underlying lies between these two.
uint256 constant WS_SUMS_START = 0xac0;
uint256 constant WS_SUMS_BYTES = 0xf40;
/// @dev The table of the normal distribution, at a multiple of 12, so that its address counts in cells: `0x1a04 = 12·555`.
uint256 constant WS_TABLE = 0x1a04;
uint256 constant WS_TABLE_BYTES = 24564;
/// @dev The end; reading the last cell reads 20 bytes beyond the table.
uint256 constant WS_END = 0x7a20;

/// @dev Bytes of a pair and of a node.
uint256 constant WS_PAIR = 0x40;
uint256 constant WS_NODE = 0x20;
/// @dev The words of node 0.
uint256 constant WS_A_ZERO = 0xaa0;
uint256 constant WS_LINEAR_ZERO = 0x19e0;
/// @dev Bytes of the payoff sums of one width.
uint256 constant WS_WIDTH = 0x1e0;
