// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// The memory in which the margin is computed. It has fixed addresses, because an address that is a literal costs 3 gas and one that is computed costs 9 or more, several times for each of
// 37 scenarios of each strike, and because figures of an underlying or an expiry in structs would be copied and zeroed again and again. `NormalTable.load` takes the region from Solidity's
// allocator once a call; everything below is inside it. Memory that was never written is zero, so nothing is cleared for the first underlying of a call.
//
// Nodes of the price axis without 0, in ascending order: -12, -8 | -4, -3 | -2, -1 | 1, 2 | 3, 4 | 8, 12 | 24, 48: seven pairs, two words each. The node 0 is the fifteenth.
// A sum of a pair is one word, `lower node · 2^128 + upper node` as one integer: |sum| < 2^127 (size < 2^58, value < 2^53, 129 terms), so both lanes come out exactly again.

/// @dev Where the region begins: above what the compiler needs itself.
uint256 constant WS_START = 0x500;
/// @dev ln of `M_q / (4·10^8)` in Q32, one word a node; that of node 0 is 0 and never written.
uint256 constant WS_LN_X = 0x500;
/// @dev The discounted forward at each node, E8, one word a node.
uint256 constant WS_A = 0x6e0;
/// @dev Sums of size·value over options, E16, one word a pair, every second word: volatility down, unchanged, up.
uint256 constant WS_SUM_DOWN = 0x8c0;
uint256 constant WS_SUM_MID = 0x8e0;
uint256 constant WS_SUM_UP = 0xa80;
/// @dev The three sums at node 0, E16: volatility down, unchanged, up.
uint256 constant WS_ZERO_DOWN = 0xc40;
uint256 constant WS_ZERO_MID = 0xc60;
uint256 constant WS_ZERO_UP = 0xc80;
/// @dev All the sums above once more, this far on, for options that are narrow at the shock (MRG-032).
uint256 constant WS_TO_NARROW = 0x3e0;
/// @dev Sums of size·payoff over options that are narrow at one, two and three shocks, E16, fifteen words each.
uint256 constant WS_PAYOFF = 0x1080;
/// @dev Sums of what does not depend on volatility, E16, one word a node.
uint256 constant WS_LINEAR = 0x1620;
/// @dev Everything that starts at zero for an underlying lies between these two.
uint256 constant WS_SUMS_START = 0x8c0;
uint256 constant WS_SUMS_BYTES = 0xf40;

/// @dev Bytes of a pair and of a node.
uint256 constant WS_PAIR = 0x40;
uint256 constant WS_NODE = 0x20;
/// @dev The words of node 0.
uint256 constant WS_A_ZERO = 0x8a0;
uint256 constant WS_LINEAR_ZERO = 0x17e0;
/// @dev Bytes of the payoff sums of one width.
uint256 constant WS_WIDTH = 0x1e0;

// Figures of the account, of the underlying, of the expiry and of the strike that the walk is at, one word each.

/// @dev Time of the checkpoint, the surface choice, and the address of the account's first position, from which positions are numbered.
uint256 constant R_TIME = 0x1800;
uint256 constant R_CHOICE = 0x1820;
uint256 constant R_FIRST = 0x1840;
/// @dev Sums of the account: `Σ size·mark` (E16), the same with options at the worse of mark and intrinsic value (E16), costs, floor; value and haircut of the collateral (E8).
uint256 constant R_MARKED = 0x1860;
uint256 constant R_FLOOR_MARKED = 0x1880;
uint256 constant R_COST = 0x18a0;
uint256 constant R_FLOOR = 0x18c0;
uint256 constant R_COLLATERAL = 0x18e0;
uint256 constant R_HAIRCUT = 0x1900;
/// @dev Memory address of the kinks' words (0 while there are none), how many there are, and room for how many.
uint256 constant R_KINKS = 0x1920;
uint256 constant R_KINK_COUNT = 0x1940;
uint256 constant R_KINK_ROOM = 0x1960;
/// @dev The underlying: calldata offsets of its record, of the next expiry to look at and of the record's end.
uint256 constant R_RECORD = 0x1980;
uint256 constant R_NEXT_EXPIRY = 0x19a0;
uint256 constant R_RECORD_END = 0x19c0;
/// @dev Its spot and price range.
uint256 constant R_SPOT = 0x19e0;
uint256 constant R_PRICE_RANGE = 0x1a00;
/// @dev `⌈floorRateE8·spotE8/10^8⌉`, and what a long option counts at least (MRG-054).
uint256 constant R_FLOOR_PRICE = 0x1a20;
uint256 constant R_LEAST_PRICE = 0x1a40;
/// @dev `floorRateE8·spotE8`, for the floor of a notional.
uint256 constant R_FLOOR_RATE = 0x1a60;
/// @dev The range whose logarithms `WS_LN_X` holds, plus one; 0 for none.
uint256 constant R_LOGARITHMS_OF = 0x1a80;
/// @dev Whether an underlying was summed up before, so that the sums are not zero.
uint256 constant R_USED = 0x1aa0;
/// @dev The number of its first kink.
uint256 constant R_FIRST_KINK = 0x1ac0;
/// @dev From here on, sums of the underlying that start at zero. At how many shocks any of its options is narrow; `Σ|size|` over its short options with a range.
uint256 constant R_NARROW = 0x1ae0;
uint256 constant R_SHORT = 0x1b00;
/// @dev Sums of the add-ons (section 5): `Σ delta`, `Σ|delta|`, `X` of the basis, vega, stale surface, rate.
uint256 constant R_DELTA = 0x1b20;
uint256 constant R_GROSS = 0x1b40;
uint256 constant R_BASIS = 0x1b60;
uint256 constant R_VEGA = 0x1b80;
uint256 constant R_STALE = 0x1ba0;
uint256 constant R_RATE = 0x1bc0;
/// @dev The expiry: time left, discount, forward on the chosen surface, range.
uint256 constant R_TAU = 0x1be0;
uint256 constant R_DISCOUNT = 0x1c00;
uint256 constant R_FORWARD = 0x1c20;
uint256 constant R_RANGE = 0x1c40;
/// @dev Only where it has options: the published forward, `lnForward`, and the surface scaled as `Volatility.scale` gives it.
uint256 constant R_PUBLISHED = 0x1c60;
uint256 constant R_LN_FORWARD = 0x1c80;
uint256 constant R_SVI_A = 0x1ca0;
uint256 constant R_SVI_B = 0x1cc0;
uint256 constant R_SVI_RHO = 0x1ce0;
uint256 constant R_SVI_M = 0x1d00;
uint256 constant R_SVI_SIGMA = 0x1d20;
/// @dev What the shocks do to a volatility: factors down and up (E8), the floor of the latter (Q32); `160·√τ` (Q40); what a deviation must be under for an option to be narrow.
uint256 constant R_DOWN = 0x1d40;
uint256 constant R_UP = 0x1d60;
uint256 constant R_UP_FLOOR = 0x1d80;
uint256 constant R_ROOT_TAU = 0x1da0;
uint256 constant R_NARROW_LIMIT = 0x1dc0;
/// @dev Sums over its strikes: size of the puts, vega below and above the forward (E16).
uint256 constant R_PUTS = 0x1de0;
uint256 constant R_BELOW = 0x1e00;
uint256 constant R_ABOVE = 0x1e20;
/// @dev The volatility of the strike before: near enough to begin a root from.
uint256 constant R_VOLATILITY = 0x1e40;
/// @dev The strike: its deviations under the three shocks, one after the other (MRG-024).
uint256 constant R_S_DOWN = 0x1e60;
uint256 constant R_S_MID = 0x1e80;
uint256 constant R_S_UP = 0x1ea0;
/// @dev Its values at an unchanged price under the three shocks, as a call.
uint256 constant R_V_DOWN = 0x1ec0;
uint256 constant R_V_MID = 0x1ee0;
uint256 constant R_V_UP = 0x1f00;

/// @dev Where the sums of an underlying begin among them, and their bytes.
uint256 constant R_SUMS_START = R_NARROW;
uint256 constant R_SUMS_BYTES = 0x100;

/// @dev The table of the normal distribution, 21 bytes above a multiple of 11: the word that ends with a cell begins at `11·(723 + cell)`, so its address counts in cells.
uint256 constant WS_TABLE = 0x1f26;
uint256 constant WS_TABLE_BYTES = 21384;
/// @dev The end: the table's, rounded up to a word.
uint256 constant WS_END = 0x72c0;
