// What the generators of shared vectors pack: states, balances, checkpoints and records as words of 256 bits (MRG-001 to MRG-005).
import { keccak256 } from "ethers";
import { E8, E12, join, zigzag } from "./integers.js";

export const START = 1_800_000_000n;

export const hash = (words) => BigInt(keccak256("0x" + words.map((w) => w.toString(16).padStart(64, "0")).join("")));

// MRG-001, MRG-002
export const PERPETUAL = 0n;
export const FUTURE = 1n;
export const CALL = 2n;
export const PUT = 3n;
export const position = ({ underlying, expiry = 0n, strikeE4 = 0n, kind, size, cost = 0n }) =>
  join([underlying, 16], [expiry, 32], [strikeE4, 40], [kind, 8], [zigzag(size), 64], [zigzag(cost), 96]);
export const account = ({ cash = 0n, index = 0n, positions }) => [
  join([zigzag(cash), 128], [index, 64], [0n, 32], [1n, 8], [0n, 24]),
  0n,
  ...positions.map(position),
];

// MRG-005
export const balance = (token, amount) => join([token, 16], [0n, 112], [amount, 128]);

// MRG-004
export const header = (id, underlyings, collaterals, factor, { debt = E12, credit = E12 } = {}) => [
  join([id, 64], [START, 40], [BigInt(underlyings), 8], [BigInt(collaterals), 8], [factor, 32], [0n, 104]),
  join([debt, 64], [credit, 64], [0n, 128]),
];
export const collateral = ({ token, underlying = 0n, decimals, haircut = 0n, price }) =>
  join([token, 16], [underlying, 16], [decimals, 8], [haircut, 32], [price, 64], [0n, 120]);
const svi = (level) =>
  join(
    [280_000_000_000n + level, 64],
    [400_000_000_000n, 64],
    [-20_000_000n, 32],
    [10_000_000n, 32],
    [20_000_000n, 32],
    [0n, 32],
  );
// What CLR-021 replaces comes as arguments: present and delayed forward of each expiry.
export const record = (u, spot, mark, forwards) => [
  join([spot, 64], [mark, 64], [u.spread ?? 0n, 64], [u.interest ?? 0n, 64]),
  join(
    [u.average, 64],
    [u.funding ?? 0n, 64],
    [5000n * E8, 64],
    [u.number, 16],
    [1n, 8],
    [u.state ?? 0n, 8],
    [BigInt(u.expiries.length), 8],
    [0n, 24],
  ),
  join(
    [u.range ?? 14_000_000n, 32],
    [45_000_000n, 32],
    [50_000_000n, 32],
    [1_000_000n, 32],
    [400_000n, 32],
    [7_500_000n, 32],
    [1_000_000n, 32],
    [10_000_000n, 32],
  ),
  join([5_000_000n, 32], [10_000_000n, 32], [1_000_000n, 32], [1_000_000n, 32], [50_000_000n, 32], [0n, 96]),
  ...u.expiries.flatMap((e, i) => [
    join(
      [START + e.tau, 32],
      [START - 60n, 40],
      [10n ** 12n - e.tau, 40],
      [forwards[i][0], 64],
      [e.published, 64],
      [e.follow, 16],
    ),
    svi(e.tau),
    join([forwards[i][1], 64], [e.published, 64], [0n, 128]),
    svi(e.tau + 1n),
  ]),
];

// Words of all cases one after the other, and how many each has.
export const words = (cases, ...names) =>
  Object.fromEntries(
    names.flatMap((name) => [
      [`${name}Words`, cases.map((one) => BigInt(one[name].length))],
      [name, cases.flatMap((one) => one[name])],
    ]),
  );
