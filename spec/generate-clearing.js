// Writes the vectors of touches, fills and settlement at expiry: spec/attested/, CLR-001 to CLR-006, CLR-011 to CLR-015, CLR-018, CLR-020 and CLR-027, beside those of spec/generate-attested.js. Run: node spec/generate-clearing.js [--check]
// With --check it writes nothing, and fails where a file is not what it would write.
// A third evaluation of the rules, from their text in exact integers, that shares no code with the Solidity or the C#, which both read the vectors.
import {
  E12,
  E8,
  abs,
  all,
  between,
  bit,
  ceil,
  columns,
  drawn,
  floor,
  join,
  max,
  min,
  pick,
  quot,
  times,
  write,
  zigzag,
} from "./integers.js";
import { CALL, FUTURE, PERPETUAL, PUT } from "./records.js";

const either = (a) => pick(1n, -1n) * a;
// As many small numbers as large ones.
const upTo = (bits) => drawn(0n, 2n ** between(0, bits));
// Every answer that a rule has is among the cases.
function requireEach(cases, least, ...answers) {
  answers.forEach((answer, i) => {
    if (cases.filter(answer).length < least)
      throw new Error(`too few cases of answer ${i}: ${cases.filter(answer).length}`);
  });
}

// MRG-001 to MRG-003
const isOption = (kind) => kind >= CALL;
const [SIZE_MAX, COST_MAX, CASH_MAX] = [2n ** 53n, 2n ** 95n - 1n, 2n ** 100n - 1n];
const [INDEX_MAX, LOCKED_MAX] = [2n ** 63n - 1n, 2n ** 63n - 1n];
const [SPOT_MAX, FORWARD_MAX, FUNDING_MAX] = [2n ** 48n, 2n ** 49n, 2n ** 62n];
const NOTIONAL_MAX = 2n ** 60n * E8;
const instrument = (underlying, expiry, strikeE4, kind) =>
  join([underlying, 16], [kind === PERPETUAL ? 0n : expiry, 32], [isOption(kind) ? strikeE4 : 0n, 40], [kind, 8]);
const kindOf = (packed) => packed & 255n;
const words = (s) => [
  join([zigzag(s.cash), 128], [s.index, 64], [s.version, 32], [1n, 8], [0n, 24]),
  join([s.locked, 64], [s.gainTime, 40], [s.lastOperation, 40], [0n, 112]),
  ...s.positions.map((p) => join([p.instrument, 96], [zigzag(p.size), 64], [zigzag(p.cost), 96])),
];

// CLR-001
const accrued = (cash, from, debtIndex, creditIndex) =>
  cash === 0n ? 0n : floor(cash * (cash >= 0n ? creditIndex : debtIndex), from);
const later = (from) =>
  pick(from, min(INDEX_MAX, from + 1n), min(INDEX_MAX, from + upTo(40)), min(INDEX_MAX, 2n * from), INDEX_MAX);
const interests = times(200, (i) => {
  const from = pick(E12, E12 + 1n, INDEX_MAX, E12 + upTo(62));
  // A whole number of units, and beside it.
  const beside = either(from * upTo(30)) + pick(-1n, 0n, 1n);
  const cash = pick(0n, 1n, -1n, CASH_MAX, -CASH_MAX, beside, beside, either(upTo(100)));
  // Of an account that was never touched.
  if (i === 0) return { cash: 0n, from: 0n, debtIndex: 2n * E12, creditIndex: E12 };
  return { cash, from, debtIndex: later(from), creditIndex: later(from) };
}).map((c) => {
  const after = accrued(c.cash, c.from, c.debtIndex, c.creditIndex);
  return { ...c, after, interest: c.cash - after };
});
requireEach(
  interests,
  10,
  (c) => c.cash > 0n && c.interest < 0n,
  (c) => c.cash < 0n && c.interest > 0n,
  (c) => c.cash !== 0n && c.interest === 0n,
  (c) => c.cash < 0n && (c.cash * c.debtIndex) % c.from !== 0n,
);
write(
  "CLR-001",
  "cash at the index from (0 of an account that was never touched), and both indices now: the cash with its interest, and what the ledger's interest rises by",
  all(interests),
);

// CLR-002
const sweeps = times(60, (i) => {
  const decimals = [0n, 2n, 6n, 8n][i % 4];
  const scale = 10n ** (8n - decimals);
  const raw = pick(0n, 1n, between(1, 2n ** 40n), 2n ** 100n / scale - 1n);
  const cash = pick(0n, -1n, -(raw * scale), 1n - raw * scale, -upTo(99), raw < 2n ** 41n ? upTo(99) : 0n);
  return { raw, decimals, cash, after: cash + raw * scale, swept: raw * scale };
});
write(
  "CLR-002",
  "base units of a settlement token of so many decimals, and the cash: the cash after the sweep, and what the ledger's swept rises by",
  all(sweeps),
);

// CLR-003
const decayed = (locked, elapsed, window) => (elapsed >= window ? 0n : ceil(locked * (window - elapsed), window));
const decays = times(120, () => {
  const window = pick(1n, 1800n, 86_400n, between(1, 86_400));
  const elapsed = pick(0n, 1n, window - 1n, window, window + 1n, 10n ** 9n, between(0, window), between(0, window));
  // A whole number of units, and beside it.
  const whole = window * upTo(40);
  const locked = pick(0n, 1n, LOCKED_MAX, upTo(63) - 1n, whole, whole, whole + 1n);
  return { locked: max(0n, locked), elapsed, window };
}).map((c) => ({ ...c, after: decayed(c.locked, c.elapsed, c.window) }));
requireEach(
  decays,
  5,
  (c) => c.locked > 0n && c.after === 0n,
  (c) => c.after > 0n && c.after < c.locked && (c.locked * (c.window - c.elapsed)) % c.window === 0n,
  (c) => (c.locked * (c.window - c.elapsed)) % c.window !== 0n && c.after > 0n,
);
write("CLR-003", "locked gains, seconds since they were reckoned, and the window: what is still locked", all(decays));

// CLR-004
const locking = (locked, realised) => min(LOCKED_MAX, locked + max(0n, realised));
const locks = times(60, () => {
  const locked = pick(0n, 1n, LOCKED_MAX, LOCKED_MAX - 1n, upTo(62));
  const realised = pick(0n, 1n, -1n, LOCKED_MAX - locked, LOCKED_MAX - locked + 1n, either(upTo(61)), either(upTo(96)));
  return { locked, realised, after: locking(locked, realised) };
});
requireEach(
  locks,
  5,
  (c) => c.realised < 0n,
  (c) => c.locked + c.realised > LOCKED_MAX,
  (c) => c.locked + c.realised === LOCKED_MAX,
);
write("CLR-004", "locked gains and what an operation has realised: what is locked after it", all(locks));

// CLR-006
const debtBase = (cash, index) => (cash < 0n ? floor(-cash * E12, index) : 0n);
const creditBase = (cash, index) => (cash > 0n ? ceil(cash * E12, index) : 0n);
const bases = times(120, (i) => {
  const index = pick(10n ** 6n, E12, E12 + 1n, INDEX_MAX, E12 + upTo(62), 3n * 10n ** between(6, 17));
  const cash = pick(0n, 1n, -1n, CASH_MAX, -CASH_MAX, either(upTo(100)), either(index * upTo(20)) + pick(-1n, 0n, 1n));
  return i === 0 ? { cash: 0n, index: 0n } : { cash, index };
}).map((c) => ({ ...c, debt: debtBase(c.cash, c.index), credit: creditBase(c.cash, c.index) }));
requireEach(
  bases,
  10,
  (c) => c.cash < 0n && c.debt * c.index !== -c.cash * E12,
  (c) => c.cash > 0n && c.credit * c.index !== c.cash * E12,
  (c) => c.cash !== 0n && (c.cash * E12) % c.index === 0n,
);
write("CLR-006", "cash and its index: what it adds to the sum of debts and to that of credits", all(bases));

// CLR-011
const valueOf = (d, p, funding) => ceil(d * (p - funding), E8);
function merged(s, cost, kind, d, v) {
  if (isOption(kind)) return { size: s + d, cost: 0n, realised: -v };
  if (s === 0n || s > 0n === d > 0n) return { size: s + d, cost: cost + v, realised: 0n };
  const k = min(abs(d), abs(s));
  const c = k === abs(s) ? cost : ceil(cost * k, abs(s));
  const w = k === abs(d) ? v : ceil(v * k, abs(d));
  return { size: s + d, cost: cost - c + v - w, realised: -w - c };
}
// 1: outside what a position may be; 2: only larger than what may be entered.
function refusalOf(s, after, spot) {
  if (abs(after.size) > SIZE_MAX || abs(after.cost) > COST_MAX) return 1n;
  return abs(after.size) > abs(s) && abs(after.size) * spot > NOTIONAL_MAX ? 2n : 0n;
}
const fills = times(400, (i) => {
  const kind = [PERPETUAL, FUTURE, CALL, PUT, PERPETUAL, FUTURE][i % 6];
  const s = pick(0n, 1n, -1n, either(upTo(53)), either(upTo(53)), either(upTo(53)), either(SIZE_MAX));
  const cost =
    s === 0n || isOption(kind) ? 0n : pick(0n, 1n, either(COST_MAX - upTo(60)), either(upTo(90)), s * upTo(9));
  const sign = s < 0n ? -1n : 1n;
  const parts = [
    -s,
    -s / 2n,
    -s / 3n,
    -2n * s,
    -s - sign,
    -s + sign,
    s,
    -sign,
    sign,
    either(upTo(53)),
    -sign * upTo(53),
  ];
  const d = pick(...parts) || 1n;
  const p = pick(1n, SPOT_MAX, 90_000n * E8, E8, 1n + upTo(48));
  const funding = kind === PERPETUAL ? pick(0n, p, p - 1n, either(FUNDING_MAX), either(upTo(62))) : 0n;
  const spot = pick(1n, 90_000n * E8, SPOT_MAX, 1n + upTo(48));
  return { kind, s, cost, d, p, funding, spot };
});
// Sizes, costs and notionals at the end of the domain, and a unit beyond it.
for (const sign of [1n, -1n]) {
  for (const beyond of [0n, 1n]) {
    const [end, whole] = [sign * (SIZE_MAX - 5n), E8 * E8];
    const at = { kind: PERPETUAL, p: E8, funding: 0n, spot: 1n };
    fills.push({ ...at, s: end, cost: 0n, d: sign * (5n + beyond) });
    fills.push({ ...at, s: -5n, cost: 0n, d: sign > 0n ? SIZE_MAX + 5n + beyond : -SIZE_MAX + 5n - beyond });
    fills.push({ ...at, kind: PUT, s: end, cost: 0n, d: sign * (5n + beyond) });
    fills.push({ ...at, s: sign * E8, cost: sign * (COST_MAX - whole + beyond), d: sign * whole });
    // 2^12·10^8 at 2^48.
    const most = { ...at, spot: SPOT_MAX, d: sign * (4096n * E8 - 1n + beyond) };
    fills.push({ ...most, s: sign, cost: 0n });
    // Turned, and smaller than it was: however much that is.
    fills.push({ ...most, s: -sign * SIZE_MAX, cost: 7n, d: sign * (2n * SIZE_MAX - 1n + beyond) });
  }
}
const filled = fills.map((f) => {
  const v = valueOf(f.d, f.p, f.funding);
  const after = merged(f.s, f.cost, f.kind, f.d, v);
  if (after.realised - after.cost !== -f.cost - v) throw new Error("cash less cost falls by something else");
  return {
    ...f,
    v,
    rounding: v + valueOf(-f.d, f.p, f.funding),
    sizeAfter: after.size,
    costAfter: after.cost,
    realised: after.realised,
    refused: refusalOf(f.s, after, f.spot),
  };
});
const isTurned = (f) => f.s * f.sizeAfter < 0n;
const isPart = (f) => !isOption(f.kind) && f.s * f.d < 0n && abs(f.d) < abs(f.s);
requireEach(
  filled,
  10,
  (f) => f.refused === 1n,
  (f) => f.refused === 2n,
  (f) => f.refused === 0n && isOption(f.kind),
  (f) => f.refused === 0n && isPart(f) && (f.cost * f.d) % f.s !== 0n,
  (f) => f.refused === 0n && isTurned(f) && !isOption(f.kind) && (f.v * f.s) % f.d !== 0n,
  (f) => f.refused === 0n && f.s !== 0n && f.sizeAfter === 0n,
  (f) => f.refused === 0n && f.s * f.d > 0n,
  (f) => isPart(f) && abs(f.cost * f.d) >= 2n ** 128n,
  (f) => f.rounding === 1n,
  (f) => f.rounding === 0n,
);
write(
  "CLR-011",
  "kind, size and cost of a position, a fill of size d at price p against a funding, and spot: its value v, what both sides' values come to, size, cost and what is realised after it; refused: 1 where what would be held is outside the domain, 2 where only its notional is",
  all(filled),
);

// CLR-012, CLR-054
const feeOf = (d, p, rate) => ceil(ceil(abs(d) * p, E8) * rate, E8);
const leftOf = (d, p, most, rates) => (ceil(abs(d) * p, E8) * max(0n, most - max(...rates))) / E8;
const charges = times(90, (i) => {
  const makerRate = pick(0n, 1n, 20_000n, 10n ** 7n, 2n ** 32n - 1n, between(0, 10n ** 7n));
  const takerRate = pick(0n, 1n, 50_000n, E8, between(0, 10n ** 7n));
  const notional = pick(0n, E8, 2n * E8, 5n * 10n ** 11n) + pick(-1n, 0n, 1n);
  // Whole units of notional and of fee, and beside them.
  const [d, p] = pick(0n, 1n) ? [either(1n + upTo(51)), 1n + upTo(40)] : [either(max(1n, notional)), pick(1n, E8)];
  const [makerMost, takerMost] = [makerRate, takerRate].map((rate) => min(2n ** 32n - 1n, rate + pick(0n, 1n, 1000n)));
  const least = (rate) => (rate === 0n ? 0n : rate - 1n);
  const mosts =
    i % 9 === 3 ? [least(makerRate), takerMost] : i % 9 === 6 ? [makerMost, least(takerRate)] : [makerMost, takerMost];
  const refused = makerRate > mosts[0] ? 1n : takerRate > mosts[1] ? 2n : 0n;
  return {
    d,
    p,
    makerRate,
    takerRate,
    makerMost: mosts[0],
    takerMost: mosts[1],
    makerFee: feeOf(d, p, makerRate),
    takerFee: feeOf(d, p, takerRate),
    makerLeft: leftOf(d, p, mosts[0], [makerRate, takerRate]),
    takerLeft: leftOf(d, p, mosts[1], [makerRate, takerRate]),
    refused,
  };
});
requireEach(
  charges,
  5,
  (c) => c.refused === 1n,
  (c) => c.refused === 2n,
  (c) => (abs(c.d) * c.p) % E8 === 0n && c.refused === 0n,
  (c) => (abs(c.d) * c.p) % E8 !== 0n && c.refused === 0n,
  (c) => c.makerRate > 0n && c.makerFee * E8 === ceil(abs(c.d) * c.p, E8) * c.makerRate,
  // Where the maker pays more: the taker allowed more than he pays, and no more than both.
  (c) => c.makerRate > c.takerMost && c.takerMost > c.takerRate && c.refused === 0n,
  (c) => c.makerRate > c.takerRate && c.makerLeft > 0n && c.refused === 0n,
  (c) => c.takerRate > c.makerRate && c.takerLeft > 0n && c.refused === 0n,
);
write(
  "CLR-012",
  "size and price of a fill, both rates and the largest that each order takes: both fees, and what each order leaves for one on credit (CLR-054); refused: 1 by the maker's order, 2 by the taker's",
  all(charges),
);

// CLR-013
function bandOf(kind, mark, vega, forward, priceBand, volBand) {
  const band = floor(priceBand * mark, E8);
  if (!isOption(kind)) return band;
  return max(max(band, floor(volBand * abs(vega), 2n * E8)), floor(1000n * forward, E8));
}
const prices = times(140, (i) => {
  const kind = [PERPETUAL, FUTURE, CALL, PUT, CALL][i % 5];
  const forward = kind === PERPETUAL ? 0n : pick(1n, 90_000n * E8, FORWARD_MAX, 99_999n, 100_000n, 1n + upTo(49));
  const largest = kind === PERPETUAL ? SPOT_MAX : FORWARD_MAX;
  const value = isOption(kind) ? pick(-5n, -1n, 0n, 1n, upTo(49), upTo(49)) : 1n + upTo(48);
  const mark = pick(value, value, value, largest);
  const vega = isOption(kind) ? pick(0n, 0n, 1n, either(upTo(49)), either(upTo(49)), FORWARD_MAX) : 0n;
  const [priceBand, volBand] = [pick(0n, 5_000_000n, 20_000_000n, E8), pick(0n, 10_000_000n, E8, between(0, E8))];
  const band = bandOf(kind, max(mark, 0n), vega, forward, priceBand, volBand);
  return { kind, mark, vega, forward, priceBand, volBand, band };
}).flatMap((c) => {
  const m = max(c.mark, 0n);
  return [m, m + c.band, m + c.band + 1n, m - c.band, m - c.band - 1n]
    .filter((price) => price > 0n)
    .map((price) => ({ ...c, price, held: bit(abs(price - m) <= c.band) }));
});
const widest = (c) => [
  floor(c.priceBand * max(c.mark, 0n), E8),
  floor(c.volBand * abs(c.vega), 2n * E8),
  floor(1000n * c.forward, E8),
];
requireEach(
  prices,
  10,
  (c) => c.held === 0n && c.price > c.mark,
  (c) => c.held === 0n && c.price < c.mark,
  ...[0, 1, 2].map((which) => (c) => isOption(c.kind) && widest(c).every((w, i) => i === which || w < c.band)),
  (c) => c.mark < 0n,
);
write(
  "CLR-013",
  "kind, mark (the value of an option may be below 0), value(0, +1) − value(0, −1), present forward and both parameters: the band; held: 1 where a fill may be at the price",
  all(prices),
);

// CLR-014
const reductions = [1n, 7n, 2n ** 51n].flatMap((held) =>
  [held, -held].flatMap((s) =>
    [1n, held - 1n, held, held + 1n, 2n * held]
      .filter((d) => d > 0n)
      .flatMap((d) => [d, -d])
      .map((d) => ({ s, d, reduces: bit(s > 0n !== d > 0n && abs(d) <= abs(s)) })),
  ),
);
reductions.push({ s: 0n, d: 1n, reduces: 0n }, { s: 0n, d: -1n, reduces: 0n });
write(
  "CLR-014",
  "what is held and a fill: reduces is 1 where an order that may only reduce is filled",
  all(reductions),
);

// CLR-015
const MOST = 2n ** 128n - 1n;
const long = (size) => max(size, 0n);
const totals = times(200, (i) => {
  const kind = [PERPETUAL, FUTURE, CALL, PUT][i % 4];
  const [a, b] = times(2, () => pick(0n, 1n, -1n, either(upTo(40)), either(upTo(40))));
  const d = pick(-a, b, -2n * a, either(1n + upTo(40)), either(1n + upTo(40)), 1n, -1n) || 3n;
  // Who has the rest stays as he is.
  const rest = -a - b;
  const [from, to] = [long(a) + long(b) + long(rest), long(a + d) + long(b - d) + long(rest)];
  const spot = pick(1n, 50n * E8, 50n * E8, 1n + upTo(40));
  const priceRange = pick(10n ** 6n, 14_000_000n, 32_000_000n, between(10n ** 6n, 32_000_000n));
  const p = max(
    1n,
    kind === PERPETUAL
      ? spot + pick(0n, 1n, -1n, quot(spot, 10n), quot(spot, 11n), -quot(spot, 11n), -quot(spot, 7n))
      : spot,
  );
  const own = i % 16 === 4 ? 1n : 0n;
  const risk = floor(floor(to * spot, E8) * priceRange, E8);
  const riskMost = max(0n, pick(0n, MOST, MOST, risk, risk, risk - 1n, risk + 1n));
  const optionsMost = pick(2n ** 62n, to, max(0n, to - 1n));
  const grows = to > from;
  const refused = grows && isOption(kind) && to > optionsMost ? 2n : grows && risk > riskMost ? 1n : 0n;
  const counts = kind === PERPETUAL && own === 0n;
  const clamp = [E8, 500_000n, 1_000_000n, 100_000n, E8][(i >> 2) % 5];
  const most = floor(spot * clamp, E8);
  return {
    kind,
    a,
    b,
    d,
    p,
    spot,
    priceRange,
    own,
    riskMost,
    optionsMost,
    clamp,
    change: to - from,
    open: to,
    options: isOption(kind) ? to : 0n,
    premium: counts ? quot(min(most, max(-most, p - spot)) * abs(d), E8) : 0n,
    notional: counts ? floor(spot * abs(d), E8) : 0n,
    refused,
  };
});
requireEach(
  totals,
  3,
  (t) => t.refused === 1n,
  (t) => t.refused === 2n,
  (t) => t.refused === 0n && t.change <= 0n && t.riskMost === 0n,
  (t) => t.refused === 0n && t.change > 0n && t.riskMost < 2n ** 100n,
  (t) => t.refused === 0n && t.premium < 0n && ((t.p - t.spot) * abs(t.d)) % E8 !== 0n,
  (t) => t.refused === 0n && t.premium > 0n,
  (t) => t.notional > 0n && t.clamp < E8 && abs(t.p - t.spot) * E8 > t.clamp * t.spot,
  (t) => t.refused === 0n && t.own === 1n && t.kind === PERPETUAL,
);
write(
  "CLR-015",
  "kind, what taker and maker hold (a third has the rest), the taker's fill d at price p, spot, price range, own: 1 where one signer signs both orders, the largest risk and option interest, premiumClampE8: by how much the fill changes the open interest, what that and option interest then are, what it adds to premium and notional; refused: 1 by the first cap, 2 by the second",
  all(totals),
);

// CLR-018
const EXPIRY = 1_900_000_000n;
const payoffOf = (kind, strike, price) =>
  kind === CALL ? max(price - strike, 0n) : kind === PUT ? max(strike - price, 0n) : price;
function closed(kind, strike, size, cost, price, funding) {
  const v = ceil(-size * (payoffOf(kind, strike, price) - funding), E8);
  return { v, realised: -v - cost };
}
const expiries = times(120, (i) => {
  const kind = [FUTURE, CALL, PUT][i % 3];
  const strike = isOption(kind) ? 10_000n * (1n + upTo(34)) : 0n;
  const around = pick(strike - 1n, strike, strike + 1n, 2n * strike, E8, 2n * E8 + 1n, upTo(48));
  const price = min(SPOT_MAX, max(1n, around));
  const size = either(pick(1n, E8, 3n * E8 - 1n, SIZE_MAX, 1n + upTo(53)));
  const cost = isOption(kind) ? 0n : pick(0n, 1n, either(COST_MAX), either(upTo(95)));
  return {
    kind,
    strike,
    price,
    size,
    cost,
    payoff: payoffOf(kind, strike, price),
    ...closed(kind, strike, size, cost, price, 0n),
  };
});
requireEach(
  expiries,
  10,
  (e) => e.payoff === 0n,
  (e) => e.size > 0n && (e.size * e.payoff) % E8 !== 0n,
  (e) => e.size < 0n && (e.size * e.payoff) % E8 !== 0n,
);
// Whole states: what has expired at the price is gone and its sum is locked, the rest stays.
const TIME = EXPIRY + 600n;
const WINDOW = 1800n;
const settlements = times(40, () => {
  const price = pick(90_000n * E8, 89_999n * E8 + 1n);
  const set = [
    [FUTURE, 0n, EXPIRY],
    [CALL, 88_000n, EXPIRY],
    [CALL, 90_000n, EXPIRY],
    [PUT, 95_000n, EXPIRY],
    [FUTURE, 0n, EXPIRY + 601n],
    [PERPETUAL, 0n, 0n],
  ].filter(() => pick(0n, 1n, 1n) === 1n);
  const positions = set
    .map(([kind, strike, expiry]) => ({
      instrument: instrument(1n, expiry, strike * 10_000n, kind),
      kind,
      strike: strike * E8,
      isDue: expiry === EXPIRY,
      size: either(1n + upTo(36)),
      cost: isOption(kind) ? 0n : either(upTo(60)),
    }))
    .sort((x, y) => (x.instrument < y.instrument ? -1 : 1));
  const state = {
    cash: either(upTo(60)),
    index: E12,
    version: between(0, 1000),
    locked: pick(0n, upTo(62)),
    gainTime: TIME - pick(0n, 1n, 899n, 1800n),
    lastOperation: EXPIRY - 5n,
    positions,
  };
  const gone = positions
    .filter((p) => p.isDue)
    .map((p) => ({ ...p, ...closed(p.kind, p.strike, p.size, p.cost, price, 0n) }));
  const realised = gone.reduce((sum, p) => sum + p.realised, 0n);
  const locked = decayed(state.locked, TIME - state.gainTime, WINDOW);
  return {
    price,
    before: words(state),
    after: words({
      ...state,
      cash: state.cash + realised,
      version: state.version + 1n,
      locked: locking(locked, realised),
      gainTime: TIME,
      lastOperation: TIME,
      positions: positions.filter((p) => !p.isDue),
    }),
    realised,
    oneSided: gone.reduce((sum, p) => sum + p.v, 0n),
    fallen: gone.reduce((sum, p) => sum + long(p.size), 0n),
  };
});
requireEach(
  settlements,
  5,
  (s) => s.realised > 0n,
  (s) => s.realised < 0n,
  (s) => s.after.length > 2,
);
const ofStates = (cases) => ({
  beforeWords: cases.map((c) => BigInt(c.before.length)),
  before: cases.flatMap((c) => c.before),
  afterWords: cases.map((c) => BigInt(c.after.length)),
  after: cases.flatMap((c) => c.after),
});
write(
  "CLR-018",
  "kind, strike, settlement price, size and cost: what a unit pays, v and what is realised; then states as words (MRG-002), as many a case as beforeWords and afterWords say, of which what expires at 1900000000 is settled at settled 600 seconds later, at indices of one and over a window of 1800: what they are after the touch, what the ledger's oneSided rises and open interest falls by",
  {
    ...all(expiries),
    settled: settlements.map((s) => s.price),
    ...ofStates(settlements),
    ...columns(settlements, ["oneSided", "fallen"]),
  },
);

// CLR-027
const windDowns = times(60, () => {
  const price = pick(1n, 90_000n * E8, SPOT_MAX, 1n + upTo(48));
  const funding = pick(0n, price, price + 1n, either(FUNDING_MAX), either(upTo(62)));
  const size = either(pick(1n, E8, SIZE_MAX, 1n + upTo(53)));
  const cost = pick(0n, 1n, either(COST_MAX), either(upTo(95)));
  return { price, funding, size, cost, ...closed(PERPETUAL, 0n, size, cost, price, funding) };
});
requireEach(
  windDowns,
  10,
  (w) => w.price < w.funding,
  (w) => (w.size * (w.price - w.funding)) % E8 !== 0n,
);
write(
  "CLR-027",
  "the last price, the funding that stands still, size and cost of a perpetual: v and what is realised",
  all(windDowns),
);

// CLR-005: a touch, fills at a cost, and the write.
const [SOME_TIME, SCALE] = [1_800_000_000n, 100n];
const listed = [1n, 2n]
  .flatMap((u) => [
    instrument(u, 0n, 0n, PERPETUAL),
    instrument(u, EXPIRY, 0n, FUTURE),
    instrument(u, EXPIRY, 500_000n, CALL),
    instrument(u, EXPIRY, 500_000n, PUT),
    instrument(u, EXPIRY + 1n, 1n, PUT),
  ])
  .sort((x, y) => (x < y ? -1 : 1));
const held = (i) => ({
  instrument: i,
  size: either(1n + upTo(50)),
  cost: isOption(kindOf(i)) ? 0n : either(upTo(80)),
});
const strikes = times(129, (i) => instrument(1n, EXPIRY, BigInt(i + 1), CALL));
function operate(c) {
  let cash = accrued(c.state.cash, c.state.index, c.debtIndex, c.creditIndex);
  const interest = c.state.cash - cash;
  cash += c.raw * SCALE;
  let positions = c.state.positions;
  let realised = 0n;
  for (const f of c.fills) {
    const before = positions.find((p) => p.instrument === f.instrument) ?? { size: 0n, cost: 0n };
    const after = merged(before.size, before.cost, kindOf(f.instrument), f.size, f.value);
    realised += after.realised;
    positions = [
      ...positions.filter((p) => p.instrument !== f.instrument),
      { instrument: f.instrument, size: after.size, cost: after.cost },
    ];
  }
  positions = positions.filter((p) => p.size !== 0n).sort((x, y) => (x.instrument < y.instrument ? -1 : 1));
  cash += realised;
  const state = {
    cash,
    index: cash >= 0n ? c.creditIndex : c.debtIndex,
    version: c.state.version + 1n,
    locked: locking(decayed(c.state.locked, SOME_TIME - c.state.gainTime, c.window), realised),
    gainTime: SOME_TIME,
    lastOperation: SOME_TIME,
    positions,
  };
  const refused = positions.length > 128 ? 2n : abs(cash) > CASH_MAX ? 1n : 0n;
  const [debts, credits] = [debtBase, creditBase].map((base) => [
    base(c.state.cash, c.state.index),
    refused ? 0n : base(cash, state.index),
  ]);
  return { ...c, before: words(c.state), after: refused ? [] : words(state), refused, interest, debts, credits };
}
const plain = {
  index: E12,
  version: 0n,
  locked: 0n,
  gainTime: 0n,
  lastOperation: 0n,
  positions: [],
  cash: 0n,
};
const still = { raw: 0n, debtIndex: E12, creditIndex: E12, window: 1800n, fills: [] };
const operations = times(120, (i) => {
  // Of an account that was never touched, too.
  const isNew = i % 12 === 0;
  const positions = isNew ? [] : listed.filter(() => pick(0n, 0n, 1n) === 1n).map(held);
  const cash = isNew ? 0n : pick(0n, 1n, -1n, either(upTo(90)), either(upTo(60)));
  const index = isNew ? 0n : cash === 0n ? E12 : E12 + upTo(50);
  const state = {
    ...plain,
    cash,
    index,
    version: isNew ? 0n : between(0, 2n ** 32n - 2n),
    locked: isNew ? 0n : pick(0n, LOCKED_MAX, upTo(62)),
    gainTime: isNew ? 0n : SOME_TIME - pick(0n, 1n, 900n, 1799n, 1800n, 10n ** 6n),
    lastOperation: isNew ? 0n : SOME_TIME - between(0, 10n ** 6n),
    positions,
  };
  let left = positions;
  const changes = times(Number(between(0, 5)), () => {
    const i = pick(...listed, ...left.map((p) => p.instrument));
    const at = left.find((p) => p.instrument === i);
    // One in two closes what there is.
    const size = at && pick(0n, 1n) ? -at.size : either(1n + upTo(50));
    left = left.filter((p) => p.instrument !== i).concat(at && size === -at.size ? [] : [{ instrument: i, size }]);
    return { instrument: i, size, value: pick(0n, 1n, either(upTo(80))) };
  });
  const [debtIndex, creditIndex] = times(2, () => max(E12, index) + pick(0n, 1n, upTo(50)));
  return {
    state,
    raw: pick(0n, 0n, 1n, upTo(60)),
    debtIndex,
    creditIndex,
    window: pick(1n, 1800n, 86_400n),
    fills: changes,
  };
});
// Cash at both ends of the domain, and a unit beyond them.
for (const beyond of [0n, 1n]) {
  operations.push({ ...still, state: { ...plain, cash: CASH_MAX + beyond - 700n }, raw: 7n });
  const premium = { instrument: listed[2], size: 1n, value: 900n };
  operations.push({ ...still, state: { ...plain, cash: 900n - CASH_MAX - beyond }, fills: [premium] });
}
// As many positions as an account may have, one more, and one more on the way alone.
const opening = (i) => ({ instrument: strikes[i], size: 1n, value: 0n });
const closing = (i) => ({ instrument: strikes[i], size: -1n, value: 0n });
const many = (count) => ({
  ...plain,
  positions: strikes.slice(0, count).map((i) => ({ instrument: i, size: 1n, cost: 0n })),
});
operations.push({ ...still, state: many(127), fills: [opening(127)] });
operations.push({ ...still, state: many(128), fills: [opening(128)] });
operations.push({ ...still, state: many(128), fills: [opening(128), closing(5)] });
const written = operations.map(operate);
requireEach(
  written,
  2,
  (o) => o.refused === 1n,
  (o) => o.refused === 0n && o.after.length > 2,
  (o) => o.refused === 0n && o.after.length < o.before.length,
  (o) => o.debts[0] > 0n && o.credits[1] > 0n,
  (o) => o.credits[0] > 0n && o.debts[1] > 0n,
);
write(
  "CLR-005",
  "states as words (MRG-002), as many a case as beforeWords and afterWords say, base units of a settlement token of six decimals, both indices, the averaging window; instrument, size and value of as many fills as fillCount says: what is written at 1800000000, none where refused is 1 (cash) or 2 (positions); what the ledger's interest rises by; what the cash adds to the sums of debts and credits before and after (CLR-006)",
  {
    ...ofStates(written),
    ...columns(written, ["raw", "debtIndex", "creditIndex", "window"]),
    fillCount: written.map((o) => BigInt(o.fills.length)),
    ...columns(
      written.flatMap((o) => o.fills),
      ["instrument", "size", "value"],
    ),
    ...columns(written, ["interest", "refused"]),
    debtBefore: written.map((o) => o.debts[0]),
    debtAfter: written.map((o) => o.debts[1]),
    creditBefore: written.map((o) => o.credits[0]),
    creditAfter: written.map((o) => o.credits[1]),
  },
);
// CLR-020, of a reduction: what must be left, and what it may lose of a perpetual, a future and a call.
const relieved = times(300, (i) => {
  const money = () => pick(upTo(40), upTo(60), upTo(100));
  const maintenance = i % 10 === 0 ? 0n : pick(1n, money(), money());
  // Around the maintenance margin, as often as anywhere.
  const equity = pick(
    either(money()),
    maintenance + either(pick(0n, 1n, upTo(20))),
    maintenance + either(maintenance / 9n),
  );
  const maintenanceAfter = pick(
    0n,
    maintenance,
    maintenance / 2n,
    maintenance - maintenance / 7n,
    maintenance + maintenance / 5n,
    money(),
  );
  const minRelief = pick(0n, 10_000n, 200_000n, 1_000_000n, E8);
  const excess = equity - maintenance;
  const relief = excess < 0n ? ceil(minRelief * maintenance, E8) : 0n;
  const covered = maintenance === 0n ? excess : ceil(equity * maintenanceAfter, maintenance) - maintenanceAfter;
  return { equity, maintenance, maintenanceAfter, minRelief, relief, covered, least: max(excess + relief, covered) };
});
requireEach(
  relieved,
  15,
  (c) => c.equity < c.maintenance && c.covered > c.equity - c.maintenance + c.relief,
  (c) => c.equity < c.maintenance && c.relief > 0n && c.covered < c.equity - c.maintenance + c.relief,
  (c) => c.equity >= c.maintenance && c.covered > c.equity - c.maintenance,
  (c) => c.equity >= c.maintenance && c.covered < c.equity - c.maintenance,
  (c) => c.maintenance === 0n,
  (c) => c.equity < 0n,
);
const mayLose = (size, mark, band, rate, parts) =>
  floor(abs(size) * (floor(E8 * band, parts) + rate * (mark + band) + E8), E8 * E8);
const narrowed = times(200, () => {
  const c = {
    perpetualSize: pick(0n, 1n, either(upTo(53)), either(SIZE_MAX)),
    perpetualMark: 1n + pick(0n, upTo(48)),
    futureSize: pick(0n, -1n, either(upTo(53))),
    futureMark: 1n + upTo(48),
    callSize: pick(0n, 7n, either(upTo(53)), either(upTo(53))),
    callMark: pick(-3n, 0n, 1n, upTo(49), upTo(49)),
    callVega: pick(0n, either(upTo(49))),
    callForward: pick(1n, 99_999n, 1n + upTo(48), FORWARD_MAX),
    priceBand: pick(0n, 5_000_000n, 20_000_000n, E8),
    volBand: pick(0n, 10_000_000n, E8),
    makerFee: pick(0n, 2_000n, 50_000n),
    takerFee: pick(0n, 5_000n, 50_000n),
    parts: pick(1n, 10n),
  };
  const rate = max(c.makerFee, c.takerFee);
  const bandAt = (kind, mark) => bandOf(kind, mark, c.callVega, c.callForward, c.priceBand, c.volBand);
  const most =
    mayLose(c.perpetualSize, c.perpetualMark, bandAt(PERPETUAL, c.perpetualMark), rate, c.parts) +
    mayLose(c.futureSize, c.futureMark, bandAt(FUTURE, c.futureMark), rate, c.parts) +
    mayLose(c.callSize, max(0n, c.callMark), bandAt(CALL, max(0n, c.callMark)), rate, c.parts);
  return { ...c, most };
});
requireEach(
  narrowed,
  20,
  (c) => c.parts === 10n && c.most > 0n,
  (c) => c.parts === 1n && c.most > 0n,
  (c) => c.makerFee > c.takerFee,
  (c) => c.callMark <= 0n && c.callSize !== 0n,
);
write(
  "CLR-020",
  "a reduction: equity and maintenance margin before, maintenance margin after and the parameter, the least that equity less maintenance margin may be after; and net sizes of a perpetual, a future and a call with their marks (the value of a call may be below 0), value(0, +1) - value(0, -1) and present forward of the call, parameters and n: the most equity that it may lose",
  {
    ...columns(relieved, ["equity", "maintenance", "maintenanceAfter", "minRelief", "least"]),
    ...all(narrowed),
  },
);
console.log(
  `${interests.length} interests, ${sweeps.length} sweeps, ${decays.length} decays, ${locks.length} locks, ${written.length} operations, ${bases.length} bases, ${filled.length} fills, ${charges.length} fees, ${prices.length} prices, ${reductions.length} reductions, ${totals.length} totals, ${relieved.length} reliefs, ${narrowed.length} losses, ${expiries.length} expiries, ${settlements.length} settlements, ${windDowns.length} wind-downs`,
);
