// Writes the vectors of what checkpoints average, of losses and of lots: CLR-023, CLR-026, CLR-030, CLR-031, CLR-042, CLR-043 and CLR-045 to CLR-047, beside those of spec/generate-attested.js. Run: node spec/generate-lots.js [--check]
// With --check it writes nothing, and fails where a file is not what it would write.
// A third evaluation of the rules, from their text in exact integers, that shares no code with the Solidity or the C#, which both read the vectors.
import {
  DAY,
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
  max,
  min,
  pick,
  quot,
  root,
  times,
  write,
} from "./integers.js";
import {
  CALL,
  FUTURE,
  PERPETUAL,
  PUT,
  START,
  account,
  balance,
  collateral,
  hash,
  header,
  position,
  record,
  words,
} from "./records.js";

const E18 = 10n ** 18n;
const clamp = (v, least, most) => min(max(v, least), most);
const sum = (values) => values.reduce((a, b) => a + b, 0n);
const signed = (most) => drawn(-most, most);
function require(isEnough, what) {
  if (!isEnough) throw new Error(`too few ${what}`);
}

// CLR-030
const follow = (value, sample, elapsed, window) => value + quot((sample - value) * min(elapsed, window), window);
const averages = times(120, () => {
  const window = pick(1n, 1800n, DAY, between(1, 30n * DAY));
  const elapsed = pick(0n, 1n, max(0n, window - 1n), window, window + 1n, between(0, window), between(0, window));
  const value = pick(0n, 1n, 2n ** 62n, 2n ** 70n, drawn(0n, 2n ** 70n), signed(5_000_000n));
  const sample = pick(0n, 1n, value, value + 1n, value - 1n, value + window, value - window, signed(2n ** 70n));
  return { value, sample, elapsed, window, next: follow(value, sample, elapsed, window) };
});
const marks = times(80, () => {
  const spot = pick(1n, 3n, 90_000n * E8, 2n ** 48n - 1n, 2n ** 48n, between(1, 2n ** 48n));
  const premium = pick(0n, 1n, -1n, -E8 / 3n, -E8 + 1n, -E8, -2n * E8, signed(5_000_000n), signed(E8 / 10n));
  return { spot, premium, mark: clamp(spot + quot(spot * premium, E8), 1n, 2n ** 48n) };
});
require(marks.filter((m) => m.mark === 1n).length >= 5, "marks at one");
require(marks.filter((m) => m.mark === 2n ** 48n && m.premium > 0n).length >= 3, "marks at the largest");
write(
  "CLR-030",
  "what is averaged, a sample, seconds, the window: next; spot and the premium: the mark of a perpetual",
  { ...all(averages), ...all(marks) },
);

// CLR-031
const FUNDING_MAX = 2n ** 62n * E8;
const premiums = times(150, () => {
  const depth = pick(E8, 5000n * E8, 2n ** 53n, between(E8, 2n ** 53n));
  const spot = pick(1n, 90_000n * E8, 2n ** 48n, between(1, 2n ** 48n));
  const least = floor(depth * spot, 10n ** 11n);
  const notional = pick(0n, 1n, least, least + 1n, max(1n, least) - 1n, least / 3n + 1n, drawn(1n, 2n ** 100n));
  const most = pick(0n, 500_000n, E8 / 10n, between(1, E8 / 10n));
  // The sample at the clamp, a unit beside it, and anywhere.
  const weight = max(1n, max(notional, least));
  const edge = ceil(most * weight, E8);
  const anywhere = signed(weight / 20n + 1n);
  const traded = pick(0n, 1n, -1n, edge, edge - 1n, -edge, 1n - edge, anywhere, anywhere, 2n ** 127n - 1n);
  const sample = notional === 0n ? 0n : clamp(quot(traded * E8, max(notional, least)), -most, most);
  const window = pick(1n, 1800n, between(1, DAY));
  const elapsed = pick(0n, 1n, 12n, 60n, window, 3600n, 3650n * DAY, between(0, window));
  const before = pick(0n, 1n, -1n, signed(E8 / 10n));
  const premium = follow(before, sample, elapsed, window);
  const rateMax = pick(0n, 75_000n, E8 / 10n, abs(premium), between(0, E8 / 10n));
  const interval = pick(1n, 28_800n, between(1, 30n * DAY));
  const funding = pick(0n, -1n, FUNDING_MAX - 1n, 1n - FUNDING_MAX, signed(2n ** 77n), signed(FUNDING_MAX));
  const rate = clamp(premium, -rateMax, rateMax);
  const fundingAfter = clamp(funding + quot(spot * rate * elapsed, interval), -FUNDING_MAX, FUNDING_MAX);
  return {
    depth,
    spot,
    least,
    traded,
    notional,
    clamp: most,
    sample,
    before,
    elapsed,
    window,
    premium,
    rateMax,
    interval,
    funding,
    fundingAfter,
    told: quot(fundingAfter, E8),
  };
});
require(premiums.filter((p) => p.sample !== 0n && abs(p.sample) < p.clamp).length >= 20, "samples inside the clamp");
const atEnds = premiums.filter((p) => abs(p.fundingAfter) === FUNDING_MAX && p.funding !== p.fundingAfter);
require(atEnds.length >= 3, "ends");
require(premiums.filter((p) => p.fundingAfter !== p.told * E8).length >= 50, "digits that are not told");
write(
  "CLR-031",
  "depth and spot: the least notional; what was traded (premium by size) and its notional, the clamp: the sample; the premium before, seconds and the window: the premium; the largest rate, the interval, cumulative funding in E16: fundingAfter, and what records tell of it in E8",
  all(premiums),
);

// CLR-023, CLR-026
const withdrawals = times(120, () => {
  const scale = pick(100n, 100n, 1n, E8);
  const credit = pick(0n, 1n, 10n ** 14n, between(1, 2n ** 60n), drawn(1n, 2n ** 96n));
  const deficit = pick(
    0n,
    1n,
    scale - 1n,
    scale,
    credit,
    credit + 1n,
    max(0n, credit - 1n),
    credit / 3n,
    credit / 100n,
  );
  const raw = pick(1n, 3n, credit / scale + 1n, drawn(1n, credit / scale + 2n), 2n ** 127n);
  const share = credit === 0n ? 0n : floor(raw * max(0n, credit - deficit), credit);
  // At most the base units that are whole in the deficit are not paid.
  const unpaid = deficit === 0n ? 0n : min(raw - share, deficit / scale);
  return { raw, scale, credit, deficit, paid: raw - unpaid, deficitAfter: deficit - unpaid * scale };
});
require(withdrawals.filter((w) => w.paid > 0n && w.paid < w.raw).length >= 30, "shares");
require(withdrawals.filter((w) => w.deficit > 0n && w.deficitAfter < w.scale).length >= 10, "deficits at their end");
write(
  "CLR-023",
  "base units withdrawn, cash of one, all that is credited, the deficit; paid: base units, deficitAfter: what is left of it",
  all(withdrawals),
);
const covers = times(80, () => {
  const deficit = pick(0n, 1n, between(0, 2n ** 60n), drawn(0n, 2n ** 100n));
  const lost = pick(0n, 1n, deficit, between(0, 2n ** 60n), drawn(0n, 2n ** 100n));
  const fees = pick(
    0n,
    1n,
    deficit,
    deficit + lost,
    deficit + lost + 1n,
    max(0n, deficit + lost - 1n),
    drawn(0n, lost),
  );
  const used = min(fees, deficit + lost);
  const back = used === 0n ? 0n : floor(used * lost, deficit + lost);
  return { fees, deficit, lost, deficitPaid: used - back, back };
});
const shrinks = times(80, () => {
  const all_ = pick(1n, 2n, between(1, 2n ** 60n), drawn(1n, 2n ** 100n));
  const factor = pick(E18, 1n, 2n, between(1, E18), between(1, E18));
  const part = pick(1n, all_, max(1n, all_ - 1n), all_ / 3n + 1n, drawn(1n, all_));
  const generation = between(0, 9);
  const left = all_ - min(part, all_);
  return {
    all: all_,
    factor,
    generation,
    part: min(part, all_),
    left,
    factorAfter: left === 0n ? E18 : ceil(factor * left, all_),
    generationAfter: left === 0n ? generation + 1n : generation,
  };
});
const returns = times(80, () => {
  const own = pick(0n, 1n, 3n, between(1, 2n ** 60n), drawn(1n, 2n ** 100n));
  const ownFactor = pick(E18, 1n, between(1, E18));
  const factorNow = pick(ownFactor, 1n, ceil(ownFactor, 2n), between(1, ownFactor), between(1, ownFactor));
  const isOver = pick(0n, 0n, 1n);
  return { own, ownFactor, factorNow, isOver, returned: isOver === 1n ? own : own - ceil(own * factorNow, ownFactor) };
});
write(
  "CLR-026",
  "fees, the deficit and what all may still get back: deficitPaid and back; of all that was lost, a factor and a generation, a part that comes back: what is left of each; an owner's loss at its factor, isOver: 1 when its generation is over, the factor now: what was returned",
  { ...all(covers), ...all(shrinks), ...all(returns) },
);

// CLR-042, CLR-043
const T = (x, p) => quot(x * p, E8);
const parts = times(120, () => {
  const p = pick(0n, 1n, E8 / 3n, E8 / 2n, E8 - 1n, E8, between(0, E8), between(0, E8));
  const x = pick(
    0n,
    1n,
    -1n,
    E8,
    -E8,
    2n ** 100n,
    -(2n ** 100n),
    E8 + 1n,
    99_999_999n,
    signed(2n ** 53n),
    signed(2n ** 95n),
  );
  return { x, p, part: T(x, p) };
});
const fraction = (least) => pick(E8, least, between(least, E8), between(least, min(E8, least + E8 / 20n)));
// Sizes that a slice takes nothing of, and costs of which it takes something all the same.
const leg = (underlying, kind, i) => ({
  underlying,
  expiry: kind === PERPETUAL ? 0n : START + DAY,
  strikeE4: kind < CALL ? 0n : 900_000_000n + BigInt(i),
  kind,
  size: pick(1n, -1n, 1n, -7n, 2n ** 53n, -(2n ** 53n), signed(2n ** 50n) | 1n, signed(200n) | 1n),
  cost: kind < CALL ? pick(0n, 1n, -1n, 2n ** 95n - 1n, 1n - 2n ** 95n, signed(2n ** 80n), signed(10n ** 12n)) : 0n,
});
const legs = () =>
  [1n, 2n].flatMap((u) => [PERPETUAL, FUTURE, CALL, PUT].filter(() => pick(0n, 1n) === 1n).map((k, i) => leg(u, k, i)));
const lots = times(60, () => {
  const held = legs();
  const from = pick(0n, 0n, between(0, E8 - 1n));
  const to = fraction(from + 1n);
  const cash = pick(0n, -1n, 10n ** 12n, -(10n ** 13n), 2n ** 100n - 1n, signed(2n ** 99n));
  const tokens = [1n, 2n]
    .map((token) => [token, pick(0n, 1n, 10n ** 18n, drawn(1n, 2n ** 100n))])
    .filter(([, a]) => a > 0n);
  const slice = (x) => T(x, to) - T(x, from);
  const cut = held.map((h) => ({ ...h, size: slice(h.size), cost: slice(h.cost) }));
  const empty = cut.filter((h) => h.size === 0n);
  return {
    state: account({ cash, index: E12, positions: held }),
    balances: tokens.map(([token, amount]) => balance(token, amount)),
    slice: cut.filter((h) => h.size !== 0n).map(position),
    tokens: tokens.map(([, amount]) => slice(amount)),
    from,
    to,
    cashSlice: slice(cash),
    aside: -sum(empty.map((h) => h.cost)),
    of: floor((to - from) * E8, E8 - from),
  };
});
require(lots.filter((l) => l.aside !== 0n).length >= 15, "costs that stay with the cash");
write(
  "CLR-042",
  "x and the fraction sold p: part, T(x, p); states and balances of lots (MRG-002, MRG-005) as words, as many a case as stateWords and so on say, sold from and to: words of the slice's positions, tokens, cashSlice: T of the cash, aside: what costs of legs without a size add to it; of: which part of what was unsold it is",
  {
    ...all(parts),
    ...words(lots, "state", "balances", "slice", "tokens"),
    ...columns(lots, ["from", "to", "cashSlice", "aside", "of"]),
  },
);
const rests = times(80, () => {
  const held = legs();
  const sold = pick(0n, 1n, E8, E8 - 1n, between(0, E8), between(0, E8));
  const cash = pick(0n, 1n, -1n, 2n ** 98n, -(2n ** 98n), signed(2n ** 60n), signed(10n ** 13n));
  const index = between(E12, 4n * E12);
  const credit = pick(index, between(index, 5n * E12));
  const debt = pick(credit, between(credit, 8n * E12));
  const proceeds = pick(0n, 1n, between(0, 2n ** 60n));
  const unsold = (x) => x - T(x, sold);
  const restCash = unsold(cash);
  const accrued = floor(restCash * (restCash >= 0n ? credit : debt), index);
  return {
    state: account({ cash, index, positions: held }),
    rest: sold === E8 ? [] : held.map((h) => position({ ...h, size: unsold(h.size), cost: unsold(h.cost) })),
    sold,
    debt,
    credit,
    proceeds,
    restCash,
    cash: accrued + proceeds,
  };
});
write(
  "CLR-043",
  "states of lots (MRG-002) as words, as many a case as stateWords says, the fraction sold: words of the positions that are left and restCash; both indices and the proceeds: cash, with interest and proceeds",
  { ...words(rests, "state", "rest"), ...columns(rests, ["sold", "debt", "credit", "proceeds", "restCash", "cash"]) },
);

// CLR-045, CLR-046
function optionDelta(kind, strike, spot, range, tau) {
  const w = floor(floor(range * spot, E8) * root((max(tau, 3600n) * 10n ** 16n) / 1_036_800n), E8) + 1n;
  const up = clamp(floor((spot + w - strike) * E8, 2n * w), 0n, E8);
  return kind === CALL ? up : up - E8;
}
const deltaOf = (h, spot, range) =>
  h.kind < CALL
    ? h.size
    : quot(optionDelta(h.kind, h.strikeE4 * 10_000n, spot, range, max(0n, h.expiry - START)) * h.size, E8);
function openness(held, units, { spot, range }) {
  const m = floor(spot * range, E8);
  const open = [spot, spot + m, max(0n, spot - m)].flatMap((s) => {
    const deltas = held.map((h) => deltaOf(h, s, range));
    const gross = sum(deltas.map(abs));
    return gross === 0n ? [] : [min(E8, ceil(abs(units + sum(deltas)) * E8, gross))];
  });
  return open.length === 0 ? E8 : open.reduce(max);
}
const MOST = E8 / 2n;
function partsOf(gross, open, lost) {
  const openMost = open.map((o) => floor(MOST * o, E8));
  const weighted = sum(gross.map((g, i) => (openMost[i] > 0n ? floor(g * open[i], E8) : 0n)));
  const shift = weighted === 0n ? 0n : ceil(lost * E8, weighted);
  let bear = open.map((o, i) => min(openMost[i], ceil(shift * o, E8)));
  for (;;) {
    const owed = lost * E8 - sum(gross.map((g, i) => g * bear[i]));
    const below = sum(gross.filter((_, i) => bear[i] < MOST));
    if (owed <= 0n || below === 0n) return bear;
    bear = bear.map((b) => min(MOST, b + ceil(owed, below)));
  }
}
const near = (spot) => max(10_000n, pick(spot, spot - spot / 20n, spot + spot / 9n, spot / 3n, spot * 3n)) / 10_000n;
const looks = times(60, (i) => {
  const markets = [1n, 2n].map((number) => {
    const spot = pick(1n, 10_000n, 90_000n * E8, 3000n * E8, 2n ** 47n, between(10_000, 2n ** 44n));
    return { number, spot, mark: spot, average: spot, range: pick(10n ** 6n, 14_000_000n, 32_000_000n), expiries: [] };
  });
  const tokens = [
    { token: 0n, decimals: 6n, price: E8 },
    { token: 1n, underlying: 1n, decimals: 18n, price: pick(E8, 200_000_000n, 104_321_987n) },
    { token: 2n, underlying: 2n, decimals: 8n, price: E8 },
    { token: 3n, decimals: 8n, price: E8 },
  ];
  const held = markets.flatMap(({ number, spot }) => {
    const expiry = START + pick(-60n, 1n, 3600n, 3601n, 12n * DAY, 300n * DAY);
    const size = pick(1n, E8, -3n * E8, 2n ** 40n, signed(2n ** 45n) | 1n);
    const strike = near(spot);
    const some = [
      { expiry: 0n, strikeE4: 0n, kind: PERPETUAL, size },
      { expiry, strikeE4: 0n, kind: FUTURE, size: pick(-size, -size, size, 1n - size, -size / 2n - 1n) },
      { expiry, strikeE4: strike, kind: CALL, size: pick(-size, size, -2n * size) },
      { expiry, strikeE4: strike, kind: PUT, size: pick(size, -size, -size) },
    ];
    return some.filter((h) => h.size !== 0n && pick(0n, 1n, 1n) === 1n).map((h) => ({ underlying: number, ...h }));
  });
  const balances = tokens.slice(1).flatMap((t) => {
    const amount = pick(0n, 0n, 1n, 10n ** t.decimals, drawn(1n, 10n ** t.decimals * 500n), 2n ** 100n);
    return amount === 0n ? [] : [{ t, amount }];
  });
  // A pair that balances to a unit beside one that is open as dust is.
  if (i < 4) {
    const [size, open] = [10_000_000_000n, [0n, 1n, 140_000_000n, -1n][i]];
    held.splice(
      0,
      held.length,
      ...[1n, 2n].flatMap((underlying) => [
        { underlying, expiry: 0n, strikeE4: 0n, kind: PERPETUAL, size: size * underlying },
        {
          underlying,
          expiry: START + DAY,
          strikeE4: 0n,
          kind: FUTURE,
          size: -size * underlying + (underlying === 1n ? open : 0n),
        },
      ]),
    );
    balances.splice(0, balances.length);
  }
  const seen = markets.flatMap((market) => {
    const own = held.filter((h) => h.underlying === market.number);
    if (own.length === 0) return [];
    const units = sum(
      balances
        .filter(({ t }) => t.underlying === market.number)
        .map(({ t, amount }) => (amount * t.price) / 10n ** t.decimals),
    );
    const open = openness(own, units, market);
    const gross = sum(own.map((h) => floor(abs(h.size) * market.spot, E8)));
    return [{ number: market.number, open, gross, exposed: floor(gross * open, E8), legs: own.length }];
  });
  const gross = sum(seen.map((s) => s.gross));
  const byOpen = [...seen].sort((a, b) =>
    a.exposed !== b.exposed ? (a.exposed > b.exposed ? -1 : 1) : a.gross > b.gross ? -1 : 1,
  );
  const byGross = [...seen].sort((a, b) => (a.gross > b.gross ? -1 : 1));
  const main = seen.length === 0 ? 0n : (byOpen[0].exposed * 100n < gross ? byGross : byOpen)[0].number;
  const packed = markets.map((m) => record(m, m.spot, m.mark, []));
  return {
    state: account({ positions: held }),
    balances: balances.map(({ t, amount }) => balance(t.token, amount)),
    checkpoint: [...header(1n, 2, 4, 130_000_000n), ...tokens.map(collateral), ...packed.map(hash)],
    records: packed.flat(),
    open: seen.flatMap((s) => times(s.legs, () => s.open)),
    gross,
    main,
    isTied: seen.length === 2 && seen[0].gross === seen[1].gross,
  };
}).filter((one) => !one.isTied);
require(looks.filter((l) => l.open.some((o) => o > 0n && o < E8)).length >= 15, "legs that are hedged in part");
require(looks.filter((l) => l.open.includes(0n)).length >= 3, "hedged legs");
const LEGS = 5;
const burdens = times(100, (i) => {
  const gross = times(LEGS, () => pick(0n, 1n, 1000n * E8, 10_000n * E8, between(0, 2n ** 50n), drawn(0n, 2n ** 80n)));
  const open = times(LEGS, () => pick(0n, 1n, 2n, E8, E8, between(0, E8)));
  const whole = sum(gross);
  const exposed = sum(gross.map((g, j) => floor(g * open[j], E8)));
  const lost = pick(
    0n,
    1n,
    exposed / 2n,
    exposed / 7n + 1n,
    whole / 2n,
    whole / 2n + 1n,
    whole / 3n,
    whole,
    drawn(0n, whole / 2n),
  );
  const parts_ = partsOf(gross, i < 5 ? times(LEGS, () => 0n) : open, lost);
  return { gross, open: i < 5 ? times(LEGS, () => 0n) : open, lost, parts: parts_ };
});
require(burdens.filter((b) => b.parts.some((p) => p > 0n && p < MOST)).length >= 30, "parts below half");
const closings = times(80, () => {
  const mark = pick(0n, 1n, 3n, 90_000n * E8, between(1, 2n ** 49n));
  const part = pick(0n, 1n, MOST, MOST - 1n, 10n ** 7n, between(0, MOST));
  const isLong = pick(0n, 1n);
  const moved = ceil(mark * part, E8);
  return { mark, part, isLong, price: isLong === 1n ? mark + moved : mark - moved };
});
const growths = times(80, () => {
  const size = pick(0n, 1n, -1n, E8, -3n * E8, signed(2n ** 53n));
  const added = (size < 0n ? -1n : 1n) * pick(1n, abs(size) + 1n, 10n ** 9n, between(1, 2n ** 53n));
  const since = START - pick(0n, 1n, 599n, 600n, between(0, 10n * DAY));
  const time = pick(START, START + 1n, START + between(0, DAY));
  const [cost, more] = [signed(2n ** 90n), signed(2n ** 90n)];
  const [old, young] = [abs(size), abs(added)];
  return {
    need: size,
    since,
    cost,
    added,
    more,
    time,
    sinceAfter: ceil(since * old + time * young, old + young),
    sizeAfter: size + added,
    costAfter: cost + more,
  };
});
const dust = times(40, () => {
  const need = pick(1n, -1n, E8, -(2n ** 53n), signed(2n ** 50n) | 1n);
  const beside = pick(1n, -1n) * (100n * abs(need) + pick(0n, 1n, -1n, -50n * abs(need)));
  return { dustNeed: need, dustLeg: beside, isDust: bit(abs(need) * 100n < abs(beside)) };
});
const flat = (cases, ...names) => Object.fromEntries(names.map((name) => [name, cases.flatMap((one) => one[name])]));
write(
  "CLR-045",
  "states, balances, checkpoints and records (MRG-002 to MRG-005) of lots as words at second 1800000000, as many a case as stateWords and so on say: how open each leg is, gross and main: the notional of all, and the main underlying (CLR-041); legGross, legOpen, lost: of five legs a case, parts: what part of its mark each moves by; mark, part, isLong: the bankruptcy price; a need with its age and cost, what is added to it and when: the need after; dustNeed beside dustLeg: isDust",
  {
    ...words(looks, "state", "balances", "checkpoint", "records"),
    ...flat(looks, "open"),
    ...columns(looks, ["gross", "main"]),
    legGross: burdens.flatMap((b) => b.gross),
    legOpen: burdens.flatMap((b) => b.open),
    ...columns(burdens, ["lost"]),
    ...flat(burdens, "parts"),
    ...all(closings),
    ...all(growths),
    ...all(dust),
  },
);
const deltas = times(160, () => {
  const kind = pick(PERPETUAL, CALL, CALL, PUT, PUT);
  const spot = pick(1n, 90_000n * E8, 2n ** 48n, between(10_000, 10_000_000), between(10_000, 2n ** 48n));
  const range = pick(10n ** 6n, 14_000_000n, 32_000_000n);
  const tau = pick(0n, 1n, 3599n, 3600n, 3601n, 12n * DAY, 63_072_000n, between(3600, 63_072_000));
  const width = floor(floor(range * spot, E8) * root((max(tau, 3600n) * 10n ** 16n) / 1_036_800n), E8) + 1n;
  // Where the line ends, beside it, and on it.
  const strike = pick(
    spot,
    spot + width,
    spot - width,
    spot + width + 10_000n,
    spot - width - 10_000n,
    spot + width / 2n,
    between(spot - width, spot + width),
    between(spot - width, spot + width),
  );
  const strikeE4 = kind < CALL ? 0n : clamp(strike / 10_000n, 1n, 2n ** 40n - 1n);
  const size = pick(1n, -1n, E8, -E8, 2n ** 53n, signed(2n ** 50n));
  const held = { kind, strikeE4, size, expiry: kind === PERPETUAL ? 0n : START + tau };
  return { kind, strikeE4, size, expiry: held.expiry, spot, range, delta: deltaOf(held, spot, range) };
});
require(deltas.filter((d) => d.kind >= CALL && d.delta !== 0n && abs(d.delta) !== abs(d.size)).length >= 20, "slopes");
// Position (h, C) and a need (s, K) of the opposite side: what is taken, what it realises, and whose turn it is.
const servings = times(150, () => {
  const need = pick(1n, -1n, E8, -3n * E8, signed(2n ** 45n) | 1n);
  const held =
    (need > 0n ? -1n : 1n) * pick(1n, abs(need), abs(need) + 1n, max(1n, abs(need) - 1n), between(1, 2n ** 45n));
  const spot = pick(1n, 50n * E8, 90_000n * E8, between(1, 2n ** 46n));
  const k = min(abs(held), abs(need));
  const n = floor(k * spot, E8);
  const worth = floor(abs(need) * spot, E8);
  const needCost = (need < 0n ? -1n : 1n) * pick(worth, worth / 2n, worth * 2n, 0n, between(0, worth * 2n + 3n));
  const heldWorth = floor(abs(held) * spot, E8);
  const heldCost =
    (held < 0n ? -1n : 1n) * pick(heldWorth, heldWorth / 3n, 0n, -heldWorth / 9n, between(0, heldWorth * 2n + 3n));
  const taken = k === abs(need) ? needCost : ceil(needCost * k, abs(need));
  const closed = k === abs(held) ? heldCost : ceil(heldCost * k, abs(held));
  // What it has won is told at spot, whatever the need costs.
  const funding = pick(0n, 0n, spot / 20n, -spot / 20n, 2n ** 40n, -(2n ** 40n));
  const won = -ceil((need > 0n ? k : -k) * (spot - funding), E8) - closed;
  const ratio = won <= 0n || n === 0n ? 0n : floor(won * E8, n);
  const net = pick(held, held / 2n, -held, 0n, held + pick(1n, -1n), held / 7n, 2n * held);
  const open = net !== 0n && net > 0n === held > 0n ? min(E8, floor(abs(net) * E8, abs(held))) : 0n;
  const score = floor(ratio * open, E8);
  const ramp = pick(1n, 600n, 86_400n, between(1, DAY));
  const age = pick(0n, 1n, ramp - 1n, ramp, ramp + 1n, ramp / 2n, between(0, ramp));
  const threshold = age >= ramp ? 0n : floor(E8 * (ramp - age), ramp);
  return {
    need,
    needCost,
    held,
    heldCost,
    served: need > 0n ? k : -k,
    servedCost: taken,
    realised: -taken - closed,
    serveSpot: spot,
    funding,
    won,
    ratio,
    net,
    open,
    score,
    age,
    ramp,
    threshold,
  };
});
require(servings.filter((s) => s.score > 0n && s.score < s.ratio).length >= 10, "scores of hedged positions");
write(
  "CLR-046",
  "kind, strike, size, expiry, spot, range at second 1800000000: what a position moves with a unit of its underlying; a need with its cost and a position of the opposite side with its: what is served and its cost, realised: what that realises; won: what it would realise at serveSpot against a funding, ratio: that over the notional, net: what the account moves in all, open: the part that nothing hedges, score; age and ramp: the threshold",
  { ...all(deltas), ...all(servings) },
);

// CLR-047: funds from their beginning on, step by step.
const SCALE = 100n;
const [BEGIN, BOOK, STAKE, FUND, EXIT] = [0n, 1n, 2n, 3n, 4n];
const steps = [];
times(60, (i) => {
  const own = [0n, 1n, 10n ** 13n][i % 3] + (i > 5 ? between(0, 10n ** 12n) : 0n);
  const fund = { insurance: own, total: 0n, mine: 0n };
  const note = (step, amount, result, deficit = 0n) =>
    steps.push({
      step,
      amount,
      deficit,
      result,
      insuranceAfter: fund.insurance,
      total: fund.total,
      mine: fund.mine,
    });
  note(BEGIN, own, 0n);
  // A fund of which less than a millionth of a unit is left for each share is begun anew.
  const begin = (f) => {
    if (f.total !== 0n && f.insurance * 1_000_000n < f.total) [f.total, f.mine] = [0n, 0n];
    if (f.total === 0n) f.total = f.insurance;
  };
  times(14, (j) => {
    // At first a whole million of shares, and as much insurance as is just not emptied, or a unit less.
    const isAtEdge = i < 6 && j < 2;
    const step = j === 0 ? STAKE : isAtEdge ? BOOK : pick(BOOK, STAKE, FUND, EXIT);
    if (step === BOOK) {
      const edge = ceil(fund.total, 1_000_000n);
      fund.insurance = isAtEdge
        ? edge - BigInt(i % 2)
        : pick(
            0n,
            edge,
            max(0n, edge - 1n),
            edge + 1n,
            fund.insurance / 3n,
            min(2n ** 90n, fund.insurance * 1000n + 1n),
            min(2n ** 90n, fund.insurance * 1000n),
            fund.insurance + 777n,
          );
      note(BOOK, fund.insurance, 0n);
    } else if (step === STAKE) {
      const raw = isAtEdge ? 1_000_000n : pick(1n, 1n, 1_000_000n, between(1, 10n ** 11n));
      const next = { ...fund };
      begin(next);
      const shares = next.total === 0n ? raw * SCALE : floor(raw * SCALE * next.total, next.insurance);
      if (shares !== 0n)
        Object.assign(fund, next, {
          total: next.total + shares,
          mine: next.mine + shares,
          insurance: next.insurance + raw * SCALE,
        });
      note(STAKE, raw, shares);
    } else if (step === FUND) {
      const raw = pick(1n, 1_000_000n, between(1, 10n ** 11n));
      const deficit = pick(0n, 0n, raw * SCALE, raw * SCALE + 1n, between(0, raw * SCALE));
      begin(fund);
      const grown = raw * SCALE - min(deficit, raw * SCALE);
      if (fund.insurance !== 0n) fund.total += floor(grown * fund.total, fund.insurance);
      fund.insurance += grown;
      note(FUND, raw, 0n, deficit);
    } else if (fund.mine > 0n && fund.insurance * 1_000_000n >= fund.total) {
      const shares = pick(fund.mine, 1n, between(1, fund.mine));
      const paid = floor(floor(shares * fund.insurance, fund.total), SCALE);
      Object.assign(fund, {
        mine: fund.mine - shares,
        total: fund.total - shares,
        insurance: fund.insurance - paid * SCALE,
      });
      note(EXIT, shares, paid);
    }
  });
});
require(steps.filter((s, i) => s.step === FUND && s.mine === 0n && steps[i - 1].mine > 0n).length >=
  3, "funds that begin anew");
require(steps.filter((s) => s.step === STAKE && s.result === 0n).length >= 2, "stakes that are refused");
write(
  "CLR-047",
  "steps of funds: 0 begins one with an insurance, 1 sets the insurance, 2 stakes base units (result: shares, 0 when refused), 3 gives base units while there is a deficit, 4 takes shares out (result: base units); after each the insurance, all shares and those of the one staker",
  all(steps),
);
console.log(
  `${averages.length} averages, ${marks.length} marks, ${premiums.length} premiums, ${withdrawals.length} withdrawals, ${covers.length} covers, ${shrinks.length} shrinks, ${returns.length} returns, ${parts.length} parts, ${lots.length} lots, ${rests.length} rests, ${looks.length} looks, ${burdens.length} burdens, ${closings.length} closings, ${growths.length} growths, ${dust.length} times dust, ${deltas.length} deltas, ${servings.length} servings, ${steps.length} steps of funds`,
);
