// Writes the vectors of prices, settlement and what lies are worth: ORC-001 to ORC-006, ORC-010, ORC-015, ORC-016, CLR-021 and CLR-050 with CLR-054, beside those of spec/generate-attested.js. Run: node spec/generate-oracle.js [--check]
// With --check it writes nothing, and fails where a file is not what it would write.
// A third evaluation of the rules, from their text in exact integers, that shares no code with the Solidity or the C#, which both read the vectors.
import {
  DAY,
  E8,
  HOUR,
  YEAR,
  abs,
  allowedStep,
  between,
  bit,
  ceil,
  columns,
  drawn,
  inWindow,
  max,
  min,
  near,
  pick,
  points,
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
  record,
  words,
} from "./records.js";

const column = (cases, ...names) => columns(cases, names);

// ORC-001
const ascending = (values) => [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
function median(values) {
  const sorted = ascending(values);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  return (low + sorted[Math.floor(sorted.length / 2)]) / 2n;
}
function agreed(prices, deviation) {
  const live = prices.filter((p) => p !== 0n);
  if (live.length === 0) return { price: 0n, live: 0n, used: 0n };
  const first = median(live);
  const used = live.filter((p) => abs(p - first) * E8 <= deviation * first);
  return { price: used.length ? median(used) : 0n, live: BigInt(live.length), used: BigInt(used.length) };
}
const quotes = times(120, (i) => {
  const middle = pick(1n, 3n, 90_000n * E8, 2n ** 48n - 10n ** 13n);
  const deviation = pick(0n, 2_000_000n, 20_000_000n);
  const edge = (deviation * middle) / E8;
  const prices = times(5, () =>
    pick(
      0n,
      middle,
      middle,
      middle + edge,
      middle + edge + 1n,
      max(1n, middle - edge - 1n),
      middle + edge / 2n,
      2n ** 48n,
    ),
  );
  return { deviation, prices: i === 0 ? [0n, 0n, 0n, 0n, 0n] : prices };
}).map((q) => ({ ...q, ...agreed(q.prices, q.deviation) }));
write(
  "ORC-001",
  "five prices a case, 0 for a source without one, and the largest deviation; price: the median of those that agree; live, used: how many have one, and agree",
  {
    prices: quotes.flatMap((q) => q.prices),
    ...column(quotes, "deviation", "price", "live", "used"),
  },
);

// ORC-002 to ORC-004
const [NORMAL, REDUCE, HALTED, UNINSURED] = [0n, 1n, 2n, 3n];
function update(m, p, o, now, window) {
  const elapsed = now - m.time;
  const held = m.state === HALTED ? 0n : min(elapsed, 300n);
  const average = m.average + ((m.spot - m.average) * min(elapsed, window)) / window;
  const next = {
    spot: m.spot,
    average,
    time: now,
    cumulative: m.cumulative + m.spot * held,
    covered: m.covered + held,
  };
  let demanded = NORMAL;
  let reasons = 0n;
  if (o.used < p.minCount) [demanded, reasons] = [HALTED, o.live < p.minCount ? 1n : 2n];
  else {
    const band = (p.haltMove * average) / E8;
    const distance = abs(o.price - average);
    if (o.used * 2n <= o.live) [demanded, reasons] = [REDUCE, 2n];
    if (distance * E8 > p.reduceMove * average) [demanded, reasons] = [REDUCE, reasons + 4n];
    if (distance > band) demanded = HALTED;
    const clamped = distance <= band ? o.price : o.price > average ? average + band : average - band;
    next.spot = clamped === 0n ? 1n : clamped;
  }
  if (demanded >= m.state) [next.state, next.demanded] = [demanded, now];
  else if (m.state === HALTED) [next.state, next.demanded] = [REDUCE, now];
  else if (now - m.demanded >= p.recovery) [next.state, next.demanded] = [NORMAL, m.demanded];
  else [next.state, next.demanded] = [m.state, m.demanded];
  return { ...next, reasons };
}
const markets = times(240, () => {
  const spot = pick(1n, 3n, 90_000n * E8, 2n ** 48n, between(1, 2n ** 48n));
  const average = pick(spot, spot + spot / 9n, spot - spot / 20n, between(1, 2n ** 48n));
  const m = {
    spot,
    average,
    time: START,
    state: pick(0n, 1n, 2n),
    demanded: START - pick(0n, 119n, 120n, 5000n),
    cumulative: between(0, 2n ** 61n),
    covered: between(0, 2n ** 30n),
  };
  const p = {
    minCount: between(1, 5),
    reduceMove: pick(0n, 10_000_000n),
    haltMove: pick(10_000_000n, 20_000_000n, 50_000_000n),
    recovery: pick(0n, 120n, 86_400n),
  };
  const now = START + pick(0n, 1n, 60n, 120n, 299n, 300n, 301n, 1799n, 1800n, 100_000n);
  const window = pick(1n, 1800n, 86_400n);
  // The average that the update finds, so that prices lie on the edges of its bands.
  const found = update(m, p, { price: 0n, live: 0n, used: 0n }, now, window).average;
  const edge = pick((p.reduceMove * found) / E8, (p.haltMove * found) / E8);
  const live = between(0, 5);
  const used = live === 0n ? 0n : between(0, live);
  const price =
    used === 0n
      ? 0n
      : min(
          2n ** 48n,
          max(1n, pick(found, found + edge, found + edge + 1n, found - edge, found - edge - 1n, between(1, 2n ** 48n))),
        );
  return { m, p, o: { price, live, used }, now, window, after: update(m, p, { price, live, used }, now, window) };
});
const inputs = {
  ...Object.fromEntries(
    ["spot", "average", "time", "state", "demanded", "cumulative", "covered"].map((name) => [
      name,
      markets.map((one) => one.m[name]),
    ]),
  ),
  ...Object.fromEntries(
    ["minCount", "reduceMove", "haltMove", "recovery"].map((name) => [name, markets.map((one) => one.p[name])]),
  ),
  ...Object.fromEntries(["price", "live", "used"].map((name) => [name, markets.map((one) => one.o[name])])),
  ...column(markets, "now", "window"),
};
const after = (...names) =>
  Object.fromEntries(names.map((name) => [name + "After", markets.map((one) => one.after[name])]));
write(
  "ORC-002",
  "a market, the bands, what the sources say, the time and the averaging window; spotAfter, averageAfter, cumulativeAfter, coveredAfter: what the update leaves",
  {
    ...inputs,
    ...after("spot", "average", "cumulative", "covered"),
  },
);

const falls = times(80, (i) => {
  const day = pick(20_833n, 20_832n, 20_000n, 0n);
  const [high, previous] = [between(0, 40_000n * E8), pick(0n, between(0, 40_000n * E8))];
  const insurance = pick(0n, high, (high * 7n) / 10n, (high * 7n) / 10n + 1n, between(0, 50_000n * E8));
  const time = 20_833n * 86_400n + pick(0n, 86_399n);
  const today = time / 86_400n;
  const kept = today === day ? [high, previous] : [0n, today === day + 1n ? high : insurance];
  const highAfter = max(kept[0], insurance);
  const highest = max(highAfter, kept[1]);
  // Exits and stakes; the last so large that no field holds what the highs would be.
  const then = i === 79 ? 1n << 100n : (insurance * BigInt(i)) / 40n;
  // A stake above highs that say nothing leaves highs that say nothing.
  const drawn = bit(i % 3 === 1);
  const isSilent = drawn === 0n && then > insurance && max(highAfter, kept[1]) < 10_000n * E8;
  const scaled = (high) => min((1n << 96n) - 1n, isSilent ? then : (high * then) / max(1n, insurance));
  const drawdown =
    highest === 0n || (drawn === 0n && highest < 10_000n * E8) ? 0n : ((highest - insurance) * E8) / highest;
  return {
    day,
    high,
    previous,
    insurance,
    fallTime: time,
    dayAfter: today,
    highAfter,
    previousAfter: kept[1],
    drawdown,
    then,
    highThen: scaled(highAfter),
    previousThen: scaled(kept[1]),
    drawn,
  };
});
for (const drawn of [0n, 1n]) {
  const low = falls.filter((one) => one.drawn === drawn && max(one.highAfter, one.previousAfter) < 10_000n * E8);
  if (low.filter((one) => one.then > one.insurance && one.insurance > 0n).length < 2)
    throw new Error("too few low highs");
}
write(
  "ORC-003",
  "the markets of ORC-002; stateAfter, demandedAfter, reasonsAfter: the state that the update leaves, since when it is demanded, why as bits; then the highs of insurance: a day, its high, the high of the day before, the insurance, the time, and what they are after; then, highThen, previousThen: what an exit or a stake then makes of the insurance, and of the highs; drawn: 1 where the last checkpoint found insurance fallen",
  {
    ...inputs,
    ...after("state", "demanded", "reasons"),
    ...column(
      falls,
      "day",
      "high",
      "previous",
      "insurance",
      "fallTime",
      "dayAfter",
      "highAfter",
      "previousAfter",
      "drawdown",
      "then",
      "highThen",
      "previousThen",
      "drawn",
    ),
  },
);

// One source with the bands of constants.json. Sums by the text: each update's price counts for 300 seconds at most.
const BANDS = { minCount: 1n, reduceMove: 10_000_000n, haltMove: 20_000_000n, recovery: 120n };
function sums(history, time) {
  let [sum, covered] = [0n, 0n];
  history.forEach((m, i) => {
    const until = min(time, i + 1 < history.length ? history[i + 1].time : time);
    if (until <= m.time || m.state === HALTED) return;
    const held = min(until - m.time, 300n);
    sum += m.spot * held;
    covered += held;
  });
  return [sum, covered];
}
// What the window of an expiry has so far, and what is still to come of it.
function reading(history, expiry, now) {
  if (now < expiry - 1800n) return { sum: 0n, covered: 0n, remaining: 1800n, stalled: 1800n };
  const from = sums(history, expiry - 1800n);
  for (let end = expiry; ; end += 1800n) {
    const to = sums(history, min(end, now));
    const [sum, covered, remaining] = [to[0] - from[0], to[1] - from[1], max(0n, end - now)];
    const isHalted = remaining > 0n && history.at(-1).state === HALTED;
    const stalled = !isHalted ? remaining : covered < 900n ? 1800n : 0n;
    if (covered + remaining >= 900n) return { sum, covered, remaining, stalled };
  }
}
const walks = times(60, (i) => {
  const history = [
    {
      spot: 90_000n * E8,
      average: 90_000n * E8,
      time: START,
      state: NORMAL,
      demanded: START,
      cumulative: 0n,
      covered: 0n,
    },
  ];
  const steps = times(24, () => {
    const last = history.at(-1);
    const gap = pick(12n, 60n, 60n, 240n, 300n, 301n, 600n, 1200n, 1800n, i % 3 === 0 ? 7300n : 60n);
    const price = pick(
      0n,
      last.spot,
      last.spot + last.spot / 40n,
      last.spot - last.spot / 50n,
      last.spot + last.spot / 4n,
    );
    history.push(
      update(
        last,
        BANDS,
        { price, live: price === 0n ? 0n : 1n, used: price === 0n ? 0n : 1n },
        last.time + gap,
        1800n,
      ),
    );
    return { gap, price };
  });
  const now = history.at(-1).time;
  const expiry = START + 1800n * between(1, (now - START) / 1800n);
  const found = reading(history, expiry, now);
  const coming = (now / 1800n + 1n) * 1800n;
  const asked = now + pick(0n, 1n, 299n, 301n, 1200n, 1800n, 2100n, 7300n);
  const readings = [expiry, coming].map((e) => {
    const read = reading(history, e, asked);
    const { forward, follow } = inWindow(history.at(-1).spot, { ...read, remaining: read.stalled });
    const seen = inWindow(history.at(-1).spot, read);
    return { ...read, forward, beside: seen.forward, follow: max(follow, seen.follow) };
  });
  const settled = found.remaining === 0n ? near(found.sum, found.covered) : 0n;
  return { steps, expiry, settled, seconds: found.covered, coming, asked, readings };
});
write(
  "ORC-004",
  "24 updates a case, each some seconds after the one before, the first after a listing at 90 000 at 1 800 000 000, with the price of the only source, 0 for none; expiry, settled, seconds: a settlement asked for at the last update, 0 while it cannot be fixed, and what was observed; coming: the next half hour; asked: a time not before the last update, at which two a case, of expiry and of coming, are sum, covered, remaining, stalled: the reading of the window, and forward, beside, follow: by it and the last spot (MRG-011)",
  {
    gap: walks.flatMap((w) => w.steps.map((s) => s.gap)),
    price: walks.flatMap((w) => w.steps.map((s) => s.price)),
    ...column(walks, "expiry", "settled", "seconds", "coming", "asked"),
    ...column(
      walks.flatMap((w) => w.readings),
      "sum",
      "covered",
      "remaining",
      "stalled",
      "forward",
      "beside",
      "follow",
    ),
  },
);

// ORC-005: the same walks, whose source then says nothing for good.
const deaths = times(24, () => {
  const history = [
    {
      spot: 90_000n * E8,
      average: 90_000n * E8,
      time: START,
      state: NORMAL,
      demanded: START,
      cumulative: 0n,
      covered: 0n,
    },
  ];
  const step = (gap, price) => {
    const used = price === 0n ? 0n : 1n;
    history.push(update(history.at(-1), BANDS, { price, live: used, used }, history.at(-1).time + gap, 1800n));
    return { gap, price };
  };
  const steps = times(22, () => {
    const spot = history.at(-1).spot;
    return step(
      pick(60n, 240n, 300n, 301n, 600n, 1800n, 7300n),
      pick(0n, spot, spot + spot / 40n, spot - spot / 50n, spot + spot / 4n),
    );
  });
  steps.push(step(pick(1n, 300n, 4000n), 0n), step(7n * DAY + pick(0n, 1n, DAY), 0n));
  const last = history.at(-1);
  const halted = history[history.findLastIndex((m) => m.state !== HALTED) + 1].time;
  const now = sums(history, last.time);
  let observed = 0n;
  let sum = 0n;
  for (let from = halted - (halted % 1800n) - 1800n; observed < 900n && from >= START - 1800n; from -= 1800n) {
    const before = sums(history, from);
    [sum, observed] = [now[0] - before[0], now[1] - before[1]];
  }
  const band = (BANDS.haltMove * last.spot) / E8;
  const mid = observed === 0n ? last.spot : near(sum, observed);
  return { steps, observed, last: max(last.spot - band, min(last.spot + band, mid)) };
}).filter((d) => d.observed >= 900n);
if (deaths.length < 15) throw new Error("too few deaths");
write(
  "ORC-005",
  "24 updates a case as in ORC-004, the last two without a price and seven days apart; last, observed: the price at which the market is wound down then, and what was observed of it",
  {
    gap: deaths.flatMap((d) => d.steps.map((s) => s.gap)),
    price: deaths.flatMap((d) => d.steps.map((s) => s.price)),
    ...column(deaths, "last", "observed"),
  },
);

// ORC-006
const rates = times(100, () => {
  const noted = pick(1n, 10n ** 20n, 2n ** 40n * 10n ** 12n, between(1, 10n ** 22n));
  const growth = pick(0n, 1n, 20_000_000n, E8);
  const elapsed = pick(0n, 1n, 60n, 86_399n, 86_400n, 86_401n, 2_592_000n);
  const counted = min(elapsed, DAY);
  const ceiling = noted + (noted * growth * counted) / (E8 * YEAR);
  const raw = pick(0n, 1n, noted, noted + 1n, noted - 1n, ceiling, ceiling + 1n, 2n * noted, noted / 2n);
  const noteAfter = raw >= noted ? min(raw, ceiling) : noted - ((noted - raw) * counted) / DAY;
  return { noted, growth, elapsed, raw, ceiling, noteAfter };
});
write(
  "ORC-006",
  "a noted rate in E20, the growth a year, seconds since, the rate now; ceiling: the most that is told; noteAfter: what is noted",
  column(rates, "noted", "growth", "elapsed", "raw", "ceiling", "noteAfter"),
);

// ORC-010
const inDomain = (s) =>
  s.forward >= 1n &&
  s.forward <= 2n ** 49n &&
  s.spot >= 1n &&
  s.spot <= 2n ** 48n &&
  abs(s.a) <= 2n ** 53n &&
  s.b <= 2n ** 52n &&
  abs(s.rho) <= E8 &&
  abs(s.m) <= 6n * E8 &&
  s.sigma >= 10n ** 6n &&
  s.sigma <= 6n * E8;
const EDGES = {
  forward: [0n, 1n, 2n ** 49n, 2n ** 49n + 1n],
  spot: [0n, 1n, 2n ** 48n, 2n ** 48n + 1n],
  a: [-(2n ** 53n), -(2n ** 53n) - 1n, 2n ** 53n, 2n ** 53n + 1n],
  b: [0n, 2n ** 52n, 2n ** 52n + 1n],
  rho: [-E8, -E8 - 1n, E8, E8 + 1n],
  m: [-6n * E8, -6n * E8 - 1n, 6n * E8, 6n * E8 + 1n],
  sigma: [0n, 999_999n, 1_000_000n, 6n * E8, 6n * E8 + 1n],
};
const PLAIN = {
  forward: 90_090n * E8,
  spot: 90_000n * E8,
  a: 280_000_000_000n,
  b: 400_000_000_000n,
  rho: -20_000_000n,
  m: 0n,
  sigma: 20_000_000n,
};
const shapes = [
  PLAIN,
  ...Object.entries(EDGES).flatMap(([name, values]) => values.map((value) => ({ ...PLAIN, [name]: value }))),
];
// Which surface was in force half an hour ago: of the publications, told by their times, what the rule keeps.
function delayed(published, now) {
  let [aside, older, asideTime] = [0n, 0n, 0n];
  published.forEach((time, i) => {
    if (i === 0 || (asideTime !== 0n && time - asideTime < 1800n)) return;
    [older, aside, asideTime] = [aside, published[i - 1], time];
  });
  const present = published.at(-1);
  if (aside === 0n || now - present >= 1800n) return present;
  return now - asideTime >= 1800n || older === 0n ? aside : older;
}
const diaries = times(40, (i) => {
  const published = [];
  let time = START;
  for (let j = 0; j < 8; j++) published.push((time += pick(60n, 60n, 600n, 1799n, 1800n, i % 4 === 0 ? 4000n : 300n)));
  const now = time + pick(0n, 1n, 600n, 1799n, 1800n);
  return { published, now, delayed: delayed(published, now) };
});
// What ORC-010 promises: nothing younger than half an hour was in force half an hour ago, unless the listing itself is younger.
const forceUntil = (d) => d.published[d.published.indexOf(d.delayed) + 1] ?? d.now;
if (!diaries.every((d) => d.delayed + 1800n <= d.now || forceUntil(d) + 1800n <= d.now || d.published[0] === d.delayed))
  throw new Error("a delayed surface is too young");
write(
  "ORC-010",
  "surfaces in the contract's scales; listable: 1 when in the domain; then eight times of publication a case, the time asked, and the time of the publication that is the delayed one",
  {
    ...column(shapes, ...Object.keys(PLAIN)),
    listable: shapes.map((s) => (inDomain(s) ? 1n : 0n)),
    published: diaries.flatMap((d) => d.published),
    ...column(diaries, "now", "delayed"),
  },
);

// ORC-015
const Q32 = 2n ** 32n;
function risk({ volStep, forwardStep, vols, ratio, tau }) {
  const s = allowedStep(volStep, tau, HOUR);
  const growth = ceil((E8 + s) * (2n * E8 + s), 2n * E8 - s) - E8;
  const root32 = root((tau << 64n) / YEAR) + 1n;
  const k = points(tau);
  const hidden = min(root32 / 10n + 1n, 286_331_153n);
  const moves = k.slice(1).map((right, i) => {
    const deviation = (max(vols[i], vols[i + 1]) * root32) / Q32 + 1n;
    const moved = (deviation * growth) / E8 + (max(deviation, root32) * hidden) / Q32 + 2n;
    const reached = deviation + moved;
    const distance = min(abs(k[i]), abs(right));
    const d = max(0n, (distance * Q32) / reached - reached / 2n - 1n);
    const x = (d * d) / (2n * Q32) + (right <= 0n ? distance : 0n);
    return (4n * E8 * moved) / (10n * (Q32 + x + (x * x) / (2n * Q32))) + 1n;
  });
  const move = min(E8, moves.reduce(max));
  const f = 2n * forwardStep + HOUR;
  return { risk: ceil(f * E8 + (ratio + f) * move, 100n * E8), largest: moves.indexOf(moves.reduce(max)) };
}
const TAUS = [1n, 3600n, 604_800n, 31_536_000n, 63_072_000n];
// Any volatilities; then wings that rise to several hundred percent, where an interval away from the forward decides.
const lies = times(120, (i) => {
  const level = between(2n ** 29n, 2n ** 32n);
  const wing = [between(0, 2n ** 31n), between(0, 2n ** 33n)];
  const vols = times(13, (j) => {
    if (i >= 60) return level + (wing[j < 6 ? 0 : 1] * BigInt(Math.abs(j - 6))) / 2n;
    return pick(4_294_967n, between(2n ** 30n, 2n ** 33n), i % 5 === 0 ? 2n ** 37n : 2n ** 32n);
  });
  const one = {
    volStep: pick(15_000_000n, 25_000_000n, 1n),
    forwardStep: pick(0n, 500_000n, 10_000_000n),
    vols,
    ratio: between(50_000_000, 350_000_000),
    tau: pick(...TAUS, between(1, 63_072_000), between(86_400, 7_776_000)),
  };
  return { ...one, ...risk(one) };
});
if (!lies.every((l) => l.risk < 2n ** 24n)) throw new Error("the risk of a surface does not fit its place");
if (new Set(lies.map((l) => l.largest)).size < 9) throw new Error("too few intervals decide");
write(
  "ORC-015",
  "governed steps, thirteen volatilities, forward over spot, the time to expiry; risk: what an hour of lies moves one unit by, E6 of spot",
  {
    vols: lies.flatMap((l) => l.vols),
    ...column(lies, "volStep", "forwardStep", "ratio", "tau", "risk"),
  },
);

// ORC-016
const books = times(60, (i) => {
  const open = times(4, () => pick(0n, between(0, 10n ** 12n), 2n ** 62n));
  const risks = times(4, () => pick(0n, 1n, between(1, 10_000n * E8)));
  if (i === 0) risks.fill(0n);
  const used = open.reduce((sum, n, u) => sum + n * risks[u], 0n);
  const limit = pick(0n, used / E8, used / E8 + 1n, between(0, 10n ** 15n));
  const left = max(0n, limit * E8 - used);
  const count = BigInt(risks.filter((r) => r !== 0n).length);
  const most = open.map((n, u) => (risks[u] === 0n ? 0n : min(2n ** 62n, n + left / (count * risks[u]))));
  return { open, risks, limit: min(limit, 2n ** 62n), most: limit > 2n ** 62n ? null : most };
}).filter((b) => b.most);
if (books.length < 20) throw new Error("too few books");
write(
  "ORC-016",
  "option interest and risk of four underlyings a case, and the limit; most: how many options may be open in each",
  {
    open: books.flatMap((b) => b.open),
    risks: books.flatMap((b) => b.risks),
    most: books.flatMap((b) => b.most),
    ...column(books, "limit"),
  },
);

// CLR-021: a market that is reduce-only or halted stays as it is.
const isPriced = ({ state }) => state === NORMAL || state === UNINSURED;
const averagings = times(30, (i) => {
  const tokens = times(Number(pick(0n, 2n)), (j) => collateral({ token: BigInt(j), decimals: 6n, price: E8 }));
  const underlyings = times(Number(between(1, 2)), (j) => {
    const spot = pick(1n, 90_000n * E8, 2n ** 48n, between(1, 2n ** 48n));
    const average = pick(spot, spot + spot / 10n, max(1n, spot - spot / 20n), between(1, 2n ** 48n));
    const expiries = times(Number(pick(0n, 1n, 2n)), (k) => ({
      // Outside the settlement window, at its edges, inside, and expired; more of it follows where less was observed.
      tau: k === 0 ? pick(86_400n, 1801n, 1800n, 1799n, 30n, 0n, -60n) : 172_800n,
      follow: k === 0 ? pick(1800n, 1799n, 1361n, 30n, 1n, 0n) : 1800n,
      published: max(1n, spot),
      forwards: [pick(1n, spot, spot + spot / 50n, 2n ** 49n), pick(1n, spot, 2n ** 49n)],
    }));
    return {
      number: BigInt(j + 1),
      state: [0n, 0n, UNINSURED, REDUCE, HALTED][(i + j) % 5],
      spot,
      average: min(2n ** 48n, average),
      mark: pick(1n, spot, min(2n ** 48n, spot + spot / 200n)),
      spread: spot / 100n,
      interest: between(0, 2n ** 62n),
      funding: between(-(2n ** 61n), 2n ** 61n),
      expiries,
    };
  });
  const head = [...header(BigInt(i + 1), underlyings.length, tokens.length, 130_000_000n), ...tokens];
  const clamped = (forward) => min(2n ** 49n, max(1n, forward));
  const scaled = (u, forward, follow) =>
    follow === 1800n
      ? clamped(near(u.average * forward, u.spot))
      : clamped(forward + near(follow * u.average, 1800n) - near(follow * u.spot, 1800n));
  const before = underlyings.map((u) =>
    record(
      u,
      u.spot,
      u.mark,
      u.expiries.map((e) => e.forwards),
    ),
  );
  const later = underlyings.map((u) =>
    u.spot === u.average || !isPriced(u)
      ? record(
          u,
          u.spot,
          u.mark,
          u.expiries.map((e) => e.forwards),
        )
      : record(
          u,
          u.average,
          max(1n, u.mark - u.spot + u.average),
          u.expiries.map((e) => e.forwards.map((f) => scaled(u, f, e.follow))),
        ),
  );
  return {
    checkpoint: [...head, ...before.map(hash)],
    records: before.flat(),
    checkpointAfter: [...head, ...later.map(hash)],
    recordsAfter: later.flat(),
  };
});
// CLR-050, CLR-054
const terms = [600n, DAY, 730n * DAY];
const loans = times(60, (i) => {
  const factor = pick(E8, 130_000_000n, 199_999_999n);
  const underlyings = [1n, 2n].map((number) => ({
    number,
    spot: pick(1n, 90_000n * E8, 2n ** 48n, between(1, 2n ** 48n)),
    range: pick(1n, 14_000_000n, 33_333_333n),
    mark: 1n,
    average: 1n,
    spread: 0n,
    interest: 0n,
    funding: 0n,
    expiries: terms.map((tau) => ({ tau, follow: min(tau, 1800n), published: 1n })),
  }));
  // Present and delayed forward of each expiry: above spot and below it, apart and alike, and the largest and least there are.
  const forwardsOf = (u) =>
    u.expiries.map((_, e) => {
      const around = [u.spot, (u.spot * 151n) / 100n, max(1n, (u.spot * 49n) / 100n), u.spot + 1n, 2n ** 49n, 1n];
      const first = i + e + Number(u.number);
      return [around[first % 6], around[(first + Math.floor(i / 6)) % 6]];
    });
  const tokens = [
    { token: 0n, underlying: 0n, decimals: 6n, haircut: 0n, price: pick(E8, 99_999_999n) },
    { token: 1n, underlying: 1n, decimals: 18n, haircut: pick(0n, 5_000_001n), price: pick(E8, 104_321_987n) },
    { token: 2n, underlying: 0n, decimals: 8n, haircut: pick(1n, 16_000_000n), price: between(1, 2n ** 40n) },
  ];
  const held = underlyings.flatMap((u) =>
    [PERPETUAL, FUTURE, CALL, PUT]
      .filter(() => pick(1n, 0n, 0n) === 1n)
      .map((kind) => ({ u, kind, size: pick(1n, -1n, between(1, 2n ** 40n), -between(1, 2n ** 40n)) })),
  );
  const balances = tokens
    .filter(() => pick(0n, 1n) === 1n)
    .map((t) => ({ t, amount: pick(1n, 10n ** t.decimals, between(1, 10n ** t.decimals * 1000n)) }));
  const termOf = (kind) => (i + Math.floor(Number(kind) / 2)) % 3;
  const placeOf = ({ u, kind }) => Number(u.number) * 16 + (kind === PERPETUAL ? 0 : 4 * termOf(kind)) + Number(kind);
  const priceOf = ({ u, kind }) => (kind === PERPETUAL ? u.spot : max(u.spot, max(...forwardsOf(u)[termOf(kind)])));
  const wide = (worth, u) => ceil(worth * u.range, E8 * E8);
  let risk = 0n;
  for (const u of underlyings)
    risk += wide(
      held.filter((h) => h.u === u).reduce((sum, h) => sum + abs(h.size) * priceOf(h), 0n),
      u,
    );
  for (const { t, amount } of balances) {
    const units = ceil(amount * t.price, 10n ** t.decimals);
    const u = underlyings.find((one) => one.number === t.underlying);
    if (u) risk += wide(units * u.spot, u);
    risk += ceil((u ? ceil(units * u.spot, E8) : units) * t.haircut, E8);
  }
  const needed = ceil(factor * risk, E8);
  const floorEquity = pick(needed, needed - 1n, needed + 1n, 0n, -1n, -between(1, 2n ** 50n), needed / 2n);
  const rate = pick(0n, 1n, 10_000n, 100_000n);
  const credit = max(0n, needed - floorEquity);
  const records = underlyings.map((u) => record(u, u.spot, u.mark, forwardsOf(u)));
  return {
    state: account({
      positions: [...held]
        .sort((a, b) => placeOf(a) - placeOf(b))
        .map(({ u, kind, size }) => ({
          underlying: u.number,
          expiry: kind === PERPETUAL ? 0n : START + terms[termOf(kind)],
          strikeE4: kind < CALL ? 0n : 90_000n,
          kind,
          size,
        })),
    }),
    balances: balances.map(({ t, amount }) => balance(t.token, amount)),
    checkpoint: [...header(1n, 2, 3, factor), ...tokens.map(collateral), ...records.map(hash)],
    records: records.flat(),
    equity: max(0n, floorEquity),
    debt: max(0n, -floorEquity),
    rate,
    credit,
    fee: ceil(credit * rate, E8),
  };
});
if (loans.filter((l) => l.credit === 0n).length < 5) throw new Error("too few loans of nothing");
write(
  "CLR-050",
  "states, balances, checkpoints and records (MRG-002, MRG-004, MRG-005) as words, as many a case as stateWords and so on say; floor equity as equity less debt; credit (CLR-050) and, at rate, its fee (CLR-054)",
  {
    ...words(loans, "state", "balances", "checkpoint", "records"),
    ...column(loans, "equity", "debt", "rate", "credit", "fee"),
  },
);

// CLR-021 where prices are linear: no option of a market whose spot is not its average.
const drops = times(100, (i) => {
  const tokens = [
    { token: 0n, decimals: 6n, price: E8 },
    { token: 1n, underlying: 1n, decimals: 18n, price: pick(E8, 104_321_987n) },
    { token: 2n, underlying: 2n, decimals: 8n, price: pick(E8, 1n, 125_000_000n) },
  ];
  const underlyings = [1n, 2n].map((number) => {
    const spot = pick(2n, 90_000n * E8, 2n ** 48n, between(2, 2n ** 48n));
    const average = pick(spot, spot - 1n, min(2n ** 48n, spot + 1n), max(1n, spot - spot / 30n), between(1, 2n ** 48n));
    const expiries = [{ tau: 600n, follow: pick(1800n, 1799n, 600n, 1n, 0n), published: spot, forwards: [spot, spot] }];
    return { number, spot, average, mark: spot, state: pick(NORMAL, NORMAL, REDUCE, HALTED, UNINSURED), expiries };
  });
  const size = () => pick(1n, -1n, E8, -E8 - 1n, 2n ** 53n, -(2n ** 53n), between(-(2n ** 40n), 2n ** 40n) | 1n);
  const held = underlyings.flatMap((u) => {
    if (!isPriced(u)) return [];
    const option = u.spot === u.average ? pick(CALL, PUT) : null;
    const kinds = [PERPETUAL, FUTURE, option].filter((kind) => kind !== null && pick(0n, 1n) === 1n);
    return kinds.map((kind) => ({
      underlying: u.number,
      expiry: kind === PERPETUAL ? 0n : START + 600n,
      strikeE4: kind < CALL ? 0n : 900_000_000n,
      kind,
      size: size(),
    }));
  });
  const balances = tokens.slice(1).flatMap((t) => {
    const amount = pick(0n, 1n, 10n ** t.decimals, drawn(1n, 10n ** t.decimals * 1000n), 2n ** 90n);
    return amount === 0n ? [] : [{ t, amount }];
  });
  const unitsOf = (u) =>
    balances
      .filter(({ t }) => t.underlying === u.number)
      .reduce((sum, { t, amount }) => sum + min(2n ** 53n, (amount * t.price) / 10n ** t.decimals), 0n);
  const deltaOf = (u) =>
    held
      .filter((h) => h.underlying === u.number && h.kind < CALL)
      .reduce((sum, h) => sum + (h.kind === FUTURE ? (h.size * u.expiries[0].follow) / 1800n : h.size), unitsOf(u));
  const normal = underlyings.filter(isPriced);
  const beside = underlyings.filter((u) => !isPriced(u)).reduce((sum, u) => sum + unitsOf(u) * u.spot, 0n);
  const computed = max(
    0n,
    ceil(
      normal.reduce((sum, u) => sum + deltaOf(u) * (u.spot - u.average), 0n),
      E8,
    ),
  );
  const packed = underlyings.map((u) =>
    record(
      u,
      u.spot,
      u.mark,
      u.expiries.map((e) => e.forwards),
    ),
  );
  return {
    drop_state: account({ positions: held }),
    drop_balances: balances.map(({ t, amount }) => balance(t.token, amount)),
    drop_checkpoint: [...header(BigInt(i + 1), 2, 3, 130_000_000n), ...tokens.map(collateral), ...packed.map(hash)],
    drop_records: packed.flat(),
    drop_computed: computed,
    drop_attested: computed + ceil(beside, E8),
  };
});
if (drops.filter((d) => d.drop_computed > 0n).length < 20) throw new Error("too few drops");
if (drops.filter((d) => d.drop_attested > d.drop_computed).length < 10) throw new Error("too few tokens beside");
write(
  "CLR-021",
  "checkpoints and records (MRG-004) as words, as many a case as checkpointWords and recordsWords say; checkpointAfter, recordsAfter: at averaged prices; drop_…: states, balances, checkpoints and records of accounts without options of a market off its average, and what equity loses at averaged prices, with a computed proof and with any other",
  {
    ...words(averagings, "checkpoint", "records", "checkpointAfter", "recordsAfter"),
    ...words(drops, "drop_state", "drop_balances", "drop_checkpoint", "drop_records"),
    ...column(drops, "drop_computed", "drop_attested"),
  },
);
console.log(
  `${quotes.length} quotes, ${markets.length} markets, ${falls.length} falls, ${walks.length} walks, ${shapes.length} shapes, ${diaries.length} diaries, ${lies.length} lies, ${books.length} books, ${averagings.length} averagings, ${loans.length} loans, ${drops.length} drops`,
);
